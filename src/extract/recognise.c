/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which signs the message shows: header fields and phrases that the catalogue lists for kinds and
 * dialects. The words of all text signs, and of all lines that dialects are interested in, are
 * sought in one pass over the folded text. A phrase is confirmed only if it can still matter: if
 * the other signs of its group may be there, and the group could change the answer.
 */
#include "extract_int.h"

#include "match.h"

enum { MAX_CANDIDATES = 512 };

/* The tally of groups of signs. */
struct tally {
    const struct wb_sign *signs;
    const struct wb_sign_group *groups;
    uint8_t *seen;     /* of each group: how many of its signs */
    uint8_t *possible; /* ... and how many more may be there */
    uint16_t *touched; /* groups of which any is seen */
    uint32_t n;
    int kind_possible[WB_KIND_COUNT]; /* what a kind can weigh at most */
};

static void count_sign(struct tally *tally, uint32_t sign)
{
    uint16_t group = tally->signs[sign].group;
    if (tally->seen[group]++ == 0)
        tally->touched[tally->n++] = group;
}

static void note_header_sign(void *tally, uint16_t sign)
{
    count_sign(tally, sign);
}

static bool complete(const struct tally *tally, uint16_t group)
{
    return tally->seen[group] >= tally->groups[group].needed;
}

/* The best dialect that the signs seen so far name. */
static int best_dialect(const struct tally *tally)
{
    int best = 0;
    for (uint32_t i = 0; i < tally->n; i++) {
        const struct wb_sign_group *group = &tally->groups[tally->touched[i]];
        if (group->owner == WB_OWNER_DIALECT && group->specificity > best &&
            complete(tally, tally->touched[i]))
            best = group->specificity;
    }
    return best;
}

/* A sign whose words stand in a text. */
struct sign_found {
    uint16_t sign;
    uint8_t state; /* enum sign_state */
    uint8_t pad;
};

enum sign_state { UNTRIED, STANDS, ABSENT };

/* What is kept of a text: the signs that may stand in it, and behind them the lines. */
struct row {
    uint32_t signs, lines;
    bool all_lines; /* no line was left out */
    struct sign_found found[];
};

static const uint16_t *lines_of(const struct row *row)
{
    return (const uint16_t *)(const void *)&row->found[row->signs];
}

/* What each kind weighs if all candidates are there. */
static void weigh_possible(struct tally *tally, const struct row *row)
{
    for (size_t i = 0; i < row->signs; i++) {
        uint16_t group = tally->signs[row->found[i].sign].group;
        const struct wb_sign_group *g = &tally->groups[group];
        tally->possible[group]++;
        if (g->owner == WB_OWNER_KIND && g->weight > 0 &&
            tally->seen[group] + tally->possible[group] == g->needed)
            tally->kind_possible[g->kind] += g->weight;
    }
    for (uint32_t i = 0; i < tally->n; i++) {
        const struct wb_sign_group *g = &tally->groups[tally->touched[i]];
        if (g->owner == WB_OWNER_KIND && g->weight > 0 && complete(tally, tally->touched[i]))
            tally->kind_possible[g->kind] += g->weight;
    }
}

/* Whether a sign of that group, if confirmed, could change what is answered. */
static bool matters(const struct wb_extract *ex, const struct tally *tally, uint16_t group,
                    int best)
{
    const struct wb_sign_group *g = &tally->groups[group];
    if (tally->seen[group] + tally->possible[group] < g->needed)
        return false;
    if (g->owner == WB_OWNER_DIALECT)
        return g->specificity > best;
    return !wb_structure_decides(ex) || tally->kind_possible[g->kind] >= WB_KIND_OVERRIDES;
}

/* The text, and a place to note which lines dialects may be interested in. */
static void open_text(struct wb_extract *ex)
{
    uint32_t patterns;
    wb_extract_text(ex);
    wb_cat_patterns(ex->cat, &patterns);
    ex->line_possible = wb_arena_alloc(ex->arena, patterns + 1u);
}

static void note_lines(struct wb_extract *ex, const struct row *row)
{
    ex->lines_known =
        ex->line_possible && ex->before_trace.n <= WB_MAX_PROSE_BYTES && row->all_lines;
    for (uint32_t i = 0; ex->lines_known && i < row->lines; i++)
        ex->line_possible[lines_of(row)[i]] = true;
}

/* The text for people, and its folded form as soon as somebody needs it. */
struct human_text {
    struct wb_slice text, folded;
};

static struct wb_slice folded_of(struct wb_extract *ex, struct human_text *t)
{
    if (t->folded.n || !t->text.n)
        return t->folded;
    struct wb_text folded = wb_text_open(ex->arena, t->text.n);
    folded.n = wb_fold(t->text, 0, folded.p, folded.cap, NULL);
    t->folded = wb_text_close(&folded);
    return t->folded;
}

