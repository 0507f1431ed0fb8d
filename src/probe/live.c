/* SPDX-License-Identifier: BSD-2-Clause */
#include "live.h"

#include <stdio.h>

#include "dnsbl.h"
#include "greet.h"
#include "sender.h"

enum { MOST_HOSTS = 8, LONGEST_KEY = 160 };

struct check {
    const struct wb_live_options *o;
    const struct wb_live_case *that;
    struct wb_findings *out;
};

const char *wb_live_words(struct wb_slice key, const char *language)
{
    char path[LONGEST_KEY];
    snprintf(path, sizeof path, "words/%.*s/%s", WB_F(key), language);
    for (const struct wb_datum *d = wb_data_live; d->path; d++)
        if (strcmp(d->path, path) == 0)
            return d->value;
    return NULL;
}

static struct wb_slice domain_of(struct wb_slice address)
{
    size_t at = address.n;
    while (at && address.p[at - 1] != '@')
        at--;
    return wb_slice_from(address, at);
}

static bool silent(enum wb_dns_status status)
{
    return status != WB_DNS_OK && status != WB_DNS_NODATA && status != WB_DNS_NXDOMAIN;
}

/* The worst of the findings from one on. */
static enum wb_found worst(const struct wb_findings *f, size_t from)
{
    enum wb_found result = WB_FOUND_OK;
    for (size_t i = from; i < f->n; i++)
        if (f->one[i].status == WB_FOUND_TROUBLE ||
            (f->one[i].status == WB_FOUND_UNKNOWN && result == WB_FOUND_OK))
            result = f->one[i].status;
    return from == f->n ? WB_FOUND_UNKNOWN : result;
}

/* ---- the recipient's servers ---- */

struct hosts {
    struct wb_slice name[MOST_HOSTS];
    size_t n;
};

/* The servers of a domain: those of MX, else itself. Nothing is added where that went well. */
static enum wb_found find_hosts(const struct check *c, struct wb_slice domain, struct hosts *hosts)
{
    struct wb_dns_question q[3] = {{.type = WB_DNS_MX}, {.type = WB_DNS_A}, {.type = WB_DNS_AAAA}};
    for (size_t i = 0; i < 3; i++)
        q[i].name = wb_probe_name(c->o->arena, domain);
    wb_dns_ask(c->o->dns, q, 3, c->o->deadline);
    hosts->n = 0;
    for (size_t i = 0; i < q[0].n && hosts->n < MOST_HOSTS; i++)
        if (q[0].records[i].data.n)
            hosts->name[hosts->n++] = q[0].records[i].data;
    enum wb_found found = WB_FOUND_TROUBLE;
    const char *key = "recipient.null-mx";
    if (silent(q[0].status)) {
        found = q[0].status == WB_DNS_SERVFAIL ? WB_FOUND_TROUBLE : WB_FOUND_UNKNOWN;
        key = q[0].status == WB_DNS_SERVFAIL ? "recipient.servfail" : "query.silent";
    } else if (q[0].status == WB_DNS_NXDOMAIN) {
        key = "recipient.no-domain";
    } else if (!q[0].n && (q[1].n || q[2].n)) {
        hosts->name[hosts->n++] = domain; /* RFC 5321 5.1 */
    } else if (!q[0].n) {
        key = "recipient.no-mx";
    }
    if (hosts->n)
        return WB_FOUND_OK;
    wb_find(c->out, found, key, domain, WB_NONE);
    return found;
}

/* All addresses of the servers; at most WB_MAX_GREETINGS. */
static size_t find_addresses(const struct check *c, const struct hosts *hosts,
                             struct wb_greeting *greetings, bool *unsure)
{
    struct wb_dns_question q[2 * MOST_HOSTS];
    size_t n = 0;
    for (size_t i = 0; i < hosts->n * 2; i++)
        q[i] = (struct wb_dns_question){.name = wb_probe_name(c->o->arena, hosts->name[i / 2]),
                                        .type = i % 2 ? WB_DNS_AAAA : WB_DNS_A};
    wb_dns_ask(c->o->dns, q, hosts->n * 2, c->o->deadline);
    *unsure = false;
    for (size_t i = 0; i < hosts->n * 2; i++) {
        *unsure |= silent(q[i].status);
        for (size_t k = 0; k < q[i].n && n < WB_MAX_GREETINGS; k++)
            greetings[n++] =
                (struct wb_greeting){.ip = q[i].records[k].data, .host = hosts->name[i / 2]};
    }
    return n;
}

