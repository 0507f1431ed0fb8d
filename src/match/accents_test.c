/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters without their accents. */
#include "accents.h"

#include "unit.h"
#include "utf8.h"

static const struct row {
    const char *name, *text, *without;
} rows[] = {
    {"one letter for another", "éàłñżőğı", "ealnzogi"},
    {"first and last of the table", "àþſ", "aths"},
    {"two letters", "ßæœĳ", "ssaeoeij"},
    {"division is no letter", "÷", "÷"},
    {"Romanian, and Vietnamese of two bytes", "șțơư", "stou"},
    {"Greek", "άέήίόύώϊϋΐΰς", "αεηιουωιυιυς"},
    {"Cyrillic", "ёйї", "ейї"},
    {"in front of those that have some", "\xC2\x80\xC2\xBF\xC3\x97", "\xC2\x80\xC2\xBF\xC3\x97"},
    {"an accent by itself", "\xCC\x80\xCD\xAF", ""},
    {"beside those", "\xCB\xBF\xCD\xB0", "\xCB\xBF\xCD\xB0"},
    {"behind Greek", "\xCF\x8F\xDF\xBF", "\xCF\x8F\xDF\xBF"},
};

static void without(void **state)
{
    const struct row *row = *state;
    char got[100];
    size_t n = 0, taken;
    for (struct wb_slice left = wb_slice_str(row->text); left.n;
         left = wb_slice_from(left, taken)) {
        uint32_t rune = wb_utf8_get(left, &taken);
        n += wb_without_accent(rune, got + n);
    }
    assert_text(wb_slice(got, n), row->without);
}

/* Where the letters of each base begin and end. */
static void vietnamese(void **state)
{
    (void)state;
    static const struct {
        unsigned rune;
        char base;
    } letters[] = {{0x7FF, 0},    {0x1E9F, 0},   {0x1EA0, 'a'}, {0x1EB7, 'a'}, {0x1EB8, 'e'},
                   {0x1EC7, 'e'}, {0x1EC8, 'i'}, {0x1ECB, 'i'}, {0x1ECC, 'o'}, {0x1EE3, 'o'},
                   {0x1EE4, 'u'}, {0x1EF1, 'u'}, {0x1EF2, 'y'}, {0x1EF9, 'y'}, {0x1EFA, 0},
                   {0x4E00, 0},   {0xFFFF, 0}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        assert_int_equal(wb_vietnamese_base(letters[i].rune), letters[i].base);
}

int main(void)
{
    UNIT_ROWS(without, rows);
    UNIT_ONE(vietnamese, "from where to where");
    return unit_run();
}
