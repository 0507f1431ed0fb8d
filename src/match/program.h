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

#include <stdint.h>

#include "match.h"

enum wb_op {
    WB_OP_BYTE,    /* this one, `least` */
    WB_OP_TEXT,    /* `least` bytes, at `to` in the program's text */
    WB_OP_SET,     /* one of a set */
    WB_OP_RUN,     /* `least` to `to` bytes of a set, as many as possible; lazy: as few */
    WB_OP_EITHER,  /* what follows, else what stands at `to`; lazy: the other way round */
    WB_OP_JUMP,    /* goes on at `to` */
    WB_OP_SAVE,    /* notes the place, `least`: twice the group's number, plus 1 for its end */
    WB_OP_EDGE,    /* \b */
    WB_OP_NO_EDGE, /* \B */
    WB_OP_BEGIN,   /* ^ */
    WB_OP_END,     /* $: at the end, or before a line end that is the last byte */
    WB_OP_LAST,    /* \z */
    WB_OP_AHEAD,   /* (?= and (?!, lazy: goes on at `to` if what follows matches here, lazy: not */
    WB_OP_SEEN,    /* where what is looked for ends */
    WB_OP_MATCH
};

/* Sets are numbered; the first is special: any byte, and the end of the text, too. */
enum { WB_ANY_SET = 0, WB_NO_BOUND = 0xFFFFFFFF };

struct wb_step {
    uint8_t op;
    bool lazy;
    uint16_t set;   /* SET, RUN: which; EITHER: with what the first of the two begins; AHEAD: with
                       what the thing looked for begins */
    uint16_t other; /* EITHER: with what the second begins; RUN: what can stand behind it */
    uint16_t least;
    uint32_t to;
};

struct wb_byte_set {
    uint64_t bits[4];
};

static inline bool wb_in_set(const struct wb_byte_set *set, char c)
{
    return set->bits[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1;
}

enum { WB_MAX_NAMED = 8 };

struct wb_program {
    const struct wb_step *steps;
    const struct wb_byte_set *sets;
    const char *text;
    uint32_t groups;         /* the highest number */
    bool anchored;           /* matches at the front only */
    bool nullable;           /* may match nothing: `start` says nothing */
    struct wb_slice literal; /* every match begins with it; may be empty */
    struct {
        struct wb_slice name;
        int group;
    } named[WB_MAX_NAMED];
    uint32_t named_count;
    struct wb_byte_pair start; /* what can be the first byte of a match, and the second */
};

/* NULL when it is not understood. The expression must stay where it is. */
struct wb_program *wb_program_new(struct wb_slice expression, int flags);
void wb_program_free(struct wb_program *program);

/* A place to go back to. */
struct wb_frame {
    const char *at;
    uint32_t step;
    uint32_t left; /* RUN: by how many bytes it can still become shorter, lazy: longer */
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
