/* SPDX-License-Identifier: BSD-2-Clause */
#include "slice.h"

#include "sixteen.h"

#define ALNUM  (WB_BYTE_FIELD_NAME | WB_BYTE_LOCAL | WB_BYTE_DOMAIN)
#define MARK   WB_BYTE_LOCAL
#define BEYOND (WB_BYTE_LOCAL | WB_BYTE_DOMAIN)
const unsigned char wb_byte_class[256] = {
    ['0' ... '9'] = WB_BYTE_DIGIT | ALNUM,
    ['A' ... 'Z'] = WB_BYTE_ALPHA | ALNUM,
    ['a' ... 'z'] = WB_BYTE_ALPHA | ALNUM,
    ['-'] = ALNUM,
    ['_'] = ALNUM,
    ['.'] = ALNUM,
    ['!'] = MARK,
    ['#' ... '\''] = MARK,
    ['*'] = MARK,
    ['+'] = MARK,
    ['/'] = MARK,
    ['='] = MARK,
    ['?'] = MARK,
    ['^'] = MARK,
    ['`'] = MARK,
    ['{' ... '~'] = MARK,
    [0x80 ... 0xFF] = BEYOND,
};

const unsigned char wb_hex_value[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

#if defined(__SSE2__)
/* Where a letter stands in one of them its case counts for nothing, if the other differs in it. */
static bool same_sixteen(__m128i x, __m128i y)
{
    const __m128i bit = _mm_set1_epi8('a' ^ 'A');
    __m128i from_a = _mm_sub_epi8(_mm_or_si128(x, bit), _mm_set1_epi8('a'));
    __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8('z' - 'a')), from_a);
    __m128i other = _mm_andnot_si128(_mm_and_si128(letter, bit), _mm_xor_si128(x, y));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(other, _mm_setzero_si128())) == 0xFFFF;
}

static bool same_number(uint64_t x, uint64_t y)
{
    return same_sixteen(_mm_set_epi64x(0, (long long)x), _mm_set_epi64x(0, (long long)y));
}

/* Of texts that have eight bytes or more. */
static bool same_long(const char *a, const char *b, size_t n)
{
    if (n <= 16)
        return same_sixteen(wb_both_ends(a, n), wb_both_ends(b, n));
    for (size_t i = 0; i + 16 < n; i += 16)
        if (!same_sixteen(wb_sixteen(a + i), wb_sixteen(b + i)))
            return false;
    return same_sixteen(wb_sixteen(a + n - 16), wb_sixteen(b + n - 16));
}
#else
/* Eight bytes with their capitals made small; bytes beyond ASCII stay. */
static uint64_t small_letters(uint64_t x)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t low = x & 0x7F * ones;
    uint64_t from_a = low + (0x80 - 'A') * ones, beyond_z = low + (0x7F - 'Z') * ones;
    uint64_t capital = ~x & (from_a ^ beyond_z) & 0x80 * ones;
    return x | capital >> 2;
}

static bool same_number(uint64_t x, uint64_t y)
{
    return small_letters(x) == small_letters(y);
}

static bool same_eight(const char *a, const char *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return same_number(x, y);
}

static bool same_long(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i + 8 <= n; i += 8)
        if (!same_eight(a + i, b + i))
            return false;
    return same_eight(a + n - 8, b + n - 8);
}
#endif

bool wb_same_letters(const char *a, const char *b, size_t n)
{
    return n >= 8 ? same_long(a, b, n) : same_number(wb_few_bytes(a, n), wb_few_bytes(b, n));
}

bool wb_slice_number(struct wb_slice s, long long *n_out)
{
    if (s.n == 0 || s.n > 18)
        return false;
    long long n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!wb_is_digit(s.p[i]))
            return false;
        n = n * 10 + (s.p[i] - '0');
    }
    *n_out = n;
    return true;
}

int wb_slice_cmp(struct wb_slice a, struct wb_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}
