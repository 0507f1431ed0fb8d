/* SPDX-License-Identifier: BSD-2-Clause */
/* The catalogue for people: which cause some words lead to, and what it says of a cause. */
#include "whybounce.h"

#include "analyse.h"
#include "paragraph.h"

enum { MAX_QUERY = 1024, TITLE_COLUMN = 22, LABEL_COLUMN = 25, NUMBER = 3 };

/* How well a cause fits what was asked for; 0: not at all. */
enum fit {
    FIT_NONE,
    FIT_TITLE = 1,
    FIT_CLASSIFIED = 2,
    FIT_KEYWORD = 4,
    FIT_WHOLE_KEYWORD = 8,
    FIT_ID = 32
};

struct query {
    struct wb_session *s;
    struct wb_slice folded;
    uint16_t classified; /* the cause that the words as a reply have */
    int fit[WB_MAX_CAUSES];
};

static bool contains(struct wb_slice text, struct wb_slice piece)
{
    return piece.n && wb_slice_find(text, piece) < text.n;
}

static struct wb_slice folded(struct wb_session *s, struct wb_slice text)
{
    struct wb_text out = wb_text_open(&s->arena, text.n + 1);
    out.n = wb_fold_plain(text, out.p, out.cap);
    return wb_text_close(&out);
}

static int keyword_fit(const struct query *q, const struct wb_cause *cause)
{
    uint32_t n;
    const struct wb_keyword *keywords = wb_cat_keywords(q->s->cat, &n);
    int best = FIT_NONE;
    for (uint32_t i = cause->first_keyword; i < cause->first_keyword + cause->keywords; i++) {
        struct wb_slice keyword = wb_cat_str(q->s->cat, keywords[i].text);
        if (wb_slice_eq(keyword, q->folded))
            return FIT_WHOLE_KEYWORD;
        if (contains(q->folded, keyword) || contains(keyword, q->folded))
            best = FIT_KEYWORD;
    }
    return best;
}

static int fit_of(const struct query *q, const struct wb_cause *cause, uint16_t index)
{
    const struct wb_catalogue *cat = q->s->cat;
    int fit = keyword_fit(q, cause);
    if (wb_slice_eq(wb_cat_str(cat, cause->id), q->folded))
        fit += FIT_ID;
    if (index == q->classified && cause->role != WB_CAUSE_UNKNOWN)
        fit += FIT_CLASSIFIED;
    for (int i = 0; i < WB_LANGUAGES; i++)
        if (contains(folded(q->s, wb_cat_str(cat, cause->title[i])), q->folded))
            fit |= FIT_TITLE;
    if (contains(wb_cat_str(cat, cause->id), q->folded))
        fit |= FIT_TITLE;
    return fit;
}

/* ---- showing ---- */

/* A report of that cause that says nothing else: its advice is the general one. */
static void advise_in_general(struct wb_session *s, uint16_t index, struct wb_advice *advice_out)
{
    uint32_t n;
    const struct wb_cause *cause = &wb_cat_causes(s->cat, &n)[index];
    struct wb_evidence nobody = {.address = WB_NONE};
    struct wb_report r = {
        .cat = s->cat,
        .extract = &s->extract,
        .evidence = &nobody,
        .kind = WB_KIND_BOUNCE,
        .verdict = {.cause = index,
                    .provider = WB_NO_INDEX,
                    .permanence = (enum wb_permanence)cause->permanence,
                    .facts = {.blocklist = WB_NO_INDEX}},
    };
    struct wb_adviser adviser = {s->cat, &s->arena, s->style.language};
    wb_advise(&adviser, &r, advice_out);
}

static void text_line(struct wb_session *s, uint16_t index)
{
    uint32_t n;
    const struct wb_cause *cause = &wb_cat_causes(s->cat, &n)[index];
    int at = wb_inline(&s->out, &s->style, wb_cat_str(s->cat, cause->id), WB_INK_BOLD);
    wb_blanks(&s->out, TITLE_COLUMN - at);
    wb_paragraph_plain(&s->out, &s->style, TITLE_COLUMN, TITLE_COLUMN,
                       wb_cat_str(s->cat, cause->title[s->style.language]));
}

static void text_label(struct wb_session *s, const char *label)
{
    struct wb_adviser adviser = {s->cat, &s->arena, s->style.language};
    wb_buf_lit(&s->out, "  ");
    int at = 2 + wb_inline(&s->out, &s->style, wb_advise_word(&adviser, label), WB_INK_BOLD);
    wb_blanks(&s->out, at < LABEL_COLUMN ? LABEL_COLUMN - at : 1);
}

static void text_row(struct wb_session *s, const char *label, struct wb_slice text)
{
    if (!text.n)
        return;
    text_label(s, label);
    wb_paragraph_plain(&s->out, &s->style, LABEL_COLUMN, LABEL_COLUMN, text);
}

/* Several lines are numbered. */
static void text_list(struct wb_session *s, const char *label, const struct wb_slice *lines, int n)
{
    if (n == 1)
        text_row(s, label, lines[0]);
    for (int i = 0; n > 1 && i < n; i++) {
        if (i == 0)
            text_label(s, label);
        else
            wb_blanks(&s->out, LABEL_COLUMN);
        wb_buf_printf(&s->out, "%d. ", i + 1);
        wb_paragraph_plain(&s->out, &s->style, LABEL_COLUMN + NUMBER, LABEL_COLUMN + NUMBER,
                           lines[i]);
    }
}

