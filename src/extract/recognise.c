/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which signs the message shows: header fields and phrases that the catalogue lists for kinds and
 * dialects. The words of all text signs, and of all lines that dialects are interested in, are
 * sought in one pass over the folded text. A phrase is confirmed only if it can still matter: if
 * the other signs of its group may be there, and the group could change the answer.
 */
#include "extract_int.h"

#include "match.h"

enum {
    MAX_CANDIDATES = 512,
    MAX_SHOWN = 256, /* groups of signs in a header; a report's shows some twenty */
    MAX_KEPT = 128,  /* signs in a text: of more it is not kept what they make complete */
};

/* A sign whose words stand in a text. */
struct sign_found {
    uint16_t sign, group;
    uint8_t state; /* enum sign_state */
    uint8_t pad;
};

enum sign_state { UNTRIED = 0, STANDS, ABSENT };

/* The groups that the header shows, and room for what may stand in the text: bytes of a key. */
struct shown {
    uint32_t n;                                     /* so that it is told which are which */
    uint16_t group[MAX_SHOWN + WB_GROUPS_TOGETHER]; /* the last of them are room */
    struct sign_found room[MAX_KEPT];
};

/* The tally of groups of signs. */
struct tally {
    const struct wb_sign_group *groups;
    struct shown *shown;
    bool counted;       /* what the header shows */
    bool more;          /* than there is room for: some was counted before */
    uint8_t *seen;      /* of each group: how many of its signs */
    uint8_t *possible;  /* ... and how many more may be there */
    uint16_t *touched;  /* groups of which any is seen, and room for one more */
    uint16_t *complete; /* those of them that were seen whole when it was last looked */
    uint32_t n, complete_n;
    uint32_t group_n;
    int kind_possible[WB_KIND_COUNT]; /* what a kind can weigh at most */
};

/*
 * Whether a group is new, or complete, is as good as chance: here and below such questions are
 * added to a count instead of branched on.
 */
static inline void count_sign(struct tally *tally, uint16_t group, uint8_t there)
{
    uint8_t seen = tally->seen[group];
    there = seen == UINT8_MAX ? 0 : there;
    tally->touched[tally->n] = group;
    tally->n += there > seen;
    tally->seen[group] = (uint8_t)(seen + there);
}

/* Counts what the header shows, if that has not been done yet. */
static void count_shown(struct tally *tally)
{
    if (tally->counted)
        return;
    if (!tally->more) {
        memset(tally->seen, 0, 2 * (size_t)tally->group_n + 1);
        tally->seen[tally->group_n] = UINT8_MAX; /* of no group: see wb_note_groups */
    }
    for (uint32_t i = 0; i < tally->shown->n; i++)
        count_sign(tally, tally->shown->group[i], 1);
    tally->counted = true;
}

/* What is shown is only noted: mostly it is known what it makes complete. */
static void note_header_signs(void *to, const uint16_t *groups, uint32_t n)
{
    struct tally *tally = to;
    if (n > MAX_SHOWN - tally->shown->n) {
        count_shown(tally);
        tally->counted = false;
        tally->more = true;
        tally->shown->n = 0;
    }
    uint16_t *to_group = tally->shown->group + tally->shown->n;
    memcpy(to_group, groups, WB_GROUPS_TOGETHER * sizeof *groups); /* of none they do not count */
    for (uint32_t i = WB_GROUPS_TOGETHER; i < n; i += WB_GROUPS_TOGETHER)
        memcpy(to_group + i, groups + i, WB_GROUPS_TOGETHER * sizeof *groups);
    tally->shown->n += n;
}

/* Looks which groups are complete, of which most of those touched are not. */
static void find_complete(struct tally *tally)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < tally->n; i++) {
        uint16_t group = tally->touched[i];
        tally->complete[n] = group;
        n += tally->seen[group] >= tally->groups[group].needed;
    }
    tally->complete_n = n;
}

/* The best dialect that the signs seen so far name. */
static int best_dialect(const struct tally *tally)
{
    int best = 0;
    for (uint32_t i = 0; i < tally->complete_n; i++) {
        const struct wb_sign_group *group = &tally->groups[tally->complete[i]];
        int specificity = group->owner == WB_OWNER_DIALECT ? group->specificity : 0;
        best = specificity > best ? specificity : best;
    }
    return best;
}

