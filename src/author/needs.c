/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which entries could be taken away and nothing would change. Each text is read once as it is, and
 * once more without each entry whose words stand in it: nothing is compiled anew, the classifier
 * leaves the rows of the entry out.
 *
 * An entry's own examples prove that it works, not that the world needs it; so it is told which
 * entries nothing else needs, and which of those not even their own examples do.
 */
#include "author.h"
#include "texts.h"

#include <stdlib.h>

#include "check.h"
#include "match.h"
#include "reply.h"

/* A text and whose example it is. */
struct sample {
    size_t from, n; /* in the text of all */
    wb_str rule;    /* 0: nobody's */
    bool reply;
};

/* What is known of one entry. */
struct need {
    wb_str rule;
    struct fy_node *node;
    uint8_t layer;
    bool others, own; /* a text of others, or an example of its own, changes without it */
    bool plain;       /* not only states facts */
    uint32_t first;   /* its rows stand one behind the other */
    uint32_t rows;
};

struct needs {
    struct wb_loaded *loaded;
    struct wb_session *session;
    const struct wb_entry *entries;
    uint32_t count;
    struct need *need;
    uint32_t n;
    uint32_t *owner; /* of each row: its place in need */
    struct wb_buf text;
    struct wb_list samples;
    uint32_t *found, found_n; /* needs whose words stand in the text */
    bool *seen;
};

/* ---- texts ---- */

static void add_sample(struct needs *x, struct wb_slice text, wb_str rule, bool reply)
{
    struct sample *s = wb_list_add(&x->samples);
    *s = (struct sample){x->text.n, text.n, rule, reply};
    wb_buf_put(&x->text, text);
}

static void take(void *context, const struct wb_text_at *at)
{
    add_sample(context, at->text, 0, at->reply);
}

static void take_examples(struct needs *x)
{
    const struct wb_model *model = &x->loaded->model;
    for (uint32_t i = 0; i < model->examples.n; i++) {
        const struct wb_example *e = WB_ROW(model->examples, struct wb_example, i);
        /* a `not` belongs to nobody: whoever reads it needs to go on reading it so */
        bool own = e->use == WB_EXAMPLE_REPLY;
        struct wb_slice text = e->text;
        if (e->use == WB_EXAMPLE_REPORT)
            text = wb_yaml_text(&x->loaded->model.yaml, wb_yaml_get(e->node, "report"));
        add_sample(x, text, own ? e->rule : 0, e->use != WB_EXAMPLE_REPORT);
    }
}

/* ---- verdicts ---- */

static void put_fact(struct wb_buf *out, long long n)
{
    wb_buf_printf(out, "%lld|", n);
}

/* Everything that an entry can change of a report, but not its own name. */
static void put_verdict(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_verdict *v = &r->verdict;
    const struct wb_facts *f = &v->facts;
    wb_buf_printf(out, "%d|%.*s|%d|%.*s|%d|%d|%d|%d|%d|%d|%u|%u|%u|", r->kind,
                  WB_F(r->evidence->address), v->cause, WB_F(v->detail), v->confidence,
                  v->permanence, v->fault, v->responsible, v->recommendation, v->provider, v->page,
                  v->lines ? v->first_line : 0, v->lines);
    for (int i = 0; i < v->alternatives; i++)
        wb_buf_printf(out, "%d %d|", v->alternative[i].cause, v->alternative[i].weight);
    put_fact(out, f->size_limit);
    put_fact(out, f->message_size);
    put_fact(out, f->recipient_limit);
    put_fact(out, f->retry_after);
    put_fact(out, v->own_server);
    wb_buf_printf(out, "%d|%.*s|%.*s|%.*s\n", f->blocklist, WB_F(f->blocklist_name),
                  WB_F(f->client_ip), WB_F(f->provider_code));
}

static void read_verdicts(struct needs *x, const struct sample *s, struct wb_buf *out)
{
    struct wb_text_at at = {wb_slice(x->text.p + s->from, s->n), "", 0, s->reply};
    const struct wb_analysis *a = wb_analyse_at(x->session, &at);
    wb_buf_clear(out);
    for (size_t i = 0; i < a->count; i++)
        if (wb_report_is_failure(&a->reports[i]))
            put_verdict(&a->reports[i], out);
}

/* ---- candidates ---- */

enum { MOST = 4096 };

static void scan_folded(struct needs *x, struct wb_slice text, int code)
{
    static char folded[WB_MAX_PROSE_BYTES];
    static struct wb_candidate found[MOST];
    text = wb_slice_head(text, sizeof folded);
    struct wb_slice words = {folded, wb_fold(text, code, folded, sizeof folded, NULL)};
    size_t n =
        wb_scan(wb_cat_scan_entries(x->loaded->catalogue), x->session->matcher, words, found, MOST);
    for (size_t i = 0; i < n; i++) {
        uint32_t owner = x->owner[found[i].id & WB_FOUND_ENTRY];
        if (!x->seen[owner])
            x->found[x->found_n++] = owner;
        x->seen[owner] = true;
    }
}

