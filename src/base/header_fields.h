/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the fields of a header block begin: behind the line ends behind which no white space
 * stands, so that lines which continue a field cost nothing. They are found in blocks of 64 bytes,
 * many at a time: with one search for each line the processor guesses wrong at each.
 */
#ifndef WB_HEADER_FIELDS_H
#define WB_HEADER_FIELDS_H

#include <stdint.h>

#include "slice.h"

enum {
    WB_FIELD_BLOCK = 64,
    WB_FIELD_STARTS = 4 * WB_FIELD_BLOCK, /* no block has more than its bytes */
    WB_LONG_NAME = 32,
};

/* How far it has come: apart from the rest, so that it stays in registers. */
struct wb_field_scan {
    const char *at, *end; /* what has not been looked at */
    uint64_t line;        /* 1: a line begins at `at` */
    uint64_t white;       /* 1: only white space stands before it on its line */
    const char *blank;    /* where the blank line ends that stands behind these fields; or NULL */
    unsigned count;
};

struct wb_fields {
    struct wb_field_scan scan;
    char eol;                               /* the byte that ends lines */
    const char *start[WB_FIELD_STARTS + 1]; /* and one for who wants to add an end */
    /* its length, where WB_LONG_NAME bytes are there; WB_LONG_NAME: not known, ask for it */
    uint8_t name[WB_FIELD_STARTS + 1];
};

static inline void wb_fields_open(struct wb_fields *f, struct wb_slice text, char eol)
{
    f->scan = (struct wb_field_scan){.at = text.p, .end = wb_slice_end(text), .line = 1};
    f->eol = eol;
}

/*
 * The next fields, at most up to the first blank line; the next call goes on behind that one. False
 * when all has been looked at.
 */
bool wb_fields_next(struct wb_fields *f);

/* How many bytes at the front are those of a field's name. */
size_t wb_field_name(struct wb_slice text);

/* The same for AVX2, of whole blocks, and for AVX-512, of all. */
void wb_fields_avx2(struct wb_fields *f);
void wb_fields_avx512(struct wb_fields *f);

/* A bit for each byte of a block; a line end is white space as well. */
struct wb_field_masks {
    uint64_t eol, white;
};

/* Whether it goes on with a whole block. */
static inline bool wb_field_block_left(const struct wb_field_scan *s)
{
    return s->end - s->at >= WB_FIELD_BLOCK && s->count <= WB_FIELD_STARTS - WB_FIELD_BLOCK;
}

/*
 * The last byte that is there stands for none, or the end: what is written then counts for nothing,
 * and there is no branch, and no pointer beyond the text.
 */
static inline const char *wb_first_place(const char *p, uint64_t bits, size_t there)
{
#if defined(__BMI__)
    if (there == WB_FIELD_BLOCK)
        return p + __builtin_ia32_tzcnt_u64(bits); /* 64 where there is none */
#endif
    return p + __builtin_ctzll(bits | (uint64_t)1 << (there - 1));
}

/*
 * Writes where those bytes stand and gives their number. Two places are written whether they are
 * there or not: more are rare in a block.
 */
static inline unsigned wb_put_places(const char **out, const char *at, uint64_t bits, size_t there)
{
    const unsigned n = (unsigned)__builtin_popcountll(bits);
    do {
        for (int i = 0; i < 2; i++, bits &= bits - 1)
            out[i] = wb_first_place(at, bits, there);
        out += 2;
    } while (bits);
    return n;
}

/*
 * Of one block, of which so many bytes are there; false when a blank line ends in it. A one added
 * where a line begins runs on through the white space there, out of it at the first other byte.
 */
static inline bool wb_note_block(struct wb_field_scan *s, const char **out, struct wb_field_masks m,
                                 size_t there)
{
    uint64_t lines = m.eol << 1 | s->line, white = m.white & ~m.eol, ran;
    uint64_t starts = lines & ~m.white & ~(uint64_t)0 >> (WB_FIELD_BLOCK - there);
    s->line = m.eol >> 63;
    s->white = __builtin_add_overflow(white, lines | s->white, &ran);
    uint64_t blank = ran & ~white & m.eol;
    /* without a blank line all of them */
    s->count += wb_put_places(out + s->count, s->at, starts & (blank ^ (blank - 1)), there);
    if (!blank) {
        s->at += there;
        return true;
    }
    s->blank = s->at + __builtin_ctzll(blank);
    s->at = s->blank + 1;
    s->line = 1;
    s->white = 0;
    return false;
}

#endif
