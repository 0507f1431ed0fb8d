/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notices for programs of others (webhooks): a queue that stands in the store, so that a notice is
 * written in the batch of what it tells of, and both are there or neither. What store.h says of
 * threads, ownership and errors holds here. The store neither makes texts nor sends any: it asks a
 * teller for the one, and keeps count of the other.
 */
#ifndef WB_STORE_NOTICE_H
#define WB_STORE_NOTICE_H

#include "store.h"

enum { WB_NOTICE_ID = 16 };

struct wb_notice {
    struct wb_slice endpoint; /* the name of who is to get it */
    struct wb_slice kind;     /* "report" */
    struct wb_slice about;    /* a report_id, an address ...: for a person who looks at the queue */
    struct wb_slice body;     /* JSON */
    int64_t at;
    unsigned char message[WB_NOTICE_ID]; /* never that of another event; the same for each try */
};

/* The state of an address becomes another one. */
struct wb_transition {
    struct wb_slice address, who, action, why; /* as in wb_audit_row */
    enum wb_address_state before, after;
    int64_t at, until;              /* until 0: no end */
    const struct wb_record *record; /* that led to it; NULL: a log's delivery, or somebody's hand */
};

/* Is told of each new report and each transition of a batch, and puts notices of them. */
struct wb_teller {
    void (*report)(const struct wb_teller *teller, struct wb_store *store,
                   const struct wb_record *record);
    void (*transition)(const struct wb_teller *teller, struct wb_store *store,
                       const struct wb_transition *transition);
};
/* Borrowed until the store is closed; NULL: nobody is told. */
void wb_store_tell(struct wb_store *store, const struct wb_teller *teller);

/* In a batch, also from within a teller. It is written by the commit. */
void wb_notice_put(struct wb_store *store, const struct wb_notice *notice);

/*
 * In a batch: has this not been told of since `from`? Then it is noted as told now. So that what
 * lasts is told of once a day.
 */
bool wb_store_told(struct wb_store *store, struct wb_slice subject, int64_t from, int64_t now,
                   bool *is_new_out, struct wb_status *status);
/* When was this told of? 0: never. */
bool wb_store_told_at(struct wb_store *store, struct wb_slice subject, int64_t *at_out,
                      struct wb_status *status);

/* ---- delivering ---- */

struct wb_notice_row {
    struct wb_notice notice;
    int64_t id;
    int64_t since;         /* when it came into the queue, or into it again */
    int64_t dead;          /* when it was given up; 0: it waits */
    unsigned tries;        /* that failed */
    struct wb_slice error; /* of the last one */
};
typedef bool (*wb_notice_callback)(void *own, const struct wb_notice_row *row,
                                   struct wb_cursor place);

/* What an endpoint should get by now, the one that waits longest first. */
bool wb_store_notices_due(struct wb_store *store, struct wb_slice endpoint, int64_t now,
                          unsigned limit, wb_notice_callback callback, void *own,
                          struct wb_status *status);

/* How a try ended. */
struct wb_notice_try {
    int64_t id;
    unsigned char message[WB_NOTICE_ID];
    struct wb_slice endpoint;
    struct wb_slice error; /* empty: it was delivered, and leaves the queue */
    int64_t at;
    int64_t due; /* the next try; 0: it is given up */
};
/* In a batch. One that has left the queue meanwhile is no trouble. */
bool wb_store_notice_tried(struct wb_store *store, const struct wb_notice_try *tries, size_t n,
                           struct wb_status *status);

/* ---- looking after it ---- */

struct wb_endpoint_row {
    struct wb_slice name;
    uint64_t waiting, dead;
    uint64_t delivered;                  /* ever */
    int64_t last_delivery, last_failure; /* 0: none */
    struct wb_slice error;               /* of the last failure */
};
typedef bool (*wb_endpoint_callback)(void *own, const struct wb_endpoint_row *row);
/* All that ever had a notice tried or have one now, in the order of their names. */
bool wb_store_endpoints(struct wb_store *store, wb_endpoint_callback callback, void *own,
                        struct wb_status *status);

/* Those that were given up, the last one first. next_out as in wb_store_events. */
bool wb_store_notices_dead(struct wb_store *store, struct wb_cursor after, unsigned limit,
                           wb_notice_callback callback, void *own, struct wb_cursor *next_out,
                           struct wb_status *status);
/* In a batch: one that was given up waits again. */
bool wb_store_notice_resend(struct wb_store *store, int64_t id, int64_t now, bool *found,
                            struct wb_status *status);

/*
 * Gives up what has waited since before `waiting`, and drops what was given up before `dead`.
 * Makes batches of its own.
 */
bool wb_store_notices_retain(struct wb_store *store, int64_t waiting, int64_t dead, int64_t now,
                             struct wb_status *status);

#endif
