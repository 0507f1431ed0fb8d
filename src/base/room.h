/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room: memory that grows and is given back as a whole, for work whose size nobody knows before,
 * as a batch for the store. What was taken stays where it is until the room is reset or freed.
 * Not for the way of every mail: that has the arena. Taking ends the process only when the system
 * has no memory left. Owner: whoever opened it (zero is an open, empty room); one thread at a time.
 */
#ifndef WB_ROOM_H
#define WB_ROOM_H

#include <stddef.h>

#include "slice.h"

struct wb_room_block;

struct wb_room {
    struct wb_room_block *blocks; /* the one in use first */
    size_t used, size;            /* of the first block */
};

/* n bytes, aligned for any type, not set. */
void *wb_room_take(struct wb_room *room, size_t n);
struct wb_slice wb_room_copy(struct wb_room *room, struct wb_slice s);
/* Gives back the last thing taken but its first n bytes. */
void wb_room_shrink(struct wb_room *room, const void *last, size_t n);
/* Empty again; one block is kept for the next time. */
void wb_room_reset(struct wb_room *room);
void wb_room_free(struct wb_room *room);

#endif
