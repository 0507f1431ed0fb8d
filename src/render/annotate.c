/* SPDX-License-Identifier: BSD-2-Clause */
/* The report line by line, as the help page shows it: what stands there, and what it means. */
#include "annotate.h"

#include "address.h"
#include "mail.h"
#include "paragraph.h"

enum {
    MAX_LINES = 400, /* of one section */
    MAX_LINE = 1000,
    RETURNED_FIELDS = 12,
};

struct walk {
    const struct wb_page *page;
    const struct wb_report *report; /* the one that the line is about; at first the first */
    struct wb_mail *mail;
    void (*say)(void *to, const struct wb_note *note);
    void *to;
};

static void say(struct walk *w, struct wb_slice line, struct wb_slice meaning,
                struct wb_slice marked)
{
    struct wb_note note = {wb_slice_head(line, MAX_LINE), meaning, marked, false};
    w->say(w->to, &note);
}

static void heading(struct walk *w, const char *id)
{
    struct wb_note note = {WB_NONE, wb_advise_word(&w->page->adviser, id), WB_NONE, true};
    w->say(w->to, &note);
}

static struct wb_slice words_of_report(const struct wb_report *report, struct wb_slice line)
{
    struct wb_slice words = report->verdict.evidence;
    size_t at = words.n ? wb_slice_find(line, words) : line.n;
    return at < line.n ? wb_slice(line.p + at, words.n) : WB_NONE;
}

/*
 * The deciding words as far as they stand in this line, and whose they are: the recipient's that
 * the line is about, else anybody's.
 */
static struct wb_slice deciding_words(const struct walk *w, struct wb_slice line,
                                      const struct wb_report **whose_out)
{
    *whose_out = w->report;
    struct wb_slice words = words_of_report(w->report, line);
    for (size_t i = 0; i < w->page->n && !words.n; i++) {
        *whose_out = &w->page->reports[i];
        words = words_of_report(*whose_out, line);
    }
    return words;
}

static struct wb_slice decided(const struct walk *w, const struct wb_report *whose)
{
    const struct wb_adviser *a = &w->page->adviser;
    return wb_advise_filled(a, "annotate.evidence", 1, "cause", wb_advise_title(a, whose));
}

/* ---- header blocks ---- */

static void header_line(struct walk *w, const struct wb_header *h, bool returned)
{
    const struct wb_adviser *a = &w->page->adviser;
    struct wb_slice value = wb_mail_value(w->mail, h);
    struct wb_slice name = wb_arena_lower(a->arena, h->name);
    struct wb_slice meaning = wb_advise_named(a, "header", name);
    /* fields of reports mean something else in the header of a person's message */
    const struct wb_field_name *field = returned ? NULL : wb_cat_field(a->cat, name);
    if (!meaning.n && field)
        meaning = wb_cat_str(a->cat, field->title[a->language]);
    if (!meaning.n)
        return;
    struct wb_text line = wb_text_open(a->arena, h->name.n + value.n + 2);
    wb_text_put(&line, h->name);
    wb_text_put(&line, WB_S(": "));
    wb_text_put(&line, value);
    say(w, wb_text_close(&line), meaning, WB_NONE);
}

/* The fields that mean something to a reader. */
static void header_block(struct walk *w, uint32_t part, const char *title, bool returned)
{
    const struct wb_part *p = &w->mail->parts[part];
    if (!p->headers)
        return;
    heading(w, title);
    for (uint32_t i = 0; i < p->headers; i++)
        header_line(w, &w->mail->headers[p->first_header + i], returned);
}

/* ---- the human part ---- */

static const char *const role_ids[WB_ROLE_COUNT] = {
#define X(id, name) "annotate." name,
    WB_ROLES(X)
#undef X
};

static struct wb_slice meaning_of_line(const struct walk *w, struct wb_slice line)
{
    const struct wb_extract *ex = w->report->extract;
    for (uint32_t i = 0; i < ex->mark_count; i++)
        if (ex->marks[i].line.p == line.p)
            return wb_advise_word(&w->page->adviser, role_ids[ex->marks[i].role]);
    return WB_NONE;
}

static void prose(struct walk *w)
{
    struct wb_slice rest = w->report->extract->text, line, before = WB_NONE;
    if (!wb_slice_trim(rest).n)
        return;
    heading(w, "annotate.prose");
    for (int n = 0; n < MAX_LINES && wb_slice_line(&rest, &line); n++) {
        const struct wb_report *whose;
        struct wb_slice marked = deciding_words(w, line, &whose);
        struct wb_slice meaning = marked.n ? decided(w, whose) : meaning_of_line(w, line);
        bool repeated = meaning.n && meaning.p == before.p;
        say(w, line, repeated ? WB_NONE : meaning, marked);
        before = meaning;
    }
}

/* ---- the machine-readable part ---- */

