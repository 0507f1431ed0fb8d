/* SPDX-License-Identifier: BSD-2-Clause */
/* The form of a scanner in memory: made by scan_make.c, used by scan.c. */
#ifndef WB_SCAN_INT_H
#define WB_SCAN_INT_H

#include <stdint.h>
#include <string.h>

#include "literals.h"
#include "match.h"

enum { FURTHER_SETS = 2 };
#define NO_SET 0xFFFFFFFFu

/*
 * A gram is three bytes, hashed to 16 bits. Words are kept in slots of four neighbouring grams.
 */
enum { GRAM_BYTES = WB_SOUGHT_BYTES, GRAMS = 1 << 16, SLOTS = 1 << 14 };

static inline uint32_t hash_gram(uint32_t bytes)
{
    return ((bytes & 0xFFFFFFu) * 0x9E3779B1u) >> 16;
}

/* Of the three bytes at p. */
static inline uint32_t gram_at(const char *p)
{
    uint32_t bytes = 0;
    memcpy(&bytes, p, GRAM_BYTES);
    return hash_gram(bytes);
}

static inline uint32_t slot_of(uint32_t gram)
{
    return gram / (GRAMS / SLOTS);
}

/* A word and how it is found. */
struct keyed_word {
    uint64_t head, mask; /* its first eight bytes; of shorter words as many as there are */
    uint32_t word;
    uint16_t gram;
    uint8_t offset; /* where in the word the gram stands */
    uint8_t length;
};

/* Words of a set whose numbers are close together: whether one was seen is asked at once. */
struct word_group {
    uint64_t mask;  /* of the eight from first on, a byte each: those that belong to the set */
    uint32_t first; /* the lowest number */
    uint32_t pad;
};

/* The head of a saved scanner; places are bytes from its start, tables mostly of uint32_t. */
struct layout {
    uint32_t words, sets, patterns, always;
    uint32_t word_text;       /* words + 1 places in word_bytes */
    uint32_t word_sets_at;    /* words + 1 places in word_sets */
    uint32_t word_sets;       /* under which patterns are listed */
    uint32_t set_groups_at;   /* sets + 1 places in set_groups */
    uint32_t set_groups;      /* struct word_group: the words of the sets */
    uint32_t set_patterns_at; /* sets + 1 places in set_patterns */
    uint32_t set_patterns;    /* pattern numbers */
    uint32_t pattern_id;
    uint32_t pattern_whole;   /* 1: the words are the expression */
    uint32_t pattern_further; /* FURTHER_SETS for each pattern */
    uint32_t always_patterns;
    uint32_t word_bytes;
    uint32_t grams; /* GRAMS bits: by which some word is found */
    uint32_t slots; /* SLOTS + 1 places in keyed */
    uint32_t keyed; /* struct keyed_word, by gram */
    uint32_t end;
};

struct wb_scanner {
    const struct layout *layout;
    const char *bytes;
    char *own; /* the bytes, when they belong to the scanner */
};

static inline const uint32_t *table(const struct wb_scanner *s, uint32_t place)
{
    return (const uint32_t *)(const void *)(s->bytes + place);
}

#endif
