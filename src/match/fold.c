/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Folding. One loop over the bytes with a table of classes; nearly all bytes are plain and are
 * only put in lower case. An address is noticed at its "@": what was written for its local part
 * is taken back, and its domain is passed over.
 */
#include "match.h"

#include "accents.h"
#include "avx2.h"
#include "fold_int.h"
#include "block.h"

static void put(struct wb_folder *f, char c, const char *from)
{
    if (f->n == f->cap)
        return;
    if (f->map)
        f->map[f->n] = (uint32_t)(from - f->start);
    f->out[f->n++] = c;
}

static void put_blank(struct wb_folder *f, const char *from)
{
    if (f->n && f->out[f->n - 1] != ' ')
        put(f, ' ', from);
}

static bool in_local(char c)
{
    return wb_is_alnum(c) || (c && strchr("._%+=-*~", c));
}

static bool in_domain(char c)
{
    return wb_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '*';
}

/* At "@": the whole address becomes one mark. */
static void fold_address(struct wb_folder *f)
{
    const char *at = f->p;
    const char *from = at;
    if (f->mask)
        while (f->n && in_local(f->out[f->n - 1])) {
            f->n--;
            from--;
        }
    put(f, '@', from < f->start ? f->start : from);
    f->p++;
    if (!f->mask)
        return;
    while (f->p < f->end && in_domain(*f->p))
        f->p++;
    while (f->p > at + 1 && (f->p[-1] == '.' || f->p[-1] == '-'))
        f->p--;
}

/* Up to three digits, or up to three of the same "*" or "x" that stand for some. */
static const char *behind_group(const char *p, const char *end)
{
    const char *from = p;
    bool starred = p < end && (*p == '*' || *p == 'x');
    while (p < end && p - from < 3 && (starred ? *p == *from : wb_is_digit(*p)))
        p++;
    return p;
}

/* Length of an IPv4 address, real or starred out ("*.*.*.*", "xxx.xxx.xxx.xxx"), here; else 0. */
static size_t ipv4_length(const char *p, const char *end)
{
    const char *at = p;
    for (int group = 0; group < 4; group++) {
        if (group && (at == end || *at++ != '.'))
            return 0;
        const char *from = at;
        at = behind_group(at, end);
        if (at == from)
            return 0;
    }
    bool goes_on =
        at < end && (wb_is_alnum(*at) || (*at == '.' && at + 1 < end && wb_is_digit(at[1])));
    return goes_on ? 0 : (size_t)(at - p);
}

/* "::ffff:192.0.2.1" ends as an IPv4 address: where that ends, if one stands behind the colon. */
static const char *behind_mapped(const char *from, const char *at, const char *end)
{
    while (at > from && at[-1] != ':')
        at--;
    return at + ipv4_length(at, end);
}

/* Passes over hexadecimal digits and colons; counts the colons, and those that stand together. */
static const char *behind_colons(const char *p, const char *end, int *colons, int *pairs)
{
    const char *from = p;
    *colons = *pairs = 0;
    for (; p < end && (wb_hex_digit(*p) >= 0 || *p == ':'); p++) {
        *colons += *p == ':';
        *pairs += p > from && p[0] == ':' && p[-1] == ':';
    }
    return p;
}

/* Length of an IPv6 address here; else 0. A time of day has two colons only. */
static size_t ipv6_length(const char *p, const char *end)
{
    int colons, pairs;
    const char *at = behind_colons(p, end, &colons, &pairs);
    if (colons > 1 && at < end && *at == '.')
        at = behind_mapped(p, at, end);
    if (at < end && (wb_is_alnum(*at) || *at == '_'))
        return 0;
    bool enough = colons > 2 || (pairs && colons > 1);
    return enough && at - p > 2 && at[-1] != ':' ? (size_t)(at - p) : 0;
}

