/* SPDX-License-Identifier: BSD-2-Clause */
/* Making scanners: from expressions to words, sets and tables (see scan.c for how they are used).
 */
#include "match.h"

#include <stdlib.h>

#include "buf.h"
#include "check.h"
#include "literals.h"
#include "map.h"
#include "scan_int.h"

struct maker {
    struct wb_map words; /* those in sets, with their numbers */
    uint32_t *order;     /* of each word, once all are known: its first number */
    struct set {
        uint32_t *words;
        size_t n;
    } * sets;
    size_t set_count;
    uint32_t *first;   /* of each pattern: the set it is listed under */
    uint32_t *further; /* of each pattern: FURTHER_SETS more */
    uint32_t *whole;
    struct wb_slice sample;
    size_t sample_lines;
    uint32_t *gram_count; /* of each gram of a scanner: how often it stands in the sample */
    bool *gram_used;      /* some word is sought by it */
    uint32_t *three_end;  /* of three bytes: where their places end, and those of the next begin */
    uint32_t *places;     /* where three bytes stand in the sample, in the order of their hashes */
    struct wb_map stands; /* of words that were sought in the sample: where their lists begin */
    struct wb_buf lists;  /* where the lines begin in which a word stands, and NO_LINE */
    uint32_t *seen;       /* of the place where a line of the sample begins: the last question */
    uint32_t questions;
};

static const uint32_t NO_LINE = (uint32_t)-1;

enum { NEW_GRAM = 6 };

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
    bool is_new;
    return (uint32_t)wb_map_put(&m->words, text, (int64_t)wb_map_count(&m->words), &is_new)->value;
}

