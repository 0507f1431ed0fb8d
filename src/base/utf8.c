/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf8.h"

#include <endian.h>

#include "avx2.h"
#include "avx512.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Length of the sequence that the first byte announces; 0 when it can begin none. */
static size_t announced(unsigned char c)
{
    if (c < 0x80)
        return 1;
    if (c < 0xC2)
        return 0;
    if (c < 0xE0)
        return 2;
    if (c < 0xF0)
        return 3;
    return c < 0xF5 ? 4 : 0;
}

uint32_t wb_utf8_get(struct wb_slice s, size_t *taken_out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = announced(p[0]);
    *taken_out = 1;
    if (n == 0 || n > s.n)
        return WB_REPLACEMENT;
    uint32_t rune = p[0] & first_bits[n];
    for (size_t i = 1; i < n; i++) {
        if (!is_tail(p[i]))
            return WB_REPLACEMENT;
        rune = rune << 6 | (p[i] & 0x3F);
    }
    if (rune < least[n] || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        return WB_REPLACEMENT;
    *taken_out = n;
    return rune;
}

size_t wb_utf8_put(uint32_t rune, char out[4])
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        rune = WB_REPLACEMENT;
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        out[0] = (char)(0xC0 | rune >> 6);
        out[1] = (char)(0x80 | (rune & 0x3F));
        return 2;
    }
    if (rune < 0x10000) {
        out[0] = (char)(0xE0 | rune >> 12);
        out[1] = (char)(0x80 | (rune >> 6 & 0x3F));
        out[2] = (char)(0x80 | (rune & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | rune >> 18);
    out[1] = (char)(0x80 | (rune >> 12 & 0x3F));
    out[2] = (char)(0x80 | (rune >> 6 & 0x3F));
    out[3] = (char)(0x80 | (rune & 0x3F));
    return 4;
}

enum { ESC = 0x1b };

#if defined(__SSE2__)
/* Whether four times sixteen bytes are not all ASCII; without: or have that byte. */
static inline bool has_odd(const char *a, const char *b, const char *c, const char *d, char without)
{
    const char *const at[] = {a, b, c, d};
    const __m128i bad = _mm_set1_epi8(without);
    __m128i any = _mm_setzero_si128();
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at[i]);
        any = _mm_or_si128(any, bytes);
        if (without)
            any = _mm_or_si128(any, _mm_cmpeq_epi8(bytes, bad));
    }
    return _mm_movemask_epi8(any);
}

static inline bool has_odd_block(const char *p, char without)
{
    return has_odd(p, p + 16, p + 32, p + 48, without);
}

/* All, when all are ASCII and not that byte; else as many whole blocks as are so. */
static inline size_t ascii_blocks(struct wb_slice s, char without)
{
    size_t i = 0;
    for (; i + 64 <= s.n; i += 64)
        if (has_odd_block(s.p + i, without))
            return i;
    /* what is left is looked at with what stands before it, or in blocks that overlap */
    if (s.n >= 64)
        return has_odd_block(s.p + s.n - 64, without) ? i : s.n;
    if (s.n < 16)
        return 0;
    const char *last = s.p + s.n - 16;
    size_t beside = s.n - 16 < 16 ? s.n - 16 : 16;
    return has_odd(s.p, s.p + beside, last - beside, last, without) ? 0 : s.n;
}
#else
static size_t ascii_blocks(struct wb_slice s, char without)
{
    (void)s, (void)without;
    return 0;
}
#endif

size_t wb_utf8_ascii(struct wb_slice s)
{
    if (wb_has_avx512())
        return wb_ascii_avx512(s);
    if (s.n >= 32 && wb_has_avx2())
        return wb_ascii_avx2(s, '\xFF'); /* which is not ASCII, either */
    size_t i = ascii_blocks(s, '\0');
    for (; i + 8 <= s.n; i += 8) {
        uint64_t word;
        memcpy(&word, s.p + i, sizeof word);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < s.n && (unsigned char)s.p[i] < 0x80)
        i++;
    return i;
}

size_t wb_utf8_unmarked(struct wb_slice s)
{
    if (wb_has_avx512())
        return wb_ascii_without_avx512(s, ESC);
    if (s.n >= 32 && wb_has_avx2())
        return wb_ascii_avx2(s, ESC);
    size_t i = ascii_blocks(s, ESC);
    for (; i + 8 <= s.n; i += 8) {
        const uint64_t ones = 0x0101010101010101u;
        uint64_t word;
        memcpy(&word, s.p + i, sizeof word);
        uint64_t escape = word ^ ESC * ones; /* 0 where it stands; below 0x80 if the word is */
        if ((word | (escape - ones)) & 0x80 * ones)
            break;
    }
    while (i < s.n && (unsigned char)s.p[i] < 0x80 && s.p[i] != ESC)
        i++;
    return i;
}

#if defined(__SSE2__)
/* Whether each of sixteen bytes is none that is printed, or that byte. */
static inline __m128i odd_bytes(__m128i bytes, char without)
{
    return _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), /* also not ASCII */
                        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)),
                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8(without))));
}

