/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program at work: it goes on with the first of two ways and comes back to the second when that
 * does not lead to a match, so of several matches the same is found as by PCRE2. Sets of first
 * bytes tell of most ways at once that they lead nowhere.
 */
#include "program.h"

#include "avx2.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    MAX_TURNS = 20000, /* places begun at and gone back to in one search, and rounds of groups;
                          dozens are usual */
    BYTES_A_TURN = 64,
    PLAIN = 0xFFFFFFFF, /* frame.left: the frame is only a place */
};

/* Whether the byte that stands there, if any, is in the set. */
static inline bool fits(const struct wb_run *r, uint16_t set, const char *at)
{
    return at < r->end ? wb_in_set(&r->program->sets[set], *at) : set == WB_ANY_SET;
}

static bool word_byte(char c)
{
    return wb_is_alnum(c) || c == '_';
}

static bool at_edge(const struct wb_run *r, const char *at)
{
    bool before = at > r->text && word_byte(at[-1]);
    bool behind = at < r->end && word_byte(*at);
    return before != behind;
}

static bool holds(const struct wb_run *r, enum wb_op op, const char *at)
{
    switch (op) {
    case WB_OP_EDGE: return at_edge(r, at);
    case WB_OP_NO_EDGE: return !at_edge(r, at);
    case WB_OP_BEGIN: return at == r->text;
    case WB_OP_END: return at == r->end || (at + 1 == r->end && *at == '\n');
    default: return at == r->end; /* WB_OP_LAST */
    }
}

/* False when there is no room. */
static inline bool push(struct wb_run *r, const char *at, const struct wb_step *step, uint32_t left)
{
    if (r->top == WB_MAX_FRAMES)
        return false;
    r->frames[r->top++] = (struct wb_frame){at, step, left};
    return true;
}

/* Long runs count as well, or a text that is one run would be run through from each of its places.
 */
static void count_run(struct wb_run *r, size_t n)
{
    r->turns += (uint32_t)(n / BYTES_A_TURN);
}

/* The alternatives of a list that can begin here. */
static inline uint32_t open_here(const struct wb_run *r, const struct wb_step *s, const char *at)
{
    const uint32_t *masks = r->program->tables + s->to;
    uint32_t first = wb_mask_index(at, r->end);
    uint32_t second = at < r->end ? wb_mask_index(at + 1, r->end) : WB_BYTE_MASKS - 1;
    if (s->least > WB_MAX_SHORT_LIST)
        return masks[first] & masks[WB_BYTE_MASKS + second];
    return ((const uint8_t *)masks)[first] & ((const uint8_t *)masks)[WB_BYTE_MASKS + second];
}

static inline uint16_t lower_pair(const char *at)
{
    const char lower[] = {wb_lower(at[0]), wb_lower(at[1])};
    return wb_pair_at(lower);
}

/* Which of the pairs, at most 32, are this one. */
#if defined(__SSE2__)
static inline uint32_t same_pairs(const uint16_t *pairs, uint32_t n, uint16_t pair)
{
    const __m128i wanted = _mm_set1_epi16((short)pair);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i += 8) {
        __m128i eight = _mm_loadu_si128((const __m128i *)(const void *)(pairs + i));
        __m128i same = _mm_packs_epi16(_mm_cmpeq_epi16(eight, wanted), _mm_setzero_si128());
        found |= (uint32_t)_mm_movemask_epi8(same) << i;
    }
    return found & (uint32_t)((UINT64_C(1) << n) - 1);
}
#else
static inline uint32_t same_pairs(const uint16_t *pairs, uint32_t n, uint16_t pair)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++)
        found |= (uint32_t)(pairs[i] == pair) << i;
    return found;
}
#endif

static inline const struct wb_word_table *words_of(const struct wb_run *r, const struct wb_step *s)
{
    return (const struct wb_word_table *)(r->program->tables + s->to);
}

/* The words whose first two bytes stand here. */
static inline uint32_t words_here(const struct wb_run *r, const struct wb_step *s, const char *at)
{
    if (r->end - at < (ptrdiff_t)sizeof(uint16_t))
        return 0;
    return same_pairs(words_of(r, s)->pairs, s->least, s->lazy ? lower_pair(at) : wb_pair_at(at));
}

/* Whether what stands behind a run can begin here; a list, which often does, is asked further. */
static inline bool goes_on(const struct wb_run *r, const struct wb_step *run, const char *at)
{
    if (!fits(r, run->other, at))
        return false;
    if (run[1].op == WB_OP_WORDS)
        return words_here(r, run + 1, at);
    return run[1].op != WB_OP_LIST || open_here(r, run + 1, at);
}

