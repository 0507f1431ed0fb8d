/* SPDX-License-Identifier: BSD-2-Clause */
#include "sender.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "dkim.h"
#include "dmarc.h"
#include "dnsbl.h"
#include "spf.h"

enum { MOST_SERVERS = 8, MOST_NAMES = 8 };

/* ---- addresses ---- */

const char *wb_probe_name(struct wb_arena *arena, struct wb_slice name)
{
    struct wb_text out = wb_text_open(arena, name.n + 1);
    wb_text_put(&out, name);
    wb_text_byte(&out, '\0');
    struct wb_slice text = wb_text_close(&out);
    return text.n == name.n + 1 && strlen(text.p) == name.n ? text.p : "invalid";
}

struct wb_slice wb_probe_ip_text(struct wb_arena *arena, struct wb_slice ip)
{
    char out[64] = "";
    if (ip.n == 4 || ip.n == 16)
        inet_ntop(ip.n == 4 ? AF_INET : AF_INET6, ip.p, out, sizeof out);
    return wb_arena_copy(arena, wb_slice_str(out));
}

struct wb_slice wb_probe_ip_read(struct wb_arena *arena, struct wb_slice text)
{
    char copy[64] = {0}, bytes[16];
    if (text.n >= sizeof copy || !text.n)
        return WB_NONE;
    memcpy(copy, text.p, text.n);
    if (inet_pton(AF_INET, copy, bytes) == 1)
        return wb_arena_copy(arena, wb_slice(bytes, 4));
    return inet_pton(AF_INET6, copy, bytes) == 1 ? wb_arena_copy(arena, wb_slice(bytes, 16))
                                                 : WB_NONE;
}

struct range {
    unsigned char bytes[16];
    unsigned n, bits;
};

bool wb_probe_ip_private(struct wb_slice ip)
{
    static const struct range ranges[] = {
        {{0}, 4, 8},         {{10}, 4, 8},
        {{100, 64}, 4, 10},  {{127}, 4, 8},
        {{169, 254}, 4, 16}, {{172, 16}, 4, 12},
        {{192, 168}, 4, 16}, {{224}, 4, 3},
        {{0}, 16, 96},       {{[10] = 0xff, [11] = 0xff}, 16, 96},
        {{0xfc}, 16, 7},     {{0xfe, 0x80}, 16, 10},
        {{0xff}, 16, 8},     {{0, 0x64, 0xff, 0x9b}, 16, 96},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const struct range *r = &ranges[i];
        unsigned bytes = r->bits / 8, left = r->bits % 8;
        if (r->n == ip.n && memcmp(ip.p, r->bytes, bytes) == 0 &&
            (!left || ((unsigned char)ip.p[bytes] ^ r->bytes[bytes]) >> (8 - left) == 0))
            return true;
    }
    return ip.n != 4 && ip.n != 16;
}

static bool silent(enum wb_dns_status status)
{
    return status != WB_DNS_OK && status != WB_DNS_NODATA && status != WB_DNS_NXDOMAIN;
}

/* ---- the zone ---- */

struct serial {
    struct wb_slice server;
    bool answered;
    uint32_t number;
};

/* The serial that one name server has, asked directly. */
static void ask_server(const struct wb_sender *s, struct wb_slice ip, struct serial *out)
{
    char resolver[96], address[64] = "";
    struct wb_status status;
    if (wb_probe_ip_private(ip) && !s->allow_private)
        return;
    inet_ntop(ip.n == 4 ? AF_INET : AF_INET6, ip.p, address, sizeof address);
    snprintf(resolver, sizeof resolver, ip.n == 4 ? "%s:%u" : "[%s]:%u", address,
             s->ns_port ? s->ns_port : 53);
    struct wb_dns_options options = {.resolver = resolver};
    struct wb_dns *direct = wb_dns_open(&options, s->arena, &status);
    if (!direct)
        return;
    struct wb_dns_question q =
        wb_dns_ask_one(direct, wb_probe_name(s->arena, s->domain), WB_DNS_SOA, s->deadline);
    out->answered = q.n > 0;
    out->number = q.n ? q.records[0].serial : 0;
    wb_dns_close(direct);
}

static void compare_servers(const struct wb_sender *s, const struct wb_dns_question *ns,
                            struct wb_findings *out)
{
    struct serial serials[MOST_SERVERS] = {0};
    size_t n = 0, first = MOST_SERVERS;
    for (size_t i = 0; i < ns->n && n < MOST_SERVERS; i++) {
        struct wb_dns_question a = wb_dns_ask_one(
            s->dns, wb_probe_name(s->arena, ns->records[i].data), WB_DNS_A, s->deadline);
        serials[n].server = ns->records[i].data;
        if (a.n)
            ask_server(s, a.records[0].data, &serials[n]);
        if (serials[n].answered && first == MOST_SERVERS)
            first = n;
        n++;
    }
    for (size_t i = 0; i < n; i++)
        if (!serials[i].answered && s->lenient)
            continue;
        else if (!serials[i].answered)
            wb_find(out, WB_FOUND_UNKNOWN, "sender.ns-silent", serials[i].server, s->domain);
        else if (serials[i].number != serials[first].number) {
            wb_find(out, WB_FOUND_TROUBLE, "sender.ns-differ", serials[first].server,
                    serials[i].server);
            return;
        }
    if (first < n)
        wb_find(out, WB_FOUND_OK, "sender.ns-agree", s->domain, WB_NONE);
}

