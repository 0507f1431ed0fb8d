/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who spoke, and what was said, as a person would quote it.
 *
 * RFC 3464 2.3.5 and 2.3.6: a Remote-MTA is named where another server answered; a diagnostic of a
 * type other than smtp, with no Remote-MTA, is the reporting server's own finding.
 */
#include "advise_int.h"

#include "address.h"

/* ---- who ---- */

/* A name that means something to others: "localhost" and 127.0.0.1 are whoever says them. */
static struct wb_slice shown_host(struct wb_slice host)
{
    static const char *const own[] = {"localhost", "127.", "::1", "unknown"};
    while (host.n && strchr("[ <", host.p[0]))
        host = wb_slice_from(host, 1);
    while (host.n && strchr(".]> ", host.p[host.n - 1]))
        host.n--;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (wb_slice_startsi(host, wb_slice_str(own[i])))
            return WB_NONE;
    return host;
}

static bool found_by_reporter(const struct wb_report *r)
{
    struct wb_slice type = r->evidence->diagnostic_type;
    return type.n && !wb_slice_eqi(type, WB_S("smtp")) && !r->verdict.reply_code &&
           !wb_reply_ip(r->evidence->diagnostic).n; /* that is about another server */
}

struct wb_speaker wb_speaker_of(const struct wb_report *r)
{
    struct wb_slice remote = shown_host(r->evidence->remote_mta);
    struct wb_slice reporter = shown_host(r->extract->reporting_mta);
    struct wb_slice ip = shown_host(r->evidence->remote_ip);
    if (r->verdict.own_server) /* what a mail program shows names no reporter */
        return (struct wb_speaker){WB_SPEAKER_OWN, reporter, WB_NONE};
    if (remote.n || ip.n)
        return (struct wb_speaker){WB_SPEAKER_NAMED, remote.n ? remote : ip,
                                   wb_slice_eq(remote, ip) || !remote.n ? WB_NONE : ip};
    if (reporter.n && found_by_reporter(r))
        return (struct wb_speaker){WB_SPEAKER_NAMED, reporter, WB_NONE};
    struct wb_slice domain = wb_address_domain(r->evidence->address);
    if (reporter.n && domain.n && wb_slice_endsi(reporter, domain)) /* the recipient's own server */
        return (struct wb_speaker){WB_SPEAKER_NAMED, reporter, WB_NONE};
    if (domain.n && r->verdict.reply_code)
        return (struct wb_speaker){WB_SPEAKER_DOMAIN, domain, WB_NONE};
    return (struct wb_speaker){WB_SPEAKER_NOBODY, WB_NONE, WB_NONE};
}

/* "mx.example.org [192.0.2.1]" */
static struct wb_slice full_name(const struct wb_adviser *a, const struct wb_speaker *s)
{
    return s->ip.n ? wb_advise_filled(a, "speaker.address", 2, "name", s->name, "ip", s->ip)
                   : s->name;
}

struct wb_slice wb_speaker_words(const struct wb_case *c)
{
    struct wb_speaker s = wb_speaker_of(c->report);
    switch (s.kind) {
    case WB_SPEAKER_OWN: return wb_advise_filled(c->adviser, "speaker.own", 1, "name", s.name);
    case WB_SPEAKER_NAMED:
        return wb_advise_filled(c->adviser, "speaker.named", 1, "name", full_name(c->adviser, &s));
    case WB_SPEAKER_DOMAIN:
        return wb_advise_filled(c->adviser, "speaker.domain", 1, "name", s.name);
    case WB_SPEAKER_NOBODY: break;
    }
    return WB_NONE;
}

struct wb_slice wb_speaker_host(const struct wb_report *r)
{
    return shown_host(r->evidence->remote_mta);
}

/* "mx.example.org", "Your own mail server" */
static struct wb_slice proof_speaker(const struct wb_adviser *a, const struct wb_report *report)
{
    struct wb_speaker s = wb_speaker_of(report);
    struct wb_slice reporter = shown_host(report->extract->reporting_mta);
    bool code = report->verdict.reply_code || report->verdict.status.class;
    if (s.kind == WB_SPEAKER_OWN && !s.name.n && !code)
        return wb_advise_word(a, "proof.program");
    if (s.kind == WB_SPEAKER_OWN)
        return wb_advise_filled(a, "proof.own-server", 1, "name", s.name);
    if (s.kind == WB_SPEAKER_NAMED)
        return full_name(a, &s);
    if (s.kind == WB_SPEAKER_DOMAIN) /* the reporter only passes on what it was answered */
        return wb_advise_filled(a, "proof.domain", 1, "name", s.name);
    return reporter.n ? reporter : wb_advise_word(a, "proof.someone");
}

/* The quoted words are a finding of whoever reports; else they are what it was answered. */
static bool is_finding(const struct wb_report *r)
{
    struct wb_slice type = r->evidence->diagnostic_type;
    if (r->verdict.reply_code)
        return false;
    if (type.n && !wb_slice_eqi(type, WB_S("smtp")))
        return true;
    struct wb_speaker s = wb_speaker_of(r);
    bool code = r->verdict.status.class;
    return (s.kind == WB_SPEAKER_OWN && !code) ||
           (s.kind == WB_SPEAKER_NOBODY && (r->extract->reporting_mta.n || !code));
}