/* A new row for a text, in the cache or the arena; NULL without memory. */
static struct row *scan_new(struct wb_extract *ex, struct human_text *t,
                            const struct wb_cache_key *key)
{
    struct wb_candidate found[MAX_CANDIDATES];
    size_t n =
        wb_scan(wb_cat_scan_text(ex->cat), ex->matcher, folded_of(ex, t), found, MAX_CANDIDATES);
    size_t bytes = sizeof(struct row) + n * sizeof(struct sign_found);
    struct row *row = wb_cache_add(ex->cache, key, bytes);
    if (!row)
        row = wb_arena_alloc(ex->arena, bytes);
    if (!row)
        return NULL;
    *row = (struct row){.all_lines = n < MAX_CANDIDATES};
    for (size_t i = 0; i < n; i++)
        if (!(found[i].id & WB_IS_LINE_PATTERN))
            row->found[row->signs++] =
                (struct sign_found){(uint16_t)found[i].id, found[i].sure ? STANDS : UNTRIED, 0};
    uint16_t *lines = (uint16_t *)(void *)&row->found[row->signs];
    for (size_t i = 0; i < n; i++)
        if (found[i].id & WB_IS_LINE_PATTERN)
            lines[row->lines++] = (uint16_t)(found[i].id & ~WB_IS_LINE_PATTERN);
    return row;
}

/* What may stand in the text for people; NULL without memory. */
static struct row *scan_text(struct wb_extract *ex, struct human_text *t)
{
    t->text = wb_slice_head(ex->before_trace, WB_MAX_PROSE_BYTES);
    t->folded = WB_NONE;
    struct wb_cache_key key = wb_cache_key(t->text, WB_CACHE_SIGNS);
    struct row *row = wb_cache_find(ex->cache, &key);
    if (!row)
        row = scan_new(ex, t, &key);
    if (row)
        note_lines(ex, row);
    return row;
}

/* Whether the sign stands in the text; tried at most once for a text. */
static bool stands(struct wb_extract *ex, struct human_text *t, const struct wb_sign *sign,
                   struct sign_found *found)
{
    struct wb_groups groups;
    if (found->state == UNTRIED)
        found->state =
            wb_regex_find(wb_cat_sign_regex(ex->cat, sign), ex->matcher, folded_of(ex, t), &groups)
                ? STANDS
                : ABSENT;
    return found->state == STANDS;
}

static void count_text_signs(struct wb_extract *ex, struct tally *tally)
{
    int best = best_dialect(tally);
    if (best && wb_structure_decides(ex))
        return; /* the fields say what happened, the header whose they are */
    struct human_text text;
    open_text(ex);
    size_t mark = wb_arena_mark(ex->arena);
    struct row *row = scan_text(ex, &text);
    if (row)
        weigh_possible(tally, row);
    for (size_t i = 0; row && i < row->signs; i++) {
        struct sign_found *found = &row->found[i];
        const struct wb_sign *sign = &tally->signs[found->sign];
        if (matters(ex, tally, sign->group, best) && stands(ex, &text, sign, found))
            count_sign(tally, found->sign);
        else
            tally->possible[sign->group]--;
    }
    wb_arena_release(ex->arena, mark);
}

void wb_recognise_lines(struct wb_extract *ex)
{
    struct human_text text;
    if (ex->line_possible)
        return;
    open_text(ex);
    size_t mark = wb_arena_mark(ex->arena);
    scan_text(ex, &text);
    wb_arena_release(ex->arena, mark);
}

static void take_group(struct wb_extract *ex, const struct wb_sign_group *group, int *best)
{
    if (group->owner == WB_OWNER_KIND) {
        ex->kind_weight[group->kind] += group->weight;
        ex->origin += group->origin;
        if (group->detail)
            ex->kind_detail[group->kind] = wb_cat_str(ex->cat, group->detail);
    } else if (group->specificity > *best) {
        *best = group->specificity;
        ex->dialect = group->dialect;
    }
}

void wb_recognise(struct wb_extract *ex)
{
    uint32_t signs, groups;
    struct tally tally = {.signs = wb_cat_signs(ex->cat, &signs),
                          .groups = wb_cat_groups(ex->cat, &groups)};
    tally.seen = wb_arena_alloc(ex->arena, 2 * (groups + 1u));
    tally.touched = wb_arena_alloc(ex->arena, (groups + 1u) * sizeof *tally.touched);
    if (!tally.seen || !tally.touched)
        return;
    tally.possible = tally.seen + groups + 1;
    wb_header_signs(ex, note_header_sign, &tally);
    count_text_signs(ex, &tally);
    int best = 0;
    for (uint32_t i = 0; i < tally.n; i++)
        if (complete(&tally, tally.touched[i]))
            take_group(ex, &tally.groups[tally.touched[i]], &best);
}
