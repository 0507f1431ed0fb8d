/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting by sort. */
#ifndef WB_BINS_H
#define WB_BINS_H

#include "buf.h"

/* What was seen of one sort: how often, and what is to be told of it. */
struct wb_bin {
    struct wb_buf key;
    struct wb_buf note; /* the caller's, filled when the bin is new */
    uint64_t n;
};

/* Bins by key; all zero at first. */
struct wb_bins {
    struct wb_bin *bin;
    size_t n, cap;
    uint32_t *slot; /* hash table of places + 1 */
    size_t slots;
};

/* Counts one more of that key; the bin is valid until the next call. */
struct wb_bin *wb_bins_count(struct wb_bins *bins, struct wb_slice key);
/* The most frequent first, equal ones by their keys; no more counting then. */
void wb_bins_sort(struct wb_bins *bins);
void wb_bins_free(struct wb_bins *bins);

#endif
