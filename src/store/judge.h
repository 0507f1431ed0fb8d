/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decisions on addresses, kept: histories are read, decide.h is asked, and what has changed is
 * written with its line of the audit. In a batch.
 */
#ifndef WB_JUDGE_H
#define WB_JUDGE_H

#include "decide.h"
#include "store_int.h"

/* A report or delivery that may change what is known of an address; in the order of coming. */
struct wb_case {
    int64_t address;      /* its id */
    struct wb_slice name; /* the address itself, plain */
    int64_t at;
    const struct wb_record *record; /* NULL: a delivery from a log */
    struct wb_added *added;         /* or NULL */
    bool is_new;                    /* nothing is known of the address yet */
};

/* policy NULL: only deliveries. The causes of the records are names that are known. */
bool wb_judge(struct wb_store *store, const struct wb_policy *policy, const struct wb_case *cases,
              size_t n, struct wb_status *status);

/* Reads a history of each id into what histories point at. */
bool wb_histories_read(struct wb_store *store, const int64_t *ids, struct wb_history **histories,
                       size_t n, struct wb_status *status);

/* ---- the audit ---- */

struct wb_audit_entry {
    int64_t address; /* 0: none */
    struct wb_slice who, action, why;
    int before, after; /* states; -1: none */
};

/* Puts a line into rows; texts must stay until it is written. */
void wb_audit_put(struct wb_store *store, struct wb_rows *rows, const struct wb_audit_entry *entry);
bool wb_audit_write(struct wb_store *store, struct wb_rows *rows, struct wb_status *status);

#endif
