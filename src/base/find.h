/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching in slices and cutting them; slice.h includes it. Nothing here allocates or fails, and
 * no byte outside the slice is read.
 */
#ifndef WB_FIND_H
#define WB_FIND_H

#include <stdint.h>

#include "find_any.h"
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

/*
 * A byte, and a set of ASCII bytes in the form in which many bytes are looked up together: of each
 * the lower half says where to look, the upper half which bit.
 */
struct wb_byte_pair {
    char first;
    unsigned char second[16];
};

static inline bool wb_byte_pair_has(const struct wb_byte_pair *pair, char byte)
{
    unsigned char c = (unsigned char)byte;
    return c < 0x80 && pair->second[c & 15] >> (c >> 4) & 1;
}

enum { WB_PLACES = 32 };

/*
 * Places where the first byte stands, and behind it one of the second ones or the end: a bit
 * for each of the WB_PLACES from *place on, which is moved on to where there are any. 0: there are
 * none up to the end.
 */
uint32_t wb_pair_places(const struct wb_byte_pair *pair, const char **place, const char *end);

#endif
