/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of some thousand words stand in a text. Every word is known by one of its grams, four
 * bytes that are rare in text of this kind. A bit table says of each place of the text whether any
 * word has the gram that stands there; where it says yes, the few words of that gram are compared.
 *
 *     text        ... t h e   m a i l b o x   i s   f u l l ...
 *     bit table       0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0          "lbox"
 *     words of "lbox"                 mailbox full, mailbox is full, ...
 *
 *     word --(first needed by)--> patterns --(also need)--> further sets of words
 *
 * A pattern is listed under each word of the set that is rarest in the sample; it becomes a
 * candidate when one of them, and one of each further set, has been seen. Common words belong to
 * hundreds of further sets, so those are looked into only for the few patterns that ask.
 */
#include "match.h"
#include "match_int.h"
#include "needed.h"
#include "scan_int.h"
#include "scan_words.h"

#include <stdlib.h>

#include "avx2.h"
#include "check.h"

/* ---- keeping ---- */

char *wb_scanner_save(const struct wb_scanner *scanner, size_t *n_out)
{
    char *copy = malloc(scanner->layout->end);
    WB_CHECK(copy);
    *n_out = scanner->layout->end;
    return memcpy(copy, scanner->bytes, scanner->layout->end);
}

struct wb_scanner *wb_scanner_load(struct wb_slice bytes)
{
    struct wb_scanner *s = calloc(1, sizeof *s);
    WB_CHECK(s && bytes.n >= sizeof(struct layout));
    s->bytes = bytes.p;
    s->layout = (const void *)bytes.p;
    return s;
}

void wb_scanner_free(struct wb_scanner *scanner)
{
    if (!scanner)
        return;
    free(scanner->own);
    free(scanner);
}

/* ---- scanning ---- */

struct wb_matcher *wb_matcher_new(struct wb_scanner *const *scanners, size_t n)
{
    struct wb_matcher *matcher = calloc(1, sizeof *matcher);
    uint32_t words = 0, patterns = 0;
    if (!matcher)
        return NULL;
    bool ok = wb_matcher_open_regex(matcher);
    for (size_t i = 0; i < n; i++) {
        const struct layout *l = scanners[i]->layout;
        words = l->words > words ? l->words : words;
        patterns = l->patterns > patterns ? l->patterns : patterns;
    }
    matcher->word_seen = calloc(words / 8 + 1 + sizeof(uint64_t), sizeof *matcher->word_seen);
    matcher->pattern_found = calloc(patterns + 1u, sizeof *matcher->pattern_found);
    /* lists are not cleared: a scan fills them from the front */
    matcher->words = malloc((words + 1u) * sizeof *matcher->words);
    matcher->patterns = malloc((patterns + 1u) * sizeof *matcher->patterns);
    if (ok && matcher->word_seen && matcher->words && matcher->pattern_found && matcher->patterns)
        return matcher;
    wb_matcher_free(matcher);
    return NULL;
}

void wb_matcher_free(struct wb_matcher *matcher)
{
    if (!matcher)
        return;
    wb_matcher_close_regex(matcher);
    free(matcher->word_seen);
    free(matcher->words);
    free(matcher->pattern_found);
    free(matcher->patterns);
    free(matcher);
}

static struct scan new_scan(const struct wb_scanner *s, struct wb_matcher *matcher)
{
    const struct layout *l = s->layout;
    return (struct scan){
        .grams = (const void *)(s->bytes + l->grams),
        .ranks = table(s, l->ranks),
        .firsts = table(s, l->firsts),
        .words = (const void *)(s->bytes + l->keyed),
        .word_text = table(s, l->word_text),
        .word_bytes = s->bytes + l->word_bytes,
        .seen = matcher->word_seen,
        .noted = matcher->words,
    };
}

static uint64_t plain_places(const uint64_t *grams, const char *p, uint32_t gram[2 * PLACES])
{
    uint64_t found = 0;
    for (unsigned i = 0; i < PLACES; i++) {
        gram[i] = four_at(p + i);
        gram[PLACES + i] = three_at(p + i);
    }
    for (unsigned i = 0; i < 2 * PLACES; i++)
        found |= (grams[gram[i] / 64] >> gram[i] % 64 & 1) << i;
    return found;
}

/* ---- from words to patterns ---- */

/* What of a scanner leads there. */
struct lists {
    const uint32_t *word_patterns_at, *word_patterns;
    const struct sought_pattern *patterns;
    const struct word_group *groups;
};

static struct lists lists_of(const struct wb_scanner *s)
{
    const struct layout *l = s->layout;
    return (struct lists){
        .word_patterns_at = table(s, l->word_patterns_at),
        .word_patterns = table(s, l->word_patterns),
        .patterns = (const void *)(s->bytes + l->pattern),
        .groups = (const void *)(s->bytes + l->groups),
    };
}

