/* SPDX-License-Identifier: BSD-2-Clause */
/* A text while it is folded: by fold.c, and in blocks by fold_avx2.c. */
#ifndef WB_FOLD_INT_H
#define WB_FOLD_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wb_folder {
    const char *p;
    const char *start;
    const char *end;
    char *out;
    size_t n;
    size_t cap;
    uint32_t *map;
    int code; /* repetitions of this reply code are left out */
    bool mask;
};

/* Bytes behind which no number or address of its own begins. */
static const bool wb_in_token[256] = {
    ['0' ... '9'] = true, ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['.'] = true,
    ['-'] = true,         ['_'] = true,         [':'] = true,         ['*'] = true,
};

/* Notes where the next n bytes that are written come from: from f->p on. */
static inline void wb_fold_map(struct wb_folder *f, size_t n)
{
    if (f->map)
        for (size_t i = 0; i < n; i++)
            f->map[f->n + i] = (uint32_t)((size_t)(f->p - f->start) + i);
}

/*
 * Thirty-two bytes at a time, up to the first that is not plain; nothing when there is no room for
 * so many. Only where the processor has AVX2.
 */
void wb_fold_avx2(struct wb_folder *f);

#endif
