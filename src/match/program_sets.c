/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With which bytes what begins. A walk from a step on collects the bytes that can come next, and
 * where it is asked the bytes that can come after those; it says too much rather than too little.
 */
#include "program_int.h"

enum {
    MAX_VISITS = 3000,      /* of one walk: then anything may follow */
    MAX_PARTED = 300,       /* visits until ways are no longer told apart by their second bytes */
    MAX_ALL_VISITS = 20000, /* of all walks for one program; hundreds are usual */
    MAX_BITS = 8,           /* that ways to begin have */
    AHEAD = WB_WAY_BYTES,   /* bytes that are looked at at most */
};

struct walk {
    struct wb_builder *b;
    struct wb_byte_set set[AHEAD];
    bool open[AHEAD]; /* anything may stand there, or nothing */
    int ahead, visits;
    bool behind; /* the front of the text is left behind: "^" leads nowhere */
};

static void merge(struct wb_byte_set *to, const struct wb_byte_set *from)
{
    for (int i = 0; i < 4; i++)
        to->bits[i] |= from->bits[i];
}

static void add_byte(struct wb_byte_set *set, char c)
{
    unsigned char byte = (unsigned char)c;
    set->bits[byte >> 6] |= (uint64_t)1 << (byte & 63);
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
        visit(w, wb_builder_alternative(w->b, step, i), depth);
}

/* The text of a step, or one of its words. */
static void visit_text(struct walk *w, uint32_t step, struct wb_slice text, int depth)
{
    for (size_t i = 0; i < text.n && depth < w->ahead; i++, depth++) {
        char c = text.p[i];
        add_byte(&w->set[depth], c);
        if (w->b->steps[step].lazy)
            add_byte(&w->set[depth], wb_is_alpha(c) ? (char)(c ^ 32) : c);
    }
    visit(w, wb_builder_behind(w->b, step), depth);
}

static void visit_words(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    for (uint32_t i = 0; i < s->least; i++)
        visit_text(w, step, wb_builder_word(w->b, step, i), depth);
}

/* Behind each number of bytes that a run can have, what follows it. */
static void visit_run(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    for (uint32_t n = 0; depth < w->ahead; n++, depth++) {
        if (n < wb_run_most(s))
            one_of(w, depth, s->set);
        if (n >= wb_run_least(s))
            visit(w, step + 1, depth);
        if (n == wb_run_most(s))
            return;
    }
}

static void visit(struct walk *w, uint32_t step, int depth)
{
    const struct wb_step *s = &w->b->steps[step];
    if (depth == w->ahead || w->open[depth])
        return;
    if (++w->visits > MAX_VISITS) {
        w->open[0] = w->open[w->ahead - 1] = true;
        return;
    }
    switch ((enum wb_op)s->op) {
    case WB_OP_BYTE:
        add_byte(&w->set[depth], (char)s->least);
        visit(w, step + 1 + s->skip, depth + 1);
        break;
    case WB_OP_TEXT: visit_text(w, step, wb_slice(w->b->text + s->to, s->least), depth); break;
    case WB_OP_WORDS: visit_words(w, step, depth); break;
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
    case WB_OP_BEGIN:
        w->b->head.fronted |= w->behind && depth == 0;
        if (!w->behind)
            visit(w, step + 1, depth);
        break;
    default: visit(w, step + 1, depth);
    }
}

static inline void walk_from(struct walk *w, uint32_t step, int depth)
{
    w->open[depth] = w->b->visits > MAX_ALL_VISITS;
    visit(w, step, depth);
    w->b->visits += (uint32_t)w->visits;
}

static void walk_from_word(struct walk *w, uint32_t step, uint32_t word, int depth)
{
    visit_text(w, step, wb_builder_word(w->b, step, word), depth);
    w->b->visits += (uint32_t)w->visits;
}

static uint16_t set_from(struct wb_builder *b, uint32_t step)
{
    const struct wb_step *s = &b->steps[step];
    struct walk w;
    w.set[0] = (struct wb_byte_set){{0}};
    if (s->op == WB_OP_TEXT && !s->lazy) { /* most are that */
        add_byte(&w.set[0], b->text[s->to]);
        return wb_builder_set(b, &w.set[0]);
    }
    w.b = b;
    w.ahead = 1;
    w.visits = 0;
    w.behind = false;
    walk_from(&w, step, 0);
    return w.open[0] ? WB_ANY_SET : wb_builder_set(b, &w.set[0]);
}

