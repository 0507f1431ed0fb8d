/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a program, and what they point at. */
#ifndef WB_PROGRAM_STEP_H
#define WB_PROGRAM_STEP_H

#include <stdbool.h>
#include <stdint.h>

enum wb_op {
    WB_OP_BYTE,    /* this one, `least` */
    WB_OP_TEXT,    /* `least` bytes, at `to` in the program's text; lazy: letters in either case */
    WB_OP_SET,     /* one of a set */
    WB_OP_RUN,     /* so many bytes of a set, as many as possible; lazy: as few */
    WB_OP_EITHER,  /* what follows, else what stands at `to`; lazy: the other way round */
    WB_OP_WORDS,   /* one of `least` texts, the first that leads to a match */
    WB_OP_LIST,    /* goes on with the first of `least` alternatives that leads to a match */
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

/* Eight bytes, for there are many: those of knowledge/ lie ready in the program. */
struct wb_step {
    uint32_t op : 8;
    uint32_t lazy : 1;
    uint32_t to : 23; /* LIST, WORDS: where its table is, in the program's tables; RUN: see below */
    union {
        uint16_t set; /* SET, RUN: which; EITHER: with what the first of the two begins; AHEAD: with
                         what the thing looked for begins; LIST, WORDS: with what any begins */
        uint16_t skip; /* BYTE, TEXT: steps that are passed over behind it */
    };
    union {
        uint16_t other; /* EITHER: with what the second begins; RUN: what can stand behind it */
        uint16_t least;
    };
};

enum {
    WB_OP_MASK = 255,
    WB_TO_BITS = 23,
    WB_TIMES_BITS = 11,
    WB_FOR_EVER = (1 << WB_TIMES_BITS) - 1
};

static inline void wb_step_point(struct wb_step *step, uint32_t to)
{
    step->to = to & ((1u << WB_TO_BITS) - 1);
}

/* Of a RUN: how many bytes at least, and at most; WB_FOR_EVER: without bound. */
static inline uint32_t wb_run_least(const struct wb_step *step)
{
    return step->to & WB_FOR_EVER;
}

static inline uint32_t wb_run_most(const struct wb_step *step)
{
    return step->to >> WB_TIMES_BITS;
}

struct wb_byte_set {
    uint64_t bits[4];
};

static inline bool wb_in_set(const struct wb_byte_set *set, char c)
{
    return set->bits[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1;
}

#endif
