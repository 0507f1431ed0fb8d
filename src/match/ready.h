/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs made beforehand: those of many expressions as one block of bytes without pointers, so
 * that nothing is compiled where the block is used. Parts that are equal stand in it once. Like a
 * scanner's, its bytes are taken for what the maker wrote: whoever reads them from a file makes
 * sure that they are whole. Making and loading never fail; an expression that is left to PCRE2 has
 * its place in the block, too.
 */
#ifndef WB_READY_H
#define WB_READY_H

#include "buf.h"
#include "match.h"

struct wb_expression {
    struct wb_slice text;
    int flags;
};

/* Appends the block of these expressions, which are good, at a place that is aligned to 16. */
void wb_ready_make(const struct wb_expression *expressions, size_t n, struct wb_buf *out);

/*
 * The expression of that number, which was made into the block with these flags; NULL: make it with
 * wb_regex_new. Bytes, aligned to 16, and expression must stay where they are.
 */
struct wb_regex *wb_ready_regex(struct wb_slice bytes, uint32_t number, struct wb_slice expression,
                                int flags);

#endif
