/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a sending server would go through to reach a domain (RFC 5321 5.1): MX, or the address of
 * the domain itself, then port 25 of each in turn.
 */
#include "dane.h"
#include "find.h"
#include "idn.h"
#include "mta_sts.h"
#include "servers.h"
#include "smtp.h"
#include "utf8.h"
#include "limit_check.h"

enum { LONGEST_DOMAIN = 253, LONGEST_LOCAL = 64, PER_HOST = 4, CONTROL_PORTS = 3 };

struct work {
    const struct wb_probe *probe;
    struct wb_findings *findings;
    struct wb_slice domain;
    const char *mailbox; /* the whole address; NULL: only a domain was given */
    struct wb_talk talks[WB_MAX_TALKS];
    size_t n;
};

static void found(struct work *w, enum wb_finding_state state, const char *id,
                  struct wb_slice subject, struct wb_slice a, struct wb_slice b)
{
    wb_found(w->findings, state, id, subject, a, b);
}

static void found_domain(struct work *w, enum wb_finding_state state, const char *id)
{
    found(w, state, id, w->domain, WB_NONE, WB_NONE);
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
    return ascii ? wb_probe_name(w->probe, mailbox) : NULL;
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
    const char *meant = wb_meant_domain(w->domain);
    if (meant)
        found(w, WB_FINDING_NOTE, "address.spelling", w->domain, wb_slice_str(meant), WB_NONE);
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
    if (t->tls == WB_TLS_UNTRUSTED && t->tls_other_name)
        found(w, of[WB_TLS_WRONG_NAME].state, of[WB_TLS_WRONG_NAME].id, t->host, WB_NONE, WB_NONE);
    if (!(t->extensions & WB_EXTENSION_STARTTLS))
        found(w, WB_FINDING_NOTE, "tls.none", t->host, WB_NONE, WB_NONE);
    else if (t->tls != WB_TLS_NONE)
        found(w, of[t->tls].state, of[t->tls].id, t->host,
              t->tls == WB_TLS_WELL ? wb_probe_number(w->probe, t->tls_days) : t->tls_why, WB_NONE);
}

static void judge_extensions(struct work *w, const struct wb_talk *t)
{
    if (t->size_limit > 0)
        found(w, WB_FINDING_NOTE, "smtp.size", t->host, wb_probe_number(w->probe, t->size_limit),
              WB_NONE);
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

/* What the end of a talk means. */
static const struct {
    enum wb_finding_state state;
    const char *id;
} ends[] = {
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

static void judge_talk(struct work *w, const struct wb_talk *t)
{
    struct wb_slice ip = wb_ip_text(&t->ip, w->probe->arena);
    found(w, ends[t->end].state, ends[t->end].id, t->host, ip, t->greeting);
}

static void put_transcripts(struct work *w)
{
    struct wb_text all = wb_text_open(w->probe->arena, WB_MAX_TALKS * WB_MAX_TRANSCRIPT);
    for (size_t i = 0; i < w->n; i++) {
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
                                      .private_too = w->probe->options->private_too,
                                      .asking = w->probe->options->dns.asking};
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
    for (size_t i = 0; i < w->n; i++)
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

/*
 * Every server of the other side timed out: theirs or ours? Only where somebody else answers is it
 * theirs; else nobody can tell from here whether they work.
 */
static enum wb_finding_state judge_silence(struct work *w)
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
    return seen == SIGN_OF_LIFE ? WB_FINDING_TROUBLE : WB_FINDING_UNKNOWN;
}

/* ---- the servers ---- */

static void add_talks(struct work *w, const struct wb_servers *servers)
{
    for (size_t s = 0; s < servers->n; s++)
        for (int family = 0; family < 2; family++) {
            const struct wb_dns_question *q = &servers->of[s].q[family];
            for (size_t i = 0; i < q->n && i < PER_HOST && w->n < WB_MAX_TALKS; i++) {
                struct wb_talk *t = &w->talks[w->n];
                *t = (struct wb_talk){.host = servers->of[s].name, .port = w->probe->options->port};
                w->n += wb_ip_of_record(q->records[i].data, &t->ip);
            }
        }
}

/* What each server offers is told once, however many addresses it has. */
static void judge_offers(struct work *w)
{
    const struct wb_talk *last = NULL;
    for (size_t i = 0; i < w->n; i++) {
        const struct wb_talk *t = &w->talks[i];
        if (t->end != WB_TALK_WELL || (last && wb_slice_eq(last->host, t->host)))
            continue;
        judge_extensions(w, t);
        judge_tls(w, t);
        if (!last)
            judge_rcpt(w, t);
        last = t;
    }
}

/* One server that answers is enough: mail goes to any of them. */
static enum wb_finding_state talk_to_servers(struct work *w)
{
    const struct wb_probe_options *o = w->probe->options;
    struct wb_talk_options options = {.helo = o->helo,
                                      .rcpt = o->rcpt ? w->mailbox : NULL,
                                      .private_too = o->private_too,
                                      .greeting_only = o->greeting_only,
                                      .asking = o->dns.asking};
    size_t silent = 0, tried = 0, well = 0, unsure = 0;
    wb_smtp_talk(w->talks, w->n, &options, w->probe->arena,
                 w->probe->deadline - WB_MAX_CONNECT_TIME / 2);
    for (size_t i = 0; i < w->n; i++) {
        enum wb_talk_end end = w->talks[i].end;
        judge_talk(w, &w->talks[i]);
        tried += end != WB_TALK_NO_ROUTE;
        silent += end == WB_TALK_TIMEOUT;
        well += end == WB_TALK_WELL;
        unsure += ends[end].state == WB_FINDING_UNKNOWN;
    }
    put_transcripts(w);
    if (!tried)
        found_domain(w, WB_FINDING_UNKNOWN, "net.no-way");
    if (tried && silent == tried)
        return judge_silence(w);
    if (!o->greeting_only)
        judge_offers(w);
    return well ? WB_FINDING_OK : unsure || !tried ? WB_FINDING_UNKNOWN : WB_FINDING_TROUBLE;
}

/* What protects the way of the mail is looked at beside the talks, and told after them. */
static enum wb_finding_state talk_and_guard(struct work *w, const struct wb_servers *servers)
{
    bool guard = !w->probe->options->greeting_only;
    struct wb_mta_sts *sts = guard ? wb_mta_sts_begin(w->probe, w->domain) : NULL;
    struct wb_dane *dane = guard ? wb_dane_begin(w->probe, w->domain, servers) : NULL;
    enum wb_finding_state state = talk_to_servers(w);
    wb_mta_sts_end(sts, servers, w->talks, w->n, w->findings);
    wb_dane_end(dane, w->talks, w->n, w->findings);
    return state;
}

enum wb_finding_state wb_probe_recipient(const struct wb_probe *probe, struct wb_slice subject,
                                         struct wb_findings *findings)
{
    struct wb_servers servers = {.n = 0};
    struct work *w = wb_arena_alloc(probe->arena, sizeof *w);
    if (!w)
        return WB_FINDING_UNKNOWN;
    w->probe = probe;
    w->findings = findings;
    if (!read_subject(w, subject))
        return WB_FINDING_TROUBLE;
    check_spelling(w);
    enum wb_finding_state state = wb_find_servers(probe, w->domain, &servers, findings);
    if (state != WB_FINDING_OK || probe->options->dns_only)
        return state;
    add_talks(w, &servers);
    return talk_and_guard(w, &servers);
}
