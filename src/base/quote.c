/* SPDX-License-Identifier: BSD-2-Clause */
#include "quote.h"

#include "avx512.h"
#include "sixteen.h"

#if defined(__SSE2__)

/* Whether any of the sixteen bytes does not stand for itself, or is not ASCII: a bit for each. */
static inline unsigned odd_bytes(__m128i block)
{
    __m128i odd = _mm_cmplt_epi8(block, _mm_set1_epi8(' ')); /* also all that is not ASCII */
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(block, _mm_set1_epi8('"')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7F)));
    return (unsigned)_mm_movemask_epi8(odd);
}

/* The same of a text that has one to seven: two halves that may overlap, or each by itself. */
static bool copy_few(char *to, struct wb_slice s)
{
    uint64_t few = wb_few_bytes(s.p, s.n);
    unsigned some = s.n < 4 ? 7 : 0xFF;
    if (s.n < 4) {
        to[0] = s.p[0];
        to[s.n / 2] = s.p[s.n / 2];
        to[s.n - 1] = s.p[s.n - 1];
    } else {
        memcpy(to, s.p, 4);
        memcpy(to + s.n - 4, s.p + s.n - 4, 4);
    }
    return !(odd_bytes(_mm_cvtsi64_si128((long long)few)) & some);
}

/*
 * Copies a text whose bytes all stand for themselves; false when one does not. The last block
 * overlaps the one before, or both halves of it.
 */
static inline bool copy_plain(char *to, struct wb_slice s)
{
    if (s.n < 8)
        return copy_few(to, s);
    if (s.n < 16) {
        __m128i head = _mm_loadl_epi64((const __m128i *)(const void *)s.p);
        __m128i tail = _mm_loadl_epi64((const __m128i *)(const void *)(s.p + s.n - 8));
        _mm_storel_epi64((__m128i *)(void *)to, head);
        _mm_storel_epi64((__m128i *)(void *)(to + s.n - 8), tail);
        return !odd_bytes(_mm_unpacklo_epi64(head, tail));
    }
    for (size_t i = 0; i + 16 < s.n; i += 16) {
        __m128i block = wb_sixteen(s.p + i);
        _mm_storeu_si128((__m128i *)(void *)(to + i), block);
        if (odd_bytes(block))
            return false;
    }
    __m128i last = wb_sixteen(s.p + s.n - 16);
    _mm_storeu_si128((__m128i *)(void *)(to + s.n - 16), last);
    return !odd_bytes(last);
}

size_t wb_plain_front(struct wb_slice s)
{
    if (wb_has_avx512())
        return wb_plain_front_avx512(s);
    for (size_t i = 0; i + 16 <= s.n; i += 16) {
        unsigned odd = odd_bytes(wb_sixteen(s.p + i));
        if (odd)
            return i + (size_t)__builtin_ctz(odd);
    }
    return s.n & ~(size_t)15;
}
#else
size_t wb_plain_front(struct wb_slice s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7F && s.p[n] != '"' && s.p[n] != '\\')
        n++;
    return n;
}

static bool copy_plain(char *to, struct wb_slice s)
{
    memcpy(to, s.p, s.n);
    return wb_plain_front(s) == s.n;
}
#endif

size_t wb_quote_plain(char *to, struct wb_slice s)
{
    static const char null[] = {'n', 'u', 'l', 'l'};
    if (wb_has_avx512())
        return wb_quote_avx512(to, s);
    if (!s.n) {
        memcpy(to, null, sizeof null);
        return sizeof null;
    }
    if (!copy_plain(to + 1, s))
        return 0;
    to[0] = to[s.n + 1] = '"';
    return s.n + 2;
}
