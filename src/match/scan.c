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

/* A scan under way. */
struct scan {
    const struct wb_scanner *scanner;
    struct wb_matcher *matcher;
    struct wb_slice text;
};

static void note_word(struct scan *scan, uint32_t word)
{
    const struct layout *l = scan->scanner->layout;
    struct wb_matcher *m = scan->matcher;
    const uint32_t *at = table(scan->scanner, l->word_sets_at) + word;
    const uint32_t *sets = table(scan->scanner, l->word_sets);
    for (uint32_t i = at[0]; i < at[1]; i++) {
        if (m->set_seen[sets[i]])
            continue;
        m->set_seen[sets[i]] = true;
        m->seen[m->seen_count++] = sets[i];
    }
}

static bool stands(const struct scan *scan, const struct keyed_word *word, size_t at)
{
    if (word->offset > at || at - word->offset + word->length > scan->text.n)
        return false;
    const char *p = scan->text.p + at - word->offset;
    uint64_t head = 0;
    if (at - word->offset + sizeof head <= scan->text.n)
        memcpy(&head, p, sizeof head);
    else
        memcpy(&head, p, word->length < sizeof head ? word->length : sizeof head);
    if ((head & word->mask) != word->head)
        return false;
    if (word->length <= sizeof head)
        return true;
    const char *bytes = scan->scanner->bytes + scan->scanner->layout->word_bytes;
    const char *rest = bytes + table(scan->scanner, scan->scanner->layout->word_text)[word->word];
    return memcmp(p + sizeof head, rest + sizeof head, word->length - sizeof head) == 0;
}

/* The words whose gram stands at that place. */
static void try_words(struct scan *scan, uint32_t gram, size_t at)
{
    const uint32_t *slots = table(scan->scanner, scan->scanner->layout->slots) + slot_of(gram);
    const struct keyed_word *words =
        (const void *)(scan->scanner->bytes + scan->scanner->layout->keyed);
    for (uint32_t i = slots[0]; i < slots[1]; i++)
        if (words[i].gram == gram && stands(scan, &words[i], at))
            note_word(scan, words[i].word);
}

static void find_words(struct scan *scan)
{
    const uint64_t *grams = (const void *)table(scan->scanner, scan->scanner->layout->grams);
    const char *p = scan->text.p;
    size_t n = scan->text.n, i = 0;
    for (; i + sizeof(uint32_t) <= n; i++) {
        uint32_t bytes;
        memcpy(&bytes, p + i, sizeof bytes);
        uint32_t gram = hash_gram(bytes);
        if (grams[gram / 64] >> gram % 64 & 1)
            try_words(scan, gram, i);
    }
    if (i + GRAM_BYTES <= n)
        try_words(scan, gram_at(p + i), i);
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
    struct scan scan = {scanner, matcher, text};
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
