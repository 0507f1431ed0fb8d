/* SPDX-License-Identifier: BSD-2-Clause */
#include "scanned.h"

#include "match.h"

enum {
    MAX_MATCHES = 192,
    MAPPED_BYTES = 1024, /* longer texts are folded again when places in them are asked for */
    FOLD_ROOM = 32,      /* behind a text, so that its end is folded as fast as the rest */
};

/*
 * What is kept of a text:  row | matches, room for so many | what those told that tell facts
 */
struct row {
    uint32_t n, room;
    uint64_t doubted;    /* as in struct wb_scanned */
    uint32_t first_told; /* the same */
    bool untidy;         /* some were tried, and are none */
    struct wb_outcome outcome[WB_OUTCOMES];
    struct wb_match matches[];
};

static struct wb_told *told_of(struct row *row)
{
    return (struct wb_told *)(void *)(row->matches + row->room);
}

static void take_row(struct wb_scanned *scanned, struct row *row)
{
    scanned->matches = row->matches;
    scanned->n = row->n;
    scanned->told = told_of(row);
    scanned->first_told = row->first_told;
    scanned->doubted = row->doubted;
    scanned->outcome = row->outcome;
}

/* Asks memory for the entry that most likely wins. */
static void expect_entry(const struct wb_classifier *cl, const struct row *row)
{
    uint32_t n;
    const struct wb_entry *entry = wb_cat_entries(cl->cat, &n);
    if (!row->n)
        return;
    entry += row->matches[0].entry;
    __builtin_prefetch(entry);
    __builtin_prefetch((const char *)(entry + 1) - 1);
}

static void find_first_told(struct row *row)
{
    row->first_told = 0;
    while (row->first_told < row->n && !row->matches[row->first_told].tells)
        row->first_told++;
}

static void tidy(struct row *row)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < row->n; i++)
        if (row->matches[i].state != WB_MATCH_NO)
            row->matches[kept++] = row->matches[i];
    row->n = kept;
    row->untidy = false;
    find_first_told(row);
}

/* The candidates of a text: how many there are of each tier, and what they tell. */
struct found {
    struct wb_candidate candidate[MAX_MATCHES];
    size_t n, told;
    uint32_t of_tier[WB_TIER_DOCUMENTED + 1];
    uint64_t doubted; /* as in struct wb_scanned */
};

static uint32_t tier_of_found(uint32_t id)
{
    return id >> WB_FOUND_TIER & 7;
}

static void count_found(const struct wb_classifier *cl, struct found *found)
{
    uint32_t n;
    const struct wb_entry *entries = wb_cat_entries(cl->cat, &n);
    for (size_t i = 0; i < found->n; i++) {
        uint32_t id = found->candidate[i].id;
        found->of_tier[tier_of_found(id)]++;
        found->told += (id & WB_FOUND_TELLS) != 0;
        if (id & WB_FOUND_DOUBT)
            found->doubted |= entries[id & WB_FOUND_ENTRY].over;
    }
}

/*
 * In the order of the catalogue. That in which they are found depends on how the scanner knows
 * their words, and of two that say the same kind of thing the first one counts.
 */
static void sort_found(struct found *found)
{
    for (size_t i = 1; i < found->n; i++) {
        const struct wb_candidate here = found->candidate[i];
        size_t at = i;
        for (; at && (found->candidate[at - 1].id & WB_FOUND_ENTRY) > (here.id & WB_FOUND_ENTRY);
             at--)
            found->candidate[at] = found->candidate[at - 1];
        found->candidate[at] = here;
    }
}

/* As matches, by tier. */
static void make_matches(const struct found *found, struct wb_match *out)
{
    uint32_t at[WB_TIER_DOCUMENTED + 1], next = 0;
    uint8_t told = 0;
    for (int tier = WB_TIER_DOCUMENTED; tier >= WB_TIER_FACT; tier--) {
        at[tier] = next;
        next += found->of_tier[tier];
    }
    for (size_t i = 0; i < found->n; i++) {
        uint32_t id = found->candidate[i].id, tier = tier_of_found(id);
        bool tells = id & WB_FOUND_TELLS;
        out[at[tier]++] = (struct wb_match){.entry = (uint16_t)(id & WB_FOUND_ENTRY),
                                            .tells = tells,
                                            .bound = (id & WB_FOUND_BOUND) != 0,
                                            .tier = (uint8_t)tier,
                                            .told = told};
        told += tells;
    }
}

static void find_entries(const struct wb_classifier *cl, struct wb_scanned *scanned,
                         const struct wb_cache_key *key)
{
    struct found found = {0};
    found.n = wb_scan(wb_cat_scan_entries(cl->cat), cl->matcher, scanned->folded, found.candidate,
                      MAX_MATCHES);
    sort_found(&found);
    count_found(cl, &found);
    uint32_t n = (uint32_t)found.n;
    size_t bytes =
        sizeof(struct row) + n * sizeof(struct wb_match) + found.told * sizeof(struct wb_told);
    struct row *row = wb_cache_add(cl->cache, key, bytes);
    if (!row)
        row = wb_arena_alloc(cl->arena, bytes);
    if (!row)
        return;
    *row = (struct row){.n = n, .room = n, .doubted = found.doubted};
    make_matches(&found, row->matches);
    find_first_told(row);
    take_row(scanned, row);
}

/*
 * What is kept of a text that came as it is before:  folding | map, n + 1 places | folded text
 */
struct folding {
    uint64_t hash;    /* of the key by which the entries of the folded text are kept */
    uint64_t entries; /* the place of these; 0: not known */
    uint32_t n;
    uint32_t map[];
};

