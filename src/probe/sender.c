/* SPDX-License-Identifier: BSD-2-Clause */
#include "sender.h"

#include <stdio.h>

#include "dkim.h"
#include "dmarc.h"
#include "find.h"
#include "servers.h"
#include "spf.h"

enum { MOST_SERVERS = 8, MOST_NAMES = 8, LONGEST_RESOLVER = 96 };

/* DNS did not say: never held against anybody. */
static void found_silence(struct wb_findings *f, struct wb_slice name)
{
    wb_found(f, WB_FINDING_UNKNOWN, "dns.silent", name, WB_NONE, WB_NONE);
}

/* ---- the zone ---- */

struct serial {
    struct wb_slice server;
    bool answered;
    uint32_t number;
};

/* The serial that one name server has, asked directly. */
static void ask_server(const struct wb_probe *p, struct wb_slice domain, const struct wb_ip *ip,
                       int64_t deadline, struct serial *out)
{
    char resolver[LONGEST_RESOLVER], address[INET6_ADDRSTRLEN];
    struct wb_status status;
    if (wb_ip_is_private(ip) && !p->options->private_too)
        return;
    wb_ip_show(ip, address);
    snprintf(resolver, sizeof resolver, ip->family == AF_INET ? "%s:%u" : "[%s]:%u", address,
             p->options->ns_port);
    struct wb_dns_options options = {.resolver = resolver};
    struct wb_dns *direct = wb_dns_open(&options, p->arena, &status);
    if (!direct)
        return;
    struct wb_dns_question q =
        wb_dns_ask_one(direct, wb_probe_name(p, domain), WB_DNS_SOA, deadline);
    out->answered = q.n > 0;
    out->number = q.n ? q.records[0].serial : 0;
    wb_dns_close(direct);
}

/* The serials of the first few name servers; how many. */
static size_t ask_servers(const struct wb_probe *p, struct wb_slice domain,
                          const struct wb_dns_question *ns, struct serial serials[MOST_SERVERS])
{
    struct wb_dns_question a[MOST_SERVERS];
    struct wb_ip ip;
    size_t n = ns->n < MOST_SERVERS ? ns->n : MOST_SERVERS;
    for (size_t i = 0; i < n; i++)
        a[i] = (struct wb_dns_question){wb_probe_name(p, ns->records[i].data), .type = WB_DNS_A};
    wb_dns_ask(p->dns, a, n, wb_probe_dns_deadline(p));
    int64_t deadline = wb_probe_dns_deadline(p); /* of all together */
    for (size_t i = 0; i < n; i++) {
        serials[i] = (struct serial){.server = ns->records[i].data};
        if (a[i].n && wb_ip_of_record(a[i].records[0].data, &ip))
            ask_server(p, domain, &ip, deadline, &serials[i]);
    }
    return n;
}

static void compare_servers(const struct wb_probe *p, const struct wb_sender *s,
                            const struct wb_dns_question *ns, struct wb_findings *out)
{
    struct serial serials[MOST_SERVERS];
    size_t n = ask_servers(p, s->domain, ns, serials), first = 0;
    while (first < n && !serials[first].answered)
        first++;
    for (size_t i = 0; i < n; i++)
        if (!serials[i].answered && !s->lenient)
            wb_found(out, WB_FINDING_UNKNOWN, "zone.server-silent", serials[i].server, s->domain,
                     WB_NONE);
    for (size_t i = first; i < n; i++)
        if (serials[i].answered && serials[i].number != serials[first].number) {
            wb_found(out, WB_FINDING_TROUBLE, "zone.servers-differ", s->domain,
                     serials[first].server, serials[i].server);
            return;
        }
    if (first < n)
        wb_found(out, WB_FINDING_OK, "zone.servers-agree", s->domain, WB_NONE, WB_NONE);
}

void wb_sender_zone(const struct wb_probe *p, const struct wb_sender *s, struct wb_findings *out)
{
    struct wb_servers servers = {.n = 0};
    const char *name = wb_probe_name(p, s->domain);
    struct wb_dns_question q[] = {{name, .type = WB_DNS_SOA}, {name, .type = WB_DNS_NS}};
    if (!s->domain.n)
        return;
    wb_dns_ask(p->dns, q, 2, wb_probe_dns_deadline(p));
    /* a domain below a zone has no SOA of its own, and needs none */
    if (q[0].n)
        wb_found(out, WB_FINDING_OK, "zone.soa", s->domain, q[0].records[0].data, WB_NONE);
    if (q[1].n)
        compare_servers(p, s, &q[1], out);
    wb_find_servers(p, s->domain, &servers, out);
}

