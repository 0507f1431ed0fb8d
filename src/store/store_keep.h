/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeping house. What store.h says of threads, ownership and errors holds here. */
#ifndef WB_STORE_KEEP_H
#define WB_STORE_KEEP_H

#include "store.h"

/*
 * Mails older than raw_days and reports older than days go; 0 keeps them for ever. Makes batches
 * of its own, short ones, so that others write in between; rows counts what went.
 */
bool wb_store_retain(struct wb_store *store, unsigned raw_days, unsigned days, uint64_t *rows,
                     struct wb_status *status);

/* How much of it there is now. */
bool wb_store_outdated(struct wb_store *store, unsigned raw_days, unsigned days,
                       uint64_t *mails_out, uint64_t *reports_out, struct wb_status *status);

/*
 * Lists the most frequent names of one day, for which statistics are asked; *more: perhaps there
 * is another day. A batch of its own. Without it, statistics are right but slow.
 */
bool wb_store_summarise(struct wb_store *store, bool *more, struct wb_status *status);

/* A copy while others write (SQLite: a new file; PostgreSQL says to use pg_dump). */
bool wb_store_backup(struct wb_store *store, const char *path, struct wb_status *status);

/* Every mail that is kept, in the order in which they came, for reclassifying. */
struct wb_mail_row {
    struct wb_slice raw, source;
    int64_t received;
};
typedef bool (*wb_mail_callback)(void *own, const struct wb_mail_row *row, struct wb_cursor place);
/* From the one behind `after`, at most limit: a batch can be written between two calls. */
bool wb_store_mails(struct wb_store *store, struct wb_cursor after, unsigned limit,
                    wb_mail_callback callback, void *own, struct wb_status *status);

#endif
