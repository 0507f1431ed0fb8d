/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON, written by hand because this is the hot path: it must itself guarantee valid UTF-8 and
 * escape what RFC 8259 7 demands, and beyond it what would act on a terminal. Keys are in the order
 * of doc/report.schema.json.
 */
#include "render.h"

#include "check.h"
#include "quote.h"
#include "utf8.h"

/*
 * 0: stands for itself; 1: needs an escape; 2: part of a longer character; 3: of one that may be
 * a C1 control, a bidirectional control or otherwise unsafe (see wb_utf8_unsafe)
 */
static const unsigned char classes[256] = {
    [0 ... 0x1F] = 1,    ['"'] = 1,           ['\\'] = 1,          [0x7F] = 1,
    [0x80 ... 0xC1] = 2, [0xC2] = 3,          [0xC3 ... 0xD7] = 2, [0xD8] = 3,
    [0xD9 ... 0xE0] = 2, [0xE1 ... 0xE2] = 3, [0xE3 ... 0xEE] = 2, [0xEF] = 3,
    [0xF0 ... 0xF2] = 2, [0xF3] = 3,          [0xF4 ... 0xFF] = 2};

static void put_escape(struct wb_buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    switch (c) {
    case '"': wb_buf_lit(out, "\\\""); break;
    case '\\': wb_buf_lit(out, "\\\\"); break;
    case '\n': wb_buf_lit(out, "\\n"); break;
    case '\r': wb_buf_lit(out, "\\r"); break;
    case '\t': wb_buf_lit(out, "\\t"); break;
    default:
        wb_buf_lit(out, "\\u00");
        wb_buf_byte(out, hex[c >> 4]);
        wb_buf_byte(out, hex[c & 15]);
    }
}

/* One beyond U+FFFF is two of UTF-16 (RFC 8259 7). */
static void put_rune_escape(struct wb_buf *out, uint32_t rune)
{
    if (rune > 0xFFFF) {
        wb_buf_printf(out, "\\u%04x", 0xD800 + ((rune - 0x10000) >> 10));
        rune = 0xDC00 + (rune & 0x3FF);
    }
    wb_buf_printf(out, "\\u%04x", rune);
}

void wb_json_string(struct wb_buf *out, struct wb_slice s)
{
    wb_buf_byte(out, '"');
    size_t from = 0, i = wb_plain_front(s);
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        if (classes[c] == 0) {
            i++;
            continue;
        }
        size_t taken = 1;
        uint32_t rune = c;
        if (classes[c] > 1) {
            rune = wb_utf8_get(wb_slice_from(s, i), &taken);
            bool good = rune != WB_REPLACEMENT || taken > 1;
            if (good && (classes[c] == 2 || !wb_utf8_unsafe(rune))) {
                i += taken;
                continue;
            }
        }
        wb_buf_put(out, wb_slice(s.p + from, i - from));
        if (classes[c] == 1)
            put_escape(out, c);
        else if (rune == WB_REPLACEMENT)
            wb_buf_lit(out, "\xEF\xBF\xBD");
        else
            put_rune_escape(out, rune);
        i += taken;
        from = i;
        i += wb_plain_front(wb_slice_from(s, i));
    }
    wb_buf_put(out, wb_slice(s.p + from, s.n - from));
    wb_buf_byte(out, '"');
}

/*
 * Where a report is being written. Kept apart from the buffer, so that it can stay in registers:
 * through a pointer each byte written might have changed it.
 *
 * Room is asked for with each string, for that and for all that a report has beside its strings, so
 * that nothing else needs to ask. That is 2,000 bytes.
 */
struct pen {
    struct wb_buf *out;
    char *at, *end; /* the next byte goes there; the room ends there */
};

enum { BESIDE = 4096 };

#define INLINE static inline __attribute__((always_inline))

/* To go on where the buffer ends. */
INLINE void take_up(struct pen *pen, char *at)
{
    pen->at = at;
    pen->end = pen->out->p + pen->out->cap;
}

/* The same place in a buffer that has room for n more bytes. */
static __attribute__((noinline)) char *grow(struct wb_buf *out, const char *at, size_t n)
{
    out->n = (size_t)(at - out->p);
    wb_buf_reserve(out, n);
    return out->p + out->n;
}

