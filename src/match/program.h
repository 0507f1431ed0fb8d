/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions of the kind that knowledge files are full of, without PCRE2: letters, classes,
 * groups, alternatives, repetitions, looks ahead, \b, ^ and $. They mean what PCRE2 takes them to
 * mean with PCRE2_DOTALL and bytes for characters, down to what a group has captured; to compile
 * one costs a tenth. What is not understood is left to PCRE2: a look behind, a back reference, a
 * class by name.
 *
 * A program is immutable once made and shared by all threads; a struct wb_run belongs to one.
 * Nothing fails: what needs too many steps or too much room says so (WB_RUN_GAVE_UP).
 */
#ifndef WB_PROGRAM_H
#define WB_PROGRAM_H

#include "match.h"
#include "program_step.h"
#include "program_table.h"

enum {
    WB_WAY_BYTES = 4,   /* of a way to begin that are looked at */
    WB_FRONT_BYTES = 2, /* of one that is tried at the front alone */
    WB_MAX_NAMED = 8,
    WB_TEXT_ROOM = 8, /* see run.c */
};

/* What is known of a program as a whole. */
struct wb_program_head {
    uint8_t groups;      /* the highest number */
    uint8_t named_count; /* of groups that have a name */
    uint8_t first;       /* the step to begin with: behind "^.*?", which needs no steps */
    bool anchored : 1;   /* matches at the front only */
    bool nullable : 1;   /* may match nothing: `starts` say nothing */
    bool fronted : 1;    /* may match at the front what it would not elsewhere: `starts` are of the
                            other places */
};

/* A group, and where its name stands in the expression. */
struct wb_named {
    uint32_t at;
    uint16_t n, group;
};

/*
 * Of the ways to begin, a bit for each or for some: which can have, as their first byte and so on,
 * one with these lower four bits, and one with these upper ones. Where the text may end any byte
 * may stand: so behind the end there is a zero.
 */
struct wb_starts {
    uint8_t low[WB_WAY_BYTES][16], high[WB_WAY_BYTES][16];
};

/* Which ways can have the byte there. */
static inline unsigned wb_ways_with(const struct wb_starts *starts, int at, char c)
{
    return starts->low[at][c & 15] & starts->high[at][(unsigned char)c >> 4];
}

/* Wherever its parts are: behind it, or among those of others (ready.c). */
struct wb_program {
    struct wb_program_head head;
    const struct wb_step *steps; /* the last of them, and no other, is a MATCH */
    const struct wb_byte_set *sets;
    const uint32_t *tables; /* of lists */
    const char *text;       /* with WB_TEXT_ROOM bytes behind it */
    const struct wb_starts *starts;
    const struct wb_named *named;
    struct wb_slice literal; /* every match begins with it; may be empty */
};

/* Of a program whose other members are set. */
void wb_program_find_literal(struct wb_program *program);

/* NULL when it is not understood. */
struct wb_program *wb_program_new(struct wb_slice expression, int flags);
void wb_program_free(struct wb_program *program);

/* A place to go back to. */
struct wb_frame {
    const char *at;
    const struct wb_step *step;
    uint32_t left; /* RUN: by how many bytes it can still become shorter, lazy: longer; LIST: the
                      alternatives that are left */
};

enum { WB_MAX_FRAMES = 2048 };

struct wb_run {
    const struct wb_program *program;
    const char *text, *end;
    uint32_t top, base, turns; /* base: of the frames of this look ahead */
    const char *saved[2 * WB_MAX_GROUPS];
    struct wb_frame frames[WB_MAX_FRAMES];
};

enum wb_run_result { WB_RUN_NONE, WB_RUN_FOUND, WB_RUN_GAVE_UP };

/*
 * The next places, from *place on, where a way can begin; a bit for each of the 32 from the new
 * *place on. 0: there are none. Only where the processor has AVX2.
 */
uint32_t wb_way_places_avx2(const struct wb_starts *starts, const char **place, const char *end);

/* Searches the text; a match stands in run->saved then, NULL for groups that took no part. */
enum wb_run_result wb_program_find(const struct wb_program *program, struct wb_run *run,
                                   struct wb_slice text);

#endif
