/* SPDX-License-Identifier: BSD-2-Clause */
/* The form of a scanner in memory: made by scan_make.c, used by scan.c. */
#ifndef WB_SCAN_INT_H
#define WB_SCAN_INT_H

#include <stdint.h>

#include "match.h"

struct hs_database;

enum { FURTHER_SETS = 2 };
#define NO_SET 0xFFFFFFFFu

/* The head of a saved scanner; places are bytes from its start, all tables are of uint32_t. */
struct layout {
    uint32_t words, sets, patterns, always;
    uint32_t word_text;     /* words + 1 places in word_bytes */
    uint32_t word_sets_at;  /* words + 1 places in word_sets */
    uint32_t word_sets;
    uint32_t set_patterns_at; /* sets + 1 places in set_patterns */
    uint32_t set_patterns;    /* pattern numbers */
    uint32_t pattern_id;
    uint32_t pattern_whole;   /* 1: the words are the expression */
    uint32_t pattern_further; /* FURTHER_SETS for each pattern */
    uint32_t always_patterns;
    uint32_t word_bytes;
    uint32_t database, database_bytes;
    uint32_t end;
};

struct wb_scanner {
    const struct layout *layout;
    const char *bytes;
    char *own; /* the bytes, when they belong to the scanner */
    struct hs_database *db; /* NULL: no words */
};

static inline const uint32_t *table(const struct wb_scanner *s, uint32_t place)
{
    return (const uint32_t *)(const void *)(s->bytes + place);
}

/* The Vectorscan database of n words. */
struct hs_database *wb_compile_words(const char *const *texts, const size_t *lengths, size_t n);

#endif
