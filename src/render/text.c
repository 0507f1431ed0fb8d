/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer for a person, for a terminal. In this order: which mail; then for the recipients of
 * each answer why, whether to send again, who must act, what to do, words to pass on, the proof.
 *
 *     ✗ wang@example.cn   对方没有这个邮箱
 *       要重发吗   不要重发……
 *       依据       mx.example.cn 在 RCPT TO 时答复（把握：很大）
 *                  550 5.1.1 <wang@example.cn>: User unknown
 */
#include "paragraph.h"

#include "annotate.h"
#include "original.h"

enum { LABEL_AT = 2, NARROW = 60, MAX_ADDRESSES = 12, MAX_STEP_DIGITS = 2 };

struct sheet {
    const struct wb_page *page;
    const struct wb_style *style;
    struct wb_buf *out;
    int text_at; /* the column where texts stand */
};

static const char *const labels[] = {
    "label.why",     "label.again", "label.responsible", "label.steps",   "label.admin",
    "label.forward", "label.proof", "label.codes",       "label.servers", "label.times",
    "label.others",  "label.page",  "label.never-sent"};

/* All texts stand beside their labels, or, where the terminal is narrow, all below them. */
static int text_column(const struct wb_adviser *a, const struct wb_style *style)
{
    int widest = 0;
    if (style->columns && style->columns < NARROW)
        return LABEL_AT + 2;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        int columns = wb_columns(wb_advise_word(a, labels[i]));
        if (columns > widest)
            widest = columns;
    }
    return LABEL_AT + widest + 2;
}

static void label(struct sheet *s, const char *id)
{
    wb_blanks(s->out, LABEL_AT);
    int at =
        LABEL_AT + wb_inline(s->out, s->style, wb_advise_word(&s->page->adviser, id), WB_INK_BOLD);
    if (at + 1 < s->text_at) {
        wb_blanks(s->out, s->text_at - at);
        return;
    }
    wb_buf_byte(s->out, '\n');
    wb_blanks(s->out, s->text_at);
}

static void row(struct sheet *s, const char *id, struct wb_slice text)
{
    if (!text.n)
        return;
    label(s, id);
    wb_paragraph_plain(s->out, s->style, s->text_at, s->text_at, text);
}

static void list(struct sheet *s, const char *id, const struct wb_slice *lines, int n)
{
    if (n == 1) {
        row(s, id, lines[0]);
        return;
    }
    for (int i = 0; i < n; i++) {
        if (i == 0)
            label(s, id);
        else
            wb_blanks(s->out, s->text_at);
        wb_buf_number(s->out, i + 1);
        wb_buf_lit(s->out, ". ");
        wb_paragraph_plain(s->out, s->style, s->text_at + 3, s->text_at + 3, lines[i]);
    }
}

/* ---- recipients ---- */

static void put_mark(struct sheet *s, enum wb_kind kind)
{
    bool ascii = s->style->ascii;
    switch (kind) {
    case WB_KIND_BOUNCE:
        wb_inline(s->out, s->style, ascii ? WB_S("x") : WB_S("✗"), WB_INK_BAD);
        break;
    case WB_KIND_DELAY:
        wb_inline(s->out, s->style, ascii ? WB_S(".") : WB_S("…"), WB_INK_WAIT);
        break;
    case WB_KIND_DELIVERED:
        wb_inline(s->out, s->style, ascii ? WB_S("+") : WB_S("✓"), WB_INK_GOOD);
        break;
    default: wb_inline(s->out, s->style, ascii ? WB_S("*") : WB_S("•"), WB_INK_WAIT); break;
    }
    wb_buf_byte(s->out, ' ');
}

static struct wb_slice number(struct wb_arena *arena, size_t n)
{
    struct wb_buf digits = {0};
    wb_buf_number(&digits, (long long)n);
    struct wb_slice copy = wb_arena_copy(arena, wb_buf_slice(&digits));
    wb_buf_free(&digits);
    return copy;
}

/* Returns the column behind it, 0 on a new line: an address may be wider than the page. */
static int put_address(struct sheet *s, struct wb_slice address)
{
    struct wb_piece piece = {address, WB_INK_BOLD};
    if (LABEL_AT + wb_columns(address) <= wb_page_columns(s->style))
        return LABEL_AT + wb_inline(s->out, s->style, address, WB_INK_BOLD);
    wb_paragraph(s->out, s->style, LABEL_AT, LABEL_AT, &piece, 1);
    return 0;
}

static void put_recipients(struct sheet *s, const struct wb_report *reports, size_t n,
                           struct wb_slice title)
{
    const struct wb_adviser *a = &s->page->adviser;
    put_mark(s, reports[0].kind);
    int at = 2;
    for (size_t i = 0; i < n && i < MAX_ADDRESSES; i++) {
        if (i)
            wb_buf_put(s->out, at ? WB_S("\n  ") : WB_S("  "));
        at = put_address(s, reports[i].evidence->address);
    }
    if (n > MAX_ADDRESSES) {
        wb_buf_put(s->out, at ? WB_S("\n  ") : WB_S("  "));
        at = 2 + wb_inline(s->out, s->style,
                           wb_advise_filled(a, "amount.more", 1, "n",
                                            number(a->arena, n - MAX_ADDRESSES)),
                           WB_INK_PLAIN);
    }
    if (at > 2) {
        wb_blanks(s->out, 3);
        at += 3;
    }
    struct wb_piece piece = {title, reports[0].kind == WB_KIND_BOUNCE ? WB_INK_BAD : WB_INK_BOLD};
    wb_paragraph(s->out, s->style, at, LABEL_AT, &piece, 1);
}

