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
    WB_OP_RUN,     /* `least` to `to` bytes of a set, as many as possible; lazy: as few */
    WB_OP_EITHER,  /* what follows, else what stands at `to`; lazy: the other way round */
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

struct wb_step {
    uint8_t op;
    bool lazy;
    uint16_t set;   /* SET, RUN: which; EITHER: with what the first of the two begins; AHEAD: with
                       what the thing looked for begins; LIST: with what any of it begins */
    uint16_t other; /* EITHER: with what the second begins; RUN: what can stand behind it */
    uint16_t least;
    uint32_t to; /* LIST: where its table is, in the program's tables */
};

/*
 * The table of a list has masks, and behind them how many steps behind the list each alternative
 * begins, in two bytes each. The masks say which alternatives can begin with a byte, and which can
 * have it behind that: one mask for all bytes that have the same lower five bits, which tell
 * letters apart, so it may name too many. The last is for the end of the text. Those of a short
 * list take a byte each.
 */
enum {
    WB_BYTE_MASKS = 33,
    WB_LIST_BYTES = 2,
    WB_WAY_BYTES = 3,
    WB_LIST_MASKS = WB_LIST_BYTES * WB_BYTE_MASKS,
    WB_MAX_ALTERNATIVES = 32,
    WB_MAX_SHORT_LIST = 8,
};

static inline uint32_t wb_list_mask_words(uint32_t alternatives)
{
    return alternatives > WB_MAX_SHORT_LIST ? WB_LIST_MASKS : WB_LIST_MASKS / 4 + 1;
}

/* Of a whole table. */
static inline uint32_t wb_list_words(uint32_t alternatives)
{
    return wb_list_mask_words(alternatives) + (alternatives + 1) / 2;
}

/* Where the alternatives begin. */
static inline const uint16_t *wb_list_places(const uint32_t *table, uint32_t alternatives)
{
    return (const uint16_t *)(table + wb_list_mask_words(alternatives));
}

/* Of the byte at p. */
static inline uint32_t wb_mask_index(const char *p, const char *end)
{
    return p < end ? (unsigned char)*p & 31 : WB_BYTE_MASKS - 1;
}

struct wb_byte_set {
    uint64_t bits[4];
};

static inline bool wb_in_set(const struct wb_byte_set *set, char c)
{
    return set->bits[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1;
}

#endif
