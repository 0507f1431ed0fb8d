/* SPDX-License-Identifier: BSD-2-Clause */
/* From bytes to reports: the stages in their order. */
#include "whybounce.h"

#include <stdio.h>

#include "address.h"
#include "analyse.h"
#include "bare.h"
#include "check.h"
#include "original.h"
#include "outlook.h"
#include "quoted.h"

static void begin(struct wb_session *s)
{
    wb_arena_reset(&s->arena);
    s->limits = s->raw_limits;
    s->analysis.count = 0;
}

/* ---- judging ---- */

/* How many labels at the end of a domain are somebody's own: "firm.example", "firm.com.cn". */
static struct wb_slice owned_part(struct wb_slice domain)
{
    size_t at = domain.n, wanted = 2;
    for (size_t labels = 0; at > 0; at--) {
        if (domain.p[at - 1] != '.')
            continue;
        labels++;
        size_t length = wb_slice_chr(wb_slice_from(domain, at), '.');
        size_t behind = domain.n - at - length;
        if (labels == 2 && length <= 3 && behind == 3) /* "co.uk", "com.cn" */
            wanted = 3;
        if (labels == wanted)
            break;
    }
    return wb_slice_from(domain, at);
}

/*
 * The sender's own server reports what it found itself: RFC 3464 2.3.5 has a Remote-MTA where
 * another server answered, and 2.3.6 the type smtp for its answers. A finding with an address in
 * it ("exceeds size limit ... of server mx.example.net[192.0.2.1]") is about another server.
 */
static bool reported_by_own(const struct wb_extract *ex, const struct wb_evidence *e)
{
    struct wb_slice type = e->diagnostic_type;
    if (!type.n || wb_slice_eqi(type, WB_S("smtp")) || e->remote_mta.n || !ex->reporting_mta.n)
        return false;
    struct wb_slice from = wb_address_find(ex->original.from);
    struct wb_slice sender = wb_address_domain(from.n ? from : ex->original.envelope_from);
    return wb_slice_chr(sender, '.') < sender.n &&
           wb_slice_eqi(owned_part(sender), owned_part(ex->reporting_mta)) &&
           !wb_reply_ip(e->diagnostic).n;
}

static struct wb_context context_of(const struct wb_session *s, const struct wb_evidence *e,
                                    enum wb_kind kind)
{
    uint32_t n;
    const struct wb_extract *ex = &s->extract;
    struct wb_context context = {
        .kind = kind,
        .remote = wb_cat_provider_of(s->cat, e->remote_mta, WB_DOMAIN_HOST),
        .reporter = wb_cat_provider_of(s->cat, ex->reporting_mta, WB_DOMAIN_HOST),
        .recipient = wb_cat_provider_of(s->cat, wb_address_domain(e->address), WB_DOMAIN_RECIPIENT),
        .prose = ex->prose_read && !ex->told_apart ? ex->prose : WB_NONE,
        .by_own = reported_by_own(ex, e),
        .headless = s->mail.headless,
    };
    if (ex->dialect != WB_NO_INDEX)
        context.status_empty =
            wb_cat_dialects(s->cat, &n)[ex->dialect].flags & WB_DIALECT_STATUS_EMPTY;
    return context;
}

static enum wb_kind kind_of(const struct wb_extract *ex, const struct wb_evidence *e)
{
    bool delivery =
        ex->kind == WB_KIND_BOUNCE || ex->kind == WB_KIND_DELAY || ex->kind == WB_KIND_DELIVERED;
    if (!delivery)
        return ex->kind;
    switch (e->action) {
    case WB_ACTION_FAILED: return WB_KIND_BOUNCE;
    case WB_ACTION_DELAYED: return WB_KIND_DELAY;
    case WB_ACTION_DELIVERED:
    case WB_ACTION_RELAYED:
    case WB_ACTION_EXPANDED: return WB_KIND_DELIVERED;
    default: return ex->kind;
    }
}

static bool is_failure(enum wb_kind kind)
{
    return kind == WB_KIND_BOUNCE || kind == WB_KIND_DELAY;
}

