/* SPDX-License-Identifier: BSD-2-Clause */
/* The report as JSON with the answer for a person in it, under "words": for pages and programs. */
#include "annotate.h"

static void member(struct wb_buf *out, const char *name, struct wb_slice value)
{
    wb_buf_byte(out, ',');
    wb_json_string(out, wb_slice_str(name));
    wb_buf_byte(out, ':');
    if (value.n)
        wb_json_string(out, value);
    else
        wb_buf_lit(out, "null");
}

static void list(struct wb_buf *out, const char *name, const struct wb_slice *lines, int n)
{
    wb_buf_byte(out, ',');
    wb_json_string(out, wb_slice_str(name));
    wb_buf_lit(out, ":[");
    for (int i = 0; i < n; i++) {
        if (i)
            wb_buf_byte(out, ',');
        wb_json_string(out, lines[i]);
    }
    wb_buf_byte(out, ']');
}

struct notes {
    struct wb_buf *out;
    bool begun;
};

static void put_note(void *to, const struct wb_note *note)
{
    struct notes *n = to;
    wb_buf_put(n->out, n->begun ? WB_S(",{\"line\":") : WB_S("{\"line\":"));
    n->begun = true;
    if (note->heading)
        wb_buf_lit(n->out, "null");
    else
        wb_json_string(n->out, note->line);
    member(n->out, "meaning", note->meaning);
    member(n->out, "marked", note->marked);
    wb_buf_byte(n->out, '}');
}

static void put_words(const struct wb_page *page, size_t i, struct wb_buf *out)
{
    const struct wb_adviser *a = &page->adviser;
    const struct wb_report *r = &page->reports[i];
    struct wb_advice advice;
    wb_advise(a, r, &advice);
    wb_buf_lit(out, ",\"words\":{\"language\":");
    wb_json_string(out, wb_slice_str(wb_language_tag(a->language)));
    member(out, "headline", wb_advise_headline(a, page->reports, page->n));
    member(out, "title", advice.title);
    member(out, "why", advice.why);
    member(out, "again", advice.again);
    member(out, "responsible",
           wb_report_is_failure(r)
               ? wb_advise_named(a, "responsible", wb_responsible_name(r->verdict.responsible))
               : WB_NONE);
    list(out, "steps", advice.step, advice.steps);
    list(out, "admin", advice.admin, advice.admins);
    member(out, "forward", advice.forward);
    member(out, "page", wb_advise_page(a, r));
    member(out, "status", wb_advise_status(a, r));
    member(out, "never_sent", wb_report_never_sent(a, r));
    member(out, "proof",
           wb_report_is_failure(r) && r->verdict.diagnostic.n ? wb_advise_proof(a, r) : WB_NONE);
    wb_buf_byte(out, '}');
}

static void words_page(const struct wb_page *page, struct wb_buf *out)
{
    size_t mark = wb_arena_mark(page->adviser.arena);
    for (size_t i = 0; i < page->n; i++) {
        wb_json_report(&page->reports[i], out);
        put_words(page, i, out);
        if (i == 0 && page->style->annotate) {
            struct notes notes = {out, false};
            wb_buf_lit(out, ",\"lines\":[");
            wb_annotate_walk(page, put_note, &notes);
            wb_buf_byte(out, ']');
        }
        wb_buf_lit(out, "}\n");
        wb_arena_release(page->adviser.arena, mark);
    }
}

const struct wb_renderer wb_renderer_words = {"words", NULL, words_page};
