/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With which bytes what begins. A walk from a step on collects the bytes that can come next, and
 * where it is asked the bytes that can come after those; it says too much rather than too little.
 */
#include "program_int.h"

enum {
    MAX_VISITS = 3000, /* of one walk: then anything may follow */
    AHEAD = 2,         /* bytes that are looked at */
};

struct walk {
    const struct wb_builder *b;
    struct wb_byte_set set[AHEAD];
    bool open[AHEAD]; /* anything may stand there, or nothing */
    int ahead, visits;
};

static void merge(struct wb_byte_set *to, const struct wb_byte_set *from)
{
    for (int i = 0; i < 4; i++)
        to->bits[i] |= from->bits[i];
}

static void one_byte(struct walk *w, int depth, char c)
{
    unsigned char byte = (unsigned char)c;
    if (depth < w->ahead)
        w->set[depth].bits[byte >> 6] |= (uint64_t)1 << (byte & 63);
}

static void one_of(struct walk *w, int depth, uint16_t set)
{
    if (set == WB_ANY_SET)
        w->open[depth] = true;
    else
        merge(&w->set[depth], &w->b->sets[set]);
}

static void visit(struct walk *w, uint32_t step, int depth);

/* What has been found out about a step further down is not sought again. */
static void visit_either(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    if (depth + 1 == w->ahead && (s->set || s->other)) {
        one_of(w, depth, s->set);
        one_of(w, depth, s->other);
        return;
    }
    visit(w, step + 1, depth);
    visit(w, s->to, depth);
}

static void visit_list(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    if (depth + 1 == w->ahead && s->set) {
        one_of(w, depth, s->set);
        return;
    }
    for (uint32_t i = 0; i < s->least; i++)
        visit(w, w->b->places[s->other + i], depth);
}

static void visit_text(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    for (uint32_t i = 0; i < s->least && depth < w->ahead; i++, depth++) {
        char c = w->b->text[s->to + i];
        one_byte(w, depth, c);
        if (s->lazy)
            one_byte(w, depth, wb_is_alpha(c) ? (char)(c ^ 32) : c);
    }
    visit(w, step + 1, depth);
}

static void visit_run(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    one_of(w, depth, s->set);
    if (depth + 1 < w->ahead) {
        if (s->to > 1)
            one_of(w, depth + 1, s->set);
        if (s->least < 2)
            visit(w, step + 1, depth + 1);
    }
    if (s->least == 0)
        visit(w, step + 1, depth);
}

static void visit(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    if (depth == w->ahead || w->open[depth])
        return;
    if (++w->visits > MAX_VISITS) {
        w->open[0] = w->open[AHEAD - 1] = true;
        return;
    }
    switch ((enum wb_op)s->op) {
    case WB_OP_BYTE:
        one_byte(w, depth, (char)s->least);
        visit(w, step + 1, depth + 1);
        break;
    case WB_OP_TEXT: visit_text(w, step, depth); break;
    case WB_OP_SET:
        one_of(w, depth, s->set);
        visit(w, step + 1, depth + 1);
        break;
    case WB_OP_RUN: visit_run(w, step, depth); break;
    case WB_OP_EITHER: visit_either(w, step, depth); break;
    case WB_OP_LIST: visit_list(w, step, depth); break;
    case WB_OP_JUMP:
    case WB_OP_AHEAD: visit(w, s->to, depth); break;
    case WB_OP_END:
    case WB_OP_LAST:
    case WB_OP_SEEN:
    case WB_OP_MATCH: w->open[depth] = true; break;
    default: visit(w, step + 1, depth);
    }
}

static uint16_t set_from(struct wb_builder *b, uint32_t step)
{
    struct walk w = {.b = b, .ahead = 1};
    visit(&w, step, 0);
    return w.open[0] ? WB_ANY_SET : wb_builder_set(b, &w.set[0]);
}

static bool passes(const struct wb_builder *b, uint32_t step, uint32_t end, int *visits);

static bool one_passes(const struct wb_builder *b, uint32_t list, uint32_t end, int *visits)
{
    const struct wb_step *s = &b->steps[list];
    for (uint32_t i = 0; i < s->least; i++)
        if (passes(b, b->places[s->other + i], end, visits))
            return true;
    return false;
}

static bool passes(const struct wb_builder *b, uint32_t step, uint32_t end, int *visits)
{
    while (step < end && ++*visits < MAX_VISITS) {
        const struct wb_step *s = &b->steps[step];
        switch ((enum wb_op)s->op) {
        case WB_OP_BYTE:
        case WB_OP_TEXT:
        case WB_OP_SET:
        case WB_OP_MATCH: return false;
        case WB_OP_RUN:
            if (s->least)
                return false;
            step++;
            break;
        case WB_OP_JUMP:
        case WB_OP_AHEAD: step = s->to; break;
        case WB_OP_EITHER:
            if (passes(b, s->to, end, visits))
                return true;
            step++;
            break;
        case WB_OP_LIST: return one_passes(b, step, end, visits);
        default: step++;
        }
    }
    return true;
}

bool wb_builder_passes(const struct wb_builder *b, uint32_t step, uint32_t end)
{
    int visits = 0;
    return passes(b, step, end, &visits);
}

/* Whether every way from there on asks for the front of the text first, as far as is looked. */
static bool anchored(const struct wb_builder *b, uint32_t step, int *visits);