/* What is kept of a text: the lines that may stand in it, and behind them the signs. */
struct row {
    uint32_t signs;
    bool all_lines;   /* no line was left out */
    uint64_t lines[]; /* as wb_extract.lines */
};

static struct sign_found *found_in(const struct wb_extract *ex, struct row *row)
{
    return (struct sign_found *)(void *)(row->lines + ex->line_words);
}

/* Adds what a kind weighs by a group, if it does. */
static void weigh(struct tally *tally, const struct wb_sign_group *g, bool there)
{
    int counts = there & (g->owner == WB_OWNER_KIND) & (g->weight > 0);
    tally->kind_possible[g->kind] += counts * g->weight;
}

/* What each kind weighs if all candidates are there. */
static void weigh_possible(struct tally *tally, const struct sign_found *found, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint16_t group = found[i].group;
        const struct wb_sign_group *g = &tally->groups[group];
        int most = tally->seen[group] + ++tally->possible[group];
        weigh(tally, g, most == g->needed);
    }
    for (uint32_t i = 0; i < tally->complete_n; i++)
        weigh(tally, &tally->groups[tally->complete[i]], true);
}

/* Whether a sign of that group, if confirmed, could change what is answered. */
static bool matters(const struct tally *tally, uint16_t group, int best, bool decided)
{
    const struct wb_sign_group *g = &tally->groups[group];
    bool whole = tally->seen[group] + tally->possible[group] >= g->needed;
    bool of_dialect = g->owner == WB_OWNER_DIALECT;
    bool heavy = !decided | (tally->kind_possible[g->kind] >= WB_KIND_OVERRIDES);
    return whole & ((of_dialect & (g->specificity > best)) | (!of_dialect & heavy));
}

static void note_lines(struct wb_extract *ex, const struct row *row)
{
    ex->lines_known = ex->before_trace.n <= WB_MAX_PROSE_BYTES && row->all_lines;
    memcpy(ex->lines, row->lines, ex->line_words * sizeof *ex->lines);
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

/*
 * Leaves out the signs of groups that cannot be seen whole: others of theirs stand nowhere in the
 * text, and none could stand in a header. That is half of them. Returns how many are left.
 * there: of each group, how many signs there are
 */
static uint32_t drop_hopeless(const struct wb_extract *ex, const uint16_t *there,
                              struct sign_found *signs, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t group = signs[i].group;
        signs[kept] = signs[i];
        kept += there[group] >= ex->text_needs[group];
    }
    return kept;
}

/* Notes the lines among the candidates; returns how many signs there are that may matter. */
static uint32_t sort_out(struct wb_extract *ex, const struct wb_candidate *found, size_t n,
                         struct sign_found *signs_out)
{
    uint32_t all, groups, count = 0;
    const struct wb_sign *signs = wb_cat_signs(ex->cat, &all);
    wb_cat_groups(ex->cat, &groups);
    uint16_t *there = ex->sign_groups + 2 * (size_t)groups + 1;
    memset(there, 0, groups * sizeof *there);
    memset(ex->lines, 0, ex->line_words * sizeof *ex->lines);
    for (size_t i = 0; i < n; i++) {
        uint32_t id = found[i].id & ~WB_IS_LINE_PATTERN;
        if (found[i].id & WB_IS_LINE_PATTERN) {
            ex->lines[id / 64] |= (uint64_t)1 << id % 64;
            continue;
        }
        uint16_t group = signs[id].group;
        there[group]++;
        signs_out[count++] =
            (struct sign_found){(uint16_t)id, group, found[i].sure ? STANDS : UNTRIED, 0};
    }
    return drop_hopeless(ex, there, signs_out, count);
}

/* A new row for a text, in the cache or the arena; NULL without memory. */
static struct row *scan_new(struct wb_extract *ex, struct human_text *t,
                            const struct wb_cache_key *key)
{
    struct wb_candidate found[MAX_CANDIDATES];
    struct sign_found signs[MAX_CANDIDATES];
    size_t n =
        wb_scan(wb_cat_scan_text(ex->cat), ex->matcher, folded_of(ex, t), found, MAX_CANDIDATES);
    uint32_t count = sort_out(ex, found, n, signs);
    const size_t line_bytes = ex->line_words * sizeof(uint64_t);
    size_t bytes = sizeof(struct row) + line_bytes + count * sizeof *signs;
    struct row *row = wb_cache_add(ex->cache, key, bytes);
    if (!row)
        row = wb_arena_alloc(ex->arena, bytes);
    if (!row)
        return NULL;
    *row = (struct row){.signs = count, .all_lines = n < MAX_CANDIDATES};
    memcpy(row->lines, ex->lines, line_bytes);
    memcpy(found_in(ex, row), signs, count * sizeof *signs);
    return row;
}

