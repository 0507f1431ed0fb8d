/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts by name and cause, where there are few of them: a table that is searched from its start.
 */
#ifndef WB_SUMS_H
#define WB_SUMS_H

#include <stdint.h>

#include "slice.h"

struct wb_sum {
    int kind;                  /* of the name */
    char name[128], cause[64]; /* longer ones are cut, in front of a character */
    uint64_t now, before;      /* counts of two times */
};

struct wb_sums {
    size_t n, most;
    struct wb_sum rows[];
};

/* Room for so many rows; ends with free(). */
struct wb_sums *wb_sums_new(size_t most);
/* The row of these, a new one with counts of 0 where there was none; NULL when there is no room. */
struct wb_sum *wb_sums_row(struct wb_sums *sums, int kind, struct wb_slice name,
                           struct wb_slice cause);
/* The largest count of now first; those with the same by name. */
void wb_sums_sort(struct wb_sums *sums);

#endif
