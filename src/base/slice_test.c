/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

/* ---- lines: LF, CR LF, CR CR LF, bare CR ---- */

static const struct lines_row {
    const char *name, *text;
    const char *lines; /* each line in brackets */
} lines_rows[] = {
    {"nothing", "", ""},
    {"no line end", "a", "[a]"},
    {"LF", "a\nb\n", "[a][b]"},
    {"CR LF", "a\r\nb\r\n", "[a][b]"},
    {"CR CR LF", "a\r\r\nb", "[a][b]"},
    {"bare CR", "a\rb\r", "[a][b]"},
    {"two bare CRs", "a\r\rb", "[a][][b]"},
    {"CR CR CR LF", "a\r\r\r\nb", "[a][][b]"},
    {"bare CR before LF further on", "a\rb\nc", "[a][b][c]"},
    {"CR at the end of the text", "a\r", "[a]"},
    {"only LF", "\n", "[]"},
    {"only CR LF", "\r\n", "[]"},
    {"blank lines", "\n\na\n\n", "[][][a][]"},
    {"mixed", "a\r\nb\nc\rd", "[a][b][c][d]"},
};

static void lines(void **state)
{
    const struct lines_row *row = *state;
    struct wb_slice rest = wb_slice_str(row->text), line;
    char got[200] = "";
    while (wb_slice_line(&rest, &line))
        snprintf(got + strlen(got), sizeof got - strlen(got), "[%.*s]", WB_F(line));
    assert_string_equal(got, row->lines);
    assert_int_equal(rest.n, 0);
}

/* ---- numbers: 1 to 18 digits that fill the slice ---- */

static const struct number_row {
    const char *name, *text;
    bool good;
    long long n;
} number_rows[] = {
    {"zero", "0", true, 0},
    {"leading zeros", "0042", true, 42},
    {"18 digits", "999999999999999999", true, 999999999999999999},
    {"19 digits", "1000000000000000000", false, 0},
    {"nothing", "", false, 0},
    {"letter behind", "12a", false, 0},
    {"blank before", " 1", false, 0},
    {"sign", "-1", false, 0},
    {"plus", "+1", false, 0},
    {"point", "1.5", false, 0},
};

static void number(void **state)
{
    const struct number_row *row = *state;
    long long n = -7;
    assert_int_equal(wb_slice_number(wb_slice_str(row->text), &n), row->good);
    if (row->good)
        assert_true(n == row->n);
}

/* ---- searching; -1 stands for "not there" ---- */

static const struct find_row {
    const char *name, *text, *needle;
    int exact, nocase;
} find_rows[] = {
    {"at the front", "abc", "ab", 0, 0},
    {"at the end", "abc", "bc", 1, 1},
    {"other case", "xxABC", "abc", -1, 2},
    {"first of two", "a-b-a-b", "b", 2, 2},
    {"after a false start", "aab", "ab", 1, 1},
    {"longer than the text", "ab", "abc", -1, -1},
    {"not there", "abc", "d", -1, -1},
    {"in nothing", "", "a", -1, -1},
    {"nothing", "abc", "", 0, 0},
    {"nothing in nothing", "", "", -1, -1},
    {"only ASCII letters have a case", "\xC3\x84", "\xC3\xA4", -1, -1},
    {"@ and ` are no case of each other", "@", "`", -1, -1},
    {"[ and { are no case of each other", "[", "{", -1, -1},
};

static void find(void **state)
{
    const struct find_row *row = *state;
    struct wb_slice text = wb_slice_str(row->text), needle = wb_slice_str(row->needle);
    assert_int_equal(wb_slice_find(text, needle), row->exact < 0 ? text.n : (size_t)row->exact);
    assert_int_equal(wb_slice_findi(text, needle), row->nocase < 0 ? text.n : (size_t)row->nocase);
    assert_int_equal(wb_slice_hasi(text, needle), row->nocase >= 0);
}

/* ---- heads, tails and equality: bits 1 equal, 2 head, 4 tail; then the same without case ---- */

static const struct same_row {
    const char *name, *a, *b;
    int exact, nocase;
} same_rows[] = {
    {"the same", "abc", "abc", 7, 7},
    {"other case", "aBc", "AbC", 0, 7},
    {"head", "abc", "ab", 2, 2},
    {"head in other case", "ABc", "ab", 0, 2},
    {"tail", "abc", "bc", 4, 4},
    {"tail in other case", "abC", "Bc", 0, 4},
    {"the other is longer", "ab", "abc", 0, 0},
    {"nothing is head and tail of all", "abc", "", 6, 6},
    {"both nothing", "", "", 7, 7},
};

