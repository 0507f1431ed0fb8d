/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of addresses, and who changed it. What store.h says of threads, ownership and
 * errors holds here. An address is found whatever the case of its letters; it comes out in lower
 * case. A pause or suppression that has run out comes out as what follows it.
 */
#ifndef WB_STORE_ADDRESS_H
#define WB_STORE_ADDRESS_H

#include "store.h"

struct wb_address_row {
    struct wb_slice address;
    enum wb_address_state state;
    int64_t since, until;                /* 0: always was; no end */
    unsigned strikes, pauses;            /* since the last delivery */
    int64_t last_failure, last_delivery; /* 0: none */
    struct wb_slice cause, why; /* of the state: the cause, and a report_id or the reason given */
};

typedef bool (*wb_address_callback)(void *own, const struct wb_address_row *row,
                                    struct wb_cursor place);

/*
 * state < 0: any; the latest change first, else the newest address. words: how it begins, or with
 * "@" how its domain begins. next_out as in wb_store_events.
 */
bool wb_store_addresses(struct wb_store *store, int state, struct wb_slice words,
                        struct wb_cursor after, unsigned limit, wb_address_callback callback,
                        void *own, struct wb_cursor *next_out, struct wb_status *status);

/* How many are so now; of the paused ones those of the last 50,000 pauses. */
bool wb_store_address_counts(struct wb_store *store, uint64_t *suppressed_out, uint64_t *paused_out,
                             struct wb_status *status);

/* The rows of the addresses that are known, of many at once. */
bool wb_store_lookup(struct wb_store *store, const struct wb_slice *addresses, size_t n,
                     wb_address_callback callback, void *own, struct wb_status *status);

/* Of those that are suppressed: how many became so since then. */
bool wb_store_suppressed(struct wb_store *store, int64_t since, uint64_t *n_out,
                         struct wb_status *status);

struct wb_strike_row {
    int64_t at;
    struct wb_slice cause; /* empty: a complaint */
    struct wb_slice report_id;
};
typedef bool (*wb_strike_callback)(void *own, const struct wb_strike_row *row);
/* What speaks against an address now, the newest first. */
bool wb_store_strikes(struct wb_store *store, struct wb_slice address, wb_strike_callback callback,
                      void *own, struct wb_status *status);

/* By hand, in a batch. until 0: no end. who is a user or token, reason a sentence. */
bool wb_store_set_state(struct wb_store *store, struct wb_slice address,
                        enum wb_address_state state, int64_t until, struct wb_slice who,
                        struct wb_slice reason, struct wb_status *status);
/*
 * In a batch: on probation, when it is suppressed or paused; else nothing is changed, for one that
 * nothing spoke against would be suppressed by its first strike, and found is false.
 */
bool wb_store_release(struct wb_store *store, struct wb_slice address, struct wb_slice who,
                      struct wb_slice reason, bool *found, struct wb_status *status);

/*
 * In a batch: everything about this address goes: its reports, the mails they stood in, strikes
 * and audit; in other reports of these mails it is masked. rows counts what went. After the
 * commit no byte of it is left in the file of SQLite; in the files of PostgreSQL, VACUUM FULL
 * ends them. Mails about others only, which may quote it, stay; so do reasons and names of files
 * that hold an address without a domain, for it is a word like others.
 */
bool wb_store_forget(struct wb_store *store, struct wb_slice address, struct wb_slice who,
                     uint64_t *rows, struct wb_status *status);

struct wb_audit_row {
    int64_t at;
    /* who: "policy" or whoever called; action: "state" or "forget" by hand, "strike", "pause",
     * "suppress", "delivery" or "expire" by the policy; before, after: states; why: a report_id, a
     * reason, or "log" */
    struct wb_slice who, action, address, before, after, why;
};
typedef bool (*wb_audit_callback)(void *own, const struct wb_audit_row *row,
                                  struct wb_cursor place);
/* The newest first; address empty: of all. */
bool wb_store_audit(struct wb_store *store, struct wb_slice address, struct wb_cursor after,
                    unsigned limit, wb_audit_callback callback, void *own,
                    struct wb_status *status);

/* ---- what would another policy have done? ---- */

struct wb_change {
    struct wb_slice address;
    enum wb_address_state before, after; /* as it is now; as this policy would have it */
    struct wb_slice cause, report_id;    /* what decided */
};
typedef bool (*wb_change_callback)(void *own, const struct wb_change *change);
/* The reports since then, decided anew from nothing: addresses that would now stand otherwise. */
bool wb_store_dry_run(struct wb_store *store, const struct wb_policy *policy, int64_t since,
                      wb_change_callback callback, void *own, struct wb_status *status);

#endif
