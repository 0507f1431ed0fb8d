/* SPDX-License-Identifier: BSD-2-Clause */
#include "sieve.h"

#include <stdlib.h>

#include "avx2.h"
#include "unit.h"

enum { MOST = 150, ROUNDS = 60 };

static uint32_t state_ = 1;

static unsigned next_random(unsigned n)
{
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 16) % n;
}

static const struct {
    struct wb_slice word;
    int bucket;
    bool nocase;
} words[] = {
    {{"reply", 5}, 0, false},    {{"after", 5}, 1, false}, {{"host", 4}, 2, true},
    {{" #", 2}, 3, false},       {{"z", 1}, 4, true},      {{"\xE9\x82\xAE", 3}, 5, false},
    {{"response", 8}, 7, false},
};
enum { WORDS = sizeof words / sizeof words[0] };

/* What stands in a text, looked for word by word. */
static unsigned plain(struct wb_slice text)
{
    unsigned buckets = 0;
    for (size_t i = 0; i < WORDS; i++) {
        bool stands = words[i].nocase ? wb_slice_hasi(text, words[i].word)
                                      : wb_slice_find(text, words[i].word) < text.n;
        buckets |= (unsigned)stands << words[i].bucket;
    }
    return buckets;
}

/* Wherever a word stands its bucket is told, in text of any length that ends where memory does. */
static void none_is_missed(void **state)
{
    (void)state;
    struct wb_sieve sieve = {{{0}}};
    unsigned told = 0, there = 0;
    for (size_t i = 0; i < WORDS; i++)
        wb_sieve_add(&sieve, words[i].word, words[i].bucket, words[i].nocase);
    for (size_t n = 0; n <= MOST; n++)
        for (int round = 0; round < ROUNDS; round++) {
            char text[MOST];
            for (size_t i = 0; i < n; i++)
                text[i] = "qwxyQWXY\n."[next_random(10)];
            struct wb_slice word = words[next_random(WORDS)].word;
            size_t places = word.n <= n ? n - word.n + 1 : 0;
            size_t at = next_random(3) ? next_random((unsigned)places + 1) : places - 1;
            if (at < places && next_random(2)) /* often at the very end */
                memcpy(text + at, word.p, word.n);
            struct wb_slice s = unit_exact(wb_slice(text, n));
            unsigned buckets = wb_sieve_buckets(&sieve, s), stand = plain(s);
            assert_int_equal(buckets & stand, stand);
            assert_int_equal(buckets >> WB_SIEVE_BUCKETS, 0);
            told += buckets != 0;
            there += stand != 0;
            free((char *)s.p);
        }
    assert_in_range(there, MOST * ROUNDS / 4, MOST * ROUNDS * 3 / 4);
    if (wb_has_avx2()) /* else it says of all that they may be there */
        assert_in_range(told, there, there + MOST * ROUNDS / 20);
}

/* Halves of bytes that no word has together tell of a text without any of them. */
static void most_are_told(void **state)
{
    (void)state;
    struct wb_sieve sieve = {{{0}}};
    wb_sieve_add(&sieve, WB_S("response"), 6, false);
    unsigned buckets = wb_sieve_buckets(&sieve, WB_S("550 5.1.1 no such user here, sorry"));
    assert_int_equal(buckets, wb_has_avx2() ? 0 : (1 << WB_SIEVE_BUCKETS) - 1);
    buckets = wb_sieve_buckets(&sieve, WB_S("550 in response to RCPT TO"));
    assert_int_equal(buckets >> 6 & 1, 1);
}

int main(void)
{
    UNIT_ONE(none_is_missed, "a word that stands is told");
    UNIT_ONE(most_are_told, "a text without the words is told");
    return unit_run();
}
