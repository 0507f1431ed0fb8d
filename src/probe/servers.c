/* SPDX-License-Identifier: BSD-2-Clause */
#include "servers.h"

#include "dnssec.h"
#include "limit_check.h"

struct work {
    const struct wb_probe *probe;
    struct wb_slice domain;
    struct wb_servers *servers;
    struct wb_findings *findings;
};

static void found_domain(struct work *w, enum wb_finding_state state, const char *id)
{
    wb_found(w->findings, state, id, w->domain, WB_NONE, WB_NONE);
}

bool wb_dns_silent(const struct wb_dns_question *q)
{
    return q->status != WB_DNS_OK && q->status != WB_DNS_NODATA && q->status != WB_DNS_NXDOMAIN;
}

/* Of the questions for A and AAAA the one that got no answer; NULL when both did. */
static const struct wb_dns_question *unanswered(const struct wb_dns_question q[2])
{
    for (int i = 0; i < 2; i++)
        if (wb_dns_silent(&q[i]))
            return &q[i];
    return NULL;
}

/* ---- MX ---- */

static void add_server(struct wb_servers *s, struct wb_slice name, uint16_t preference)
{
    size_t at = s->n;
    if (s->n == WB_MAX_MX)
        return;
    for (; at > 0 && s->of[at - 1].preference > preference; at--)
        s->of[at] = s->of[at - 1];
    s->of[at] = (struct wb_server){.name = name, .preference = preference};
    s->n++;
}

static bool is_null_mx(const struct wb_dns_question *mx)
{
    return mx->n == 1 && mx->records[0].data.n == 0;
}

static void take_mx(struct work *w, const struct wb_dns_question *mx)
{
    struct wb_ip ip;
    for (size_t i = 0; i < mx->n; i++) {
        const struct wb_dns_record *r = &mx->records[i];
        if (r->data.n == 0)
            found_domain(w, WB_FINDING_TROUBLE, "mx.null-among-others");
        else if (wb_ip_read(r->data, &ip))
            wb_found(w->findings, WB_FINDING_TROUBLE, "mx.address", w->domain, r->data, WB_NONE);
        else
            add_server(w->servers, r->data, r->preference);
    }
}

/* A resolver that validates says SERVFAIL of signatures that are wrong, too. */
static void found_failure(struct work *w)
{
    struct wb_dnssec_question q = wb_dnssec_ask_one(w->probe, w->domain, WB_DNS_MX);
    if (q.state == WB_DNSSEC_BOGUS)
        wb_found(w->findings, WB_FINDING_TROUBLE, "dns.bogus", w->domain, q.reason, WB_NONE);
    else
        found_domain(w, WB_FINDING_TROUBLE, "dns.broken");
}

/* What DNS says when it has nothing to give; true when there is nothing more to check. */
static bool no_answer(struct work *w, enum wb_dns_status status)
{
    switch (status) {
    case WB_DNS_NXDOMAIN: found_domain(w, WB_FINDING_TROUBLE, "dns.no-domain"); return true;
    case WB_DNS_SERVFAIL: found_failure(w); return true;
    case WB_DNS_REFUSED: found_domain(w, WB_FINDING_UNKNOWN, "dns.refused"); return true;
    case WB_DNS_TIMEOUT: found_domain(w, WB_FINDING_UNKNOWN, "dns.timeout"); return true;
    case WB_DNS_BROKEN: found_domain(w, WB_FINDING_TROUBLE, "dns.unreadable"); return true;
    default: return false;
    }
}

/* Without MX the domain's own address is used. */
static void use_own_address(struct work *w, const struct wb_dns_question q[2])
{
    const struct wb_dns_question *lost = unanswered(q);
    if (q[0].n + q[1].n) {
        found_domain(w, WB_FINDING_NOTE, "mx.none-but-address");
        add_server(w->servers, w->domain, 0);
    } else if (lost) {
        wb_found(w->findings, WB_FINDING_UNKNOWN, "mx.address-unknown", w->domain,
                 wb_dns_status_name(lost->status), WB_NONE);
    } else {
        found_domain(w, WB_FINDING_TROUBLE, "mx.none");
    }
}

static void find_names(struct work *w)
{
    const char *name = wb_probe_name(w->probe, w->domain);
    struct wb_dns_question q[] = {
        {name, .type = WB_DNS_MX}, {name, .type = WB_DNS_A}, {name, .type = WB_DNS_AAAA}};
    wb_dns_ask(w->probe->dns, q, 3, wb_probe_dns_deadline(w->probe));
    if (no_answer(w, q[0].status))
        return;
    if (is_null_mx(&q[0])) {
        found_domain(w, WB_FINDING_TROUBLE, "mx.null");
        return;
    }
    take_mx(w, &q[0]);
    if (q[0].status == WB_DNS_NODATA)
        use_own_address(w, &q[1]);
}

/* ---- their addresses ---- */

/* True when it has one. */
static bool judge_addresses(struct work *w, const struct wb_server *s)
{
    const struct wb_dns_question *lost = unanswered(s->q);
    if (s->q[0].cname.n)
        wb_found(w->findings, WB_FINDING_NOTE, "mx.alias", s->name, s->q[0].cname, WB_NONE);
    if (s->q[0].n + s->q[1].n) {
        wb_found(w->findings, WB_FINDING_OK, "mx.server", s->name,
                 wb_probe_number(w->probe, s->preference), WB_NONE);
        return true;
    }
    if (!lost || s->q[0].status == WB_DNS_NXDOMAIN)
        wb_found(w->findings, WB_FINDING_TROUBLE, "mx.no-address", s->name, WB_NONE, WB_NONE);
    else
        wb_found(w->findings, WB_FINDING_UNKNOWN, "mx.address-unknown", s->name,
                 wb_dns_status_name(lost->status), WB_NONE);
    return false;
}

/* True when one of the servers has an address. */
static bool find_addresses(struct work *w)
{
    struct wb_dns_question q[2 * WB_MAX_MX];
    struct wb_servers *s = w->servers;
    bool any = false;
    for (size_t i = 0; i < s->n; i++) {
        const char *name = wb_probe_name(w->probe, s->of[i].name);
        q[2 * i] = (struct wb_dns_question){name, .type = WB_DNS_A};
        q[2 * i + 1] = (struct wb_dns_question){name, .type = WB_DNS_AAAA};
    }
    wb_dns_ask(w->probe->dns, q, 2 * s->n, wb_probe_dns_deadline(w->probe));
    for (size_t i = 0; i < s->n; i++) {
        s->of[i].q[0] = q[2 * i];
        s->of[i].q[1] = q[2 * i + 1];
        any |= judge_addresses(w, &s->of[i]);
    }
    return any;
}

enum wb_finding_state wb_find_servers(const struct wb_probe *probe, struct wb_slice domain,
                                      struct wb_servers *servers_out, struct wb_findings *findings)
{
    struct work w = {probe, domain, servers_out, findings};
    size_t from = findings->n;
    *servers_out = (struct wb_servers){0};
    find_names(&w);
    return find_addresses(&w) ? WB_FINDING_OK : wb_findings_worst(findings, from);
}
