/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf8.h"

#include "unit.h"

/* Well-formed byte sequences: Unicode 3.9, table 3-7. What is none reads as U+FFFD and takes 1. */
static const struct get_row {
    const char *name, *bytes;
    uint32_t rune;
    size_t taken;
} get_rows[] = {
    {"ASCII", "a", 'a', 1},
    {"two bytes, least", "\xC2\x80", 0x80, 2},
    {"two bytes, most", "\xDF\xBF", 0x7FF, 2},
    {"three bytes, least", "\xE0\xA0\x80", 0x800, 3},
    {"before the surrogates", "\xED\x9F\xBF", 0xD7FF, 3},
    {"behind the surrogates", "\xEE\x80\x80", 0xE000, 3},
    {"U+FFFD itself", "\xEF\xBF\xBD", 0xFFFD, 3},
    {"four bytes, least", "\xF0\x90\x80\x80", 0x10000, 4},
    {"the last character", "\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
    {"beyond the last", "\xF4\x90\x80\x80", 0xFFFD, 1},
    {"overlong slash in two", "\xC0\xAF", 0xFFFD, 1},
    {"overlong in two, C1", "\xC1\xBF", 0xFFFD, 1},
    {"overlong in three", "\xE0\x9F\xBF", 0xFFFD, 1},
    {"overlong in four", "\xF0\x8F\xBF\xBF", 0xFFFD, 1},
    {"a high surrogate", "\xED\xA0\x80", 0xFFFD, 1},
    {"a low surrogate", "\xED\xBF\xBF", 0xFFFD, 1},
    {"a tail alone", "\x80", 0xFFFD, 1},
    {"cut after the first", "\xE4", 0xFFFD, 1},
    {"cut after the second", "\xE4\xB8", 0xFFFD, 1},
    {"cut after the third", "\xF0\x9F\x98", 0xFFFD, 1},
    {"ASCII where a tail is due",
     "\xE4\xB8"
     "a",
     0xFFFD, 1},
    {"F5", "\xF5\x80\x80\x80", 0xFFFD, 1},
    {"FE", "\xFE", 0xFFFD, 1},
    {"FF", "\xFF", 0xFFFD, 1},
};

static void get(void **state)
{
    const struct get_row *row = *state;
    struct wb_slice bytes = unit_exact(wb_slice_str(row->bytes));
    size_t taken = 99;
    assert_int_equal(wb_utf8_get(bytes, &taken), row->rune);
    assert_int_equal(taken, row->taken);
    bool good = row->rune != WB_REPLACEMENT || row->taken == 3;
    assert_int_equal(wb_utf8_valid(bytes), good ? bytes.n : 0);
    free((char *)bytes.p);
}

/* What was put is what is got, for every character there is. */
static void every_character(void **state)
{
    (void)state;
    for (uint32_t rune = 1; rune <= 0x10FFFF; rune++) {
        char bytes[4];
        size_t n = wb_utf8_put(rune, bytes), taken;
        bool surrogate = rune >= 0xD800 && rune <= 0xDFFF;
        assert_int_equal(n, rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4);
        uint32_t back = wb_utf8_get(wb_slice(bytes, n), &taken);
        if (back != (surrogate ? WB_REPLACEMENT : rune) || taken != n)
            fail_msg("U+%04X comes back as U+%04X", rune, back);
    }
    char bytes[4];
    assert_int_equal(wb_utf8_put(0x110000, bytes), 3);
    assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
}

static const struct head_row {
    const char *name, *text;
    size_t n;
    const char *head;
} head_rows[] = {
    {"all of it", "a中", 9, "a中"},        {"just all of it", "a中", 4, "a中"},
    {"inside a character", "a中", 3, "a"}, {"behind its first byte", "a中", 2, "a"},
    {"before it", "a中", 1, "a"},          {"nothing fits", "中", 2, ""},
    {"nothing wanted", "abc", 0, ""},      {"four bytes", "😀😀", 7, "😀"},
};

static void head(void **state)
{
    const struct head_row *row = *state;
    assert_text(wb_utf8_head(wb_slice_str(row->text), row->n), row->head);
}

static const struct valid_row {
    const char *name, *text;
    size_t valid, ascii;
    bool plain;
} valid_rows[] = {
    {"nothing", "", 0, 0, true},
    {"ASCII of more than a word", "0123456789abcdef!", 17, 17, true},
    {"first other byte inside a word", "0123456789\xC3\xA4", 12, 10, true},
    {"bad byte inside a word",
     "01234567890\xFF"
     "abcdefgh",
     11, 11, false},
    {"bad byte at the end", "01234567\xC3", 8, 8, false},
    {"an escape opens ISO 2022", "a\x1b$B", 4, 4, false},
    {"U+FFFD is valid", "\xEF\xBF\xBD", 3, 0, true},
};

static void valid(void **state)
{
    const struct valid_row *row = *state;
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    assert_int_equal(wb_utf8_valid(text), row->valid);
    assert_int_equal(wb_utf8_ascii(text), row->ascii);
    assert_int_equal(wb_utf8_is_plain(text), row->plain);
    free((char *)text.p);
}

static const struct width_row {
    const char *name;
    uint32_t rune;
    int columns;
} width_rows[] = {
    {"letter", 'a', 1},
    {"letter with an accent", 0xE9, 1},
    {"Cyrillic", 0x416, 1},
    {"combining acute", 0x301, 0},
    {"combining dakuten", 0x3099, 0},
    {"Chinese", 0x4E2D, 2},
    {"kana", 0x3042, 2},
    {"Hangul", 0xD55C, 2},
    {"full-width letter", 0xFF21, 2},
    {"half-width kana", 0xFF71, 1},
    {"Chinese comma", 0xFF0C, 2},
    {"smile", 0x1F600, 2},
    {"rare Chinese", 0x20000, 2},
    {"zero width space", 0x200B, 0},
};

static void width(void **state)
{
    const struct width_row *row = *state;
    assert_int_equal(wb_utf8_width(row->rune), row->columns);
}

static const struct unsafe_row {
    const char *name;
    uint32_t rune;
    bool unsafe;
} unsafe_rows[] = {
    {"NUL", 0, true},
    {"line feed", '\n', true},
    {"escape", 0x1B, true},
    {"blank", ' ', false},
    {"tilde", '~', false},
    {"DEL", 0x7F, true},
    {"C1: control sequence introducer", 0x9B, true},
    {"no-break space", 0xA0, false},
    {"soft hyphen", 0xAD, true},
    {"Arabic letter mark", 0x61C, true},
    {"zero width space", 0x200B, true},
    {"right-to-left mark", 0x200F, true},
    {"line separator", 0x2028, true},
    {"paragraph separator", 0x2029, true},
    {"right-to-left override", 0x202E, true},
    {"isolate", 0x2067, true},
    {"pop isolate", 0x2069, true},
    {"byte order mark", 0xFEFF, true},
    {"tag letter", 0xE0041, true},
    {"ideographic space", 0x3000, false},
    {"Chinese", 0x9000, false},
    {"Hebrew letter", 0x5D0, false},
    {"smile", 0x1F600, false},
};

static void unsafe(void **state)
{
    const struct unsafe_row *row = *state;
    assert_int_equal(wb_utf8_unsafe(row->rune), row->unsafe);
}

static size_t valid_by_characters(struct wb_slice s)
{
    size_t i = 0, taken;
    for (; i < s.n; i += taken)
        if (wb_utf8_get(wb_slice_from(s, i), &taken) == WB_REPLACEMENT && taken == 1)
            break;
    return i;
}

/* What is valid is what can be read, for all that a character can begin with. */
static void valid_like_get(void **state)
{
    (void)state;
    static const char tails[][3] = {"\x80\x80", "\xBF\xBF", "a\x80",
                                    "\x80"
                                    "a",
                                    "\xC3\xA4"};
    for (unsigned first = 0; first < 0x10000; first++)
        for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
            char bytes[] = {'x', (char)(first >> 8), (char)first, tails[i][0], tails[i][1]};
            struct wb_slice s = wb_slice(bytes, sizeof bytes);
            if (wb_utf8_valid(s) != valid_by_characters(s))
                fail_msg("%04X and %zu", first, i);
        }
}

