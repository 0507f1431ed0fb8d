/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes in blocks of 64, a bit for each, or of 16, where the processor has SSE2. */
#ifndef WB_BLOCK_H
#define WB_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { WB_BLOCK = 64 };

#if defined(__SSE2__)
/* Of the bytes those from `first` to `last`, as all their bits. */
static inline __m128i wb_between(__m128i bytes, char first, char last)
{
    __m128i from_first = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from_first, _mm_set1_epi8((char)(last - first))),
                          from_first);
}

/* Letters of ASCII, small or capital. */
static inline __m128i wb_letters(__m128i bytes)
{
    return wb_between(_mm_or_si128(bytes, _mm_set1_epi8(32)), 'a', 'z');
}

/* Of sixteen bytes those of which no name of a host is made: a bit for each. */
static inline unsigned wb_no_host_bytes(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i mark = wb_between(bytes, '-', '.'), digit = wb_between(bytes, '0', '9');
    __m128i any = _mm_or_si128(_mm_or_si128(mark, digit), wb_letters(bytes));
    return ~(unsigned)_mm_movemask_epi8(any) & 0xFFFF;
}

/*
 * How many of the n bytes at p are letters, digits, "-" or ".", of which names of hosts are made;
 * as far as whole blocks tell. before: bytes in front of p that may be read, too.
 */
static inline size_t wb_host_front(const char *p, size_t n, size_t before)
{
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        unsigned other = wb_no_host_bytes(p + i);
        if (other)
            return i + (size_t)__builtin_ctz(other);
    }
    if (i == n || before + n < 16)
        return i;
    /* the last block begins in front of the rest */
    unsigned other = wb_no_host_bytes(p + n - 16) >> (16 - (n - i));
    return other ? i + (size_t)__builtin_ctz(other) : n;
}

static inline uint64_t wb_places_in_sixteen(const char *p, __m128i c)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, c));
}

/* Where c stands in the block at p. */
static inline uint64_t wb_places_in_block(const char *p, char c)
{
    const __m128i all = _mm_set1_epi8(c);
    return wb_places_in_sixteen(p, all) | wb_places_in_sixteen(p + 16, all) << 16 |
           wb_places_in_sixteen(p + 32, all) << 32 | wb_places_in_sixteen(p + 48, all) << 48;
}
#else
static inline size_t wb_host_front(const char *p, size_t n, size_t before)
{
    (void)p, (void)n, (void)before;
    return 0;
}

static inline uint64_t wb_places_in_block(const char *p, char c)
{
    uint64_t found = 0;
    for (int i = 0; i < WB_BLOCK; i++)
        found |= (uint64_t)(p[i] == c) << i;
    return found;
}
#endif

#endif