/* Servers that have addresses: enough for a domain that was not found. */
static enum wb_found check_recipient(const struct check *c)
{
    struct wb_greeting greetings[WB_MAX_GREETINGS];
    struct hosts hosts;
    bool unsure;
    struct wb_slice domain = domain_of(c->that->recipient);
    if (!domain.n) {
        wb_find(c->out, WB_FOUND_UNKNOWN, "recipient.unknown", WB_NONE, WB_NONE);
        return WB_FOUND_UNKNOWN;
    }
    enum wb_found found = find_hosts(c, domain, &hosts);
    if (found != WB_FOUND_OK)
        return found;
    if (find_addresses(c, &hosts, greetings, &unsure)) {
        wb_find(c->out, WB_FOUND_OK, "recipient.mx", domain, greetings[0].host);
        return WB_FOUND_OK;
    }
    found = unsure ? WB_FOUND_UNKNOWN : WB_FOUND_TROUBLE;
    wb_find(c->out, found, unsure ? "query.silent" : "recipient.mx-without-address", domain,
            hosts.name[0]);
    return found;
}

/* One server that greets is enough: mail goes to any of them. */
static enum wb_found judge_greetings(const struct check *c, const struct wb_greeting *greetings,
                                     size_t n)
{
    static const struct {
        enum wb_found found;
        const char *key;
    } ways[] = {
        [WB_GREETED_WELL] = {WB_FOUND_OK, "connect.answers"},
        [WB_GREETED_NO] = {WB_FOUND_TROUBLE, "connect.turns-away"},
        [WB_GREETED_SILENT] = {WB_FOUND_UNKNOWN, "connect.no-greeting"},
        [WB_GREETED_GONE] = {WB_FOUND_TROUBLE, "connect.timeout"},
        [WB_GREETED_REFUSED] = {WB_FOUND_TROUBLE, "connect.refused"},
        [WB_GREETED_PRIVATE] = {WB_FOUND_UNKNOWN, "connect.private"},
    };
    size_t gone = 0, unsure = 0;
    bool well = false;
    for (size_t i = 0; i < n; i++) {
        const struct wb_greeting *g = &greetings[i];
        struct wb_slice ip = wb_probe_ip_text(c->o->arena, g->ip);
        wb_find(c->out, ways[g->result].found, ways[g->result].key, g->host,
                g->result == WB_GREETED_NO ? g->line : ip);
        well |= g->result == WB_GREETED_WELL;
        gone += g->result == WB_GREETED_GONE;
        unsure += ways[g->result].found == WB_FOUND_UNKNOWN;
    }
    if (well)
        return WB_FOUND_OK;
    if (gone == n) /* perhaps it is our own network that lets nothing out */
        wb_find(c->out, WB_FOUND_UNKNOWN, "connect.all-timeout", WB_NONE, WB_NONE);
    return unsure ? WB_FOUND_UNKNOWN : WB_FOUND_TROUBLE;
}

static enum wb_found check_connect(const struct check *c)
{
    struct wb_greeting greetings[WB_MAX_GREETINGS];
    struct hosts hosts;
    bool unsure;
    struct wb_slice domain = domain_of(c->that->recipient);
    enum wb_found found = check_recipient(c);
    if (found != WB_FOUND_OK || find_hosts(c, domain, &hosts) != WB_FOUND_OK)
        return found;
    size_t n = find_addresses(c, &hosts, greetings, &unsure);
    wb_greet(c->o->arena, greetings, n, c->o->port, c->o->allow_private, c->o->deadline);
    return judge_greetings(c, greetings, n);
}

/* Whether a server that refused, by name or address, is one of these. */
static bool is_among(const struct check *c, const struct hosts *hosts,
                     const struct wb_greeting *greetings, size_t n)
{
    struct wb_slice ip = wb_probe_ip_read(c->o->arena, c->that->remote_ip);
    for (size_t i = 0; i < hosts->n; i++)
        if (wb_slice_eqi(hosts->name[i], c->that->remote_host))
            return true;
    for (size_t i = 0; i < n; i++)
        if (ip.n && wb_slice_eq(greetings[i].ip, ip))
            return true;
    return false;
}

