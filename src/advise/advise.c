/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Choosing the lines. Advice stands in three places: at the entry that decided, at its cause, at
 * the kind of report; the nearest speaks first. Of a single answer the first line whose conditions
 * hold is taken, of a list all of them.
 */
#include "advise_int.h"

enum { PLACES = 3 };

struct lines {
    uint32_t first, n;
};

static bool is_failure(const struct wb_report *r)
{
    return r->kind == WB_KIND_BOUNCE || r->kind == WB_KIND_DELAY;
}

static const struct wb_kind_words *kind_words(const struct wb_report *r)
{
    uint32_t n;
    return &wb_cat_kind_words(r->cat, &n)[r->kind];
}

static const struct wb_cause *cause_of(const struct wb_report *r)
{
    uint32_t n;
    return &wb_cat_causes(r->cat, &n)[r->verdict.cause];
}

static void find_lines(const struct wb_report *r, struct lines lines[PLACES])
{
    const struct wb_kind_words *kind = kind_words(r);
    lines[0] = lines[1] = (struct lines){0, 0};
    if (is_failure(r)) {
        lines[0] = (struct lines){r->verdict.first_line, r->verdict.lines};
        lines[1] = (struct lines){cause_of(r)->first_line, cause_of(r)->lines};
    }
    lines[2] = (struct lines){kind->first_line, kind->lines};
}

static bool holds(const struct wb_case *c, const struct wb_line *line)
{
    const struct wb_catalogue *cat = c->adviser->cat;
    uint32_t need = line->need & ~(1u << WB_IF_LAST); /* which says something of the line itself */
    if ((need & ~c->holds) || (line->forbid & c->holds))
        return false;
    if (line->detail && !wb_slice_eq(wb_cat_str(cat, line->detail), c->detail))
        return false;
    return !line->other || !wb_slice_eq(wb_cat_str(cat, line->other), c->detail);
}

/* Puts up to max lines of a slot, filled, into out; returns how many. A last line ends the list. */
static int take(const struct wb_case *c, const struct lines *places, int n, enum wb_slot slot,
                struct wb_slice *out, int max)
{
    uint32_t count;
    const struct wb_line *all = wb_cat_lines(c->adviser->cat, &count);
    int taken = 0;
    for (int i = 0; i < n; i++)
        for (uint32_t j = places[i].first; j < places[i].first + places[i].n && taken < max; j++)
            if (all[j].slot == slot && all[j].language == c->adviser->language &&
                holds(c, &all[j])) {
                out[taken] = wb_fill(c, wb_cat_str(c->adviser->cat, all[j].text));
                taken += out[taken].n > 0; /* nothing: the memory of the session is full */
                if (all[j].need & 1u << WB_IF_LAST)
                    return taken;
            }
    return taken;
}

static struct wb_case open_case(const struct wb_adviser *a, const struct wb_report *report,
                                size_t together)
{
    struct wb_case c = {a, report, together, wb_conditions(report), report->extract->detail};
    if (is_failure(report))
        c.detail = report->verdict.detail;
    else if (report->kind == WB_KIND_DELIVERED)
        c.detail = wb_action_name(report->evidence->action);
    return c;
}

/* The title that a line of advice gives to this case, else that of the cause or kind. */
static struct wb_slice title_of(const struct wb_case *c, const struct lines places[PLACES])
{
    const struct wb_report *r = c->report;
    bool failure = is_failure(r);
    const wb_str *usual = failure ? cause_of(r)->title : kind_words(r)->title;
    struct wb_slice title = wb_cat_str(c->adviser->cat, usual[c->adviser->language]);
    take(c, failure ? places : &places[PLACES - 1], failure ? PLACES - 1 : 1, WB_SLOT_TITLE, &title,
         1);
    return title;
}

