/* SPDX-License-Identifier: BSD-2-Clause */
/* Line ends in blocks of 64 bytes, a bit for each. */
#ifndef WB_LINE_ENDS_H
#define WB_LINE_ENDS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { WB_LINE_ENDS_BLOCK = 64 };

#if defined(__SSE2__)
static inline uint64_t wb_ends_in_sixteen(const char *p, __m128i eol)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, eol));
}

static inline uint64_t wb_ends_in_block(const char *p, char c)
{
    const __m128i eol = _mm_set1_epi8(c);
    return wb_ends_in_sixteen(p, eol) | wb_ends_in_sixteen(p + 16, eol) << 16 |
           wb_ends_in_sixteen(p + 32, eol) << 32 | wb_ends_in_sixteen(p + 48, eol) << 48;
}
#else
static inline uint64_t wb_ends_in_block(const char *p, char c)
{
    uint64_t found = 0;
    for (int i = 0; i < WB_LINE_ENDS_BLOCK; i++)
        found |= (uint64_t)(p[i] == c) << i;
    return found;
}
#endif

#endif
