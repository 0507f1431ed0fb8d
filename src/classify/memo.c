/* SPDX-License-Identifier: BSD-2-Clause */
/* A table in which a new text takes the place of the one that was there: no list, no clock. */
#include "memo.h"

#include <stdlib.h>

#include "match.h"

enum {
    SLOTS = 2048,
    SLOT_MATCHES = 72, /* texts with more are not kept: prose, that never comes twice */
    MAX_MATCHES = 192,
    MAPPED_BYTES = 1024, /* longer texts are folded again when places in them are asked for */
};

struct slot {
    struct wb_hash key; /* of the folded text */
    uint32_t turn;      /* when it was last in use */
    uint32_t n;
    struct wb_match matches[SLOT_MATCHES];
};

struct wb_memo {
    uint32_t turn;
    struct slot slots[SLOTS];
};

struct wb_memo *wb_memo_new(void)
{
    return calloc(1, sizeof(struct wb_memo));
}

void wb_memo_free(struct wb_memo *memo)
{
    free(memo);
}

void wb_memo_turn(struct wb_memo *memo)
{
    memo->turn++;
}

static void scan(const struct wb_catalogue *cat, struct wb_matcher *matcher, struct wb_arena *arena,
                 struct wb_scanned *scanned)
{
    struct wb_candidate found[MAX_MATCHES];
    size_t n = wb_scan(wb_cat_scan_entries(cat), matcher, scanned->folded, found, MAX_MATCHES);
    scanned->matches = wb_arena_alloc(arena, (n + 1) * sizeof *scanned->matches);
    scanned->n = scanned->matches ? n : 0;
    for (size_t i = 0; i < scanned->n; i++)
        scanned->matches[i].entry = (uint16_t)found[i].id;
}

static bool same(struct wb_hash a, struct wb_hash b)
{
    return a.high == b.high && a.low == b.low;
}

struct wb_scanned wb_memo_scan(struct wb_memo *memo, const struct wb_catalogue *cat,
                               struct wb_matcher *matcher, struct wb_arena *arena,
                               struct wb_slice text, int code)
{
    uint32_t *map =
        text.n <= MAPPED_BYTES ? wb_arena_alloc(arena, (text.n + 2) * sizeof *map) : NULL;
    struct wb_text folded = wb_text_open(arena, text.n + 1);
    folded.n = wb_fold(text, code, folded.p, folded.cap, map);
    struct wb_scanned scanned = {text, wb_text_close(&folded), map, code, NULL, 0};
    struct wb_hash key = wb_hash_bytes(scanned.folded);
    struct slot *slot = &memo->slots[key.low % SLOTS];
    if (!same(slot->key, key)) {
        scan(cat, matcher, arena, &scanned);
        if (slot->turn == memo->turn || scanned.n > SLOT_MATCHES)
            return scanned; /* another text of this turn is there, or it is no reply */
        slot->key = key;
        slot->n = (uint32_t)scanned.n;
        memcpy(slot->matches, scanned.matches, scanned.n * sizeof *scanned.matches);
    }
    slot->turn = memo->turn;
    scanned.matches = slot->matches;
    scanned.n = slot->n;
    return scanned;
}

/*
 * The letters of a match are those of the whole without the stretches of anything in it, which are
 * groups without a name.
 */
static void try(const struct wb_catalogue *cat, struct wb_matcher *matcher,
                const struct wb_scanned *scanned, struct wb_match *match)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_entry *entry = &wb_cat_entries(cat, &n)[match->entry];
    match->state = WB_MATCH_NO;
    if (!wb_regex_find(wb_cat_entry_regex(cat, entry), matcher, scanned->folded, &groups))
        return;
    size_t letters = groups.whole.n;
    for (int i = 1; i < WB_MAX_GROUPS; i++)
        letters -= groups.group[i].n < letters ? groups.group[i].n : letters;
    match->state = WB_MATCH_YES;
    match->from = (uint16_t)(groups.whole.p - scanned->folded.p);
    match->n = (uint16_t)groups.whole.n;
    match->letters = (uint16_t)letters;
}

bool wb_match_holds(const struct wb_catalogue *cat, struct wb_matcher *matcher,
                    const struct wb_scanned *scanned, struct wb_match *match)
{
    if (match->state == WB_MATCH_UNTRIED)
        try(cat, matcher, scanned, match);
    return match->state == WB_MATCH_YES;
}
