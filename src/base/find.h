/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching in slices and cutting them; slice.h includes it. Nothing here allocates or fails, and
 * no byte outside the slice is read.
 */
#ifndef WB_FIND_H
#define WB_FIND_H

#include <stdint.h>

#include "slice.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/*
 * Byte position of c, or of the first occurrence of needle; s.n when there is none. The empty
 * needle stands at 0 in every text, so in the empty one it is not told from one that is not there.
 */
size_t wb_slice_chr(struct wb_slice s, char c);
size_t wb_slice_find(struct wb_slice s, struct wb_slice needle);
size_t wb_slice_findi(struct wb_slice s, struct wb_slice needle);

static inline bool wb_slice_hasi(struct wb_slice s, struct wb_slice needle)
{
    return wb_slice_findi(s, needle) < s.n;
}

/*
 * Takes the text before the first `c` off the front of *rest and returns it; *rest then begins
 * behind that `c`. Without a `c`, returns everything and leaves *rest empty.
 */
struct wb_slice wb_slice_cut(struct wb_slice *rest, char c);

/*
 * Takes one line off the front of *rest; it may end in LF, CR LF, CR CR LF or a bare CR. The
 * returned line is without its end. False when *rest was empty.
 */
bool wb_slice_line(struct wb_slice *rest, struct wb_slice *line_out);

#if defined(__SSE2__)
static inline unsigned wb_any_in_sixteen(const char *p, char a, char b, char c, bool low)
{
    const __m128i blank = _mm_set1_epi8(' ');
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i any = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)),
                               _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)),
                                            _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c))));
    if (low)
        any = _mm_or_si128(any, _mm_cmpeq_epi8(_mm_min_epu8(bytes, blank), bytes));
    return (unsigned)_mm_movemask_epi8(any);
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
#endif
    while (p < end && *p != a && *p != b && *p != c && !(low && (unsigned char)*p <= ' '))
        p++;
    return p;
}

/*
 * Two sets of bytes, in the form in which many bytes are looked up together. Of a byte the lower
 * half says where to look, the upper half which bit: its bits 4 to 6, in the first table for bytes
 * below 0x80 and in the second for the others.
 */
struct wb_byte_pair {
    struct {
        unsigned char low[16], high[16];
    } set[2];
};

static inline void wb_byte_pair_add(struct wb_byte_pair *pair, int which, unsigned char c)
{
    unsigned char *table = c & 0x80 ? pair->set[which].high : pair->set[which].low;
    table[c & 15] = (unsigned char)(table[c & 15] | 1u << (c >> 4 & 7));
}

static inline bool wb_byte_pair_has(const struct wb_byte_pair *pair, int which, char byte)
{
    unsigned char c = (unsigned char)byte;
    const unsigned char *table = c & 0x80 ? pair->set[which].high : pair->set[which].low;
    return table[c & 15] >> (c >> 4 & 7) & 1;
}

enum { WB_PLACES = 32 };

/*
 * Places where a byte of the first set stands, and behind it one of the second or the end: a bit
 * for each of the WB_PLACES from *place on, which is moved on to where there are any. 0: there are
 * none up to the end.
 */
uint32_t wb_pair_places(const struct wb_byte_pair *pair, const char **place, const char *end);

#endif
