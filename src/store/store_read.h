/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading reports and statistics. What store.h says of threads, ownership and errors holds here. */
#ifndef WB_STORE_READ_H
#define WB_STORE_READ_H

#include "buf.h"
#include "store.h"

struct wb_filter {
    int64_t from, to; /* Unix time, to is exclusive; 0: open */
    struct wb_slice cause, domain, provider, address, kind, remote_mta; /* empty: any */
    struct wb_slice words; /* in the diagnostic, upper and lower case alike */
};

/* A report as it was added, with its document. */
typedef bool (*wb_event_callback)(void *own, const struct wb_record *record,
                                  struct wb_cursor place);

/*
 * The newest first. next_out is where the next page begins, 0,0 after the last one. A page may
 * have fewer rows than limit and still a next: one call looks at so many reports and no more, so
 * that a rare combination costs many short calls instead of one without end.
 */
bool wb_store_events(struct wb_store *store, const struct wb_filter *filter, struct wb_cursor after,
                     unsigned limit, wb_event_callback callback, void *own,
                     struct wb_cursor *next_out, struct wb_status *status);

/* One report; found says whether there is one. */
bool wb_store_report(struct wb_store *store, struct wb_slice report_id, wb_event_callback callback,
                     void *own, bool *found, struct wb_status *status);

/* The mail that it stood in, as far as it is kept, appended to out; out NULL: is it kept? */
bool wb_store_raw(struct wb_store *store, struct wb_slice report_id, struct wb_buf *out,
                  bool *found, struct wb_status *status);

/* Every report of the same failure, itself among them, the newest first: delay, failure, delivery.
 */
bool wb_store_history(struct wb_store *store, struct wb_slice report_id, wb_event_callback callback,
                      void *own, struct wb_status *status);

/* ---- statistics, from roll-ups ---- */

/* What is counted apart. domain is that of the recipient; proof has the names of wb_proof_name. */
enum wb_by {
    WB_BY_CAUSE,
    WB_BY_PROVIDER,
    WB_BY_DOMAIN,
    WB_BY_REMOTE_MTA,
    WB_BY_KIND,
    WB_BY_PROOF,
    WB_BY_COUNT
};
enum wb_step { WB_STEP_HOUR, WB_STEP_DAY, WB_STEP_WEEK }; /* UTC; a week begins on Monday */

struct wb_count {
    int64_t time;                /* the start of the step */
    struct wb_slice name, cause; /* empty: absent; cause only where it was asked for */
    uint64_t count;
};

struct wb_statistics {
    int64_t from, to;                  /* as in wb_filter; rounded down to the step */
    struct wb_slice cause, kind, name; /* only these; name is one of what `by` counts */
    enum wb_by by;
    enum wb_step step; /* hours are kept for WB_MAX_STORE_HOURS of them, then days are left */
    /* only the most frequent names, 0: all; of a span of more than WB_MAX_STORE_DAYS they are
     * chosen by some of its days, and all their counts are right; names as frequent as the last
     * one may come, too */
    unsigned top;
    bool causes; /* each name by its causes */
};

/* In the order of time, then of name. */
typedef bool (*wb_count_callback)(void *own, const struct wb_count *count);
bool wb_store_statistics(struct wb_store *store, const struct wb_statistics *what,
                         wb_count_callback callback, void *own, struct wb_status *status);

/* ---- the unknown ---- */

struct wb_template {
    struct wb_slice text; /* a diagnostic; what changes from mail to mail is taken out */
    uint64_t count;
    int64_t first, last;       /* Unix time */
    struct wb_slice report_id; /* an example */
};
typedef bool (*wb_template_callback)(void *own, const struct wb_template *row,
                                     struct wb_cursor place);
/* Diagnostics without a cause, the most frequent first. */
bool wb_store_templates(struct wb_store *store, struct wb_cursor after, unsigned limit,
                        wb_template_callback callback, void *own, struct wb_status *status);

#endif