/* A server that says the domain is none of its business: does the domain still name it? */
static enum wb_found check_refuser(const struct check *c)
{
    struct wb_greeting greetings[WB_MAX_GREETINGS];
    struct hosts hosts;
    bool unsure;
    struct wb_slice domain = domain_of(c->that->recipient);
    struct wb_slice refuser = c->that->remote_host.n ? c->that->remote_host : c->that->remote_ip;
    if (!domain.n || !refuser.n) {
        wb_find(c->out, WB_FOUND_UNKNOWN, "relay.no-server", WB_NONE, WB_NONE);
        return WB_FOUND_UNKNOWN;
    }
    enum wb_found found = find_hosts(c, domain, &hosts);
    if (found != WB_FOUND_OK)
        return found;
    size_t n = find_addresses(c, &hosts, greetings, &unsure);
    if (is_among(c, &hosts, greetings, n)) {
        wb_find(c->out, WB_FOUND_TROUBLE, "relay.still-mx", domain, refuser);
        return WB_FOUND_TROUBLE;
    }
    found = unsure ? WB_FOUND_UNKNOWN : WB_FOUND_OK;
    wb_find(c->out, found, unsure ? "query.silent" : "relay.other-mx", domain, hosts.name[0]);
    return found;
}

/* ---- the sender ---- */

static struct wb_sender sender_of(const struct check *c)
{
    return (struct wb_sender){.dns = c->o->dns,
                              .arena = c->o->arena,
                              .domain = domain_of(c->that->sender),
                              .ip = wb_probe_ip_read(c->o->arena, c->that->client_ip),
                              .address = c->that->sender,
                              .deadline = c->o->deadline,
                              .ns_port = c->o->ns_port,
                              .lenient = true,
                              .allow_private = c->o->allow_private};
}

static enum wb_found check_sender(const struct check *c,
                                  void (*check)(const struct wb_sender *s, struct wb_findings *out))
{
    struct wb_sender s = sender_of(c);
    size_t from = c->out->n;
    if (s.domain.n)
        check(&s, c->out);
    else
        wb_find(c->out, WB_FOUND_UNKNOWN, "sender.unknown", WB_NONE, WB_NONE);
    return worst(c->out, from);
}

static enum wb_found check_zone(const struct check *c)
{
    return check_sender(c, wb_sender_zone);
}

/* Without an address in the bounce there is nothing to ask, and nothing to doubt. */
static enum wb_found check_reverse(const struct check *c)
{
    struct wb_sender s = sender_of(c);
    size_t from = c->out->n;
    if (!s.ip.n)
        return WB_FOUND_OK;
    wb_sender_reverse(&s, c->out);
    return worst(c->out, from);
}

static enum wb_found check_spf(const struct check *c)
{
    return check_sender(c, wb_sender_spf);
}

static enum wb_found check_dmarc(const struct check *c)
{
    return check_sender(c, wb_sender_dmarc);
}

/* ---- blocklists ---- */

static enum wb_found tell_listing(const struct check *c, const struct wb_dnsbl_fact *fact)
{
    static const char *const keys[] = {[WB_DNSBL_CLEAN] = "list.clean",
                                       [WB_DNSBL_LISTED] = "list.listed",
                                       [WB_DNSBL_NO_ANSWER] = "list.no-answer",
                                       [WB_DNSBL_REFUSED] = "list.refused",
                                       [WB_DNSBL_REWRITTEN] = "list.rewritten",
                                       [WB_DNSBL_EVERYTHING] = "list.everything",
                                       [WB_DNSBL_DEAD] = "list.dead"};
    enum wb_found found = fact->result == WB_DNSBL_CLEAN    ? WB_FOUND_OK
                          : fact->result == WB_DNSBL_LISTED ? WB_FOUND_TROUBLE
                                                            : WB_FOUND_UNKNOWN;
    struct wb_slice name = wb_slice_str(fact->list->name ? fact->list->name : fact->list->id);
    wb_find(c->out, found, keys[fact->result], c->that->client_ip, name);
    if (found == WB_FOUND_TROUBLE && fact->meaning)
        wb_find(c->out, found, "list.meaning", name, wb_slice_str(fact->meaning));
    if (found == WB_FOUND_TROUBLE && fact->list->page[0])
        wb_find(c->out, found, "list.page", c->that->client_ip, wb_slice_str(fact->list->page));
    return found;
}