/* Codes are reported of every delivery status; causes only of failures. */
static void judge(struct wb_session *s, struct wb_report *r)
{
    struct wb_context context = context_of(s, r->evidence, r->kind);
    if (!is_failure(r->kind))
        context.prose = WB_NONE;
    wb_classify(&s->classifier, &context, r->evidence, &r->verdict);
    if (is_failure(r->kind)) {
        if (!s->extract.bare && wb_verdict_moves_when_forwarded(&s->classifier, &r->verdict) &&
            wb_extract_written_to(&s->extract, r->evidence).n)
            wb_verdict_forward(&s->classifier, &r->verdict);
        return;
    }
    r->verdict.recommendation =
        r->kind == WB_KIND_COMPLAINT ? WB_RECOMMENDATION_SUPPRESS : WB_RECOMMENDATION_NONE;
    r->verdict.alternatives = 0;
}

/* ---- the report around the verdict ---- */

/*
 * Evidence that was decoded is sought in the message as it stands, before the returned mail: a
 * thousand recipients times eight megabytes would be seconds.
 */
static long long offset_of(struct wb_slice raw, struct wb_slice text)
{
    if (!text.n)
        return -1;
    if (text.p >= raw.p && text.p < wb_slice_end(raw))
        return text.p - raw.p;
    raw = wb_slice_head(raw, WB_MAX_STATUS_BYTES);
    size_t at = wb_slice_find(raw, text);
    return at < raw.n ? (long long)at : -1;
}

static struct wb_hash failure_key(struct wb_session *s, const struct wb_evidence *e)
{
    const struct wb_extract *ex = &s->extract;
    struct wb_slice id = ex->original.message_id.n ? ex->original.message_id : ex->envelope_id;
    if (!id.n || !e->address.n)
        return (struct wb_hash){0};
    return wb_hash_more(wb_hash_bytes(id), wb_arena_lower(&s->arena, e->address));
}

static struct wb_report *add_report(struct wb_session *s, const struct wb_evidence *e,
                                    struct wb_hash content)
{
    if (s->analysis.count == WB_MAX_RECIPIENTS)
        return NULL;
    struct wb_report *r = &s->analysis.reports[s->analysis.count++];
    *r = (struct wb_report){
        .cat = s->cat,
        .extract = &s->extract,
        .evidence = e,
        .kind = kind_of(&s->extract, e),
        .source = wb_buf_slice(&s->source),
        .index = s->index,
        .kept_names = s->kept_names,
        .kept_values = s->kept_values,
        .report_id = wb_hash_more(content, e->address),
        .failure_key = failure_key(s, e),
        .evidence_offset = -1,
        .scheme = s->scheme,
    };
    return r;
}

/* The header fields that the caller wants to see, if anything came back. */
static void keep_headers(struct wb_session *s)
{
    uint32_t part = s->extract.original.part;
    for (uint32_t i = 0; i < s->kept; i++)
        s->kept_values[i] =
            part == WB_NO_PART
                ? WB_NONE
                : wb_mail_value(&s->mail, wb_mail_header_named(&s->mail, part, s->kept_names[i]));
}

static struct wb_slice header_address(struct wb_session *s, enum wb_header_id id)
{
    return wb_address_find(wb_mail_value(&s->mail, wb_mail_header(&s->mail, 0, id)));
}

/* The recipient that the return address carries, wherever that was noted. */
static struct wb_slice verp_of(struct wb_session *s, struct wb_slice known)
{
    struct wb_slice found = wb_extract_verp(&s->extract, known);
    return found.n ? found : wb_address_verp(&s->arena, s->extract.original.envelope_from, known);
}

/*
 * A report that names nobody: the return address may (VERP), or the mail had one recipient only.
 */
static void guess_recipient(struct wb_session *s)
{
    uint32_t n;
    struct wb_extract *ex = &s->extract;
    if (!is_failure(ex->kind) && ex->kind != WB_KIND_COMPLAINT)
        return;
    struct wb_evidence *r = ex->recipient_count ? &ex->recipients[0] : wb_extract_nobody(ex);
    if (r->address.n || ex->recipient_count > 1)
        return;
    unsigned flags =
        ex->dialect == WB_NO_INDEX ? 0 : wb_cat_dialects(s->cat, &n)[ex->dialect].flags;
    if (flags & WB_DIALECT_FROM_READER)
        r->address = header_address(s, WB_H_FROM);
    if (!r->address.n)
        r->address = verp_of(s, WB_NONE);
    if (!r->address.n)
        r->address = wb_extract_sent_to(ex);
    if (!r->address.n && flags & WB_DIALECT_IN_SUBJECT) {
        struct wb_slice subject;
        r->address = wb_extract_in_subject(ex, &subject);
        r->named |= WB_NAMED_IN_SUBJECT;
    }
    if (!r->address.n && flags & WB_DIALECT_FROM_LIST)
        r->address = wb_address_list(&s->arena, header_address(s, WB_H_FROM));
}