INLINE void make_room(struct pen *pen, size_t n)
{
    n += BESIDE;
    if ((size_t)(pen->end - pen->at) < n)
        take_up(pen, grow(pen->out, pen->at, n));
}

/* In place, as its size is. */
INLINE void put(struct pen *pen, struct wb_slice s)
{
    memcpy(pen->at, s.p, s.n);
    pen->at += s.n;
}

INLINE void put_byte(struct pen *pen, char c)
{
    *pen->at++ = c;
}

/* Once for all members: it is too long to stand in each. */
static __attribute__((noinline)) size_t quoted(char *to, struct wb_slice s)
{
    return wb_quote_plain(to, s);
}

/* Returns where it ends; then there is as much room behind it as beside any string. */
static __attribute__((noinline)) char *escaped(struct wb_buf *out, const char *at,
                                               struct wb_slice s)
{
    out->n = (size_t)(at - out->p);
    wb_json_string(out, s);
    wb_buf_reserve(out, BESIDE);
    return out->p + out->n;
}

INLINE void long_string(struct pen *pen, struct wb_slice s)
{
    take_up(pen, escaped(pen->out, pen->at, s));
}

/* A string that may need escaping; null when it is empty. There is room for it as it stands. */
INLINE void put_string(struct pen *pen, struct wb_slice s)
{
    size_t n = quoted(pen->at, s);
    pen->at += n;
    if (n)
        return;
    long_string(pen, s);
}

/* What a member begins with, with room for a string of n bytes behind it. */
INLINE void put_key(struct pen *pen, struct wb_slice key, size_t n)
{
    make_room(pen, key.n + n + WB_QUOTE_ROOM);
    put(pen, key);
}

INLINE void put_null(struct pen *pen)
{
    put(pen, WB_S("null"));
}

/* A word of a vocabulary or an id, which needs no escaping; null when it is absent. */
INLINE void word_member(struct pen *pen, struct wb_slice key, struct wb_slice s)
{
    put_key(pen, key, s.n);
    if (!s.n) {
        put_null(pen);
        return;
    }
    char *p = pen->at;
    p[0] = p[s.n + 1] = '"';
    memcpy(p + 1, s.p, s.n);
    pen->at += s.n + 2;
}

INLINE void member(struct pen *pen, struct wb_slice key, struct wb_slice s)
{
    put_key(pen, key, s.n);
    put_string(pen, s);
}

/* One that most reports do not have: the processor guesses that. */
INLINE void rare_member(struct pen *pen, struct wb_slice key, struct wb_slice s)
{
    if (s.n) {
        member(pen, key, s);
        return;
    }
    put(pen, key);
    put_null(pen);
}

/*
 * Members whose value is a word of a vocabulary, ready-made: all of one size, so that they are
 * copied without looking how long they are.
 */
struct ready {
    char text[47];
    uint8_t n;
};

#define READY(text)           {text, sizeof(text) - 1},
#define ABSENT(name)          READY(",\"" name "\":null")
#define WORD(name, word)      READY(",\"" name "\":\"" word "\"")
#define KIND(id, word)        WORD("kind", word)
#define ACTION(id, word)      WORD("action", word)
#define STAGE(id, word)       WORD("stage", word)
#define CERTAINTY(id, word)   WORD("confidence", word)
#define PERMANENCE(id, word)  WORD("permanence", word)
#define FAULT(id, word)       WORD("fault", word)
#define RESPONSIBLE(id, word) WORD("responsible", word)
#define ADVICE(id, word)      WORD("recommendation", word)
static const struct ready kinds[] = {ABSENT("kind") WB_KINDS(KIND)};
static const struct ready actions[] = {ABSENT("action") WB_ACTIONS(ACTION)};
static const struct ready stages[] = {ABSENT("stage") WB_STAGES(STAGE)};
static const struct ready confidences[] = {ABSENT("confidence") WB_CONFIDENCES(CERTAINTY)};
static const struct ready permanences[] = {ABSENT("permanence") WB_PERMANENCES(PERMANENCE)};
static const struct ready faults[] = {ABSENT("fault") WB_FAULTS(FAULT)};
static const struct ready responsibles[] = {ABSENT("responsible") WB_RESPONSIBLES(RESPONSIBLE)};
static const struct ready recommendations[] = {ABSENT("recommendation") WB_RECOMMENDATIONS(ADVICE)};