/* ---- the proof ---- */

/* A report without words has at most a code. */
static void put_bare_code(struct sheet *s, const struct wb_report *r)
{
    struct wb_slice meaning = wb_advise_status(&s->page->adviser, r);
    if (!r->verdict.status.class || !meaning.n)
        return;
    struct wb_piece pieces[] = {{wb_slice_str(r->status_text), WB_INK_MARK},
                                {WB_S(" = "), WB_INK_PLAIN},
                                {meaning, WB_INK_PLAIN}};
    wb_paragraph(s->out, s->style, 0, s->text_at, pieces, 3);
}

/* The diagnostic with the deciding words marked. */
static void put_diagnostic(struct sheet *s, const struct wb_report *r)
{
    struct wb_slice text = r->verdict.diagnostic, words = r->verdict.evidence;
    if (!text.n) {
        put_bare_code(s, r);
        return;
    }
    bool inside = words.n && words.p >= text.p && wb_slice_end(words) <= wb_slice_end(text);
    size_t at = inside ? (size_t)(words.p - text.p) : words.n ? wb_slice_find(text, words) : text.n;
    struct wb_piece pieces[] = {
        {wb_slice_head(text, at), WB_INK_PLAIN},
        {wb_slice_head(wb_slice_from(text, at), at < text.n ? words.n : 0), WB_INK_MARK},
        {at < text.n ? wb_slice_from(text, at + words.n) : WB_NONE, WB_INK_PLAIN}};
    wb_paragraph(s->out, s->style, 0, s->text_at, pieces, 3);
}

enum { MAX_PROOFS = 3 };

static void put_proof(struct sheet *s, const struct wb_report *reports, size_t n)
{
    const struct wb_report *r = &reports[0];
    const struct wb_verdict *v = &r->verdict;
    if (!v->diagnostic.n && !v->evidence.n && !wb_advise_status(&s->page->adviser, r).n)
        return; /* there is nothing to show */
    row(s, "label.proof", wb_advise_proof(&s->page->adviser, r));
    put_diagnostic(s, r);
    for (size_t i = 1; i < n && i < MAX_PROOFS; i++)
        if (!wb_slice_eq(reports[i].verdict.diagnostic, v->diagnostic))
            put_diagnostic(s, &reports[i]);
    bool elsewhere = v->evidence.n && wb_slice_find(v->diagnostic, v->evidence) == v->diagnostic.n;
    if (elsewhere && v->diagnostic.p != v->evidence.p) {
        struct wb_piece piece = {v->evidence, WB_INK_MARK};
        wb_paragraph(s->out, s->style, 0, s->text_at, &piece, 1);
    }
}

/* ---- for the technically minded ---- */

static struct wb_slice codes(const struct wb_adviser *a, const struct wb_report *r)
{
    const struct wb_verdict *v = &r->verdict;
    struct wb_slice meaning = wb_advise_status(a, r);
    struct wb_buf text = {0};
    if (v->reply_code)
        wb_buf_number(&text, v->reply_code);
    if (v->status.class)
        wb_buf_printf(&text, "%s%d.%d.%d%s%.*s", text.n ? " " : "", v->status.class,
                      v->status.subject, v->status.detail, meaning.n ? " = " : "", WB_F(meaning));
    if (v->facts.provider_code.n)
        wb_buf_printf(&text, "%s%.*s", text.n ? ", " : "", WB_F(v->facts.provider_code));
    if (v->rule.n)
        wb_buf_printf(&text, "%s[%.*s]", text.n ? "  " : "", WB_F(v->rule));
    struct wb_slice copy = wb_arena_copy(a->arena, wb_buf_slice(&text));
    wb_buf_free(&text);
    return copy;
}

static void put_detail(struct sheet *s, const char *label_id, bool *begun, struct wb_slice text)
{
    if (!text.n)
        return;
    if (!*begun)
        label(s, label_id);
    else
        wb_blanks(s->out, s->text_at);
    wb_paragraph_plain(s->out, s->style, s->text_at, s->text_at, text);
    *begun = true;
}

static void put_servers(struct sheet *s, const struct wb_report *r)
{
    const struct wb_adviser *a = &s->page->adviser;
    const struct wb_extract *ex = r->extract;
    struct wb_slice remote = r->evidence->remote_mta, ip = r->evidence->remote_ip;
    if (remote.n && ip.n && wb_slice_find(remote, ip) == remote.n)
        remote = wb_advise_filled(a, "speaker.address", 2, "name", remote, "ip", ip);
    const struct {
        const char *id;
        struct wb_slice name;
    } servers[] = {
        {"server.reporting", ex->reporting_mta},
        {"server.remote", remote},
        {"server.queue", r->evidence->queue_id.n ? r->evidence->queue_id : ex->queue_id}};
    bool begun = false;
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
        if (servers[i].name.n)
            put_detail(s, "label.servers", &begun,
                       wb_advise_filled(a, servers[i].id, 1, "name", servers[i].name));
}

