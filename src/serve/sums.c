/* SPDX-License-Identifier: BSD-2-Clause */
#include "sums.h"

#include <stdlib.h>

#include "check.h"
#include "utf8.h"

struct wb_sums *wb_sums_new(size_t most)
{
    struct wb_sums *sums = calloc(1, sizeof *sums + most * sizeof sums->rows[0]);
    WB_CHECK(sums);
    sums->most = most;
    return sums;
}

static struct wb_slice fitting(struct wb_slice text, size_t room)
{
    text = wb_slice_head(text, room - 1);
    return wb_slice_head(text, wb_utf8_valid(text));
}

/* text has its whole room, with NULs behind. */
static bool is(const char *text, struct wb_slice s)
{
    return !text[s.n] && (!s.n || memcmp(text, s.p, s.n) == 0);
}

struct wb_sum *wb_sums_row(struct wb_sums *sums, int kind, struct wb_slice name,
                           struct wb_slice cause)
{
    struct wb_sum *row = sums->rows, *end = row + sums->n;
    name = fitting(name, sizeof row->name);
    cause = fitting(cause, sizeof row->cause);
    for (; row < end; row++)
        if (row->kind == kind && is(row->name, name) && is(row->cause, cause))
            return row;
    if (sums->n == sums->most)
        return NULL;
    sums->n++;
    row->kind = kind;
    if (name.n)
        memcpy(row->name, name.p, name.n);
    if (cause.n)
        memcpy(row->cause, cause.p, cause.n);
    return row;
}

static int by_count(const void *a, const void *b)
{
    const struct wb_sum *x = a, *y = b;
    if (x->now != y->now)
        return x->now < y->now ? 1 : -1;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->cause, y->cause);
}

void wb_sums_sort(struct wb_sums *sums)
{
    qsort(sums->rows, sums->n, sizeof sums->rows[0], by_count);
}
