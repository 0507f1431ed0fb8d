/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quoted-printable (RFC 2045 6.7) in blocks of 64 bytes: text, escapes and soft line breaks as they
 * should be. What is not so is left to who calls: see mail/decode.c. Nothing here allocates or
 * fails.
 */
#ifndef WB_ESCAPES_H
#define WB_ESCAPES_H

#include "slice.h"

struct wb_escapes {
    const char *p, *end; /* what is not yet read; before it stand two bytes at least */
    char *out, *out_end; /* where the next byte goes, and how much room there is */
};

enum {
    WB_ESCAPES_BLOCK = 64,
    WB_ESCAPES_BEHIND = 2, /* bytes that are read behind a block: those of an escape */
};

/*
 * Decodes as many blocks as there are, and have room. Stops before a "=" that begins neither an
 * escape nor a plain soft break, and before a line end with white space before it.
 */
void wb_escapes_take(struct wb_escapes *e);

/* The same for AVX2 and for AVX-512. */
void wb_escapes_avx2(struct wb_escapes *e);
void wb_escapes_avx512(struct wb_escapes *e);

static inline bool wb_escapes_block_left(const struct wb_escapes *e)
{
    return e->end - e->p >= WB_ESCAPES_BLOCK + WB_ESCAPES_BEHIND &&
           e->out_end - e->out >= WB_ESCAPES_BLOCK;
}

#endif
