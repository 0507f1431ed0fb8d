/* SPDX-License-Identifier: BSD-2-Clause */
#include "buf.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "utf8.h"

void wb_buf_free(struct wb_buf *buf)
{
    free(buf->p);
    *buf = (struct wb_buf){0};
}

void wb_buf_reserve(struct wb_buf *buf, size_t n)
{
    if (buf->cap - buf->n >= n)
        return;
    size_t cap = buf->cap ? buf->cap : 1024;
    while (cap - buf->n < n)
        cap *= 2;
    char *p = realloc(buf->p, cap);
    WB_CHECK(p != NULL);
    buf->p = p;
    buf->cap = cap;
}

static size_t digits_of(uint64_t n)
{
    size_t digits = 1;
    for (; n > 99999; n /= 100000)
        digits += 5;
    /* nearly all are as short as this, and how short is as good as chance */
    return digits + (size_t)(n > 9) + (n > 99) + (n > 999) + (n > 9999);
}

/* So many digits of it; returns where they end. */
static char *put_digits(char *at, uint64_t n, size_t digits)
{
    char *end = at + digits;
    for (char *p = end; p > at; n /= 10)
        *--p = (char)('0' + n % 10);
    return end;
}

static uint64_t without_sign(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

/*
 * Eight digits at once, the first in the lowest byte: four and four, then each of these two and
 * two, then one and one. The quotients are exact for numbers of so many digits.
 */
static uint64_t eight_digits(uint32_t n)
{
    uint64_t fours = n / 10000 | (uint64_t)(n % 10000) << 32;
    uint64_t hundreds = fours * 10486 >> 20 & 0x0000007F0000007Fu;
    uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
    uint64_t tens = twos * 103 >> 10 & 0x000F000F000F000Fu;
    return tens | (twos - tens * 10) << 8;
}

char *wb_number_put(char *at, int64_t n)
{
    if (n >= 0 && n < 100000000) { /* nearly all; how short they are is as good as chance */
        uint64_t digits = eight_digits((uint32_t)n);
        int zeros = __builtin_ctzll(digits | (uint64_t)1 << 56) & ~7;
        digits = htole64((digits | 0x3030303030303030u) >> zeros);
        memcpy(at, &digits, sizeof digits);
        return at + 8 - zeros / 8;
    }
    if (n < 0)
        *at++ = '-';
    uint64_t left = without_sign(n);
    return put_digits(at, left, digits_of(left));
}

void wb_buf_number(struct wb_buf *buf, int64_t n)
{
    char digits[WB_NUMBER_ROOM]; /* more of them are written than it has */
    wb_buf_put(buf, wb_slice_span(digits, wb_number_put(digits, n)));
}

void wb_buf_printf(struct wb_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    WB_CHECK(n >= 0);
    wb_buf_reserve(buf, (size_t)n + 1);
    vsnprintf(buf->p + buf->n, (size_t)n + 1, format, again);
    va_end(again);
    buf->n += (size_t)n;
}

void wb_buf_safe(struct wb_buf *buf, struct wb_slice s)
{
    while (s.n) {
        size_t taken;
        uint32_t rune = wb_utf8_get(s, &taken);
        if (rune == '\n' || rune == '\t' || rune == '\r') {
            wb_buf_byte(buf, ' ');
        } else if (!wb_utf8_unsafe(rune)) {
            char bytes[4];
            wb_buf_put(buf, wb_slice(bytes, wb_utf8_put(rune, bytes)));
        }
        s = wb_slice_from(s, taken);
    }
}

/* A spreadsheet may leave out what is not seen in front. */
static bool may_be_formula(struct wb_slice s)
{
    size_t taken;
    if (s.n && strchr("\t\r\n", s.p[0]))
        return true;
    while (s.n && (s.p[0] == ' ' || wb_utf8_unsafe(wb_utf8_get(s, &taken))))
        s = wb_slice_from(s, s.p[0] == ' ' ? 1 : taken);
    return s.n && strchr("=+-@", s.p[0]);
}

void wb_buf_cell(struct wb_buf *buf, struct wb_slice s)
{
    wb_buf_byte(buf, '"');
    if (may_be_formula(s))
        wb_buf_byte(buf, '\'');
    while (s.n) {
        size_t taken;
        char bytes[4];
        uint32_t rune = wb_utf8_get(s, &taken);
        if (rune == '"')
            wb_buf_byte(buf, '"');
        if (wb_utf8_unsafe(rune))
            rune = ' ';
        wb_buf_put(buf, wb_slice(bytes, wb_utf8_put(rune, bytes)));
        s = wb_slice_from(s, taken);
    }
    wb_buf_byte(buf, '"');
}
