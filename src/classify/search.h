/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search for the cause of one failure: classify.c asks codes and texts in their order, judge.c
 * finds what a text says, verdict.c makes the verdict of what was found.
 */
#ifndef WB_SEARCH_H
#define WB_SEARCH_H

#include "classify.h"
#include "layers.h"
#include "scanned.h"

enum { MAX_TEXTS = 12 }; /* that facts are taken from; further ones are judged only */

/* An entry that matched, and what it weighs. */
struct hit {
    const struct wb_entry *entry;
    const struct wb_match *match;
    bool doubtful; /* in words that only ask, guess or quote: no more than a hint */
};

/* The verdict while it is sought; on the stack of wb_classify, for one thread. */
struct search {
    const struct wb_classifier *cl;
    const struct wb_context *context;
    const struct wb_evidence *evidence;
    struct wb_verdict *v;
    const struct wb_entry *entries;
    const struct wb_cause *causes;
    enum wb_stage stage;
    int reply_code;
    struct wb_code status;
    bool agreeing_known;
    uint16_t agreeing; /* the cause that the status code suggests; WB_NO_INDEX: none */
    int code;          /* the reply code before the text that is judged; 0: none */
    struct hit best;   /* .entry NULL: none yet */
    struct wb_scanned best_text;
    bool outer;               /* a reply is quoted behind the text that is judged */
    struct wb_scanned *texts; /* what was scanned: facts are taken from it in the end */
    int text_count;
    struct wb_slice words;       /* those that decided, in the folded text */
    struct wb_outcome *outcome;  /* where to keep what is decided; NULL: nowhere */
    struct wb_question question; /* ... and of what it is the outcome */
    bool recalled;               /* the verdict is an outcome that was kept */
    bool facts;                  /* some were told, or, if it is recalled, will be */
};

static inline enum wb_tier tier_of(const struct hit *hit)
{
    return hit->doubtful ? WB_TIER_HINT : (enum wb_tier)hit->entry->tier;
}

static inline bool says_nothing(struct wb_code code)
{
    return code.class == 0 || (code.subject == 0 && code.detail == 0);
}

/* Whose meanings of a code count. */
static inline uint16_t speaker(const struct wb_context *context)
{
    if (context->remote != WB_NO_INDEX)
        return context->remote;
    return context->recipient != WB_NO_INDEX ? context->recipient : context->reporter;
}

/* Scans a layer and keeps what was found. */
struct wb_scanned wb_search_layer(struct search *s, const struct wb_known_layers *known, int layer);

/* True when an entry with a cause decides. */
bool wb_judge_text(struct search *s, struct wb_slice text, int code);

/* The layers of a text, innermost first, each alone. */
bool wb_judge_layers(struct search *s, const struct wb_known_layers *known);

/* The other readings that an entry or a code names. */
void wb_take_alternatives(struct wb_verdict *v, const uint16_t *cause, const uint16_t *weight,
                          int n);

/* The verdict is that of the best entry. */
void wb_take_entry(struct search *s);

/* Once the cause is known: what follows from it. */
void wb_finish_verdict(struct search *s);

#endif
