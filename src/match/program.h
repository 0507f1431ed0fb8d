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

enum { WB_MAX_NAMED = 8 };

struct wb_program {
    const struct wb_step *steps;
    const struct wb_byte_set *sets;
    const uint16_t *places;
    const uint32_t *masks; /* see above */
    const char *text;
    uint32_t groups;         /* the highest number */
    uint32_t first;          /* the step to begin with: behind "^.*?", which needs no steps */
    bool anchored;           /* matches at the front only */
    bool nullable;           /* may match nothing: `start` says nothing */
    struct wb_slice literal; /* every match begins with it; may be empty */
    struct {
        struct wb_slice name;
        int group;
    } named[WB_MAX_NAMED];
    uint32_t named_count;
    struct wb_byte_pair start; /* what can be the first byte of a match, and the second */
    uint32_t ways[WB_WAY_BYTES][WB_BYTE_MASKS]; /* of the ways to begin: which have a byte there */
};

/* NULL when it is not understood. The expression must stay where it is. */
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

/* Searches the text; a match stands in run->saved then, NULL for groups that took no part. */
enum wb_run_result wb_program_find(const struct wb_program *program, struct wb_run *run,
                                   struct wb_slice text);

#endif
