/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of some thousand words stand in a text. Every word is known by one of its grams, three
 * bytes that are rare in text of this kind. A bit table says of each place of the text whether any
 * word has the gram that stands there; where it says yes, the few words of that gram are compared.
 *
 *     text        ... t h e   m a i l b o x   i s   f u l l ...
 *     bit table       0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0          "lbo"
 *     words of "lbo"                  mailbox full, mailbox is full, ...
 *
 *     word --(belongs to)--> sets --(first set of)--> patterns --(also need)--> further sets
 *
 * A pattern is listed under the set of words that is rarest in the sample; it becomes a candidate
 * when a word of that set, and one of each further set, has been seen. Common words belong to
 * hundreds of further sets, so those are looked into only for the few patterns that ask.
 */
#include "match.h"
#include "match_int.h"
#include "scan_int.h"

#include <stdlib.h>

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
    uint32_t words = 0, sets = 0;
    if (!matcher)
        return NULL;
    bool ok = wb_matcher_open_regex(matcher);
    for (size_t i = 0; i < n; i++) {
        const struct layout *l = scanners[i]->layout;
        words = l->words > words ? l->words : words;
        sets = l->sets > sets ? l->sets : sets;
    }
    matcher->word_seen = calloc(words + sizeof(uint64_t), sizeof *matcher->word_seen);
    matcher->words = calloc(words + 1u, sizeof *matcher->words);
    matcher->set_seen = calloc(sets + 1u, sizeof *matcher->set_seen);
    matcher->sets = calloc(sets + 1u, sizeof *matcher->sets);
    if (ok && matcher->word_seen && matcher->words && matcher->set_seen && matcher->sets)
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
    free(matcher->set_seen);
    free(matcher->sets);
    free(matcher);
}

/* A scan under way, and the tables it looks into. */
struct scan {
    const char *text, *end;
    const uint64_t *grams;
    const uint32_t *slots;
    const struct keyed_word *words;
    const uint32_t *word_text;
    const char *word_bytes;
    struct wb_matcher *matcher;
};

static struct scan new_scan(const struct wb_scanner *s, struct wb_matcher *matcher,
                            struct wb_slice text)
{
    const struct layout *l = s->layout;
    return (struct scan){
        .text = text.p,
        .end = text.p + text.n,
        .grams = (const void *)(s->bytes + l->grams),
        .slots = table(s, l->slots),
        .words = (const void *)(s->bytes + l->keyed),
        .word_text = table(s, l->word_text),
        .word_bytes = s->bytes + l->word_bytes,
        .matcher = matcher,
    };
}

static void note_word(struct wb_matcher *m, uint32_t word)
{
    if (m->word_seen[word])
        return;
    m->word_seen[word] = true;
    m->words[m->word_count++] = word;
}

/* The bytes behind the head of a long word. */
static bool goes_on(const struct scan *scan, const struct keyed_word *word, const char *p)
{
    const char *text = scan->word_bytes + scan->word_text[word->word];
    return memcmp(p + sizeof word->head, text + sizeof word->head,
                  word->length - sizeof word->head) == 0;
}

static inline bool stands(const struct scan *scan, const struct keyed_word *word, const char *at)
{
    if (at - scan->text < word->offset)
        return false;
    const char *p = at - word->offset;
    uint64_t head = 0;
    if (scan->end - p >= (ptrdiff_t)sizeof head)
        memcpy(&head, p, sizeof head);
    else
        memcpy(&head, p, (size_t)(scan->end - p));
    if ((head & word->mask) != word->head || scan->end - p < word->length)
        return false;
    return word->length <= sizeof head || goes_on(scan, word, p);
}

/* The words whose gram stands at that place. */
static void try_words(const struct scan *scan, uint32_t gram, const char *at)
{
    const struct keyed_word *word = scan->words + scan->slots[slot_of(gram)];
    const struct keyed_word *end = scan->words + scan->slots[slot_of(gram) + 1];
    for (; word < end; word++)
        if (word->gram == gram && stands(scan, word, at))
            note_word(scan->matcher, word->word);
}