static bool has_address(const struct wb_sender *s, struct wb_slice name, bool *unsure)
{
    struct wb_dns_question q[2] = {{.name = wb_probe_name(s->arena, name), .type = WB_DNS_A},
                                   {.type = WB_DNS_AAAA}};
    q[1].name = q[0].name;
    wb_dns_ask(s->dns, q, 2, s->deadline);
    *unsure = silent(q[0].status) || silent(q[1].status);
    return q[0].n || q[1].n;
}

static void check_mail_servers(const struct wb_sender *s, const struct wb_dns_question *mx,
                               struct wb_findings *out)
{
    for (size_t i = 0; i < mx->n && i < MOST_NAMES; i++) {
        struct wb_slice host = mx->records[i].data;
        bool unsure = false;
        if (!host.n) { /* RFC 7505: no mail is taken, so bounces and replies cannot arrive */
            wb_find(out, WB_FOUND_TROUBLE, "sender.null-mx", s->domain, WB_NONE);
        } else if (has_address(s, host, &unsure)) {
            wb_find(out, WB_FOUND_OK, "sender.mx", s->domain, host);
        } else {
            wb_find(out, unsure ? WB_FOUND_UNKNOWN : WB_FOUND_TROUBLE,
                    unsure ? "query.silent" : "sender.mx-without-address",
                    unsure ? host : s->domain, host);
        }
    }
}

void wb_sender_zone(const struct wb_sender *s, struct wb_findings *out)
{
    enum { SOA, NS, MX, A, AAAA, COUNT };
    static const uint16_t types[] = {WB_DNS_SOA, WB_DNS_NS, WB_DNS_MX, WB_DNS_A, WB_DNS_AAAA};
    struct wb_dns_question q[COUNT];
    const char *name = wb_probe_name(s->arena, s->domain);
    for (int i = 0; i < COUNT; i++)
        q[i] = (struct wb_dns_question){.name = name, .type = types[i]};
    wb_dns_ask(s->dns, q, COUNT, s->deadline);
    if (q[MX].status == WB_DNS_NXDOMAIN) {
        wb_find(out, WB_FOUND_TROUBLE, "sender.no-domain", s->domain, WB_NONE);
        return;
    }
    if (silent(q[MX].status)) {
        wb_find(out, WB_FOUND_UNKNOWN, "query.silent", s->domain, WB_NONE);
        return;
    }
    /* a domain below a zone has no SOA of its own, and needs none */
    if (q[SOA].n)
        wb_find(out, WB_FOUND_OK, "sender.soa", s->domain, q[SOA].records[0].data);
    if (q[NS].n)
        compare_servers(s, &q[NS], out);
    if (q[MX].n)
        check_mail_servers(s, &q[MX], out);
    else if (q[A].n || q[AAAA].n)
        wb_find(out, WB_FOUND_OK, "sender.only-address", s->domain, WB_NONE);
    else
        wb_find(out, WB_FOUND_TROUBLE, "sender.no-mx", s->domain, WB_NONE);
}

/* ---- the address ---- */

static bool leads_to(const struct wb_sender *s, struct wb_slice name, bool *unsure)
{
    struct wb_dns_question q = wb_dns_ask_one(s->dns, wb_probe_name(s->arena, name),
                                              s->ip.n == 16 ? WB_DNS_AAAA : WB_DNS_A, s->deadline);
    *unsure |= silent(q.status);
    for (size_t i = 0; i < q.n; i++)
        if (wb_slice_eq(q.records[i].data, s->ip))
            return true;
    return false;
}

void wb_sender_reverse(const struct wb_sender *s, struct wb_findings *out)
{
    if (!s->ip.n)
        return;
    struct wb_slice shown = wb_probe_ip_text(s->arena, s->ip);
    struct wb_slice labels = wb_reverse_labels(s->arena, s->ip);
    struct wb_text text = wb_text_open(s->arena, 128);
    wb_text_put(&text, labels);
    wb_text_put(&text, s->ip.n == 16 ? WB_S(".ip6.arpa") : WB_S(".in-addr.arpa"));
    struct wb_slice name = wb_text_close(&text);
    struct wb_dns_question q =
        wb_dns_ask_one(s->dns, wb_probe_name(s->arena, name), WB_DNS_PTR, s->deadline);
    bool unsure = false;
    if (!q.n) {
        bool mute = silent(q.status);
        wb_find(out, mute ? WB_FOUND_UNKNOWN : WB_FOUND_TROUBLE,
                mute ? "query.silent" : "sender.no-ptr", mute ? name : shown, WB_NONE);
        return;
    }
    for (size_t i = 0; i < q.n && i < MOST_NAMES; i++)
        if (leads_to(s, q.records[i].data, &unsure)) {
            wb_find(out, WB_FOUND_OK, "sender.ptr", shown, q.records[i].data);
            return;
        }
    wb_find(out, unsure ? WB_FOUND_UNKNOWN : WB_FOUND_TROUBLE,
            unsure ? "query.silent" : "sender.ptr-not-back", unsure ? q.records[0].data : shown,
            q.records[0].data);
}

