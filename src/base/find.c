/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching. Sixteen places, or sixty-four (see avx2.c), are looked at together: where the needle's
 * first byte stands and its last byte at the right distance, the rest is compared. memmem of the C
 * library takes two steps for each byte, and short needles are most of what we search.
 */
#define _GNU_SOURCE /* memmem */
#include "avx2.h"
#include "avx512.h"

#if defined(__SSE2__)
#include <emmintrin.h>

enum { BLOCK = 16 };

static unsigned places(const char *p, __m128i byte)
{
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, byte));
}

/* Of sixteen places those where the needle's first and last byte stand; then the whole of it. */
static const char *find_block(const char *p, struct wb_slice needle, __m128i a, __m128i b)
{
    const size_t last = needle.n - 1;
    unsigned at = places(p, a);
    if (at)
        at &= places(p + last, b);
    for (; at; at &= at - 1) {
        const char *here = p + __builtin_ctz(at);
        if (last < 2 || memcmp(here + 1, needle.p + 1, last - 1) == 0)
            return here;
    }
    return NULL;
}

/* The first hit of places that are sixteen at least; the last block may overlap the one before. */
static __attribute__((noinline)) const char *find_blocks(struct wb_slice s, struct wb_slice needle,
                                                         size_t n)
{
    const __m128i a = _mm_set1_epi8(needle.p[0]), b = _mm_set1_epi8(needle.p[needle.n - 1]);
    const char *hit = NULL;
    for (size_t i = 0; i + BLOCK <= n && !hit; i += BLOCK)
        hit = find_block(s.p + i, needle, a, b);
    return hit || n % BLOCK == 0 ? hit : find_block(s.p + n - BLOCK, needle, a, b);
}
#else
enum { BLOCK = 16 };

static const char *find_blocks(struct wb_slice s, struct wb_slice needle, size_t n)
{
    (void)n;
    return memmem(s.p, s.n, needle.p, needle.n);
}
#endif

/* Of so many places, which are few. Apart, so that long texts need no registers for it. */
static __attribute__((noinline)) const char *find_in_few(struct wb_slice s, struct wb_slice needle,
                                                         size_t n)
{
    const char first = needle.p[0];
    for (const char *p = s.p; p < s.p + n; p++)
        if (*p == first && memcmp(p, needle.p, needle.n) == 0)
            return p;
    return NULL;
}

size_t wb_slice_find(struct wb_slice s, struct wb_slice needle)
{
    if (needle.n == 0)
        return 0;
    if (needle.n > s.n)
        return s.n;
    size_t n = s.n - needle.n + 1; /* places */
    const char *hit = wb_has_avx512()                   ? wb_find_avx512(s, needle)
                      : n < BLOCK                       ? find_in_few(s, needle, n)
                      : n >= 2 * BLOCK && wb_has_avx2() ? wb_find_avx2(s, needle)
                                                        : find_blocks(s, needle, n);
    return hit ? (size_t)(hit - s.p) : s.n;
}

static bool is_pair(const struct wb_byte_pair *pair, const char *p, const char *end)
{
    return *p == pair->first && (p + 1 == end || wb_byte_pair_has(pair, p[1]));
}

uint32_t wb_pair_places(const struct wb_byte_pair *pair, const char **place, const char *end)
{
    if (wb_has_avx2())
        return wb_pair_places_avx2(pair, place, end);
    const char *p = *place;
    uint32_t places = 0;
    while (p < end && !is_pair(pair, p, end))
        p++;
    *place = p;
    for (int i = 0; i < WB_PLACES && p < end; i++, p++)
        places |= (uint32_t)is_pair(pair, p, end) << i;
    return places;
}

/* The first place where the byte stands, as small or as capital letter. */
static const char *either_case(const char *p, const char *end, char c)
{
    char capital = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
#if defined(__SSE2__)
    const __m128i a = _mm_set1_epi8(c), b = _mm_set1_epi8(capital);
    for (; end - p >= BLOCK; p += BLOCK) {
        unsigned at = places(p, a) | places(p, b);
        if (at)
            return p + __builtin_ctz(at);
    }
#endif
    while (p < end && *p != c && *p != capital)
        p++;
    return p;
}

size_t wb_slice_findi(struct wb_slice s, struct wb_slice needle)
{
    size_t done = 0;
    if (needle.n == 0 || needle.n > s.n)
        return needle.n ? s.n : 0;
    const char *end = wb_slice_end(s) - needle.n + 1;
    char first = wb_lower(needle.p[0]);
    const char *hit = wb_has_avx2() ? wb_findi_avx2(s, needle, &done) : NULL;
    if (hit)
        return (size_t)(hit - s.p);
    if (done == s.n - needle.n + 1)
        return s.n;
    for (const char *p = s.p + done; (p = either_case(p, end, first)) < end; p++)
        if (wb_slice_startsi(wb_slice_span(p, wb_slice_end(s)), needle))
            return (size_t)(p - s.p);
    return s.n;
}

size_t wb_slice_chr(struct wb_slice s, char c)
{
    if (s.n == 0)
        return 0;
    if (wb_has_avx512())
        return wb_chr_avx512(s, c);
    const char *hit = memchr(s.p, c, s.n);
    return hit ? (size_t)(hit - s.p) : s.n;
}

struct wb_slice wb_slice_cut(struct wb_slice *rest, char c)
{
    size_t at = wb_slice_chr(*rest, c);
    struct wb_slice head = wb_slice_head(*rest, at);
    *rest = wb_slice_from(*rest, at + 1);
    return head;
}

#if defined(__SSE2__)
static inline uint64_t ends_in(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i end = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                               _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
    return (unsigned)_mm_movemask_epi8(end);
}
#endif

/* The first LF or CR; most lines end within 64 bytes, and to ask once is to guess wrong once. */
static size_t line_end(struct wb_slice s)
{
    size_t i = 0;
#if defined(__SSE2__)
    for (; i + 64 <= s.n; i += 64) {
        const char *p = s.p + i;
        uint64_t at =
            ends_in(p) | ends_in(p + 16) << 16 | ends_in(p + 32) << 32 | ends_in(p + 48) << 48;
        if (at)
            return i + (size_t)__builtin_ctzll(at);
    }
    for (; i + 16 <= s.n; i += 16) {
        uint64_t at = ends_in(s.p + i);
        if (at)
            return i + (size_t)__builtin_ctzll(at);
    }
#endif
    while (i < s.n && s.p[i] != '\n' && s.p[i] != '\r')
        i++;
    return i;
}

bool wb_slice_line(struct wb_slice *rest, struct wb_slice *line_out)
{
    if (rest->n == 0)
        return false;
    size_t end = wb_has_avx512() ? wb_line_end_avx512(*rest) : line_end(*rest), next = end;
    if (end < rest->n && rest->p[end] == '\r') {
        while (next < rest->n && next - end < 2 && rest->p[next] == '\r')
            next++;
        if (next == rest->n || rest->p[next] != '\n') /* a bare CR ends a line */
            next = end;
    }
    *line_out = wb_slice_head(*rest, end);
    *rest = wb_slice_from(*rest, next + 1);
    return true;
}