/* Where the run goes on, noting how it could go on otherwise; NULL: nowhere. */
static const char *shorten(struct wb_run *r, const struct wb_step *s, const char *at, uint32_t left)
{
    const struct wb_byte_set *other = &r->program->sets[s->other];
    const char *from = at, *least = at - left;
    bool found;
    while (!(found = goes_on(r, s, at)) && at > least) {
        at--;
        while (at > least && !wb_in_set(other, *at))
            at--;
    }
    count_run(r, (size_t)(from - at));
    if (!found)
        return NULL;
    if (at > least && !push(r, at - 1, s, (uint32_t)(at - least) - 1))
        r->turns = MAX_TURNS;
    return at;
}

/* The first byte from there on that ends a run of the set, or that is in the other; or `most`. */
static inline const char *skip(const struct wb_run *r, const struct wb_step *s, const char *at,
                               const char *most)
{
    const struct wb_byte_set *set = &r->program->sets[s->set];
    const struct wb_byte_set *other = &r->program->sets[s->other];
    if (s->set == WB_ANY_SET)
        while (at < most && !wb_in_set(other, *at))
            at++;
    else
        while (at < most && !wb_in_set(other, *at) && wb_in_set(set, *at))
            at++;
    return at;
}

static const char *lengthen(struct wb_run *r, const struct wb_step *s, const char *at,
                            uint32_t left)
{
    const char *from = at, *most = left < (size_t)(r->end - at) ? at + left : r->end;
    const struct wb_byte_set *set = &r->program->sets[s->set];
    bool found;
    at = skip(r, s, at, most);
    while (!(found = goes_on(r, s, at)) && at < most && wb_in_set(set, *at))
        at = skip(r, s, at + 1, most);
    count_run(r, (size_t)(at - from));
    if (!found)
        return NULL;
    if (at < most && wb_in_set(set, *at) && !push(r, at + 1, s, (uint32_t)(most - at) - 1))
        r->turns = MAX_TURNS;
    return at;
}

static const char *take_run(struct wb_run *r, const struct wb_step *s, const char *at)
{
    size_t room = (size_t)(r->end - at), most = wb_run_most(s), least = wb_run_least(s), n = 0;
    if (room < least)
        return NULL;
    if (most > room || most == WB_FOR_EVER)
        most = room;
    size_t wanted = s->lazy ? least : most;
    const struct wb_byte_set *set = &r->program->sets[s->set];
    if (s->set == WB_ANY_SET)
        n = wanted;
    while (n < wanted && wb_in_set(set, at[n]))
        n++;
    count_run(r, n);
    if (n < least)
        return NULL;
    return s->lazy ? lengthen(r, s, at + n, (uint32_t)(most - n))
                   : shorten(r, s, at + n, (uint32_t)(n - least));
}

/* Which of the two ways is gone, the other noted; NULL: neither can be. */
static const struct wb_step *choose(struct wb_run *r, const struct wb_step *s, const char *at)
{
    bool first = fits(r, s->set, at), second = fits(r, s->other, at);
    const struct wb_step *one = s + 1, *two = r->program->steps + s->to;
    if (first && second) {
        if (!push(r, at, s->lazy ? one : two, PLAIN))
            r->turns = MAX_TURNS;
        return s->lazy ? two : one;
    }
    return first ? one : second ? two : NULL;
}

/* The first of those alternatives of a list, the others noted; NULL: there is none. */
static const struct wb_step *first_of(struct wb_run *r, const struct wb_step *s, const char *at,
                                      uint32_t alternatives)
{
    if (!alternatives)
        return NULL;
    uint32_t rest = alternatives & (alternatives - 1);
    if (rest && !push(r, at, s, rest))
        r->turns = MAX_TURNS;
    const uint16_t *places = wb_list_places(r->program->tables + s->to, s->least);
    return s + places[__builtin_ctz(alternatives)];
}

static const struct wb_step *jump(struct wb_run *r, const struct wb_step *s)
{
    const struct wb_step *to = r->program->steps + s->to;
    r->turns += to < s;
    return to;
}

static const struct wb_step *save(struct wb_run *r, const struct wb_step *s, const char *at)
{
    const char **slot = &r->saved[s->least];
    if (!push(r, *slot, s, 0))
        r->turns = MAX_TURNS;
    *slot = at;
    return s + 1;
}

static inline uint64_t eight_at(const char *p)
{
    uint64_t eight;
    memcpy(&eight, p, sizeof eight);
    return eight;
}