INLINE void put_ready(struct pen *pen, const struct ready *ready)
{
    memcpy(pen->at, ready->text, sizeof ready->text);
    pen->at += ready->n;
}

/* The same for a type that a mail names (RFC 3464 2.1.2): its case means nothing. */
INLINE void type_member(struct pen *pen, struct wb_slice key, struct wb_slice s)
{
    if (wb_slice_eq(s, WB_S("smtp"))) { /* nearly always */
        put(pen, key);
        put(pen, WB_S("\"smtp\""));
        return;
    }
    word_member(pen, key, s);
    for (char *p = pen->at - s.n - 2; s.n && p < pen->at; p++)
        *p = wb_lower(*p);
}

INLINE void number(struct pen *pen, long long n)
{
    pen->at = wb_number_put(pen->at, n);
}

/* A number that is never negative; null when it is 0. */
INLINE void number_member(struct pen *pen, struct wb_slice key, long long n)
{
    put(pen, key);
    if (n)
        number(pen, n);
    else
        put_null(pen);
}

INLINE void date_member(struct pen *pen, struct wb_slice key, struct wb_time t)
{
    enum { LENGTH = sizeof "2026-01-02T03:04:05Z" - 1 };
    put(pen, key);
    if (!t.known) {
        put_null(pen);
        return;
    }
    wb_date_iso(t, pen->at + 1);
    pen->at[0] = pen->at[LENGTH + 1] = '"';
    pen->at += LENGTH + 2;
}

INLINE void put_identity(const struct wb_report *r, struct pen *pen)
{
    word_member(pen, WB_S("{\"schema\":1,\"catalogue\":"), wb_cat_version(r->cat));
    word_member(pen, WB_S(",\"report_id\":"), wb_slice(r->id_text, sizeof r->id_text));
    word_member(pen, WB_S(",\"failure_key\":"),
                wb_slice(r->key_text, r->failure_key.high || r->failure_key.low ? 32 : 0));
    member(pen, WB_S(",\"source\":"), r->source);
    put(pen, WB_S(",\"index\":"));
    number(pen, r->index);
    put_ready(pen, &kinds[r->kind]);
    member(pen, WB_S(",\"recipient\":"), r->evidence->address);
    rare_member(pen, WB_S(",\"original_recipient\":"), r->evidence->original);
    put_ready(pen, &actions[r->evidence->action]);
}

INLINE void put_alternatives(const struct wb_report *r, struct pen *pen)
{
    uint32_t n;
    put(pen, WB_S(",\"alternatives\":["));
    for (int i = 0; i < r->verdict.alternatives; i++) {
        const struct wb_alternative *a = &r->verdict.alternative[i];
        if (i)
            put_byte(pen, ',');
        word_member(pen, WB_S("{\"cause\":"),
                    wb_cat_str(r->cat, wb_cat_causes(r->cat, &n)[a->cause].id));
        put(pen, WB_S(",\"weight\":0."));
        put_byte(pen, (char)('0' + a->weight / 10 % 10));
        put_byte(pen, (char)('0' + a->weight % 10));
        put_byte(pen, '}');
    }
    put_byte(pen, ']');
}

INLINE void put_verdict(const struct wb_report *r, struct pen *pen)
{
    const struct wb_verdict *v = &r->verdict;
    bool failure = wb_report_is_failure(r);
    word_member(pen, WB_S(",\"cause\":"), wb_report_cause(r));
    if (r->scheme != WB_NO_INDEX) {
        word_member(pen, WB_S(",\"class\":"), wb_report_class(r));
    }
    word_member(pen, WB_S(",\"detail\":"), failure ? v->detail : r->extract->detail);
    put_alternatives(r, pen);
    put_ready(pen, &confidences[failure ? v->confidence : 0]);
    put_ready(pen, &permanences[failure ? v->permanence : 0]);
    put_ready(pen, &faults[failure ? v->fault : 0]);
    put_ready(pen, &responsibles[failure ? v->responsible : 0]);
    put_ready(pen, &recommendations[v->recommendation]);
    word_member(pen, WB_S(",\"status\":"), wb_slice_str(r->status_text));
    number_member(pen, WB_S(",\"reply_code\":"), v->reply_code);
    put_ready(pen, &stages[v->stage]);
    member(pen, WB_S(",\"diagnostic\":"), v->diagnostic);
    type_member(pen, WB_S(",\"diagnostic_type\":"), r->evidence->diagnostic_type);
}