static inline __m128i odd_block(const char *p, char without)
{
    return odd_bytes(_mm_loadu_si128((const __m128i *)(const void *)p), without);
}

/* The first and the last sixteen of 16 to 64 bytes, and those beside them, which may be the same.
 */
static inline unsigned odd_in_few(const char *p, size_t n, char without)
{
    size_t last = n - 16, beside = last < 16 ? last : 16;
    __m128i front = _mm_or_si128(odd_block(p, without), odd_block(p + beside, without));
    __m128i back =
        _mm_or_si128(odd_block(p + last - beside, without), odd_block(p + last, without));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(front, back));
}

static inline unsigned odd_in_eight(const char *p, size_t n, char without)
{
    __m128i front = _mm_loadl_epi64((const __m128i *)(const void *)p);
    __m128i back = _mm_loadl_epi64((const __m128i *)(const void *)(p + n - 8));
    return (unsigned)_mm_movemask_epi8(odd_bytes(_mm_unpacklo_epi64(front, back), without));
}
#endif

bool wb_utf8_printable(struct wb_slice s, char without)
{
    if (wb_has_avx512())
        return wb_printable_avx512(s, without);
#if defined(__SSE2__)
    for (; s.n > 64; s = wb_slice_from(s, s.n < 128 ? s.n - 64 : 64))
        if (odd_in_few(s.p, 64, without))
            return false;
    if (s.n >= 16)
        return !odd_in_few(s.p, s.n, without);
    if (s.n >= 8)
        return !odd_in_eight(s.p, s.n, without);
#endif
    unsigned odd = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        odd |= (c < ' ') | (c >= 0x7F) | (s.p[i] == without);
    }
    return !odd;
}

/* How long the character of more than one byte at the front is; 0 when it is none. */
static inline size_t sequence(const unsigned char *p, size_t n)
{
    size_t length = announced(p[0]);
    if (length < 2 || length > n || !is_tail(p[1]))
        return 0;
    if (length == 2)
        return 2;
    /* overlong ones, surrogates and what is beyond U+10FFFF show in the second byte */
    static const unsigned char least[] = {[0xE0 & 31] = 0xA0, [0xF0 & 31] = 0x90};
    static const unsigned char most[32] = {[0xED & 31] = 0x9F, [0xF4 & 31] = 0x8F};
    unsigned row = p[0] & 31;
    if ((row < sizeof least && p[1] < least[row]) || (most[row] && p[1] > most[row]))
        return 0;
    if (!is_tail(p[2]) || (length == 4 && !is_tail(p[3])))
        return 0;
    return length;
}

/*
 * Whether a character of three bytes stands here, as nearly all of Chinese and Japanese do, which
 * four bytes tell together: its shape, and what would make it overlong or a surrogate.
 */
static inline bool is_three(const unsigned char *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    word = le32toh(word);
    uint32_t telling = word & 0x200F;
    return (word & 0xC0C0F0) == 0x8080E0 && telling != 0 && telling != 0x200D;
}

size_t wb_utf8_valid(struct wb_slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0;;) {
        i += wb_utf8_ascii(wb_slice_from(s, i));
        if (i >= s.n)
            return s.n;
        while (s.n - i >= 4 && is_three(p + i))
            i += 3;
        for (size_t n; i < s.n && p[i] >= 0x80; i += n)
            if (!(n = sequence(p + i, s.n - i)))
                return i;
    }
}

bool wb_utf8_is_plain(struct wb_slice s)
{
    s = wb_slice_from(s, wb_utf8_unmarked(s));
    return wb_slice_chr(s, '\x1b') == s.n && wb_utf8_valid(s) == s.n;
}

struct wb_slice wb_utf8_head(struct wb_slice s, size_t n)
{
    if (s.n <= n)
        return s;
    while (n > 0 && is_tail((unsigned char)s.p[n]))
        n--;
    return wb_slice(s.p, n);
}

struct range {
    uint32_t first, last;
};

static bool within(const struct range *ranges, size_t n, uint32_t rune)
{
    for (size_t i = 0; i < n; i++)
        if (rune >= ranges[i].first && rune <= ranges[i].last)
            return true;
    return false;
}

#define WITHIN(ranges, rune) within(ranges, sizeof(ranges) / sizeof((ranges)[0]), rune)

int wb_utf8_width(uint32_t rune)
{
    /* Unicode Standard Annex 11: the wide and full-width blocks. */
    static const struct range wide[] = {
        {0x1100, 0x115F},   {0x2329, 0x232A},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
        {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
        {0x20000, 0x3FFFD},
    };
    static const struct range marks[] = {
        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
        {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
        {0x20D0, 0x20FF}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    };
    if (rune < 0x300)
        return 1;
    if (WITHIN(marks, rune) || wb_utf8_unsafe(rune))
        return 0;
    return WITHIN(wide, rune) ? 2 : 1;
}

bool wb_utf8_unsafe(uint32_t rune)
{
    static const struct range invisible[] = {
        {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x180E, 0x180E}, {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    if (rune < 0x20 || (rune >= 0x7F && rune <= 0x9F))
        return true;
    return rune > 0x9F && WITHIN(invisible, rune);
}
