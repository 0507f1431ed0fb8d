/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of the words that have a gram of the text stand there. */
#ifndef WB_SCAN_HITS_H
#define WB_SCAN_HITS_H

#include <stddef.h>

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

/* A gram that stands in a text, and its number among those that words are known by. */
struct hit {
    const char *at;
    uint32_t number;
};

/* Hits are looked into by so many: what they lead to is fetched for all of them meanwhile. */
enum { HITS = 64 };

static inline struct hit hit_of(const struct scan *scan, uint32_t gram, const char *at)
{
    uint64_t before = scan->grams[gram / 64] & (((uint64_t)1 << gram % 64) - 1);
    uint32_t number = scan->ranks[gram / 64] + (uint32_t)__builtin_popcountll(before);
    __builtin_prefetch(scan->firsts + number);
    return (struct hit){at, number};
}

/* The words that are known by these grams, if there are any. */
static inline void try_words(struct scan *scan, const struct hit *hits, unsigned n)
{
    const struct keyed_word *first[HITS];
    for (unsigned i = 0; i < n; i++) {
        first[i] = scan->words + scan->firsts[hits[i].number];
        __builtin_prefetch(first[i]);
    }
    for (unsigned i = 0; i < n; i++) {
        const struct keyed_word *end = scan->words + scan->firsts[hits[i].number + 1];
        for (const struct keyed_word *word = first[i]; word < end; word++)
            if (stands(scan, word, hits[i].at - word->offset))
                note_word(scan, word->word);
    }
}

#endif
