/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

#include "unit.h"

/* RFC 5322 3.2.2: comments nest and hold quoted pairs. */
static const struct cfws_row {
    const char *name, *text, *rest;
} cfws_rows[] = {
    {"nothing to skip", "x", "x"},
    {"blanks and a fold", " \t\r\n x", "x"},
    {"a comment", "(a) x", "x"},
    {"two comments", "(a)(b)\r\n (c) x", "x"},
    {"a comment in a comment", "(a (b (c)) d)x", "x"},
    {"a quoted parenthesis", "(a \\) b)x", "x"},
    {"a quoted backslash", "(a \\\\)x", "x"},
    {"never closed", "(a (b) x", ""},
    {"backslash at the end", "(a\\", ""},
    {"only an opening", "(", ""},
    {"closing alone is no comment", ") x", ") x"},
    {"nothing", "", ""},
};

static void cfws(void **state)
{
    const struct cfws_row *row = *state;
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    struct wb_reader r = wb_reader(text);
    wb_reader_cfws(&r);
    assert_text(wb_reader_rest(&r), row->rest);
    free((char *)text.p);
}

static const struct digits_row {
    const char *name, *text;
    int max;
    bool good;
    int n;
    const char *rest;
} digits_rows[] = {
    {"as many as there are", "12x", 4, true, 12, "x"},
    {"at most max", "2026", 2, true, 20, "26"},
    {"none", "x1", 2, false, -1, "x1"},
    {"at the end", "", 2, false, -1, ""},
    {"up to the end", "7", 9, true, 7, ""},
    {"a sign is no digit", "-1", 2, false, -1, "-1"},
};

static void digits(void **state)
{
    const struct digits_row *row = *state;
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    struct wb_reader r = wb_reader(text);
    int n = -1;
    assert_int_equal(wb_reader_digits(&r, row->max, &n), row->good);
    assert_int_equal(n, row->n);
    assert_text(wb_reader_rest(&r), row->rest);
    free((char *)text.p);
}

static void words(void **state)
{
    (void)state;
    struct wb_reader r = wb_reader(WB_S("Base64; x"));
    assert_false(wb_reader_word(&r, WB_S("base640")));
    assert_true(wb_reader_word(&r, WB_S("BASE64")));
    assert_false(wb_reader_accept(&r, ' '));
    assert_true(wb_reader_accept(&r, ';'));
    wb_reader_space(&r);
    assert_text(wb_reader_rest(&r), "x");
}

static void until(void **state)
{
    (void)state;
    struct wb_reader r = wb_reader(WB_S("a=b"));
    assert_text(wb_reader_until(&r, '='), "a");
    assert_text(wb_reader_rest(&r), "=b");
    assert_text(wb_reader_until(&r, '!'), "=b");
    assert_text(wb_reader_until(&r, '!'), "");
}

/* At the end every question has the answer "nothing", and asking does not move. */
static void end(void **state)
{
    (void)state;
    struct wb_slice text = unit_exact(WB_S("ab"));
    struct wb_reader r = wb_reader(text);
    assert_int_equal(wb_reader_peek(&r, 1), 'b');
    assert_int_equal(wb_reader_peek(&r, 2), 0);
    assert_int_equal(wb_reader_peek(&r, SIZE_MAX), 0);
    wb_reader_skip(&r, SIZE_MAX);
    assert_int_equal(wb_reader_left(&r), 0);
    assert_int_equal(wb_reader_take(&r), 0);
    assert_int_equal(wb_reader_peek(&r, 0), 0);
    assert_false(wb_reader_accept(&r, '\0'));
    assert_false(wb_reader_word(&r, WB_S("a")));
    wb_reader_space(&r);
    wb_reader_cfws(&r);
    assert_ptr_equal(r.p, wb_slice_end(text));
    free((char *)text.p);
}

int main(void)
{
    UNIT_ROWS(cfws, cfws_rows);
    UNIT_ROWS(digits, digits_rows);
    UNIT_ONE(words, "word, accept, space");
    UNIT_ONE(until, "up to a byte or the end");
    UNIT_ONE(end, "reading at the end");
    return unit_run();
}
