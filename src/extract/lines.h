/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which line patterns may fit in a prose: those whose words stand in it, a bit for each, so that a
 * role of the general dialect, which reads the prose of all others, is asked for by a mask.
 */
#ifndef WB_LINES_H
#define WB_LINES_H

#include "extract_int.h"

/* Notes which lines the general dialect has. */
void wb_open_general_lines(struct wb_extract *ex);

/* False for line patterns whose words stand nowhere in the prose. */
static inline bool wb_line_possible(const struct wb_extract *ex, size_t pattern)
{
    return !ex->lines_known || ex->lines[pattern / 64] >> pattern % 64 & 1;
}

/*
 * Whether what fits a line is worth keeping, and may be: behind the first trace field nobody looked
 * for words, and what does not fit there may fit in another mail. Long lines are somebody's own.
 */
enum { WB_MAX_KEPT_LINE = 256 };
static inline bool wb_is_kept_line(const struct wb_extract *ex, struct wb_slice line)
{
    return line.n <= WB_MAX_KEPT_LINE &&
           (!ex->lines_known ||
            (line.p >= ex->before_trace.p && wb_slice_end(line) <= wb_slice_end(ex->before_trace)));
}

/* Whether the general dialect sees that role in the line, with words that stand in the prose. */
bool wb_general_fits(const struct wb_extract *ex, enum wb_role role, struct wb_slice line);

/* The possible ones of the general dialect that have that role, of each 64: a bit for each. */
static inline uint64_t wb_general_lines(const struct wb_extract *ex, enum wb_role role,
                                        uint32_t word)
{
    uint64_t lines = ex->general_lines[(uint32_t)role * ex->line_words + word];
    return ex->lines_known ? lines & ex->lines[word] : lines;
}

#endif
