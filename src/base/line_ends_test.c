/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines found by blocks held against wb_slice_line: texts of every length around the size of the
 * blocks, in memory of their own size.
 */
#include "line_ends.h"

#include "unit.h"

enum { MOST = 300, ROUNDS = 20 };

static uint32_t state_ = 1;

static unsigned next_random(unsigned n)
{
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 16) % n;
}

/* Also what is written and does not count is a place in the text. */
static void all_within(const struct wb_lines *lines, struct wb_slice text)
{
    for (unsigned i = 0; i < WB_ENDS_ROOM; i++)
        assert_true(lines->place[i] >= text.p && lines->place[i] <= wb_slice_end(text));
}

static size_t hold_against(struct wb_slice text)
{
    struct wb_lines lines;
    struct wb_slice rest = text, wanted, got;
    size_t n = 0;
    wb_lines_open(&lines, text);
    for (unsigned i = 0; i < WB_ENDS_ROOM; i++)
        lines.place[i] = text.p;
    for (; wb_slice_line(&rest, &wanted); n++) {
        assert_true(wb_lines_next(&lines, &got));
        assert_ptr_equal(got.p, wanted.p);
        assert_int_equal(got.n, wanted.n);
        assert_ptr_equal(lines.start, rest.p);
        all_within(&lines, text);
    }
    assert_false(wb_lines_next(&lines, &got));
    assert_false(wb_lines_next(&lines, &got)); /* nor if it is asked again */
    return n;
}

static void like_one_by_one(void **state)
{
    (void)state;
    static const char *const letters[] = {
        "\n", "\r", "\r\n", "a\n", "a\r\n", "a\r\r\n", "abcdefghijklmnopqrs\r\n", "abcdefghijkl\n"};
    size_t found = 0;
    for (size_t n = 0; n <= MOST; n++)
        for (int round = 0; round < ROUNDS; round++) {
            char bytes[MOST];
            struct wb_slice of = wb_slice_str(letters[next_random(8)]);
            for (size_t i = 0; i < n; i++)
                bytes[i] = of.p[next_random((unsigned)of.n)];
            struct wb_slice text = unit_exact(wb_slice(bytes, n));
            found += hold_against(text);
            free((char *)text.p);
        }
    assert_in_range(found, MOST * ROUNDS * 20, MOST * ROUNDS * 150);
}

/* Each kind of end at each place of a text, so that it lies across every border of blocks. */
static void across_blocks(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r", "\r\n", "\r\r\n", "\r\r\r\n", "\n\r", "\r\n\n"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        for (size_t at = 0; at < 140; at++)
            for (size_t behind = 0; behind < 3; behind++) {
                char bytes[150];
                struct wb_slice end = wb_slice_str(ends[i]);
                memset(bytes, 'a', sizeof bytes);
                memcpy(bytes + at, end.p, end.n);
                struct wb_slice text = unit_exact(wb_slice(bytes, at + end.n + behind));
                assert_true(hold_against(text) > 0);
                free((char *)text.p);
            }
}

/* Of each length, with one letter at each place, or none; nothing around it is looked at. */
static void blank_lines(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 40; n++)
        for (size_t at = 0; at <= n; at++) {
            char line[40];
            for (size_t i = 0; i < n; i++)
                line[i] = " \t\r"[i % 3];
            if (at < n)
                line[at] = at % 2 ? 'x' : '\xE9';
            struct wb_slice s = unit_exact(wb_slice(line, n));
            assert_int_equal(wb_line_blank(s), at == n);
            if (at < n)
                ((char *)s.p)[at] = '\x1F'; /* a control is no white space */
            assert_int_equal(wb_line_blank(s), at == n);
            free((char *)s.p);
        }
}

int main(void)
{
    UNIT_ONE(like_one_by_one, "by blocks as one by one");
    UNIT_ONE(across_blocks, "ends across the borders of blocks");
    UNIT_ONE(blank_lines, "a line is blank if nothing but white space stands in it");
    return unit_run();
}