static void scan_layers(struct needs *x, struct wb_slice text)
{
    struct wb_layers layers;
    wb_limit_set limits = 0;
    wb_reply_layers(text, &layers, &limits);
    for (int i = 0; i < layers.n; i++)
        scan_folded(x, layers.layer[i].text, layers.layer[i].code);
}

/* Entries whose words stand in what was read last, wherever a verdict may have looked. */
static void find_candidates(struct needs *x)
{
    const struct wb_analysis *a = &x->session->analysis;
    for (uint32_t i = 0; i < x->found_n; i++)
        x->seen[x->found[i]] = false;
    x->found_n = 0;
    for (size_t i = 0; i < a->count; i++) {
        const struct wb_evidence *e = a->reports[i].evidence;
        scan_layers(x, e->diagnostic);
        scan_layers(x, e->explanation);
        scan_folded(x, e->supplement, 0);
        scan_folded(x, e->comment, 0);
    }
    if (!x->session->extract.bare && x->session->extract.prose_read)
        scan_folded(x, x->session->extract.prose, 0);
}

/* ---- taking away ---- */

/* Whether the text is read otherwise without the entry. */
static bool changes_without(struct needs *x, const struct sample *s, const struct need *need,
                            struct wb_slice usual, struct wb_buf *other)
{
    struct wb_classifier *cl = &x->session->classifier;
    cl->without = need->first;
    cl->without_count = need->rows;
    read_verdicts(x, s, other);
    cl->without_count = 0;
    return !wb_slice_eq(usual, wb_buf_slice(other));
}

static void try_sample(struct needs *x, const struct sample *s, struct wb_buf *usual,
                       struct wb_buf *other)
{
    read_verdicts(x, s, usual);
    find_candidates(x);
    for (uint32_t i = 0; i < x->found_n; i++) {
        struct need *need = &x->need[x->found[i]];
        bool *known = s->rule == need->rule ? &need->own : &need->others;
        if (!*known)
            *known = changes_without(x, s, need, wb_buf_slice(usual), other);
    }
}

/* ---- entries ---- */

static void list_entries(struct needs *x)
{
    const struct wb_model *model = &x->loaded->model;
    x->entries = wb_cat_entries(x->loaded->catalogue, &x->count);
    x->need = calloc(x->count + 1u, sizeof *x->need);
    x->owner = calloc(x->count + 1u, sizeof *x->owner);
    x->found = calloc(x->count + 1u, sizeof *x->found);
    x->seen = calloc(x->count + 1u, sizeof *x->seen);
    WB_CHECK(x->need && x->owner && x->found && x->seen);
    for (uint32_t i = 0; i < x->count; i++) {
        const struct wb_entry *e = &x->entries[i];
        if (i == 0 || x->need[x->n - 1].rule != e->rule)
            x->need[x->n++] =
                (struct need){.rule = e->rule,
                              .node = *WB_ROW(model->entry_nodes, struct fy_node *, i),
                              .layer = e->layer,
                              .plain = e->cause != WB_NO_INDEX,
                              .first = i};
        x->need[x->n - 1].rows++;
        x->owner[i] = x->n - 1;
    }
}

/* How many entries nothing needs. */
static uint32_t tell(struct needs *x, uint8_t layer)
{
    struct wb_model *model = &x->loaded->model;
    uint32_t asked = 0, unneeded = 0, alone = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        const struct need *need = &x->need[i];
        if (need->layer < layer || !need->plain)
            continue;
        asked++;
        if (need->others)
            continue;
        struct wb_slice rule = wb_model_text(model, need->rule);
        if (need->own)
            wb_yaml_warn(&model->yaml, need->node, "only its own examples need %.*s", WB_F(rule));
        else
            wb_yaml_warn(&model->yaml, need->node,
                         "nothing needs %.*s: its own examples are read the same without it",
                         WB_F(rule));
        unneeded += !need->own;
        alone += need->own;
    }
    printf(wb_in_both("%u entries, %u texts: nothing needs %u; only their own examples need %u\n",
                      "%u 条规则，%u 条文本：%u 条去掉也没有影响，%u 条只有自己的例子用得到\n"),
           asked, x->samples.n, unneeded, alone);
    return unneeded;
}

bool wb_check_needs(struct wb_loaded *loaded, const struct wb_settings *s, uint8_t layer)
{
    struct needs x = {.loaded = loaded, .samples = {.row = sizeof(struct sample)}};
    struct wb_buf usual = {0}, other = {0};
    x.session = wb_session_new(loaded->catalogue);
    WB_CHECK(x.session);
    list_entries(&x);
    take_examples(&x);
    bool ok = wb_corpus_read(s->corpus, s->corpora, s->replies, take, &x);
    for (uint32_t i = 0; i < x.samples.n; i++)
        try_sample(&x, WB_ROW(x.samples, struct sample, i), &usual, &other);
    bool vain = tell(&x, layer) > 0;
    wb_session_free(x.session);
    wb_buf_free(&usual);
    wb_buf_free(&other);
    wb_buf_free(&x.text);
    free(x.samples.p);
    free(x.need);
    free(x.owner);
    free(x.found);
    free(x.seen);
    return ok && !(vain && s->strict);
}