INLINE void put_evidence(const struct wb_report *r, struct pen *pen)
{
    const struct wb_verdict *v = &r->verdict;
    if (!v->rule.n || !wb_report_is_failure(r)) {
        put(pen, WB_S(",\"evidence\":null"));
        return;
    }
    word_member(pen, WB_S(",\"evidence\":{\"rule\":"), v->rule);
    member(pen, WB_S(",\"text\":"), v->evidence);
    put(pen, WB_S(",\"offset\":"));
    if (r->evidence_offset >= 0)
        number(pen, r->evidence_offset);
    else
        put(pen, WB_S("null"));
    put_byte(pen, '}');
}

INLINE void put_servers(const struct wb_report *r, struct pen *pen)
{
    word_member(pen, WB_S(",\"dialect\":"), wb_report_dialect(r));
    word_member(pen, WB_S(",\"provider\":"), wb_report_provider(r));
    member(pen, WB_S(",\"reporting_mta\":"), r->extract->reporting_mta);
    member(pen, WB_S(",\"remote_mta\":"), r->evidence->remote_mta);
    rare_member(pen, WB_S(",\"remote_ip\":"), r->evidence->remote_ip);
}

/*
 * Most facts are absent, and of a bare reply the whole original: then the nulls go out as one text.
 * The names are those of the long way below; the schema asks for each of them.
 */
static bool no_facts(const struct wb_report *r)
{
    const struct wb_facts *f = &r->verdict.facts;
    return !(f->size_limit | f->message_size | f->recipient_limit | f->retry_after) &&
           !wb_report_blocklist(r).n && !f->client_ip.n && !f->provider_code.n && !f->url_count;
}

INLINE void put_facts(const struct wb_report *r, struct pen *pen)
{
    const struct wb_facts *f = &r->verdict.facts;
    if (no_facts(r)) {
        put(pen, WB_S(",\"facts\":{\"size_limit\":null,\"message_size\":null,"
                      "\"recipient_limit\":null,\"retry_after\":null,\"blocklist\":null,"
                      "\"client_ip\":null,\"provider_code\":null,\"urls\":[]}"));
        return;
    }
    number_member(pen, WB_S(",\"facts\":{\"size_limit\":"), f->size_limit);
    number_member(pen, WB_S(",\"message_size\":"), f->message_size);
    number_member(pen, WB_S(",\"recipient_limit\":"), f->recipient_limit);
    number_member(pen, WB_S(",\"retry_after\":"), f->retry_after);
    member(pen, WB_S(",\"blocklist\":"), wb_report_blocklist(r));
    member(pen, WB_S(",\"client_ip\":"), f->client_ip);
    member(pen, WB_S(",\"provider_code\":"), f->provider_code);
    put(pen, WB_S(",\"urls\":["));
    for (int i = 0; i < f->url_count; i++) {
        if (i)
            put_byte(pen, ',');
        long_string(pen, f->urls[i]);
    }
    put(pen, WB_S("]}"));
}

INLINE void put_transport(const struct wb_report *r, struct pen *pen)
{
    const struct wb_extract *ex = r->extract;
    const struct wb_evidence *e = r->evidence;
    date_member(pen, WB_S(",\"arrival_date\":"), ex->arrival);
    date_member(pen, WB_S(",\"last_attempt_date\":"), e->last_attempt);
    date_member(pen, WB_S(",\"will_retry_until\":"),
                e->retry_until.known ? e->retry_until : ex->retry_until);
    rare_member(pen, WB_S(",\"envelope_id\":"), ex->envelope_id);
    member(pen, WB_S(",\"queue_id\":"), e->queue_id.n ? e->queue_id : ex->queue_id);
    rare_member(pen, WB_S(",\"verp\":"), r->verp);
}

