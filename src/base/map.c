/* SPDX-License-Identifier: BSD-2-Clause */
#include "map.h"

#include "hash.h"

enum { FEWEST_SLOTS = 64 };

static size_t slot_count(const struct wb_map *map)
{
    return map->slots.n / sizeof(uint32_t);
}

static uint32_t *slots_of(const struct wb_map *map)
{
    return (uint32_t *)(void *)map->slots.p;
}

/* The slot of a key, or the free one where it would stand. There is always a free one. */
static uint32_t *slot_of(const struct wb_map *map, struct wb_slice key, uint64_t hash)
{
    size_t mask = slot_count(map) - 1;
    const struct wb_map_row *rows = wb_map_rows(map);
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = slots_of(map) + i;
        if (!*slot)
            return slot;
        const struct wb_map_row *row = rows + *slot - 1;
        if (row->hash == hash && wb_slice_eq(row->key, key))
            return slot;
    }
}

static void grow(struct wb_map *map)
{
    size_t n = slot_count(map) ? 2 * slot_count(map) : FEWEST_SLOTS;
    wb_buf_clear(&map->slots);
    wb_buf_reserve(&map->slots, n * sizeof(uint32_t));
    map->slots.n = n * sizeof(uint32_t);
    memset(map->slots.p, 0, map->slots.n);
    const struct wb_map_row *rows = wb_map_rows(map);
    for (size_t i = 0; i < wb_map_count(map); i++)
        *slot_of(map, rows[i].key, rows[i].hash) = (uint32_t)i + 1;
}

struct wb_map_row *wb_map_find(const struct wb_map *map, struct wb_slice key)
{
    if (!slot_count(map))
        return NULL;
    uint32_t slot = *slot_of(map, key, wb_hash_bytes(key).low);
    return slot ? wb_map_rows(map) + slot - 1 : NULL;
}

struct wb_map_row *wb_map_put(struct wb_map *map, struct wb_slice key, int64_t value, bool *is_new)
{
    uint64_t hash = wb_hash_bytes(key).low;
    if (2 * (wb_map_count(map) + 1) > slot_count(map))
        grow(map);
    uint32_t *slot = slot_of(map, key, hash);
    if (is_new)
        *is_new = *slot == 0;
    if (!*slot) {
        struct wb_map_row row = {wb_room_copy(&map->keys, key), hash, value};
        wb_buf_put(&map->rows, wb_slice((const char *)&row, sizeof row));
        *slot = (uint32_t)wb_map_count(map);
    }
    return wb_map_rows(map) + *slot - 1;
}

void wb_map_clear(struct wb_map *map)
{
    wb_buf_clear(&map->rows);
    if (map->slots.n)
        memset(map->slots.p, 0, map->slots.n);
    wb_room_reset(&map->keys);
}

void wb_map_free(struct wb_map *map)
{
    wb_buf_free(&map->rows);
    wb_buf_free(&map->slots);
    wb_room_free(&map->keys);
}
