/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a sending server would go through to reach a domain (RFC 5321 5.1): MX, or the address of
 * the domain itself, then port 25 of each in turn.
 */
#include "probe.h"

#include <stdio.h>

#include "find.h"
#include "idn.h"
#include "ip.h"
#include "smtp.h"
#include "utf8.h"

enum { LONGEST_DOMAIN = 253, LONGEST_LOCAL = 64, PER_HOST = 4, CONTROL_PORTS = 3 };

/* A mail server and its addresses. */
struct server {
    struct wb_slice name;
    uint16_t preference;
    struct wb_dns_question q[2]; /* A, AAAA */
};

struct work {
    struct wb_probe *probe;
    struct wb_findings *findings;
    struct wb_slice domain;
    const char *mailbox; /* the whole address; NULL: only a domain was given */
    struct server servers[WB_MAX_MX];
    size_t n;
    struct wb_talk talks[WB_MAX_TALKS];
    size_t talk_n;
};

const char *wb_probe_string(const struct wb_probe *probe, struct wb_slice s)
{
    char *copy = wb_arena_alloc(probe->arena, s.n + 1);
    if (copy && s.n)
        memcpy(copy, s.p, s.n);
    return copy ? copy : "";
}

static struct wb_slice number(struct wb_arena *arena, long long n)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", n);
    return wb_arena_copy(arena, wb_slice_str(text));
}

static void found(struct work *w, enum wb_finding_state state, const char *id,
                  struct wb_slice subject, struct wb_slice a, struct wb_slice b)
{
    wb_found(w->findings, state, id, subject, a, b);
}

static void found_domain(struct work *w, enum wb_finding_state state, const char *id)
{
    found(w, state, id, w->domain, WB_NONE, WB_NONE);
}

int64_t wb_probe_dns_deadline(const struct wb_probe *probe)
{
    int64_t by = wb_now() + WB_MAX_DNS_TIME;
    return by < probe->deadline ? by : probe->deadline;
}

/* ---- the address itself ---- */

static bool is_domain(struct wb_slice s)
{
    size_t label = 0;
    if (s.n == 0 || s.n > LONGEST_DOMAIN)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool good = wb_is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_';
        if (s.p[i] == '.' ? label == 0 : !good)
            return false;
        label = s.p[i] == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label > 0;
}

/* Nothing that could end the command in which it is sent. */
static bool is_local_part(struct wb_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 127 || strchr("<>()[]\\,;:\"@", s.p[i]))
            return false;
    return s.n > 0 && s.n <= LONGEST_LOCAL && wb_utf8_valid(s) == s.n;
}

/* What RCPT asks for; NULL when that needs SMTPUTF8 (RFC 6531): it is not asked then. */
static const char *mailbox_of(const struct work *w, struct wb_slice local_and_at)
{
    struct wb_text text = wb_text_open(w->probe->arena, LONGEST_LOCAL + LONGEST_DOMAIN + 2);
    wb_text_put(&text, local_and_at);
    wb_text_put(&text, w->domain);
    bool ascii = wb_utf8_ascii(local_and_at) == local_and_at.n;
    struct wb_slice mailbox = wb_text_close(&text);
    return ascii ? wb_probe_string(w->probe, mailbox) : NULL;
}

static bool read_subject(struct work *w, struct wb_slice subject)
{
    struct wb_arena *arena = w->probe->arena;
    struct wb_slice domain = subject;
    size_t at = subject.n;
    while (at > 0 && subject.p[at - 1] != '@')
        at--;
    if (at)
        domain = wb_slice_from(subject, at);
    w->domain = wb_idn_ascii(arena, domain);
    if (wb_slice_ends(w->domain, WB_S(".")))
        w->domain.n--;
    bool good = is_domain(w->domain) && (!at || is_local_part(wb_slice_head(subject, at - 1)));
    if (!good)
        found(w, WB_FINDING_TROUBLE, "address.syntax", subject, WB_NONE, WB_NONE);
    else if (at)
        w->mailbox = mailbox_of(w, wb_slice_head(subject, at));
    return good;
}

