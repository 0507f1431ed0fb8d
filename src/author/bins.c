/* SPDX-License-Identifier: BSD-2-Clause */
#include "bins.h"

#include <stdlib.h>

#include "check.h"
#include "hash.h"

static size_t slot_of(const struct wb_bins *bins, struct wb_slice key)
{
    size_t at = (size_t)wb_hash_bytes(key).low & (bins->slots - 1);
    while (bins->slot[at] && !wb_slice_eq(wb_buf_slice(&bins->bin[bins->slot[at] - 1].key), key))
        at = (at + 1) & (bins->slots - 1);
    return at;
}

/* The table is at most half full. */
static void grow(struct wb_bins *bins)
{
    bins->cap = bins->cap ? bins->cap * 2 : 64;
    bins->slots = bins->cap * 2;
    bins->bin = realloc(bins->bin, bins->cap * sizeof *bins->bin);
    free(bins->slot);
    bins->slot = calloc(bins->slots, sizeof *bins->slot);
    WB_CHECK(bins->bin && bins->slot);
    for (size_t i = 0; i < bins->n; i++)
        bins->slot[slot_of(bins, wb_buf_slice(&bins->bin[i].key))] = (uint32_t)(i + 1);
}

struct wb_bin *wb_bins_count(struct wb_bins *bins, struct wb_slice key)
{
    if (bins->n == bins->cap)
        grow(bins);
    size_t at = slot_of(bins, key);
    if (!bins->slot[at]) {
        struct wb_bin *bin = &bins->bin[bins->n++];
        *bin = (struct wb_bin){0};
        wb_buf_put(&bin->key, key);
        bins->slot[at] = (uint32_t)bins->n;
    }
    struct wb_bin *bin = &bins->bin[bins->slot[at] - 1];
    bin->n++;
    return bin;
}

static int larger_first(const void *a, const void *b)
{
    const struct wb_bin *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return wb_slice_cmp(wb_buf_slice(&x->key), wb_buf_slice(&y->key));
}

void wb_bins_sort(struct wb_bins *bins)
{
    if (bins->n)
        qsort(bins->bin, bins->n, sizeof *bins->bin, larger_first);
}

void wb_bins_free(struct wb_bins *bins)
{
    for (size_t i = 0; i < bins->n; i++) {
        wb_buf_free(&bins->bin[i].key);
        wb_buf_free(&bins->bin[i].note);
    }
    free(bins->bin);
    free(bins->slot);
    *bins = (struct wb_bins){0};
}
