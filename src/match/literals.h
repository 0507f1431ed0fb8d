/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must stand in a text for an expression to match: sets of words of which each time at least
 * one is there. "(?:user|mailbox) (?:is )?unknown" needs one of {user, mailbox} and one of
 * { unknown}. Used when scanners are made; not on the way of a message.
 *
 * Whoever asks frees the answer. Takes memory with malloc; a failure of that ends the process.
 */
#ifndef WB_LITERALS_H
#define WB_LITERALS_H

#include "slice.h"

enum { WB_SOUGHT_BYTES = 3 }; /* a word must have so many, or no scanner seeks it */
enum { WB_MAX_WORDS = 400, WB_MAX_MULTIPLIED = 60, WB_MAX_WORD_BYTES = 120, WB_MAX_SETS = 12 };

struct wb_words {
    struct wb_slice *word; /* in memory of the answer */
    size_t n;
};

struct wb_required {
    struct wb_words set[WB_MAX_SETS];
    size_t n;   /* 0: nothing that is fixed */
    bool whole; /* the expression is its only set of words: where one stands, it matches */
    struct wb_required_memory *memory;
};

/* How common a set of words is: of several that an alternative needs, the rarest is taken. */
struct wb_word_costs {
    size_t (*of)(void *context, struct wb_words words);
    void *context;
};

/* costs may be NULL: then the set is taken whose shortest word is the longest. */
void wb_required_words(struct wb_slice expression, const struct wb_word_costs *costs,
                       struct wb_required *out);
void wb_required_free(struct wb_required *required);

/* True when the expression matches no text without that byte, as far as its words tell. */
bool wb_expression_needs(struct wb_slice expression, char byte);

#endif