/* ---- mail ---- */

/* texts: one a line */
static bool holds_any(struct wb_slice s, struct wb_slice texts)
{
    while (texts.n)
        if (wb_slice_hasi(s, wb_slice_cut(&texts, '\n')))
            return true;
    return false;
}

static bool wants_prose_at_once(struct wb_session *s)
{
    uint32_t n;
    struct wb_extract *ex = &s->extract;
    bool delayed = false, staged = true;
    if (ex->feedback_part != WB_NO_PART)
        return false;
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        delayed |= ex->recipients[i].action != WB_ACTION_FAILED;
        staged &= ex->recipients[i].stage != WB_STAGE_ABSENT;
    }
    if (!ex->recipient_count || delayed)
        return true;
    if (ex->dialect == WB_NO_INDEX)
        return false;
    const struct wb_dialect *dialect = &wb_cat_dialects(s->cat, &n)[ex->dialect];
    /* which of several failed at which stage only the prose tells */
    if (dialect->stage_words && ex->recipient_count > 1 && !staged)
        return true;
    return dialect->flags & WB_DIALECT_PROSE_FIRST ||
           holds_any(wb_extract_words(ex), wb_cat_str(s->cat, dialect->prose_if));
}

static void judge_all(struct wb_session *s)
{
    for (uint32_t i = 0; i < s->analysis.count; i++)
        judge(s, &s->analysis.reports[i]);
}

/* Judges by the fields; where they do not suffice, reads the prose and judges again. */
static void judge_with_prose(struct wb_session *s)
{
    bool wanting = false;
    judge_all(s);
    for (uint32_t i = 0; i < s->analysis.count; i++) {
        const struct wb_report *r = &s->analysis.reports[i];
        wanting |= is_failure(r->kind) && wb_verdict_wants_prose(&r->verdict);
    }
    /* for a person it is read in any case: it knows stage and address of the server */
    if (s->follow && s->analysis.count && is_failure(s->analysis.reports[0].kind))
        wanting = true;
    if (!wanting || s->extract.prose_read)
        return;
    wb_extract_prose(&s->extract);
    judge_all(s);
}

static void make_reports(struct wb_session *s)
{
    struct wb_extract *ex = &s->extract;
    struct wb_hash content = wb_hash_bytes(s->mail.raw);
    for (uint32_t i = 0; i < ex->recipient_count; i++)
        add_report(s, &ex->recipients[i], content);
    if (!s->analysis.count)
        add_report(s, wb_extract_nobody(ex), content);
}

static void write_status(struct wb_code code, char out[16])
{
    if (code.class && code.subject < 10 && code.detail < 10) { /* as nearly all are */
        const char digits[6] = {(char)('0' + code.class), '.', (char)('0' + code.subject), '.',
                                (char)('0' + code.detail)};
        memcpy(out, digits, sizeof digits);
        return;
    }
    out[0] = '\0';
    if (code.class)
        snprintf(out, 16, "%u.%u.%u", code.class % 10u, code.subject % 1000u, code.detail % 1000u);
}

static void finish_report(struct wb_session *s, struct wb_report *r)
{
    r->limits = s->limits;
    r->evidence_offset = offset_of(s->mail.raw, r->verdict.evidence);
    wb_hash_hex(r->report_id, r->id_text);
    if (r->failure_key.high || r->failure_key.low)
        wb_hash_hex(r->failure_key, r->key_text);
    write_status(r->verdict.status, r->status_text);
}

static void finish_reports(struct wb_session *s)
{
    for (uint32_t i = 0; i < s->analysis.count; i++) {
        struct wb_report *r = &s->analysis.reports[i];
        r->kept = s->kept;
        r->verp = verp_of(s, r->evidence->address);
        finish_report(s, r);
    }
}

/* For the annotated view the prose is read in any case; the verdicts stand already. */
static void mark_lines(struct wb_session *s)
{
    struct wb_extract *ex = &s->extract;
    if (!s->style.annotate)
        return;
    wb_extract_text(ex);
    uint32_t count = ex->recipient_count;
    struct wb_slice text = ex->text;
    ex->marks = wb_arena_alloc(&s->arena, WB_MAX_PROSE_HITS * sizeof *ex->marks);
    ex->prose_read = false;
    ex->lines_sought = ex->lines_known = false;
    ex->prose = text;
    wb_extract_prose(ex);
    ex->recipient_count = count;
}