static void check_spelling(struct work *w)
{
    const char *meant = w->probe->options->well_known
                            ? wb_meant_domain(w->domain, w->probe->options->well_known)
                            : NULL;
    if (meant)
        found(w, WB_FINDING_NOTE, "address.spelling", w->domain, wb_slice_str(meant), WB_NONE);
}

/* ---- MX ---- */

static void add_server(struct work *w, struct wb_slice name, uint16_t preference)
{
    size_t at = w->n;
    if (w->n == WB_MAX_MX)
        return;
    for (; at > 0 && w->servers[at - 1].preference > preference; at--)
        w->servers[at] = w->servers[at - 1];
    w->servers[at] = (struct server){.name = name, .preference = preference};
    w->n++;
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
            found(w, WB_FINDING_TROUBLE, "mx.address", w->domain, r->data, WB_NONE);
        else
            add_server(w, r->data, r->preference);
    }
}

/* What DNS says when it has nothing to give; true when there is nothing more to check. */
static bool no_answer(struct work *w, enum wb_dns_status status)
{
    switch (status) {
    case WB_DNS_NXDOMAIN: found_domain(w, WB_FINDING_TROUBLE, "dns.no-domain"); return true;
    case WB_DNS_SERVFAIL: found_domain(w, WB_FINDING_TROUBLE, "dns.broken"); return true;
    case WB_DNS_REFUSED: found_domain(w, WB_FINDING_UNKNOWN, "dns.refused"); return true;
    case WB_DNS_TIMEOUT: found_domain(w, WB_FINDING_UNKNOWN, "dns.timeout"); return true;
    case WB_DNS_BROKEN: found_domain(w, WB_FINDING_TROUBLE, "dns.unreadable"); return true;
    default: return false;
    }
}

/* Of the questions for A and AAAA the one that got no answer; NULL when both did. */
static const struct wb_dns_question *unanswered(const struct wb_dns_question q[2])
{
    for (int i = 0; i < 2; i++)
        if (q[i].status != WB_DNS_OK && q[i].status != WB_DNS_NODATA &&
            q[i].status != WB_DNS_NXDOMAIN)
            return &q[i];
    return NULL;
}

/* Without MX the domain's own address is used (RFC 5321 5.1). */
static void use_own_address(struct work *w, const struct wb_dns_question q[2])
{
    const struct wb_dns_question *lost = unanswered(q);
    if (q[0].n + q[1].n) {
        found_domain(w, WB_FINDING_NOTE, "mx.none-but-address");
        add_server(w, w->domain, 0);
    } else if (lost) {
        found(w, WB_FINDING_UNKNOWN, "mx.address-unknown", w->domain,
              wb_dns_status_name(lost->status), WB_NONE);
    } else {
        found_domain(w, WB_FINDING_TROUBLE, "mx.none");
    }
}

/* Fills in the servers; false when there are none to talk to. */
static bool find_servers(struct work *w)
{
    const char *name = wb_probe_string(w->probe, w->domain);
    struct wb_dns_question q[] = {
        {name, .type = WB_DNS_MX}, {name, .type = WB_DNS_A}, {name, .type = WB_DNS_AAAA}};
    wb_dns_ask(w->probe->dns, q, 3, wb_probe_dns_deadline(w->probe));
    if (no_answer(w, q[0].status))
        return false;
    if (q[0].status == WB_DNS_OK && is_null_mx(&q[0])) {
        found_domain(w, WB_FINDING_TROUBLE, "mx.null");
        return false;
    }
    take_mx(w, &q[0]);
    if (q[0].status == WB_DNS_NODATA)
        use_own_address(w, &q[1]);
    return w->n > 0;
}

/* ---- the addresses of the servers ---- */

static void add_talks(struct work *w, const struct server *s)
{
    for (int family = 0; family < 2; family++)
        for (size_t i = 0; i < s->q[family].n && i < PER_HOST && w->talk_n < WB_MAX_TALKS; i++) {
            struct wb_talk *t = &w->talks[w->talk_n];
            *t = (struct wb_talk){.host = s->name, .port = w->probe->options->port};
            w->talk_n += wb_ip_of_record(s->q[family].records[i].data, &t->ip);
        }
}