static bool all_anchored(const struct wb_builder *b, uint32_t list, int *visits)
{
    const struct wb_step *s = &b->steps[list];
    for (uint32_t i = 0; i < s->least; i++)
        if (!anchored(b, b->places[s->other + i], visits))
            return false;
    return true;
}

static bool anchored(const struct wb_builder *b, uint32_t step, int *visits)
{
    const struct wb_step *s = &b->steps[step];
    if (++*visits > MAX_VISITS)
        return false;
    switch ((enum wb_op)s->op) {
    case WB_OP_BEGIN: return true;
    case WB_OP_SAVE: return anchored(b, step + 1, visits);
    case WB_OP_EITHER:
        return s->to > step && anchored(b, step + 1, visits) && anchored(b, s->to, visits);
    case WB_OP_LIST: return all_anchored(b, step, visits);
    case WB_OP_JUMP: return s->to > step && anchored(b, s->to, visits);
    default: return false;
    }
}

/* ---- the masks of lists ---- */

/* Of a list while they are made; those of a short one are narrowed in the end. */
struct masks {
    uint32_t first[WB_BYTE_MASKS], second[WB_BYTE_MASKS];
    uint32_t any_second; /* alternatives behind whose first byte anything may stand */
    struct wb_byte_set set;
    bool open;
};

/* The alternative can begin with bytes of the set. */
static void mark_set(uint32_t *masks, uint32_t bit, const struct wb_byte_set *set)
{
    uint64_t all = set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3];
    for (uint32_t at = (uint32_t)(all | all >> 32); at; at &= at - 1)
        masks[__builtin_ctz(at)] |= bit;
}

static void mark_any(struct masks *m, uint32_t bit)
{
    for (int i = 0; i < WB_BYTE_MASKS; i++)
        m->first[i] |= bit;
    m->open = true;
}

static void mark_alternative(struct masks *m, struct wb_builder *b, uint32_t step, uint32_t bit)
{
    const struct wb_step *s = &b->steps[step];
    if (s->op == WB_OP_TEXT && !s->lazy) { /* most are that */
        const char *text = b->text + s->to;
        unsigned char c = (unsigned char)text[0];
        m->first[c & 31] |= bit;
        m->second[text[1] & 31] |= bit;
        m->set.bits[c >> 6] |= (uint64_t)1 << (c & 63);
        return;
    }
    struct walk w = {.b = b, .ahead = AHEAD};
    visit(&w, step, 0);
    if (w.open[0])
        mark_any(m, bit);
    else
        mark_set(m->first, bit, &w.set[0]);
    merge(&m->set, &w.set[0]);
    if (w.open[0] || w.open[1])
        m->any_second |= bit;
    else
        mark_set(m->second, bit, &w.set[1]);
}

/* Makes the masks of a list; the set of all with what it begins. */
static uint16_t list_starts(struct wb_builder *b, uint32_t list)
{
    const struct wb_step *s = &b->steps[list];
    struct masks m = {0};
    for (uint32_t i = 0; i < s->least; i++)
        mark_alternative(&m, b, b->places[s->other + i], (uint32_t)1 << i);
    for (int i = 0; i < WB_BYTE_MASKS; i++)
        m.second[i] |= m.any_second;
    uint32_t *masks = b->masks + s->to;
    if (s->least > WB_MAX_SHORT_LIST) {
        memcpy(masks, m.first, sizeof m.first);
        memcpy(masks + WB_BYTE_MASKS, m.second, sizeof m.second);
    } else {
        uint8_t *bytes = (uint8_t *)masks;
        for (int i = 0; i < WB_BYTE_MASKS; i++)
            bytes[i] = (uint8_t)m.first[i];
        for (int i = 0; i < WB_BYTE_MASKS; i++)
            bytes[WB_BYTE_MASKS + i] = (uint8_t)m.second[i];
    }
    return m.open ? WB_ANY_SET : wb_builder_set(b, &m.set);
}

/* ---- the whole ---- */

static void add_starts(struct wb_builder *b, int which, const struct wb_byte_set *set)
{
    for (unsigned i = 0; i < 4; i++)
        for (uint64_t at = set->bits[i]; at; at &= at - 1)
            wb_byte_pair_add(&b->program.start, which,
                             (unsigned char)(64 * i + (unsigned)__builtin_ctzll(at)));
}

void wb_builder_find_starts(struct wb_builder *b)
{
    for (uint32_t i = b->count; i-- > 0;) {
        struct wb_step *s = &b->steps[i];
        uint16_t set = 0, other = 0;
        if (s->op == WB_OP_EITHER) {
            set = set_from(b, i + 1);
            other = set_from(b, s->to);
            s->set = set;
            s->other = other;
        } else if (s->op == WB_OP_LIST) {
            s->set = list_starts(b, i);
        } else if (s->op == WB_OP_RUN) {
            s->other = set_from(b, i + 1);
        } else if (s->op == WB_OP_AHEAD) {
            s->set = set_from(b, i + 1);
        }
    }
    struct walk w = {.b = b, .ahead = AHEAD};
    visit(&w, 0, 0);
    int visits = 0;
    b->program.anchored = anchored(b, 0, &visits);
    b->program.nullable = w.open[0];
    add_starts(b, 0, &w.set[0]);
    if (w.open[1])
        memset(&b->program.start.set[1], 0xFF, sizeof b->program.start.set[1]);
    else
        add_starts(b, 1, &w.set[1]);
}
