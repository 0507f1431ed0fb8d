/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "dnsbl.h"

static const struct wb_datum table[] = {
    {"cause", "blocklisted"},
    {"lists/0/id", "one"},
    {"lists/0/zone", "bl.test"},
    {"lists/0/query/0", "ip4"},
    {"lists/0/query/1", "ip6"},
    {"lists/0/answers/127.0.0.4-7", "a hacked machine"},
    {"lists/0/errors/127.0.0.255", "asked too often"},
    {"lists/0/ask", "true"},
    {"lists/0/harmless/127.0.0.9", "known to be good"},
    {"lists/0/source", "recalled zone and page"},
    {"lists/1/id", "gone"},
    {"lists/1/zone", "gone.test"},
    {"lists/1/closed", "2013"},
    {"lists/2/id", "names"},
    {"lists/2/zone", "dbl.test"},
    {"lists/2/query", "domain"},
    {"lists/3/id", "told of only"},
    {0},
};

static struct wb_arena arena;

#define POINTS "2.0.0.127.bl.test A 127.0.0.2\n"
#define POINTS6                                                                                    \
    "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.test A 127.0.0.2\n"
#define IP6 "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.test"

static const struct row {
    const char *name, *table;
    enum wb_dnsbl_result result;
    const char *meaning, *text;
    enum wb_dnsbl_kind kind;
} rows[] = {
    {"not listed", POINTS, WB_DNSBL_CLEAN, "", "", WB_DNSBL_IP4},
    {"listed", POINTS "5.2.0.192.bl.test A 127.0.0.2\n5.2.0.192.bl.test TXT see there",
     WB_DNSBL_LISTED, "", "see there", WB_DNSBL_IP4},
    {"listed, with a meaning", POINTS "5.2.0.192.bl.test A 127.0.0.6\n", WB_DNSBL_LISTED,
     "a hacked machine", "", WB_DNSBL_IP4},
    {"just outside of the meaning", POINTS "5.2.0.192.bl.test A 127.0.0.8\n", WB_DNSBL_LISTED, "",
     "", WB_DNSBL_IP4},
    {"an answer that is no listing", POINTS "5.2.0.192.bl.test A 127.0.0.9\n", WB_DNSBL_CLEAN,
     "known to be good", "", WB_DNSBL_IP4},
    {"an error of the list", POINTS "5.2.0.192.bl.test A 127.0.0.255\n", WB_DNSBL_REFUSED,
     "asked too often", "", WB_DNSBL_IP4},
    {"an error by custom", POINTS "5.2.0.192.bl.test A 127.255.255.254\n", WB_DNSBL_REFUSED, "", "",
     WB_DNSBL_IP4},
    {"an error beside a listing",
     POINTS "5.2.0.192.bl.test A 127.0.0.2\n"
            "5.2.0.192.bl.test A 127.255.255.254\n",
     WB_DNSBL_REFUSED, "", "", WB_DNSBL_IP4},
    {"the error already at the test point", "2.0.0.127.bl.test A 127.255.255.254\n",
     WB_DNSBL_REFUSED, "", "", WB_DNSBL_IP4},
    {"an answer of 127.0.0.1", POINTS "5.2.0.192.bl.test A 127.0.0.1\n", WB_DNSBL_REWRITTEN, "", "",
     WB_DNSBL_IP4},
    {"outside of 127/8", POINTS "5.2.0.192.bl.test A 203.0.113.7\n", WB_DNSBL_REWRITTEN, "", "",
     WB_DNSBL_IP4},
    {"a resolver that rewrites",
     "2.0.0.127.bl.test A 203.0.113.7\n1.0.0.127.bl.test A 203.0.113.7\n"
     "5.2.0.192.bl.test A 203.0.113.7\n",
     WB_DNSBL_REWRITTEN, "", "", WB_DNSBL_IP4},
    {"a list of everything",
     POINTS "1.0.0.127.bl.test A 127.0.0.2\n5.2.0.192.bl.test A 127.0.0.2\n", WB_DNSBL_EVERYTHING,
     "", "", WB_DNSBL_IP4},
    {"a dead list", "5.2.0.192.bl.test A 127.0.0.2\n", WB_DNSBL_DEAD, "", "", WB_DNSBL_IP4},
    {"silence", "2.0.0.127.bl.test A !timeout\n", WB_DNSBL_NO_ANSWER, "", "", WB_DNSBL_IP4},
    {"silence after the test", POINTS "5.2.0.192.bl.test A !servfail\n", WB_DNSBL_NO_ANSWER, "", "",
     WB_DNSBL_IP4},
    {"IPv6, not listed", POINTS6, WB_DNSBL_CLEAN, "", "", WB_DNSBL_IP6},
    {"IPv6, listed", POINTS6 IP6 " A 127.0.0.4\n", WB_DNSBL_LISTED, "a hacked machine", "",
     WB_DNSBL_IP6},
    {"IPv6, dead for that", POINTS IP6 " A 127.0.0.4\n", WB_DNSBL_DEAD, "", "", WB_DNSBL_IP6},
    {"a domain, not listed", "test.dbl.test A 127.0.1.2\n", WB_DNSBL_CLEAN, "", "",
     WB_DNSBL_DOMAIN},
    {"a domain, listed", "test.dbl.test A 127.0.1.2\nspam.example.dbl.test A 127.0.1.2",
     WB_DNSBL_LISTED, "", "", WB_DNSBL_DOMAIN},
    {"domains, everything", "test.dbl.test A 127.0.1.2\ninvalid.dbl.test A 127.0.1.2",
     WB_DNSBL_EVERYTHING, "", "", WB_DNSBL_DOMAIN},
};