/* Whether a word of the set was seen. */
static inline bool has_seen(const struct lists *l, const struct wb_matcher *m, uint32_t set)
{
    for (const struct word_group *group = l->groups + set;; group++) {
        uint64_t seen;
        memcpy(&seen, m->word_seen + group->first, sizeof seen);
        if (seen & group->mask)
            return true;
        if (!group->more)
            return false;
    }
}

static inline bool further_seen(const struct lists *l, const struct wb_matcher *m,
                                const struct sought_pattern *pattern)
{
    for (int i = 0; i < FURTHER_SETS; i++)
        if (pattern->further[i] != NO_SET && !has_seen(l, m, pattern->further[i]))
            return false;
    return true;
}

/* Where candidates go. */
struct found {
    struct wb_candidate *candidates;
    size_t n, max;
};

/*
 * Words and patterns are looked into by so many: they lie anywhere in tables larger than the first
 * cache, and so what each leads to is fetched for all of them meanwhile.
 */
enum { TOGETHER = 64 };

/* Those of the patterns that are candidates. */
static void try_patterns(const struct lists *l, struct wb_matcher *m, const uint32_t *numbers,
                         unsigned count, struct found *found)
{
    for (unsigned i = 0; i < count && found->n < found->max; i++) {
        uint32_t number = numbers[i];
        const struct sought_pattern *p = &l->patterns[number];
        if (m->pattern_found[number] || !further_seen(l, m, p))
            continue;
        m->pattern_found[number] = true;
        m->patterns[m->pattern_count++] = number;
        found->candidates[found->n++] = (struct wb_candidate){p->id, p->whole};
    }
}

/* The candidates that are listed under these words, at most TOGETHER. */
static void add_candidates(const struct lists *l, struct wb_matcher *m, const uint32_t *words,
                           unsigned count, struct found *found)
{
    uint32_t from[TOGETHER], end[TOGETHER], numbers[TOGETHER];
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++) {
        from[i] = l->word_patterns_at[words[i]];
        end[i] = l->word_patterns_at[words[i] + 1];
        __builtin_prefetch(l->word_patterns + from[i]);
    }
    for (unsigned i = 0; i < count; i++)
        for (uint32_t at = from[i]; at < end[i]; at++) {
            numbers[n] = l->word_patterns[at];
            __builtin_prefetch(l->patterns + numbers[n]);
            if (++n == TOGETHER) {
                try_patterns(l, m, numbers, n, found);
                n = 0;
            }
        }
    try_patterns(l, m, numbers, n, found);
}

static void forget(struct wb_matcher *m)
{
    for (uint32_t i = 0; i < m->word_count; i++)
        m->word_seen[m->words[i] / 8] = 0;
    for (uint32_t i = 0; i < m->pattern_count; i++)
        m->pattern_found[m->patterns[i]] = false;
    m->word_count = m->pattern_count = 0;
}

size_t wb_scan(const struct wb_scanner *scanner, struct wb_matcher *matcher, struct wb_slice text,
               struct wb_candidate *candidates, size_t max)
{
    const struct layout *l = scanner->layout;
    const struct lists lists = lists_of(scanner);
    struct found found = {candidates, l->always < max ? l->always : max, max};
    if (l->words) {
        struct scan scan = new_scan(scanner, matcher);
        matcher->word_count =
            wb_has_avx2() ? wb_find_words_avx2(scan, text) : find_words(scan, text, plain_places);
    }
    if (found.n)
        memcpy(candidates, scanner->bytes + l->always_found, found.n * sizeof *candidates);
    for (uint32_t i = 0, left; i < matcher->word_count; i += TOGETHER) {
        left = matcher->word_count - i;
        add_candidates(&lists, matcher, matcher->words + i, left < TOGETHER ? left : TOGETHER,
                       &found);
    }
    forget(matcher);
    return found.n;
}

void wb_scanner_words(const struct wb_scanner *scanner, wb_note_word note, void *to)
{
    const struct layout *l = scanner->layout;
    const struct lists lists = lists_of(scanner);
    const struct wb_candidate *always = (const void *)(scanner->bytes + l->always_found);
    const uint32_t *at = table(scanner, l->word_text);
    for (uint32_t i = 0; i < l->always; i++)
        note(to, always[i].id, WB_NONE);
    for (uint32_t w = 0; w < l->words; w++) {
        struct wb_slice word = wb_slice_str(scanner->bytes + l->word_bytes + at[w]);
        for (uint32_t i = lists.word_patterns_at[w]; i < lists.word_patterns_at[w + 1]; i++)
            note(to, lists.patterns[lists.word_patterns[i]].id, word);
    }
}