static struct wb_slice word_text(const struct maker *m, size_t number)
{
    return wb_map_rows(&m->words)[m->order[number]].key;
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

/* Where in the sample three bytes stand, and how often four. */
static void index_grams(struct maker *m)
{
    struct wb_slice sample = m->sample;
    size_t n = sample.n < WB_SOUGHT_BYTES ? 0 : sample.n - WB_SOUGHT_BYTES + 1;
    m->gram_count = calloc(GRAMS, sizeof *m->gram_count);
    m->three_end = calloc(GRAMS + 1, sizeof *m->three_end);
    m->places = calloc(n + 1, sizeof *m->places);
    m->gram_used = calloc(GRAMS, sizeof *m->gram_used);
    WB_CHECK(m->gram_used && m->gram_count && m->three_end && m->places);
    for (size_t i = 0; i < n; i++)
        m->three_end[three_at(sample.p + i) + 1]++;
    for (size_t g = 0; g < GRAMS; g++)
        m->three_end[g + 1] += m->three_end[g];
    /* now each number is where the next place of its bytes goes; in the end, where they end */
    for (size_t i = 0; i < n; i++)
        m->places[m->three_end[three_at(sample.p + i)]++] = (uint32_t)i;
    for (size_t i = 0; i + GRAM_BYTES <= sample.n; i++)
        m->gram_count[four_at(sample.p + i)]++;
}

static uint32_t three_begin(const struct maker *m, uint32_t three)
{
    return three ? m->three_end[three - 1] : 0;
}

static size_t count_three(const struct maker *m, const char *p)
{
    uint32_t three = three_at(p);
    return m->three_end[three] - three_begin(m, three);
}

static size_t rarest_three(const struct maker *m, struct wb_slice word)
{
    size_t best = 0;
    for (size_t i = 1; i + WB_SOUGHT_BYTES <= word.n; i++)
        if (count_three(m, word.p + i) < count_three(m, word.p + best))
            best = i;
    return best;
}

/*
 * Where in the word the gram stands by which it is sought: one that is rare in the sample, and if
 * possible one by which another word is sought already, for each costs as much as if it stood some
 * more times there: other bytes have the same hash.
 */
static size_t best_gram(struct maker *m, struct wb_slice word)
{
    size_t best = 0, least = SIZE_MAX;
    for (size_t i = 0; i + GRAM_BYTES <= word.n; i++) {
        uint32_t gram = four_at(word.p + i);
        size_t cost = m->gram_count[gram] + (m->gram_used[gram] ? 0 : NEW_GRAM);
        if (cost < least) {
            best = i;
            least = cost;
        }
    }
    return best;
}

/* Notes where the line with this place begins; returns where it ends. */
static size_t note_line(struct maker *m, size_t at)
{
    size_t begin = at;
    while (begin && m->sample.p[begin - 1] != '\n')
        begin--;
    put_number(&m->lists, begin);
    return at + wb_slice_chr(wb_slice_from(m->sample, at), '\n') + 1;
}

/* Notes where the lines of the sample begin in which the word stands. */
static void list_lines(struct maker *m, struct wb_slice word)
{
    size_t at = 0, end = 0;
    if (word.n < WB_SOUGHT_BYTES) {
        while ((at = end + wb_slice_find(wb_slice_from(m->sample, end), word)) < m->sample.n)
            end = note_line(m, at);
    } else {
        size_t offset = rarest_three(m, word);
        uint32_t three = three_at(word.p + offset);
        for (size_t i = three_begin(m, three); i < m->three_end[three]; i++) {
            at = m->places[i] - offset;
            if (m->places[i] >= end + offset && at + word.n <= m->sample.n &&
                memcmp(m->sample.p + at, word.p, word.n) == 0)
                end = note_line(m, at);
        }
    }
    put_number(&m->lists, NO_LINE);
}

/*
 * In how many lines of the sample the word stands that have not been seen for this question. Many
 * expressions share their words, so each is sought once.
 */
static size_t count_lines(struct maker *m, struct wb_slice word)
{
    bool is_new;
    size_t n = 0;
    size_t at = (size_t)wb_map_put(&m->stands, word, (int64_t)m->lists.n, &is_new)->value;
    if (is_new)
        list_lines(m, word);
    const uint32_t *line = (const uint32_t *)(const void *)(m->lists.p + at);
    for (; *line != NO_LINE; line++) {
        n += m->seen[*line] != m->questions;
        m->seen[*line] = m->questions;
    }
    return n;
}

/* In how many lines of the sample one of the words stands; short words count as common. */
static size_t commonness(void *maker, struct wb_words words)
{
    struct maker *m = maker;
    size_t sum = 0;
    m->questions++;
    for (size_t i = 0; i < words.n; i++)
        sum += SEEN * count_lines(m, words.word[i]);
    for (size_t i = 0; i < words.n; i++)
        sum += words.word[i].n < 4 ? SEEN * (4 - words.word[i].n) * 4 : 1;
    return sum;
}

/* Too short to have a gram. */
static bool has_short_word(struct wb_words words)
{
    for (size_t i = 0; i < words.n; i++)
        if (words.word[i].n < WB_SOUGHT_BYTES)
            return true;
    return false;
}

/*
 * Sorts a pattern's sets, rarest first, and notes the first few; those that stand in most lines
 * anyway are not worth looking for. False when there is no set at all.
 */
static bool choose_sets(struct maker *m, size_t pattern, struct wb_required *required)
{
    size_t cost[WB_MAX_SETS];
    for (size_t i = 0; i < required->n; i++) {
        if (has_short_word(required->set[i]))
            required->set[i].n = 0;
        cost[i] = commonness(m, required->set[i]);
    }
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

/* ---- tables ---- */

static void align(struct wb_buf *out)
{
    while (out->n % 16)
        wb_buf_byte(out, '\0');
}

/* The patterns that are listed under each word, as places and then numbers. */
static void put_word_patterns(const struct maker *m, size_t patterns, struct wb_buf *out,
                              struct layout *l)
{
    size_t words = wb_map_count(&m->words);
    uint32_t *end = calloc(words + 1, sizeof *end); /* of each word's list; then where it begins */
    WB_CHECK(end);
    for (size_t p = 0; p < patterns; p++)
        for (size_t i = 0; m->first[p] != NO_SET && i < m->sets[m->first[p]].n; i++)
            end[m->sets[m->first[p]].words[i]]++;
    for (size_t w = 1; w <= words; w++)
        end[w] += end[w - 1];
    uint32_t *list = calloc(end[words] + 1, sizeof *list);
    WB_CHECK(list);
    for (size_t p = patterns; p-- > 0;)
        for (size_t i = m->first[p] == NO_SET ? 0 : m->sets[m->first[p]].n; i-- > 0;)
            list[--end[m->sets[m->first[p]].words[i]]] = (uint32_t)p;
    l->word_patterns_at = put_numbers(out, end, words + 1);
    l->word_patterns = put_numbers(out, list, end[words]);
    free(list);
    free(end);
}

/* A set, and how many patterns ask for it beside that which they are listed under. */
struct asked_set {
    uint32_t set, patterns;
};

static int by_patterns(const void *a, const void *b)
{
    const struct asked_set *x = a, *y = b;
    if (x->patterns != y->patterns)
        return x->patterns > y->patterns ? -1 : 1;
    return (x->set > y->set) - (x->set < y->set);
}

static struct asked_set *asked_sets(const struct maker *m, size_t patterns)
{
    struct asked_set *asked = calloc(m->set_count + 1, sizeof *asked);
    WB_CHECK(asked);
    for (size_t s = 0; s < m->set_count; s++)
        asked[s].set = (uint32_t)s;
    for (size_t i = 0; i < patterns * FURTHER_SETS; i++)
        if (m->further[i] != NO_SET)
            asked[m->further[i]].patterns++;
    qsort(asked, m->set_count, sizeof *asked, by_patterns);
    return asked;
}

/*
 * New numbers for the words: those of a set that many patterns ask for have numbers close together,
 * so that it is few groups.
 */
static void number_words(struct maker *m, size_t patterns)
{
    size_t words = wb_map_count(&m->words);
    struct asked_set *asked = asked_sets(m, patterns);
    uint32_t *number = malloc((words + 1) * sizeof *number), next = 0; /* by the first number */
    m->order = calloc(words + 1, sizeof *m->order);
    WB_CHECK(number && m->order);
    for (size_t w = 0; w < words; w++)
        number[w] = NO_SET;
    for (size_t s = 0; s < m->set_count; s++) {
        struct set *set = &m->sets[asked[s].set];
        for (size_t i = 0; i < set->n; i++) {
            uint32_t *new = &number[set->words[i]];
            if (*new == NO_SET)
                m->order[ *new = next++] = set->words[i];
            set->words[i] = *new;
        }
        qsort(set->words, set->n, sizeof *set->words, by_number);
    }
    free(number);
    free(asked);
}

/* The words of a set, which are sorted, in groups of close numbers; returns the first. */
static uint32_t put_groups(const struct set *set, struct wb_buf *groups)
{
    uint32_t at = (uint32_t)(groups->n / sizeof(struct word_group));
    for (size_t i = 0; i < set->n;) {
        struct word_group group = {.first = set->words[i] / 8};
        for (; i < set->n && set->words[i] / 8 - group.first < sizeof group.mask; i++) {
            unsigned char *byte = (unsigned char *)&group.mask + set->words[i] / 8 - group.first;
            *byte = (unsigned char)(*byte | 1u << set->words[i] % 8);
        }
        group.more = i < set->n;
        wb_buf_put(groups, wb_slice((const char *)&group, sizeof group));
    }
    return at;
}

/* Of each set where its groups begin; to be freed. */
static uint32_t *put_set_groups(const struct maker *m, struct wb_buf *out, struct layout *l)
{
    struct wb_buf groups = {0};
    uint32_t *at = calloc(m->set_count + 1, sizeof *at);
    WB_CHECK(at);
    for (size_t s = 0; s < m->set_count; s++)
        at[s] = put_groups(&m->sets[s], &groups);
    align(out);
    l->groups = (uint32_t)out->n;
    wb_buf_put(out, wb_buf_slice(&groups));
    wb_buf_free(&groups);
    return at;
}

static void put_words(const struct maker *m, struct wb_buf *out, struct layout *l)
{
    size_t at = 0, words = wb_map_count(&m->words);
    l->word_text = (uint32_t)out->n;
    for (size_t w = 0; w < words; w++) {
        put_number(out, at);
        at += word_text(m, w).n + 1;
    }
    put_number(out, at);
    l->word_bytes = (uint32_t)out->n;
    for (size_t w = 0; w < words; w++) {
        wb_buf_put(out, word_text(m, w));
        wb_buf_byte(out, '\0');
    }
}

static struct keyed_word keyed_word(struct maker *m, uint32_t number)
{
    struct wb_slice text = word_text(m, number);
    struct keyed_word word = {.word = number, .length = (uint8_t)text.n};
    word.offset = (uint8_t)best_gram(m, text);
    size_t n = text.n < sizeof word.head ? text.n : sizeof word.head;
    word.lacks = (uint8_t)(sizeof word.head - n);
    word.tail_at = (uint8_t)(text.n - n);
    memcpy(&word.head, text.p, n);
    memcpy(&word.tail, text.p + word.tail_at, n);
    return word;
}

struct gram_word {
    uint32_t gram;
    struct keyed_word keyed;
};

static int by_gram(const void *a, const void *b)
{
    const struct gram_word *x = a, *y = b;
    if (x->gram != y->gram)
        return x->gram < y->gram ? -1 : 1;
    return (x->keyed.word > y->keyed.word) - (x->keyed.word < y->keyed.word);
}

/* Which grams there are, how many before each 64 of them, and where the words of each begin. */
static void put_grams(const struct gram_word *words, size_t n, struct wb_buf *out, struct layout *l)
{
    uint64_t seen[GRAMS / 64] = {0};
    size_t rank = 0;
    for (size_t i = 0; i < n; i++)
        seen[words[i].gram / 64] |= (uint64_t)1 << words[i].gram % 64;
    l->grams = (uint32_t)out->n;
    wb_buf_put(out, wb_slice((const char *)seen, sizeof seen));
    l->ranks = (uint32_t)out->n;
    for (size_t i = 0; i < GRAMS / 64; i++) {
        put_number(out, rank);
        rank += (size_t)__builtin_popcountll(seen[i]);
    }
    l->firsts = (uint32_t)out->n;
    for (size_t i = 0; i < n; i++)
        if (!i || words[i].gram != words[i - 1].gram)
            put_number(out, i);
    put_number(out, n);
}

/* By which gram each word is found, and the words in the order of their grams. */
static void put_keyed_words(struct maker *m, struct wb_buf *out, struct layout *l)
{
    size_t n = wb_map_count(&m->words);
    struct gram_word *words = calloc(n + 1, sizeof *words);
    WB_CHECK(words);
    for (size_t i = 0; i < n; i++) {
        struct wb_slice text = word_text(m, i);
        struct keyed_word *keyed = &words[i].keyed;
        *keyed = keyed_word(m, (uint32_t)i);
        words[i].gram = text.n < GRAM_BYTES ? three_at(text.p) : four_at(text.p + keyed->offset);
        m->gram_used[words[i].gram] = true;
    }
    qsort(words, n, sizeof *words, by_gram);
    align(out);
    put_grams(words, n, out, l);
    align(out);
    l->keyed = (uint32_t)out->n;
    for (size_t i = 0; i < n; i++)
        wb_buf_put(out, wb_slice((const char *)&words[i].keyed, sizeof words[i].keyed));
    align(out);
    l->end = (uint32_t)out->n;
    free(words);
}

static void put_patterns(const struct maker *m, const struct wb_pattern *patterns, size_t n,
                         struct wb_buf *out, struct layout *l)
{
    uint32_t *groups = put_set_groups(m, out, l);
    l->pattern = (uint32_t)out->n;
    for (size_t i = 0; i < n; i++) {
        struct sought_pattern row = {.id = patterns[i].id, .whole = m->whole[i]};
        for (size_t j = 0; j < FURTHER_SETS; j++) {
            uint32_t set = m->further[i * FURTHER_SETS + j];
            row.further[j] = set == NO_SET ? NO_SET : groups[set];
        }
        wb_buf_put(out, wb_slice((const char *)&row, sizeof row));
    }
    free(groups);
    l->always_found = (uint32_t)out->n;
    for (size_t i = 0; i < n; i++)
        if (m->first[i] == NO_SET) {
            struct wb_candidate found;
            memset(&found, 0, sizeof found);
            found.id = patterns[i].id;
            wb_buf_put(out, wb_slice((const char *)&found, sizeof found));
            l->always++;
        }
}

static void free_maker(struct maker *m)
{
    for (size_t i = 0; i < m->set_count; i++)
        free(m->sets[i].words);
    wb_map_free(&m->words);
    wb_map_free(&m->stands);
    wb_buf_free(&m->lists);
    free(m->sets);
    free(m->first);
    free(m->further);
    free(m->whole);
    free(m->seen);
    free(m->order);
    free(m->gram_count);
    free(m->gram_used);
    free(m->three_end);
    free(m->places);
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
    struct wb_word_costs costs = {commonness, &m};
    struct wb_slice rest = sample, line;
    while (wb_slice_line(&rest, &line))
        m.sample_lines++;
    struct wb_buf out = {0};
    m.first = calloc(n + 1, sizeof *m.first);
    m.further = calloc((n + 1) * FURTHER_SETS, sizeof *m.further);
    m.whole = calloc(n + 1, sizeof *m.whole);
    m.seen = calloc(sample.n + 1, sizeof *m.seen);
    WB_CHECK(m.first && m.further && m.whole && m.seen);
    index_grams(&m);
    *free_out = 0;
    for (size_t i = 0; i < n; i++) {
        struct wb_required required;
        wb_required_words(patterns[i].text, &costs, &required);
        if (patterns[i].unfolded)
            fold_words(&required);
        m.whole[i] = required.whole;
        *free_out += !choose_sets(&m, i, &required);
        wb_required_free(&required);
    }
    struct layout l = {.words = (uint32_t)wb_map_count(&m.words), .patterns = (uint32_t)n};
    wb_buf_put(&out, wb_slice((const char *)&l, sizeof l));
    number_words(&m, n);
    put_word_patterns(&m, n, &out, &l);
    put_patterns(&m, patterns, n, &out, &l);
    put_words(&m, &out, &l);
    put_keyed_words(&m, &out, &l);
    memcpy(out.p, &l, sizeof l);
    free_maker(&m);
    struct wb_scanner *scanner = wb_scanner_load(wb_buf_slice(&out));
    scanner->own = out.p;
    return scanner;
}
