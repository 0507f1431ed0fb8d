/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that steps point at: of lists, and of words. Both are made of uint32_t. */
#ifndef WB_PROGRAM_TABLE_H
#define WB_PROGRAM_TABLE_H

#include <stdint.h>
#include <string.h>

/*
 * The table of a list has masks, and behind them how many steps behind the list each alternative
 * begins, in two bytes each. The masks say which alternatives can begin with a byte, and which can
 * have it behind that: one mask for all bytes that have the same lower five bits, which tell
 * letters apart, so it may name too many. The last is for the end of the text. Those of a short
 * list take a byte each.
 */
enum {
    WB_BYTE_MASKS = 33,
    WB_LIST_BYTES = 2,
    WB_LIST_MASKS = WB_LIST_BYTES * WB_BYTE_MASKS,
    WB_MAX_ALTERNATIVES = 32,
    WB_MAX_SHORT_LIST = 8,
};

static inline uint32_t wb_list_mask_words(uint32_t alternatives)
{
    return alternatives > WB_MAX_SHORT_LIST ? WB_LIST_MASKS : WB_LIST_MASKS / 4 + 1;
}

/* Of a whole table. */
static inline uint32_t wb_list_words(uint32_t alternatives)
{
    return wb_list_mask_words(alternatives) + (alternatives + 1) / 2;
}

/* Where the alternatives begin. */
static inline const uint16_t *wb_list_places(const uint32_t *table, uint32_t alternatives)
{
    return (const uint16_t *)(table + wb_list_mask_words(alternatives));
}

/*
 * The table of words: the first two bytes of each, which tell nearly always which one stands in a
 * text, and then where each begins and the last one ends. They stand one behind the other.
 */
struct wb_word_table {
    uint32_t text; /* where the first begins, in the program's text */
    uint16_t pairs[];
};

enum { WB_TABLE_ROOM = 16 }; /* behind all tables: pairs are read by eight */

static inline uint32_t wb_word_table_words(uint32_t n)
{
    return 1 + (2 * n + 2) / 2;
}

static inline uint16_t wb_pair_at(const char *p)
{
    uint16_t pair;
    memcpy(&pair, p, sizeof pair);
    return pair;
}

/* Where each word begins, behind the first. */
static inline const uint16_t *wb_word_places(const struct wb_word_table *words, uint32_t n)
{
    return words->pairs + n;
}

/* Of the byte at p. */
static inline uint32_t wb_mask_index(const char *p, const char *end)
{
    return p < end ? (unsigned char)*p & 31 : WB_BYTE_MASKS - 1;
}

#endif
