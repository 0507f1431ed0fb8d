/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of some words a text can hold, told for all of them in one pass. A word is known by its
 * first three bytes, and of those by their halves: none that stands in the text is missed, most of
 * those that do not are told. Without AVX2 nothing is told.
 */
#ifndef WB_SIEVE_H
#define WB_SIEVE_H

#include <stdint.h>

#include "slice.h"

enum { WB_SIEVE_BYTES = 3, WB_SIEVE_BUCKETS = 8 };

/* Of each of the bytes: in which buckets a word has this lower, this upper half there. */
struct wb_sieve {
    uint8_t low[WB_SIEVE_BYTES][16], high[WB_SIEVE_BYTES][16];
};

/* Puts a word, which is not empty, into a bucket. nocase: letters are sought in either case. */
void wb_sieve_add(struct wb_sieve *sieve, struct wb_slice word, int bucket, bool nocase);

/* A bit for each bucket: no word of those whose bit is not set stands in the text. */
unsigned wb_sieve_buckets(const struct wb_sieve *sieve, struct wb_slice text);

/* The same, only where the processor has AVX-512. */
unsigned wb_sieve_avx512(const struct wb_sieve *sieve, struct wb_slice text);

#endif