static bool passes(const struct wb_builder *b, uint32_t step, uint32_t end, int *visits);

static bool one_passes(const struct wb_builder *b, uint32_t list, uint32_t end, int *visits)
{
    const struct wb_step *s = &b->steps[list];
    for (uint32_t i = 0; i < s->least; i++)
        if (passes(b, wb_builder_alternative(b, list, i), end, visits))
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
        case WB_OP_WORDS:
        case WB_OP_SET:
        case WB_OP_MATCH: return false;
        case WB_OP_RUN:
            if (wb_run_least(s))
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
        if (!anchored(b, wb_builder_alternative(b, list, i), visits))
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

/* ---- masks ---- */

/* Of alternatives, each with a bit. */
struct masks {
    uint32_t at[WB_LIST_MASKS];
    uint32_t any[WB_LIST_BYTES]; /* where anything may stand, or nothing */
    struct wb_byte_set set;      /* what can be the first byte of any of them */
};

static void mark_set(uint32_t *masks, uint32_t bit, const struct wb_byte_set *set)
{
    uint64_t all = set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3];
    for (uint32_t at = (uint32_t)(all | all >> 32); at; at &= at - 1)
        masks[__builtin_ctz(at)] |= bit;
}

/* One that begins with a text, which is long enough. */
static void mark_text(struct masks *m, uint32_t bit, const char *text)
{
    m->at[text[0] & 31] |= bit;
    m->at[WB_BYTE_MASKS + (text[1] & 31)] |= bit;
    add_byte(&m->set, text[0]);
}

/* What a walk has found. */
static void mark_walked(struct masks *m, const struct walk *w, uint32_t bit)
{
    bool any = false;
    for (int i = 0; i < WB_LIST_BYTES; i++) {
        any |= w->open[i]; /* nothing is known of what stands behind that, either */
        if (any)
            m->any[i] |= bit;
        else
            mark_set(m->at + i * WB_BYTE_MASKS, bit, &w->set[i]);
    }
    merge(&m->set, &w->set[0]);
}

static __attribute__((noinline)) void mark_other(struct masks *m, struct wb_builder *b,
                                                 uint32_t step, uint32_t bit)
{
    struct walk w = {.b = b, .ahead = WB_LIST_BYTES};
    walk_from(&w, step, 0);
    mark_walked(m, &w, bit);
}

/* An alternative that begins with that step. */
static inline void mark(struct masks *m, struct wb_builder *b, uint32_t step, uint32_t bit)
{
    const struct wb_step *s = &b->steps[step];
    if (s->op == WB_OP_TEXT && !s->lazy && s->least >= WB_LIST_BYTES) /* most are that */
        mark_text(m, bit, b->text + s->to);
    else
        mark_other(m, b, step, bit);
}

static void mark_any(struct masks *m)
{
    for (int i = 0; i < WB_LIST_BYTES; i++)
        for (int j = 0; m->any[i] && j < WB_BYTE_MASKS; j++)
            m->at[i * WB_BYTE_MASKS + j] |= m->any[i];
}

/* With what the words begin. */
static uint16_t words_start(struct wb_builder *b, uint32_t step)
{
    struct walk w = {.b = b, .ahead = 1};
    visit_words(&w, step, 0);
    return wb_builder_set(b, &w.set[0]);
}

/* Makes the masks of a list; the set of all with what it begins. */
static uint16_t list_starts(struct wb_builder *b, uint32_t list)
{
    const struct wb_step *s = &b->steps[list];
    struct masks m = {0};
    for (uint32_t i = 0; i < s->least; i++)
        mark(&m, b, wb_builder_alternative(b, list, i), (uint32_t)1 << i);
    mark_any(&m);
    uint32_t *masks = b->tables + s->to;
    if (s->least > WB_MAX_SHORT_LIST) {
        memcpy(masks, m.at, WB_LIST_MASKS * sizeof *masks);
    } else {
        masks[WB_LIST_MASKS / sizeof *masks] = 0; /* it is not filled */
        for (int i = 0; i < WB_LIST_MASKS; i++)
            ((uint8_t *)masks)[i] = (uint8_t)m.at[i];
    }
    return m.any[0] ? WB_ANY_SET : wb_builder_set(b, &m.set);
}

/* ---- the whole ---- */

