/* SPDX-License-Identifier: BSD-2-Clause */
/* Making scanners: from expressions to words, sets and tables (see scan.c for how they are used). */
#include "match.h"

#include <hs/hs.h>
#include <stdlib.h>

#include "buf.h"
#include "check.h"
#include "literals.h"
#include "scan_int.h"

struct maker {
    struct wb_slice *words;
    size_t word_count;
    struct set {
        uint32_t *words;
        size_t n;
    } *sets;
    size_t set_count;
    uint32_t *first;   /* of each pattern: the set it is listed under */
    uint32_t *further; /* of each pattern: FURTHER_SETS more */
    uint32_t *whole;
    struct wb_slice sample;
    size_t sample_lines;
};

enum { SEEN = 100 }; /* what a line of the sample counts, against 1 for a word in a set */

static void *grown(void *p, size_t n, size_t size)
{
    if (n & (n - 1)) /* grow at powers of two */
        return p;
    p = realloc(p, (n ? n * 2 : 1) * size);
    WB_CHECK(p);
    return p;
}

static uint32_t word_number(struct maker *m, struct wb_slice text)
{
    for (size_t i = 0; i < m->word_count; i++)
        if (wb_slice_eq(m->words[i], text))
            return (uint32_t)i;
    char *copy = malloc(text.n + 1);
    WB_CHECK(copy);
    memcpy(copy, text.p, text.n);
    m->words = grown(m->words, m->word_count, sizeof *m->words);
    m->words[m->word_count] = wb_slice(copy, text.n);
    return (uint32_t)m->word_count++;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t set_number(struct maker *m, struct wb_words words)
{
    struct set set = {calloc(words.n, sizeof(uint32_t)), words.n};
    WB_CHECK(set.words);
    for (size_t i = 0; i < words.n; i++)
        set.words[i] = word_number(m, words.word[i]);
    qsort(set.words, set.n, sizeof *set.words, by_number);
    for (size_t i = 0; i < m->set_count; i++)
        if (m->sets[i].n == set.n &&
            memcmp(m->sets[i].words, set.words, set.n * sizeof *set.words) == 0) {
            free(set.words);
            return (uint32_t)i;
        }
    m->sets = grown(m->sets, m->set_count, sizeof *m->sets);
    m->sets[m->set_count] = set;
    return (uint32_t)m->set_count++;
}

/* In how many lines of the sample one of the words stands; short words count as common. */
static size_t commonness(const struct maker *m, struct wb_words words)
{
    size_t sum = 0;
    struct wb_slice rest = m->sample, line;
    while (wb_slice_line(&rest, &line)) {
        bool seen = false;
        for (size_t i = 0; i < words.n && !seen; i++)
            seen = wb_slice_find(line, words.word[i]) < line.n;
        sum += seen ? SEEN : 0;
    }
    for (size_t i = 0; i < words.n; i++)
        sum += words.word[i].n < 4 ? SEEN * (4 - words.word[i].n) * 4 : 1;
    return sum;
}

/*
 * Sorts a pattern's sets, rarest first, and notes the first few; those that stand in most lines
 * anyway are not worth looking for. False when there is no set at all.
 */
static bool choose_sets(struct maker *m, size_t pattern, struct wb_required *required)
{
    size_t cost[WB_MAX_SETS];
    for (size_t i = 0; i < required->n; i++)
        cost[i] = commonness(m, required->set[i]);
    uint32_t *slots[1 + FURTHER_SETS] = {&m->first[pattern]};
    for (size_t i = 0; i < FURTHER_SETS; i++)
        slots[1 + i] = &m->further[pattern * FURTHER_SETS + i];
    for (size_t slot = 0; slot < 1 + FURTHER_SETS; slot++) {
        size_t best = required->n;
        for (size_t i = 0; i < required->n; i++)
            if (required->set[i].n && (best == required->n || cost[i] < cost[best]))
                best = i;
        *slots[slot] = NO_SET;
        if (best == required->n || (slot > 0 && cost[best] > m->sample_lines * SEEN / 3))
            continue;
        *slots[slot] = set_number(m, required->set[best]);
        required->set[best].n = 0;
    }
    return m->first[pattern] != NO_SET;
}

struct hs_database *wb_compile_words(const char *const *texts, const size_t *lengths, size_t n)
{
    hs_database_t *db = NULL;
    hs_platform_info_t any = {0};
    hs_compile_error_t *error = NULL;
    unsigned *flags = calloc(n, sizeof *flags), *ids = calloc(n, sizeof *ids);
    WB_CHECK(flags && ids);
    for (size_t i = 0; i < n; i++) {
        flags[i] = HS_FLAG_SINGLEMATCH;
        ids[i] = (unsigned)i;
    }
    hs_compile_lit_multi(texts, flags, ids, lengths, (unsigned)n, HS_MODE_BLOCK, &any, &db, &error);
    WB_CHECK(db != NULL);
    free(flags);
    free(ids);
    return db;
}

/* Appends n numbers and returns where they stand. */
static uint32_t put_numbers(struct wb_buf *out, const uint32_t *numbers, size_t n)
{
    uint32_t at = (uint32_t)out->n;
    wb_buf_put(out, wb_slice((const char *)numbers, n * sizeof *numbers));
    return at;
}

static void put_number(struct wb_buf *out, size_t n)
{
    uint32_t number = (uint32_t)n;
    put_numbers(out, &number, 1);
}

/* Which sets each word belongs to, as places and then numbers. */
static void put_word_sets(const struct maker *m, struct wb_buf *out, struct layout *l)
{
    struct wb_buf list = {0};
    l->word_sets_at = (uint32_t)out->n;
    for (size_t w = 0; w < m->word_count; w++) {
        put_number(out, list.n / sizeof(uint32_t));
        for (size_t s = 0; s < m->set_count; s++)
            for (size_t i = 0; i < m->sets[s].n; i++)
                if (m->sets[s].words[i] == w)
                    put_number(&list, s);
    }
    put_number(out, list.n / sizeof(uint32_t));
    l->word_sets = (uint32_t)out->n;
    wb_buf_put(out, wb_buf_slice(&list));
    wb_buf_free(&list);
}

static void put_set_patterns(const struct maker *m, size_t patterns, struct wb_buf *out,
                             struct layout *l)
{
    struct wb_buf list = {0};
    l->set_patterns_at = (uint32_t)out->n;
    for (size_t s = 0; s < m->set_count; s++) {
        put_number(out, list.n / sizeof(uint32_t));
        for (size_t p = 0; p < patterns; p++)
            if (m->first[p] == s)
                put_number(&list, p);
    }
    put_number(out, list.n / sizeof(uint32_t));
    l->set_patterns = (uint32_t)out->n;
    wb_buf_put(out, wb_buf_slice(&list));
    wb_buf_free(&list);
}

static void put_words(const struct maker *m, struct wb_buf *out, struct layout *l)
{
    size_t at = 0;
    l->word_text = (uint32_t)out->n;
    for (size_t w = 0; w < m->word_count; w++) {
        put_number(out, at);
        at += m->words[w].n + 1;
    }
    put_number(out, at);
    l->word_bytes = (uint32_t)out->n;
    for (size_t w = 0; w < m->word_count; w++) {
        wb_buf_put(out, m->words[w]);
        wb_buf_byte(out, '\0');
    }
}

static void align(struct wb_buf *out)
{
    while (out->n % 16)
        wb_buf_byte(out, '\0');
}

static void put_database(const struct maker *m, struct wb_buf *out, struct layout *l)
{
    const char **texts = calloc(m->word_count + 1, sizeof *texts);
    size_t *lengths = calloc(m->word_count + 1, sizeof *lengths), n = 0;
    char *bytes = NULL;
    WB_CHECK(texts && lengths);
    for (size_t w = 0; w < m->word_count; w++) {
        texts[w] = m->words[w].p;
        lengths[w] = m->words[w].n;
    }
    align(out);
    l->database = (uint32_t)out->n;
    if (m->word_count) {
        hs_database_t *db = wb_compile_words(texts, lengths, m->word_count);
        WB_CHECK(hs_serialize_database(db, &bytes, &n) == HS_SUCCESS);
        hs_free_database(db);
    }
    wb_buf_put(out, wb_slice(bytes, n));
    l->database_bytes = (uint32_t)n;
    align(out);
    l->end = (uint32_t)out->n;
    free(bytes);
    free(texts);
    free(lengths);
}

static void put_patterns(const struct maker *m, const struct wb_pattern *patterns, size_t n,
                         struct wb_buf *out, struct layout *l)
{
    l->pattern_id = (uint32_t)out->n;
    for (size_t i = 0; i < n; i++)
        put_number(out, patterns[i].id);
    l->pattern_whole = put_numbers(out, m->whole, n);
    l->pattern_further = put_numbers(out, m->further, n * FURTHER_SETS);
    l->always_patterns = (uint32_t)out->n;
    for (size_t i = 0; i < n; i++)
        if (m->first[i] == NO_SET) {
            put_number(out, i);
            l->always++;
        }
}

static void free_maker(struct maker *m)
{
    for (size_t i = 0; i < m->word_count; i++)
        free((char *)m->words[i].p);
    for (size_t i = 0; i < m->set_count; i++)
        free(m->sets[i].words);
    free(m->words);
    free(m->sets);
    free(m->first);
    free(m->further);
    free(m->whole);
}

/*
 * The words of an expression for unfolded text, as folding leaves them. A set with a word that
 * folding may make unrecognisable (a part of an address, mere marks or blanks) is given up.
 */
static void fold_words(struct wb_required *required)
{
    for (size_t i = 0; i < required->n; i++) {
        struct wb_words *set = &required->set[i];
        for (size_t j = 0; j < set->n; j++) {
            struct wb_slice *word = &set->word[j];
            char folded[WB_MAX_WORD_BYTES + 1];
            size_t n = wb_fold_plain(*word, folded, sizeof folded);
            bool letters = wb_slice_eq(*word, WB_S("@"));
            for (size_t k = 0; k < n; k++)
                letters |= wb_is_alnum(folded[k]) || (folded[k] & 0x80);
            bool address = wb_slice_chr(*word, '@') < word->n && word->n > 1;
            if (n == 0 || n > word->n || address || !letters) {
                set->n = 0;
                break;
            }
            memcpy((char *)word->p, folded, n);
            word->n = n;
        }
    }
    required->whole = false;
}

struct wb_scanner *wb_scanner_new(const struct wb_pattern *patterns, size_t n,
                                  struct wb_slice sample, size_t *free_out)
{
    struct maker m = {.sample = sample};
    struct wb_slice rest = sample, line;
    while (wb_slice_line(&rest, &line))
        m.sample_lines++;
    struct wb_buf out = {0};
    m.first = calloc(n + 1, sizeof *m.first);
    m.further = calloc((n + 1) * FURTHER_SETS, sizeof *m.further);
    m.whole = calloc(n + 1, sizeof *m.whole);
    WB_CHECK(m.first && m.further && m.whole);
    *free_out = 0;
    for (size_t i = 0; i < n; i++) {
        struct wb_required required;
        wb_required_words(patterns[i].text, &required);
        if (patterns[i].unfolded)
            fold_words(&required);
        m.whole[i] = required.whole;
        *free_out += !choose_sets(&m, i, &required);
        wb_required_free(&required);
    }
    struct layout l = {.words = (uint32_t)m.word_count,
                       .sets = (uint32_t)m.set_count,
                       .patterns = (uint32_t)n};
    wb_buf_put(&out, wb_slice((const char *)&l, sizeof l));
    put_word_sets(&m, &out, &l);
    put_set_patterns(&m, n, &out, &l);
    put_patterns(&m, patterns, n, &out, &l);
    put_words(&m, &out, &l);
    put_database(&m, &out, &l);
    memcpy(out.p, &l, sizeof l);
    free_maker(&m);
    bool recompiled;
    struct wb_scanner *scanner = wb_scanner_load(wb_buf_slice(&out), &recompiled);
    scanner->own = out.p;
    return scanner;
}