/* A row that is found by another key, too. */
static struct row *kept_as(struct wb_extract *ex, struct row *row, const struct wb_cache_key *key)
{
    size_t bytes =
        sizeof *row + ex->line_words * sizeof *row->lines + row->signs * sizeof(struct sign_found);
    struct row *copy = wb_cache_add(ex->cache, key, bytes);
    return copy ? memcpy(copy, row, bytes) : row;
}

/*
 * What a server writes differs from mail to mail in addresses, and these are folded: the folded
 * text comes again where the text as it is written comes but once. Of that nothing is kept before
 * the second time.
 */
static struct row *scan_folded(struct wb_extract *ex, struct human_text *t,
                               const struct wb_cache_key *as_written)
{
    struct wb_cache_key key = wb_cache_key(folded_of(ex, t), WB_CACHE_FOLDED_SIGNS);
    struct row *row = wb_cache_find(ex->cache, &key);
    if (!row)
        row = scan_new(ex, t, &key);
    return row && wb_cache_again(ex->cache, as_written) ? kept_as(ex, row, as_written) : row;
}

/* What may stand in the text for people; NULL without memory. */
static struct row *scan_text(struct wb_extract *ex, struct human_text *t)
{
    wb_extract_text(ex);
    ex->lines_sought = true;
    t->text = wb_slice_head(ex->before_trace, WB_MAX_PROSE_BYTES);
    t->folded = WB_NONE;
    struct wb_cache_key key = wb_cache_key(t->text, WB_CACHE_SIGNS);
    struct row *row = wb_cache_find(ex->cache, &key);
    if (!row)
        row = scan_folded(ex, t, &key);
    if (row)
        note_lines(ex, row);
    return row;
}

/* Whether the sign stands in the text; tried at most once for a text. */
static void try_sign(struct wb_extract *ex, struct human_text *t, struct sign_found *found)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_sign *sign = &wb_cat_signs(ex->cat, &n)[found->sign];
    const struct wb_regex *regex = wb_cat_sign_regex(ex->cat, sign);
    bool stands = wb_regex_find(regex, ex->matcher, folded_of(ex, t), &groups);
    found->state = stands ? STANDS : ABSENT;
}

/* ---- what signs say together ---- */

/* What the groups that are complete say; kept of signs that were shown together. */
struct saying {
    int weight[WB_KIND_COUNT];
    int origin;
    bool details; /* any of them is there */
    uint16_t dialect, specificity;
    wb_str detail[WB_KIND_COUNT];
};

static void add_group(struct saying *saying, const struct wb_sign_group *group)
{
    if (group->owner == WB_OWNER_KIND) {
        saying->weight[group->kind] += group->weight;
        saying->origin += group->origin;
        if (group->detail)
            saying->detail[group->kind] = group->detail;
        saying->details |= group->detail != 0;
    } else if (group->specificity > saying->specificity) {
        saying->specificity = group->specificity;
        saying->dialect = group->dialect;
    }
}

/* Adds up what is complete, and keeps it; key NULL: it is not to be kept. */
static const struct saying *add_up(struct wb_extract *ex, const struct tally *tally,
                                   const struct wb_cache_key *key, struct saying *room)
{
    memset(room, 0, sizeof *room);
    for (uint32_t i = 0; i < tally->complete_n; i++)
        add_group(room, &tally->groups[tally->complete[i]]);
    struct saying *row = key && key->tag ? wb_cache_add(ex->cache, key, sizeof *row) : NULL;
    if (row)
        *row = *room;
    return room;
}

/* The key of what the header shows, and of n signs in the text; tag 0: they are too many. */
static struct wb_cache_key key_of(const struct tally *tally, const struct sign_found *found,
                                  uint32_t n, uint32_t tag)
{
    if (tally->more || n > MAX_KEPT)
        return (struct wb_cache_key){0};
    char *text = (char *)tally->shown;
    char *behind = text + offsetof(struct shown, group) + tally->shown->n * sizeof(uint16_t);
    if (n)
        memcpy(behind, found, n * sizeof *found);
    return wb_cache_key(wb_slice_span(text, behind + n * sizeof *found), tag);
}