/* Ways on which a match can begin, that have a bit together. */
struct ways {
    uint16_t low[WB_WAY_BYTES], high[WB_WAY_BYTES]; /* see struct wb_starts */
};

/* All of them, while they are gone. */
struct starts {
    struct ways ways[MAX_BITS];
    int count;
    int visits;
    bool nullable;                       /* one of them may take nothing */
    bool behind;                         /* as in a walk */
    int depth;                           /* bytes that this way has taken */
    struct wb_byte_set taken[AHEAD - 1]; /* which those can be */
};

static void find_ways(struct starts *starts, struct wb_builder *b, uint32_t step);

/* What the bytes of a way can be, by their lower and by their upper four bits. */
static struct ways way_of(const struct walk *w)
{
    struct ways way = {0};
    bool any = false;
    for (int i = 0; i < WB_WAY_BYTES; i++) {
        const uint64_t *bits = w->set[i].bits;
        uint64_t all = bits[0] | bits[1] | bits[2] | bits[3];
        all |= all >> 32;
        any |= w->open[i];
        way.low[i] = any ? UINT16_MAX : (uint16_t)(all | all >> 16);
        for (unsigned n = 0; n < 16; n++)
            if (any || bits[n / 4] >> n % 4 * 16 & UINT16_MAX)
                way.high[i] = (uint16_t)(way.high[i] | 1u << n);
    }
    return way;
}

static struct ways both(struct ways a, const struct ways *b)
{
    for (int i = 0; i < WB_WAY_BYTES; i++) {
        a.low[i] |= b->low[i];
        a.high[i] |= b->high[i];
    }
    return a;
}

/* How many texts of so many bytes they take for such that can begin there. */
static double texts_of(const struct ways *ways)
{
    double n = 1;
    for (int i = 0; i < WB_WAY_BYTES; i++)
        n *= __builtin_popcount(ways->low[i]) * __builtin_popcount(ways->high[i]);
    return n;
}

/* Each has a bit of its own; or shares that where it adds least to what is taken. */
static void add_way(struct starts *starts, const struct walk *w)
{
    struct ways way = way_of(w), best = way;
    double least = texts_of(&way);
    int bit = -1;
    for (int i = 0; i < starts->count; i++) {
        struct ways sum = both(starts->ways[i], &way);
        double more = texts_of(&sum) - texts_of(&starts->ways[i]);
        if (more == 0 || (starts->count == MAX_BITS && (bit < 0 || more < least))) {
            least = more;
            best = sum;
            bit = i;
        }
    }
    starts->ways[bit < 0 ? starts->count++ : bit] = best;
    starts->nullable |= w->open[0];
}

static void put_ways(struct wb_starts *to, const struct starts *starts, int bytes)
{
    for (int i = 0; i < starts->count; i++)
        for (int at = 0; at < bytes; at++) {
            const struct ways *ways = &starts->ways[i];
            for (int n = 0; n < 16; n++) {
                to->low[at][n] = (uint8_t)(to->low[at][n] | (ways->low[at] >> n & 1) << i);
                to->high[at][n] = (uint8_t)(to->high[at][n] | (ways->high[at] >> n & 1) << i);
            }
        }
}

/* What goes on with that step, behind what it has taken; word: with that one of its words. */
static void end_way(struct starts *starts, struct wb_builder *b, uint32_t step, int word)
{
    struct walk w = {.b = b, .ahead = AHEAD, .behind = starts->behind};
    memcpy(w.set, starts->taken, (size_t)starts->depth * sizeof *w.set);
    if (word < 0)
        walk_from(&w, step, starts->depth);
    else
        walk_from_word(&w, step, (uint32_t)word, starts->depth);
    add_way(starts, &w);
}

/* A byte of that set; what stands behind it may be many ways. */
static void take_byte(struct starts *starts, struct wb_builder *b, uint32_t behind,
                      const struct wb_byte_set *set)
{
    starts->taken[starts->depth++] = *set;
    find_ways(starts, b, behind);
    starts->depth--;
}

static void take_one(struct starts *starts, struct wb_builder *b, uint32_t step)
{
    const struct wb_step *s = &b->steps[step];
    struct wb_byte_set one = {{0}};
    bool any = s->op == WB_OP_SET && s->set == WB_ANY_SET;
    if (any || starts->depth + 1 == AHEAD || starts->visits > MAX_PARTED) {
        end_way(starts, b, step, -1);
    } else if (s->op == WB_OP_SET) {
        take_byte(starts, b, step + 1, &b->sets[s->set]);
    } else {
        add_byte(&one, (char)s->least);
        take_byte(starts, b, step + 1 + s->skip, &one);
    }
}

