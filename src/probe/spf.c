/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPF: check_host() of RFC 7208 4. A record is read twice: first every term is checked, because a
 * mistake anywhere is a permerror whatever stands before it; then the terms are tried in turn. An
 * included record is the same function again, which the limit of ten lookups keeps bounded.
 */
#include "check.h"
#include "spf_int.h"

#include <stdio.h>

enum {
    MOST_LOOKUPS = 10, /* 4.6.4 */
    MOST_VOIDS = 2,
    MOST_HOSTS = 10,
    LONGEST_NAME = 253,
    LONGEST_LABEL = 63,
};

static enum wb_spf_result check_host(struct wb_spf_run *run, struct wb_slice domain, bool included);

struct wb_slice wb_spf_result_name(enum wb_spf_result result)
{
    static const char *const names[] = {
#define X(id, name) name,
        WB_SPF_RESULTS(X)
#undef X
    };
    return wb_slice_str(names[result]);
}

struct wb_slice wb_spf_problem_name(enum wb_spf_problem problem)
{
    static const char *const names[] = {
#define X(id, name) name,
        WB_SPF_PROBLEMS(X)
#undef X
    };
    return wb_slice_str(names[problem]);
}

static enum wb_spf_result fail_with(struct wb_spf_run *run, enum wb_spf_result result,
                                    enum wb_spf_problem problem, struct wb_slice term)
{
    if (!run->out->problem) {
        run->out->problem = problem;
        run->out->term = term;
    }
    return run->failure = result;
}

/* ---- asking ---- */

/* Labels of 1 to 63 bytes, together at most 253; one dot at the end is allowed. */
static bool is_name(struct wb_slice s)
{
    size_t label = 0;
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    if (!s.n || s.n > LONGEST_NAME)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        label = s.p[i] == '.' ? 0 : label + 1;
        if (label > LONGEST_LABEL || (s.p[i] == '.' && (i == 0 || s.p[i - 1] == '.')))
            return false;
    }
    return true;
}

/* For a question: what is no plain character as \DDD. */
static const char *question_name(struct wb_arena *arena, struct wb_slice s)
{
    struct wb_text out = wb_text_open(arena, s.n * 4 + 1);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        char escaped[5];
        if (c > ' ' && c < 127 && !strchr("\\\"();@$", c)) {
            wb_text_byte(&out, (char)c);
            continue;
        }
        snprintf(escaped, sizeof escaped, "\\%03u", c);
        wb_text_put(&out, wb_slice_str(escaped));
    }
    wb_text_byte(&out, '\0');
    return out.cut ? (wb_text_drop(&out), NULL) : wb_text_close(&out).p;
}

enum answer { ANSWERED, EMPTY, UNANSWERED };

static enum answer ask(struct wb_spf_run *run, struct wb_slice name, uint16_t type,
                       struct wb_dns_question *q)
{
    *q = (struct wb_dns_question){.status = WB_DNS_NXDOMAIN};
    const char *text = is_name(name) ? question_name(run->arena, name) : NULL;
    if (!text)
        return EMPTY;
    *q = wb_dns_ask_one(run->dns, text, type, run->query->deadline);
    bool empty = q->status == WB_DNS_NXDOMAIN || q->status == WB_DNS_NODATA;
    return empty ? EMPTY : q->status != WB_DNS_OK ? UNANSWERED : q->n ? ANSWERED : EMPTY;
}

/* For a term: false when the evaluation ends with this question. */
static bool ask_for(struct wb_spf_run *run, const struct wb_spf_term *term, struct wb_slice name,
                    uint16_t type, struct wb_dns_question *q)
{
    switch (ask(run, name, type, q)) {
    case ANSWERED: return true;
    case UNANSWERED: fail_with(run, WB_SPF_TEMPERROR, WB_SPF_IS_DNS, term->text); return false;
    default: break;
    }
    if (++run->out->voids <= MOST_VOIDS)
        return true;
    fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_VOIDS, term->text);
    return false;
}

