/* SPDX-License-Identifier: BSD-2-Clause */
/* A cache from inside: of cache.c and its test. */
#ifndef WB_CACHE_INT_H
#define WB_CACHE_INT_H

#include "cache.h"

enum {
    LINE = 64, /* of the processor's cache */
    WAYS = 8,  /* slots that a hash may lie in: one line */
    ALIGN = 8,
    HELD_PART = 4,     /* of the ring: rows that are about to go are not given out any more */
    LARGEST_PART = 16, /* of the ring, for one row */
    ASKED = 1 << 9,    /* places for keys that are remembered as asked for, WAYS in each */
};

struct slot {
    uint32_t mark;  /* the upper half of a hash, whose lower half leads to the slot */
    uint32_t place; /* in all that was ever written, in units of ALIGN, plus 1; 0: none */
};

struct head {
    uint32_t tag, text_n; /* the text stands behind it, and then the row */
};

struct wb_cache {
    struct slot *slots;
    char *ring;
    size_t mask, bytes;
    uint64_t head;               /* in all that was ever written */
    uint32_t asked[ASKED][WAYS]; /* upper halves of hashes, at the place that the lower one names */
};

#endif
