/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An output buffer that grows: JSON lines, tables, pages. It is reused from message to message,
 * so after the first few it allocates nothing. Owner: whoever opened it; one thread at a time.
 * Growing ends the process only when the system has no memory left (our output is bounded by the
 * limits on our input).
 */
#ifndef WB_BUF_H
#define WB_BUF_H

#include <stdint.h>

#include "slice.h"

struct wb_buf {
    char *p; /* not NUL-terminated */
    size_t n;
    size_t cap;
};

void wb_buf_free(struct wb_buf *buf);
/* Makes room for n more bytes. */
void wb_buf_reserve(struct wb_buf *buf, size_t n);

static inline void wb_buf_clear(struct wb_buf *buf)
{
    buf->n = 0;
}

static inline struct wb_slice wb_buf_slice(const struct wb_buf *buf)
{
    return wb_slice(buf->p, buf->n);
}

static inline void wb_buf_put(struct wb_buf *buf, struct wb_slice s)
{
    if (buf->cap - buf->n < s.n)
        wb_buf_reserve(buf, s.n);
    if (s.n)
        memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
}

static inline void wb_buf_byte(struct wb_buf *buf, char c)
{
    if (buf->cap == buf->n)
        wb_buf_reserve(buf, 1);
    buf->p[buf->n++] = c;
}

#define wb_buf_lit(buf, lit) wb_buf_put(buf, WB_S(lit))

void wb_buf_number(struct wb_buf *buf, int64_t n);
/* The same to where there are WB_NUMBER_ROOM bytes free; returns where it ends. */
enum { WB_NUMBER_ROOM = 20 };
char *wb_number_put(char *at, int64_t n);
void wb_buf_printf(struct wb_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The text without anything that could act on a terminal, a page or a line: unsafe characters
 * (see wb_utf8_unsafe) are left out, line ends and tabs become blanks, bytes that are no UTF-8
 * become U+FFFD.
 */
void wb_buf_safe(struct wb_buf *buf, struct wb_slice s);

/*
 * A cell of CSV (RFC 4180), in quotes. Unsafe characters become blanks. What a spreadsheet could
 * take for a formula gets an apostrophe in front, as OWASP advises.
 */
void wb_buf_cell(struct wb_buf *buf, struct wb_slice s);

#endif
