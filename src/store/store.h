/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where reports are kept: one interface, two databases. A store is named by a URL:
 * "sqlite:/var/lib/whybounce/store.db" or "postgresql://user@host/name".
 *
 * Threads. One thread at a time uses a store. A batch of one waits for the batch of another, be it
 * in this process or not. Any number of threads read beside it, each through a store of its own.
 *
 * Ownership. Slices that go in are borrowed for the call. What a read call hands to its callback
 * is valid until the callback returns; a callback that returns false ends the reading. A callback
 * uses no function of the same store.
 *
 * Errors. Trouble of the world (full disk, lost connection, a file that may not be written) is a
 * status with one sentence; the batch that met it is undone, and the store works again when the
 * trouble is gone. Nothing counts as kept before wb_store_commit has returned true.
 *
 * Here: opening and writing. store_read.h: reports and statistics. store_address.h: addresses and
 * the audit. store_token.h: tokens. store_notice.h: what others are told. store_keep.h: keeping
 * house.
 */
#ifndef WB_STORE_H
#define WB_STORE_H

#include <stdbool.h>

#include "policy.h"
#include "record.h"
#include "status.h"

struct wb_store;

enum wb_store_mode {
    WB_STORE_WRITE, /* makes it where there is none, and brings an old one up to date */
    WB_STORE_READ,  /* never changes it; refuses one that is not up to date */
};

struct wb_store *wb_store_open(const char *url, enum wb_store_mode mode, struct wb_status *status);
void wb_store_close(struct wb_store *store);
/* Does it answer? For health checks; opens a lost connection again. */
bool wb_store_ready(struct wb_store *store, struct wb_status *status);

/* Where a page ended: of the newest first. 0,0 is the first page, and means "no more" as an end. */
struct wb_cursor {
    int64_t at, id;
};

/* What happened to each message of a batch. */
struct wb_added {
    unsigned reports;    /* new ones */
    unsigned duplicates; /* that were there before */
    unsigned changes;    /* addresses whose state changed */
};

/* Everything that changes something stands between begin and commit, or undo. */
bool wb_store_begin(struct wb_store *store, struct wb_status *status);

/*
 * Adds n messages; added is NULL or n rows long. A report whose report_id is there already changes
 * nothing. Many messages in one call cost much less than as many calls. After false the batch is
 * undone, and only begin is of use.
 */
bool wb_store_add(struct wb_store *store, const struct wb_message *messages, size_t n,
                  const struct wb_policy *policy, struct wb_added *added, struct wb_status *status);

/*
 * The same messages as judged today: reports that are there are replaced and counted anew, others
 * are left out. What was decided of addresses stays as it is. changed counts reports whose cause,
 * kind or recommendation is another one.
 */
bool wb_store_replace(struct wb_store *store, const struct wb_message *messages, size_t n,
                      uint64_t *changed, struct wb_status *status);

/* A delivery to this address: strikes from before are forgotten. From logs; at is Unix time. */
bool wb_store_delivered(struct wb_store *store, struct wb_slice address, int64_t at,
                        struct wb_status *status);

/* True: it is on the disk. False: the batch is undone. */
bool wb_store_commit(struct wb_store *store, struct wb_status *status);
void wb_store_undo(struct wb_store *store);

#endif
