/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a text, as wb_slice_line finds them: LF, CR LF, CR CR LF or a bare CR ends one.
 * Their ends are found in blocks of 64 bytes, many at a time: with one search for each line the
 * processor guesses wrong at each.
 */
#ifndef WB_LINE_ENDS_H
#define WB_LINE_ENDS_H

#include "header_fields.h"
#include "sixteen.h"

enum {
    WB_ENDS_BLOCK = WB_FIELD_BLOCK,
    WB_ENDS_AT_ONCE = 16,                               /* more are sought when these are taken */
    WB_ENDS_ROOM = WB_ENDS_AT_ONCE + WB_ENDS_BLOCK + 1, /* see wb_note_ends */
};

/* How far the search has come: apart from the rest, so that it stays in registers. */
struct wb_ends_scan {
    const char *at, *end; /* what has not been looked at */
    uint64_t cr;          /* 1: a CR stands before it */
    unsigned count;
};

struct wb_lines {
    struct wb_ends_scan scan;
    const char *start;               /* of the next line */
    unsigned taken;                  /* of the places */
    const char *place[WB_ENDS_ROOM]; /* of each CR, and of each LF that stands behind none */
};

static inline void wb_lines_open(struct wb_lines *lines, struct wb_slice text)
{
    lines->scan = (struct wb_ends_scan){.at = text.p, .end = wb_slice_end(text)};
    lines->start = text.p;
    lines->taken = 0;
}

/* Finds more places, if any are left, and forgets those that are taken. */
void wb_lines_seek(struct wb_lines *lines);

/* The same for AVX2, of whole blocks, and for AVX-512, of all. */
void wb_ends_avx2(struct wb_lines *lines);
void wb_ends_avx512(struct wb_lines *lines);

/* The next line without its end, behind which `start` is then; false: there is none. */
static inline bool wb_lines_next(struct wb_lines *lines, struct wb_slice *line_out)
{
    const char *start = lines->start, *stop, *end = lines->scan.end;
    do { /* the second CR of CR CR LF lies before the start */
        if (lines->taken == lines->scan.count)
            wb_lines_seek(lines);
        if (lines->taken == lines->scan.count) {
            *line_out = wb_slice_span(start, end);
            lines->start = end;
            return start < end;
        }
        stop = lines->place[lines->taken++];
    } while (stop < start);
    *line_out = wb_slice_span(start, stop);
    lines->start = stop + 1;
    if (*stop == '\r' && end - stop > 1) {
        const char *lf = stop + 1 + (stop[1] == '\r');
        lines->start += lf < end && *lf == '\n' ? lf - stop : 0;
    }
    return true;
}

/* Whether a line has nothing but white space. Mostly its ends tell, however far it is indented. */
static inline bool wb_line_blank(struct wb_slice line)
{
#if defined(__SSE2__)
    if (line.n >= 8) {
        __m128i ends = wb_both_ends(line.p, line.n), least = _mm_set1_epi8(' ' + 1);
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(ends, least), ends)))
            return false;
    }
#endif
    return wb_slice_ltrim(line).n == 0;
}

/* Whether the search goes on with a whole block. */
static inline bool wb_ends_block_left(const struct wb_ends_scan *s)
{
    return s->end - s->at >= WB_ENDS_BLOCK && s->count < WB_ENDS_AT_ONCE;
}

/* Of one block, of which so many bytes are there. */
static inline void wb_note_ends(struct wb_ends_scan *s, const char **out, uint64_t cr, uint64_t lf,
                                size_t there)
{
    uint64_t bits = (cr | lf) & ~(lf & (cr << 1 | s->cr));
    s->cr = cr >> 63;
    s->count += wb_put_places(out + s->count, s->at, bits, there);
    s->at += there;
}

#endif
