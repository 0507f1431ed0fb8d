/* SPDX-License-Identifier: BSD-2-Clause */
#include "dane.h"

#include <stdio.h>

#include "dnssec.h"
#include "tlsa.h"
#include "limit_check.h"

enum { LONGEST_NAME = 1024 + 16, LAST_TIME = 1000 /* milliseconds for what is asked last */ };

/* What is asked about one server. */
enum question { ADDRESS, TLSA, ALIAS_TLSA, QUESTIONS };

struct wb_dane {
    const struct wb_probe *probe;
    struct wb_slice domain;
    const struct wb_servers *servers;
    struct wb_findings *findings;
    int64_t deadline;
    struct wb_dnssec *dnssec; /* NULL: nothing can be validated here */
    struct wb_dnssec_question mx;
    struct wb_dnssec_question of[WB_MAX_MX][QUESTIONS];
};

/* ---- questions ---- */

/* "_25._tcp.mx.example.org" (RFC 7672 2.2) */
static const char *tlsa_name(const struct wb_dane *d, struct wb_slice host)
{
    char name[LONGEST_NAME];
    int n = snprintf(name, sizeof name, "_%u._tcp.%.*s", d->probe->options->port, WB_F(host));
    return n < LONGEST_NAME ? wb_probe_name(d->probe, wb_slice_str(name)) : "invalid";
}

struct wb_dane *wb_dane_begin(const struct wb_probe *probe, struct wb_slice domain,
                              const struct wb_servers *servers)
{
    struct wb_dane *d = wb_arena_alloc(probe->arena, sizeof *d);
    if (!d)
        return NULL;
    *d = (struct wb_dane){.probe = probe,
                          .domain = domain,
                          .servers = servers,
                          .deadline = wb_now() + WB_MAX_GUARD_TIME,
                          .dnssec = wb_dnssec_open(probe),
                          .mx = {wb_probe_name(probe, domain), .type = WB_DNS_MX}};
    if (!d->dnssec)
        return d;
    wb_dnssec_ask(d->dnssec, &d->mx, 1);
    for (size_t i = 0; i < servers->n; i++) {
        struct wb_dnssec_question *q = d->of[i];
        q[ADDRESS].name = wb_probe_name(probe, servers->of[i].name);
        q[ADDRESS].type = WB_DNS_A;
        q[TLSA].name = tlsa_name(d, servers->of[i].name);
        q[TLSA].type = WB_DNS_TLSA;
        wb_dnssec_ask(d->dnssec, q, ALIAS_TLSA);
    }
    return d;
}

static void wait_for_answers(struct wb_dane *d, int64_t deadline)
{
    wb_dnssec_wait(d->dnssec, deadline < d->probe->deadline ? deadline : d->probe->deadline);
}

/* Records of an alias stand at the name that it leads to, if that is signed all the way (2.2.2). */
static void ask_aliases(struct wb_dane *d)
{
    wait_for_answers(d, d->deadline);
    for (size_t i = 0; i < d->servers->n; i++) {
        struct wb_dnssec_question *q = d->of[i];
        if (q[ADDRESS].state != WB_DNSSEC_SECURE || !q[ADDRESS].cname.n)
            continue;
        q[ALIAS_TLSA].name = tlsa_name(d, q[ADDRESS].cname);
        q[ALIAS_TLSA].type = WB_DNS_TLSA;
        wb_dnssec_ask(d->dnssec, &q[ALIAS_TLSA], 1);
    }
    wait_for_answers(d, wb_now() + LAST_TIME);
}

/* ---- findings ---- */

static void found(struct wb_dane *d, enum wb_finding_state state, const char *id,
                  struct wb_slice host, struct wb_slice value)
{
    wb_found(d->findings, state, id, host, value, WB_NONE);
}

/* What is simply not there is told only to who wants to know all. */
static void found_detail(struct wb_dane *d, const char *id, struct wb_slice host)
{
    if (d->probe->options->details)
        found(d, WB_FINDING_NOTE, id, host, WB_NONE);
}

