/* SPDX-License-Identifier: BSD-2-Clause */
/* A program while it is made: by program.c, which walks over the expression, and its helpers. */
#ifndef WB_PROGRAM_INT_H
#define WB_PROGRAM_INT_H

#include "program.h"
#include "reader.h"

enum {
    WB_MAX_STEPS = 3000,
    WB_MAX_CODE = 65000, /* PCRE2 takes no expression whose code is larger than 64 KiB */
    WB_MAX_SETS_OF_PROGRAM = 500,
    WB_MAX_PROGRAM_TEXT = 9000,
    WB_SET_SLOT_BITS = 7,
    WB_MAX_TABLE_WORDS = 12000 + WB_MAX_STEPS / 2,
    WB_COPY_BYTES = 16, /* of the expression at once */
};

/* Of "(", "|" and the end, which stands for a group around all. */
struct wb_shape {
    uint32_t behind; /* the place behind the group that is opened here */
    bool more;       /* a further alternative follows */
};

struct wb_builder {
    struct wb_reader r;
    const char *front;      /* of the expression: places are bytes from there */
    struct wb_shape *shape; /* by place; only where one stands it says something */
    uint64_t *special; /* a bit for each place whose byte does not stand for itself, and the end */
    bool caseless, named_only;
    bool refused; /* something is not understood, or there is too much of it */
    uint32_t count;
    uint32_t label; /* the step that is gone to from elsewhere, of those the last */
    uint32_t text_n, fork_count, table_words;
    uint32_t code; /* bytes that PCRE2 needs for it at most */
    uint32_t groups;
    uint32_t visits; /* of steps, to find out what begins with what */
    uint16_t set_count;
    uint16_t set_slots[1 << WB_SET_SLOT_BITS]; /* number of the set last put there; 0: none */
    struct wb_program_head head;
    struct wb_starts starts;
    struct wb_named named[WB_MAX_NAMED];
    struct wb_step steps[WB_MAX_STEPS];
    struct wb_byte_set sets[WB_MAX_SETS_OF_PROGRAM];
    uint16_t
        forks[WB_MAX_STEPS]; /* steps that ask what can come next: see wb_builder_find_starts */
    uint32_t tables[WB_MAX_TABLE_WORDS];
    char text[WB_MAX_PROGRAM_TEXT + WB_COPY_BYTES];
};

/* The first place from there on whose byte does not stand for itself, or the end. */
static inline uint32_t wb_builder_next_special(const struct wb_builder *b, uint32_t place)
{
    uint32_t word = place / 64;
    uint64_t left = b->special[word] >> place % 64;
    if (left)
        return place + (uint32_t)__builtin_ctzll(left);
    do
        left = b->special[++word];
    while (!left);
    return 64 * word + (uint32_t)__builtin_ctzll(left);
}

/* One look at the whole, n bytes, before the walk: what is special, and which shape that makes. */
void wb_builder_find_shape(struct wb_builder *b, uint32_t n);

/* The step that an alternative of a list begins with. */
static inline uint32_t wb_builder_alternative(const struct wb_builder *b, uint32_t list, uint32_t i)
{
    const struct wb_step *s = &b->steps[list];
    return list + wb_list_places(b->tables + s->to, s->least)[i];
}

/* The step that is taken behind a text, or behind words. */
static inline uint32_t wb_builder_behind(const struct wb_builder *b, uint32_t step)
{
    return step + 1 + (b->steps[step].op == WB_OP_TEXT ? b->steps[step].skip : 0u);
}

static inline struct wb_slice wb_builder_word(const struct wb_builder *b, uint32_t step, uint32_t i)
{
    const struct wb_step *s = &b->steps[step];
    const struct wb_word_table *words = (const struct wb_word_table *)(b->tables + s->to);
    const uint16_t *places = wb_word_places(words, s->least) + i;
    return wb_slice(b->text + words->text + places[0], (size_t)(places[1] - places[0]));
}

/* An atom of one byte, if one stands here; then *byte is it, or -1 for one of the set. */
bool wb_builder_single(struct wb_builder *b, struct wb_byte_set *set, int *byte, bool *any);

uint16_t wb_builder_set(struct wb_builder *b, const struct wb_byte_set *set);

/* Whether `end` can be reached from `step` without a byte being taken. */
bool wb_builder_passes(const struct wb_builder *b, uint32_t step, uint32_t end);

/* When all steps stand. */
void wb_builder_join_jumps(struct wb_builder *b);

/* And then: with which bytes what begins, and whether only the front can match. */
void wb_builder_find_starts(struct wb_builder *b);

#endif
