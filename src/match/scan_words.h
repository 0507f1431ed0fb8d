/* SPDX-License-Identifier: BSD-2-Clause */
/* The first half of a scan, by scan.c and scan_avx2.c: which words stand in a text. */
#ifndef WB_SCAN_WORDS_H
#define WB_SCAN_WORDS_H

#include <stddef.h>

#include "match_int.h"
#include "scan_int.h"

/* The tables that a scan looks into, and what it notes. */
struct scan {
    const uint64_t *grams;
    const uint32_t *ranks, *firsts;
    const struct keyed_word *words;
    const uint32_t *word_text;
    const char *word_bytes;
    unsigned char *seen; /* a bit for each word */
    uint32_t *noted;
    uint32_t count;
};

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

/* What stands between the first eight and the last eight bytes of a long word. */
static inline bool middle_stands(const struct scan *scan, const struct keyed_word *word,
                                 const char *p)
{
    const size_t n = sizeof word->head;
    const char *text = scan->word_bytes + scan->word_text[word->word];
    return memcmp(p + n, text + n, word->length - 2 * n) == 0;
}

static inline uint64_t eight_at(const char *p)
{
    uint64_t eight;
    memcpy(&eight, p, sizeof eight);
    return eight;
}

static inline bool stands(const struct scan *scan, const struct keyed_word *word, const char *p)
{
    static const char wanted[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    uint64_t differs = (eight_at(p) ^ word->head) | (eight_at(p + word->tail_at) ^ word->tail);
    bool same = !(differs & eight_at(wanted + word->lacks));
    return same && word->length > 2 * sizeof word->head ? middle_stands(scan, word, p) : same;
}

/* Whether a word has been seen before is as good as chance, so it is counted, not branched on. */
static inline void note_word(struct scan *scan, uint32_t word)
{
    unsigned char *seen = &scan->seen[word / 8];
    unsigned bit = word % 8;
    scan->noted[scan->count] = word;
    scan->count += !(*seen >> bit & 1);
    *seen = (unsigned char)(*seen | 1u << bit);
}

/* The words that are known by that gram, if there are any. */
static inline void try_words(struct scan *scan, uint32_t gram, const char *at)
{
    uint64_t before = scan->grams[gram / 64] & (((uint64_t)1 << gram % 64) - 1);
    uint32_t number = scan->ranks[gram / 64] + (uint32_t)__builtin_popcountll(before);
    const struct keyed_word *word = scan->words + scan->firsts[number];
    const struct keyed_word *end = scan->words + scan->firsts[number + 1];
    for (; word < end; word++)
        if (stands(scan, word, at - word->offset))
            note_word(scan, word->word);
}

/* Words that begin in a piece or before, and whose gram stands in it. */
static inline void find_in_piece(struct scan *scan, places_of *places, const char *at,
                                 const char *end)
{
    uint32_t gram[2 * PLACES];
    for (; at < end; at += PLACES) {
        for (uint64_t found = places(scan->grams, at, gram); found; found &= found - 1) {
            unsigned i = (unsigned)__builtin_ctzll(found);
            try_words(scan, gram[i], at + i % PLACES);
        }
    }
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