static void put_times(struct sheet *s, const struct wb_report *r)
{
    const struct wb_adviser *a = &s->page->adviser;
    const struct {
        const char *id;
        struct wb_time time;
    } times[] = {{"time.sent", wb_original_sent(r->extract)},
                 {"time.last-attempt", r->evidence->last_attempt},
                 {"time.until", r->evidence->retry_until}};
    bool begun = false;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (times[i].time.known)
            put_detail(
                s, "label.times", &begun,
                wb_advise_filled(a, times[i].id, 1, "time", wb_advise_time(a, times[i].time, 0)));
}

static void put_alternatives(struct sheet *s, const struct wb_report *r)
{
    uint32_t n;
    const struct wb_adviser *a = &s->page->adviser;
    const struct wb_cause *causes = wb_cat_causes(a->cat, &n);
    bool begun = false;
    for (int i = 0; i < r->verdict.alternatives; i++)
        put_detail(s, "label.others", &begun,
                   wb_cat_str(a->cat, causes[r->verdict.alternative[i].cause].title[a->language]));
}

/* ---- one answer ---- */

static bool admin_must_act(const struct wb_report *r)
{
    return r->verdict.responsible == WB_RESPONSIBLE_SENDER_ADMIN ||
           r->verdict.responsible == WB_RESPONSIBLE_RECIPIENT_ADMIN;
}

static void put_answer(struct sheet *s, const struct wb_report *reports, size_t n)
{
    const struct wb_adviser *a = &s->page->adviser;
    const struct wb_report *r = &reports[0];
    bool failure = wb_report_is_failure(r);
    struct wb_advice advice;
    wb_advise(a, r, &advice);
    put_recipients(s, reports, n, advice.title);
    row(s, "label.why", advice.why);
    row(s, "label.again", advice.again);
    if (failure)
        row(s, "label.responsible",
            wb_advise_named(a, "responsible", wb_responsible_name(r->verdict.responsible)));
    list(s, "label.steps", advice.step, advice.steps);
    if (s->style->details || !failure || admin_must_act(r))
        list(s, "label.admin", advice.admin, advice.admins);
    row(s, "label.forward", advice.forward);
    if (!failure)
        return;
    row(s, "label.page", wb_advise_page(a, r));
    put_proof(s, reports, n);
    if (!s->style->details)
        return;
    put_alternatives(s, r);
    row(s, "label.codes", codes(a, r));
    put_servers(s, r);
    put_times(s, r);
}

static void put_limits(struct sheet *s, const struct wb_report *r)
{
    const struct wb_adviser *a = &s->page->adviser;
    struct wb_buf names = {0};
    for (int i = 0; i < WB_LIMIT_COUNT; i++)
        if (r->limits & 1u << i)
            wb_buf_printf(&names, "%s%s", names.n ? ", " : "", wb_limit_name((enum wb_limit)i));
    if (names.n) {
        struct wb_slice list = wb_arena_copy(a->arena, wb_buf_slice(&names));
        wb_buf_byte(s->out, '\n');
        wb_paragraph_plain(s->out, s->style, 0, 0,
                           wb_advise_filled(a, "note.limits", 1, "names", list));
    }
    wb_buf_free(&names);
}

static void put_never_sent(struct sheet *s, const struct wb_report *r)
{
    struct wb_slice text = wb_report_never_sent(&s->page->adviser, r);
    if (!text.n)
        return;
    wb_buf_byte(s->out, '\n');
    row(s, "label.never-sent", text);
}

static void text_page(const struct wb_page *page, struct wb_buf *out)
{
    struct sheet s = {page, page->style, out, text_column(&page->adviser, page->style)};
    struct wb_arena *arena = page->adviser.arena;
    size_t mark = wb_arena_mark(arena);
    if (!page->reports[0].extract->bare) {
        struct wb_slice headline = wb_advise_headline(&page->adviser, page->reports, page->n);
        struct wb_piece piece = {headline, WB_INK_BOLD};
        wb_paragraph(out, page->style, 0, 0, &piece, 1);
        wb_buf_byte(out, '\n');
    }
    for (size_t i = 0, n; i < page->n; i += n) {
        n = wb_page_group(page, i);
        if (i)
            wb_buf_byte(out, '\n');
        put_answer(&s, &page->reports[i], n);
        wb_arena_release(arena, mark);
    }
    put_never_sent(&s, &page->reports[0]);
    put_limits(&s, &page->reports[0]);
    if (page->style->annotate) {
        wb_buf_byte(out, '\n');
        wb_annotate(page, out);
    }
    wb_arena_release(arena, mark);
}

const struct wb_renderer wb_renderer_text = {"text", NULL, text_page};
