/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer as a fragment of HTML. Everything is text: no markup, script or link of a mail gets
 * through. Links are live only where the catalogue gives their address.
 */
#include "render.h"

#include "utf8.h"

static void escaped(struct wb_buf *out, struct wb_slice s)
{
    while (s.n) {
        size_t taken;
        char bytes[4];
        uint32_t rune = wb_utf8_get(s, &taken);
        if (rune == '\n' || rune == '\t')
            rune = ' ';
        if (wb_utf8_unsafe(rune))
            rune = WB_REPLACEMENT;
        switch (rune) {
        case '<': wb_buf_lit(out, "&lt;"); break;
        case '>': wb_buf_lit(out, "&gt;"); break;
        case '&': wb_buf_lit(out, "&amp;"); break;
        case '"': wb_buf_lit(out, "&quot;"); break;
        case '\'': wb_buf_lit(out, "&#39;"); break;
        default: wb_buf_put(out, wb_slice(bytes, wb_utf8_put(rune, bytes)));
        }
        s = wb_slice_from(s, taken);
    }
}

static void element(struct wb_buf *out, const char *tag, const char *class, struct wb_slice text)
{
    if (!text.n)
        return;
    wb_buf_printf(out, "<%s class=\"wb-%s\">", tag, class);
    escaped(out, text);
    wb_buf_printf(out, "</%s>\n", tag);
}

static void row(const struct wb_adviser *a, struct wb_buf *out, const char *label,
                struct wb_slice text)
{
    if (!text.n)
        return;
    element(out, "dt", "label", wb_advise_word(a, label));
    element(out, "dd", "text", text);
}

static void list(const struct wb_adviser *a, struct wb_buf *out, const char *label,
                 const struct wb_slice *lines, int n)
{
    if (!n)
        return;
    element(out, "dt", "label", wb_advise_word(a, label));
    wb_buf_lit(out, "<dd><ol>\n");
    for (int i = 0; i < n; i++)
        element(out, "li", "step", lines[i]);
    wb_buf_lit(out, "</ol></dd>\n");
}

static void page_link(const struct wb_adviser *a, struct wb_buf *out, struct wb_slice page)
{
    if (!wb_slice_starts(page, WB_S("https://")))
        return;
    element(out, "dt", "label", wb_advise_word(a, "label.page"));
    wb_buf_lit(out, "<dd><a rel=\"noopener noreferrer\" href=\"");
    escaped(out, page);
    wb_buf_lit(out, "\">");
    escaped(out, page);
    wb_buf_lit(out, "</a></dd>\n");
}

static void diagnostic(const struct wb_report *r, struct wb_buf *out)
{
    struct wb_slice text = r->verdict.diagnostic, words = r->verdict.evidence;
    size_t at = words.n ? wb_slice_find(text, words) : text.n;
    wb_buf_lit(out, "<dd><code>");
    escaped(out, wb_slice_head(text, at));
    if (at < text.n) {
        wb_buf_lit(out, "<mark>");
        escaped(out, words);
        wb_buf_lit(out, "</mark>");
        escaped(out, wb_slice_from(text, at + words.n));
    }
    wb_buf_lit(out, "</code></dd>\n");
}

static void answer(const struct wb_page *page, size_t first, size_t n, struct wb_buf *out)
{
    const struct wb_adviser *a = &page->adviser;
    const struct wb_report *r = &page->reports[first];
    struct wb_advice advice;
    wb_advise(a, r, &advice);
    wb_buf_printf(out, "<section class=\"wb-answer wb-%.*s\">\n", WB_F(wb_kind_name(r->kind)));
    for (size_t i = 0; i < n; i++)
        element(out, "p", "recipient", page->reports[first + i].evidence->address);
    element(out, "h3", "title", advice.title);
    wb_buf_lit(out, "<dl>\n");
    row(a, out, "label.why", advice.why);
    row(a, out, "label.again", advice.again);
    if (wb_report_is_failure(r))
        row(a, out, "label.responsible",
            wb_advise_named(a, "responsible", wb_responsible_name(r->verdict.responsible)));
    list(a, out, "label.steps", advice.step, advice.steps);
    list(a, out, "label.admin", advice.admin, advice.admins);
    row(a, out, "label.forward", advice.forward);
    page_link(a, out, wb_advise_page(a, r));
    if (wb_report_is_failure(r) && r->verdict.diagnostic.n) {
        element(out, "dt", "label", wb_advise_word(a, "label.proof"));
        diagnostic(r, out);
    }
    wb_buf_lit(out, "</dl>\n</section>\n");
}

static void html_page(const struct wb_page *page, struct wb_buf *out)
{
    struct wb_arena *arena = page->adviser.arena;
    size_t mark = wb_arena_mark(arena);
    wb_buf_printf(out, "<article class=\"whybounce\" lang=\"%s\">\n",
                  wb_language_tag(page->adviser.language));
    element(out, "h2", "headline", wb_advise_headline(&page->adviser, page->reports, page->n));
    for (size_t i = 0, n; i < page->n; i += n) {
        n = wb_page_group(page, i);
        answer(page, i, n, out);
        wb_arena_release(arena, mark);
    }
    wb_buf_lit(out, "</article>\n");
}

const struct wb_renderer wb_renderer_html = {"html", NULL, html_page};