static void judge_addresses(struct work *w, const struct server *s)
{
    const struct wb_dns_question *lost = unanswered(s->q);
    if (s->q[0].cname.n)
        found(w, WB_FINDING_NOTE, "mx.alias", s->name, s->q[0].cname, WB_NONE);
    if (s->q[0].n + s->q[1].n) {
        found(w, WB_FINDING_OK, "mx.server", s->name, number(w->probe->arena, s->preference),
              WB_NONE);
        add_talks(w, s);
    } else if (!lost || s->q[0].status == WB_DNS_NXDOMAIN) {
        found(w, WB_FINDING_TROUBLE, "mx.no-address", s->name, WB_NONE, WB_NONE);
    } else {
        found(w, WB_FINDING_UNKNOWN, "mx.address-unknown", s->name,
              wb_dns_status_name(lost->status), WB_NONE);
    }
}

static void find_addresses(struct work *w)
{
    struct wb_dns_question q[2 * WB_MAX_MX];
    for (size_t i = 0; i < w->n; i++) {
        const char *name = wb_probe_string(w->probe, w->servers[i].name);
        q[2 * i] = (struct wb_dns_question){name, .type = WB_DNS_A};
        q[2 * i + 1] = (struct wb_dns_question){name, .type = WB_DNS_AAAA};
    }
    wb_dns_ask(w->probe->dns, q, 2 * w->n, wb_probe_dns_deadline(w->probe));
    for (size_t i = 0; i < w->n; i++) {
        w->servers[i].q[0] = q[2 * i];
        w->servers[i].q[1] = q[2 * i + 1];
        judge_addresses(w, &w->servers[i]);
    }
}

/* ---- what they said ---- */

static void judge_tls(struct work *w, const struct wb_talk *t)
{
    static const struct {
        enum wb_finding_state state;
        const char *id;
    } of[] = {
        [WB_TLS_SILENT] = {WB_FINDING_UNKNOWN, "tls.silent"},
        [WB_TLS_FAILED] = {WB_FINDING_TROUBLE, "tls.failed"},
        [WB_TLS_UNTRUSTED] = {WB_FINDING_NOTE, "tls.untrusted"},
        [WB_TLS_EXPIRED] = {WB_FINDING_TROUBLE, "tls.expired"},
        [WB_TLS_WRONG_NAME] = {WB_FINDING_NOTE, "tls.wrong-name"},
        [WB_TLS_WELL] = {WB_FINDING_OK, "tls.well"},
    };
    if (!(t->extensions & WB_EXTENSION_STARTTLS))
        found(w, WB_FINDING_NOTE, "tls.none", t->host, WB_NONE, WB_NONE);
    else if (t->tls != WB_TLS_NONE)
        found(w, of[t->tls].state, of[t->tls].id, t->host,
              t->tls == WB_TLS_WELL ? number(w->probe->arena, t->tls_days) : t->tls_why, WB_NONE);
}

static void judge_extensions(struct work *w, const struct wb_talk *t)
{
    struct wb_arena *arena = w->probe->arena;
    if (t->size_limit > 0)
        found(w, WB_FINDING_NOTE, "smtp.size", t->host, number(arena, t->size_limit), WB_NONE);
    if (!(t->extensions & WB_EXTENSION_SMTPUTF8))
        found(w, WB_FINDING_NOTE, "smtp.no-smtputf8", t->host, WB_NONE, WB_NONE);
    if (!(t->extensions & WB_EXTENSION_8BITMIME))
        found(w, WB_FINDING_NOTE, "smtp.no-8bitmime", t->host, WB_NONE, WB_NONE);
}

