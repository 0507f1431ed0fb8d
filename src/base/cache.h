/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of texts seen before. Mail servers say the same words to thousands of senders, so
 * what has been found out about a text (a header value, a line, a folded reply) is worth keeping:
 * only what follows from the text and the catalogue, or lies beside all else that it follows from.
 *
 * A row is found only by the very bytes that it was made for; a hash leads to the place, and no
 * two texts are ever taken for each other, whoever made them. A new row takes the place of those
 * written longest ago: no list, no clock, no growth.
 *
 * Belongs to one thread. Its memory is taken once. Rows are copied: no pointers stand in them. A
 * row that was found or added stays as it is while at most a quarter of what the cache holds is
 * added: much more than one message needs.
 */
#ifndef WB_CACHE_H
#define WB_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "slice.h"

struct wb_cache;

/* What a row is found by: the text, and a number that says what is known of it. */
struct wb_cache_key {
    struct wb_slice text;
    uint64_t hash;
    uint32_t tag;
};

struct wb_cache_key wb_cache_key(struct wb_slice text, uint32_t tag);

/* What a tag adds to a hash: so much that the rows of one text lie in different slots. */
static inline uint64_t wb_cache_tag_hash(uint32_t tag)
{
    return tag * UINT64_C(0x9E3779B97F4A7C15); /* 2^64 by the golden ratio */
}

/* The key of something else that is known of the same text. */
static inline struct wb_cache_key wb_cache_key_of(const struct wb_cache_key *key, uint32_t tag)
{
    return (struct wb_cache_key){
        key->text, key->hash - wb_cache_tag_hash(key->tag) + wb_cache_tag_hash(tag), tag};
}

/*
 * Room for `bytes` of rows and texts, with `slots` slots, 8 or more; both powers of two. NULL: no
 * memory.
 */
struct wb_cache *wb_cache_new(size_t slots, size_t bytes);
void wb_cache_free(struct wb_cache *cache);

/* Makes `to` hold what `from`, which has the same room, holds, and nothing else. */
void wb_cache_copy(struct wb_cache *to, const struct wb_cache *from);

/* The row, NULL when there is none (any more). */
void *wb_cache_find(const struct wb_cache *cache, const struct wb_cache_key *key);

/*
 * The same in three steps, for several keys at once: each asks memory for what the next one looks
 * at, and does not wait for it. What was sought stays as long as a row does; what is added
 * meanwhile is not found.
 */
void wb_cache_expect(const struct wb_cache *cache, const struct wb_cache_key *key);
void *wb_cache_seek(const struct wb_cache *cache, const struct wb_cache_key *key);
void *wb_cache_take(void *sought, const struct wb_cache_key *key);

/*
 * Where a row lies, for another row to note: 0 for what is no row of the cache. And the row that
 * lies there, NULL when it is gone. No text is compared: what was noted beside the same text leads
 * to the same row. To expect it asks memory for it, and does not wait.
 */
uint64_t wb_cache_place(const struct wb_cache *cache, const void *row);
void wb_cache_expect_row(const struct wb_cache *cache, uint64_t place);
void *wb_cache_row(const struct wb_cache *cache, uint64_t place);

/*
 * Whether this was asked for that key lately: what comes but once is not worth a row. Now and then
 * it is mistaken.
 */
bool wb_cache_again(struct wb_cache *cache, const struct wb_cache_key *key);

/* A new row of n bytes, aligned to 8 and not set; NULL when it and the text are too long. */
void *wb_cache_add(struct wb_cache *cache, const struct wb_cache_key *key, size_t n);

#endif
