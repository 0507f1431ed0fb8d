/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows lie one behind the other in a ring, each with the text that it was made for:
 *
 *     slots   hash, place   hash, place   ...
 *     ring    | newer .. newest | oldest ..... older |
 *                               ^ head
 *
 * Places count on for ever: a row is there as long as the ring has not come round to it.
 */
#include "cache.h"

#include <stdlib.h>

#include "check.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
    WAYS = 4, /* slots that a hash may lie in: one line of the processor's cache */
    ALIGN = 8,
    HELD_PART = 4,     /* of the ring: rows that are about to go are not given out any more */
    LARGEST_PART = 16, /* of the ring, for one row */
    ASKED = 1 << 10,   /* places for keys that are remembered as asked for, WAYS in each */
};

struct slot {
    uint64_t hash;
    uint64_t place; /* in all that was ever written, plus 1; 0: none */
};

struct head {
    uint32_t tag, text_n, row_n; /* the text stands behind the row */
    uint32_t pad;
};

struct wb_cache {
    struct slot *slots;
    char *ring;
    size_t mask, bytes;
    uint64_t head;
    uint32_t asked[ASKED][WAYS]; /* upper halves of hashes, at the place that the lower one names */
};

struct wb_cache_key wb_cache_key(struct wb_slice text, uint32_t tag)
{
    return (struct wb_cache_key){text, XXH3_64bits(text.p, text.n) + wb_cache_tag_hash(tag), tag};
}

struct wb_cache *wb_cache_new(size_t slots, size_t bytes)
{
    struct wb_cache *cache = calloc(1, sizeof *cache);
    WB_CHECK(slots >= WAYS && (slots & (slots - 1)) == 0 && (bytes & (bytes - 1)) == 0);
    if (!cache)
        return NULL;
    cache->slots = calloc(slots, sizeof *cache->slots);
    cache->ring = malloc(bytes);
    cache->mask = slots - 1;
    cache->bytes = bytes;
    if (cache->slots && cache->ring)
        return cache;
    wb_cache_free(cache);
    return NULL;
}

void wb_cache_free(struct wb_cache *cache)
{
    if (!cache)
        return;
    free(cache->slots);
    free(cache->ring);
    free(cache);
}

void wb_cache_copy(struct wb_cache *to, const struct wb_cache *from)
{
    WB_CHECK(to->mask == from->mask && to->bytes == from->bytes);
    memcpy(to->slots, from->slots, (from->mask + 1) * sizeof *from->slots);
    memcpy(to->ring, from->ring, from->head < from->bytes ? from->head : from->bytes);
    to->head = from->head;
    memcpy(to->asked, from->asked, sizeof to->asked);
}

static char *at_place(const struct wb_cache *cache, uint64_t place)
{
    return cache->ring + (place & (cache->bytes - 1));
}

static struct slot *bucket(const struct wb_cache *cache, uint64_t hash)
{
    return &cache->slots[hash & cache->mask & ~(uint64_t)(WAYS - 1)];
}

/* Where a new row is noted: in the place of the same hash, else of the oldest. */
static struct slot *slot_for(const struct wb_cache *cache, uint64_t hash)
{
    struct slot *slots = bucket(cache, hash), *oldest = slots;
    for (int i = 0; i < WAYS; i++) {
        if (slots[i].hash == hash)
            return &slots[i];
        if (slots[i].place < oldest->place)
            oldest = &slots[i];
    }
    return oldest;
}

void *wb_cache_find(const struct wb_cache *cache, const struct wb_cache_key *key)
{
    const struct slot *slot = bucket(cache, key->hash), *end = slot + WAYS;
    while (slot < end && (slot->hash != key->hash || !slot->place))
        slot++;
    if (slot == end || cache->head - (slot->place - 1) > cache->bytes - cache->bytes / HELD_PART)
        return NULL;
    char *at = at_place(cache, slot->place - 1);
    struct head head;
    memcpy(&head, at, sizeof head);
    char *row = at + sizeof head;
    bool same = head.tag == key->tag && head.text_n == key->text.n &&
                (!key->text.n || memcmp(row + head.row_n, key->text.p, key->text.n) == 0);
    return same ? row : NULL;
}

bool wb_cache_again(struct wb_cache *cache, const struct wb_cache_key *key)
{
    uint32_t *asked = cache->asked[key->hash & (ASKED - 1)], mark = (uint32_t)(key->hash >> 32);
    for (int i = 0; i < WAYS; i++)
        if (asked[i] == mark)
            return true;
    memmove(asked + 1, asked, (WAYS - 1) * sizeof *asked);
    asked[0] = mark;
    return false;
}

void *wb_cache_add(struct wb_cache *cache, const struct wb_cache_key *key, size_t n)
{
    if (n > cache->bytes || key->text.n > cache->bytes)
        return NULL;
    struct head head = {.tag = key->tag,
                        .text_n = (uint32_t)key->text.n,
                        .row_n = (uint32_t)((n + ALIGN - 1) & ~(size_t)(ALIGN - 1))};
    size_t whole = (sizeof head + head.row_n + head.text_n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (whole > cache->bytes / LARGEST_PART)
        return NULL;
    size_t left = cache->bytes - (cache->head & (cache->bytes - 1));
    if (left < whole) /* no row goes over the end */
        cache->head += left;
    char *at = at_place(cache, cache->head);
    *slot_for(cache, key->hash) = (struct slot){key->hash, cache->head + 1};
    cache->head += whole;
    memcpy(at, &head, sizeof head);
    char *row = at + sizeof head;
    if (key->text.n)
        memcpy(row + head.row_n, key->text.p, key->text.n);
    return row;
}