static struct folding *keep_folding(const struct wb_classifier *cl,
                                    const struct wb_scanned *scanned,
                                    const struct wb_cache_key *key, uint64_t hash)
{
    uint32_t n = (uint32_t)scanned->folded.n;
    size_t map_bytes = (n + 1) * sizeof *scanned->map;
    if (!scanned->map || !wb_cache_again(cl->cache, key))
        return NULL;
    struct folding *row = wb_cache_add(cl->cache, key, sizeof *row + map_bytes + n);
    if (!row)
        return NULL;
    *row = (struct folding){.hash = hash, .n = n};
    memcpy(row->map, scanned->map, map_bytes);
    memcpy(row->map + n + 1, scanned->folded.p, n);
    return row;
}

/* Folds a text that is not kept; the key is that of what is found in the folded text. */
static struct wb_cache_key fold(const struct wb_classifier *cl, struct wb_scanned *scanned)
{
    struct wb_slice text = scanned->text;
    uint32_t *map =
        text.n <= MAPPED_BYTES ? wb_arena_alloc(cl->arena, (text.n + 2) * sizeof *map) : NULL;
    struct wb_text folded = wb_text_open(cl->arena, text.n + FOLD_ROOM);
    folded.n = wb_fold(text, scanned->code, folded.p, folded.cap, map);
    scanned->map = map;
    scanned->folded = wb_text_close(&folded);
    return wb_cache_key(scanned->folded, WB_CACHE_ENTRIES);
}

/*
 * The row of a text as it is written, NULL: none. folding: where its place was noted, and is; what
 * is known of the text is then found without looking at the text again.
 */
static struct folding *known_folding(const struct wb_classifier *cl, struct wb_scanned *scanned,
                                     uint64_t *folding, struct wb_cache_key *key_out)
{
    struct folding *row = folding ? wb_cache_row(cl->cache, *folding) : NULL;
    if (row)
        return row;
    *key_out = wb_cache_key(scanned->text, WB_CACHE_FOLDED + (uint32_t)scanned->code);
    row = wb_cache_find(cl->cache, key_out);
    if (row && folding)
        *folding = wb_cache_place(cl->cache, row);
    return row;
}

/* Its entries, if they are known. */
static struct row *known_row(const struct wb_classifier *cl, struct folding *known,
                             const struct wb_cache_key *key)
{
    struct row *row = known ? wb_cache_row(cl->cache, known->entries) : NULL;
    if (row)
        return row;
    row = wb_cache_find(cl->cache, key);
    if (row && known)
        known->entries = wb_cache_place(cl->cache, row);
    return row;
}

struct wb_scanned wb_scan_entries(const struct wb_classifier *cl, struct wb_slice text, int code,
                                  bool first, uint64_t *folding)
{
    struct wb_cache_key key, as_written;
    struct wb_scanned scanned = {.text = text, .code = code};
    struct folding *known = known_folding(cl, &scanned, folding, &as_written);
    if (known) {
        scanned.map = known->map;
        scanned.folded = wb_slice((const char *)(known->map + known->n + 1), known->n);
        key = (struct wb_cache_key){scanned.folded, known->hash, WB_CACHE_ENTRIES};
    } else {
        key = fold(cl, &scanned);
        known = keep_folding(cl, &scanned, &as_written, key.hash);
        if (known && folding)
            *folding = wb_cache_place(cl->cache, known);
    }
    struct row *row = known_row(cl, known, &key);
    if (row) {
        if (first && row->untidy)
            tidy(row);
        take_row(&scanned, row);
        expect_entry(cl, row);
    } else {
        find_entries(cl, &scanned, &key);
    }
    return scanned;
}

static void take_told(const struct wb_scanned *scanned, const struct wb_regex *regex,
                      const struct wb_groups *groups, struct wb_told *told)
{
    static const char *const names[WB_TOLD_NAMES] = {"n", "unit", "ip", "list", "code"};
    for (int i = 0; i < WB_TOLD_NAMES; i++) {
        int group = wb_regex_group(regex, names[i]);
        struct wb_slice took = group ? groups->group[group] : WB_NONE;
        told->named[i].n = (uint16_t)took.n;
        told->named[i].from = took.n ? (uint16_t)(took.p - scanned->folded.p) : 0;
    }
}

/*
 * The letters of a match are those of the whole without the stretches of anything in it, which are
 * groups without a name.
 */
static void try(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                struct wb_match *match)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_entry *entry = &wb_cat_entries(cl->cat, &n)[match->entry];
    struct row *row =
        (struct row *)(void *)((char *)scanned->matches - offsetof(struct row, matches));
    const struct wb_regex *regex = wb_cat_entry_regex(cl->cat, entry);
    match->state = WB_MATCH_NO;
    if (!wb_regex_find(regex, cl->matcher, scanned->folded, &groups)) {
        row->untidy = true;
        return;
    }
    size_t letters = groups.whole.n;
    for (int i = 1; i < WB_MAX_GROUPS; i++)
        letters -= groups.group[i].n < letters ? groups.group[i].n : letters;
    match->state = WB_MATCH_YES;
    match->from = (uint16_t)(groups.whole.p - scanned->folded.p);
    match->n = (uint16_t)groups.whole.n;
    match->letters = (uint16_t)letters;
    if (match->tells)
        take_told(scanned, regex, &groups, &scanned->told[match->told]);
}

bool wb_match_holds(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                    struct wb_match *match)
{
    if (match->state == WB_MATCH_UNTRIED)
        try(cl, scanned, match);
    return match->state == WB_MATCH_YES;
}

struct wb_slice wb_match_told(const struct wb_scanned *scanned, const struct wb_match *match,
                              enum wb_told_name name)
{
    const struct wb_told *told = &scanned->told[match->told];
    return wb_slice(scanned->folded.p + told->named[name].from, told->named[name].n);
}
