/* SPDX-License-Identifier: BSD-2-Clause */
#include "slice.h"

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

/* Eight bytes with their capitals made small; bytes beyond ASCII stay. */
static uint64_t small_letters(uint64_t x)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t low = x & 0x7F * ones;
    uint64_t from_a = low + (0x80 - 'A') * ones, beyond_z = low + (0x7F - 'Z') * ones;
    uint64_t capital = ~x & (from_a ^ beyond_z) & 0x80 * ones;
    return x | capital >> 2;
}

static bool same_eight(const char *a, const char *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y || small_letters(x) == small_letters(y);
}

static bool same_nocase(const char *a, const char *b, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        if (!same_eight(a + i, b + i))
            return false;
    if (i && i < n)
        return same_eight(a + n - 8, b + n - 8);
    for (; i < n; i++)
        if (a[i] != b[i] && wb_lower(a[i]) != wb_lower(b[i]))
            return false;
    return true;
}

bool wb_slice_eqi(struct wb_slice a, struct wb_slice b)
{
    return a.n == b.n && same_nocase(a.p, b.p, a.n);
}

bool wb_slice_startsi(struct wb_slice s, struct wb_slice head)
{
    return s.n >= head.n && same_nocase(s.p, head.p, head.n);
}

bool wb_slice_endsi(struct wb_slice s, struct wb_slice tail)
{
    return s.n >= tail.n && same_nocase(s.p + s.n - tail.n, tail.p, tail.n);
}

size_t wb_slice_chr(struct wb_slice s, char c)
{
    const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : s.n;
}

struct wb_slice wb_slice_cut(struct wb_slice *rest, char c)
{
    size_t at = wb_slice_chr(*rest, c);
    struct wb_slice head = wb_slice_head(*rest, at);
    *rest = wb_slice_from(*rest, at + 1);
    return head;
}

/* The first LF or CR. */
static size_t line_end(struct wb_slice s)
{
    size_t i = 0;
#if defined(__SSE2__)
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
    for (; i + 16 <= s.n; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
        __m128i end = _mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr));
        unsigned at = (unsigned)_mm_movemask_epi8(end);
        if (at)
            return i + (size_t)__builtin_ctz(at);
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
    size_t end = line_end(*rest), next = end;
    while (next < rest->n && next - end < 2 && rest->p[next] == '\r')
        next++;
    if (next == rest->n || rest->p[next] != '\n') /* a bare CR ends a line */
        next = end;
    *line_out = wb_slice_head(*rest, end);
    *rest = wb_slice_from(*rest, next + 1);
    return true;
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