/* All ways from there on, each up to the first text or run. */
static void find_ways(struct starts *starts, struct wb_builder *b, uint32_t step)
{
    const struct wb_step *s = &b->steps[step];
    if (++starts->visits > MAX_VISITS) {
        starts->nullable = true;
        return;
    }
    switch ((enum wb_op)s->op) {
    case WB_OP_LIST:
        for (uint32_t i = 0; i < s->least; i++)
            find_ways(starts, b, wb_builder_alternative(b, step, i));
        break;
    case WB_OP_WORDS:
        for (uint32_t i = 0; i < s->least; i++)
            end_way(starts, b, step, (int)i);
        break;
    case WB_OP_EITHER:
        find_ways(starts, b, step + 1);
        find_ways(starts, b, s->to);
        break;
    case WB_OP_BEGIN:
        b->head.fronted |= starts->behind && starts->depth == 0;
        if (!starts->behind)
            find_ways(starts, b, step + 1);
        break;
    case WB_OP_JUMP:
    case WB_OP_AHEAD: find_ways(starts, b, s->to); break;
    case WB_OP_SAVE:
    case WB_OP_EDGE:
    case WB_OP_NO_EDGE: find_ways(starts, b, step + 1); break;
    case WB_OP_BYTE:
    case WB_OP_SET: take_one(starts, b, step); break;
    default: end_way(starts, b, step, -1);
    }
}

/* A text in front is sought as it is; one at the front of the text is tried there alone. */
static bool is_sought_by_ways(const struct wb_builder *b)
{
    const struct wb_step *first = &b->steps[b->head.first];
    return !b->head.anchored && (first->op != WB_OP_TEXT || first->lazy);
}

/* What nobody will ask for stays empty: equal starts are kept once. */
static void find_starts(struct wb_builder *b)
{
    struct starts starts = {.behind = !b->head.anchored};
    find_ways(&starts, b, b->head.first);
    b->head.nullable = starts.nullable;
    if (starts.nullable)
        return;
    if (b->head.anchored)
        put_ways(&b->starts, &starts, WB_FRONT_BYTES);
    else if (is_sought_by_ways(b))
        put_ways(&b->starts, &starts, WB_WAY_BYTES);
}

/* A text of one byte is compared as one, but for a letter in either case. */
static void shorten_texts(struct wb_builder *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        struct wb_step *s = &b->steps[i];
        if ((s->op == WB_OP_TEXT) & (s->least == 1) && !(s->lazy && wb_is_alpha(b->text[s->to]))) {
            s->op = WB_OP_BYTE;
            s->least = (unsigned char)b->text[s->to];
        }
    }
}

/*
 * "^.*?" and something: that is sought from place to place, as if it stood alone, and the match
 * begins at the front all the same.
 */
static bool begins_with_anything(const struct wb_builder *b)
{
    const struct wb_step *run = &b->steps[1];
    return b->steps[0].op == WB_OP_BEGIN && run->op == WB_OP_RUN && run->lazy &&
           run->set == WB_ANY_SET && wb_run_least(run) == 0 && wb_run_most(run) == WB_FOR_EVER;
}

static void find_starts_of(struct wb_builder *b, uint32_t step)
{
    struct wb_step *s = &b->steps[step];
    if (s->op == WB_OP_LIST) {
        s->set = list_starts(b, step);
    } else if (s->op == WB_OP_WORDS) {
        s->set = words_start(b, step);
    } else if (s->op == WB_OP_RUN) {
        s->other = set_from(b, step + 1);
    } else if (s->op == WB_OP_AHEAD) {
        s->set = set_from(b, step + 1);
    } else {
        uint16_t set = set_from(b, step + 1);
        s->other = set_from(b, s->to);
        s->set = set;
    }
}

/* From the last step to the first: what has been found out of one serves those before it. */
void wb_builder_find_starts(struct wb_builder *b)
{
    shorten_texts(b);
    for (uint32_t i = b->fork_count; i-- > 0;)
        find_starts_of(b, b->forks[i]);
    int visits = 0;
    b->head.first = begins_with_anything(b) ? 2 : 0;
    b->head.anchored = !b->head.first && anchored(b, 0, &visits);
    find_starts(b);
}
