/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "dmarc.h"
#include "dns_int.h"

static struct wb_arena arena;

#define SHORT8                                                                                     \
    "_dmarc.example.com TXT v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@example.com\n"

static const struct row {
    const char *name, *domain, *table;
    const char *found_at, *policy, *organization;
    enum wb_dmarc_problem problem;
    unsigned questions;
} rows[] = {
    {"its own record", "example.com", SHORT8, "example.com", "reject", "example.com", 0, 2},
    {"below, by sp", "mail.example.com", SHORT8 "mail.example.com A 192.0.2.1\n", "example.com",
     "quarantine", "example.com", 0, 3},
    {"below and not there, by np", "no.example.com",
     "_dmarc.example.com TXT v=DMARC1; p=none; sp=quarantine; np=reject\n", "example.com", "reject",
     "example.com", 0, 3},
    {"there, so not np", "there.example.com",
     "_dmarc.example.com TXT v=DMARC1; p=none; sp=quarantine; np=reject\nthere.example.com A "
     "192.0.2.1",
     "example.com", "quarantine", "example.com", 0, 3},
    {"below, with its own", "mail.example.com",
     SHORT8 "_dmarc.mail.example.com TXT v=DMARC1; p=none\n", "mail.example.com", "none",
     "example.com", 0, 3},
    {"psd=n ends the walk", "a.b.example.com",
     SHORT8 "_dmarc.b.example.com TXT v=DMARC1; p=quarantine; psd=n\n", "b.example.com",
     "quarantine", "b.example.com", 0, 2},
    {"psd=y: the organisation is one below", "a.shop.example",
     "_dmarc.example TXT v=DMARC1; p=reject; psd=y\na.shop.example A 192.0.2.1", "example",
     "reject", "shop.example", 0, 3},
    {"nine labels and more: seven after the first", "a.b.c.d.e.f.g.h.i.j.example.com", SHORT8,
     "example.com", "quarantine", "example.com", 0, 8},
    {"none", "example.org", SHORT8 "example.org A 192.0.2.1", "", "", "example.org",
     WB_DMARC_IS_NO_RECORD, 2},
    {"two", "example.org",
     "_dmarc.example.org TXT v=DMARC1; p=none\n_dmarc.example.org TXT v=DMARC1; p=reject\n", "", "",
     "example.org", WB_DMARC_IS_TWO_RECORDS, 2},
    {"another text beside it", "example.org",
     "_dmarc.example.org TXT hello\n_dmarc.example.org TXT v=DMARC1; p=none\n", "example.org",
     "none", "example.org", 0, 2},
    {"no policy", "example.org", "_dmarc.example.org TXT v=DMARC1; rua=mailto:a@example.org",
     "example.org", "none", "example.org", WB_DMARC_IS_SYNTAX, 2},
    {"a word that is no policy", "example.org", "_dmarc.example.org TXT v=DMARC1; p=deny",
     "example.org", "none", "example.org", WB_DMARC_IS_SYNTAX, 2},
    {"controls", "example.org", "_dmarc.example.org TXT v=DMARC1; p=none; x=\\027\\000",
     "example.org", "none", "example.org", WB_DMARC_IS_SYNTAX, 2},
    {"DNS is silent", "example.org", "_dmarc.example.org TXT !timeout", "", "", "example.org",
     WB_DMARC_IS_DNS, 2},
    {"not a version", "example.org", "_dmarc.example.org TXT v=DMARC12; p=none", "", "",
     "example.org", WB_DMARC_IS_NO_RECORD, 2},
};

static void walks(void **state)
{
    const struct row *row = *state;
    struct wb_dmarc found;
    wb_arena_reset(&arena);
    struct wb_dns *dns = wb_dns_open_table(wb_slice_str(row->table), &arena);
    wb_dmarc_check(dns, &arena, wb_slice_str(row->domain), 0, &found);
    assert_slice(wb_dmarc_problem_name(found.problem), wb_dmarc_problem_name(row->problem));
    assert_text(found.found_at, row->found_at);
    assert_text(found.policy, row->policy);
    assert_text(found.organization, row->organization);
    assert_int_equal(found.questions, row->questions);
}

/* The longest names there can be, and none. */
static void bounded(void **state)
{
    (void)state;
    char name[600];
    struct wb_dmarc found;
    for (size_t n = 0; n < sizeof name; n += 7) {
        memset(name, 'a', n);
        for (size_t i = 1; i < n; i += 2)
            name[i] = '.';
        wb_arena_reset(&arena);
        wb_dmarc_check(wb_dns_open_table(WB_NONE, &arena), &arena, wb_slice(name, n), 0, &found);
        assert_true(found.questions <= 8);
    }
}

/* A name that is asked for has its end, also where answers have filled the memory. */
static void whole_name(const char *what, struct wb_slice name, size_t others)
{
    (void)what, (void)others;
    assert_true(wb_slice_ends(name, WB_S(".com")));
}

static void full(void **state)
{
    (void)state;
    static const char domain[] = "no.example.com",
                      table[] = "_dmarc.example.com TXT v=DMARC1; p=none; np=reject\n";
    struct wb_arena names;
    wb_limit_set limits = 0;
    struct wb_dmarc found;
    assert_true(wb_arena_open(&names, 4096, &limits));
    for (size_t room = 0; room < 200; room++) {
        wb_arena_reset(&arena);
        wb_arena_reset(&names);
        WB_ARENA_OPEN(names.base, 4096);
        memset(names.base, 'x', 4095);
        names.base[4095] = 0;
        WB_ARENA_CLOSE(names.base, 4096);
        names.size = room;
        struct wb_dns *dns = wb_dns_open_table(wb_slice_str(table), &arena);
        dns->asking = whole_name;
        wb_dmarc_check(dns, &names, wb_slice_str(domain), 0, &found);
    }
    assert_text(found.policy, "reject");
    names.size = 4096;
    wb_arena_close(&names);
}

int main(void)
{
    wb_limit_set limits = 0;
    if (!wb_arena_open(&arena, 1 << 20, &limits))
        return 1;
    UNIT_ROWS(walks, rows);
    UNIT_ONE(bounded, "any length");
    UNIT_ONE(full, "a memory that is full");
    int failed = unit_run();
    wb_arena_close(&arena);
    return failed;
}