static struct wb_slice shown_keywords(struct wb_session *s, const struct wb_cause *cause)
{
    uint32_t n;
    const struct wb_keyword *keywords = wb_cat_keywords(s->cat, &n);
    struct wb_text out = wb_text_open(&s->arena, 4096);
    for (uint32_t i = 0; i < cause->keywords; i++) {
        if (i)
            wb_text_put(&out, WB_S(" · "));
        wb_text_put(&out, wb_cat_str(s->cat, keywords[cause->first_keyword + i].shown));
    }
    return wb_text_close(&out);
}

static void text_whole(struct wb_session *s, uint16_t index)
{
    uint32_t n;
    const struct wb_cause *cause = &wb_cat_causes(s->cat, &n)[index];
    struct wb_adviser adviser = {s->cat, &s->arena, s->style.language};
    struct wb_advice advice;
    advise_in_general(s, index, &advice);
    text_line(s, index);
    text_row(s, "label.why", advice.why);
    text_row(s, "label.again", advice.again);
    text_row(s, "label.responsible",
             wb_advise_named(&adviser, "responsible",
                             wb_responsible_name((enum wb_responsible)cause->responsible)));
    text_list(s, "label.steps", advice.step, advice.steps);
    text_row(s, "label.forward", advice.forward);
    text_list(s, "label.admin", advice.admin, advice.admins);
    text_row(s, "label.keywords", shown_keywords(s, cause));
}

static void json_member(struct wb_buf *out, const char *name, struct wb_slice value)
{
    wb_buf_printf(out, ",\"%s\":", name);
    wb_json_string(out, value);
}

static void json_list(struct wb_buf *out, const char *name, const struct wb_slice *lines, int n)
{
    wb_buf_printf(out, ",\"%s\":[", name);
    for (int i = 0; i < n; i++) {
        if (i)
            wb_buf_byte(out, ',');
        wb_json_string(out, lines[i]);
    }
    wb_buf_byte(out, ']');
}

static void json_keywords(struct wb_session *s, const struct wb_cause *cause)
{
    uint32_t n;
    const struct wb_keyword *keywords = wb_cat_keywords(s->cat, &n);
    wb_buf_lit(&s->out, ",\"keywords\":[");
    for (uint32_t i = 0; i < cause->keywords; i++) {
        if (i)
            wb_buf_byte(&s->out, ',');
        wb_json_string(&s->out, wb_cat_str(s->cat, keywords[cause->first_keyword + i].shown));
    }
    wb_buf_byte(&s->out, ']');
}

static void json_cause(struct wb_session *s, uint16_t index)
{
    uint32_t n;
    const struct wb_cause *cause = &wb_cat_causes(s->cat, &n)[index];
    struct wb_advice advice;
    advise_in_general(s, index, &advice);
    wb_buf_lit(&s->out, "{\"cause\":");
    wb_json_string(&s->out, wb_cat_str(s->cat, cause->id));
    wb_buf_printf(&s->out, ",\"section\":%d", cause->section);
    json_member(&s->out, "title", advice.title);
    json_member(&s->out, "permanence", wb_permanence_name((enum wb_permanence)cause->permanence));
    json_member(&s->out, "fault", wb_fault_name((enum wb_fault)cause->fault));
    json_member(&s->out, "responsible",
                wb_responsible_name((enum wb_responsible)cause->responsible));
    json_member(&s->out, "recommendation",
                wb_recommendation_name((enum wb_recommendation)cause->recommendation));
    json_member(&s->out, "why", advice.why);
    json_member(&s->out, "again", advice.again);
    json_list(&s->out, "steps", advice.step, advice.steps);
    json_list(&s->out, "admin", advice.admin, advice.admins);
    json_member(&s->out, "forward", advice.forward);
    json_keywords(s, cause);
    wb_buf_lit(&s->out, "}\n");
}

/* The best first; only the best when it is far ahead. */
static void show(const struct query *q, uint32_t count, bool json)
{
    struct wb_session *s = q->s;
    int best = 0, found = 0, least = 1;
    for (uint32_t i = 0; i < count; i++) {
        best = q->fit[i] > best ? q->fit[i] : best;
        found += q->fit[i] > 0;
    }
    if (best >= FIT_ID) {
        least = FIT_ID;
        found = 1;
    }
    for (int fit = best; fit >= least; fit--)
        for (uint32_t n = 0; n < count; n++) {
            uint16_t i = (uint16_t)n;
            if (q->fit[i] != fit)
                continue;
            size_t mark = wb_arena_mark(&s->arena);
            if (json)
                json_cause(s, i);
            else if (found == 1)
                text_whole(s, i);
            else
                text_line(s, i);
            wb_arena_release(&s->arena, mark);
        }
}

struct wb_string wb_describe_causes(struct wb_session *session, const char *words, const char *form)
{
    uint32_t count;
    struct wb_session *s = session;
    const struct wb_cause *causes = wb_cat_causes(s->cat, &count);
    struct wb_slice text = wb_slice_head(wb_slice_trim(wb_slice_str(words)), MAX_QUERY);
    struct query q = {.s = s, .folded = WB_NONE};
    const struct wb_analysis *a = wb_analyse_reply(s, text.p, text.n);
    q.classified = a->reports[0].verdict.cause;
    q.folded = folded(s, text);
    for (uint32_t i = 0; i < count; i++)
        q.fit[i] = text.n ? fit_of(&q, &causes[i], (uint16_t)i) : FIT_TITLE;
    s->extract.bare = true;
    wb_buf_clear(&s->out);
    show(&q, count, wb_slice_eq(wb_slice_str(form), WB_S("json")));
    return (struct wb_string){s->out.n ? s->out.p : "", s->out.n};
}