INLINE void put_feedback(const struct wb_report *r, struct pen *pen)
{
    const struct wb_feedback *f = &r->extract->feedback;
    put(pen, WB_S(",\"feedback\":"));
    if (r->kind != WB_KIND_COMPLAINT) {
        put(pen, WB_S("null"));
        return;
    }
    member(pen, WB_S("{\"type\":"), f->type);
    member(pen, WB_S(",\"source_ip\":"), f->source_ip);
    member(pen, WB_S(",\"user_agent\":"), f->user_agent);
    member(pen, WB_S(",\"reported_domain\":"), f->reported_domain);
    member(pen, WB_S(",\"auth_failure\":"), f->auth_failure);
    put_byte(pen, '}');
}

#define UNPROVEN ",\"authenticity\":{\"result\":\"unproven\",\"by\":null}"

static bool no_original(const struct wb_report *r)
{
    const struct wb_original *o = &r->extract->original;
    return !(o->message_id.n | o->envelope_from.n | o->from.n | o->to.n | o->subject.n | o->date.n |
             o->list_id.n | o->feedback_id.n | r->kept);
}

INLINE void put_original(const struct wb_report *r, struct pen *pen)
{
    const struct wb_original *o = &r->extract->original;
    if (no_original(r)) {
        put(pen, WB_S(UNPROVEN ",\"original\":{\"message_id\":null,\"envelope_from\":null,"
                               "\"from\":null,\"to\":null,\"subject\":null,\"date\":null,"
                               "\"list_id\":null,\"feedback_id\":null,\"headers\":{}}"));
        return;
    }
    member(pen, WB_S(UNPROVEN ",\"original\":{\"message_id\":"), o->message_id);
    member(pen, WB_S(",\"envelope_from\":"), o->envelope_from);
    member(pen, WB_S(",\"from\":"), o->from);
    member(pen, WB_S(",\"to\":"), o->to);
    member(pen, WB_S(",\"subject\":"), o->subject);
    member(pen, WB_S(",\"date\":"), o->date);
    rare_member(pen, WB_S(",\"list_id\":"), o->list_id);
    rare_member(pen, WB_S(",\"feedback_id\":"), o->feedback_id);
    put(pen, WB_S(",\"headers\":{"));
    for (uint32_t i = 0; i < r->kept; i++) {
        if (i)
            put_byte(pen, ',');
        long_string(pen, r->kept_names[i]);
        member(pen, WB_S(":"), r->kept_values[i]);
    }
    put(pen, WB_S("}}"));
}

INLINE void put_limits(const struct wb_report *r, struct pen *pen)
{
    bool first = true;
    put(pen, WB_S(",\"limits_hit\":["));
    for (int i = 0; r->limits && i < WB_LIMIT_COUNT; i++) {
        if (!(r->limits & 1u << i))
            continue;
        if (!first)
            put_byte(pen, ',');
        word_member(pen, WB_NONE, wb_slice_str(wb_limit_name((enum wb_limit)i)));
        first = false;
    }
    put_byte(pen, ']');
}

void wb_json_report(const struct wb_report *report, struct wb_buf *out)
{
    struct pen pen = {.out = out};
    wb_buf_reserve(out, BESIDE);
    take_up(&pen, out->p + out->n);
    put_identity(report, &pen);
    put_verdict(report, &pen);
    put_evidence(report, &pen);
    put_servers(report, &pen);
    put_facts(report, &pen);
    put_transport(report, &pen);
    put_feedback(report, &pen);
    put_original(report, &pen);
    put_limits(report, &pen);
    WB_CHECK(pen.at <= pen.end);
    out->n = (size_t)(pen.at - out->p);
}

static void json_page(const struct wb_page *page, struct wb_buf *out)
{
    for (size_t i = 0; i < page->n; i++) {
        wb_json_report(&page->reports[i], out);
        wb_buf_lit(out, "}\n");
    }
}

const struct wb_renderer wb_renderer_json = {"json", NULL, json_page};
