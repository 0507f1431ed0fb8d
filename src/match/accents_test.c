/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters without their accents. */
#include "accents.h"

#include "unit.h"

static const struct row {
    const char *name, *text, *without;
} rows[] = {
    {"nothing", "", ""},
    {"ASCII", "user (?:a|b)", "user (?:a|b)"},
    {"one letter for another", "é à ł ñ ż ő ğ ı", "e a l n z o g i"},
    {"first and last of the table", "à þ ſ", "a th s"},
    {"two letters", "ß æ œ ĳ", "ss ae oe ij"},
    {"division is no letter", "÷", "÷"},
    {"Romanian and Vietnamese", "ș ț ơ ư", "s t o u"},
    {"first and last of each base", "ạ ặ ẹ ệ ỉ ị ọ ợ ụ ự ỳ ỹ", "a a e e i i o o u u y y"},
    {"behind the last", "\xE1\xBB\xBA", "\xE1\xBB\xBA"},
    {"an accent by itself", "e\xCC\x81 e\xCD\xAF", "e e"},
    {"beside those", "\xCB\xBF \xCD\xB0", "\xCB\xBF \xCD\xB0"},
    {"Greek", "ά έ ή ί ό ύ ώ ϊ ϋ ΐ ΰ ς", "α ε η ι ο υ ω ι υ ι υ ς"},
    {"Cyrillic", "ё й ї", "е й ї"},
    {"other scripts", "邮箱 メール 메일 ผู้รับ ملف", "邮箱 メール 메일 ผู้รับ ملف"},
    {"a letter cut short", "a\xC3", "a\xC3"},
    {"three bytes cut short", "a\xE1\xBA", "a\xE1\xBA"},
    {"what is no UTF-8", "\xC3\xA9\xFF\x80", "e\xFF\x80"},
};

static void dropped(void **state)
{
    const struct row *row = *state;
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    size_t n = wb_drop_accents((char *)text.p, text.n);
    assert_text(wb_slice(text.p, n), row->without);
    free((char *)text.p);
}

int main(void)
{
    UNIT_ROWS(dropped, rows);
    return unit_run();
}