static bool count_lookup(struct wb_spf_run *run, struct wb_slice term)
{
    if (++run->out->lookups <= MOST_LOOKUPS)
        return true;
    fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_LOOKUPS, term);
    return false;
}

/* ---- matching ---- */

static bool same_bits(const char *a, const char *b, unsigned bits)
{
    unsigned bytes = bits / 8, left = bits % 8;
    if (memcmp(a, b, bytes) != 0)
        return false;
    return !left || ((unsigned char)a[bytes] ^ (unsigned char)b[bytes]) >> (8 - left) == 0;
}

static bool matches(const struct wb_spf_run *run, const struct wb_spf_term *term,
                    struct wb_slice address)
{
    unsigned bits = run->ip.n == 16 ? term->bits6 : term->bits4;
    return run->ip.n && run->ip.n == address.n && same_bits(run->ip.p, address.p, bits);
}

static uint16_t address_type(const struct wb_spf_run *run)
{
    return run->ip.n == 16 ? WB_DNS_AAAA : WB_DNS_A;
}

static bool any_matches(const struct wb_spf_run *run, const struct wb_spf_term *term,
                        const struct wb_dns_question *q)
{
    for (size_t i = 0; i < q->n; i++)
        if (matches(run, term, q->records[i].data))
            return true;
    return false;
}

/* 4.8: a name that became too long loses labels at the left. */
static struct wb_slice target(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    if (!term->domain.n)
        return run->current;
    struct wb_slice name = wb_spf_expand(run, term->domain);
    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    while (name.n > LONGEST_NAME) {
        size_t dot = wb_slice_find(name, WB_S("."));
        if (dot >= name.n)
            break;
        name = wb_slice_from(name, dot + 1);
    }
    return name;
}

static bool try_a(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    struct wb_dns_question q;
    return ask_for(run, term, target(run, term), address_type(run), &q) &&
           any_matches(run, term, &q);
}

static bool try_mx(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    struct wb_dns_question q, host;
    if (!ask_for(run, term, target(run, term), WB_DNS_MX, &q))
        return false;
    if (q.n > MOST_HOSTS)
        fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_HOSTS, term->text);
    for (size_t i = 0; i < q.n && !run->failure; i++)
        if (q.records[i].data.n &&
            ask_for(run, term, q.records[i].data, address_type(run), &host) &&
            any_matches(run, term, &host))
            return true;
    return false;
}

static bool try_exists(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    struct wb_dns_question q;
    return ask_for(run, term, target(run, term), WB_DNS_A, &q) && q.n;
}

static struct wb_slice reverse_name(struct wb_spf_run *run)
{
    struct wb_slice format = run->ip.n == 16 ? WB_S("%{ir}.ip6.arpa") : WB_S("%{ir}.in-addr.arpa");
    return wb_spf_expand(run, format);
}

/* True when the name has the address that is asked about; trouble counts as no. */
static bool leads_back(struct wb_spf_run *run, struct wb_slice name)
{
    const struct wb_spf_term whole = {.bits4 = 32, .bits6 = 128};
    struct wb_dns_question q;
    return ask(run, name, address_type(run), &q) == ANSWERED && any_matches(run, &whole, &q);
}

static bool is_below(struct wb_slice name, struct wb_slice domain)
{
    return wb_slice_eqi(name, domain) || (name.n > domain.n && wb_slice_endsi(name, domain) &&
                                          name.p[name.n - domain.n - 1] == '.');
}

/* 5.5: the client's names, of which each must lead back; trouble is no match. */
static bool try_ptr(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    struct wb_dns_question q;
    struct wb_slice domain = target(run, term);
    if (!run->ip.n)
        return false;
    enum answer answer = ask(run, reverse_name(run), WB_DNS_PTR, &q);
    if (answer == EMPTY && ++run->out->voids > MOST_VOIDS)
        fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_VOIDS, term->text);
    for (size_t i = 0; answer == ANSWERED && i < q.n && i < MOST_HOSTS; i++)
        if (is_below(q.records[i].data, domain) && leads_back(run, q.records[i].data))
            return true;
    return false;
}