static void judge_rcpt(struct work *w, const struct wb_talk *t)
{
    struct wb_slice mailbox = wb_slice_str(w->mailbox ? w->mailbox : "");
    if (!w->probe->options->rcpt || !w->mailbox)
        return;
    if (t->rcpt_code / 100 == 2)
        found(w, WB_FINDING_OK, "rcpt.taken", mailbox, t->host, WB_NONE);
    else if (t->rcpt_code / 100 == 5)
        found(w, WB_FINDING_TROUBLE, "rcpt.refused", mailbox, t->host, t->rcpt_reply);
    else
        found(w, WB_FINDING_UNKNOWN, "rcpt.later", mailbox, t->host, t->rcpt_reply);
}

static void judge_talk(struct work *w, const struct wb_talk *t)
{
    static const struct {
        enum wb_finding_state state;
        const char *id;
    } of[] = {
        [WB_TALK_NOT_TRIED] = {WB_FINDING_UNKNOWN, "smtp.not-tried"},
        [WB_TALK_FORBIDDEN] = {WB_FINDING_UNKNOWN, "smtp.private"},
        [WB_TALK_NO_ROUTE] = {WB_FINDING_NOTE, "smtp.no-route"},
        [WB_TALK_TIMEOUT] = {WB_FINDING_UNKNOWN, "smtp.timeout"},
        [WB_TALK_REFUSED] = {WB_FINDING_TROUBLE, "smtp.refused"},
        [WB_TALK_UNREACHABLE] = {WB_FINDING_TROUBLE, "smtp.unreachable"},
        [WB_TALK_NO_GREETING] = {WB_FINDING_UNKNOWN, "smtp.no-greeting"},
        [WB_TALK_DROPPED] = {WB_FINDING_TROUBLE, "smtp.dropped"},
        [WB_TALK_NOT_SMTP] = {WB_FINDING_TROUBLE, "smtp.not-smtp"},
        [WB_TALK_UNWELCOME] = {WB_FINDING_TROUBLE, "smtp.unwelcome"},
        [WB_TALK_SILENT] = {WB_FINDING_TROUBLE, "smtp.silent"},
        [WB_TALK_WELL] = {WB_FINDING_OK, "smtp.answers"},
    };
    struct wb_slice ip = wb_ip_text(&t->ip, w->probe->arena);
    found(w, of[t->end].state, of[t->end].id, t->host, ip, t->greeting);
}

static void put_transcripts(struct work *w)
{
    struct wb_text all = wb_text_open(w->probe->arena, WB_MAX_TALKS * WB_MAX_TRANSCRIPT);
    for (size_t i = 0; i < w->talk_n; i++) {
        char address[INET6_ADDRSTRLEN] = "";
        wb_ip_show(&w->talks[i].ip, address);
        wb_text_put(&all, WB_S("# "));
        wb_text_put(&all, w->talks[i].host);
        wb_text_put(&all, WB_S(" "));
        wb_text_put(&all, wb_slice_str(address));
        wb_text_put(&all, WB_S("\n"));
        wb_text_put(&all, w->talks[i].transcript);
    }
    w->findings->transcript = wb_text_close(&all);
}

/* ---- is it our own network? ---- */

/* What came of asking somebody else for comparison. */
enum contrast { NOT_ASKED, NO_SIGN, SIGN_OF_LIFE };

/* Does any of them answer in any way? */
static enum contrast ask_others(struct work *w, struct wb_talk *talks, size_t n)
{
    struct wb_talk_options options = {.helo = w->probe->options->helo,
                                      .private_too = w->probe->options->private_too};
    int64_t by = wb_now() + WB_MAX_CONNECT_TIME / 2;
    enum contrast seen = NOT_ASKED;
    wb_smtp_talk(talks, n, &options, w->probe->arena,
                 by < w->probe->deadline ? by : w->probe->deadline);
    for (size_t i = 0; i < n; i++) {
        enum wb_talk_end end = talks[i].end;
        if (end == WB_TALK_REFUSED || end > WB_TALK_UNREACHABLE)
            return SIGN_OF_LIFE;
        if (end == WB_TALK_TIMEOUT || end == WB_TALK_UNREACHABLE)
            seen = NO_SIGN;
    }
    return seen;
}