static void found_unless_secure(struct wb_dane *d, const struct wb_dnssec_question *q,
                                const char *bogus, struct wb_slice subject)
{
    if (q->state == WB_DNSSEC_BOGUS)
        found(d, WB_FINDING_TROUBLE, bogus, subject, q->reason);
    else
        found_detail(d, q->state == WB_DNSSEC_UNSIGNED ? "dane.unsigned" : "dane.unknown", subject);
}

/* ---- one server ---- */

/* The worst of a server's addresses: from nothing known to what keeps mail back. */
enum match { UNTESTED, MATCHES, UNUSABLE, MISMATCH, NO_TLS };

static enum match match_talk(const struct wb_dane *d, const struct wb_dnssec_question *q,
                             const struct wb_talk *t, const char *base, struct wb_slice *reason_out)
{
    if (!(t->extensions & WB_EXTENSION_STARTTLS) || t->tls == WB_TLS_FAILED)
        return NO_TLS;
    switch (wb_tlsa_check(q->records, q->n, &t->chain, base, d->mx.name, reason_out)) {
    case WB_TLSA_MATCH: return MATCHES;
    case WB_TLSA_UNUSABLE: return UNUSABLE;
    case WB_TLSA_MISMATCH: return q->cut ? UNTESTED : MISMATCH; /* perhaps one of the others fits */
    default: return UNTESTED;
    }
}

static void judge_records(struct wb_dane *d, const struct wb_dnssec_question *q,
                          struct wb_slice host, struct wb_slice base, const struct wb_talk *talks,
                          size_t n)
{
    enum match worst = UNTESTED;
    struct wb_slice reason = WB_NONE;
    const char *name = wb_probe_name(d->probe, base);
    for (size_t i = 0; i < n; i++) {
        if (talks[i].end != WB_TALK_WELL || !wb_slice_eq(talks[i].host, host))
            continue;
        struct wb_slice why = WB_NONE;
        enum match match = match_talk(d, q, &talks[i], name, &why);
        if (match > worst) {
            worst = match;
            reason = why;
        }
    }
    switch (worst) {
    case UNTESTED: found(d, WB_FINDING_NOTE, "dane.untested", host, WB_NONE); break;
    case MATCHES: found(d, WB_FINDING_OK, "dane.matches", host, WB_NONE); break;
    case UNUSABLE: found(d, WB_FINDING_NOTE, "dane.unusable", host, WB_NONE); break;
    case MISMATCH: found(d, WB_FINDING_TROUBLE, "dane.mismatch", host, reason); break;
    case NO_TLS: found(d, WB_FINDING_TROUBLE, "dane.no-tls", host, WB_NONE); break;
    }
}

static void judge_server(struct wb_dane *d, size_t i, const struct wb_talk *talks, size_t n)
{
    const struct wb_dnssec_question *q = d->of[i];
    struct wb_slice host = d->servers->of[i].name, base = host;
    const struct wb_dnssec_question *tlsa = &q[TLSA];
    if (q[ADDRESS].state == WB_DNSSEC_BOGUS) {
        found_unless_secure(d, &q[ADDRESS], "dns.bogus", host);
        return;
    }
    if (q[ALIAS_TLSA].state == WB_DNSSEC_BOGUS ||
        (q[ALIAS_TLSA].state == WB_DNSSEC_SECURE && q[ALIAS_TLSA].n)) {
        tlsa = &q[ALIAS_TLSA];
        base = q[ADDRESS].cname;
    }
    if (tlsa->state != WB_DNSSEC_SECURE)
        found_unless_secure(d, tlsa, "dane.bogus", host);
    else if (tlsa->n)
        judge_records(d, tlsa, host, base, talks, n);
    else
        found_detail(d, "dane.absent", host);
}

void wb_dane_end(struct wb_dane *d, const struct wb_talk *talks, size_t n,
                 struct wb_findings *findings)
{
    if (!d)
        return;
    d->findings = findings;
    if (d->dnssec)
        ask_aliases(d);
    if (d->mx.state != WB_DNSSEC_SECURE)
        found_unless_secure(d, &d->mx, "dns.bogus", d->domain);
    for (size_t i = 0; i < d->servers->n && d->mx.state == WB_DNSSEC_SECURE; i++)
        judge_server(d, i, talks, n);
    wb_dnssec_close(d->dnssec);
}
