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

/* What each kind weighs if all candidates are there. */
static void weigh_possible(struct tally *tally, const struct wb_candidate *found, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t group = tally->signs[found[i].id].group;
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

/* Takes the candidates that are lines of dialects out of the list. */
static size_t note_lines(struct wb_extract *ex, struct wb_candidate *found, size_t n)
{
    size_t kept = 0;
    ex->lines_known =
        ex->line_possible && ex->before_trace.n <= WB_MAX_PROSE_BYTES && n < MAX_CANDIDATES;
    for (size_t i = 0; i < n; i++) {
        if (!(found[i].id & WB_IS_LINE_PATTERN))
            found[kept++] = found[i];
        else if (ex->lines_known)
            ex->line_possible[found[i].id & ~WB_IS_LINE_PATTERN] = true;
    }
    return kept;
}

/* The folded text for people, to be given back, and what may stand in it. */
static struct wb_text scan_text(struct wb_extract *ex, struct wb_candidate *found, size_t *n_out)
{
    uint32_t patterns;
    wb_cat_patterns(ex->cat, &patterns);
    ex->line_possible = wb_arena_alloc(ex->arena, patterns + 1u);
    wb_extract_text(ex);
    struct wb_slice text = wb_slice_head(ex->before_trace, WB_MAX_PROSE_BYTES);
    struct wb_text folded = wb_text_open(ex->arena, text.n);
    folded.n = wb_fold(text, 0, folded.p, folded.cap, NULL);
    size_t n = wb_scan(wb_cat_scan_text(ex->cat), ex->matcher, wb_slice(folded.p, folded.n), found,
                       MAX_CANDIDATES);
    *n_out = note_lines(ex, found, n);
    return folded;
}

static void count_text_signs(struct wb_extract *ex, struct tally *tally)
{
    struct wb_candidate found[MAX_CANDIDATES];
    struct wb_groups groups;
    size_t n;
    int best = best_dialect(tally);
    if (best && wb_structure_decides(ex))
        return; /* the fields say what happened, the header whose they are */
    struct wb_text folded = scan_text(ex, found, &n);
    struct wb_slice all = wb_slice(folded.p, folded.n);
    weigh_possible(tally, found, n);
    for (size_t i = 0; i < n; i++) {
        const struct wb_sign *sign = &tally->signs[found[i].id];
        if (matters(ex, tally, sign->group, best) &&
            (found[i].sure ||
             wb_regex_find(wb_cat_sign_regex(ex->cat, sign), ex->matcher, all, &groups)))
            count_sign(tally, found[i].id);
        else
            tally->possible[sign->group]--;
    }
    wb_text_drop(&folded);
}

void wb_recognise_lines(struct wb_extract *ex)
{
    struct wb_candidate found[MAX_CANDIDATES];
    size_t n;
    if (ex->line_possible)
        return;
    struct wb_text folded = scan_text(ex, found, &n);
    wb_text_drop(&folded);
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