static void analyse(struct wb_session *s, struct wb_slice raw)
{
    begin(s);
    wb_mail_parse(&s->mail, raw);
    wb_extract_mail(&s->extract);
    if (wants_prose_at_once(s))
        wb_extract_prose(&s->extract);
    wb_extract_kind(&s->extract);
    wb_extract_original(&s->extract);
    guess_recipient(s);
    keep_headers(s);
    make_reports(s);
    judge_with_prose(s);
    if (s->follow)
        wb_extract_remotes(&s->extract);
    finish_reports(s);
    mark_lines(s);
}

static bool is_report(const struct wb_session *s)
{
    return s->extract.kind != WB_KIND_NOT_A_REPORT;
}

static bool names_a_failure(const struct wb_session *s)
{
    return is_failure(s->extract.kind) && s->analysis.count &&
           s->analysis.reports[0].evidence->address.n;
}

/*
 * Forwards of forwards are followed a few times; what is not wanted in the end stays the first.
 * True: the session has one that is.
 */
enum { MAX_FORWARDS = 3 };

static bool follow_forwards(struct wb_session *s, struct wb_slice raw, struct wb_slice carried,
                            bool (*wanted)(const struct wb_session *s))
{
    bool found = false;
    for (int i = 0; i < MAX_FORWARDS && carried.n && !found; i++) {
        struct wb_buf copy = {0};
        wb_buf_put(&copy, carried);
        wb_buf_free(&s->carried);
        s->carried = copy;
        analyse(s, wb_buf_slice(&s->carried));
        found = wanted(s);
        carried = found ? WB_NONE : wb_carried_message(s);
    }
    if (!found && s->mail.raw.p != raw.p)
        analyse(s, raw);
    return found;
}

/* The report itself stands above what it returns, which may well speak of an older failure. */
static bool is_told_above(const struct wb_session *s, struct wb_slice above)
{
    const struct wb_report *r = &s->analysis.reports[0];
    return names_a_failure(s) && r->verdict.confidence >= WB_CONFIDENCE_STRONG &&
           wb_slice_hasi(above, r->evidence->address);
}

/* Who pastes a report often pastes what a mail program or he himself wrote above it. */
static bool follow_pasted(struct wb_session *s, struct wb_slice raw)
{
    if (!s->follow || !s->mail.headless)
        return false;
    struct wb_slice above = WB_NONE, carried = wb_introduced_message(s, &above);
    return carried.n && !is_told_above(s, above) &&
           follow_forwards(s, raw, carried, names_a_failure);
}

/*
 * What was copied from a mail program is no mail: a sentence with a reply in it. It is taken for
 * one if the reply alone is clear, or if it says that the reader's own server was speaking. Without
 * a code it is clear if it says of an address, in the same breath, why that was refused.
 */
enum { MAX_PASTED_BYTES = 4096, MAX_BREATH = 160 };

/* Signs of another kind of message: an answer of somebody who is away speaks of addresses too. */
static bool seems_no_failure(const struct wb_extract *ex)
{
    for (int kind = 1; kind < WB_KIND_COUNT; kind++)
        if (kind != WB_KIND_BOUNCE && kind != WB_KIND_DELAY && ex->kind_weight[kind] > 0)
            return true;
    return false;
}

/* Whether one of the lines that end in it, but for the first, is blank. */
static bool has_blank_line(struct wb_slice text)
{
    const char *end = wb_slice_end(text);
    struct wb_slice line;
    for (bool first = true; wb_slice_line(&text, &line); first = false)
        if (!first && !wb_slice_trim(line).n && wb_slice_end(line) < end)
            return true;
    return false;
}

static bool says_it_of_the_recipient(const struct wb_report *r)
{
    struct wb_slice text = r->evidence->diagnostic, why = r->verdict.evidence;
    struct wb_slice address = wb_slice_from(text, wb_slice_find(text, r->evidence->address));
    if (!r->evidence->address.n || !address.n || !why.n || why.p < text.p ||
        wb_slice_end(why) > wb_slice_end(text))
        return false;
    address = wb_slice_head(address, r->evidence->address.n);
    struct wb_slice first = why.p > address.p ? address : why;
    struct wb_slice second = why.p > address.p ? why : address, between = WB_NONE;
    if (wb_slice_end(first) < second.p)
        between = wb_slice_span(wb_slice_end(first), second.p);
    return between.n <= MAX_BREATH && !has_blank_line(between);
}

