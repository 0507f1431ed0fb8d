/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON, written by hand because this is the hot path: it must itself guarantee valid UTF-8 and
 * escape what RFC 8259 7 demands, and beyond it what would act on a terminal. Keys are in the order
 * of doc/report.schema.json.
 */
#include "render.h"

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

/* A string that may need escaping; null when it is empty. There is room for it as it stands. */
static __attribute__((noinline)) void put_string(struct wb_buf *out, struct wb_slice s)
{
    size_t n = wb_quote_plain(out->p + out->n, s);
    out->n += n;
    if (!n)
        wb_json_string(out, s);
}

/* What a member begins with, with room for a text of n bytes behind it. In place, as its size is.
 */
static inline __attribute__((always_inline)) void put_key(struct wb_buf *out, struct wb_slice key,
                                                          size_t n)
{
    size_t room = key.n + n + WB_QUOTE_ROOM;
    if (out->cap - out->n < room)
        wb_buf_reserve(out, room);
    memcpy(out->p + out->n, key.p, key.n);
    out->n += key.n;
}

static inline void put_null(struct wb_buf *out)
{
    static const char null[] = {'n', 'u', 'l', 'l'};
    memcpy(out->p + out->n, null, sizeof null);
    out->n += sizeof null;
}

/* A word of a vocabulary or an id, which needs no escaping; null when it is absent. */
static inline __attribute__((always_inline)) void
word_member(struct wb_buf *out, struct wb_slice key, struct wb_slice s)
{
    put_key(out, key, s.n);
    if (!s.n) {
        put_null(out);
        return;
    }
    char *p = out->p + out->n;
    p[0] = p[s.n + 1] = '"';
    memcpy(p + 1, s.p, s.n);
    out->n += s.n + 2;
}

static inline __attribute__((always_inline)) void member(struct wb_buf *out, struct wb_slice key,
                                                         struct wb_slice s)
{
    put_key(out, key, s.n);
    put_string(out, s);
}