/* ---- names ---- */

static bool leads_to(const struct wb_probe *p, struct wb_slice name, const struct wb_ip *ip,
                     bool *unsure)
{
    struct wb_dns_question q =
        wb_dns_ask_one(p->dns, wb_probe_name(p, name),
                       ip->family == AF_INET6 ? WB_DNS_AAAA : WB_DNS_A, wb_probe_dns_deadline(p));
    *unsure |= wb_dns_silent(&q);
    for (size_t i = 0; i < q.n; i++)
        if (wb_slice_eq(q.records[i].data, wb_ip_bytes(ip)))
            return true;
    return false;
}

static const char *reverse_name(const struct wb_probe *p, const struct wb_ip *ip)
{
    struct wb_slice labels = wb_ip_backwards(ip, p->arena);
    struct wb_text text = wb_text_open(p->arena, 128);
    wb_text_put(&text, labels);
    wb_text_put(&text, ip->family == AF_INET6 ? WB_S(".ip6.arpa") : WB_S(".in-addr.arpa"));
    return wb_probe_name(p, wb_text_close(&text));
}

/* PTR, and a name of it that leads back to the address: forward-confirmed (RFC 1912 2.1). */
void wb_sender_reverse(const struct wb_probe *p, const struct wb_sender *s, struct wb_findings *out)
{
    bool unsure = false;
    if (!s->ip)
        return;
    struct wb_slice shown = wb_ip_text(s->ip, p->arena);
    struct wb_dns_question q =
        wb_dns_ask_one(p->dns, reverse_name(p, s->ip), WB_DNS_PTR, wb_probe_dns_deadline(p));
    if (wb_dns_silent(&q)) {
        wb_found(out, WB_FINDING_UNKNOWN, "ptr.unknown", shown, wb_dns_status_name(q.status),
                 WB_NONE);
        return;
    }
    if (!q.n) {
        wb_found(out, WB_FINDING_TROUBLE, "ptr.none", shown, WB_NONE, WB_NONE);
        return;
    }
    for (size_t i = 0; i < q.n && i < MOST_NAMES; i++)
        if (leads_to(p, q.records[i].data, s->ip, &unsure)) {
            wb_found(out, WB_FINDING_OK, "ptr.confirmed", shown, q.records[i].data, WB_NONE);
            return;
        }
    if (unsure)
        found_silence(out, q.records[0].data);
    else
        wb_found(out, WB_FINDING_TROUBLE, "ptr.elsewhere", shown, q.records[0].data, WB_NONE);
}

void wb_sender_helo(const struct wb_probe *p, const struct wb_sender *s, struct wb_findings *out)
{
    if (!s->helo.n || s->helo.p[0] == '[')
        return;
    const char *name = wb_probe_name(p, s->helo);
    struct wb_dns_question q[] = {{name, .type = WB_DNS_A}, {name, .type = WB_DNS_AAAA}};
    bool qualified = wb_slice_find(s->helo, WB_S(".")) < s->helo.n;
    if (qualified)
        wb_dns_ask(p->dns, q, 2, wb_probe_dns_deadline(p));
    if (qualified && q[0].n + q[1].n)
        wb_found(out, WB_FINDING_OK, "helo.known", s->helo, WB_NONE, WB_NONE);
    else if (qualified && (wb_dns_silent(&q[0]) || wb_dns_silent(&q[1])))
        found_silence(out, s->helo);
    else
        wb_found(out, WB_FINDING_TROUBLE, "helo.unknown", s->helo, WB_NONE, WB_NONE);
}

/* ---- SPF, DMARC, DKIM ---- */

static void judge_spf(const struct wb_sender *s, const struct wb_spf *found,
                      struct wb_slice address, struct wb_findings *out)
{
    static const char *const problems[] = {
        [WB_SPF_IS_NO_NAME] = "spf.no-record",
        [WB_SPF_IS_NO_RECORD] = "spf.no-record",
        [WB_SPF_IS_TWO_RECORDS] = "spf.two-records",
        [WB_SPF_IS_SYNTAX] = "spf.syntax",
        [WB_SPF_IS_LOOKUPS] = "spf.lookups",
        [WB_SPF_IS_VOIDS] = "spf.voids",
        [WB_SPF_IS_HOSTS] = "spf.hosts",
        [WB_SPF_IS_NO_INCLUDED] = "spf.no-included",
    };
    static const char *const results[] = {[WB_SPF_NEUTRAL] = "spf.neutral",
                                          [WB_SPF_PASS] = "spf.pass",
                                          [WB_SPF_FAIL] = "spf.fail",
                                          [WB_SPF_SOFTFAIL] = "spf.softfail"};
    if (found->problem == WB_SPF_IS_DNS) {
        found_silence(out, s->domain);
    } else if (found->problem) {
        wb_found(out, WB_FINDING_TROUBLE, problems[found->problem], s->domain, found->term,
                 WB_NONE);
    } else if (!address.n) {
        wb_found(out, WB_FINDING_OK, "spf.sound", s->domain, WB_NONE, WB_NONE);
    } else {
        bool good = found->result == WB_SPF_PASS || found->result == WB_SPF_NEUTRAL;
        wb_found(out, good ? WB_FINDING_OK : WB_FINDING_TROUBLE, results[found->result], s->domain,
                 address, WB_NONE);
    }
}