/* 7.3: best the domain itself, then a name below it, then any. */
struct wb_slice wb_spf_client_name(struct wb_spf_run *run)
{
    struct wb_dns_question q;
    struct wb_slice best = WB_S("unknown");
    int rank = 0;
    if (!run->ip.n || ask(run, reverse_name(run), WB_DNS_PTR, &q) != ANSWERED)
        return best;
    for (size_t i = 0; i < q.n && i < MOST_HOSTS; i++) {
        struct wb_slice name = q.records[i].data;
        int its = wb_slice_eqi(name, run->current) ? 3 : is_below(name, run->current) ? 2 : 1;
        if (its > rank && leads_back(run, name)) {
            best = name;
            rank = its;
        }
    }
    return best;
}

static bool try_include(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    struct wb_slice before = run->current;
    run->depth++;
    enum wb_spf_result result = check_host(run, target(run, term), true);
    run->depth--;
    run->current = before;
    if (result == WB_SPF_NONE)
        fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_NO_INCLUDED, term->text);
    return result == WB_SPF_PASS;
}

static bool try_ip(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    return matches(run, term, wb_slice((const char *)term->ip, term->kind == WB_SPF_IP6 ? 16 : 4));
}

static bool try_term(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    static const struct {
        bool (*try)(struct wb_spf_run *run, const struct wb_spf_term *term);
        bool lookup;
    } ways[] = {
        [WB_SPF_INCLUDE] = {try_include, true}, [WB_SPF_A] = {try_a, true},
        [WB_SPF_MX] = {try_mx, true},           [WB_SPF_PTR] = {try_ptr, true},
        [WB_SPF_IP4] = {try_ip, false},         [WB_SPF_IP6] = {try_ip, false},
        [WB_SPF_EXISTS] = {try_exists, true},
    };
    if (term->kind == WB_SPF_ALL)
        return true;
    if (ways[term->kind].lookup && !count_lookup(run, term->text))
        return false;
    WB_CHECK(ways[term->kind].try); /* redirect and exp are no mechanisms */
    return ways[term->kind].try(run, term);
}

/* ---- a record ---- */

static bool is_record(struct wb_slice text)
{
    return wb_slice_startsi(text, WB_S("v=spf1")) && (text.n == 6 || text.p[6] == ' ');
}

/* Exactly one record: true. Otherwise result_out says what that means. */
static bool find_record(struct wb_spf_run *run, struct wb_slice domain, struct wb_slice *record_out,
                        enum wb_spf_result *result_out)
{
    struct wb_dns_question q;
    unsigned found = 0;
    *result_out = WB_SPF_NONE;
    enum answer answer = ask(run, domain, WB_DNS_TXT, &q);
    if (answer == UNANSWERED)
        *result_out = fail_with(run, WB_SPF_TEMPERROR, WB_SPF_IS_DNS, domain);
    for (size_t i = 0; answer == ANSWERED && i < q.n; i++)
        if (is_record(q.records[i].data)) {
            *record_out = q.records[i].data;
            found++;
        }
    if (found > 1)
        *result_out = fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_TWO_RECORDS, domain);
    return found == 1;
}

struct modifiers {
    struct wb_spf_term redirect, exp;
};

/* Checks every term; keeps the modifiers, which stand anywhere but only once each. */
static bool record_valid(struct wb_spf_run *run, struct wb_slice rest, struct modifiers *m)
{
    struct wb_slice text;
    struct wb_spf_term term;
    while (wb_spf_next(&rest, &text)) {
        bool good = wb_spf_term_read(text, &term);
        struct wb_spf_term *once = !good                          ? NULL
                                   : term.kind == WB_SPF_REDIRECT ? &m->redirect
                                   : term.kind == WB_SPF_EXP      ? &m->exp
                                                                  : NULL;
        if (!good || (once && once->text.n)) {
            fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_SYNTAX, text);
            return false;
        }
        if (once)
            *once = term;
    }
    return true;
}