/* Servers show the same signs in thousands of reports, whatever else these say. */
static const struct saying *known_saying(const struct wb_extract *ex,
                                         const struct wb_cache_key *key)
{
    return key->tag ? wb_cache_find(ex->cache, key) : NULL;
}

static const struct saying *said_by_header(struct wb_extract *ex, struct tally *tally,
                                           struct saying *room)
{
    struct wb_cache_key key = key_of(tally, NULL, 0, WB_CACHE_SHOWN);
    const struct saying *known = known_saying(ex, &key);
    if (known)
        return known;
    count_shown(tally);
    find_complete(tally);
    return add_up(ex, tally, &key, room);
}

/* Counts the signs of the text; true: some had to be sought in it first. */
static bool count_found(struct wb_extract *ex, struct tally *tally, struct human_text *text,
                        struct sign_found *found, uint32_t signs, bool decided)
{
    bool tried = false;
    count_shown(tally);
    find_complete(tally);
    int best = best_dialect(tally);
    weigh_possible(tally, found, signs);
    for (uint32_t i = 0; i < signs; i++) {
        uint16_t group = found[i].group;
        uint8_t counts = matters(tally, group, best, decided);
        if (counts > found[i].state) { /* only what is UNTRIED is that low */
            try_sign(ex, text, &found[i]);
            tried = true;
        }
        counts &= found[i].state == STANDS;
        count_sign(tally, group, counts);
        tally->possible[group] = (uint8_t)(tally->possible[group] - 1 + counts);
    }
    find_complete(tally);
    return tried;
}

static const struct saying *said_with_text(struct wb_extract *ex, struct tally *tally, bool decided,
                                           struct saying *room)
{
    struct human_text text;
    wb_extract_text(ex);
    size_t mark = wb_arena_mark(ex->arena);
    struct row *row = scan_text(ex, &text);
    struct sign_found *found = row ? found_in(ex, row) : NULL;
    uint32_t signs = row ? row->signs : 0;
    struct wb_cache_key key =
        key_of(tally, found, signs, decided ? WB_CACHE_DECIDED : WB_CACHE_OPEN);
    const struct saying *said = known_saying(ex, &key);
    if (!said) {
        bool tried = count_found(ex, tally, &text, found, signs, decided);
        said = add_up(ex, tally, tried ? NULL : &key, room); /* next time they have another key */
    }
    wb_arena_release(ex->arena, mark);
    return said;
}

void wb_recognise_lines(struct wb_extract *ex)
{
    struct human_text text;
    if (ex->lines_sought)
        return;
    wb_extract_text(ex);
    size_t mark = wb_arena_mark(ex->arena);
    scan_text(ex, &text);
    wb_arena_release(ex->arena, mark);
}

static void take_saying(struct wb_extract *ex, const struct saying *saying)
{
    for (int kind = 0; kind < WB_KIND_COUNT; kind++)
        ex->kind_weight[kind] += saying->weight[kind];
    for (int kind = 0; saying->details && kind < WB_KIND_COUNT; kind++)
        if (saying->detail[kind])
            ex->kind_detail[kind] = wb_cat_str(ex->cat, saying->detail[kind]);
    ex->origin += saying->origin;
    if (saying->specificity)
        ex->dialect = saying->dialect;
}

void wb_recognise(struct wb_extract *ex)
{
    struct shown shown;
    struct saying room;
    const struct saying *said = NULL;
    struct tally tally = {.shown = &shown};
    shown.n = 0; /* the rest is room */
    tally.groups = wb_cat_groups(ex->cat, &tally.group_n);
    tally.seen = ex->sign_counts;
    tally.possible = tally.seen + tally.group_n + 1;
    tally.touched = ex->sign_groups;
    tally.complete = tally.touched + tally.group_n + 1;
    wb_header_signs(ex, note_header_signs, &tally);
    bool decided = wb_structure_decides(ex);
    if (decided)
        said = said_by_header(ex, &tally, &room);
    /* or the fields say what happened, the header whose they are */
    if (!said || !said->specificity)
        said = said_with_text(ex, &tally, decided, &room);
    take_saying(ex, said);
}
