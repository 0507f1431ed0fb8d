/* SPDX-License-Identifier: BSD-2-Clause */
/* Of the built-in catalogue: whose its domains are, and the buckets of its words. */
#include "catalog.h"

#include <ctype.h>

#include "unit.h"
#include "whybounce.h"

static struct wb_catalogue *cat;

static uint16_t owner(const char *front, struct wb_slice name, int (*letter)(int), unsigned use)
{
    char domain[400];
    int n = snprintf(domain, sizeof domain, "%s%.*s", front, WB_F(name));
    for (int i = 0; i < n; i++)
        domain[i] = (char)letter((unsigned char)domain[i]);
    struct wb_slice exact = unit_exact(wb_slice(domain, (size_t)n));
    uint16_t provider = wb_cat_provider_of(cat, exact, (enum wb_domain_use)use);
    free((char *)exact.p);
    return provider;
}

/* Each is found as it is, with labels in front, and in capitals; not as the end of a word. */
static void known(void **state)
{
    (void)state;
    uint32_t n, lengths = 0;
    const struct wb_domain *rows = wb_cat_domains(cat, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (!rows[i].name)
            continue;
        struct wb_slice name = wb_cat_str(cat, rows[i].name);
        unsigned use = rows[i].uses & WB_DOMAIN_HOST ? WB_DOMAIN_HOST : WB_DOMAIN_RECIPIENT;
        lengths |= 1u << (name.n < 31 ? name.n : 31);
        assert_int_equal(owner("", name, tolower, use), rows[i].provider);
        assert_int_equal(owner("no.such.host.", name, tolower, use), rows[i].provider);
        assert_int_equal(owner("A.", name, toupper, use), rows[i].provider);
        if (wb_slice_chr(name, '.') < name.n && wb_slice_chr(name, '.') + 4 > name.n)
            assert_int_not_equal(owner("nobodys", name, tolower, use), rows[i].provider);
    }
    assert_true(lengths & 1u << 4 && lengths & 1u << 6 && lengths & 1u << 7 && lengths & ~511u);
}

/* Behind labels of so many bytes in all. Of a name that is longer than names are its end counts. */
static void long_names(void **state)
{
    (void)state;
    char labels[300];
    uint32_t rows;
    const struct wb_domain *row = wb_cat_domains(cat, &rows);
    while (!row->name || !(row->uses & WB_DOMAIN_RECIPIENT))
        row++;
    struct wb_slice name = wb_cat_str(cat, row->name);
    uint16_t provider = owner("", name, tolower, WB_DOMAIN_RECIPIENT);
    assert_int_not_equal(provider, WB_NO_INDEX);
    for (size_t n = 1; n < sizeof labels; n++) {
        memset(labels, 'a', sizeof labels);
        labels[n - 1] = '.';
        labels[n] = '\0';
        assert_int_equal(owner(labels, name, tolower, WB_DOMAIN_RECIPIENT), provider);
        labels[n - 1] = 'a';
        assert_int_equal(owner(labels, name, tolower, WB_DOMAIN_RECIPIENT), WB_NO_INDEX);
        labels[n / 2] = '.';
        assert_int_equal(owner(labels, name, tolower, WB_DOMAIN_RECIPIENT),
                         n / 2 == n - 1 ? provider : WB_NO_INDEX);
    }
}

static const struct nobody_row {
    const char *name;
} nobody_rows[] = {{"mail.example.org"},
                   {"example"},
                   {"com"},
                   {"a.b"},
                   {"."},
                   {""},
                   {"x"},
                   {"..."},
                   {"a..b"},
                   {".com"},
                   {"abcdefg"},
                   {"]"}};

static void nobody(void **state)
{
    const struct nobody_row *row = *state;
    for (int use = WB_DOMAIN_HOST; use <= WB_DOMAIN_RECIPIENT; use++)
        assert_int_equal(owner("", wb_slice_str(row->name), tolower, (unsigned)use), WB_NO_INDEX);
    assert_int_equal(wb_cat_provider_of(cat, (struct wb_slice){0}, WB_DOMAIN_HOST), WB_NO_INDEX);
}

static struct wb_slice anchor_of(const struct wb_stage_words *row)
{
    return wb_slice(wb_cat_str(cat, row->words).p + row->anchor_at, row->anchor_n);
}

/* A dialect's sieve tells the bucket of each of its words, and words with one anchor share one. */
static void buckets(void **state)
{
    (void)state;
    uint32_t n, all, shared = 0;
    const struct wb_dialect *dialects = wb_cat_dialects(cat, &n);
    const struct wb_stage_words *words = wb_cat_stage_words(cat, &all);
    for (const struct wb_dialect *d = dialects; d < dialects + n; d++) {
        const struct wb_stage_words *rows = words + d->first_stage_words;
        for (uint32_t i = 0; i < d->stage_words; i++) {
            struct wb_slice text = wb_cat_str(cat, rows[i].words);
            assert_true(wb_sieve_buckets(&d->stage_sieve, text) >> rows[i].bucket & 1);
            for (uint32_t j = 0; j < i; j++)
                if (wb_slice_eq(anchor_of(&rows[i]), anchor_of(&rows[j]))) {
                    assert_int_equal(rows[i].bucket, rows[j].bucket);
                    shared++;
                }
        }
    }
    assert_true(shared > 0);
}

/* Signs of a header that a text shows. */
static uint32_t shown(struct wb_matcher *matcher, struct wb_slice text, wb_str header)
{
    uint32_t n, count = 0;
    struct wb_candidate found[64];
    const struct wb_sign *signs = wb_cat_signs(cat, &n);
    size_t all = wb_scan(wb_cat_scan_headers(cat), matcher, text, found, 64);
    for (size_t i = 0; i < all; i++)
        count += signs[found[i].id].header == header;
    return count;
}

/* What has the word of a header may show its signs, and what has not shows none. */
static void header_words(void **state)
{
    (void)state;
    uint32_t n, with = 0;
    const struct uint32_ref *headers = wb_cat_headers(cat, &n);
    struct wb_matcher *matcher = wb_catalogue_matcher(cat);
    assert_non_null(matcher);
    for (uint32_t i = 0; i < n; i++) {
        struct wb_slice word = wb_cat_header_word(cat, (int)i);
        if (!word.n)
            continue;
        with++;
        assert_true(shown(matcher, word, headers[i].ref) > 0);
        assert_int_equal(shown(matcher, wb_slice_from(word, 1), headers[i].ref), 0);
        assert_int_equal(shown(matcher, WB_S("<1@mail.example.org>"), headers[i].ref), 0);
    }
    assert_in_range(with, 1, n - 1);
    wb_matcher_free(matcher);
}

int main(void)
{
    cat = wb_catalogue_open(NULL, NULL);
    if (!cat)
        return 1;
    UNIT_ONE(known, "each known domain");
    UNIT_ONE(long_names, "of any length");
    UNIT_ROWS(nobody, nobody_rows);
    UNIT_ONE(buckets, "of stage words");
    UNIT_ONE(header_words, "of headers");
    int failed = unit_run();
    wb_catalogue_free(cat);
    return failed;
}
