/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of texts seen before. A server says the same words to thousands of senders: once
 * addresses are folded away, the replies of a mailing are a few dozen texts. So the entries that
 * may match a folded text, and whether and where each of them does, are kept with the session.
 *
 * Only that is kept, which is a fact about text and catalogue alone; every verdict is worked out
 * anew. Belongs to one thread. Takes its memory once; false without memory.
 */
#ifndef WB_MEMO_H
#define WB_MEMO_H

#include "arena.h"
#include "catalog.h"
#include "hash.h"

/* An entry whose words stand in a text. */
struct wb_match {
    uint16_t entry;
    uint8_t state; /* enum wb_match_state */
    uint8_t pad;
    uint16_t from, n; /* where in the folded text it matches */
    uint16_t letters; /* of the text that it accounts for */
};

enum wb_match_state { WB_MATCH_UNTRIED, WB_MATCH_NO, WB_MATCH_YES };

/* A text of at most WB_MAX_PROSE_BYTES, its entries in no particular order. */
struct wb_scanned {
    struct wb_slice text; /* as written */
    struct wb_slice folded;
    const uint32_t *map; /* where each folded byte came from (see wb_fold); NULL: long texts */
    int code;            /* the reply code at its front */
    struct wb_match *matches;
    size_t n;
};

struct wb_memo;

struct wb_memo *wb_memo_new(void);
void wb_memo_free(struct wb_memo *memo);

/* A new evidence is judged: what wb_memo_scan has answered so far is no longer in use. */
void wb_memo_turn(struct wb_memo *memo);

/* Folds the text and finds its entries; they are valid until the next turn. */
struct wb_scanned wb_memo_scan(struct wb_memo *memo, const struct wb_catalogue *cat,
                               struct wb_matcher *matcher, struct wb_arena *arena,
                               struct wb_slice text, int code);

/* Whether the entry matches; tried at most once for a text. */
bool wb_match_holds(const struct wb_catalogue *cat, struct wb_matcher *matcher,
                    const struct wb_scanned *scanned, struct wb_match *match);

#endif
