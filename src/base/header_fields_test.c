/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of a header block found by blocks held against finding them line by line: texts of
 * every length around the size of the blocks, in memory of their own size.
 */
#include "header_fields.h"

#include "unit.h"

enum { MOST = 300, ROUNDS = 20 };

static uint32_t state_ = 1;

static unsigned next_random(unsigned n)
{
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 16) % n;
}

/* What has been found of a text, and what there is to find. */
static struct found {
    size_t starts[MOST], names[MOST], count;
    size_t blanks[MOST], blank_count;
} got, wanted;

/* Also what is written and does not count is a place in the text. */
static void all_within(const struct wb_fields *f, struct wb_slice text)
{
    for (unsigned i = 0; i < WB_FIELD_STARTS; i++)
        assert_true(f->start[i] >= text.p && f->start[i] <= wb_slice_end(text));
}

static void by_blocks(struct wb_slice text, char eol)
{
    struct wb_fields f;
    wb_fields_open(&f, text, eol);
    for (unsigned i = 0; i < WB_FIELD_STARTS; i++)
        f.start[i] = text.p;
    got.count = got.blank_count = 0;
    while (wb_fields_next(&f)) {
        all_within(&f, text);
        for (unsigned i = 0; i < f.scan.count; i++) {
            struct wb_slice here = wb_slice_span(f.start[i], wb_slice_end(text));
            got.starts[got.count] = (size_t)(f.start[i] - text.p);
            got.names[got.count++] = f.name[i] < WB_LONG_NAME ? f.name[i] : wb_field_name(here);
        }
        if (f.scan.blank)
            got.blanks[got.blank_count++] = (size_t)(f.scan.blank - text.p);
    }
}

static void by_lines(struct wb_slice text, char eol)
{
    wanted.count = wanted.blank_count = 0;
    for (size_t i = 0; i < text.n;) {
        struct wb_slice rest = wb_slice_from(text, i), line = rest;
        line.n = wb_slice_chr(rest, eol);
        if (!wb_is_space(rest.p[0])) {
            size_t n = 0;
            while (n < rest.n && wb_is_of(rest.p[n], WB_BYTE_FIELD_NAME))
                n++;
            wanted.starts[wanted.count] = i;
            wanted.names[wanted.count++] = n;
        }
        i += line.n + 1;
        if (!wb_slice_trim(line).n && i <= text.n)
            wanted.blanks[wanted.blank_count++] = i - 1;
    }
}

static void hold_against(struct wb_slice text, char eol)
{
    by_blocks(text, eol);
    by_lines(text, eol);
    assert_int_equal(got.count, wanted.count);
    assert_int_equal(got.blank_count, wanted.blank_count);
    for (size_t i = 0; i < got.count; i++) {
        assert_int_equal(got.starts[i], wanted.starts[i]);
        assert_int_equal(got.names[i], wanted.names[i]);
    }
    for (size_t i = 0; i < got.blank_count; i++)
        assert_int_equal(got.blanks[i], wanted.blanks[i]);
}

static void like_lines(void **state)
{
    (void)state;
    static const char *const letters[] = {"\n \t\ra:", "\n\r ",    "aB-_:  \n\tc",
                                          "\n",        "ab.-0:\n", "abcdefghijklmnopqrstuvwxyz\n"};
    size_t fields = 0, blanks = 0;
    for (size_t n = 0; n <= MOST; n++)
        for (int round = 0; round < ROUNDS; round++) {
            char bytes[MOST];
            struct wb_slice of = wb_slice_str(letters[next_random(6)]);
            for (size_t i = 0; i < n; i++)
                bytes[i] = of.p[next_random((unsigned)of.n)];
            struct wb_slice text = unit_exact(wb_slice(bytes, n));
            hold_against(text, '\n');
            fields += got.count;
            blanks += got.blank_count;
            hold_against(text, '\r');
            free((char *)text.p);
        }
    assert_in_range(fields, MOST * ROUNDS, MOST * ROUNDS * 40);
    assert_in_range(blanks, MOST * ROUNDS, MOST * ROUNDS * 80);
}

/* Each byte in front of a colon is one of a name, or none. */
static void names(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char line[] = "ab?cd: as many as a block has at least, so that it is found in one go there";
        line[2] = (char)c;
        hold_against(wb_slice_str(line), '\n');
    }
}

int main(void)
{
    UNIT_ONE(like_lines, "by blocks as line by line");
    UNIT_ONE(names, "all bytes of names");
    return unit_run();
}
