/* SPDX-License-Identifier: BSD-2-Clause */
#include "blocklist.h"

enum { LISTED, NEVER, ASKED };

static void put_number(struct wb_text *out, unsigned n)
{
    if (n >= 100)
        wb_text_byte(out, (char)('0' + n / 100));
    if (n >= 10)
        wb_text_byte(out, (char)('0' + n / 10 % 10));
    wb_text_byte(out, (char)('0' + n % 10));
    wb_text_byte(out, '.');
}

struct wb_slice wb_backwards(const struct wb_ip *ip, const char *suffix, struct wb_arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    struct wb_text out = wb_text_open(arena, 64 + strlen(suffix) + 1);
    for (int i = ip->family == AF_INET ? 4 : 16; i-- > 0;) {
        if (ip->family == AF_INET) {
            put_number(&out, ip->bytes[i]);
            continue;
        }
        wb_text_byte(&out, digits[ip->bytes[i] & 15]);
        wb_text_byte(&out, '.');
        wb_text_byte(&out, digits[ip->bytes[i] >> 4]);
        wb_text_byte(&out, '.');
    }
    wb_text_put(&out, wb_slice_str(suffix));
    wb_text_byte(&out, '\0');
    return wb_text_close(&out);
}

/* 127.0.0.2 must be listed and 127.0.0.1 never (RFC 5782 5); in IPv6 both as mapped addresses. */
static struct wb_ip test_point(int family, uint8_t last)
{
    struct wb_ip ip = {.family = family};
    if (family == AF_INET6)
        ip.bytes[10] = ip.bytes[11] = 0xFF;
    uint8_t *at = ip.bytes + (family == AF_INET6 ? 12 : 0);
    at[0] = 127;
    at[3] = last;
    return ip;
}

bool wb_list_questions(const struct wb_blocklist *list, const struct wb_ip *ip,
                       struct wb_arena *arena, struct wb_dns_question q[WB_LIST_QUESTIONS])
{
    const struct wb_ip of[WB_LIST_QUESTIONS] = {
        [LISTED] = test_point(ip->family, 2), [NEVER] = test_point(ip->family, 1), [ASKED] = *ip};
    for (int i = 0; i < WB_LIST_QUESTIONS; i++) {
        struct wb_slice name = wb_backwards(&of[i], list->zone, arena);
        if (!name.n)
            return false;
        q[i] = (struct wb_dns_question){.name = name.p, .type = WB_DNS_A};
    }
    return true;
}

/* ---- answers ---- */

static const char *meaning(const struct wb_list_meaning *of, const uint8_t *answer)
{
    for (; of->what; of++)
        if (memcmp(answer, of->from, 3) == 0 && answer[3] >= of->from[3] && answer[3] <= of->last)
            return of->what;
    return NULL;
}

static bool is_error(const struct wb_blocklist *list, const uint8_t *answer, const char **what_out)
{
    const char *what = meaning(list->errors, answer);
    if (what)
        *what_out = what;
    return what || (answer[1] == 255 && answer[2] == 255);
}

/* What an answer is worth by itself. */
static enum wb_listing judge_answer(const struct wb_blocklist *list,
                                    const struct wb_dns_question *q, const char **what_out)
{
    if (q->status == WB_DNS_NXDOMAIN || q->status == WB_DNS_NODATA)
        return WB_LISTING_NO;
    if (q->status != WB_DNS_OK)
        return WB_LISTING_NO_ANSWER;
    for (size_t i = 0; i < q->n; i++) {
        const uint8_t *answer = (const uint8_t *)q->records[i].data.p;
        if (answer[0] != 127)
            return WB_LISTING_MADE_UP;
        if (is_error(list, answer, what_out))
            return WB_LISTING_REFUSES;
        const char *what = meaning(list->answers, answer);
        if (what && !*what_out)
            *what_out = what;
    }
    /* 127.0.0.1 is what a host name with a wild card gives */
    return q->records[0].data.p[1] || q->records[0].data.p[2] || q->records[0].data.p[3] != 1
               ? WB_LISTING_YES
               : WB_LISTING_MADE_UP;
}

enum wb_listing wb_list_judge(const struct wb_blocklist *list,
                              const struct wb_dns_question q[WB_LIST_QUESTIONS],
                              const char **what_out)
{
    const char *unused = NULL;
    *what_out = NULL;
    enum wb_listing listed = judge_answer(list, &q[LISTED], &unused);
    enum wb_listing never = judge_answer(list, &q[NEVER], &unused);
    enum wb_listing asked = judge_answer(list, &q[ASKED], what_out);
    if (asked > WB_LISTING_YES || listed > WB_LISTING_YES) {
        if (unused && !*what_out)
            *what_out = unused;
        return listed > WB_LISTING_YES ? listed : asked;
    }
    if (never == WB_LISTING_YES)
        return WB_LISTING_ALL;
    return listed == WB_LISTING_NO ? WB_LISTING_DEAD : asked;
}
