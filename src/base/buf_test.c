/* SPDX-License-Identifier: BSD-2-Clause */
#include "buf.h"

#include "unit.h"

static const struct number_row {
    const char *name;
    int64_t n;
} number_rows[] = {
    {"0", 0},
    {"-1", -1},
    {"9", 9},
    {"10", 10},
    {"7372800", 7372800},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN},
};

static void number(void **state)
{
    const struct number_row *row = *state;
    struct wb_buf buf = {0};
    wb_buf_number(&buf, row->n);
    assert_text(wb_buf_slice(&buf), row->name);
    wb_buf_free(&buf);
    char *room = malloc(WB_NUMBER_ROOM); /* of which no byte more is written */
    assert_text(wb_slice_span(room, wb_number_put(room, row->n)), row->name);
    free(room);
}

/* Around each power of ten. */
static void number_lengths(void **state)
{
    (void)state;
    for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10)
        for (int64_t n = power - 1; n <= power; n++) {
            char want[32];
            struct wb_buf buf = {0};
            snprintf(want, sizeof want, "%lld", (long long)n);
            wb_buf_number(&buf, n);
            assert_text(wb_buf_slice(&buf), want);
            wb_buf_free(&buf);
        }
}

/* A buffer may lie in a place of its owner's: no more is asked for than is written. */
static void number_fits(void **state)
{
    (void)state;
    char place[8];
    struct wb_buf buf = {place, 0, sizeof place};
    wb_buf_number(&buf, -7372800);
    assert_ptr_equal(buf.p, place);
    assert_text(wb_buf_slice(&buf), "-7372800");
    buf = (struct wb_buf){malloc(sizeof place - 1), 0, sizeof place - 1};
    wb_buf_number(&buf, -7372800);
    assert_true(buf.cap >= sizeof place);
    wb_buf_free(&buf);
    buf = (struct wb_buf){malloc(1), 0, 1};
    wb_buf_number(&buf, 7); /* and nothing behind it is written */
    assert_int_equal(buf.cap, 1);
    assert_text(wb_buf_slice(&buf), "7");
    wb_buf_free(&buf);
}

/* Nothing that acts on a terminal, a page or a line comes out. */
static const struct safe_row {
    const char *name, *text, *safe;
} safe_rows[] = {
    {"plain", "mailbox full", "mailbox full"},
    {"Chinese", "邮箱已满", "邮箱已满"},
    {"escape sequence", "\x1b[31mred\x1b[0m", "[31mred[0m"},
    {"title of a window", "\x1b]0;x\x07y", "]0;xy"},
    {"C1 in UTF-8",
     "a\xC2\x9B"
     "31mb",
     "a31mb"},
    {"a raw C1 byte",
     "a\x9B"
     "b",
     "a\xEF\xBF\xBD"
     "b"},
    {"line ends and tabs", "a\r\nb\tc", "a  b c"},
    {"right-to-left override",
     "a\xE2\x80\xAE"
     "b",
     "ab"},
    {"isolates",
     "\xE2\x81\xA6"
     "a\xE2\x81\xA9",
     "a"},
    {"line separator",
     "a\xE2\x80\xA8"
     "b",
     "ab"},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a",
     "a"},
    {"bad UTF-8", "a\xC3(b\xFF", "a\xEF\xBF\xBD(b\xEF\xBF\xBD"},
    {"overlong escape", "\xC0\x9B", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"backspace and DEL",
     "a\bb\x7F"
     "c",
     "abc"},
};

static void safe(void **state)
{
    const struct safe_row *row = *state;
    struct wb_buf buf = {0};
    wb_buf_safe(&buf, wb_slice_str(row->text));
    assert_text(wb_buf_slice(&buf), row->safe);
    wb_buf_free(&buf);
}

/* What begins a formula stands behind an apostrophe, also behind what is not seen. */
static const struct cell_row {
    const char *name, *text, *cell;
} cell_rows[] = {
    {"empty", "", "\"\""},
    {"plain", "Offer", "\"Offer\""},
    {"quote", "a, \"b\"", "\"a, \"\"b\"\"\""},
    {"formula", "=1+1", "\"'=1+1\""},
    {"behind blanks", "  @SUM(A1)", "\"'  @SUM(A1)\""},
    {"behind an escape", "\x1b+1", "\"' +1\""},
    {"behind a zero-width space", "\xE2\x80\x8B-1", "\"' -1\""},
    {"a tab in front", "\ta", "\"' a\""},
    {"further on", "a=1", "\"a=1\""},
    {"escape sequence", "a\x1b[2Jb", "\"a [2Jb\""},
    {"lines", "a\r\nb", "\"a  b\""},
    {"bad UTF-8", "a\xFF", "\"a\xEF\xBF\xBD\""},
};

static void cell(void **state)
{
    const struct cell_row *row = *state;
    struct wb_buf buf = {0};
    wb_buf_cell(&buf, wb_slice_str(row->text));
    assert_text(wb_buf_slice(&buf), row->cell);
    wb_buf_free(&buf);
}

static void grows(void **state)
{
    (void)state;
    struct wb_buf buf = {0};
    for (int i = 0; i < 5000; i++) {
        wb_buf_lit(&buf, "ab");
        wb_buf_byte(&buf, 'c');
        wb_buf_printf(&buf, "%d,", i);
    }
    struct wb_slice rest = wb_buf_slice(&buf);
    for (int i = 0; i < 5000; i++) {
        char want[20];
        snprintf(want, sizeof want, "abc%d", i);
        assert_text(wb_slice_cut(&rest, ','), want);
    }
    assert_int_equal(rest.n, 0);
    wb_buf_clear(&buf);
    assert_int_equal(wb_buf_slice(&buf).n, 0);
    wb_buf_put(&buf, WB_NONE);
    assert_int_equal(buf.n, 0);
    wb_buf_free(&buf);
}

int main(void)
{
    UNIT_ROWS(number, number_rows);
    UNIT_ONE(number_lengths, "numbers of every length");
    UNIT_ONE(number_fits, "a number in as much room as it needs");
    UNIT_ROWS(safe, safe_rows);
    UNIT_ROWS(cell, cell_rows);
    UNIT_ONE(grows, "and keeps what it has");
    return unit_run();
}
