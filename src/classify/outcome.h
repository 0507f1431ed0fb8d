/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a text alone decided. Most failures have one reply and nothing else that counts, and a
 * mailing meets the same reply, addresses folded away, thousands of times: its verdict follows from
 * the folded text and from what stands in struct wb_question, and from nothing else. So the last
 * one is kept with the folded text, and is taken again only for the very same question.
 *
 * What differs from message to message is not in it: the words that decided, as they are written,
 * numbers and names that the text states, the diagnostic. Of these only the places are kept.
 */
#ifndef WB_OUTCOME_H
#define WB_OUTCOME_H

#include "catalog.h"
#include "vocab.h"

/* Everything beside the folded text that the verdict depends on; without padding: it is compared
 * as it lies in memory. */
struct wb_question {
    uint16_t kind;                        /* of struct wb_context, */
    uint16_t remote, reporter, recipient; /* ... the first with the server that signs a reply */
    uint16_t reply_code, subject, detail; /* the codes that count */
    uint16_t code;                        /* at the front of the text, which the folding drops */
    uint8_t class;                        /* of the status that counts */
    uint8_t stage;
    bool class_empty; /* that status is of a field which says nothing, and no reply has a code */
    bool field_temporary; /* the Status field says so */
    bool by_own;          /* of struct wb_context, where no reply has a code */
    bool in_subject;      /* the recipient is named only there */
    bool asked;           /* true: memory that is not set is no question */
    uint8_t none;
};

struct wb_outcome {
    struct wb_question question;
    wb_str detail, rule, page, code;
    uint32_t first_line, lines;
    uint16_t cause, provider;
    uint16_t from, n; /* the words that decided, where in the folded text */
    uint16_t alternative[WB_MAX_ALTERNATIVES], weight[WB_MAX_ALTERNATIVES];
    uint8_t alternatives, confidence, permanence, fault, responsible, recommendation;
    bool own_server;
    bool facts; /* the text tells some that matter */
};

struct search;
struct wb_scanned;

/*
 * True: the text, the first that is looked at and the only one in its reply, has been asked the
 * same before, and decides; the verdict is filled in but for facts and codes. False: it is to be
 * judged, and s->outcome is where to keep what it decides.
 */
bool wb_recall_outcome(struct search *s, const struct wb_scanned *scanned);

/* Once the verdict is finished; s->outcome NULL: it is not kept. */
void wb_keep_outcome(const struct search *s);

#endif