/* 6.2: whatever goes wrong with it, there is only no explanation. */
static void explain(struct wb_spf_run *run, const struct wb_spf_term *exp)
{
    struct wb_dns_question q;
    if (!exp->text.n || ask(run, target(run, exp), WB_DNS_TXT, &q) != ANSWERED || q.n != 1)
        return;
    struct wb_slice text = q.records[0].data;
    if (wb_spf_macros_valid(text, true))
        run->out->explanation = wb_spf_expand(run, text);
}

static void note_path(struct wb_spf_run *run, const struct wb_spf_term *term)
{
    if (run->depth >= WB_SPF_DEPTH)
        return;
    run->out->path[run->depth] = term->text;
    if (term->kind != WB_SPF_INCLUDE && term->kind != WB_SPF_REDIRECT)
        run->out->path_n = run->depth + 1;
}

static enum wb_spf_result follow_redirect(struct wb_spf_run *run,
                                          const struct wb_spf_term *redirect, bool included)
{
    if (!count_lookup(run, redirect->text))
        return run->failure;
    note_path(run, redirect);
    struct wb_slice name = target(run, redirect);
    run->depth++;
    enum wb_spf_result result = check_host(run, name, included);
    run->depth--;
    if (result == WB_SPF_NONE)
        return fail_with(run, WB_SPF_PERMERROR, WB_SPF_IS_NO_INCLUDED, redirect->text);
    return result;
}

static enum wb_spf_result check_host(struct wb_spf_run *run, struct wb_slice domain, bool included)
{
    struct wb_slice record, text;
    struct modifiers m = {0};
    struct wb_spf_term term;
    enum wb_spf_result result;
    run->current = domain;
    if (!find_record(run, domain, &record, &result))
        return result;
    if (!run->out->record.n)
        run->out->record = record;
    struct wb_slice rest = wb_slice_from(record, 6);
    if (!record_valid(run, rest, &m))
        return run->failure;
    while (wb_spf_next(&rest, &text)) {
        if (!wb_spf_term_read(text, &term) || term.kind >= WB_SPF_REDIRECT)
            continue;
        bool match = try_term(run, &term);
        if (run->failure)
            return run->failure;
        if (!match)
            continue;
        note_path(run, &term);
        if (term.result == WB_SPF_FAIL && !included)
            explain(run, &m.exp);
        return term.result;
    }
    run->out->path_n = 0;
    return m.redirect.text.n ? follow_redirect(run, &m.redirect, included) : WB_SPF_NEUTRAL;
}

/* ---- the question ---- */

/* An IPv4 address inside IPv6 (::ffff:192.0.2.1) is an IPv4 address. */
static struct wb_slice plain_ip(struct wb_slice ip)
{
    static const char mapped[12] = {[10] = '\xff', [11] = '\xff'};
    return ip.n == 16 && memcmp(ip.p, mapped, 12) == 0 ? wb_slice_from(ip, 12) : ip;
}

static void split_sender(struct wb_spf_run *run)
{
    struct wb_slice s = run->query->sender;
    size_t at = s.n;
    while (at && s.p[at - 1] != '@')
        at--;
    run->sender_domain = s.n ? wb_slice_from(s, at) : run->query->helo;
    run->local = at > 1 ? wb_slice_head(s, at - 1) : WB_S("postmaster");
}

void wb_spf_check(struct wb_dns *dns, struct wb_arena *arena, const struct wb_spf_query *query,
                  struct wb_spf *out)
{
    struct wb_spf_run run = {
        .dns = dns, .arena = arena, .query = query, .out = out, .ip = plain_ip(query->ip)};
    *out = (struct wb_spf){0};
    split_sender(&run);
    struct wb_slice domain = query->domain.n ? query->domain : run.sender_domain;
    out->domain = domain;
    /* 4.3: an address in brackets or a bare word is no domain */
    if (!is_name(domain) || wb_slice_find(domain, WB_S(".")) >= domain.n || domain.p[0] == '[') {
        out->problem = WB_SPF_IS_NO_NAME;
        return;
    }
    out->result = check_host(&run, domain, false);
    if (out->result == WB_SPF_NONE)
        out->problem = WB_SPF_IS_NO_RECORD;
}