static void same(void **state)
{
    const struct same_row *row = *state;
    struct wb_slice a = wb_slice_str(row->a), b = wb_slice_str(row->b);
    assert_int_equal(wb_slice_eq(a, b) | wb_slice_starts(a, b) << 1 | wb_slice_ends(a, b) << 2,
                     row->exact);
    assert_int_equal(wb_slice_eqi(a, b) | wb_slice_startsi(a, b) << 1 | wb_slice_endsi(a, b) << 2,
                     row->nocase);
}

/* ---- white space ---- */

static const struct trim_row {
    const char *name, *text, *both, *left, *right;
} trim_rows[] = {
    {"both ends", " \t a b\r\n", "a b", "a b\r\n", " \t a b"},
    {"only white space", " \r\n\t", "", "", ""},
    {"none", "a", "a", "a", "a"},
    {"nothing", "", "", "", ""},
    {"vertical tab is none", "\va\v", "\va\v", "\va\v", "\va\v"},
};

static void trim(void **state)
{
    const struct trim_row *row = *state;
    struct wb_slice text = wb_slice_str(row->text);
    assert_text(wb_slice_trim(text), row->both);
    assert_text(wb_slice_ltrim(text), row->left);
    assert_text(wb_slice_rtrim(text), row->right);
}

/* ---- order: by bytes, shorter first ---- */

static const struct order_row {
    const char *name, *a, *b;
    int sign;
} order_rows[] = {
    {"equal", "ab", "ab", 0},
    {"first byte", "a", "b", -1},
    {"head is less", "a", "ab", -1},
    {"nothing is least", "", "a", -1},
    {"byte before length", "b", "aa", 1},
    {"bytes above ASCII come last", "\xC3", "z", 1},
};

static void order(void **state)
{
    const struct order_row *row = *state;
    int c = wb_slice_cmp(wb_slice_str(row->a), wb_slice_str(row->b));
    int d = wb_slice_cmp(wb_slice_str(row->b), wb_slice_str(row->a));
    assert_int_equal((c > 0) - (c < 0), row->sign);
    assert_int_equal((d > 0) - (d < 0), -row->sign);
}

static void pieces(void **state)
{
    (void)state;
    struct wb_slice s = WB_S("abc"), rest = WB_S("a;;b");
    assert_text(wb_slice_from(s, 1), "bc");
    assert_text(wb_slice_from(s, 3), "");
    assert_text(wb_slice_from(s, 99), "");
    assert_text(wb_slice_head(s, 2), "ab");
    assert_text(wb_slice_head(s, 99), "abc");
    assert_text(wb_slice_cut(&rest, ';'), "a");
    assert_text(wb_slice_cut(&rest, ';'), "");
    assert_text(wb_slice_cut(&rest, ';'), "b");
    assert_text(rest, "");
    assert_text(wb_slice_cut(&rest, ';'), "");
    assert_int_equal(wb_slice_chr(WB_NONE, 'a'), 0);
    assert_int_equal(wb_slice_chr(s, 'c'), 2);
    assert_int_equal(wb_slice_chr(s, 'x'), 3);
    /* a NUL in a mail is a byte like any other */
    assert_int_equal(wb_slice_find(WB_S("a\0b"), WB_S("b")), 2);
    assert_false(wb_slice_eq(WB_S("a\0b"), WB_S("a\0c")));
}

static void hex(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        const char digits[] = "0123456789abcdef", byte = (char)c;
        const char *at = c ? strchr(digits, wb_lower(byte)) : NULL;
        assert_int_equal(wb_hex_digit(byte), at ? at - digits : -1);
    }
}

/* Each pair of bytes, within texts of each kind of length, at places that move. */
static void every_pair(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33};
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        struct wb_slice a = unit_exact(wb_slice("MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM", lengths[k]));
        struct wb_slice b = unit_exact(wb_slice("mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", lengths[k]));
        for (unsigned pair = 0; pair < 0x10000; pair++) {
            char *x = (char *)a.p + pair % a.n, *y = (char *)b.p + pair % b.n;
            *x = (char)(pair >> 8);
            *y = (char)pair;
            if (wb_same_letters(a.p, b.p, a.n) != (wb_lower(*x) == wb_lower(*y)))
                fail_msg("%04X in %zu bytes", pair, a.n);
            *x = 'M';
            *y = 'm';
        }
    }
}

int main(void)
{
    UNIT_ROWS(lines, lines_rows);
    UNIT_ROWS(number, number_rows);
    UNIT_ROWS(find, find_rows);
    UNIT_ROWS(same, same_rows);
    UNIT_ONE(every_pair, "letters in either case, of all bytes");
    UNIT_ROWS(trim, trim_rows);
    UNIT_ROWS(order, order_rows);
    UNIT_ONE(hex, "hexadecimal digits, of all bytes");
    UNIT_ONE(pieces, "from, head, cut, chr");
    return unit_run();
}