static bool other_ports_answer(struct work *w)
{
    static const uint16_t ports[CONTROL_PORTS] = {443, 587, 80};
    struct wb_talk talks[WB_MAX_TALKS];
    size_t n = 0;
    for (size_t i = 0; i < w->talk_n; i++)
        for (size_t j = 0; j < CONTROL_PORTS && n < WB_MAX_TALKS; j++)
            if (w->talks[i].end == WB_TALK_TIMEOUT)
                talks[n++] = (struct wb_talk){
                    .host = w->talks[i].host, .ip = w->talks[i].ip, .port = ports[j]};
    return ask_others(w, talks, n) == SIGN_OF_LIFE;
}

/* The server that the user holds for working: by its first address of each family. */
static enum contrast ask_control(struct work *w)
{
    const char *name = w->probe->options->control;
    struct wb_dns_question q[] = {{name, .type = WB_DNS_A}, {name, .type = WB_DNS_AAAA}};
    struct wb_talk talks[2];
    size_t n = 0;
    struct wb_talk talk = {.host = wb_slice_str(name), .port = w->probe->options->port};
    if (wb_ip_read(talk.host, &talk.ip)) {
        talks[n++] = talk;
    } else {
        wb_dns_ask(w->probe->dns, q, 2, wb_probe_dns_deadline(w->probe));
        for (int family = 0; family < 2; family++)
            if (q[family].n && wb_ip_of_record(q[family].records[0].data, &talk.ip))
                talks[n++] = talk;
    }
    return ask_others(w, talks, n);
}

/* Every server of the other side timed out: theirs or ours? */
static void judge_silence(struct work *w)
{
    const char *name = w->probe->options->control;
    struct wb_slice control = wb_slice_str(name ? name : "");
    enum contrast seen = name ? ask_control(w) : NOT_ASKED;
    if (name && seen == NOT_ASKED)
        found(w, WB_FINDING_NOTE, "net.no-control", w->domain, control, WB_NONE);
    if (seen == SIGN_OF_LIFE)
        found(w, WB_FINDING_TROUBLE, "net.theirs", w->domain, control, WB_NONE);
    else if (seen == NO_SIGN)
        found(w, WB_FINDING_TROUBLE, "net.blocked-here", w->domain, control, WB_NONE);
    else if (other_ports_answer(w))
        found_domain(w, WB_FINDING_TROUBLE, "net.port-blocked");
    else
        found_domain(w, WB_FINDING_UNKNOWN, "net.silent");
}

static void talk_to_servers(struct work *w)
{
    const struct wb_probe_options *o = w->probe->options;
    struct wb_talk_options options = {
        .helo = o->helo, .rcpt = o->rcpt ? w->mailbox : NULL, .private_too = o->private_too};
    size_t silent = 0, tried = 0;
    const struct wb_talk *best = NULL;
    wb_smtp_talk(w->talks, w->talk_n, &options, w->probe->arena,
                 w->probe->deadline - WB_MAX_CONNECT_TIME / 2);
    for (size_t i = 0; i < w->talk_n; i++) {
        const struct wb_talk *t = &w->talks[i];
        judge_talk(w, t);
        tried += t->end != WB_TALK_NO_ROUTE;
        silent += t->end == WB_TALK_TIMEOUT;
        if (t->end == WB_TALK_WELL && !best)
            best = t;
    }
    put_transcripts(w);
    if (tried && silent == tried)
        judge_silence(w);
    if (!best)
        return;
    judge_extensions(w, best);
    judge_tls(w, best);
    judge_rcpt(w, best);
}

void wb_probe_recipient(struct wb_probe *probe, struct wb_slice subject,
                        struct wb_findings *findings)
{
    struct work *w = wb_arena_alloc(probe->arena, sizeof *w);
    if (!w)
        return;
    w->probe = probe;
    w->findings = findings;
    if (!read_subject(w, subject))
        return;
    check_spelling(w);
    if (!find_servers(w))
        return;
    find_addresses(w);
    if (w->talk_n && !probe->options->dns_only)
        talk_to_servers(w);
}
