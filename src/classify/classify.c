/* SPDX-License-Identifier: BSD-2-Clause */
/* In which order codes and texts are asked for the cause. */
#include "classify.h"

#include "facts.h"
#include "layers.h"
#include "search.h"

/* In a failure "221 bye" and "250 ok" are what was said before or behind the refusal. */
static int innermost_code(const struct wb_known_layers *known, bool failure)
{
    return failure ? known->codes.refusal : known->codes.code;
}

static enum wb_stage find_stage(const struct wb_evidence *e, const struct wb_layers *diagnostic,
                                const struct wb_layers *explanation)
{
    if (e->stage)
        return e->stage;
    return diagnostic->stage ? diagnostic->stage : explanation->stage;
}

/* Which codes count: those of the innermost reply; the Status field where no reply has one. */
static void find_codes(struct search *s, const struct wb_known_layers *diagnostic,
                       const struct wb_known_layers *explanation)
{
    const struct wb_evidence *e = s->evidence;
    bool failure = s->context->kind == WB_KIND_BOUNCE || s->context->kind == WB_KIND_DELAY;
    s->reply_code = innermost_code(diagnostic, failure);
    if (!s->reply_code)
        s->reply_code = innermost_code(explanation, failure);
    s->status = diagnostic->codes.status;
    if (says_nothing(s->status)) {
        struct wb_code told = explanation->codes.status;
        if (told.class && (!s->status.class || !says_nothing(told)))
            s->status = told;
    }
    bool field_counts = e->status.class && !(s->context->status_empty && says_nothing(e->status));
    if (says_nothing(s->status) && (field_counts || !s->status.class))
        s->status = e->status;
    s->stage = find_stage(e, &diagnostic->layers, &explanation->layers);
}

static bool judge_status(struct search *s, enum wb_trust least)
{
    const struct wb_catalogue *cat = s->cl->cat;
    const struct wb_status_meaning *m = wb_cat_status(cat, s->status, speaker(s->context));
    if (!m || m->cause == WB_NO_INDEX || m->trust < least)
        return false;
    struct wb_verdict *v = s->v;
    s->best.entry = NULL;
    v->cause = m->cause;
    v->detail = wb_cat_str(cat, m->detail);
    v->rule = wb_cat_str(cat, m->rule);
    v->confidence = m->certain                 ? WB_CONFIDENCE_CERTAIN
                    : m->trust >= WB_TRUST_MID ? WB_CONFIDENCE_FAIR
                                               : WB_CONFIDENCE_WEAK;
    v->alternatives = 0;
    wb_take_alternatives(v, m->alternative, m->weight, m->alternatives);
    v->first_line = m->first_line;
    v->lines = m->lines;
    if (m->provider != WB_NO_INDEX)
        v->provider = m->provider;
    return true;
}

static bool judge_reply_code(struct search *s)
{
    const struct wb_catalogue *cat = s->cl->cat;
    const struct wb_reply_meaning *m = wb_cat_reply(cat, s->reply_code, s->stage);
    if (!m || m->cause == WB_NO_INDEX)
        return false;
    s->v->cause = m->cause;
    s->v->rule = wb_cat_str(cat, m->rule);
    s->v->confidence = WB_CONFIDENCE_WEAK;
    wb_take_alternatives(s->v, m->alternative, m->weight, m->alternatives);
    return true;
}

/* Texts in the order in which they are asked. */
static bool judge_texts(struct search *s, const struct wb_known_layers *diagnostic,
                        const struct wb_known_layers *explanation)
{
    const struct wb_evidence *e = s->evidence;
    if (wb_judge_layers(s, diagnostic) || wb_judge_layers(s, explanation))
        return true;
    return wb_judge_text(s, e->supplement, 0) || wb_judge_text(s, e->comment, 0);
}

static void decide(struct search *s, const struct wb_known_layers *diagnostic,
                   const struct wb_known_layers *explanation)
{
    if (judge_texts(s, diagnostic, explanation)) {
        if (!s->recalled)
            wb_take_entry(s);
        return;
    }
    struct hit general = s->best;
    bool hint = general.entry && tier_of(&general) == WB_TIER_HINT;
    if (judge_status(s, hint ? WB_TRUST_MID : WB_TRUST_HIGH))
        return;
    s->best = general;
    struct wb_slice prose = wb_slice_head(s->context->prose, WB_MAX_PROSE_BYTES);
    if ((!general.entry || hint) && wb_judge_text(s, prose, 0)) {
        wb_take_entry(s);
        return;
    }
    if (s->best.entry)
        wb_take_entry(s);
    else if (!judge_status(s, WB_TRUST_LOW) && !judge_reply_code(s))
        s->v->confidence = WB_CONFIDENCE_NONE;
}

/*
 * What a mail program shows begins and ends with its own words; the reply in between has decided.
 * They tell that the own server was speaking.
 */
static void scan_wrapping(struct search *s, const struct wb_known_layers *known)
{
    const struct wb_layers *layers = &known->layers;
    for (int i = 0; i < layers->n; i++) {
        bool scanned = false;
        for (int j = 0; j < s->text_count; j++)
            scanned |= s->texts[j].text.p == layers->layer[i].text.p;
        if (!scanned && layers->layer[i].text.n)
            wb_search_layer(s, known, i);
    }
}

/* Whether a web address may stand in the text that says most. */
static bool may_link(const struct wb_evidence *e, const struct wb_known_layers *diagnostic,
                     const struct wb_known_layers *explanation)
{
    return e->diagnostic.n ? diagnostic->may_link : !e->explanation.n || explanation->may_link;
}

void wb_classify(const struct wb_classifier *cl, const struct wb_context *context,
                 const struct wb_evidence *evidence, struct wb_verdict *verdict_out)
{
    uint32_t n;
    struct wb_known_layers diagnostic, explanation;
    struct wb_scanned texts[MAX_TEXTS];
    *verdict_out = (struct wb_verdict){
        .cause = wb_cat_unknown(cl->cat),
        .provider = WB_NO_INDEX,
        .facts.blocklist = WB_NO_INDEX,
    };
    struct wb_context here = *context;
    struct search s = {
        .cl = cl,
        .context = &here,
        .evidence = evidence,
        .v = verdict_out,
        .texts = texts,
        .entries = wb_cat_entries(cl->cat, &n),
        .causes = wb_cat_causes(cl->cat, &n),
    };
    size_t mark = wb_arena_mark(cl->arena); /* what is kept points into the evidence */
    wb_known_layers(cl, evidence->diagnostic, &diagnostic);
    wb_known_layers(cl, evidence->explanation, &explanation);
    if (here.remote == WB_NO_INDEX && !evidence->remote_mta.n)
        here.remote = wb_known_server(cl, diagnostic.layers.n ? &diagnostic : &explanation);
    find_codes(&s, &diagnostic, &explanation);
    verdict_out->cut = diagnostic.codes.cut;
    decide(&s, &diagnostic, &explanation);
    verdict_out->diagnostic = evidence->diagnostic.n    ? evidence->diagnostic
                              : evidence->explanation.n ? evidence->explanation
                                                        : evidence->comment;
    if (may_link(evidence, &diagnostic, &explanation))
        wb_take_urls(verdict_out->diagnostic, &verdict_out->facts);
    if (context->headless)
        scan_wrapping(&s, &diagnostic);
    wb_finish_verdict(&s);
    wb_arena_release(cl->arena, mark);
}