void wb_sender_spf(const struct wb_probe *p, const struct wb_sender *s, struct wb_findings *out)
{
    struct wb_spf found;
    struct wb_spf_query query = {.ip = s->ip ? wb_ip_bytes(s->ip) : WB_NONE,
                                 .sender = s->address,
                                 .helo = s->helo.n ? s->helo : s->domain,
                                 .domain = s->domain,
                                 .deadline = p->deadline};
    if (!s->domain.n)
        return;
    wb_spf_check(p->dns, p->arena, &query, &found);
    judge_spf(s, &found, s->ip ? wb_ip_text(s->ip, p->arena) : WB_NONE, out);
}

void wb_sender_dmarc(const struct wb_probe *p, const struct wb_sender *s, struct wb_findings *out)
{
    static const char *const ids[] = {[WB_DMARC_IS_OK] = "dmarc.policy",
                                      [WB_DMARC_IS_NO_RECORD] = "dmarc.no-record",
                                      [WB_DMARC_IS_TWO_RECORDS] = "dmarc.two-records",
                                      [WB_DMARC_IS_SYNTAX] = "dmarc.syntax",
                                      [WB_DMARC_IS_DNS] = "dns.silent",
                                      [WB_DMARC_IS_NO_NAME] = "dmarc.no-record"};
    struct wb_dmarc found;
    if (!s->domain.n)
        return;
    wb_dmarc_check(p->dns, p->arena, s->domain, p->deadline, &found);
    wb_found(out,
             found.problem == WB_DMARC_IS_OK    ? WB_FINDING_OK
             : found.problem == WB_DMARC_IS_DNS ? WB_FINDING_UNKNOWN
                                                : WB_FINDING_TROUBLE,
             ids[found.problem], found.found_at.n ? found.found_at : s->domain, found.policy,
             WB_NONE);
}

void wb_sender_dkim(const struct wb_probe *p, const struct wb_sender *s, struct wb_findings *out)
{
    static const char *const ids[] = {[WB_DKIM_IS_OK] = "dkim.key",
                                      [WB_DKIM_IS_NO_RECORD] = "dkim.no-record",
                                      [WB_DKIM_IS_TWO_RECORDS] = "dkim.syntax",
                                      [WB_DKIM_IS_SYNTAX] = "dkim.syntax",
                                      [WB_DKIM_IS_REVOKED] = "dkim.revoked",
                                      [WB_DKIM_IS_BAD_KEY] = "dkim.syntax",
                                      [WB_DKIM_IS_SHORT] = "dkim.short",
                                      [WB_DKIM_IS_TYPE] = "dkim.syntax",
                                      [WB_DKIM_IS_DNS] = "dns.silent",
                                      [WB_DKIM_IS_NO_NAME] = "dkim.no-record"};
    struct wb_dkim found;
    if (!s->selector.n || !s->domain.n)
        return;
    wb_dkim_check(p->dns, p->arena, s->domain, s->selector, p->deadline, &found);
    wb_found(out,
             found.problem == WB_DKIM_IS_OK    ? WB_FINDING_OK
             : found.problem == WB_DKIM_IS_DNS ? WB_FINDING_UNKNOWN
                                               : WB_FINDING_TROUBLE,
             ids[found.problem], found.name, wb_probe_number(p, found.bits), WB_NONE);
}

void wb_probe_sender(const struct wb_probe *p, const struct wb_sender *s, struct wb_findings *out)
{
    static wb_sender_check *const checks[] = {wb_sender_zone, wb_sender_reverse, wb_sender_helo,
                                              wb_sender_spf,  wb_sender_dmarc,   wb_sender_dkim};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        checks[i](p, s, out);
    if (s->ip)
        wb_probe_lists(p, s->ip, WB_NONE, out);
    if (s->domain.n)
        wb_probe_domain_lists(p, s->domain, WB_NONE, out);
}