/* Most texts are short, and behind those of the program there is room to read eight bytes. */
static inline bool same(const char *at, const char *end, const char *text, size_t n)
{
    static const char wanted[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    const size_t eight = sizeof(uint64_t);
    if (n > 2 * eight || (size_t)(end - at) < eight)
        return memcmp(at, text, n) == 0;
    size_t last = n < eight ? 0 : n - eight, lacks = n < eight ? eight - n : 0;
    uint64_t differs = eight_at(at) ^ eight_at(text);
    differs |= eight_at(at + last) ^ eight_at(text + last);
    return !(differs & eight_at(wanted + lacks));
}

/* Whether that text, n bytes at a place of the program's, stands here for the step. */
static inline bool stands(const struct wb_run *r, const struct wb_step *s, const char *at,
                          uint32_t place, size_t n)
{
    const char *text = r->program->text + place;
    if ((size_t)(r->end - at) < n)
        return false;
    if (!s->lazy)
        return same(at, r->end, text, n);
    for (size_t i = 0; i < n; i++)
        if (wb_lower(at[i]) != text[i])
            return false;
    return true;
}

/* The first of those words that stands here, the others noted; NULL: none does. */
static const struct wb_step *first_word(struct wb_run *r, const struct wb_step *s, const char **at,
                                        uint32_t words)
{
    const struct wb_word_table *w = words_of(r, s);
    const uint16_t *places = wb_word_places(w, s->least);
    while (words) {
        const uint16_t *place = places + __builtin_ctz(words);
        size_t n = (size_t)(place[1] - place[0]);
        words &= words - 1;
        if (stands(r, s, *at, w->text + place[0], n)) {
            if (words && !push(r, *at, s, words))
                r->turns = MAX_TURNS;
            *at += n;
            return s + 1;
        }
    }
    return NULL;
}

/* The last place where there was another way: the step to go on with; NULL: none is left. */
static const struct wb_step *go_back(struct wb_run *r, const char **at)
{
    while (r->top > r->base && r->turns < MAX_TURNS) {
        struct wb_frame frame = r->frames[--r->top];
        const struct wb_step *s = frame.step;
        r->turns++;
        *at = frame.at;
        if (frame.left == PLAIN)
            return s;
        if (s->op == WB_OP_SAVE) {
            r->saved[s->least] = frame.at;
            continue;
        }
        if (s->op == WB_OP_LIST)
            return first_of(r, s, frame.at, frame.left);
        if (s->op == WB_OP_WORDS) {
            if ((s = first_word(r, s, at, frame.left)))
                return s;
            continue;
        }
        *at = s->lazy ? lengthen(r, s, frame.at, frame.left) : shorten(r, s, frame.at, frame.left);
        if (*at)
            return s + 1;
    }
    return NULL;
}

static const char *walk(struct wb_run *r, const struct wb_step *s, const char *at);

static bool is_saved(const struct wb_frame *frame)
{
    return frame->left != PLAIN && frame->step->op == WB_OP_SAVE;
}

/* What was seen stays seen: of its frames only those stay that undo what groups have captured. */
static void keep_captures(struct wb_run *r, uint32_t from)
{
    uint32_t kept = from;
    for (uint32_t i = from; i < r->top; i++)
        if (is_saved(&r->frames[i]))
            r->frames[kept++] = r->frames[i];
    r->top = kept;
}

static void undo_captures(struct wb_run *r, uint32_t from)
{
    while (r->top > from) {
        const struct wb_frame *frame = &r->frames[--r->top];
        if (is_saved(frame))
            r->saved[frame->step->least] = frame->at;
    }
}

/* Whether it stands here what is looked for, or, lazy, does not. */
static bool looks(struct wb_run *r, const struct wb_step *s, const char *at)
{
    if (!fits(r, s->set, at))
        return s->lazy;
    uint32_t base = r->base, top = r->top;
    r->base = top;
    r->turns++;
    bool seen = walk(r, s + 1, at);
    r->base = base;
    if (seen && !s->lazy)
        keep_captures(r, top);
    else
        undo_captures(r, top);
    return seen != s->lazy;
}

/* Takes one step; the next one, or NULL when this way ends. */
static inline const struct wb_step *take_step(struct wb_run *r, const struct wb_step *s,
                                              const char **at)
{
    const char *p = *at;
    switch ((enum wb_op)s->op) {
    case WB_OP_BYTE:
        *at = p + 1;
        return p < r->end && *p == (char)s->least ? s + 1 + s->skip : NULL;
    case WB_OP_TEXT:
        *at = p + s->least;
        return stands(r, s, p, s->to, s->least) ? s + 1 + s->skip : NULL;
    case WB_OP_WORDS: return first_word(r, s, at, words_here(r, s, p));
    case WB_OP_SET: *at = p + 1; return p < r->end && fits(r, s->set, p) ? s + 1 : NULL;
    case WB_OP_RUN: *at = take_run(r, s, p); return *at ? s + 1 : NULL;
    case WB_OP_EITHER: return choose(r, s, p);
    case WB_OP_LIST: return first_of(r, s, p, open_here(r, s, p));
    case WB_OP_JUMP: return jump(r, s);
    case WB_OP_SAVE: return save(r, s, p);
    case WB_OP_AHEAD: return looks(r, s, p) ? r->program->steps + s->to : NULL;
    default: return holds(r, (enum wb_op)s->op, p) ? s + 1 : NULL;
    }
}

/* Where the program, or what is looked for, ends that begins with that step here; NULL: nowhere. */
static const char *walk(struct wb_run *r, const struct wb_step *s, const char *at)
{
    while (s->op < WB_OP_SEEN) {
        s = take_step(r, s, &at);
        if (!s && !(s = go_back(r, &at)))
            return NULL;
    }
    return at;
}

/* Out of line, so that the walk is not: it is called from three places. */
static __attribute__((noinline)) bool match_at(struct wb_run *r, const char *at)
{
    r->saved[0] = r->program->head.first ? r->text : at;
    r->top = r->base = 0;
    r->turns++;
    r->saved[1] = walk(r, r->program->steps + r->program->head.first, at);
    return r->saved[1];
}

/* Whether a way can begin with the bytes that stand here, of which there is one. */
static bool may_begin(const struct wb_starts *starts, const char *at, const char *end)
{
    /* there is one: NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    unsigned ways = wb_ways_with(starts, 0, *at);
    for (int i = 1; i < WB_WAY_BYTES; i++)
        ways &= wb_ways_with(starts, i, end - at > i ? at[i] : '\0');
    return ways;
}

/* As wb_way_places_avx2. */
static uint32_t way_places(const struct wb_starts *starts, const char **place, const char *end)
{
    if (wb_has_avx2())
        return wb_way_places_avx2(starts, place, end);
    const char *p = *place;
    uint32_t places = 0;
    while (p < end && !may_begin(starts, p, end))
        p++;
    *place = p;
    for (int i = 0; i < WB_PLACES && p < end; i++, p++)
        places |= (uint32_t)may_begin(starts, p, end) << i;
    return places;
}

/* A match of nothing can stand anywhere. */
static bool find_anywhere(struct wb_run *r)
{
    for (const char *at = r->text; at <= r->end && r->turns < MAX_TURNS; at++)
        if (match_at(r, at))
            return true;
    return false;
}

static bool find_by_literal(struct wb_run *r)
{
    struct wb_slice rest = wb_slice_span(r->text, r->end);
    while (r->turns < MAX_TURNS) {
        size_t n = wb_slice_find(rest, r->program->literal);
        if (n == rest.n)
            return false;
        if (match_at(r, rest.p + n))
            return true;
        rest = wb_slice_from(rest, n + 1);
    }
    return false;
}

static bool find_by_ways(struct wb_run *r)
{
    const char *block = r->text;
    uint32_t places;
    while ((places = way_places(r->program->starts, &block, r->end))) {
        for (; places; places &= places - 1) {
            if (match_at(r, block + __builtin_ctz(places)))
                return true;
            if (r->turns >= MAX_TURNS)
                return false;
        }
        block = r->end - block < WB_PLACES ? r->end : block + WB_PLACES;
    }
    return false;
}

enum wb_run_result wb_program_find(const struct wb_program *program, struct wb_run *run,
                                   struct wb_slice text)
{
    if (!text.p) /* an empty slice of a struct that was set to zero */
        text = WB_S("");
    run->program = program;
    run->text = text.p;
    run->end = wb_slice_end(text);
    run->turns = 0;
    for (uint32_t i = 2; i < 2 * (program->head.groups + 1u); i++)
        run->saved[i] = NULL;
    bool found = program->head.anchored   ? match_at(run, text.p)
                 : program->head.nullable ? find_anywhere(run)
                 : program->literal.n > 1
                     ? find_by_literal(run)
                     : (program->head.fronted && match_at(run, text.p)) || find_by_ways(run);
    if (run->turns >= MAX_TURNS)
        return WB_RUN_GAVE_UP;
    return found ? WB_RUN_FOUND : WB_RUN_NONE;
}
