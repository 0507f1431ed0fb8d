/* SPDX-License-Identifier: BSD-2-Clause */
/* What was copied out of a mail program: a body without its header, or quoted, or both. */
#include "unit.h"

#include "mail.h"
#include "quoted.h"

static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;

static const struct pasted_row {
    const char *name, *raw;
} pasted_rows[] = {
    {"a reply", "550 5.1.1 <a@example.org>: User unknown"},
    {"sentences", "Hello,\n\nyour message could not be delivered.\n"},
    {"lines that look like fields but are none of a mail", "Error: 550\nHost: mx\n\ntext"},
    {"a sentence with a colon", "The following addresses failed: a@example.org\n"},
    {"binary", "\x01\x02\x7F\xFF\xFE"},
    {"one line end", "\n"},
};

static void pasted(void **state)
{
    const struct pasted_row *row = *state;
    struct wb_slice raw = unit_exact(wb_slice_str(row->raw));
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, raw);
    assert_true(mail.headless);
    assert_int_equal(mail.part_count, 1);
    assert_int_equal(mail.header_count, 0);
    assert_slice(wb_slice_trim(mail.parts[0].body), wb_slice_trim(raw));
    free((char *)raw.p);
}

/* What stands in front of every line is no part of what was copied. */
static const struct quoted_row {
    const char *name, *raw, *text;
} quoted_rows[] = {
    {"quoted", "> one\n>\n> two\n", "one\n\ntwo\n"},
    {"a blank line without a mark", "> one\n\n> two\n", "one\n\ntwo\n"},
    {"quoted twice, with and without blanks", ">> one\n> > two\n>>three\n", "one\ntwo\nthree\n"},
    {"indented, by its least", "    one\n      two\n\n    three\n", "one\n  two\n\nthree\n"},
    {"indented and quoted", "\t> one\n\t>   two\n", "one\n  two\n"},
    {"with CR LF", "> one\r\n> two\r\n", "one\ntwo\n"},
    {"with CR", "> one\r> two\r", "one\ntwo\n"},
    {"more marks than layers", ">>>>>>>>>>>>>>>>>> one\n", ">> one\n"},
    {"one line alone", "> one", "one\n"},
    {"an answer to something quoted", "> one\n\nno\n", "> one\n\nno\n"},
    {"a line that is not indented", "  one\ntwo\n", "  one\ntwo\n"},
    {"nothing but marks, where blank lines in front do not count", ">\n>\n", "\n"},
};

static void quoted(void **state)
{
    const struct quoted_row *row = *state;
    struct wb_slice raw = unit_exact(wb_slice_str(row->raw));
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, raw);
    assert_true(mail.headless);
    assert_slice(mail.parts[0].body, wb_slice_str(row->text));
    free((char *)raw.p);
}

/* The whole copy, or none: a text that is cut would be another one. */
static void quoted_without_memory(void **state)
{
    (void)state;
    struct wb_slice raw = WB_S("> > one\n> > two\n");
    wb_arena_reset(&arena);
    size_t size = arena.size;
    for (arena.size = arena.used; arena.size < arena.used + 64; arena.size++) {
        size_t mark = wb_arena_mark(&arena);
        struct wb_slice text = wb_mail_unquoted(&mail, raw);
        assert_slice(text, text.p == raw.p ? raw : WB_S("one\ntwo\n"));
        text = wb_mail_less_quoted(&mail, raw);
        assert_slice(text, text.p == raw.p ? raw : WB_S("> one\n> two\n"));
        wb_arena_release(&arena, mark);
    }
    arena.size = size;
}

static void quoted_mail(void **state)
{
    (void)state;
    static const char raw[] = "> From: a@example.org\n> Subject: x\n>\n> text\n";
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, wb_slice_str(raw));
    assert_false(mail.headless);
    assert_slice(wb_mail_header(&mail, 0, WB_H_SUBJECT)->value, WB_S("x"));
    assert_slice(wb_slice_trim(wb_mail_text(&mail, 0)), WB_S("text"));
}

#define FIELD "Content-Type: text/plain\n\n"

/* The parts of a multipart whose header was left out. */
static const struct parts_row {
    const char *name, *raw, *one, *two;
} parts_rows[] = {
    {"from the first delimiter on", "--b\n" FIELD "one\n--b\n" FIELD "two\n--b--\n", "one", "two"},
    {"with its preamble",
     "This is a multi-part message in MIME format.\n\n--b\n" FIELD "one\n--b\n" FIELD "two\n--b--",
     "one", "two"},
    {"behind words of a reader", "What is this?\n\n--b\n" FIELD "one\n--b\n\ntwo\n", "one", "two"},
    {"with a byte order mark", "\xEF\xBB\xBF--b\n" FIELD "one\n--b\n\ntwo\n", "one", "two"},
    {"quoted", "> --b\n> Content-Type: text/plain\n>\n> one\n> --b\n>\n> two\n> --b--\n", "one",
     "two"},
    {"in quoted-printable",
     "--b\nContent-Transfer-Encoding: quoted-printable\n\n=6Fne\n--b\n" FIELD "two\n--b--\n", "one",
     "two"},
};

static void pasted_parts(void **state)
{
    const struct parts_row *row = *state;
    struct wb_slice raw = unit_exact(wb_slice_str(row->raw));
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, raw);
    assert_true(mail.headless);
    assert_int_equal(mail.part_count, 3);
    assert_int_equal(mail.parts[0].media, WB_MEDIA_MULTIPART);
    assert_slice(wb_mail_text(&mail, 1), wb_slice_str(row->one));
    assert_slice(wb_mail_text(&mail, 2), wb_slice_str(row->two));
    free((char *)raw.p);
}

int main(void)
{
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    UNIT_ROWS(pasted, pasted_rows);
    UNIT_ROWS(pasted_parts, parts_rows);
    UNIT_ROWS(quoted, quoted_rows);
    UNIT_ONE(quoted_without_memory, "without room for a copy");
    UNIT_ONE(quoted_mail, "a mail that is quoted as a whole");
    int failed = unit_run();
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    return failed;
}
