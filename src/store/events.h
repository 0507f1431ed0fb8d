/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of names and addresses for reading; 0: the store has none. They take from the room. */
#ifndef WB_EVENTS_H
#define WB_EVENTS_H

#include "store_int.h"
#include "store_read.h"

bool wb_name_number(struct wb_store *store, struct wb_slice name, int64_t *out,
                    struct wb_status *status);
bool wb_address_number(struct wb_store *store, struct wb_slice address, int64_t *out,
                       struct wb_status *status);

/* The statements of pages, for a test of how they are executed. */
extern const struct wb_sql wb_event_walks[];
extern const size_t wb_event_walk_count;

#endif