/* What all lists say where the bounce names none that can be asked. */
static enum wb_found judge_all(const struct check *c, bool asked, bool listed)
{
    if (c->that->list.n) {
        wb_find(c->out, WB_FOUND_UNKNOWN, "list.cannot-ask", c->that->list, WB_NONE);
        return listed ? WB_FOUND_TROUBLE : WB_FOUND_UNKNOWN;
    }
    if (!asked)
        wb_find(c->out, WB_FOUND_UNKNOWN, "list.none-answers", WB_NONE, WB_NONE);
    else if (!listed)
        wb_find(c->out, WB_FOUND_OK, "list.clean-everywhere", c->that->client_ip, WB_NONE);
    return listed ? WB_FOUND_TROUBLE : asked ? WB_FOUND_OK : WB_FOUND_UNKNOWN;
}

static const struct wb_dnsbl_fact *named_list(const struct check *c,
                                              const struct wb_dnsbl_fact *facts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (wb_slice_eq(c->that->list, wb_slice_str(facts[i].list->id)))
            return &facts[i];
    return NULL;
}

/* The list that the bounce names comes first and decides alone; of the others only listings are
 * told. */
static enum wb_found check_blocklist(const struct check *c)
{
    size_t n;
    struct wb_slice ip = wb_probe_ip_read(c->o->arena, c->that->client_ip);
    if (!ip.n) {
        wb_find(c->out, WB_FOUND_UNKNOWN, "list.no-ip", WB_NONE, WB_NONE);
        return WB_FOUND_UNKNOWN;
    }
    struct wb_dnsbl *lists = wb_dnsbl_lists(wb_data_blocklists, c->o->arena, &n);
    for (size_t i = 0; i < n; i++) /* a key is needed, or it means several things */
        if (!lists[i].ask && !wb_slice_eq(c->that->list, wb_slice_str(lists[i].id)))
            lists[i].kinds = 0;
    struct wb_dnsbl_fact *facts =
        wb_dnsbl_check(c->o->dns, c->o->arena, lists, n, ip,
                       ip.n == 16 ? WB_DNSBL_IP6 : WB_DNSBL_IP4, c->o->deadline, &n);
    const struct wb_dnsbl_fact *named = named_list(c, facts, n);
    bool listed = false, asked = false;
    enum wb_found found = named ? tell_listing(c, named) : WB_FOUND_UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        asked |= facts[i].result <= WB_DNSBL_LISTED;
        if (facts[i].result != WB_DNSBL_LISTED || &facts[i] == named)
            continue;
        listed = true;
        tell_listing(c, &facts[i]);
    }
    return named ? found : judge_all(c, asked, listed);
}

void wb_live_lists(const struct wb_live_options *options, struct wb_slice ip,
                   struct wb_findings *out)
{
    struct wb_live_case that = {.client_ip = ip};
    check_blocklist(&(struct check){options, &that, out});
}

/* ---- by the cause ---- */

static enum wb_found run_check(const struct check *c, const char *name)
{
    static const struct {
        const char *name;
        enum wb_found (*run)(const struct check *c);
    } checks[] = {{"recipient", check_recipient}, {"connect", check_connect},
                  {"refuser", check_refuser},     {"zone", check_zone},
                  {"reverse", check_reverse},     {"spf", check_spf},
                  {"dmarc", check_dmarc},         {"blocklist", check_blocklist}};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (strcmp(checks[i].name, name) == 0)
            return checks[i].run(c);
    return WB_FOUND_UNKNOWN;
}

void wb_live_check(const struct wb_live_options *options, const struct wb_live_case *that,
                   struct wb_live *out)
{
    static const char *const ends[] = {
        [WB_FOUND_OK] = "mended", [WB_FOUND_TROUBLE] = "stands", [WB_FOUND_UNKNOWN] = "unsure"};
    struct check c = {options, that, &out->findings};
    char prefix[LONGEST_KEY], words[LONGEST_KEY] = "";
    *out = (struct wb_live){0};
    int n = snprintf(prefix, sizeof prefix, "causes/%.*s/checks", WB_F(that->cause));
    for (const struct wb_datum *d = wb_data_live; d->path && n < LONGEST_KEY; d++) {
        if (strncmp(d->path, prefix, (size_t)n) != 0 || (d->path[n] && d->path[n] != '/'))
            continue;
        enum wb_found found = run_check(&c, d->value);
        out->known = true;
        if (found == WB_FOUND_TROUBLE || out->verdict == WB_FOUND_OK)
            out->verdict = found;
    }
    n = snprintf(words, sizeof words, "live.%.*s.%s", WB_F(that->cause), ends[out->verdict]);
    out->words = wb_probe_name(options->arena,
                               wb_slice(words, n < LONGEST_KEY ? (size_t)n : LONGEST_KEY - 1));
}
