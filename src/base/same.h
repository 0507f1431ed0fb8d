/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comparing slices with upper and lower case taken as equal; slice.h includes it. Letters are ASCII
 * letters. Nothing here allocates or fails.
 */
#ifndef WB_SAME_H
#define WB_SAME_H

#include "slice.h"

/* Whether n bytes are the same but for the case of letters; n > 0. */
bool wb_same_letters(const char *a, const char *b, size_t n);

/* False of bytes that are surely not the same letter: nearly all comparisons end with the first. */
static inline bool wb_may_be_same(char a, char b)
{
    return ((a ^ b) & 0xDF) == 0;
}

/* The same, upper and lower case taken as equal. */
static inline bool wb_slice_eqi(struct wb_slice a, struct wb_slice b)
{
    return a.n == b.n &&
           (a.n == 0 || (wb_may_be_same(a.p[0], b.p[0]) && wb_same_letters(a.p, b.p, a.n)));
}

static inline bool wb_slice_startsi(struct wb_slice s, struct wb_slice head)
{
    return s.n >= head.n && (head.n == 0 || (wb_may_be_same(s.p[0], head.p[0]) &&
                                             wb_same_letters(s.p, head.p, head.n)));
}

static inline bool wb_slice_endsi(struct wb_slice s, struct wb_slice tail)
{
    return s.n >= tail.n &&
           (tail.n == 0 || (wb_may_be_same(s.p[s.n - 1], tail.p[tail.n - 1]) &&
                            wb_same_letters(s.p + (s.n - tail.n), tail.p, tail.n)));
}

#endif
