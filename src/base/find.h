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
 * Two sets of bytes, in the form in which many bytes are looked up together. Of a byte the lower
 * half says where to look, the upper half which bit: its bits 4 to 6, in the first table for bytes
 * below 0x80 and in the second for the others.
 */
struct wb_byte_pair {
    struct {
        unsigned char low[16], high[16];
    } set[2];
};

static inline void wb_byte_pair_add(struct wb_byte_pair *pair, int which, unsigned char c)
{
    unsigned char *table = c & 0x80 ? pair->set[which].high : pair->set[which].low;
    table[c & 15] = (unsigned char)(table[c & 15] | 1u << (c >> 4 & 7));
}

static inline bool wb_byte_pair_has(const struct wb_byte_pair *pair, int which, char byte)
{
    unsigned char c = (unsigned char)byte;
    const unsigned char *table = c & 0x80 ? pair->set[which].high : pair->set[which].low;
    return table[c & 15] >> (c >> 4 & 7) & 1;
}

enum { WB_PLACES = 32 };

/*
 * Places where a byte of the first set stands, and behind it one of the second or the end: a bit
 * for each of the WB_PLACES from *place on, which is moved on to where there are any. 0: there are
 * none up to the end.
 */
uint32_t wb_pair_places(const struct wb_byte_pair *pair, const char **place, const char *end);

#endif
