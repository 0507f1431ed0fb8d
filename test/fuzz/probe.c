/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What strangers write into DNS and serve by HTTPS: the first byte chooses SPF, DMARC, DKIM, a
 * whole packet, an answer of HTTP or a policy of MTA-STS; the rest is the text. SPF is asked with
 * an address and without one, and may refer to itself.
 */
#include <stdint.h>

#include "buf.h"
#include "check.h"
#include "dkim.h"
#include "dmarc.h"
#include "dns_int.h"
#include "http_answer.h"
#include "spf.h"
#include "sts.h"
#include "limit_check.h"

enum { ARENA_BYTES = 4 << 20 };

static struct wb_buf table; /* kept from input to input */

/* A line of the table: odd bytes as \DDD. */
static struct wb_slice zone_of(const char *owner, struct wb_slice text)
{
    wb_buf_clear(&table);
    wb_buf_printf(&table,
                  "example.org A 192.0.2.1\nexample.org MX 10 example.org\n"
                  "1.2.0.192.in-addr.arpa PTR example.org\n%s TXT ",
                  owner);
    for (size_t i = 0; i < text.n; i++)
        wb_buf_printf(&table, "\\%03u", (unsigned char)text.p[i]);
    wb_buf_byte(&table, '\n');
    return wb_buf_slice(&table);
}

static void fuzz_spf(struct wb_arena *arena, struct wb_slice text, bool address)
{
    struct wb_spf found;
    struct wb_spf_query query = {.sender = WB_S("strong-bad@example.org"),
                                 .helo = WB_S("example.org")};
    if (address)
        query.ip = wb_slice("\xC0\0\2\1", 4);
    wb_spf_check(wb_dns_open_table(zone_of("example.org", text), arena), arena, &query, &found);
    WB_CHECK(found.lookups <= 11 && found.voids <= 3 && found.path_n <= WB_SPF_DEPTH);
    WB_CHECK((found.result == WB_SPF_PERMERROR || found.result == WB_SPF_TEMPERROR) ==
             (found.problem > WB_SPF_IS_NO_RECORD));
}

/* An answer that is whole stays what it is whatever comes behind it. */
static void fuzz_http(struct wb_arena *arena, struct wb_slice text, bool over)
{
    struct wb_http http, less;
    enum wb_http_end end = wb_http_read(arena, text, over, &http);
    WB_CHECK(http.body.n <= WB_MAX_POLICY_BYTES && (end != WB_HTTP_MORE || !over));
    if (text.n &&
        wb_http_read(arena, wb_slice_head(text, text.n - 1), false, &less) == WB_HTTP_WHOLE)
        WB_CHECK(end == WB_HTTP_WHOLE && wb_slice_eq(less.body, http.body));
}

/* What is wrong is named, and nothing else. */
static void fuzz_policy(struct wb_slice text)
{
    struct wb_sts_policy policy;
    struct wb_slice wrong;
    struct wb_dns_record record = {.data = text};
    wb_sts_record_read(&record, 1);
    bool good = wb_sts_policy_read(text, &policy, &wrong);
    WB_CHECK(good == (wrong.n == 0));
    wb_sts_lists(&policy, WB_S("mx.example.org"));
    wb_sts_lists(&policy, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wb_arena arena;
    static wb_limit_set limits;
    struct wb_dmarc dmarc;
    struct wb_dkim dkim = {0};
    struct wb_dns_question q = {.name = "example.org", .type = WB_DNS_MX};
    if (size == 0 || (!arena.base && !wb_arena_open(&arena, ARENA_BYTES, &limits)))
        return 0;
    struct wb_slice text = wb_slice((const char *)data + 1, size - 1);
    wb_arena_reset(&arena);
    switch (data[0] % 8) {
    case 0: fuzz_spf(&arena, text, true); break;
    case 1: fuzz_spf(&arena, text, false); break;
    case 2:
        wb_dmarc_check(wb_dns_open_table(zone_of("_dmarc.example.org", text), &arena), &arena,
                       WB_S("example.org"), 0, &dmarc);
        WB_CHECK(dmarc.questions <= 8);
        break;
    case 3: wb_dkim_read(&arena, text, &dkim); break;
    case 4: wb_dns_read(&arena, text, &q); break;
    case 5: fuzz_http(&arena, text, false); break;
    case 6: fuzz_http(&arena, text, true); break;
    default: fuzz_policy(text);
    }
    return 0;
}