/* "550-5.7.1 " or "550 5.7.1 " in the middle of a reply that began with 550; its length or 0. */
static size_t repeated_code(const struct wb_folder *f)
{
    const char *p = f->p;
    size_t left = (size_t)(f->end - p);
    bool same = left > 4 && f->n > 4 && f->out[f->n - 1] == ' ' && p[0] - '0' == f->code / 100 &&
                p[1] - '0' == f->code / 10 % 10 && p[2] - '0' == f->code % 10 &&
                (p[3] == '-' || p[3] == ' ');
    if (!same)
        return 0;
    size_t n = 4;
    while (n < left && (wb_is_digit(p[n]) || p[n] == '.'))
        n++;
    while (n < left && p[n] == ' ')
        n++;
    return n;
}

/* Capitals of two bytes in UTF-8 (Latin, Greek, Cyrillic) and how they become small. */
enum change { ADD, MAKE_ODD, MAKE_EVEN };

static const struct {
    unsigned short first, last;
    enum change change;
    unsigned add;
} capitals[] = {
    {0xD7, 0xD7, ADD, 0},        {0xC0, 0xDE, ADD, 32},        {0x391, 0x3A9, ADD, 32},
    {0x410, 0x42F, ADD, 32},     {0x400, 0x40F, ADD, 80},      {0x100, 0x137, MAKE_ODD, 0},
    {0x14A, 0x177, MAKE_ODD, 0}, {0x139, 0x148, MAKE_EVEN, 0}, {0x179, 0x17E, MAKE_EVEN, 0},
    {0x1A0, 0x1A0, MAKE_ODD, 0}, {0x1AF, 0x1AF, MAKE_EVEN, 0}, {0x218, 0x21B, MAKE_ODD, 0},
    {0x386, 0x386, ADD, 38},     {0x388, 0x38A, ADD, 37},      {0x38C, 0x38C, ADD, 64},
    {0x38E, 0x38F, ADD, 63}};

enum {
    LAST_CAPITAL = 0x42F,
    CAPITAL_SIGMA = 0x3A3,
    FINAL_SIGMA = 0x3C2,
};

static unsigned small(unsigned rune)
{
    for (size_t i = 0; rune <= LAST_CAPITAL && i < sizeof capitals / sizeof capitals[0]; i++) {
        if (rune < capitals[i].first || rune > capitals[i].last)
            continue;
        switch (capitals[i].change) {
        case ADD: return rune + capitals[i].add;
        case MAKE_ODD: return rune | 1;
        case MAKE_EVEN: return rune + (rune & 1);
        }
    }
    return rune;
}

static void fold_two(struct wb_folder *f)
{
    const char *from = f->p;
    unsigned rune = ((unsigned char)from[0] & 0x1Fu) << 6 | ((unsigned char)from[1] & 0x3Fu);
    f->p += 2;
    if (rune == 0xA0) {
        put_blank(f, from);
    } else if (rune == 0x130) { /* the capital of the Turkish i with a dot */
        put(f, 'i', from);
    } else {
        bool ends_word = f->p == f->end || ((unsigned char)*f->p & 0xFE) != 0xCE; /* no Greek */
        rune = rune == CAPITAL_SIGMA && ends_word ? FINAL_SIGMA : small(rune);
        char letters[4];
        size_t n = wb_without_accent(rune, letters);
        for (size_t i = 0; i < n; i++)
            put(f, letters[i], i ? from + 1 : from);
    }
}

/* Three-byte characters that become one ASCII character; '\0': they vanish. */
static const struct {
    unsigned first, last;
    char to;
} to_ascii[] = {{0x3000, 0x3000, ' '}, {0x2018, 0x2019, '\''}, {0x201B, 0x201B, '\''},
                {0x201C, 0x201E, '"'}, {0x2010, 0x2015, '-'},  {0x3001, 0x3001, ','},
                {0x3002, 0x3002, '.'}, {0x200B, 0x200F, '\0'}, {0xFEFF, 0xFEFF, '\0'}};

enum { FULL_WIDTH_FIRST = 0xFF01, FULL_WIDTH_LAST = 0xFF5E, FULL_WIDTH_AHEAD = 0xFEE0 };

