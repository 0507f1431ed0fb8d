/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching by blocks held against searching byte by byte: texts of every length around the size
 * of the blocks, in memory of their own size, with many places that nearly fit.
 */
#include "slice.h"

#include "unit.h"

enum { MOST = 150, ROUNDS = 40 };

static uint32_t state_ = 1;

static unsigned next_random(unsigned n)
{
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 16) % n;
}

static size_t plain(struct wb_slice s, struct wb_slice needle, bool nocase)
{
    for (size_t i = 0; i + needle.n <= s.n; i++) {
        struct wb_slice here = wb_slice(s.p + i, needle.n);
        if (nocase ? wb_slice_eqi(here, needle) : wb_slice_eq(here, needle))
            return i;
    }
    return s.n;
}

static void like_plain(void **state)
{
    (void)state;
    static const char *const needles[] = {"a", "ab", "aab", "From ", "\n--", "abbaabba", "b:a"};
    size_t hits = 0;
    for (size_t n = 1; n <= MOST; n++)
        for (int round = 0; round < ROUNDS; round++) {
            char text[MOST];
            for (size_t i = 0; i < n; i++)
                text[i] = "abAB:\n-F"[next_random(8)];
            struct wb_slice needle = wb_slice_str(needles[next_random(7)]);
            if (needle.n < n && next_random(2))
                memcpy(text + next_random((unsigned)(n - needle.n + 1)), needle.p, needle.n);
            struct wb_slice s = unit_exact(wb_slice(text, n));
            assert_int_equal(wb_slice_find(s, needle), plain(s, needle, false));
            assert_int_equal(wb_slice_findi(s, needle), plain(s, needle, true));
            hits += plain(s, needle, false) < n;
            free((char *)s.p);
        }
    assert_in_range(hits, MOST, MOST * ROUNDS - MOST);
}

/* The places that wb_pair_places finds, one after the other, and no others. */
static size_t assert_places(const struct wb_byte_pair *pair, struct wb_slice s)
{
    const char *at = s.p, *end = wb_slice_end(s);
    uint32_t places = 0;
    size_t hits = 0;
    for (const char *p = s.p; p < end; p++) {
        bool here = *p == pair->first && (p + 1 == end || wb_byte_pair_has(pair, p[1]));
        if (!here)
            continue;
        if (!places)
            places = wb_pair_places(pair, &at, end);
        assert_true(places);
        assert_ptr_equal(at + __builtin_ctz(places), p);
        places &= places - 1;
        hits++;
        if (!places && end - at > WB_PLACES)
            at += WB_PLACES;
        else if (!places)
            at = end;
    }
    assert_int_equal(places, 0);
    assert_int_equal(wb_pair_places(pair, &at, end), 0);
    return hits;
}

static void pairs_like_plain(void **state)
{
    (void)state;
    static const char bytes[] = "ab\x80\xE1 -.q";
    size_t hits = 0;
    for (size_t n = 0; n <= MOST; n++)
        for (int round = 0; round < ROUNDS; round++) {
            struct wb_byte_pair pair = {.first = bytes[next_random(8)]};
            char text[MOST];
            for (int i = 0; i < 2; i++) {
                unsigned char c = bytes[next_random(8)] & 0x7F; /* the same beyond ASCII is none */
                pair.second[c & 15] = (unsigned char)(pair.second[c & 15] | 1u << (c >> 4));
            }
            for (size_t i = 0; i < n; i++)
                text[i] = next_random(2) ? 'x' : bytes[next_random(8)];
            struct wb_slice s = unit_exact(wb_slice(text, n));
            hits += assert_places(&pair, s);
            free((char *)s.p);
        }
    assert_true(hits > MOST * ROUNDS / 4);
}

/* One byte that is sought, at each place of texts of each length, and what lies behind the text. */
static void bytes_like_plain(void **state)
{
    (void)state;
    for (size_t n = 0; n <= MOST; n++)
        for (size_t at = 0; at <= n; at++) {
            char text[MOST + 1];
            memset(text, 'x', sizeof text);
            text[at] = at % 2 ? '\n' : '\r'; /* at n it is none of the text */
            struct wb_slice s = unit_exact(wb_slice(text, n)), rest = s, line = WB_NONE;
            assert_int_equal(wb_slice_chr(s, text[at]), at);
            assert_int_equal(wb_slice_chr(s, 'a'), n);
            assert_int_equal(wb_slice_line(&rest, &line), n > 0);
            assert_int_equal(line.n, at);
            assert_int_equal(rest.n, at < n ? n - at - 1 : 0);
            free((char *)s.p);
        }
}

/* One mark at each place of texts of each length, and what lies behind the text. */
static void any_like_plain(void **state)
{
    (void)state;
    for (size_t n = 0; n <= MOST; n++)
        for (size_t at = 0; at <= n; at++) {
            char text[MOST + 1];
            memset(text, 'x', sizeof text);
            text[at] = ";:,\t"[at % 4]; /* at n it is none of the text */
            struct wb_slice s = unit_exact(wb_slice(text, n));
            const char *end = wb_slice_end(s), *hit = s.p + at;
            assert_ptr_equal(wb_find_any(s.p, end, ';', ':', ',', true), hit);
            assert_ptr_equal(wb_find_any(s.p, end, ';', ':', ',', false), at % 4 < 3 ? hit : end);
            free((char *)s.p);
        }
}

/* One byte changed at each place: to the other case, to another one, or to a mark 32 further on. */
static void letters_like_plain(void **state)
{
    (void)state;
    static const char pairs[][2] = {"aA", "zZ", "Zz", "Aa", "@`", "[{", "a!", "\xC1\xE1", "1Q"};
    for (size_t n = 1; n <= MOST; n++)
        for (size_t at = 0; at < n; at++)
            for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
                char a[MOST], b[MOST];
                for (size_t k = 0; k < n; k++)
                    a[k] = "mN-9\xE4"[next_random(5)];
                memcpy(b, a, n);
                a[at] = pairs[i][0];
                b[at] = pairs[i][1];
                struct wb_slice x = unit_exact(wb_slice(a, n)), y = unit_exact(wb_slice(b, n));
                assert_int_equal(wb_slice_eqi(x, y), i < 4);
                free((char *)x.p);
                free((char *)y.p);
            }
}

int main(void)
{
    UNIT_ONE(bytes_like_plain, "a byte and a line end");
    UNIT_ONE(any_like_plain, "one of three marks");
    UNIT_ONE(letters_like_plain, "letters in either case");
    UNIT_ONE(pairs_like_plain, "pairs by blocks as byte by byte");
    UNIT_ONE(like_plain, "by blocks as byte by byte");
    return unit_run();
}
