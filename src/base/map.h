/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A map from byte strings to numbers that grows: names to their ids, keys of counts to counts.
 * Keys are copied. Zero is an empty map. Owner: whoever opened it; one thread at a time.
 */
#ifndef WB_MAP_H
#define WB_MAP_H

#include <stdint.h>

#include "buf.h"
#include "room.h"

struct wb_map_row {
    struct wb_slice key;
    uint64_t hash;
    int64_t value;
};

struct wb_map {
    struct wb_buf rows;  /* of wb_map_row, in the order in which they were put */
    struct wb_buf slots; /* of uint32_t: number of a row and 1, or 0 */
    struct wb_room keys;
};

static inline size_t wb_map_count(const struct wb_map *map)
{
    return map->rows.n / sizeof(struct wb_map_row);
}

/* All rows, in the order in which they were put; valid until the next one is put. */
static inline struct wb_map_row *wb_map_rows(const struct wb_map *map)
{
    return (struct wb_map_row *)(void *)map->rows.p;
}

/* NULL: none. Valid until the next one is put. */
struct wb_map_row *wb_map_find(const struct wb_map *map, struct wb_slice key);
/* The row of a key, made with this value where there is none; is it new? */
struct wb_map_row *wb_map_put(struct wb_map *map, struct wb_slice key, int64_t value, bool *is_new);
void wb_map_clear(struct wb_map *map);
void wb_map_free(struct wb_map *map);

#endif
