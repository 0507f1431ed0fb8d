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

/*
 * Everything beside the folded text that the verdict depends on, four numbers in each word: so two
 * are compared without a branch. None set is no question.
 *
 *   who     the kind of report; the providers of struct wb_context, with that of the server which
 *           signs a reply
 *   codes   the reply code and the status, subject and detail, that count; the code at the front of
 *           the text, which the folding drops
 *   more    the class of that status; the stage; enum wb_asked
 */
struct wb_question {
    uint64_t who, codes, more;
};

enum wb_asked {
    WB_ASKED = 1,             /* it is a question */
    WB_ASKED_CLASS_EMPTY = 2, /* the status is of a field that says nothing, and no reply coded */
    WB_ASKED_TEMPORARY = 4,   /* the Status field says so */
    WB_ASKED_BY_OWN = 8,      /* of struct wb_context, where no reply has a code */
    WB_ASKED_IN_SUBJECT = 16, /* the recipient is named only there */
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

/* Kept of a text: a mailing meets one server's words, and those of others who have them, too. */
enum { WB_OUTCOMES = 2 };

struct search;
struct wb_scanned;

/*
 * Of the first text that is looked at, around which no other reply with a code stands. True: it was
 * asked the same lately, and decided; the verdict is filled in but for facts and codes.
 * False: it is to be judged, and s->outcome is where to keep what it decides.
 */
bool wb_recall_outcome(struct search *s, const struct wb_scanned *scanned);

/* Once the verdict is finished; s->outcome NULL: it is not kept. */
void wb_keep_outcome(const struct search *s);

#endif