struct wb_slice wb_advise_proof(const struct wb_adviser *a, const struct wb_report *r)
{
    struct wb_slice sure =
        wb_advise_named(a, "confidence", wb_confidence_name(r->verdict.confidence));
    struct wb_slice stage = wb_advise_named(a, "stage", wb_stage_name(r->verdict.stage));
    struct wb_slice server = proof_speaker(a, r);
    if (is_finding(r))
        return wb_advise_filled(a, "proof.found", 2, "server", server, "sure", sure);
    if (stage.n)
        return wb_advise_filled(a, "proof.said-at", 3, "server", server, "stage", stage, "sure",
                                sure);
    return wb_advise_filled(a, "proof.said", 2, "server", server, "sure", sure);
}

/* ---- what ---- */

/* What sending servers put behind the reply that they quote. */
static struct wb_slice without_tail(struct wb_slice text)
{
    static const char *const tails[] = {"(in reply to ", "Giving up on ", "(#5.", "(#4."};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        size_t at = wb_slice_find(text, wb_slice_str(tails[i]));
        if (at > 4)
            text = wb_slice_head(text, at);
    }
    return wb_slice_rtrim(text);
}

/* What a mail program shows begins and ends with its own words. */
static struct wb_slice inside_program_words(struct wb_slice text, char before)
{
    static const char *const heads[] = {"responded: ", "响应：", "响应: ", "答复："};
    static const char *const tails[] = {" Please check the message recipient",
                                        " Please verify that your", " 请检查", "', Port:"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct wb_slice head = wb_slice_str(heads[i]);
        size_t at = wb_slice_find(text, head);
        if (at < text.n)
            text = wb_slice_from(text, at + head.n);
    }
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        text = wb_slice_head(text, wb_slice_find(text, wb_slice_str(tails[i])));
    if (before == '\'' || before == '"')
        text = wb_slice_head(text, wb_slice_chr(text, before));
    bool open = text.n && text.p[text.n - 1] == '\'' && wb_slice_chr(text, '\'') + 1 == text.n;
    return wb_slice_rtrim(open ? wb_slice_head(text, text.n - 1) : text);
}

/* The innermost reply; where the deciding words stand in another one, that one. */
static struct wb_layer telling_layer(const struct wb_report *r, const struct wb_layers *layers)
{
    struct wb_slice words = r->verdict.evidence;
    for (int i = 0; i < layers->n; i++) {
        struct wb_slice text = layers->layer[i].text;
        if (words.n && words.p >= text.p && wb_slice_end(words) <= wb_slice_end(text))
            return layers->layer[i];
    }
    return layers->n ? layers->layer[layers->n - 1] : (struct wb_layer){0};
}

/*
 * How many bytes of a repeated "550-5.7.26 " stand here, behind a blank: the codes of a further
 * line of the same reply (RFC 5321 4.2.1). The last line has no dash: it counts where the first
 * line has one, or where the same status stands behind it.
 */
static size_t repeated_codes(struct wb_slice at, struct wb_slice code, struct wb_slice status,
                             bool lines)
{
    if (!code.n || !wb_slice_starts(at, code) || at.n < 5)
        return 0;
    bool dash = at.p[3] == '-';
    if (!dash && at.p[3] != ' ')
        return 0;
    struct wb_slice behind = wb_slice_from(at, 4);
    bool same = status.n && wb_slice_starts(behind, status);
    if (!dash && !same && !lines)
        return 0;
    return 4 + (same ? status.n : 0);
}

struct wb_slice wb_telling_reply(const struct wb_case *c)
{
    struct wb_layers layers;
    wb_limit_set limits = 0;
    struct wb_slice whole = c->report->verdict.diagnostic;
    if (!whole.n) /* words of the human part decided */
        whole = c->report->verdict.evidence;
    struct wb_slice prose = c->report->evidence->explanation;
    bool cut = c->report->verdict.cut;
    if (cut && prose.n > whole.n) {
        whole = prose;
        cut = false;
    }
    wb_reply_layers(whole, &layers, &limits);
    struct wb_layer layer = telling_layer(c->report, &layers);
    struct wb_slice text = without_tail(layer.text), code = WB_NONE, status = WB_NONE;
    if (c->report->verdict.own_server)
        text = inside_program_words(text, text.p > whole.p ? text.p[-1] : ' ');
    struct wb_text out = wb_text_open(c->adviser->arena, text.n + 8);
    bool lines = false;
    if (layer.code && text.n > 4) {
        size_t taken;
        code = wb_slice_head(text, 3);
        wb_reply_status(wb_slice_from(text, 4), &taken);
        status = wb_slice_head(wb_slice_from(text, 4), taken);
        wb_text_put(&out, code);
        lines = text.p[3] == '-';
        wb_text_byte(&out, lines ? ' ' : text.p[3]);
        text = wb_slice_from(text, 4);
    }
    for (bool word = false; text.n; text = wb_slice_from(text, 1)) {
        size_t n = word ? repeated_codes(text, code, status, lines) : 0;
        if (n && n < text.n) {
            text = wb_slice_from(text, n - 1);
            continue;
        }
        word = (unsigned char)text.p[0] <= ' ';
        wb_text_byte(&out, text.p[0]);
    }
    if (cut)
        wb_text_put(&out, WB_S(" …"));
    return wb_text_close(&out);
}
