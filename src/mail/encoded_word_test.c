/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of header fields: unfolding (RFC 5322 2.2.3) and encoded words (RFC 2047). */
#include "unit.h"

#include "mail.h"

static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;

static const struct value_row {
    const char *name, *raw, *text;
} word_rows[] = {
    /* the examples of RFC 2047 8 */
    {"RFC 2047: one word", "(=?ISO-8859-1?Q?a?=)", "(a)"},
    {"RFC 2047: a word and text", "(=?ISO-8859-1?Q?a?= b)", "(a b)"},
    {"RFC 2047: one blank between words", "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
    {"RFC 2047: two blanks between words", "(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
    {"RFC 2047: a fold between words", "(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)"},
    {"RFC 2047: a blank inside", "(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
    {"RFC 2047: two charsets", "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"},
    {"RFC 2047: a sentence in two charsets",
     "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n"
     " =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
     "If you can read this you understand the example."},
    {"RFC 2047: a name and an address", "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
     "Keith Moore <moore@cs.utk.edu>"},
    {"RFC 2047: Danish", "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>",
     "Keld Jørn Simonsen <keld@dkuug.dk>"},
    {"RFC 2047: Hebrew", "(=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=)", "(םולש ןב ילטפנ)"},
    /* RFC 2231 5 */
    {"RFC 2231: a language", "=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"},
    /* split inside a character, which section 5 forbids and programs do */
    {"UTF-8 split, B", "=?utf-8?B?5Lg=?= =?utf-8?B?reaWhw==?=", "中文"},
    {"UTF-8 split, Q", "=?utf-8?Q?=E4=B8?= =?utf-8?Q?=AD?=", "中"},
    {"UTF-8 split over a fold", "=?utf-8?Q?=E4?=\r\n =?utf-8?Q?=B8=AD?=", "中"},
    {"UTF-8 split in three", "=?utf-8?Q?=E4?= =?utf-8?Q?=B8?= =?utf-8?Q?=AD?=", "中"},
    {"GBK split", "=?gb2312?B?08o=?= =?gb2312?Q?=CF=E4?=", "邮箱"},
    {"GBK split inside the pair", "=?gb2312?Q?=D3?= =?GB2312?Q?=CA=CF=E4?=", "邮箱"},
    {"ISO-2022-JP, each word by itself",
     "=?iso-2022-jp?B?GyRCRnwbKEI=?= =?iso-2022-jp?B?GyRCS1wbKEI=?=", "日本"},
    /* forms */
    {"small letters", "=?UTF-8?q?a=c3=a4?=", "aä"},
    {"text around and between", "x =?utf-8?Q?=C3=A4?= y =?utf-8?Q?=C3=B6?= z", "x ä y ö z"},
    {"no padding", "=?utf-8?B?5Lit?==?utf-8?B?YQ?=", "中a"},
    {"empty word",
     "a =?utf-8?Q?"
     "?= b",
     "a  b"},
    {"empty word and another",
     "=?utf-8?Q?"
     "?= a =?utf-8?Q?b?=",
     " a b"},
    {"begins with an escape", "=?utf-8?Q?=41?=", "A"},
    {"in quotes, against section 5", "\"=?utf-8?Q?=C3=A4?=\" <a@example.org>",
     "\"ä\" <a@example.org>"},
    {"blanks in it, against section 2", "=?utf-8?Q?a b?=", "a b"},
    {"a broken escape stays", "=?utf-8?Q?a=ZZ=4?=", "a=ZZ=4"},
    {"label misspelt", "=?uft-8?Q?=C3=A4?=", "ä"},
    {"label wrong", "=?us-ascii?B?5Lit5paH?=", "中文"},
    {"label unknown", "=?x-none?Q?abc?=", "abc"},
    /* what is none stays as it stands */
    {"never closed", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
    {"neither B nor Q", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
    {"no charset",
     "=?"
     "?Q?abc?=",
     "=?"
     "?Q?abc?="},
    {"only the mark", "a =? b", "a =? b"},
    {"a URL", "http://example.org/?a=?b", "http://example.org/?a=?b"},
};

static const struct value_row unfold_rows[] = {
    {"one line", "a b", "a b"},
    {"two lines", "a\r\n b", "a b"},
    {"LF only", "a\n b", "a b"},
    {"bare CR", "a\r b", "a b"},
    {"three lines", "a\r\n b\r\n c", "a b c"},
    {"text begins on the second line", "\r\n a", "a"},
    {"a line of blanks", "a\r\n \r\n b", "a b"},
    {"nothing", "", ""},
    {"only a fold", "\r\n ", ""},
    {"blanks inside a line stay", "a  b", "a  b"},
    {"raw UTF-8", "Unzustellbar: Empfänger", "Unzustellbar: Empfänger"},
    {"raw GBK", "\xCF\xB5\xCD\xB3\xCD\xCB\xD0\xC5", "系统退信"},
    {"raw GBK, folded", "\xCF\xB5\xCD\xB3\r\n \xCD\xCB\xD0\xC5", "系统 退信"},
    {"raw ISO-2022-JP", "\x1B$BF|K\\\x1B(B", "日本"},
    {"raw UTF-8 beside an encoded word", "退信 =?gb2312?B?08rP5A==?=", "退信 邮箱"},
};

static void value(void **state)
{
    const struct value_row *row = *state;
    wb_arena_reset(&arena);
    struct wb_slice raw = unit_exact(wb_slice_str(row->raw));
    assert_text(wb_mail_text_of_header(&mail, raw), row->text);
    free((char *)raw.p);
}

/* A To: of a large company: every name encoded. */
static void many(void **state)
{
    (void)state;
    struct wb_slice text;
    static char raw[100000], want[100000];
    size_t n = 0, m = 0;
    wb_arena_reset(&arena);
    for (int i = 0; i < 1000; i++) {
        n += (size_t)sprintf(raw + n, "=?utf-8?B?5Lit5paH?= <a%d@example.org>,\r\n ", i);
        m += (size_t)sprintf(want + m, "中文 <a%d@example.org>, ", i);
    }
    text = wb_mail_text_of_header(&mail, wb_slice_trim(wb_slice(raw, n)));
    assert_slice(text, wb_slice_trim(wb_slice(want, m)));
}

int main(void)
{
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    UNIT_ROWS(value, word_rows);
    unit_add_rows("unfold", value, unfold_rows, sizeof unfold_rows[0],
                  sizeof unfold_rows / sizeof unfold_rows[0]);
    UNIT_ONE(many, "a thousand encoded words");
    int failed = unit_run();
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    return failed;
}
