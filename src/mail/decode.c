/* SPDX-License-Identifier: BSD-2-Clause */
/* Transfer encodings: RFC 2045 6.7 (quoted-printable), 6.8 (base64), and uuencode. */
#include "mail_int.h"

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

/* Bytes outside the alphabet are passed over; "=" ends a group, and reading goes on behind it. */
struct wb_slice wb_decode_base64(struct wb_arena *arena, struct wb_slice s, size_t max)
{
    struct wb_text text = wb_text_open(arena, max);
    uint32_t group = 0;
    int bits = 0;
    for (size_t i = 0; i < s.n && !text.cut; i++) {
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

/* A "=" and what follows it; returns how many bytes it was. Broken escapes stay as they are. */
static size_t put_escape(struct wb_text *text, struct wb_slice at)
{
    int high = at.n > 2 ? wb_hex_digit(at.p[1]) : -1;
    int low = high >= 0 ? wb_hex_digit(at.p[2]) : -1;
    if (low >= 0) {
        wb_text_byte(text, (char)(high << 4 | low));
        return 3;
    }
    size_t n = 1;
    while (n < at.n && (at.p[n] == ' ' || at.p[n] == '\t'))
        n++;
    size_t behind = n;
    while (behind < at.n && at.p[behind] == '\r')
        behind++;
    if (behind < at.n && at.p[behind] == '\n') /* a soft line break */
        return behind + 1;
    if (behind > n) /* the same in a mail of bare CRs: only the first is the break's */
        return n + 1;
    if (n == at.n)
        return n;
    wb_text_byte(text, '=');
    return 1;
}

static bool is_padding(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Text without escapes. Blanks at the end of a line were added on the way (RFC 2045 6.7 (3)):
 * blanks that are meant stand there as "=20", and are no part of this text.
 */
static void put_plain(struct wb_text *text, struct wb_slice plain)
{
    size_t lf;
    while (plain.n && (lf = wb_slice_chr(plain, '\n')) < plain.n) {
        size_t n = lf;
        while (n && is_padding(plain.p[n - 1]))
            n--;
        wb_text_put(text, wb_slice_head(plain, n));
        if (lf && plain.p[lf - 1] == '\r')
            wb_text_byte(text, '\r');
        wb_text_byte(text, '\n');
        plain = wb_slice_from(plain, lf + 1);
    }
    wb_text_put(text, plain);
}

struct wb_slice wb_decode_quoted(struct wb_arena *arena, struct wb_slice s, size_t max)
{
    struct wb_text text = wb_text_open(arena, max);
    while (s.n && !text.cut) {
        size_t plain = wb_slice_chr(s, '=');
        put_plain(&text, wb_slice_head(s, plain));
        s = wb_slice_from(s, plain);
        if (s.n)
            s = wb_slice_from(s, put_escape(&text, s));
    }
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
