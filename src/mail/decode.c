/* SPDX-License-Identifier: BSD-2-Clause */
/* Transfer encodings: RFC 2045 6.7 (quoted-printable), 6.8 (base64), and uuencode. */
#include "mail_int.h"

#include "escapes.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const unsigned char base64_value[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* Whole groups of four letters, as lines are made of, as far as there is room; how many bytes. */
static size_t take_groups(struct wb_text *text, struct wb_slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    char *out = text->p + text->n;
    size_t room = (text->cap - text->n) / 3, most = s.n / 4 < room ? s.n / 4 : room, i = 0;
    for (; i < most; i++, p += 4, out += 3) {
        int a = base64_value[p[0]] - 1, b = base64_value[p[1]] - 1;
        int c = base64_value[p[2]] - 1, d = base64_value[p[3]] - 1;
        if ((a | b | c | d) < 0) /* one question for all */
            break;
        unsigned group = (unsigned)(a << 18 | b << 12 | c << 6 | d);
        out[0] = (char)(group >> 16);
        out[1] = (char)(group >> 8 & 0xFF);
        out[2] = (char)(group & 0xFF);
    }
    text->n += 3 * i;
    return 4 * i;
}

/* Bytes outside the alphabet are passed over; "=" ends a group, and reading goes on behind it. */
struct wb_slice wb_decode_base64(struct wb_arena *arena, struct wb_slice s, size_t max)
{
    struct wb_text text = wb_text_open(arena, max);
    uint32_t group = 0;
    int bits = 0;
    for (size_t i = 0; i < s.n && !text.cut; i++) {
        if (!bits)
            i += take_groups(&text, wb_slice_from(s, i));
        if (i == s.n)
            break;
        int value = base64_value[(unsigned char)s.p[i]];
        if (value) {
            group = group << 6 | (uint32_t)(value - 1);
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                wb_text_byte(&text, (char)(group >> bits & 0xFF));
            }
        } else if (s.p[i] == '=') {
            bits = 0;
        }
    }
    return wb_text_close(&text);
}

/* Quoted-printable under way. Nothing becomes longer by decoding. */
struct quoted {
    struct wb_escapes at;
    const char *floor; /* what stands before it was an escape, or on an earlier line */
};

#if defined(__SSE2__)
/* Copies sixteen bytes; a bit for each "=" and line end in them. */
static inline uint64_t copy_sixteen(const char *p, char *out)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    _mm_storeu_si128((__m128i *)(void *)out, bytes);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('=')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))));
}

/* Sixty-four of them: most lines have little more. */
static inline uint64_t copy_block(const char *p, char *out)
{
    return copy_sixteen(p, out) | copy_sixteen(p + 16, out + 16) << 16 |
           copy_sixteen(p + 32, out + 32) << 32 | copy_sixteen(p + 48, out + 48) << 48;
}
#endif

/* Text up to the next "=" or line end, as far as there is room. */
static inline void copy_plain(struct wb_escapes *q)
{
#if defined(__SSE2__)
    while (q->end - q->p >= 64 && q->out_end - q->out >= 64) {
        uint64_t at = copy_block(q->p, q->out);
        int n = at ? __builtin_ctzll(at) : 64;
        q->p += n;
        q->out += n;
        if (at)
            return;
    }
#endif
    while (q->p < q->end && q->out < q->out_end && *q->p != '=' && *q->p != '\n')
        *q->out++ = *q->p++;
}

/* How long the soft line break at the front is, when it is a plain one, as most "=" are. */
static inline size_t soft_break(const char *p, size_t left)
{
    if (left > 1 && p[1] == '\n')
        return 2;
    return left > 2 && p[1] == '\r' && p[2] == '\n' ? 3 : 0;
}

