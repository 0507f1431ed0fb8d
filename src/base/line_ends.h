/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line ends of a text one after the other, found in blocks of 64 bytes: lines are short, and
 * to begin a search anew for each costs more than the search itself.
 */
#ifndef WB_LINE_ENDS_H
#define WB_LINE_ENDS_H

#include <stdint.h>

#include "slice.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { WB_LINE_ENDS_BLOCK = 64 };

struct wb_line_ends {
    struct wb_slice text;
    size_t at;      /* bytes that have been looked at, in whole blocks */
    uint64_t found; /* in the last of these blocks, and not yet given out */
    char eol;
};

static inline struct wb_line_ends wb_line_ends(struct wb_slice text, char eol)
{
    return (struct wb_line_ends){text, 0, 0, eol};
}

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

/* Of the n bytes behind the last whole block. */
static inline uint64_t wb_ends_in_rest(const char *p, size_t n, char c)
{
    char block[WB_LINE_ENDS_BLOCK] = {0};
    memcpy(block, p, n);
    return wb_ends_in_block(block, c) & (((uint64_t)1 << n) - 1);
}

/* The next line end; behind the last one the end of the text. */
static inline const char *wb_next_line_end(struct wb_line_ends *ends)
{
    while (!ends->found) {
        if (ends->at >= ends->text.n)
            return wb_slice_end(ends->text);
        const char *p = ends->text.p + ends->at;
        size_t left = ends->text.n - ends->at;
        ends->found = left < WB_LINE_ENDS_BLOCK ? wb_ends_in_rest(p, left, ends->eol)
                                                : wb_ends_in_block(p, ends->eol);
        ends->at += WB_LINE_ENDS_BLOCK;
    }
    const char *end = ends->text.p + (ends->at - WB_LINE_ENDS_BLOCK) + __builtin_ctzll(ends->found);
    ends->found &= ends->found - 1;
    return end;
}

#endif