/* One byte among letters, at every place of texts around the size of the blocks. */
static void unmarked(void **state)
{
    (void)state;
    static const char marks[] = {'\x1b', '\x80', '\xFF', '\x1a', '\x1c', '\x9b'};
    for (size_t n = 1; n < 150; n++)
        for (size_t at = 0; at < n; at++) {
            char text[150];
            memset(text, 'x', n);
            text[at] = marks[(n + at) % sizeof marks];
            struct wb_slice s = unit_exact(wb_slice(text, n));
            bool marked = text[at] == '\x1b' || (text[at] & 0x80);
            assert_int_equal(wb_utf8_unmarked(s), marked ? at : n);
            assert_int_equal(wb_utf8_ascii(s), text[at] & 0x80 ? at : n);
            assert_int_equal(wb_utf8_is_plain(s), !marked);
        }
}

/* One odd byte at each place of texts of each length, and what lies behind the text. */
static void odd_bytes(void **state)
{
    (void)state;
    static const char odd[] = "\x80\xFF\x1b\n=\x7F\x1F\0~ ";
    for (size_t n = 0; n <= 150; n++)
        for (size_t at = 0; at <= n; at++)
            for (size_t i = 0; i < sizeof odd - 1; i++) {
                char text[151];
                memset(text, 'a', sizeof text);
                text[at] = odd[i]; /* at n it is none of the text */
                struct wb_slice s = unit_exact(wb_slice(text, n));
                assert_int_equal(wb_utf8_ascii(s), i < 2 ? at : n);
                assert_int_equal(wb_utf8_unmarked(s), i < 3 ? at : n);
                assert_int_equal(wb_utf8_printable(s, '='), at == n || i > 7);
                assert_int_equal(wb_utf8_printable(s, 'b'), at == n || i > 7 || odd[i] == '=');
                free((char *)s.p);
            }
}

int main(void)
{
    UNIT_ROWS(get, get_rows);
    UNIT_ONE(every_character, "there and back");
    UNIT_ONE(valid_like_get, "valid is what can be read");
    UNIT_ONE(unmarked, "a mark among letters");
    UNIT_ROWS(head, head_rows);
    UNIT_ROWS(valid, valid_rows);
    UNIT_ROWS(width, width_rows);
    UNIT_ROWS(unsafe, unsafe_rows);
    UNIT_ONE(odd_bytes, "at each place");
    return unit_run();
}
