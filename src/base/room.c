/* SPDX-License-Identifier: BSD-2-Clause */
#include "room.h"

#include <stdlib.h>

#include "check.h"

enum { ALIGN = 16, BLOCK = 1 << 20 };

struct wb_room_block {
    struct wb_room_block *next;
    size_t size;
    _Alignas(ALIGN) char bytes[];
};

static void add_block(struct wb_room *room, size_t n)
{
    size_t size = n > BLOCK ? n : BLOCK;
    struct wb_room_block *block = malloc(sizeof *block + size);
    WB_CHECK(block != NULL);
    *block = (struct wb_room_block){.next = room->blocks, .size = size};
    room->blocks = block;
    room->used = 0;
    room->size = size;
}

void *wb_room_take(struct wb_room *room, size_t n)
{
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (room->size - room->used < n || !room->blocks)
        add_block(room, n);
    void *taken = room->blocks->bytes + room->used;
    room->used += n;
    return taken;
}

struct wb_slice wb_room_copy(struct wb_room *room, struct wb_slice s)
{
    char *p = wb_room_take(room, s.n);
    if (s.n)
        memcpy(p, s.p, s.n);
    return wb_slice(p, s.n);
}

void wb_room_shrink(struct wb_room *room, const void *last, size_t n)
{
    size_t at = (size_t)((const char *)last - room->blocks->bytes);
    WB_CHECK(at <= room->used && at + n <= room->used);
    room->used = at + ((n + ALIGN - 1) & ~(size_t)(ALIGN - 1));
}

static void drop(struct wb_room_block *block)
{
    while (block) {
        struct wb_room_block *next = block->next;
        free(block);
        block = next;
    }
}

void wb_room_reset(struct wb_room *room)
{
    room->used = 0;
    if (!room->blocks)
        return;
    if (room->blocks->size > BLOCK) { /* one huge mail: its memory is not kept for ever */
        wb_room_free(room);
        return;
    }
    drop(room->blocks->next);
    room->blocks->next = NULL;
}

void wb_room_free(struct wb_room *room)
{
    drop(room->blocks);
    *room = (struct wb_room){0};
}
