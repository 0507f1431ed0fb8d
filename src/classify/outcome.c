/* SPDX-License-Identifier: BSD-2-Clause */
#include "outcome.h"

#include "facts.h"
#include "search.h"

static uint64_t together(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a | (uint64_t)b << 16 | (uint64_t)c << 32 | (uint64_t)d << 48;
}

static unsigned asked_of(const struct search *s)
{
    bool empty = s->context->status_empty, coded = s->reply_code;
    unsigned asked = WB_ASKED;
    asked |= !coded & empty & says_nothing(s->status) ? WB_ASKED_CLASS_EMPTY : 0u;
    asked |= !empty & (s->evidence->status.class == 4) ? WB_ASKED_TEMPORARY : 0u;
    asked |= !coded & s->context->by_own ? WB_ASKED_BY_OWN : 0u;
    asked |= s->evidence->named & WB_NAMED_IN_SUBJECT ? WB_ASKED_IN_SUBJECT : 0u;
    return asked;
}

/* code: that at the front of the text */
static struct wb_question question_of(const struct search *s, int code)
{
    const struct wb_context *c = s->context;
    return (struct wb_question){
        .who = together(c->kind, c->remote, c->reporter, c->recipient),
        .codes =
            together((uint16_t)s->reply_code, s->status.subject, s->status.detail, (uint16_t)code),
        .more = together(s->status.class, s->stage, asked_of(s), 0),
    };
}

static bool is_same(const struct wb_question *a, const struct wb_question *b)
{
    return !((a->who ^ b->who) | (a->codes ^ b->codes) | (a->more ^ b->more));
}

static void take_outcome(const struct search *s, const struct wb_scanned *scanned,
                         const struct wb_outcome *o)
{
    const struct wb_catalogue *cat = s->cl->cat;
    struct wb_verdict *v = s->v;
    v->cause = o->cause;
    v->provider = o->provider;
    v->confidence = (enum wb_confidence)o->confidence;
    v->permanence = (enum wb_permanence)o->permanence;
    v->fault = (enum wb_fault)o->fault;
    v->responsible = (enum wb_responsible)o->responsible;
    v->recommendation = (enum wb_recommendation)o->recommendation;
    v->detail = wb_cat_str(cat, o->detail);
    v->rule = wb_cat_str(cat, o->rule);
    v->page = o->page;
    v->first_line = o->first_line;
    v->lines = o->lines;
    v->own_server = o->own_server;
    wb_take_alternatives(v, o->alternative, o->weight, o->alternatives);
    if (o->code)
        v->facts.provider_code = wb_cat_str(cat, o->code);
    v->evidence = wb_unfold(s->cl, scanned, wb_slice(scanned->folded.p + o->from, o->n));
}

/*
 * Not where entries are left out for the sake of a question, nor in a pasted text: of that more is
 * scanned than the reply that decides.
 */
bool wb_recall_outcome(struct search *s, const struct wb_scanned *scanned)
{
    if (!scanned->outcome || s->cl->without_count || s->context->headless)
        return false;
    struct wb_question question = question_of(s, scanned->code);
    const struct wb_outcome *known = scanned->outcome;
    known += !is_same(&question, &known->question);
    s->recalled = is_same(&question, &known->question);
    if (s->recalled) {
        take_outcome(s, scanned, known);
        s->facts = known->facts;
    } else {
        s->question = question;
        s->outcome = scanned->outcome;
    }
    return s->recalled;
}

void wb_keep_outcome(const struct search *s)
{
    struct wb_outcome *o = s->outcome;
    const struct wb_verdict *v = s->v;
    const struct wb_entry *e = s->best.entry;
    if (!o)
        return;
    o[1] = o[0]; /* the older one goes */
    o[0] = (struct wb_outcome){
        .question = s->question,
        .detail = e->detail,
        .rule = e->rule,
        .page = e->page,
        .code = e->code,
        .first_line = e->first_line,
        .lines = e->lines,
        .cause = v->cause,
        .provider = v->provider,
        .from = (uint16_t)(s->words.p - s->best_text.folded.p),
        .n = (uint16_t)s->words.n,
        .alternatives = (uint8_t)v->alternatives,
        .confidence = (uint8_t)v->confidence,
        .permanence = (uint8_t)v->permanence,
        .fault = (uint8_t)v->fault,
        .responsible = (uint8_t)v->responsible,
        .recommendation = (uint8_t)v->recommendation,
        .own_server = v->own_server,
        .facts = s->facts,
    };
    for (int i = 0; i < v->alternatives; i++) {
        o->alternative[i] = v->alternative[i].cause;
        o->weight[i] = v->alternative[i].weight;
    }
}
