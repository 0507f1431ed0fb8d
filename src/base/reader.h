/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bounded reader: a place in a slice that moves forward and cannot leave it. All parsers of
 * small grammars (dates, codes, addresses, parameters) are written with it; a helper that is
 * missing is added here.
 *
 * Reading at the end gives 0 (never a byte of the text that matters to a grammar) and does not
 * move. Nothing allocates or fails.
 */
#ifndef WB_READER_H
#define WB_READER_H

#include "slice.h"

struct wb_reader {
    const char *p;   /* the next byte */
    const char *end; /* one behind the last */
};

static inline struct wb_reader wb_reader(struct wb_slice s)
{
    return (struct wb_reader){s.p, s.p + s.n};
}

static inline size_t wb_reader_left(const struct wb_reader *r)
{
    return (size_t)(r->end - r->p);
}

static inline struct wb_slice wb_reader_rest(const struct wb_reader *r)
{
    return wb_slice_span(r->p, r->end);
}

/* The byte `ahead` places further on, 0 behind the end. */
static inline char wb_reader_peek(const struct wb_reader *r, size_t ahead)
{
    return ahead < wb_reader_left(r) ? r->p[ahead] : '\0';
}

/* Takes one byte. */
static inline char wb_reader_take(struct wb_reader *r)
{
    return r->p < r->end ? *r->p++ : '\0';
}

/* Takes the byte c if it stands here. */
static inline bool wb_reader_accept(struct wb_reader *r, char c)
{
    if (r->p < r->end && *r->p == c) {
        r->p++;
        return true;
    }
    return false;
}

static inline void wb_reader_skip(struct wb_reader *r, size_t n)
{
    r->p += n < wb_reader_left(r) ? n : wb_reader_left(r);
}

/* Skips blanks, tabs and line ends. */
void wb_reader_space(struct wb_reader *r);

/* Skips white space and RFC 5322 comments, which may nest and hold quoted pairs. */
void wb_reader_cfws(struct wb_reader *r);

/*
 * The same where a word follows, before which stands nothing or one blank nearly always: there is
 * no guess which of the two.
 */
static inline void wb_reader_to_word(struct wb_reader *r)
{
    r->p += wb_reader_peek(r, 0) == ' ';
    if (!wb_is_of(wb_reader_peek(r, 0), WB_BYTE_FIELD_NAME))
        wb_reader_cfws(r);
}

/* Takes the word if it stands here, in upper or lower case. */
bool wb_reader_word(struct wb_reader *r, struct wb_slice word);

/* Takes 1 to max decimal digits as a number; false, and no move, when there is no digit. */
bool wb_reader_digits(struct wb_reader *r, int max, int *n_out);

/* Takes everything up to, not including, the first c (or to the end). */
struct wb_slice wb_reader_until(struct wb_reader *r, char c);

#endif