static void find_words(const struct scan *scan)
{
    const char *p = scan->text;
    const uint64_t *grams = scan->grams;
    for (; scan->end - p > GRAM_BYTES; p++) {
        uint32_t bytes;
        memcpy(&bytes, p, sizeof bytes);
        uint32_t gram = hash_gram(bytes);
        if (grams[gram / 64] >> gram % 64 & 1)
            try_words(scan, gram, p);
    }
    if (scan->end - p == GRAM_BYTES)
        try_words(scan, gram_at(p), p);
}

/* ---- from words to patterns ---- */

/* What of a scanner leads there. */
struct lists {
    const uint32_t *word_sets_at, *word_sets, *set_groups_at, *set_patterns_at, *set_patterns,
        *further, *id, *whole;
    const struct word_group *set_groups;
};

static struct lists lists_of(const struct wb_scanner *s)
{
    const struct layout *l = s->layout;
    return (struct lists){
        .word_sets_at = table(s, l->word_sets_at),
        .word_sets = table(s, l->word_sets),
        .set_groups_at = table(s, l->set_groups_at),
        .set_groups = (const void *)(s->bytes + l->set_groups),
        .set_patterns_at = table(s, l->set_patterns_at),
        .set_patterns = table(s, l->set_patterns),
        .further = table(s, l->pattern_further),
        .id = table(s, l->pattern_id),
        .whole = table(s, l->pattern_whole),
    };
}

static bool has_seen_word(const struct lists *l, const struct wb_matcher *m, uint32_t set)
{
    const struct word_group *group = l->set_groups + l->set_groups_at[set];
    const struct word_group *end = l->set_groups + l->set_groups_at[set + 1];
    for (; group < end; group++) {
        uint64_t seen;
        memcpy(&seen, m->word_seen + group->first, sizeof seen);
        if (seen & group->mask)
            return true;
    }
    return false;
}

static bool further_seen(const struct lists *l, const struct wb_matcher *m, uint32_t pattern)
{
    const uint32_t *further = &l->further[pattern * FURTHER_SETS];
    for (int i = 0; i < FURTHER_SETS; i++)
        if (further[i] != NO_SET && !has_seen_word(l, m, further[i]))
            return false;
    return true;
}

/* The candidates that are listed under the sets of a word; returns how many there are then. */
static size_t add_candidates(const struct lists *l, struct wb_matcher *m, uint32_t word,
                             struct wb_candidate *candidates, size_t n, size_t max)
{
    for (uint32_t i = l->word_sets_at[word]; i < l->word_sets_at[word + 1]; i++) {
        uint32_t set = l->word_sets[i];
        if (m->set_seen[set])
            continue;
        m->set_seen[set] = true;
        m->sets[m->set_count++] = set;
        for (uint32_t j = l->set_patterns_at[set]; j < l->set_patterns_at[set + 1] && n < max;
             j++) {
            uint32_t p = l->set_patterns[j];
            if (further_seen(l, m, p))
                candidates[n++] = (struct wb_candidate){l->id[p], l->whole[p]};
        }
    }
    return n;
}

size_t wb_scan(const struct wb_scanner *scanner, struct wb_matcher *matcher, struct wb_slice text,
               struct wb_candidate *candidates, size_t max)
{
    const struct layout *l = scanner->layout;
    const struct lists lists = lists_of(scanner);
    const uint32_t *always = table(scanner, l->always_patterns);
    size_t n = 0;
    matcher->word_count = matcher->set_count = 0;
    if (l->words) {
        struct scan scan = new_scan(scanner, matcher, text);
        find_words(&scan);
    }
    for (uint32_t i = 0; i < l->always && n < max; i++)
        candidates[n++] = (struct wb_candidate){lists.id[always[i]], false};
    for (uint32_t i = 0; i < matcher->word_count; i++)
        n = add_candidates(&lists, matcher, matcher->words[i], candidates, n, max);
    for (uint32_t i = 0; i < matcher->word_count; i++)
        matcher->word_seen[matcher->words[i]] = false;
    for (uint32_t i = 0; i < matcher->set_count; i++)
        matcher->set_seen[matcher->sets[i]] = false;
    return n;
}