static void judge_reply(struct wb_session *s, struct wb_slice raw)
{
    struct wb_report *r = add_report(s, &s->extract.recipients[0], wb_hash_bytes(raw));
    judge(s, r);
    finish_report(s, r);
}

/* It may be quoted, and be followed by the mail that was sent. */
static void analyse_pasted_reply(struct wb_session *s, struct wb_slice raw)
{
    begin(s);
    wb_extract_reply(&s->extract, wb_before_trace(wb_mail_unquoted(&s->mail, raw)));
    judge_reply(s, raw);
}

static void try_as_reply(struct wb_session *s, struct wb_slice raw)
{
    if (!s->mail.headless || s->extract.kind != WB_KIND_NOT_A_REPORT ||
        wb_before_trace(s->mail.parts[0].body).n > MAX_PASTED_BYTES)
        return;
    bool something_else = seems_no_failure(&s->extract);
    analyse_pasted_reply(s, raw);
    const struct wb_report *r = &s->analysis.reports[0];
    const struct wb_verdict *v = &r->verdict;
    bool strong = v->confidence >= WB_CONFIDENCE_STRONG;
    bool coded = v->reply_code || v->status.class;
    bool clear = strong && (coded || (!something_else && says_it_of_the_recipient(r)));
    if (clear || (v->own_server && (coded || strong)))
        s->mail.raw = raw; /* its parts are those of all that was pasted */
    else
        analyse(s, raw);
}

/* The mail in what a mail program or an editor has saved: of Outlook, or in UTF-16. */
static struct wb_slice as_mail(struct wb_session *s, struct wb_slice raw)
{
    wb_buf_clear(&s->converted);
    if (wb_mail_from_outlook(raw, &s->converted))
        return wb_buf_slice(&s->converted);
    if (!wb_slice_starts(raw, WB_S("\xFF\xFE")) && !wb_slice_starts(raw, WB_S("\xFE\xFF")))
        return raw;
    begin(s);
    struct wb_slice text = wb_mail_from_utf16(&s->mail, raw);
    s->raw_limits = s->limits;
    wb_buf_put(&s->converted, text);
    return wb_buf_slice(&s->converted);
}

static void analyse_raw(struct wb_session *session, struct wb_slice raw)
{
    analyse(session, raw);
    if (session->mail.headless && wb_analyse_log_lines(session, raw))
        return;
    if (session->mail.headless && !session->analysis.count)
        analyse(session, raw);
    if (follow_forwards(session, raw, wb_wrapped_message(session), is_report) ||
        follow_pasted(session, raw))
        return;
    try_as_reply(session, raw);
    if (session->follow && !is_report(session))
        follow_forwards(session, raw, wb_carried_message(session), is_report);
}

const struct wb_analysis *wb_analyse_mail(struct wb_session *session, const void *bytes,
                                          size_t length)
{
    analyse_raw(session, as_mail(session, wb_slice(bytes, length)));
    session->raw_limits = 0;
    return &session->analysis;
}

/* ---- replies ---- */

const struct wb_analysis *wb_analyse_reply(struct wb_session *session, const void *text,
                                           size_t length)
{
    struct wb_slice reply = wb_slice(text, length);
    begin(session);
    if (wb_extract_reply_again(&session->extract, reply)) {
        judge_reply(session, reply);
    } else if (!wb_analyse_log_lines(session, reply)) {
        wb_extract_reply(&session->extract, reply);
        wb_extract_keep_reply(&session->extract, reply);
        judge_reply(session, reply);
    }
    return &session->analysis;
}

/* ---- logs ---- */

void wb_analysis_begin(struct wb_session *s)
{
    begin(s);
}

struct wb_report *wb_analysis_logged(struct wb_session *s, const struct wb_evidence *e)
{
    struct wb_report *r = add_report(s, e, wb_hash_bytes(s->mail.raw));
    if (!r)
        return NULL;
    judge(s, r);
    if (is_failure(r->kind) && wb_verdict_moves_when_forwarded(&s->classifier, &r->verdict) &&
        wb_extract_written_to(&s->extract, e).n)
        wb_verdict_forward(&s->classifier, &r->verdict);
    r->verp = wb_address_verp(&s->arena, s->extract.original.envelope_from, e->address);
    finish_report(s, r);
    return r;
}

size_t wb_analysis_count(const struct wb_analysis *analysis)
{
    return analysis->count;
}

const struct wb_report *wb_analysis_report(const struct wb_analysis *analysis, size_t i)
{
    WB_CHECK(i < analysis->count);
    return &analysis->reports[i];
}
