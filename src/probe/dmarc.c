/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk, for a.mail.example.com: _dmarc.a.mail.example.com, _dmarc.mail.example.com,
 * _dmarc.example.com, _dmarc.com. A record that says psd=n ends it: that is the organisation. One
 * that says psd=y is a registry's: the organisation is one label below it. Otherwise it is the
 * shortest name that has a record. A name of more than eight labels is cut to seven after the first
 * question, so that nobody can make us ask without end.
 */
#include "dmarc.h"

#include "tags.h"

enum { MOST_QUESTIONS = 8, LABELS_AFTER_FIRST = 7, LONGEST_NAME = 253 };

struct wb_slice wb_dmarc_problem_name(enum wb_dmarc_problem problem)
{
    static const char *const names[] = {
#define X(id, name) name,
        WB_DMARC_PROBLEMS(X)
#undef X
    };
    return wb_slice_str(names[problem]);
}

static size_t label_count(struct wb_slice name)
{
    size_t n = name.n ? 1 : 0;
    for (size_t i = 0; i < name.n; i++)
        n += name.p[i] == '.';
    return n;
}

static struct wb_slice parent(struct wb_slice name)
{
    size_t dot = wb_slice_find(name, WB_S("."));
    return wb_slice_from(name, dot < name.n ? dot + 1 : name.n);
}

static bool is_record(struct wb_slice text)
{
    struct wb_tag first;
    return wb_tag_next(&text, &first) && wb_slice_eqi(first.name, WB_S("v")) &&
           wb_slice_eq(first.value, WB_S("DMARC1"));
}

struct step {
    struct wb_slice record;
    enum wb_dmarc_problem problem;
    bool name_missing;
};

/* For a question; NULL when there is no room for all of it. */
static const char *joined(struct wb_arena *arena, struct wb_slice a, struct wb_slice b)
{
    struct wb_text text = wb_text_open(arena, LONGEST_NAME + 16);
    wb_text_put(&text, a);
    wb_text_put(&text, b);
    wb_text_byte(&text, '\0');
    return text.cut ? (wb_text_drop(&text), NULL) : wb_text_close(&text).p;
}

/* Looks at one name; the record is absent where there is none that counts. */
static void look(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice name, int64_t deadline,
                 struct step *out)
{
    *out = (struct step){.problem = WB_DMARC_IS_NO_RECORD};
    const char *asked = joined(arena, WB_S("_dmarc."), name);
    if (!asked)
        return;
    struct wb_dns_question q = wb_dns_ask_one(dns, asked, WB_DNS_TXT, deadline);
    out->name_missing = q.status == WB_DNS_NXDOMAIN;
    if (q.status != WB_DNS_OK && q.status != WB_DNS_NODATA && q.status != WB_DNS_NXDOMAIN)
        out->problem = WB_DMARC_IS_DNS;
    for (size_t i = 0; i < q.n; i++)
        if (is_record(q.records[i].data)) {
            bool first = out->problem == WB_DMARC_IS_NO_RECORD;
            out->problem = first ? WB_DMARC_IS_OK : WB_DMARC_IS_TWO_RECORDS;
            out->record = first ? q.records[i].data : WB_NONE;
        }
}

struct walk {
    struct wb_slice own, top, top_name; /* the records: the domain's own; the highest, and whose */
    enum wb_dmarc_problem own_problem;
    struct wb_slice organization;
    bool unanswered;
};

static void take_step(struct walk *w, struct wb_slice domain, struct wb_slice name,
                      struct wb_slice below, const struct step *step, bool *end)
{
    struct wb_slice psd = WB_NONE;
    bool own = name.p == domain.p;
    if (own) {
        w->own = step->record;
        w->own_problem = step->problem;
    }
    w->unanswered |= step->problem == WB_DMARC_IS_DNS;
    if (!step->record.n)
        return;
    wb_tag_find(step->record, WB_S("psd"), &psd);
    *end = wb_slice_eqi(psd, WB_S("n")) || (wb_slice_eqi(psd, WB_S("y")) && !own);
    w->organization = wb_slice_eqi(psd, WB_S("y")) && !own ? below : name;
    w->top = step->record;
    w->top_name = name;
}

static void walk(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice domain,
                 int64_t deadline, struct wb_dmarc *out, struct walk *w)
{
    struct wb_slice name = domain, below = domain;
    bool end = false;
    while (name.n && !end && out->questions < MOST_QUESTIONS) {
        struct step step;
        look(dns, arena, name, deadline, &step);
        out->questions++;
        take_step(w, domain, name, below, &step, &end);
        below = name;
        name = parent(name);
        while (label_count(name) > LABELS_AFTER_FIRST) {
            below = name;
            name = parent(name);
        }
    }
}

static bool is_policy(struct wb_slice s)
{
    return wb_slice_eqi(s, WB_S("none")) || wb_slice_eqi(s, WB_S("quarantine")) ||
           wb_slice_eqi(s, WB_S("reject"));
}

/*
 * p= is for the organisation's domain, sp= for names below it, np= for names that are not there.
 * Without a sound p= receivers apply none, if reports are wanted at all, and say nothing else.
 */
static void read_policy(struct wb_slice record, bool own, bool missing, struct wb_dmarc *out)
{
    struct wb_slice p = WB_NONE, rua = WB_NONE, testing = WB_NONE, finer = WB_NONE;
    bool given = wb_tag_find(record, WB_S("p"), &p);
    out->reports = wb_tag_find(record, WB_S("rua"), &rua) && rua.n;
    wb_tag_find(record, WB_S("t"), &testing);
    out->testing = wb_slice_eqi(testing, WB_S("y"));
    if (!own && (wb_tag_find(record, WB_S("sp"), &finer)) && is_policy(finer))
        p = finer;
    if (!own && missing && wb_tag_find(record, WB_S("np"), &finer) && is_policy(finer))
        p = finer;
    out->policy = is_policy(p) ? p : WB_S("none");
    if (!wb_tags_valid(record) || !given || !is_policy(p))
        out->problem = WB_DMARC_IS_SYNTAX;
}

static bool domain_missing(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice domain,
                           int64_t deadline)
{
    const char *asked = joined(arena, domain, WB_NONE);
    return asked && wb_dns_ask_one(dns, asked, WB_DNS_A, deadline).status == WB_DNS_NXDOMAIN;
}

void wb_dmarc_check(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice domain,
                    int64_t deadline, struct wb_dmarc *out)
{
    struct walk w = {0};
    *out = (struct wb_dmarc){0};
    if (domain.n && domain.p[domain.n - 1] == '.')
        domain.n--;
    if (!domain.n || domain.n > LONGEST_NAME - 7 || memchr(domain.p, 0, domain.n)) {
        out->problem = WB_DMARC_IS_NO_NAME;
        return;
    }
    w.organization = domain;
    walk(dns, arena, domain, deadline, out, &w);
    out->organization = w.organization;
    out->record = w.own.n ? w.own : w.top;
    out->found_at = w.own.n ? domain : w.top_name;
    if (w.own_problem == WB_DMARC_IS_TWO_RECORDS)
        out->problem = w.own_problem;
    if (out->record.n)
        read_policy(out->record, w.own.n, !w.own.n && domain_missing(dns, arena, domain, deadline),
                    out);
    else if (!out->problem)
        out->problem = w.unanswered ? WB_DMARC_IS_DNS : WB_DMARC_IS_NO_RECORD;
}
