/* SPDX-License-Identifier: BSD-2-Clause */
/* The first half of a scan, by scan.c and scan_avx2.c: which words stand in a text. */
#ifndef WB_SCAN_WORDS_H
#define WB_SCAN_WORDS_H

#include <stddef.h>

#include "match_int.h"
#include "scan_hits.h"

enum {
    PLACES = 32, /* of a text that are looked at together */
    PIECE = 256 * PLACES,
    /* What is copied, or zero, on both sides of a piece: so no word needs to be held against the
       ends of the text. */
    AROUND = WB_MAX_WORD_BYTES + PLACES + 8,
};

/*
 * The grams that begin at so many places, those of four bytes and then those of three, and a bit
 * for each that a word may have.
 */
typedef uint64_t places_of(const uint64_t *grams, const char *p, uint32_t gram[2 * PLACES]);

/* Words that begin in a piece or before, and whose gram stands in it. */
static inline void find_in_piece(struct scan *scan, places_of *places, const char *at,
                                 const char *end)
{
    uint32_t gram[2 * PLACES];
    struct hit hits[HITS];
    unsigned n = 0;
    for (; at < end; at += PLACES) {
        for (uint64_t found = places(scan->grams, at, gram); found; found &= found - 1) {
            unsigned i = (unsigned)__builtin_ctzll(found);
            hits[n++] = hit_of(scan, gram[i], at + i % PLACES);
            if (n == HITS) {
                try_words(scan, hits, n);
                n = 0;
            }
        }
    }
    try_words(scan, hits, n);
}

/* Returns how many have been noted. */
static inline uint32_t find_words(struct scan scan, struct wb_slice text, places_of *places)
{
    char piece[AROUND + PIECE + AROUND];
    memset(piece, 0, AROUND);
    for (size_t from = 0; from < text.n; from += PIECE) {
        size_t before = from ? AROUND : 0, left = text.n - from;
        size_t n = left < PIECE ? left : PIECE,
               most = left < PIECE + AROUND ? left : PIECE + AROUND;
        memcpy(piece + AROUND - before, text.p + from - before, before + most);
        memset(piece + AROUND + most, 0,
               PIECE + AROUND - most < AROUND ? PIECE + AROUND - most : AROUND);
        find_in_piece(&scan, places, piece + AROUND, piece + AROUND + n);
    }
    return scan.count;
}

/* Only where the processor has AVX2. */
uint32_t wb_find_words_avx2(struct scan scan, struct wb_slice text);

#endif
