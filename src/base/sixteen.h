/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sixteen bytes of a text at once, or fewer, of which some are taken twice: how many there are
 * takes few branches, or none. No byte but those of the text is read.
 */
#ifndef WB_SIXTEEN_H
#define WB_SIXTEEN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* One to seven bytes as a number, some of them twice. */
static inline uint64_t wb_few_bytes(const char *p, size_t n)
{
    if (n < 4)
        return (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 |
               (uint64_t)(unsigned char)p[n - 1] << 16;
    uint32_t front, back;
    memcpy(&front, p, sizeof front);
    memcpy(&back, p + n - 4, sizeof back);
    return front | (uint64_t)back << 32;
}

#if defined(__SSE2__)
static inline __m128i wb_sixteen(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* The first and the last eight bytes of a text that has eight to sixteen. */
static inline __m128i wb_both_ends(const char *p, size_t n)
{
    return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)p),
                              _mm_loadl_epi64((const __m128i *)(const void *)(p + n - 8)));
}
#endif

#endif
