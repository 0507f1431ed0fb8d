/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Most alternatives end with a text and a jump behind the list. Such a text goes on there itself,
 * and its jump is taken out; other steps that lead to a jump lead to where that goes. So there are
 * fewer steps, and fewer are taken.
 */
#include "program_int.h"

/* Jumps back stay: rounds are counted by them. */
static bool goes_ahead(const struct wb_builder *b, uint32_t step)
{
    return b->steps[step].op == WB_OP_JUMP && b->steps[step].to > step;
}

static bool is_joined(const struct wb_builder *b, uint32_t step)
{
    return step > 0 && b->steps[step - 1].op == WB_OP_TEXT && goes_ahead(b, step);
}

/* Where each step will stand; of a jump ahead: where it leads. */
static void find_new_places(const struct wb_builder *b, uint16_t *at)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        at[i] = (uint16_t)left;
        left += !is_joined(b, i);
    }
    for (uint32_t i = b->count; i-- > 0;)
        if (goes_ahead(b, i))
            at[i] = at[b->steps[i].to];
}

static void move_places(struct wb_builder *b, uint32_t list, uint32_t to, const uint16_t *at)
{
    const struct wb_step *s = &b->steps[list];
    uint32_t *table = b->tables + s->to;
    uint16_t *places = (uint16_t *)(table + wb_list_mask_words(s->least));
    for (uint32_t i = 0; i < s->least; i++)
        places[i] = (uint16_t)(at[list + places[i]] - to);
}

void wb_builder_join_jumps(struct wb_builder *b)
{
    uint16_t at[WB_MAX_STEPS] = {0};
    uint32_t n = 0, fork = 0, count = b->count;
    find_new_places(b, at);
    for (uint32_t i = 0; i < count; i++) {
        struct wb_step s = b->steps[i];
        bool is_text = s.op == WB_OP_TEXT, joins = is_text && goes_ahead(b, i + 1);
        if (fork < b->fork_count && b->forks[fork] == i)
            b->forks[fork++] = (uint16_t)n;
        if (s.op == WB_OP_LIST)
            move_places(b, i, n, at);
        else if (s.op == WB_OP_EITHER || s.op == WB_OP_JUMP || s.op == WB_OP_AHEAD)
            wb_step_point(&s, at[s.to]);
        else if (joins)
            s.skip = (uint16_t)(at[i + 1] - (n + 1));
        b->steps[n++] = s; /* not behind the place that is read next */
        i += joins;
    }
    b->count = n;
}