/* One that most reports do not have: the processor guesses that. */
static inline __attribute__((always_inline)) void
rare_member(struct wb_buf *out, struct wb_slice key, struct wb_slice s)
{
    put_key(out, key, s.n);
    if (s.n)
        put_string(out, s);
    else
        put_null(out);
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

static inline void put_ready(struct wb_buf *out, const struct ready *ready)
{
    if (out->cap - out->n < sizeof ready->text)
        wb_buf_reserve(out, sizeof ready->text);
    memcpy(out->p + out->n, ready->text, sizeof ready->text);
    out->n += ready->n;
}

static void value(struct wb_buf *out, struct wb_slice s)
{
    member(out, WB_NONE, s);
}

static inline void word(struct wb_buf *out, struct wb_slice s)
{
    word_member(out, WB_NONE, s);
}

/* The same for a type that a mail names (RFC 3464 2.1.2): its case means nothing. */
static void type(struct wb_buf *out, struct wb_slice s)
{
    size_t from = out->n;
    if (wb_slice_eq(s, WB_S("smtp"))) { /* nearly always */
        wb_buf_lit(out, "\"smtp\"");
        return;
    }
    word(out, s);
    for (size_t i = from; i < out->n; i++)
        out->p[i] = wb_lower(out->p[i]);
}

static void number(struct wb_buf *out, long long n)
{
    if (n)
        wb_buf_number(out, n);
    else
        wb_buf_lit(out, "null");
}

static void date(struct wb_buf *out, struct wb_time t)
{
    char iso[32];
    if (!t.known) {
        wb_buf_lit(out, "null");
        return;
    }
    wb_date_iso(t, iso);
    word(out, wb_slice(iso, sizeof "2026-01-02T03:04:05Z" - 1));
}

static void put_identity(const struct wb_report *r, struct wb_buf *out)
{
    word_member(out, WB_S("{\"schema\":1,\"catalogue\":"), wb_cat_version(r->cat));
    word_member(out, WB_S(",\"report_id\":"), wb_slice(r->id_text, sizeof r->id_text));
    word_member(out, WB_S(",\"failure_key\":"),
                wb_slice(r->key_text, r->failure_key.high || r->failure_key.low ? 32 : 0));
    member(out, WB_S(",\"source\":"), r->source);
    wb_buf_lit(out, ",\"index\":");
    wb_buf_number(out, r->index);
    put_ready(out, &kinds[r->kind]);
    member(out, WB_S(",\"recipient\":"), r->evidence->address);
    rare_member(out, WB_S(",\"original_recipient\":"), r->evidence->original);
    put_ready(out, &actions[r->evidence->action]);
}

static void put_alternatives(const struct wb_report *r, struct wb_buf *out)
{
    uint32_t n;
    wb_buf_lit(out, ",\"alternatives\":[");
    for (int i = 0; i < r->verdict.alternatives; i++) {
        const struct wb_alternative *a = &r->verdict.alternative[i];
        if (i)
            wb_buf_byte(out, ',');
        word_member(out, WB_S("{\"cause\":"),
                    wb_cat_str(r->cat, wb_cat_causes(r->cat, &n)[a->cause].id));
        wb_buf_lit(out, ",\"weight\":0.");
        wb_buf_byte(out, (char)('0' + a->weight / 10 % 10));
        wb_buf_byte(out, (char)('0' + a->weight % 10));
        wb_buf_byte(out, '}');
    }
    wb_buf_byte(out, ']');
}

static void put_verdict(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_verdict *v = &r->verdict;
    bool failure = wb_report_is_failure(r);
    word_member(out, WB_S(",\"cause\":"), wb_report_cause(r));
    if (r->scheme != WB_NO_INDEX) {
        word_member(out, WB_S(",\"class\":"), wb_report_class(r));
    }
    word_member(out, WB_S(",\"detail\":"), failure ? v->detail : r->extract->detail);
    put_alternatives(r, out);
    put_ready(out, &confidences[failure ? v->confidence : 0]);
    put_ready(out, &permanences[failure ? v->permanence : 0]);
    put_ready(out, &faults[failure ? v->fault : 0]);
    put_ready(out, &responsibles[failure ? v->responsible : 0]);
    put_ready(out, &recommendations[v->recommendation]);
    word_member(out, WB_S(",\"status\":"), wb_slice_str(r->status_text));
    wb_buf_lit(out, ",\"reply_code\":");
    number(out, v->reply_code);
    put_ready(out, &stages[v->stage]);
    member(out, WB_S(",\"diagnostic\":"), v->diagnostic);
    wb_buf_lit(out, ",\"diagnostic_type\":");
    type(out, r->evidence->diagnostic_type);
}

static void put_evidence(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_verdict *v = &r->verdict;
    if (!v->rule.n || !wb_report_is_failure(r)) {
        wb_buf_lit(out, ",\"evidence\":null");
        return;
    }
    word_member(out, WB_S(",\"evidence\":{\"rule\":"), v->rule);
    member(out, WB_S(",\"text\":"), v->evidence);
    wb_buf_lit(out, ",\"offset\":");
    if (r->evidence_offset >= 0)
        wb_buf_number(out, r->evidence_offset);
    else
        wb_buf_lit(out, "null");
    wb_buf_byte(out, '}');
}

static void put_servers(const struct wb_report *r, struct wb_buf *out)
{
    word_member(out, WB_S(",\"dialect\":"), wb_report_dialect(r));
    word_member(out, WB_S(",\"provider\":"), wb_report_provider(r));
    member(out, WB_S(",\"reporting_mta\":"), r->extract->reporting_mta);
    member(out, WB_S(",\"remote_mta\":"), r->evidence->remote_mta);
    rare_member(out, WB_S(",\"remote_ip\":"), r->evidence->remote_ip);
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

static void put_facts(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_facts *f = &r->verdict.facts;
    if (no_facts(r)) {
        wb_buf_lit(out, ",\"facts\":{\"size_limit\":null,\"message_size\":null,"
                        "\"recipient_limit\":null,\"retry_after\":null,\"blocklist\":null,"
                        "\"client_ip\":null,\"provider_code\":null,\"urls\":[]}");
        return;
    }
    wb_buf_lit(out, ",\"facts\":{\"size_limit\":");
    number(out, f->size_limit);
    wb_buf_lit(out, ",\"message_size\":");
    number(out, f->message_size);
    wb_buf_lit(out, ",\"recipient_limit\":");
    number(out, f->recipient_limit);
    wb_buf_lit(out, ",\"retry_after\":");
    number(out, f->retry_after);
    member(out, WB_S(",\"blocklist\":"), wb_report_blocklist(r));
    member(out, WB_S(",\"client_ip\":"), f->client_ip);
    member(out, WB_S(",\"provider_code\":"), f->provider_code);
    wb_buf_lit(out, ",\"urls\":[");
    for (int i = 0; i < f->url_count; i++) {
        if (i)
            wb_buf_byte(out, ',');
        wb_json_string(out, f->urls[i]);
    }
    wb_buf_lit(out, "]}");
}

static void put_transport(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_extract *ex = r->extract;
    const struct wb_evidence *e = r->evidence;
    wb_buf_lit(out, ",\"arrival_date\":");
    date(out, ex->arrival);
    wb_buf_lit(out, ",\"last_attempt_date\":");
    date(out, e->last_attempt);
    wb_buf_lit(out, ",\"will_retry_until\":");
    date(out, e->retry_until.known ? e->retry_until : ex->retry_until);
    rare_member(out, WB_S(",\"envelope_id\":"), ex->envelope_id);
    member(out, WB_S(",\"queue_id\":"), e->queue_id.n ? e->queue_id : ex->queue_id);
    rare_member(out, WB_S(",\"verp\":"), r->verp);
}

static void put_feedback(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_feedback *f = &r->extract->feedback;
    wb_buf_lit(out, ",\"feedback\":");
    if (r->kind != WB_KIND_COMPLAINT) {
        wb_buf_lit(out, "null");
        return;
    }
    member(out, WB_S("{\"type\":"), f->type);
    member(out, WB_S(",\"source_ip\":"), f->source_ip);
    member(out, WB_S(",\"user_agent\":"), f->user_agent);
    member(out, WB_S(",\"reported_domain\":"), f->reported_domain);
    member(out, WB_S(",\"auth_failure\":"), f->auth_failure);
    wb_buf_byte(out, '}');
}

static bool no_original(const struct wb_report *r)
{
    const struct wb_original *o = &r->extract->original;
    return !(o->message_id.n | o->envelope_from.n | o->from.n | o->to.n | o->subject.n | o->date.n |
             o->list_id.n | o->feedback_id.n | r->kept);
}

static void put_original(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_original *o = &r->extract->original;
    wb_buf_lit(out, ",\"authenticity\":{\"result\":\"unproven\",\"by\":null}");
    if (no_original(r)) {
        wb_buf_lit(out, ",\"original\":{\"message_id\":null,\"envelope_from\":null,"
                        "\"from\":null,\"to\":null,\"subject\":null,\"date\":null,"
                        "\"list_id\":null,\"feedback_id\":null,\"headers\":{}}");
        return;
    }
    member(out, WB_S(",\"original\":{\"message_id\":"), o->message_id);
    member(out, WB_S(",\"envelope_from\":"), o->envelope_from);
    member(out, WB_S(",\"from\":"), o->from);
    member(out, WB_S(",\"to\":"), o->to);
    member(out, WB_S(",\"subject\":"), o->subject);
    member(out, WB_S(",\"date\":"), o->date);
    rare_member(out, WB_S(",\"list_id\":"), o->list_id);
    rare_member(out, WB_S(",\"feedback_id\":"), o->feedback_id);
    wb_buf_lit(out, ",\"headers\":{");
    for (uint32_t i = 0; i < r->kept; i++) {
        if (i)
            wb_buf_byte(out, ',');
        wb_json_string(out, r->kept_names[i]);
        wb_buf_byte(out, ':');
        value(out, r->kept_values[i]);
    }
    wb_buf_lit(out, "}}");
}

static void put_limits(const struct wb_report *r, struct wb_buf *out)
{
    bool first = true;
    wb_buf_lit(out, ",\"limits_hit\":[");
    for (int i = 0; r->limits && i < WB_LIMIT_COUNT; i++) {
        if (!(r->limits & 1u << i))
            continue;
        if (!first)
            wb_buf_byte(out, ',');
        word(out, wb_slice_str(wb_limit_name((enum wb_limit)i)));
        first = false;
    }
    wb_buf_byte(out, ']');
}

void wb_json_report(const struct wb_report *report, struct wb_buf *out)
{
    wb_buf_reserve(out, 4096);
    put_identity(report, out);
    put_verdict(report, out);
    put_evidence(report, out);
    put_servers(report, out);
    put_facts(report, out);
    put_transport(report, out);
    put_feedback(report, out);
    put_original(report, out);
    put_limits(report, out);
}

static void json_page(const struct wb_page *page, struct wb_buf *out)
{
    for (size_t i = 0; i < page->n; i++) {
        wb_json_report(&page->reports[i], out);
        wb_buf_lit(out, "}\n");
    }
}

const struct wb_renderer wb_renderer_json = {"json", NULL, json_page};
