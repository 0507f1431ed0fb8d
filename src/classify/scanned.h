/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text and the entries whose words stand in it. Once addresses are folded away, the replies of a
 * mailing are a few dozen texts: so which entries may match a folded text, whether and where each
 * of them does, what it tells, and what it decided the last time is kept in the session's cache.
 */
#ifndef WB_SCANNED_H
#define WB_SCANNED_H

#include "classify.h"
#include "outcome.h"

/* An entry whose words stand in a text. */
struct wb_match {
    uint16_t entry;
    uint8_t state : 2; /* enum wb_match_state */
    uint8_t tells : 1; /* the entry tells a fact other than doubt */
    uint8_t bound : 1; /* the entry depends on more than the words: who says them, or codes */
    uint8_t tier;      /* of the entry, if it has a cause; what gives way is but a hint */
    uint16_t from, n;  /* where in the folded text it matches */
    uint16_t letters;  /* of the text that it accounts for */
    uint8_t told;      /* if it tells a fact: its number among those that do */
};

/* What the named groups of an expression took, where in the folded text; n is 0: nothing. */
enum wb_told_name {
    WB_TOLD_NUMBER,
    WB_TOLD_UNIT,
    WB_TOLD_IP,
    WB_TOLD_LIST,
    WB_TOLD_CODE,
    WB_TOLD_NAMES
};
struct wb_told {
    struct {
        uint16_t from, n;
    } named[WB_TOLD_NAMES];
};

enum wb_match_state { WB_MATCH_UNTRIED, WB_MATCH_NO, WB_MATCH_YES };

/* A text of at most WB_MAX_PROSE_BYTES, its entries by tier, the highest first. */
struct wb_scanned {
    struct wb_slice text; /* as written */
    struct wb_slice folded;
    const uint32_t *map; /* where each folded byte came from (see wb_fold); NULL: long texts */
    int code;            /* the reply code at its front */
    struct wb_match *matches;
    size_t n;
    struct wb_told *told; /* of the matches that tell facts, once they hold */
    uint32_t first_told;  /* the first of these; n: there is none */
    uint64_t doubted;     /* the causes of which some of the matches tell doubt: a bit for each */
    struct wb_outcome *outcome; /* what it decided lately; NULL: it is not kept */
};

/*
 * Folds the text and finds its entries; they are valid while one evidence is judged. first: it is
 * the first text of that evidence, so entries that did not match before may be dropped for good.
 * folding: kept with the text that this one is part of, 0 at first, and led to what is known of it
 * the next time; NULL: nowhere.
 */
struct wb_scanned wb_scan_entries(const struct wb_classifier *cl, struct wb_slice text, int code,
                                  bool first, uint64_t *folding);

/* Whether the entry matches; tried at most once for a text. */
bool wb_match_holds(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                    struct wb_match *match);

/* What a match that holds and tells a fact says under that name, as folded. */
struct wb_slice wb_match_told(const struct wb_scanned *scanned, const struct wb_match *match,
                              enum wb_told_name name);

#endif