static void checks(void **state)
{
    const struct row *row = *state;
    struct wb_ip ip;
    size_t n;
    wb_arena_reset(&arena);
    struct wb_dnsbl *lists = wb_dnsbl_lists(table, &arena, &n);
    assert_int_equal(n, 4);
    wb_ip_read(row->kind == WB_DNSBL_IP6 ? WB_S("2001:db8::1") : WB_S("192.0.2.5"), &ip);
    struct wb_slice what =
        row->kind == WB_DNSBL_DOMAIN ? WB_S("spam.example") : wb_ip_backwards(&ip, &arena);
    struct wb_dns *dns = wb_dns_open_table(wb_slice_str(row->table), &arena);
    struct wb_dnsbl_fact *facts = wb_dnsbl_check(dns, &arena, lists, n, what, row->kind, 0, &n);
    assert_int_equal(n, 1); /* neither the closed list nor one without a zone is asked */
    assert_slice(wb_dnsbl_result_name(facts[0].result), wb_dnsbl_result_name(row->result));
    assert_string_equal(facts[0].meaning ? facts[0].meaning : "", row->meaning);
    assert_text(facts[0].text, row->text);
}

static void marks(void **state)
{
    (void)state;
    size_t n;
    wb_arena_reset(&arena);
    struct wb_dnsbl *lists = wb_dnsbl_lists(table, &arena, &n);
    assert_true(lists[0].recalled);
    assert_false(lists[2].recalled);
    assert_true(lists[0].ask);
    assert_false(lists[2].ask);
    assert_int_equal(lists[0].kinds, WB_DNSBL_IP4 | WB_DNSBL_IP6);
    assert_int_equal(lists[1].kinds, 0);
    assert_int_equal(lists[3].kinds, 0);
}

int main(void)
{
    wb_limit_set limits = 0;
    if (!wb_arena_open(&arena, 2 << 20, &limits))
        return 1;
    UNIT_ROWS(checks, rows);
    UNIT_ONE(marks, "what a table says of a list");
    int failed = unit_run();
    wb_arena_close(&arena);
    return failed;
}
