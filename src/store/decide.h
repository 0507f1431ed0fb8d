/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What speaks against an address, and what follows from one more report. Pure: no clock, no store;
 * times are those of the reports. One thread at a time changes a history.
 */
#ifndef WB_DECIDE_H
#define WB_DECIDE_H

#include "limit.h"
#include "policy.h"

/* At most one for an address and day, and one for a failure. */
struct wb_strike {
    int64_t at;
    int64_t failure;       /* wb_failure_number; 0: none */
    struct wb_slice cause; /* a cause that may count, of the built-in table; empty: a complaint */
    bool clear;            /* its words leave no other reading: recommendation suppress */
    bool is_new;           /* not in the store yet */
    unsigned char report_id[16];
};

struct wb_history {
    enum wb_address_state state; /* as it was set; it may have run out */
    int64_t since, until;        /* until 0: no end */
    unsigned pauses;             /* since the last delivery */
    int64_t delivered;           /* the last delivery; 0: none known */
    size_t n;
    struct wb_strike strikes[WB_MAX_STORED_STRIKES]; /* the oldest first */
};

enum wb_outcome {
    WB_OUTCOME_NOTHING,
    WB_OUTCOME_STRIKE,
    WB_OUTCOME_PAUSE,
    WB_OUTCOME_SUPPRESS,
};

/* The state at a moment: a pause and a suppression run out. */
enum wb_address_state wb_history_state(const struct wb_history *history, int64_t now);

/* May this report count at all, whatever is known of the address? */
bool wb_policy_counts(const struct wb_policy *policy, const struct wb_record *record);
/* Is this report a delivery that counts? */
bool wb_policy_delivers(const struct wb_policy *policy, const struct wb_record *record);

/* What follows from a report that failed at this time; the history is brought up to date. */
enum wb_outcome wb_policy_decide(const struct wb_policy *policy, struct wb_history *history,
                                 const struct wb_record *record, int64_t at);
/* A delivery: true when anything was known that it takes back. */
bool wb_history_deliver(struct wb_history *history, int64_t at);

/*
 * The suppression invariant, checked apart from any policy (invariant.c; design.md has it): which
 * reports may ever count, and which strikes may ever suppress. The strike is one of those n.
 */
bool wb_may_count(const struct wb_record *record);
bool wb_may_suppress(const struct wb_strike *strikes, size_t n, const struct wb_strike *strike);

/* May a cause ever speak against an address? Its name in the built-in table; empty: it may not. */
struct wb_slice wb_cause_that_counts(struct wb_slice cause);
/* Is it the cause that stands for "nothing is known"? */
bool wb_cause_is_unknown(struct wb_slice cause);

#endif