/* Typographic marks and full-width forms become ASCII. */
static void fold_three(struct wb_folder *f)
{
    const char *from = f->p;
    unsigned rune = ((unsigned char)from[0] & 0x0Fu) << 12 | ((unsigned char)from[1] & 0x3Fu) << 6 |
                    ((unsigned char)from[2] & 0x3Fu);
    f->p += 3;
    if (rune >= FULL_WIDTH_FIRST && rune <= FULL_WIDTH_LAST) {
        put(f, wb_lower((char)(rune - FULL_WIDTH_AHEAD)), from);
        return;
    }
    for (size_t i = 0; i < sizeof to_ascii / sizeof to_ascii[0]; i++) {
        if (rune < to_ascii[i].first || rune > to_ascii[i].last)
            continue;
        if (to_ascii[i].to == ' ')
            put_blank(f, from);
        else if (to_ascii[i].to)
            put(f, to_ascii[i].to, from);
        return;
    }
    char base = wb_vietnamese_base(rune);
    if (base) {
        put(f, base, from);
        return;
    }
    put(f, from[0], from);
    put(f, from[1], from + 1);
    put(f, from[2], from + 2);
}

static void fold_wide(struct wb_folder *f)
{
    unsigned char a = (unsigned char)f->p[0];
    size_t left = (size_t)(f->end - f->p);
    if (a >= 0xC3 - 1 && a < 0xE0 && left > 1) {
        fold_two(f);
    } else if (a >= 0xE0 && a < 0xF0 && left > 2) {
        fold_three(f);
    } else {
        put(f, *f->p, f->p);
        f->p++;
    }
}

enum class { PLAIN, BLANK, NUMBER, AT, WIDE };

static const unsigned char classes[256] = {
    ['\t'] = BLANK,         ['\n'] = BLANK, ['\r'] = BLANK, [' '] = BLANK,  ['\v'] = BLANK,
    ['\f'] = BLANK,         ['0'] = NUMBER, ['1'] = NUMBER, ['2'] = NUMBER, ['3'] = NUMBER,
    ['4'] = NUMBER,         ['5'] = NUMBER, ['6'] = NUMBER, ['7'] = NUMBER, ['8'] = NUMBER,
    ['9'] = NUMBER,         ['*'] = NUMBER, ['x'] = NUMBER, [':'] = NUMBER, ['@'] = AT,
    [0x80 ... 0xFF] = WIDE,
};

#if defined(__SSE2__)
enum { BLOCK = 16 };

static unsigned where(__m128i mask)
{
    return (unsigned)_mm_movemask_epi8(mask);
}

static __m128i is(__m128i bytes, char c)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

/*
 * The bytes of a block that are not plain. A blank is plain when it stands alone, a digit or other
 * part of a number when it goes on with what stands before it. before: the byte written last.
 */
static unsigned special(__m128i bytes, __m128i lower, unsigned char before)
{
    unsigned blanks = where(is(lower, ' '));
    unsigned odd = where(_mm_cmplt_epi8(lower, _mm_set1_epi8(' '))); /* controls; not ASCII */
    odd |= where(is(bytes, '@'));
    odd |= blanks & (blanks << 1 | (before == ' '));
    __m128i marks = _mm_or_si128(is(bytes, ':'), is(bytes, '*'));
    __m128i digits = wb_between(bytes, '0', '9');
    unsigned numbers = where(_mm_or_si128(_mm_or_si128(digits, marks), is(lower, 'x')));
    __m128i joins = _mm_or_si128(wb_between(bytes, '-', '.'), is(bytes, '_'));
    unsigned token = where(_mm_or_si128(_mm_or_si128(wb_between(lower, 'a', 'z'), digits),
                                        _mm_or_si128(joins, marks)));
    unsigned colons = where(is(bytes, ':')), begun = token << 1 | wb_in_token[before];
    return odd | (numbers & ~(begun & ~(colons << 1 | (before == ':'))));
}

/* Sixteen bytes at a time, up to the first that is not plain. */
static void fold_blocks(struct wb_folder *f)
{
    while (f->end - f->p >= BLOCK && f->cap - f->n >= BLOCK) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)f->p);
        __m128i capital = wb_between(bytes, 'A', 'Z');
        __m128i lower = _mm_add_epi8(bytes, _mm_and_si128(capital, _mm_set1_epi8(32)));
        __m128i white = wb_between(bytes, '\t', '\r'); /* becomes a blank */
        lower =
            _mm_or_si128(_mm_andnot_si128(white, lower), _mm_and_si128(white, _mm_set1_epi8(' ')));
        unsigned char before = f->n ? (unsigned char)f->out[f->n - 1] : ' ';
        unsigned odd = special(bytes, lower, before);
        size_t n = odd ? (size_t)__builtin_ctz(odd) : BLOCK;
        _mm_storeu_si128((__m128i *)(void *)(f->out + f->n), lower);
        wb_fold_map(f, n);
        f->n += n;
        f->p += n;
        if (odd)
            return;
    }
}
#else
static void fold_blocks(struct wb_folder *f)
{
    (void)f;
}
#endif

