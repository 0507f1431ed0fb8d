/* SPDX-License-Identifier: BSD-2-Clause */
#include "match.h"

#include "unit.h"

static struct wb_matcher *matcher;

static const struct regex_row {
    const char *name, *expression;
    int flags;
    const char *text;
    const char *whole; /* NULL: no match */
    const char *first; /* of group 1 */
} regex_rows[] = {
    {"plain", "unknown", 0, "user unknown here", "unknown", ""},
    {"none", "unknown", 0, "user known", NULL, NULL},
    {"case counts", "unknown", 0, "UNKNOWN", NULL, NULL},
    {"case does not count", "unknown", WB_REGEX_CASELESS, "x UnKnown", "UnKnown", ""},
    {"a group", "size (\\d+) bytes", 0, "max size 7372800 bytes", "size 7372800 bytes", "7372800"},
    {"a group that took no part", "a(b)?c", 0, "ac", "ac", ""},
    {"a group of nothing", "a()c", 0, "ac", "ac", ""},
    {"one of two groups", "(x)|(y)", 0, "y", "y", ""},
    {"the fourteenth group", "(x)(?:(a)|(b)|(c)|(d)|(e)|(f)|(g)|(h)|(i)|(j)|(k)|(l)|(m))", 0, "xm",
     "xm", "x"},
    {"the first place", "a.", 0, "xab ac", "ab", ""},
    {"a dot is also a line end", "a.b", 0, "a\nb", "a\nb", ""},
    {"anchored", "^ab", 0, "xab", NULL, NULL},
    {"anchored at the front", "^ab", 0, "abc", "ab", ""},
    {"anchored to a class", "^[ab]c", 0, "bc", "bc", ""},
    {"anchored, caseless", "^ab", WB_REGEX_CASELESS, "AB", "AB", ""},
    {"anchored, may be empty", "^a?", 0, "b", "", ""},
    {"the end", "b$", 0, "ab", "b", ""},
    {"in nothing", "^$", 0, "", "", ""},
    {"Chinese", "邮箱(?:已)?满", 0, "对方邮箱满了", "邮箱满", ""},
    {"bytes that are no UTF-8", "a.b", 0,
     "a\xFF"
     "b",
     "a\xFF"
     "b",
     ""},
    {"boundary", "\\bfull\\b", 0, "awful full", "full", ""},
};

static void find(void **state)
{
    const struct regex_row *row = *state;
    struct wb_status status = {{0}};
    struct wb_groups groups;
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    struct wb_regex *regex = wb_regex_new(wb_slice_str(row->expression), row->flags, &status);
    assert_non_null(regex);
    assert_int_equal(wb_regex_find(regex, matcher, text, &groups), row->whole != NULL);
    if (row->whole) {
        assert_true(wb_regex_may_start(regex, text));
        assert_text(groups.whole, row->whole);
        assert_true(groups.whole.p >= text.p && wb_slice_end(groups.whole) <= wb_slice_end(text));
        assert_text(groups.group[1], row->first);
        assert_int_equal(groups.group[WB_MAX_GROUPS - 1].n, 0);
    }
    wb_regex_free(regex);
    free((char *)text.p);
}

static const struct bad_row {
    const char *name, *expression;
} bad_rows[] = {
    {"a group never closed", "a(b"},     {"a class never closed", "a[b"},
    {"closed without being open", "a)"}, {"nothing to repeat", "*a"},
    {"range upside down", "a{3,1}"},     {"single bytes of a character", "a\\Cb"},
    {"a backslash at the end", "a\\"},
};

static void bad(void **state)
{
    const struct bad_row *row = *state;
    struct wb_status status = {{0}};
    assert_null(wb_regex_new(wb_slice_str(row->expression), 0, &status));
    assert_true(status.text[0] != '\0');
}

static void may_start(void **state)
{
    (void)state;
    struct wb_status status;
    struct wb_regex *one = wb_regex_new(WB_S("^to "), 0, &status);
    struct wb_regex *some = wb_regex_new(WB_S("^(?:to|from) "), 0, &status);
    assert_true(wb_regex_may_start(one, WB_S("to x")));
    assert_false(wb_regex_may_start(one, WB_S("from x")));
    assert_true(wb_regex_may_start(some, WB_S("from x")));
    wb_regex_free(one);
    wb_regex_free(some);
}

static void names(void **state)
{
    (void)state;
    struct wb_status status;
    struct wb_groups groups;
    struct wb_regex *regex = wb_regex_new(WB_S("(?<a>x)(y)(?<b>z)"), 0, &status);
    assert_int_equal(wb_regex_group(regex, "a"), 1);
    assert_int_equal(wb_regex_group(regex, "b"), 3);
    assert_int_equal(wb_regex_group(regex, "c"), 0);
    assert_true(wb_regex_find(regex, matcher, WB_S("xyz"), &groups));
    assert_text(groups.group[3], "z");
    wb_regex_free(regex);
}

/* An expression that goes wild ends at the limit of steps, as no match. */
static void limit(void **state)
{
    (void)state;
    static char text[5000];
    struct wb_status status;
    struct wb_groups groups;
    memset(text, 'a', sizeof text);
    struct wb_regex *regex = wb_regex_new(WB_S("(?:a+)+(?:a+)+(?:a+)+$|never"), 0, &status);
    text[sizeof text - 1] = 'b';
    assert_false(wb_regex_find(regex, matcher, wb_slice(text, sizeof text), &groups));
    wb_regex_free(regex);
    regex = wb_regex_new(WB_S("(a|aa)+b"), 0, &status); /* needs much memory, or many steps */
    wb_regex_find(regex, matcher, wb_slice(text, sizeof text), &groups);
    wb_regex_free(regex);
}

/* What is found does not depend on what was sought before, and on how much work that was. */
static const struct worked_row {
    const char *name, *expression, *filling, *text;
} worked_rows[] = {
    {"a look ahead at the front", "(?= )b? +", "ab", " "},
    {"a look ahead in a group at the front", "((?=a)b?)a", "bb", "a"},
    {"a look ahead behind a place", "\\b(?=a)b?a+", "b ", "a"},
    {"a look ahead behind one that finds nothing", "(?!x)(?=a)b?a", "bb", "a"},
    {"a look ahead further on", "b?(?= ) +", "ab", " "},
    {"a look ahead at the front of the text", "^(?=a)(?:b|a)?a*", "ab", "a"},
};

static void worked(void **state)
{
    const struct worked_row *row = *state;
    static char text[8192];
    struct wb_status status;
    struct wb_groups groups;
    struct wb_regex *regex = wb_regex_new(wb_slice_str(row->expression), 0, &status);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = row->filling[i % strlen(row->filling)];
    for (int i = 0; i < 10; i++) {
        assert_true(wb_regex_find(regex, matcher, wb_slice_str(row->text), &groups));
        assert_text(groups.whole, row->text);
        wb_regex_find(regex, matcher, wb_slice(text, sizeof text), &groups);
    }
    wb_regex_free(regex);
}

int main(void)
{
    matcher = wb_matcher_new(NULL, 0);
    assert_non_null(matcher);
    UNIT_ROWS(find, regex_rows);
    UNIT_ROWS(bad, bad_rows);
    UNIT_ONE(may_start, "tells by the first byte");
    UNIT_ONE(names, "numbers of named groups");
    UNIT_ONE(limit, "wild expressions");
    UNIT_ROWS(worked, worked_rows);
    int failed = unit_run();
    wb_matcher_free(matcher);
    return failed;
}
