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
 * A gram is four bytes, hashed to 17 bits, or all three of a word that has no more, hashed to 14;
 * those have their numbers behind the others.
 */
enum { GRAM_BYTES = 4, GRAM_BITS = 17, THREE_BITS = 14 };
enum { FOURS = 1 << GRAM_BITS, GRAMS = FOURS + (1 << THREE_BITS) };
#define GRAM_FACTOR 0x9E3779B1u

/* The gram of the three bytes at p. */
static inline uint32_t three_at(const char *p)
{
    char three[sizeof(uint32_t)] = {p[0], p[1], p[2], '\0'};
    uint32_t bytes;
    memcpy(&bytes, three, sizeof bytes);
    return FOURS + ((bytes * GRAM_FACTOR) >> (32 - THREE_BITS));
}

/* And of the four. */
static inline uint32_t four_at(const char *p)
{
    uint32_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return (bytes * GRAM_FACTOR) >> (32 - GRAM_BITS);
}

/* A word and how it is found. */
struct keyed_word {
    uint64_t head, tail; /* its first and its last eight bytes; of a shorter word all, and zeros */
    uint32_t word;
    uint8_t offset; /* where in the word the gram stands */
    uint8_t length;
    uint8_t tail_at; /* where in the word its tail begins */
    uint8_t lacks;   /* bytes that it is shorter than eight */
};

/* Words of a set whose numbers are close together: whether one was seen is asked at once. */
struct word_group {
    uint64_t mask;  /* bits of those that belong to the set, of the eight bytes from first on */
    uint32_t first; /* of the bytes of wb_matcher.word_seen */
    uint32_t more;  /* 1: the next group belongs to the same set */
};

/* A pattern, as it is looked up when one of its words was seen. */
struct sought_pattern {
    uint32_t id;
    uint32_t whole; /* 1: the words are the expression */
    uint32_t
        further[FURTHER_SETS]; /* where the groups of words begin that it needs, too, or NO_SET */
};

/* The head of a saved scanner; places are bytes from its start, tables mostly of uint32_t. */
struct layout {
    uint32_t words, patterns, always;
    uint32_t word_text;        /* words + 1 places in word_bytes */
    uint32_t word_patterns_at; /* words + 1 places in word_patterns */
    uint32_t word_patterns;    /* those that are listed under each word */
    uint32_t groups;           /* struct word_group: the words of the sets */
    uint32_t pattern;          /* struct sought_pattern */
    uint32_t always_found;     /* struct wb_candidate: patterns that need no word */
    uint32_t word_bytes;
    uint32_t grams;  /* GRAMS bits: by which some word is found */
    uint32_t ranks;  /* for every 64 of them how many stand before */
    uint32_t firsts; /* of each gram that is set, and one more: its first word in keyed */
    uint32_t keyed;  /* struct keyed_word, by gram */
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