void wb_sender_helo(const struct wb_sender *s, struct wb_findings *out)
{
    bool unsure = false;
    if (!s->helo.n || s->helo.p[0] == '[')
        return;
    bool good = wb_slice_find(s->helo, WB_S(".")) < s->helo.n && has_address(s, s->helo, &unsure);
    wb_find(out,
            good     ? WB_FOUND_OK
            : unsure ? WB_FOUND_UNKNOWN
                     : WB_FOUND_TROUBLE,
            good     ? "sender.helo"
            : unsure ? "query.silent"
                     : "sender.helo-unknown",
            s->helo, WB_NONE);
}

/* ---- SPF, DMARC, DKIM ---- */

void wb_sender_spf(const struct wb_sender *s, struct wb_findings *out)
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
        [WB_SPF_IS_DNS] = "query.silent",
    };
    static const char *const results[] = {[WB_SPF_NEUTRAL] = "spf.neutral",
                                          [WB_SPF_PASS] = "spf.pass",
                                          [WB_SPF_FAIL] = "spf.fail",
                                          [WB_SPF_SOFTFAIL] = "spf.softfail"};
    struct wb_spf found;
    struct wb_spf_query query = {.ip = s->ip,
                                 .sender = s->address,
                                 .helo = s->helo.n ? s->helo : s->domain,
                                 .domain = s->domain,
                                 .deadline = s->deadline};
    wb_spf_check(s->dns, s->arena, &query, &found);
    struct wb_slice shown = wb_probe_ip_text(s->arena, s->ip);
    if (found.problem) {
        bool unsure = found.problem == WB_SPF_IS_DNS;
        wb_find(out, unsure ? WB_FOUND_UNKNOWN : WB_FOUND_TROUBLE, problems[found.problem],
                s->domain, found.term);
    } else if (!s->ip.n) {
        wb_find(out, WB_FOUND_OK, "spf.sound", s->domain, WB_NONE);
    } else {
        bool good = found.result == WB_SPF_PASS || found.result == WB_SPF_NEUTRAL;
        wb_find(out, good ? WB_FOUND_OK : WB_FOUND_TROUBLE, results[found.result], s->domain,
                shown);
    }
}

void wb_sender_dmarc(const struct wb_sender *s, struct wb_findings *out)
{
    static const char *const keys[] = {[WB_DMARC_IS_OK] = "dmarc.policy",
                                       [WB_DMARC_IS_NO_RECORD] = "dmarc.no-record",
                                       [WB_DMARC_IS_TWO_RECORDS] = "dmarc.two-records",
                                       [WB_DMARC_IS_SYNTAX] = "dmarc.syntax",
                                       [WB_DMARC_IS_DNS] = "query.silent",
                                       [WB_DMARC_IS_NO_NAME] = "dmarc.no-record"};
    struct wb_dmarc found;
    wb_dmarc_check(s->dns, s->arena, s->domain, s->deadline, &found);
    wb_find(out,
            found.problem == WB_DMARC_IS_OK    ? WB_FOUND_OK
            : found.problem == WB_DMARC_IS_DNS ? WB_FOUND_UNKNOWN
                                               : WB_FOUND_TROUBLE,
            keys[found.problem], found.found_at.n ? found.found_at : s->domain, found.policy);
}

void wb_sender_dkim(const struct wb_sender *s, struct wb_findings *out)
{
    static const char *const keys[] = {[WB_DKIM_IS_OK] = "dkim.key",
                                       [WB_DKIM_IS_NO_RECORD] = "dkim.no-record",
                                       [WB_DKIM_IS_TWO_RECORDS] = "dkim.syntax",
                                       [WB_DKIM_IS_SYNTAX] = "dkim.syntax",
                                       [WB_DKIM_IS_REVOKED] = "dkim.revoked",
                                       [WB_DKIM_IS_BAD_KEY] = "dkim.syntax",
                                       [WB_DKIM_IS_SHORT] = "dkim.short",
                                       [WB_DKIM_IS_TYPE] = "dkim.syntax",
                                       [WB_DKIM_IS_DNS] = "query.silent",
                                       [WB_DKIM_IS_NO_NAME] = "dkim.no-record"};
    struct wb_dkim found;
    if (!s->selector.n)
        return;
    wb_dkim_check(s->dns, s->arena, s->domain, s->selector, s->deadline, &found);
    struct wb_text bits = wb_text_open(s->arena, 16);
    char number[16];
    snprintf(number, sizeof number, "%u", found.bits);
    wb_text_put(&bits, wb_slice_str(number));
    wb_find(out,
            found.problem == WB_DKIM_IS_OK    ? WB_FOUND_OK
            : found.problem == WB_DKIM_IS_DNS ? WB_FOUND_UNKNOWN
                                              : WB_FOUND_TROUBLE,
            keys[found.problem], found.name, wb_text_close(&bits));
}
