/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching in slices and cutting them; slice.h includes it. Nothing here allocates or fails, and
 * no byte outside the slice is read.
 */
#ifndef WB_FIND_H
#define WB_FIND_H

#include "slice.h"

/*
 * Byte position of c, or of the first occurrence of needle; s.n when there is none. The empty
 * needle stands at 0 in every text, so in the empty one it is not told from one that is not there.
 */
size_t wb_slice_chr(struct wb_slice s, char c);
size_t wb_slice_find(struct wb_slice s, struct wb_slice needle);
size_t wb_slice_findi(struct wb_slice s, struct wb_slice needle);

static inline bool wb_slice_hasi(struct wb_slice s, struct wb_slice needle)
{
    return wb_slice_findi(s, needle) < s.n;
}

/*
 * Takes the text before the first `c` off the front of *rest and returns it; *rest then begins
 * behind that `c`. Without a `c`, returns everything and leaves *rest empty.
 */
struct wb_slice wb_slice_cut(struct wb_slice *rest, char c);

/*
 * Takes one line off the front of *rest; it may end in LF, CR LF, CR CR LF or a bare CR. The
 * returned line is without its end. False when *rest was empty.
 */
bool wb_slice_line(struct wb_slice *rest, struct wb_slice *line_out);

#endif
