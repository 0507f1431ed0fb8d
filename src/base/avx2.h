/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What base does twice as fast on processors with AVX2, and the question whether this is one; the
 * searches themselves are only for the files of base. WB_NO_AVX2: as if none were.
 */
#ifndef WB_AVX2_H
#define WB_AVX2_H

#include "hash.h"
#include "processor.h"
#include "sieve.h"

static inline bool wb_has_avx2(void)
{
#if defined(WB_NO_AVX2)
    return false;
#else
    return wb_processor.avx2;
#endif
}

/* The first place where the needle stands; NULL: nowhere. There are 32 places for it at least. */
const char *wb_find_avx2(struct wb_slice s, struct wb_slice needle);

/*
 * The same in either case, in whole blocks; *done_out is how many places have been looked at. The
 * needle is not longer than s.
 */
const char *wb_findi_avx2(struct wb_slice s, struct wb_slice needle, size_t *done_out);

/* How many of the bytes, which are 32 at least, are ASCII, and not that byte, from the front. */
size_t wb_ascii_avx2(struct wb_slice s, char without);

/* As wb_sieve_buckets. */
unsigned wb_sieve_avx2(const struct wb_sieve *sieve, struct wb_slice text);

struct wb_hash wb_hash_avx2(struct wb_slice s);

/* As wb_pair_places. */
uint32_t wb_pair_places_avx2(const struct wb_byte_pair *pair, const char **place, const char *end);

#endif
