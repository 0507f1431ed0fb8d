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
 * when that set and its further sets have been seen.
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
    uint32_t sets = 0;
    if (!matcher)
        return NULL;
    bool ok = wb_matcher_open_regex(matcher);
    for (size_t i = 0; i < n; i++)
        if (scanners[i]->layout->sets > sets)
            sets = scanners[i]->layout->sets;
    matcher->set_seen = calloc(sets + 1u, sizeof *matcher->set_seen);
    matcher->seen = calloc(sets + 1u, sizeof *matcher->seen);
    if (ok && matcher->set_seen && matcher->seen)
        return matcher;
    wb_matcher_free(matcher);
    return NULL;
}

void wb_matcher_free(struct wb_matcher *matcher)
{
    if (!matcher)
        return;
    wb_matcher_close_regex(matcher);
    free(matcher->set_seen);
    free(matcher->seen);
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
    const uint32_t *word_sets_at, *word_sets;
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
        .word_sets_at = table(s, l->word_sets_at),
        .word_sets = table(s, l->word_sets),
        .matcher = matcher,
    };
}

static void note_word(const struct scan *scan, uint32_t word)
{
    struct wb_matcher *m = scan->matcher;
    for (uint32_t i = scan->word_sets_at[word]; i < scan->word_sets_at[word + 1]; i++) {
        uint32_t set = scan->word_sets[i];
        if (m->set_seen[set])
            continue;
        m->set_seen[set] = true;
        m->seen[m->seen_count++] = set;
    }
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
            note_word(scan, word->word);
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

static bool further_seen(const struct wb_matcher *m, const uint32_t *further)
{
    for (int i = 0; i < FURTHER_SETS; i++)
        if (further[i] != NO_SET && !m->set_seen[further[i]])
            return false;
    return true;
}

size_t wb_scan(const struct wb_scanner *scanner, struct wb_matcher *matcher, struct wb_slice text,
               struct wb_candidate *candidates, size_t max)
{
    const struct layout *l = scanner->layout;
    struct scan scan = new_scan(scanner, matcher, text);
    matcher->seen_count = 0;
    if (l->words)
        find_words(&scan);
    const uint32_t *at = table(scanner, l->set_patterns_at);
    const uint32_t *patterns = table(scanner, l->set_patterns);
    const uint32_t *further = table(scanner, l->pattern_further);
    const uint32_t *id = table(scanner, l->pattern_id), *whole = table(scanner, l->pattern_whole);
    const uint32_t *always = table(scanner, l->always_patterns);
    size_t n = 0;
    for (uint32_t i = 0; i < l->always && n < max; i++)
        candidates[n++] = (struct wb_candidate){id[always[i]], false};
    for (uint32_t i = 0; i < matcher->seen_count; i++) {
        uint32_t set = matcher->seen[i];
        for (uint32_t j = at[set]; j < at[set + 1] && n < max; j++) {
            uint32_t p = patterns[j];
            if (further_seen(matcher, &further[p * FURTHER_SETS]))
                candidates[n++] = (struct wb_candidate){id[p], whole[p]};
        }
    }
    for (uint32_t i = 0; i < matcher->seen_count; i++)
        matcher->set_seen[matcher->seen[i]] = false;
    return n;
}
