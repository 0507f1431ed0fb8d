/* SPDX-License-Identifier: BSD-2-Clause */
#include "live.h"

#include <stdio.h>

#include "datum.h"
#include "sender.h"
#include "servers.h"

enum { LONGEST_ID = 160 };

struct check {
    const struct wb_probe *probe;
    const struct wb_live_case *that;
    struct wb_findings *findings;
};

typedef enum wb_finding_state run_check(const struct check *c);

static struct wb_slice domain_of(struct wb_slice address)
{
    size_t at = address.n;
    while (at && address.p[at - 1] != '@')
        at--;
    return wb_slice_from(address, at);
}

/* What the bounce does not say cannot be checked. */
static enum wb_finding_state not_said(const struct check *c, const char *id)
{
    wb_found(c->findings, WB_FINDING_UNKNOWN, id, WB_NONE, WB_NONE, WB_NONE);
    return WB_FINDING_UNKNOWN;
}

/* ---- the recipient's servers ---- */

static enum wb_finding_state probe_recipient(const struct check *c, bool dns_only)
{
    struct wb_probe_options options = *c->probe->options;
    struct wb_probe probe = *c->probe;
    if (!c->that->recipient.n)
        return not_said(c, "bounce.no-recipient");
    options.dns_only = dns_only;
    options.greeting_only = true;
    probe.options = &options;
    return wb_probe_recipient(&probe, c->that->recipient, c->findings);
}

/* Servers that have addresses: enough for a domain that was not found. */
static enum wb_finding_state check_recipient(const struct check *c)
{
    return probe_recipient(c, true);
}

static enum wb_finding_state check_connect(const struct check *c)
{
    return probe_recipient(c, false);
}

/* Whether the server that refused, by name or address, is one of these. */
static bool refuser_is_among(const struct check *c, const struct wb_servers *servers, bool *unsure)
{
    struct wb_ip ip;
    bool known = wb_ip_read(c->that->remote_ip, &ip);
    for (size_t i = 0; i < servers->n; i++) {
        if (wb_slice_eqi(servers->of[i].name, c->that->remote_host))
            return true;
        for (int family = 0; family < 2; family++) {
            const struct wb_dns_question *q = &servers->of[i].q[family];
            *unsure |= wb_dns_silent(q);
            for (size_t k = 0; known && k < q->n; k++)
                if (wb_slice_eq(q->records[k].data, wb_ip_bytes(&ip)))
                    return true;
        }
    }
    return false;
}

/* A server that says the domain is none of its business: does the domain still name it? */
static enum wb_finding_state check_refuser(const struct check *c)
{
    struct wb_servers servers = {.n = 0};
    bool unsure = false;
    struct wb_slice domain = domain_of(c->that->recipient);
    struct wb_slice refuser = c->that->remote_host.n ? c->that->remote_host : c->that->remote_ip;
    if (!domain.n || !refuser.n)
        return not_said(c, "bounce.no-server");
    enum wb_finding_state state = wb_find_servers(c->probe, domain, &servers, c->findings);
    if (state != WB_FINDING_OK)
        return state;
    if (refuser_is_among(c, &servers, &unsure)) {
        wb_found(c->findings, WB_FINDING_TROUBLE, "refuser.still-there", domain, refuser, WB_NONE);
        return WB_FINDING_TROUBLE;
    }
    if (unsure)
        return WB_FINDING_UNKNOWN;
    wb_found(c->findings, WB_FINDING_OK, "refuser.gone", domain, refuser, WB_NONE);
    return WB_FINDING_OK;
}

/* ---- the sender ---- */

static enum wb_finding_state check_sender(const struct check *c, wb_sender_check *check,
                                          const struct wb_ip *ip)
{
    struct wb_sender s = {.domain = domain_of(c->that->sender),
                          .ip = ip,
                          .address = c->that->sender,
                          .lenient = true};
    size_t from = c->findings->n;
    check(c->probe, &s, c->findings);
    return wb_findings_worst(c->findings, from);
}

static enum wb_finding_state check_domain(const struct check *c, wb_sender_check *check)
{
    struct wb_ip ip;
    bool known = wb_ip_read(c->that->client_ip, &ip);
    if (!domain_of(c->that->sender).n)
        return not_said(c, "bounce.no-sender");
    return check_sender(c, check, known ? &ip : NULL);
}

static enum wb_finding_state check_zone(const struct check *c)
{
    return check_domain(c, wb_sender_zone);
}

static enum wb_finding_state check_spf(const struct check *c)
{
    return check_domain(c, wb_sender_spf);
}

static enum wb_finding_state check_dmarc(const struct check *c)
{
    return check_domain(c, wb_sender_dmarc);
}

/* Without an address in the bounce there is nothing to ask, and nothing to doubt. */
static enum wb_finding_state check_reverse(const struct check *c)
{
    struct wb_ip ip;
    if (!wb_ip_read(c->that->client_ip, &ip))
        return WB_FINDING_OK;
    return check_sender(c, wb_sender_reverse, &ip);
}

static enum wb_finding_state check_blocklist(const struct check *c)
{
    struct wb_ip ip;
    struct wb_slice domain = domain_of(c->that->sender);
    if (wb_list_is_of_domains(c->probe, c->that->list))
        return domain.n ? wb_probe_domain_lists(c->probe, domain, c->that->list, c->findings)
                        : not_said(c, "bounce.no-sender");
    if (!wb_ip_read(c->that->client_ip, &ip))
        return not_said(c, "bounce.no-address");
    return wb_probe_lists(c->probe, &ip, c->that->list, c->findings);
}

/* ---- by the cause ---- */

static enum wb_finding_state run(const struct check *c, const char *name)
{
    static const struct {
        const char *name;
        run_check *run;
    } checks[] = {{"recipient", check_recipient}, {"connect", check_connect},
                  {"refuser", check_refuser},     {"zone", check_zone},
                  {"reverse", check_reverse},     {"spf", check_spf},
                  {"dmarc", check_dmarc},         {"blocklist", check_blocklist}};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (strcmp(checks[i].name, name) == 0)
            return checks[i].run(c);
    return WB_FINDING_UNKNOWN;
}

void wb_live_check(const struct wb_probe *probe, const struct wb_live_case *that,
                   struct wb_live *out, struct wb_findings *findings)
{
    static const char *const ends[] = {[WB_FINDING_OK] = "mended",
                                       [WB_FINDING_NOTE] = "mended",
                                       [WB_FINDING_UNKNOWN] = "unsure",
                                       [WB_FINDING_TROUBLE] = "stands"};
    const struct check c = {probe, that, findings};
    char prefix[LONGEST_ID], words[LONGEST_ID];
    *out = (struct wb_live){.words = "live.nothing"};
    int n = snprintf(prefix, sizeof prefix, "causes/%.*s/checks", WB_F(that->cause));
    for (const struct wb_datum *d = wb_data_checks; d->path && n < LONGEST_ID; d++) {
        if (strncmp(d->path, prefix, (size_t)n) != 0 || (d->path[n] && d->path[n] != '/'))
            continue;
        enum wb_finding_state state = run(&c, d->value);
        out->known = true;
        if (state > out->state)
            out->state = state;
    }
    if (!out->known)
        return;
    snprintf(words, sizeof words, "live.%.*s-%s", WB_F(that->cause), ends[out->state]);
    out->words = wb_probe_name(probe, wb_slice_str(words));
}
