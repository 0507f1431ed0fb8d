/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an expression costs and what it brings, told by the examples of the whole catalogue: how
 * often its words raise it as a candidate, how often it then matches, and whose texts those are.
 */
#include "author.h"

#include <stdlib.h>

#include "check.h"
#include "match.h"
#include "reply.h"

/* Of one expression; counts are of texts. */
struct cost {
    uint32_t raised, matched;
    uint32_t foreign; /* examples of other causes, whose entries win them */
    uint32_t stamp;   /* the last text it was raised in */
};

struct costs {
    struct wb_loaded *loaded;
    struct wb_matcher *matcher;
    struct cost *row;
    const struct wb_entry *entries;
    uint32_t n, texts;
};

enum {
    MOST = 4096,       /* candidates of a text */
    FREQUENT = 50,     /* raised in each 50th text */
    VAIN = 20,         /* and matching in a 20th of those */
    MANY_FOREIGN = 12, /* texts of other causes that a rule may match */
};

static void weigh_layer(struct costs *c, struct wb_slice folded, const struct wb_example *example)
{
    static struct wb_candidate found[MOST];
    const struct wb_catalogue *cat = c->loaded->catalogue;
    size_t n = wb_scan(wb_cat_scan_entries(cat), c->matcher, folded, found, MOST);
    for (size_t i = 0; i < n; i++) {
        uint32_t number = found[i].id & WB_FOUND_ENTRY;
        const struct wb_entry *e = &c->entries[number];
        struct cost *cost = &c->row[number];
        struct wb_groups groups;
        bool again = cost->stamp == c->texts;
        cost->raised += !again;
        cost->stamp = c->texts;
        if (!wb_regex_find(wb_cat_entry_regex(cat, e), c->matcher, folded, &groups) || again)
            continue;
        cost->matched++;
        cost->foreign += example->use == WB_EXAMPLE_REPLY && e->cause != example->cause &&
                         e->cause != WB_NO_INDEX;
    }
}

static void weigh_text(struct costs *c, const struct wb_example *example)
{
    char folded[WB_MAX_DIAGNOSTIC_BYTES];
    struct wb_layers layers;
    wb_limit_set limits = 0;
    c->texts++;
    wb_reply_layers(example->text, &layers, &limits);
    for (int i = 0; i < layers.n; i++) {
        struct wb_slice text = wb_slice_head(layers.layer[i].text, sizeof folded);
        size_t n = wb_fold(text, layers.layer[i].code, folded, sizeof folded, NULL);
        weigh_layer(c, wb_slice(folded, n), example);
    }
}

static void tell(struct costs *c, uint32_t i)
{
    const struct wb_entry *e = &c->entries[i];
    const struct cost *cost = &c->row[i];
    struct wb_model *model = &c->loaded->model;
    struct fy_node *node = *WB_ROW(model->entry_nodes, struct fy_node *, i);
    if (cost->raised == c->texts)
        wb_yaml_warn(&model->yaml, node,
                     "no word must stand in the text: it is tried on every text there is");
    else if (cost->raised * FREQUENT > c->texts && cost->matched * VAIN < cost->raised)
        wb_yaml_warn(&model->yaml, node,
                     "its words are common: tried on %u of %u examples, it matches %u",
                     cost->raised, c->texts, cost->matched);
    if (!cost->matched && e->tier != WB_TIER_FACT)
        wb_yaml_warn(&model->yaml, node, "no example has these words: add one that does");
    if (cost->foreign > MANY_FOREIGN && e->tier > WB_TIER_GENERAL && !e->classes &&
        e->status.subject == 0xFFFF)
        wb_yaml_warn(&model->yaml, node,
                     "too eager: it matches %u examples of other causes; mark it general",
                     cost->foreign);
}

/* An entry that states a fact beside its cause: that counts whoever wins. */
static bool states(const struct costs *c, wb_str rule)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (c->entries[i].rule == rule)
            return c->entries[i].fact != WB_FACT_NONE;
    return true;
}

/* An entry that wins none of its own examples is in the shadow of others. */
static void tell_shadowed(struct costs *c, uint8_t layer)
{
    struct wb_model *model = &c->loaded->model;
    struct wb_session *session = wb_session_new(c->loaded->catalogue);
    const struct wb_example *first = NULL;
    wb_str other = 0;
    WB_CHECK(session);
    for (uint32_t i = 0; i <= model->examples.n; i++) {
        const struct wb_example *x =
            i < model->examples.n ? WB_ROW(model->examples, struct wb_example, i) : NULL;
        bool asked = x && x->use == WB_EXAMPLE_REPLY && x->layer >= layer && !states(c, x->rule);
        if (first && (!x || x->rule != first->rule)) {
            wb_yaml_warn(&model->yaml, first->node, "%.*s wins none of its examples: %.*s does",
                         WB_F(wb_model_text(model, first->rule)),
                         WB_F(wb_model_text(model, other)));
            first = NULL;
        }
        if (!asked)
            continue;
        const struct wb_analysis *a = wb_analyse_reply(session, x->text.p, x->text.n);
        bool mine = wb_slice_eq(a->reports[0].verdict.rule, wb_model_text(model, x->rule));
        bool begins = i == 0 || WB_ROW(model->examples, struct wb_example, i - 1)->rule != x->rule;
        if (mine)
            first = NULL;
        else if (begins) {
            first = x;
            other = wb_model_str(model, a->reports[0].verdict.rule);
        }
    }
    wb_session_free(session);
}

void wb_check_costs(struct wb_loaded *loaded, uint8_t layer)
{
    struct wb_model *model = &loaded->model;
    struct costs c = {.loaded = loaded, .matcher = wb_catalogue_matcher(loaded->catalogue)};
    c.entries = wb_cat_entries(loaded->catalogue, &c.n);
    c.row = calloc(c.n + 1u, sizeof *c.row);
    WB_CHECK(c.row && c.matcher);
    for (uint32_t i = 0; i < model->examples.n; i++) {
        const struct wb_example *example = WB_ROW(model->examples, struct wb_example, i);
        if (example->use != WB_EXAMPLE_REPORT)
            weigh_text(&c, example);
    }
    for (uint32_t i = 0; i < c.n; i++)
        if (c.entries[i].layer >= layer)
            tell(&c, i);
    tell_shadowed(&c, layer);
    free(c.row);
    wb_matcher_free(c.matcher);
}