/* Many bytes at a time, as far as they are plain; perhaps none. */
static void fold_fast(struct wb_folder *f)
{
    if (wb_has_avx2())
        wb_fold_avx2(f);
    else
        fold_blocks(f);
}

/*
 * What begins no number or address of its own is plain, and most often so is what follows. Behind a
 * colon ("IP:192.0.2.1") an IPv4 address may stand: an IPv6 address has been passed over whole.
 */
static void fold_number(struct wb_folder *f)
{
    size_t n = 0;
    char before = f->n ? f->out[f->n - 1] : ' ';
    if (before == ':' && f->mask) {
        n = ipv4_length(f->p, f->end);
    } else if (!wb_in_token[(unsigned char)before]) {
        n = f->code ? repeated_code(f) : 0;
        if (n) {
            f->p += n;
            return;
        }
        if (f->mask)
            n = ipv4_length(f->p, f->end);
        if (f->mask && !n)
            n = ipv6_length(f->p, f->end);
    }
    put(f, n ? '%' : wb_lower(*f->p), f->p);
    f->p += n ? n : 1;
    fold_fast(f);
}

/* A run of plain bytes, the first of which is known to be one. */
static void fold_plain_run(struct wb_folder *f)
{
    const char *from = f->p;
    fold_fast(f);
    if (f->p > from)
        return;
    size_t room = f->cap - f->n, left = (size_t)(f->end - f->p), n = 0;
    for (; n < room && n < left && classes[(unsigned char)f->p[n]] == PLAIN; n++)
        f->out[f->n + n] = wb_lower(f->p[n]);
    wb_fold_map(f, n);
    f->n += n;
    f->p += n;
}

/* White space, all of it. */
static void fold_blanks(struct wb_folder *f)
{
    put_blank(f, f->p);
    do
        f->p++;
    while (f->p < f->end && classes[(unsigned char)*f->p] == BLANK);
}

/* "550-192.0.2.1 is listed": behind a reply code an address may begin. */
static void fold_code(struct wb_folder *f)
{
    if (f->end - f->p < 5 || f->cap < 5 || f->p[3] != '-' || !wb_is_digit(f->p[0]) ||
        !wb_is_digit(f->p[1]) || !wb_is_digit(f->p[2]))
        return;
    size_t n = ipv4_length(f->p + 4, f->end);
    if (!n || !f->mask)
        return;
    for (int i = 0; i < 4; i++)
        put(f, f->p[i], f->p + i);
    f->p += 4;
    put(f, '%', f->p);
    f->p += n;
}

static size_t fold(struct wb_folder *f)
{
    fold_code(f);
    while (f->p < f->end && f->n < f->cap) {
        switch ((enum class)classes[(unsigned char)*f->p]) {
        case PLAIN: fold_plain_run(f); break;
        case BLANK: fold_blanks(f); break;
        case NUMBER: fold_number(f); break;
        case AT: fold_address(f); break;
        case WIDE: fold_wide(f); break;
        }
    }
    if (f->n && f->out[f->n - 1] == ' ')
        f->n--;
    if (f->map)
        f->map[f->n] = (uint32_t)(f->p - f->start);
    return f->n;
}

size_t wb_fold(struct wb_slice text, int code, char *out, size_t cap, uint32_t *map)
{
    struct wb_folder f = {text.p, text.p, text.p + text.n, out, 0, cap, map, code, true};
    return fold(&f);
}

size_t wb_fold_plain(struct wb_slice text, char *out, size_t cap)
{
    struct wb_folder f = {text.p, text.p, text.p + text.n, out, 0, cap, NULL, 0, false};
    return fold(&f);
}
