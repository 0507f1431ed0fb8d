/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two rounds: first the test points of all lists together, then the question itself to those that
 * can be believed. For IPv6 the points are ::ffff:7f00:2 and ::ffff:7f00:1, for domains TEST and
 * INVALID (RFC 5782 5).
 */
#include "dnsbl.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum { LONGEST = 254 };

struct wb_slice wb_dnsbl_result_name(enum wb_dnsbl_result result)
{
    static const char *const names[] = {
#define X(id, name) name,
        WB_DNSBL_RESULTS(X)
#undef X
    };
    return wb_slice_str(names[result]);
}

/* ---- the lists ---- */

/* "127.0.0.2", or "127.0.0.4-7" for a run in the last byte. */
static bool read_range(const char *text, struct wb_dnsbl_answer *a)
{
    struct wb_slice s = wb_slice_str(text), from = wb_slice_cut(&s, '-');
    char copy[20] = {0};
    struct in_addr address;
    long long last;
    if (from.n >= sizeof copy)
        return false;
    memcpy(copy, from.p, from.n);
    if (inet_pton(AF_INET, copy, &address) != 1)
        return false;
    a->first = a->last = ntohl(address.s_addr);
    if (s.n && wb_slice_number(s, &last) && last <= 255)
        a->last = (a->first & 0xFFFFFF00u) | (uint32_t)last;
    return true;
}

static void take_answer(struct wb_dnsbl *list, const char *range, enum wb_dnsbl_class class,
                        const char *meaning)
{
    struct wb_dnsbl_answer a = {.class = class, .meaning = meaning};
    if (list->answers < WB_MAX_DNSBL_ANSWERS && read_range(range, &a))
        list->answer[list->answers++] = a;
}

static const char *behind(const char *key, const char *head)
{
    size_t n = strlen(head);
    return strncmp(key, head, n) == 0 ? key + n : NULL;
}

static unsigned kind_named(const char *name)
{
    return strcmp(name, "ip4") == 0      ? WB_DNSBL_IP4
           : strcmp(name, "ip6") == 0    ? WB_DNSBL_IP6
           : strcmp(name, "domain") == 0 ? WB_DNSBL_DOMAIN
                                         : 0;
}

static void take_pair(struct wb_dnsbl *list, const char *key, const char *value, bool *closed)
{
    static const struct {
        const char *head;
        enum wb_dnsbl_class class;
    } classes[] = {{"answers/", WB_DNSBL_LISTING},
                   {"errors/", WB_DNSBL_ERROR},
                   {"harmless/", WB_DNSBL_HARMLESS}};
    const char **texts[] = {&list->id, &list->name, &list->zone, &list->page};
    static const char *const names[] = {"id", "name", "zone", "page"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(key, names[i]) == 0)
            *texts[i] = value;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (behind(key, classes[i].head))
            take_answer(list, behind(key, classes[i].head), classes[i].class, value);
    if (behind(key, "query"))
        list->kinds |= kind_named(value);
    if (strcmp(key, "closed") == 0)
        *closed = true;
    if (strcmp(key, "ask") == 0)
        list->ask = strcmp(value, "true") == 0;
    if (strcmp(key, "source") == 0)
        list->recalled = behind(value, "recalled");
}

static void finish(struct wb_dnsbl *list, bool closed)
{
    if (!list->kinds)
        list->kinds = WB_DNSBL_IP4;
    if (closed || !list->zone)
        list->kinds = 0;
    if (!list->page)
        list->page = "";
}

struct wb_dnsbl *wb_dnsbl_lists(const struct wb_datum *table, struct wb_arena *arena, size_t *n_out)
{
    struct wb_dnsbl *lists = wb_arena_alloc(arena, WB_MAX_DNSBLS * sizeof *lists);
    size_t n = 0;
    long current = -1;
    bool closed = false;
    *n_out = 0;
    for (; lists && table->path; table++) {
        const char *key = behind(table->path, "lists/");
        char *end;
        if (!key)
            continue;
        long number = strtol(key, &end, 10);
        if (number != current) {
            if (n)
                finish(&lists[n - 1], closed);
            if (n == WB_MAX_DNSBLS)
                break;
            current = number;
            closed = false;
            n++;
        }
        take_pair(&lists[n - 1], *end == '/' ? end + 1 : end, table->value, &closed);
    }
    if (n)
        finish(&lists[n - 1], closed);
    *n_out = n;
    return lists;
}

/* ---- asking ---- */

static const char *name_in(struct wb_arena *arena, struct wb_slice labels, const char *zone)
{
    struct wb_text out = wb_text_open(arena, LONGEST);
    wb_text_put(&out, labels);
    wb_text_byte(&out, '.');
    wb_text_put(&out, wb_slice_str(zone));
    wb_text_byte(&out, '\0');
    return out.cut ? (wb_text_drop(&out), "invalid") : wb_text_close(&out).p;
}

/* The points that must be listed, and must not. */
static void test_points(struct wb_arena *arena, enum wb_dnsbl_kind kind, struct wb_slice out[2])
{
    if (kind == WB_DNSBL_DOMAIN) {
        out[0] = WB_S("test");
        out[1] = WB_S("invalid");
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct wb_ip ip = {.family = kind == WB_DNSBL_IP6 ? AF_INET6 : AF_INET};
        uint8_t *v4 = ip.bytes;
        if (kind == WB_DNSBL_IP6) { /* mapped */
            ip.bytes[10] = ip.bytes[11] = 0xFF;
            v4 += 12;
        }
        v4[0] = 127;
        v4[3] = i == 0 ? 2 : 1;
        out[i] = wb_ip_backwards(&ip, arena);
    }
}