static struct wb_slice meaning_of_value(const struct walk *w, const struct wb_field_name *field,
                                        struct wb_slice value)
{
    const struct wb_adviser *a = &w->page->adviser;
    if (field->meaning == WB_FIELD_STATUS)
        return wb_advise_code(a, w->report, wb_reply_find_status(value));
    if (field->meaning == WB_FIELD_ACTION)
        return wb_advise_named(a, "action", wb_arena_lower(a->arena, wb_slice_trim(value)));
    return WB_NONE;
}

/* From the field that names a recipient on, lines are about that one. */
static void turn_to(struct walk *w, struct wb_slice address)
{
    for (size_t i = 0; i < w->page->n; i++)
        if (wb_address_same(w->page->reports[i].evidence->address, address)) {
            w->report = &w->page->reports[i];
            return;
        }
}

static void field_line(struct walk *w, struct wb_slice line)
{
    const struct wb_adviser *a = &w->page->adviser;
    struct wb_slice rest = line, name = wb_slice_trim(wb_slice_cut(&rest, ':'));
    const struct wb_report *whose;
    struct wb_slice marked = deciding_words(w, line, &whose), meaning = WB_NONE;
    const struct wb_field_name *field = wb_cat_field(a->cat, wb_arena_lower(a->arena, name));
    if (field) {
        if (field->meaning == WB_FIELD_FINAL_RECIPIENT)
            turn_to(w, wb_address_find(rest));
        meaning = meaning_of_value(w, field, rest);
        if (!meaning.n)
            meaning = wb_cat_str(a->cat, field->title[a->language]);
    }
    say(w, line, marked.n ? decided(w, whose) : meaning, marked);
}

static void status_part(struct walk *w)
{
    const struct wb_extract *ex = w->report->extract;
    uint32_t parts[] = {ex->status_part, ex->feedback_part, ex->disposition_part};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i] == WB_NO_PART)
            continue;
        struct wb_slice rest = wb_mail_utf8(w->mail, wb_mail_bytes(w->mail, parts[i]), WB_NONE);
        struct wb_slice line;
        heading(w, "annotate.status-part");
        for (int n = 0; n < MAX_LINES && wb_slice_line(&rest, &line); n++)
            field_line(w, line);
    }
}

void wb_annotate_walk(const struct wb_page *page,
                      void (*say_to)(void *to, const struct wb_note *note), void *to)
{
    const struct wb_report *report = &page->reports[0];
    struct walk w = {page, report, report->extract->mail, say_to, to};
    const struct wb_extract *ex = report->extract;
    if (ex->bare) {
        say(&w, report->verdict.diagnostic, decided(&w, report), report->verdict.evidence);
        return;
    }
    size_t mark = wb_arena_mark(page->adviser.arena);
    header_block(&w, 0, "annotate.header", false);
    prose(&w);
    status_part(&w);
    if (ex->original.part != WB_NO_PART)
        header_block(&w, ex->original.part, "annotate.returned", true);
    wb_arena_release(page->adviser.arena, mark);
}

/* ---- in columns ---- */

struct columns {
    struct wb_buf *out;
    const struct wb_style *style;
    int meaning_at;
};

static void put_note(void *to, const struct wb_note *note)
{
    struct columns *c = to;
    struct wb_slice arrow = c->style->ascii ? WB_S("<- ") : WB_S("← ");
    if (note->heading) {
        wb_buf_byte(c->out, '\n');
        struct wb_piece title[] = {{c->style->ascii ? WB_S("-- ") : WB_S("── "), WB_INK_DIM},
                                   {note->meaning, WB_INK_BOLD}};
        wb_paragraph(c->out, c->style, 0, 0, title, 2);
        return;
    }
    if (note->marked.n) {
        struct wb_slice line = note->line;
        size_t at = (size_t)(note->marked.p - line.p);
        struct wb_piece pieces[] = {{wb_slice_head(line, at), WB_INK_PLAIN},
                                    {note->marked, WB_INK_MARK},
                                    {wb_slice_from(line, at + note->marked.n), WB_INK_PLAIN}};
        wb_paragraph(c->out, c->style, 0, 0, pieces, 3);
    } else if (!note->meaning.n || wb_columns(note->line) + 2 > c->meaning_at) {
        wb_paragraph_plain(c->out, c->style, 0, 0, note->line);
    } else {
        int at = wb_inline(c->out, c->style, note->line, WB_INK_PLAIN);
        wb_blanks(c->out, c->meaning_at - at);
        at = c->meaning_at + wb_inline(c->out, c->style, arrow, WB_INK_DIM);
        struct wb_piece meaning = {note->meaning, WB_INK_WAIT};
        wb_paragraph(c->out, c->style, at, at, &meaning, 1);
        return;
    }
    if (!note->meaning.n)
        return;
    struct wb_piece meaning[] = {{c->style->ascii ? WB_S("^- ") : WB_S("↑ "), WB_INK_DIM},
                                 {note->meaning, WB_INK_WAIT}};
    wb_paragraph(c->out, c->style, 0, 4, meaning, 2);
}

void wb_annotate(const struct wb_page *page, struct wb_buf *out)
{
    struct columns c = {out, page->style, wb_page_columns(page->style) * 11 / 20};
    wb_annotate_walk(page, put_note, &c);
}