/* A "=" and what follows it. Broken escapes stay as they are. */
static void take_escape(struct wb_escapes *q)
{
    size_t left = (size_t)(q->end - q->p), n = 1;
    int high = left > 2 ? wb_hex_digit(q->p[1]) : -1, low = left > 2 ? wb_hex_digit(q->p[2]) : -1;
    if ((high | low) >= 0) { /* one question for both */
        *q->out++ = (char)(high * 16 + low);
        q->p += 3;
        return;
    }
    size_t soft = soft_break(q->p, left);
    if (soft) {
        q->p += soft;
        return;
    }
    while (n < left && (q->p[n] == ' ' || q->p[n] == '\t'))
        n++;
    size_t behind = n;
    while (behind < left && q->p[behind] == '\r')
        behind++;
    if (behind < left && q->p[behind] == '\n') { /* a soft line break behind blanks */
        q->p += behind + 1;
    } else if (behind > n) { /* the same in a mail of bare CRs: only the first is the break's */
        q->p += n + 1;
    } else if (n == left) {
        q->p += n;
    } else {
        *q->out++ = '=';
        q->p++;
    }
}

static bool is_padding(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Blanks at the end of a line were added on the way (RFC 2045 6.7 (3)): blanks that are meant stand
 * there as "=20".
 */
static void end_line(struct quoted *quoted)
{
    struct wb_escapes *q = &quoted->at;
    const char *from = q->p; /* blanks were written as they stand */
    while (from > quoted->floor && is_padding(from[-1]))
        from--;
    bool cr = from < q->p && q->p[-1] == '\r';
    q->out -= q->p - from;
    if (cr)
        *q->out++ = '\r';
    if (q->out < q->out_end)
        *q->out++ = '\n';
    q->p++;
}

/* What stands here, and what goes with it, and then all that is as it should be. */
static void take_mark(struct quoted *quoted)
{
    struct wb_escapes *q = &quoted->at;
    if (*q->p != '=')
        end_line(quoted);
    else
        do /* in some languages one stands behind the other */
            take_escape(q);
        while (q->p < q->end && q->out < q->out_end && *q->p == '=');
    quoted->floor = q->p;
}

struct wb_slice wb_decode_quoted(struct wb_arena *arena, struct wb_slice s, size_t max)
{
    struct wb_text text = wb_text_open(arena, max);
    struct quoted quoted = {{s.p, wb_slice_end(s), text.p, text.p + text.cap}, s.p};
    struct wb_escapes *q = &quoted.at;
    for (copy_plain(q); q->p < q->end && q->out < q->out_end; copy_plain(q)) {
        take_mark(&quoted);
        if (q->p - s.p >= WB_ESCAPES_BEHIND)
            wb_escapes_take(q);
    }
    text.n = (size_t)(q->out - text.p);
    text.cut = q->p < q->end;
    return wb_text_close(&text);
}

static int uu_value(struct wb_slice line, size_t i)
{
    return i < line.n ? (line.p[i] - 32) & 63 : 0;
}

static void put_uu_line(struct wb_text *text, struct wb_slice line)
{
    int left = uu_value(line, 0);
    for (size_t i = 1; left > 0 && i < line.n; i += 4) {
        uint32_t group = 0;
        for (size_t j = 0; j < 4; j++)
            group = group << 6 | (uint32_t)uu_value(line, i + j);
        for (int shift = 16; shift >= 0 && left > 0; shift -= 8, left--)
            wb_text_byte(text, (char)(group >> shift & 0xFF));
    }
}

struct wb_slice wb_decode_uu(struct wb_arena *arena, struct wb_slice s, size_t max)
{
    struct wb_text text = wb_text_open(arena, max);
    struct wb_slice line;
    bool inside = false;
    while (wb_slice_line(&s, &line) && !text.cut) {
        if (wb_slice_starts(line, WB_S("begin ")))
            inside = true;
        else if (wb_slice_eq(line, WB_S("end")))
            break;
        else if (inside && line.n)
            put_uu_line(&text, line);
    }
    return wb_text_close(&text);
}
