/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A slice is a run of bytes that somebody else owns: a piece of the message, of the session's
 * memory or of the catalogue. It is never null: "absent" is the empty slice. A struct set to zero
 * holds empty slices too; their p is null, which nothing here minds. Slices are passed by value and
 * stay valid as long as the memory they point into.
 *
 * Nothing here allocates, fails or looks at the locale: letters are ASCII letters. Every function
 * may be called from any thread.
 */
#ifndef WB_SLICE_H
#define WB_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "byte.h"

struct wb_slice {
    const char *p; /* first byte; not NUL-terminated */
    size_t n;      /* bytes; 0 is "absent" */
};

/* A slice of a string literal. */
#define WB_S(lit) ((struct wb_slice){"" lit, sizeof(lit) - 1})
#define WB_NONE   ((struct wb_slice){"", 0})
/* For printf("%.*s", WB_F(s)). */
#define WB_F(s) (int)(s).n, (s).p

static inline struct wb_slice wb_slice(const char *p, size_t n)
{
    return (struct wb_slice){p, n};
}

static inline struct wb_slice wb_slice_str(const char *s)
{
    return (struct wb_slice){s, strlen(s)};
}

/* The bytes from p up to end. */
static inline struct wb_slice wb_slice_span(const char *p, const char *end)
{
    return (struct wb_slice){p, (size_t)(end - p)};
}

static inline const char *wb_slice_end(struct wb_slice s)
{
    return s.p + s.n;
}

/* Everything from byte `from` on; empty when there is no such byte. */
static inline struct wb_slice wb_slice_from(struct wb_slice s, size_t from)
{
    return from >= s.n ? wb_slice(s.p + s.n, 0) : wb_slice(s.p + from, s.n - from);
}

/* At most the first n bytes. */
static inline struct wb_slice wb_slice_head(struct wb_slice s, size_t n)
{
    return wb_slice(s.p, n < s.n ? n : s.n);
}

static inline bool wb_slice_eq(struct wb_slice a, struct wb_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool wb_slice_starts(struct wb_slice s, struct wb_slice head)
{
    return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

static inline bool wb_slice_ends(struct wb_slice s, struct wb_slice tail)
{
    return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

/* Without white space at the front, at the end, at both ends. */
static inline struct wb_slice wb_slice_ltrim(struct wb_slice s)
{
    while (s.n && wb_is_space(s.p[0]))
        s.p++, s.n--;
    return s;
}

static inline struct wb_slice wb_slice_rtrim(struct wb_slice s)
{
    while (s.n && wb_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static inline struct wb_slice wb_slice_trim(struct wb_slice s)
{
    return wb_slice_rtrim(wb_slice_ltrim(s));
}

/* A decimal number of 1 to 18 digits that fills s; false otherwise. */
bool wb_slice_number(struct wb_slice s, long long *n_out);

/* Order by bytes, shorter first: for sorting and for binary search. */
int wb_slice_cmp(struct wb_slice a, struct wb_slice b);

#include "find.h"
#include "same.h"

#endif
