/* SPDX-License-Identifier: BSD-2-Clause */
#include "paragraph.h"

#include "unit.h"
#include "utf8.h"

/* ---- width ---- */

static const struct width_row {
    const char *name, *text;
    int columns;
} width_rows[] = {
    {"nothing", "", 0},
    {"ASCII", "abc", 3},
    {"Chinese", "用户", 4},
    {"Chinese full stop", "。", 2},
    {"Japanese", "かな", 4},
    {"Korean", "한글", 4},
    {"full width letter", "Ａ", 2},
    {"half width katakana", "\uFF8A", 1},
    {"an accent of its own", "e\u0301", 1},
    {"two accents on one letter", "e\u0301\u0323", 1},
    {"Latin beyond ASCII", "é", 1},
    {"a face", "😀", 2},
    {"mixed", "a用b", 4},
    {"a byte that is no UTF-8 takes the room of U+FFFD", "\377", 1},
};

static void width(void **state)
{
    const struct width_row *row = *state;
    struct wb_buf out = {0};
    struct wb_style style = {0};
    assert_int_equal(wb_columns(wb_slice_str(row->text)), row->columns);
    assert_int_equal(wb_inline(&out, &style, wb_slice_str(row->text), WB_INK_PLAIN), row->columns);
    wb_buf_free(&out);
}

/* ---- what a terminal would act on ---- */

#define BAD "\357\277\275"

static const struct text_row {
    const char *name, *text, *want;
} safe_rows[] = {
    {"escape sequence", "a\033[31mb", "a" BAD "[31mb"},
    {"bell and backspace", "\a\b", BAD BAD},
    {"C1 CSI", "\302\23331m", BAD "31m"},
    {"C1 OSC", "\302\2350;title", BAD "0;title"},
    {"DEL", "\177", BAD},
    {"right-to-left override", "a\u202eb", "a" BAD "b"},
    {"bidirectional isolate", "\u2066\u2069", BAD BAD},
    {"right-to-left mark", "\u200f", BAD},
    {"zero width space", "a\u200bb", "a" BAD "b"},
    {"line separator", "\u2028", BAD},
    {"byte order mark", "\ufeff", BAD},
    {"line feed, return and tab are blanks", "a\nb\rc\td", "a b c d"},
    {"raw C1 byte", "\233", BAD},
    {"Chinese stays", "用户", "用户"},
    {"accent stays", "e\u0301", "e\u0301"},
};

static void safe(void **state)
{
    const struct text_row *row = *state;
    struct wb_buf out = {0};
    struct wb_style style = {0};
    wb_inline(&out, &style, wb_slice_str(row->text), WB_INK_PLAIN);
    assert_text(wb_buf_slice(&out), row->want);
    wb_buf_clear(&out);
    wb_paragraph_plain(&out, &style, 0, 0, wb_slice_str(row->text));
    assert_int_equal(wb_slice_chr(wb_buf_slice(&out), '\033'), out.n);
    assert_int_equal(wb_utf8_valid(wb_buf_slice(&out)), out.n);
    wb_buf_free(&out);
}

/* ---- paragraphs, 40 columns wide, indented by 4 ---- */

static const struct text_row whole_rows[] = {
    {"short", "one two", "    one two\n"},
    {"blanks are one", "one  \n two", "    one two\n"},
    {"as wide as the line", "123456789 123456789 123456789 123456",
     "    123456789 123456789 123456789 123456\n"},
    {"one letter more", "123456789 123456789 123456789 1234567",
     "    123456789 123456789 123456789\n    1234567\n"},
    {"Chinese parts anywhere", "一二三四五六七八九十一二三四五六七八九",
     "    一二三四五六七八九十一二三四五六七八\n    九\n"},
    {"no stop at the front of a line", "一二三四五六七八九十一二三四五六七八。九",
     "    一二三四五六七八九十一二三四五六七\n    八。九\n"},
    {"no opening bracket at the end", "一二三四五六七八九十一二三四五六七（八九）",
     "    一二三四五六七八九十一二三四五六七\n    （八九）\n"},
};

static void whole(void **state)
{
    const struct text_row *row = *state;
    struct wb_buf out = {0};
    struct wb_style style = {.columns = 40};
    wb_paragraph_plain(&out, &style, 0, 4, wb_slice_str(row->text));
    assert_text(wb_buf_slice(&out), row->want);
    wb_buf_free(&out);
}

/* Any text: no line is too wide, and nothing but blanks is lost. */
static const struct text_row any_rows[] = {
    {"words", "The mail server of b.example says that there is no such mailbox, and that you "
              "should not write to it again."},
    {"a long word",
     "https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b"},
    {"Chinese", "您好，我发到 wang@company.example 的邮件被贵司邮件服务器退回，服务器答复"
                "“User unknown”（没有这个用户）。请问这个邮箱还在用吗？"},
    {"accents", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"
                "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"
                "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"
                "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"},
    {"full stops only", "。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。"},
    {"a blank at the edge", "123456789 123456789 123456789 123456  7"},
};

static size_t without_blanks(struct wb_slice text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (!wb_is_space(text.p[i]))
            out[n++] = text.p[i];
    return n;
}

static void any(void **state)
{
    const struct text_row *row = *state;
    struct wb_buf out = {0};
    struct wb_style style = {.columns = 40};
    char a[2000], b[2000];
    wb_paragraph_plain(&out, &style, 0, 4, wb_slice_str(row->text));
    struct wb_slice rest = wb_buf_slice(&out), line;
    while (wb_slice_line(&rest, &line)) {
        assert_true(wb_columns(line) <= 40);
        assert_true(wb_slice_starts(line, WB_S("    ")) && line.n > 4);
    }
    assert_slice(wb_slice(a, without_blanks(wb_buf_slice(&out), a)),
                 wb_slice(b, without_blanks(wb_slice_str(row->text), b)));
    wb_buf_free(&out);
}

/* ---- the deciding words ---- */

static const struct mark_row {
    const char *name;
    bool colour, ascii;
    const char *before, *words, *behind, *want;
} mark_rows[] = {
    {"marked below", false, false, "550 ", "no user", " here",
     "  550 no user here\n      ‾‾‾‾‾‾‾\n"},
    {"marked in ASCII", false, true, "550 ", "no user", " here",
     "  550 no user here\n      ^^^^^^^\n"},
    {"Chinese is two columns wide", false, true, "550 ", "没有", "", "  550 没有\n      ^^^^\n"},
    {"behind Chinese", false, true, "用户", "no", "", "  用户no\n      ^^\n"},
    {"in colours", true, false, "550 ", "no", " x", "  550 \033[1;4mno\033[0m x\n"},
    {"no words", false, false, "550", "", "", "  550\n"},
};

static void mark(void **state)
{
    const struct mark_row *row = *state;
    struct wb_buf out = {0};
    struct wb_style style = {.columns = 40, .colour = row->colour, .ascii = row->ascii};
    struct wb_piece pieces[] = {{wb_slice_str(row->before), WB_INK_PLAIN},
                                {wb_slice_str(row->words), WB_INK_MARK},
                                {wb_slice_str(row->behind), WB_INK_PLAIN}};
    wb_paragraph(&out, &style, 0, 2, pieces, 3);
    assert_text(wb_buf_slice(&out), row->want);
    wb_buf_free(&out);
}

int main(void)
{
    UNIT_ROWS(width, width_rows);
    UNIT_ROWS(safe, safe_rows);
    UNIT_ROWS(whole, whole_rows);
    UNIT_ROWS(any, any_rows);
    UNIT_ROWS(mark, mark_rows);
    return unit_run();
}