struct wb_slice wb_advise_class(const struct wb_report *report, uint16_t scheme)
{
    uint32_t count;
    struct wb_adviser a = {.cat = report->cat};
    struct wb_case c = open_case(&a, report, 1);
    const struct wb_line *all = wb_cat_classes(report->cat, &count);
    const struct wb_kind_words *kind = kind_words(report);
    const struct wb_cause *cause = cause_of(report);
    bool failure = is_failure(report);
    uint32_t first = failure ? cause->first_class : kind->first_class;
    uint32_t n = failure ? cause->classes : kind->classes;
    for (uint32_t i = first; i < first + n; i++)
        if (all[i].slot == scheme && holds(&c, &all[i]))
            return wb_cat_str(report->cat, all[i].text);
    return WB_NONE;
}

struct wb_slice wb_advise_title(const struct wb_adviser *a, const struct wb_report *report)
{
    struct wb_case c = open_case(a, report, 1);
    struct lines places[PLACES];
    find_lines(report, places);
    return title_of(&c, places);
}

void wb_advise(const struct wb_adviser *a, const struct wb_report *report,
               struct wb_advice *advice_out)
{
    struct wb_case c = open_case(a, report, 1);
    struct lines places[PLACES];
    *advice_out = (struct wb_advice){.title = WB_NONE};
    advice_out->why = advice_out->again = advice_out->forward = WB_NONE;
    find_lines(report, places);
    advice_out->title = title_of(&c, places);
    take(&c, places, PLACES, WB_SLOT_WHY, &advice_out->why, 1);
    take(&c, places, PLACES, WB_SLOT_AGAIN, &advice_out->again, 1);
    take(&c, places, PLACES, WB_SLOT_FORWARD, &advice_out->forward, 1);
    /* what the kind says in general is only needed where nothing better is known */
    advice_out->steps = take(&c, places, PLACES - 1, WB_SLOT_STEP, advice_out->step, WB_MAX_STEPS);
    if (!advice_out->steps)
        advice_out->steps = take(&c, &places[2], 1, WB_SLOT_STEP, advice_out->step, WB_MAX_STEPS);
    advice_out->admins = take(&c, places, PLACES, WB_SLOT_ADMIN, advice_out->admin, WB_MAX_STEPS);
}

struct wb_slice wb_advise_headline(const struct wb_adviser *a, const struct wb_report *reports,
                                   size_t n)
{
    struct wb_case c = open_case(a, &reports[0], n);
    struct lines places[PLACES];
    struct wb_slice headline = WB_NONE;
    find_lines(&reports[0], places);
    take(&c, &places[2], 1, WB_SLOT_HEADLINE, &headline, 1);
    return headline;
}

struct wb_slice wb_advise_page(const struct wb_adviser *a, const struct wb_report *report)
{
    struct wb_case c = open_case(a, report, 1);
    return c.holds & 1u << WB_IF_PAGE ? wb_place_text(&c, WB_PLACE_PAGE) : WB_NONE;
}

/*
 * The provider's meaning of the code where it has its own, else the registry's; the title of one
 * without title is that of the registry.
 */
struct wb_slice wb_advise_code(const struct wb_adviser *a, const struct wb_report *report,
                               struct wb_code code)
{
    const struct wb_status_meaning *m = wb_cat_status(a->cat, code, report->verdict.provider);
    if (m && !m->title[a->language])
        m = wb_cat_status(a->cat, code, WB_NO_INDEX);
    return m ? wb_cat_str(a->cat, m->title[a->language]) : WB_NONE;
}

struct wb_slice wb_advise_status(const struct wb_adviser *a, const struct wb_report *report)
{
    return wb_advise_code(a, report, report->verdict.status);
}

struct wb_slice wb_advise_never_sent(const struct wb_adviser *a, const struct wb_report *report)
{
    struct wb_case c = open_case(a, report, 1);
    bool foreign = c.holds & 1u << WB_IF_FOREIGN;
    return wb_fill(&c, wb_advise_word(a, foreign ? "note.foreign" : "note.never-sent"));
}