static uint32_t address_of(struct wb_slice a)
{
    return a.n == 4
               ? (uint32_t)(unsigned char)a.p[0] << 24 | (uint32_t)(unsigned char)a.p[1] << 16 |
                     (uint32_t)(unsigned char)a.p[2] << 8 | (unsigned char)a.p[3]
               : 0;
}

/* What one address of an answer says. */
static enum wb_dnsbl_result judge_address(const struct wb_dnsbl *list, uint32_t address,
                                          const char **meaning_out)
{
    static const enum wb_dnsbl_result results[] = {[WB_DNSBL_LISTING] = WB_DNSBL_LISTED,
                                                   [WB_DNSBL_ERROR] = WB_DNSBL_REFUSED,
                                                   [WB_DNSBL_HARMLESS] = WB_DNSBL_CLEAN};
    for (size_t i = 0; i < list->answers; i++)
        if (address >= list->answer[i].first && address <= list->answer[i].last) {
            *meaning_out = list->answer[i].meaning;
            return results[list->answer[i].class];
        }
    if (address >> 24 != 127)
        return WB_DNSBL_REWRITTEN;
    if (address >> 8 ==
        0x7FFFFF) /* 127.255.255.x: an error, by a custom that several lists share */
        return WB_DNSBL_REFUSED;
    return address == 0x7F000001 ? WB_DNSBL_REWRITTEN : WB_DNSBL_LISTED;
}

/* Trouble in any of the addresses outweighs a listing in another. */
static void judge(const struct wb_dns_question *q, struct wb_dnsbl_fact *fact)
{
    fact->result = WB_DNSBL_CLEAN;
    if (q->status != WB_DNS_OK && q->status != WB_DNS_NODATA && q->status != WB_DNS_NXDOMAIN)
        fact->result = WB_DNSBL_NO_ANSWER;
    for (size_t i = 0; i < q->n; i++) {
        const char *meaning = NULL;
        enum wb_dnsbl_result its =
            judge_address(fact->list, address_of(q->records[i].data), &meaning);
        if (its <= fact->result && !(i == 0 && meaning))
            continue;
        fact->result = its;
        fact->meaning = meaning;
        fact->answer = q->records[i].data;
    }
}

/* Whether the list can be believed; if not, its fact says why. */
static bool trusted(const struct wb_dns_question points[2], struct wb_dnsbl_fact *fact)
{
    struct wb_dnsbl_fact clean = {.list = fact->list};
    judge(&points[0], fact);
    judge(&points[1], &clean);
    if (clean.result > WB_DNSBL_LISTED) /* the worse news is told */
        *fact = clean;
    else if (fact->result <= WB_DNSBL_LISTED)
        fact->result = clean.result == WB_DNSBL_LISTED  ? WB_DNSBL_EVERYTHING
                       : fact->result == WB_DNSBL_CLEAN ? WB_DNSBL_DEAD
                                                        : WB_DNSBL_CLEAN;
    fact->meaning = fact->result == WB_DNSBL_REFUSED ? fact->meaning : NULL;
    return fact->result == WB_DNSBL_CLEAN;
}

static size_t choose(const struct wb_dnsbl *lists, size_t n, enum wb_dnsbl_kind kind,
                     struct wb_dnsbl_fact *facts)
{
    size_t chosen = 0;
    for (size_t i = 0; i < n; i++)
        if (lists[i].kinds & kind)
            facts[chosen++] = (struct wb_dnsbl_fact){.list = &lists[i]};
    return chosen;
}

static void ask_for(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice labels,
                    struct wb_dnsbl_fact **facts, size_t n, struct wb_dns_question *q,
                    int64_t deadline)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = name_in(arena, labels, facts[i]->list->zone);
        q[2 * i] = (struct wb_dns_question){.name = name, .type = WB_DNS_A};
        q[2 * i + 1] = (struct wb_dns_question){.name = name, .type = WB_DNS_TXT};
    }
    wb_dns_ask(dns, q, n * 2, deadline);
    for (size_t i = 0; i < n; i++) {
        judge(&q[2 * i], facts[i]);
        if (facts[i]->result == WB_DNSBL_LISTED && q[2 * i + 1].n)
            facts[i]->text = q[2 * i + 1].records[0].data;
    }
}

struct wb_dnsbl_fact *wb_dnsbl_check(struct wb_dns *dns, struct wb_arena *arena,
                                     const struct wb_dnsbl *lists, size_t n, struct wb_slice what,
                                     enum wb_dnsbl_kind kind, int64_t deadline, size_t *n_out)
{
    struct wb_dnsbl_fact *facts = wb_arena_alloc(arena, (n + 1) * sizeof *facts);
    struct wb_dnsbl_fact **good = wb_arena_alloc(arena, (n + 1) * sizeof(void *));
    struct wb_dns_question *q = wb_arena_alloc(arena, (2 * n + 2) * sizeof *q);
    struct wb_slice points[2];
    size_t left = 0;
    *n_out = 0;
    if (!facts || !good || !q)
        return NULL;
    *n_out = n = choose(lists, n, kind, facts);
    test_points(arena, kind, points);
    for (size_t i = 0; i < n * 2; i++)
        q[i] = (struct wb_dns_question){
            .name = name_in(arena, points[i % 2], facts[i / 2].list->zone), .type = WB_DNS_A};
    wb_dns_ask(dns, q, n * 2, deadline);
    for (size_t i = 0; i < n; i++)
        if (trusted(&q[2 * i], &facts[i]))
            good[left++] = &facts[i];
    ask_for(dns, arena, what, good, left, q, deadline);
    return facts;
}
