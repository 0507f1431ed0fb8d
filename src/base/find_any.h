/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching for one of three bytes where it is called, not in a function; find.h includes it.
 * Nothing here allocates or fails, and no byte but those of the text is read.
 */
#ifndef WB_FIND_ANY_H
#define WB_FIND_ANY_H

#include <stdbool.h>
#include <stddef.h>

#include "sixteen.h"

#if defined(__SSE2__)
static inline unsigned wb_any_of_sixteen(__m128i bytes, char a, char b, char c, bool low)
{
    const __m128i blank = _mm_set1_epi8(' ');
    __m128i any = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)),
                               _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)),
                                            _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c))));
    if (low)
        any = _mm_or_si128(any, _mm_cmpeq_epi8(_mm_min_epu8(bytes, blank), bytes));
    return (unsigned)_mm_movemask_epi8(any);
}

static inline unsigned wb_any_in_sixteen(const char *p, char a, char b, char c, bool low)
{
    return wb_any_of_sixteen(wb_sixteen(p), a, b, c, low);
}
#endif

/*
 * The first place where one of three bytes stands, else the end. low: or one of those up to the
 * blank, which are white space and controls. For marks that are known where it is called.
 */
static inline const char *wb_find_any(const char *p, const char *end, char a, char b, char c,
                                      bool low)
{
#if defined(__SSE2__)
    unsigned at = 0;
    if (end - p >= 16) {
        for (; !(at = wb_any_in_sixteen(p, a, b, c, low)) && end - p >= 32; p += 16)
            ;
        if (!at) { /* the last block overlaps the one before */
            p = end - 16;
            at = wb_any_in_sixteen(p, a, b, c, low);
        }
        return at ? p + __builtin_ctz(at) : end;
    }
    if (end - p >= 8) {
        at = wb_any_of_sixteen(wb_both_ends(p, (size_t)(end - p)), a, b, c, low);
        if (!at)
            return end;
        return at & 0xFF ? p + __builtin_ctz(at) : end - (16 - __builtin_ctz(at));
    }
#endif
    while (p < end && *p != a && *p != b && *p != c && !(low && (unsigned char)*p <= ' '))
        p++;
    return p;
}

#endif
