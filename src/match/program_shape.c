/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an expression looks like, before it is walked over: which of its bytes do not stand for
 * themselves, many at a time, and which groups and alternatives they make.
 */
#include "program_int.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { MAX_DEPTH = 40 }; /* of groups in groups */

static const bool is_special[256] = {
    ['\0'] = true, ['\\'] = true, ['['] = true, ['('] = true, [')'] = true,
    ['|'] = true,  ['^'] = true,  ['$'] = true, ['*'] = true, ['+'] = true,
    ['?'] = true,  ['{'] = true,  ['.'] = true,
};

#if defined(__SSE2__)
static inline __m128i equal(__m128i bytes, char c)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

/* The same of sixteen, a bit for each. */
static inline uint32_t special_bits(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i small = _mm_or_si128(bytes, _mm_set1_epi8(32)); /* [ becomes {, and \ becomes | */
    __m128i four = _mm_and_si128(bytes, _mm_set1_epi8((char)0xFC)); /* "()*+" */
    __m128i one = _mm_or_si128(equal(small, '{'), equal(small, '|'));
    __m128i two = _mm_or_si128(equal(four, '('), equal(bytes, '.'));
    __m128i three = _mm_or_si128(equal(bytes, '?'), equal(bytes, '^'));
    __m128i last = _mm_or_si128(equal(bytes, '$'), equal(bytes, '\0'));
    __m128i all = _mm_or_si128(_mm_or_si128(one, two), _mm_or_si128(three, last));
    return (uint32_t)_mm_movemask_epi8(all);
}
#else
static uint32_t special_bits(const char *p)
{
    uint32_t bits = 0;
    for (int i = 0; i < 16; i++)
        bits |= (uint32_t)is_special[(unsigned char)p[i]] << i;
    return bits;
}
#endif

static void find_special(struct wb_builder *b, uint32_t n)
{
    uint32_t i = 0;
    memset(b->special, 0, (n / 64 + 1) * sizeof *b->special);
    for (; i + 16 <= n; i += 16)
        b->special[i / 64] |= (uint64_t)special_bits(b->front + i) << i % 64;
    for (; i < n; i++)
        b->special[i / 64] |= (uint64_t)is_special[(unsigned char)b->front[i]] << i % 64;
    b->special[n / 64] |= (uint64_t)1 << n % 64;
}

/* The place behind a class, which begins behind its bracket. */
static uint32_t behind_class(const struct wb_builder *b, uint32_t place)
{
    struct wb_reader r = b->r;
    r.p = b->front + place;
    wb_reader_accept(&r, '^');
    wb_reader_accept(&r, ']');
    while (wb_reader_left(&r) && *r.p != ']')
        if (wb_reader_take(&r) == '\\')
            wb_reader_take(&r);
    wb_reader_accept(&r, ']');
    return (uint32_t)(r.p - b->front);
}

/* So no group is looked through again and again. */
void wb_builder_find_shape(struct wb_builder *b, uint32_t n)
{
    uint32_t open[MAX_DEPTH + 1], last[MAX_DEPTH + 1], depth = 0, next;
    find_special(b, n);
    open[0] = last[0] = n;
    b->shape[n] = (struct wb_shape){0};
    for (uint32_t at = 0; (at = wb_builder_next_special(b, at)) < n && !b->refused; at = next) {
        char c = b->front[at];
        next = at + 1;
        if (c == '\\') {
            next += next < n;
        } else if (c == '[') {
            next = behind_class(b, next);
        } else if (c == '|') {
            b->shape[last[depth]].more = true;
            b->shape[at] = (struct wb_shape){0};
            last[depth] = at;
        } else if (c == '(' && depth == MAX_DEPTH) {
            b->refused = true;
        } else if (c == '(') {
            depth++;
            b->shape[at] = (struct wb_shape){0};
            open[depth] = last[depth] = at;
        } else if (c == ')' && depth) {
            b->shape[open[depth--]].behind = next;
        }
    }
    b->refused |= depth > 0;
}
