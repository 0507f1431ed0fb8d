/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All writing into the store goes through one thread, which takes what has come meanwhile as one
 * batch: many who wait share one commit. A call returns when its change is on the disk, or with
 * the reason why it is not; wb_writer_add_later returns at once and is told so. Any thread.
 */
#ifndef WB_WRITER_H
#define WB_WRITER_H

#include "store.h"

struct wb_writer;

struct wb_writer *wb_writer_open(const char *url, const char *policy, struct wb_status *status);
/* What waits is still written. */
void wb_writer_close(struct wb_writer *writer);

/* What is to be done between begin and commit; called again alone when its batch was undone. */
typedef bool (*wb_change_call)(struct wb_store *store, const struct wb_policy *policy, void *own,
                               struct wb_status *status);
bool wb_writer_do(struct wb_writer *writer, wb_change_call change, void *own,
                  struct wb_status *status) WB_MUST_CHECK;

/* The same without begin and commit, for what makes batches of its own. */
bool wb_writer_do_alone(struct wb_writer *writer, wb_change_call change, void *own,
                        struct wb_status *status) WB_MUST_CHECK;

/* One message with its reports. */
bool wb_writer_add(struct wb_writer *writer, const struct wb_message *message,
                   struct wb_added *added, struct wb_status *status) WB_MUST_CHECK;

/*
 * The same without waiting: `then` is called by the writer's thread, when the message is on the
 * disk (ok) or is refused. It does not block. The message and what it points at stay until then.
 */
typedef void (*wb_writer_then)(void *own, bool ok, const struct wb_added *added,
                               const struct wb_status *status);
void wb_writer_add_later(struct wb_writer *writer, const struct wb_message *message,
                         wb_writer_then then, void *own);
/* `own` goes to both, and stays until `then` was called. */
void wb_writer_do_later(struct wb_writer *writer, wb_change_call change, wb_writer_then then,
                        void *own);

/* The policy is read again; with the old one going on when the new one is refused. */
bool wb_writer_reload(struct wb_writer *writer, const char *policy, struct wb_status *status);
/* How many wait. */
size_t wb_writer_waiting(struct wb_writer *writer);

#endif
