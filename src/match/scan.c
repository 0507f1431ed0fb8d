/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vectorscan behind our own names, for words only: such a database is small, is built in
 * milliseconds and reads some gigabytes a second. Compiled for any processor of the architecture,
 * so that the bytes can be shipped; every word is reported once (SINGLEMATCH).
 *
 *     word --(belongs to)--> sets --(first set of)--> patterns --(also need)--> further sets
 *
 * A pattern is listed under the set of words that is rarest in the sample; it becomes a candidate
 * when that set and its further sets have been seen.
 */
#include "match.h"
#include "match_int.h"
#include "scan_int.h"

#include <hs/hs.h>
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

/* The words are in the bytes as well, for a Vectorscan that cannot read the database. */
static hs_database_t *recompile(const struct wb_scanner *s)
{
    const struct layout *l = s->layout;
    const char **texts = calloc(l->words + 1u, sizeof *texts);
    size_t *lengths = calloc(l->words + 1u, sizeof *lengths);
    WB_CHECK(texts && lengths);
    const uint32_t *at = table(s, l->word_text);
    for (uint32_t w = 0; w < l->words; w++) {
        texts[w] = s->bytes + l->word_bytes + at[w];
        lengths[w] = at[w + 1] - at[w] - 1;
    }
    hs_database_t *db = wb_compile_words(texts, lengths, l->words);
    free(texts);
    free(lengths);
    return db;
}

struct wb_scanner *wb_scanner_load(struct wb_slice bytes, bool *recompiled_out)
{
    struct wb_scanner *s = calloc(1, sizeof *s);
    WB_CHECK(s && bytes.n >= sizeof(struct layout));
    s->bytes = bytes.p;
    s->layout = (const void *)bytes.p;
    *recompiled_out = false;
    if (s->layout->words && hs_deserialize_database(bytes.p + s->layout->database,
                                                    s->layout->database_bytes, &s->db)) {
        s->db = recompile(s);
        *recompiled_out = true;
    }
    return s;
}

void wb_scanner_free(struct wb_scanner *scanner)
{
    if (!scanner)
        return;
    hs_free_database(scanner->db);
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
    for (size_t i = 0; i < n; i++) {
        if (scanners[i]->layout->sets > sets)
            sets = scanners[i]->layout->sets;
        if (scanners[i]->db && hs_alloc_scratch(scanners[i]->db, &matcher->scratch) != HS_SUCCESS)
            ok = false;
    }
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
    hs_free_scratch(matcher->scratch);
    wb_matcher_close_regex(matcher);
    free(matcher->set_seen);
    free(matcher->seen);
    free(matcher);
}

struct sighting {
    struct wb_matcher *matcher;
    const uint32_t *word_sets_at, *word_sets;
};

static int on_word(unsigned word, unsigned long long from, unsigned long long to, unsigned flags,
                   void *context)
{
    (void)from, (void)to, (void)flags;
    const struct sighting *s = context;
    struct wb_matcher *m = s->matcher;
    for (uint32_t i = s->word_sets_at[word]; i < s->word_sets_at[word + 1]; i++) {
        uint32_t set = s->word_sets[i];
        if (m->set_seen[set])
            continue;
        m->set_seen[set] = true;
        m->seen[m->seen_count++] = set;
    }
    return 0;
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
    struct sighting sighting = {matcher, table(scanner, l->word_sets_at),
                                table(scanner, l->word_sets)};
    matcher->seen_count = 0;
    if (scanner->db && text.n)
        hs_scan(scanner->db, text.p, (unsigned)text.n, 0, matcher->scratch, on_word, &sighting);
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
