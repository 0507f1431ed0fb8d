/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scanner as a black box, against trying every expression on every text: each expression that
 * matches is a candidate, once; a candidate that is "sure" matches; a scanner that was saved and
 * loaded says the same. Expressions and texts are put together at random from few words, so that
 * many match.
 */
#include "match.h"

#include "buf.h"
#include "literals.h"
#include "unit.h"

enum { EXPRESSIONS = 400, TEXTS = 1500, ROUNDS = 3 };

static unsigned seed = 20260101;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 10) % n;
}

static const char *word(void)
{
    static const char *const words[] = {
        "user", "unknown", "mailbox", "full",   "mail",         "box",
        "is",   "over",    "quota",   "a",      "no",           "such",
        "邮箱", "已满",    "用户",    "不存在", "unknown user", "mailboxes",
        "ull",  "550",     "5.1.1",   "-",      "ox",           "rejected by policy",
        "i",    "b0",      "9"};
    return words[pick(sizeof words / sizeof words[0])];
}

static void expression(struct wb_buf *out, int depth)
{
    unsigned pieces = 1 + pick(3);
    for (unsigned i = 0; i < pieces; i++) {
        unsigned form = pick(depth > 2 ? 3 : 11);
        if (i && pick(2))
            wb_buf_byte(out, ' ');
        if (form < 3) {
            wb_buf_put(out, wb_slice_str(word()));
        } else if (form < 5) {
            wb_buf_lit(out, "(?:");
            for (unsigned n = 1 + pick(3); n > 0; n--) {
                expression(out, depth + 1);
                if (n > 1)
                    wb_buf_byte(out, '|');
            }
            wb_buf_put(out, pick(3)   ? WB_S(")")
                            : pick(2) ? WB_S(")?")
                            : pick(2) ? WB_S("){0,2}")
                                      : WB_S("){1,2}"));
        } else if (form == 5) {
            wb_buf_lit(out, "(.{0,10})");
        } else if (form == 6) {
            wb_buf_lit(out, "[a-f]");
        } else if (form == 7) {
            wb_buf_lit(out, "\\b");
        } else if (form == 8) {
            wb_buf_put(out, pick(2) ? WB_S("[0-9]") : pick(2) ? WB_S("[7-9i]") : WB_S("\\d"));
            wb_buf_put(out, pick(2) ? WB_S("") : pick(2) ? WB_S("{1,2}") : WB_S("?"));
        } else if (form == 9) {
            static const char *const shorts[] = {"i", "b0", "o", "0", "is"};
            wb_buf_put(out, wb_slice_str(shorts[pick(5)]));
        } else {
            wb_buf_lit(out, "s?");
        }
    }
}

static void text(struct wb_buf *out)
{
    for (unsigned n = pick(12); n > 0; n--) {
        wb_buf_put(out, wb_slice_str(word()));
        if (pick(3))
            wb_buf_byte(out, ' ');
    }
}

static struct wb_pattern patterns[EXPRESSIONS];
static struct wb_regex *regexes[EXPRESSIONS];
static struct wb_buf bytes;
static size_t matches_seen, sure_seen, others_seen; /* the test is worth something only with many */

static void make_patterns(void)
{
    size_t ends[EXPRESSIONS + 1] = {0};
    wb_buf_clear(&bytes);
    for (uint32_t i = 0; i < EXPRESSIONS; i++) {
        expression(&bytes, 0);
        ends[i + 1] = bytes.n;
    }
    for (uint32_t i = 0; i < EXPRESSIONS; i++) {
        struct wb_status status;
        patterns[i] = (struct wb_pattern){
            .text = wb_slice(bytes.p + ends[i], ends[i + 1] - ends[i]), .id = i * 7 + 3};
        regexes[i] = wb_regex_new(patterns[i].text, 0, &status);
        assert_non_null(regexes[i]);
    }
}

static void drop_patterns(void)
{
    for (uint32_t i = 0; i < EXPRESSIONS; i++)
        wb_regex_free(regexes[i]);
}

static void hold_against(const struct wb_scanner *scanner, struct wb_matcher *matcher,
                         struct wb_slice text)
{
    static struct wb_candidate found[EXPRESSIONS + 1];
    size_t n = wb_scan(scanner, matcher, text, found, EXPRESSIONS + 1);
    assert_true(n <= EXPRESSIONS);
    for (uint32_t i = 0; i < EXPRESSIONS; i++) {
        struct wb_groups groups;
        bool matches = wb_regex_find(regexes[i], matcher, text, &groups), sure = false;
        int times = 0;
        for (size_t j = 0; j < n; j++)
            if (found[j].id == patterns[i].id) {
                times++;
                sure = found[j].sure;
            }
        matches_seen += matches;
        sure_seen += sure;
        others_seen += !times;
        if (times > 1 || (matches && !times) || (sure && !matches))
            fail_msg("[%.*s] in [%.*s]: candidate %d times, sure %d, but matches %d",
                     WB_F(patterns[i].text), WB_F(text), times, sure, matches);
    }
}

static void scan(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct wb_buf one = {0};
        size_t always, saved_n;
        make_patterns();
        struct wb_scanner *scanner =
            wb_scanner_new(patterns, EXPRESSIONS, WB_S("mailbox is full"), &always);
        char *saved = wb_scanner_save(scanner, &saved_n);
        struct wb_scanner *again = wb_scanner_load(wb_slice(saved, saved_n));
        assert_non_null(again);
        struct wb_matcher *matcher = wb_matcher_new((struct wb_scanner *[]){scanner, again}, 2);
        assert_non_null(matcher);
        for (int i = 0; i < TEXTS; i++) {
            wb_buf_clear(&one);
            text(&one);
            struct wb_slice exact = unit_exact(wb_buf_slice(&one));
            hold_against(i % 2 ? scanner : again, matcher, exact);
            free((char *)exact.p);
        }
        struct wb_candidate few[2];
        assert_true(wb_scan(scanner, matcher, WB_S("user unknown mailbox is full"), few, 2) <= 2);
        wb_buf_free(&one);
        wb_matcher_free(matcher);
        wb_scanner_free(again);
        wb_scanner_free(scanner);
        free(saved);
        drop_patterns();
    }
}

static void worth(void **state)
{
    (void)state;
    assert_true(matches_seen > 100000);
    assert_true(others_seen > 100000);
    assert_true(sure_seen > 1000);
}

/* Expressions for lines as they stand, sought in the folded line. */
static const struct unfolded_row {
    const char *name, *expression, *line;
} unfolded_rows[] = {
    {"capitals", "^Final-Recipient: rfc822;", "Final-Recipient: rfc822; x"},
    {"small letters in the expression", "^final-recipient: rfc822;", "FINAL-Recipient: RFC822; x"},
    {"an address", "^to joe@example\\.org:", "To joe@example.org: unknown"},
    {"two blanks", "^Error  Text:", "Error  Text: x"},
    {"a tab", "^Error\tText:", "Error\tText: x"},
    {"typographic marks", "the user “(.*)” – unknown", "The user “x” – unknown"},
    {"full-width marks", "收件人：(.*)，原因", "收件人：张，原因"},
    {"accented capitals", "Empfänger (?:Überlauf|voll)", "Empfänger Überlauf"},
};

static void unfolded(void **state)
{
    const struct unfolded_row *row = *state;
    const struct wb_pattern pattern = {wb_slice_str(row->expression), 5, true};
    struct wb_status status;
    struct wb_groups groups;
    struct wb_candidate found[2];
    char folded[200];
    size_t always;
    struct wb_slice line = wb_slice_str(row->line);
    struct wb_regex *regex = wb_regex_new(pattern.text, WB_REGEX_CASELESS, &status);
    struct wb_scanner *scanner = wb_scanner_new(&pattern, 1, WB_NONE, &always);
    struct wb_matcher *matcher = wb_matcher_new(&scanner, 1);
    assert_true(wb_regex_find(regex, matcher, line, &groups));
    struct wb_slice text = wb_slice(folded, wb_fold(line, 0, folded, sizeof folded, NULL));
    assert_int_equal(wb_scan(scanner, matcher, text, found, 2), 1);
    assert_int_equal(found[0].id, 5);
    assert_false(found[0].sure); /* the folded text cannot say so */
    wb_regex_free(regex);
    wb_matcher_free(matcher);
    wb_scanner_free(scanner);
}

/* A word of so many bytes, of which none is like another of its neighbours. */
static const struct place_row {
    const char *name;
    size_t n;
} place_rows[] = {
    {"three bytes", 3}, {"four", 4},         {"five", 5},        {"seven", 7},
    {"eight", 8},       {"nine", 9},         {"fifteen", 15},    {"sixteen", 16},
    {"seventeen", 17},  {"twenty-five", 25}, {"a hundred", 100}, {"as long as words are", 120},
};

static void stands_at(const struct wb_scanner *scanner, struct wb_matcher *matcher,
                      struct wb_slice word, size_t before, size_t behind)
{
    struct wb_buf text = {0};
    struct wb_candidate found[2];
    for (size_t i = 0; i < before; i++)
        wb_buf_byte(&text, '.');
    wb_buf_put(&text, word);
    for (size_t i = 0; i < behind; i++)
        wb_buf_byte(&text, '.');
    for (size_t wrong = 0; wrong <= word.n; wrong++) { /* the last time none is */
        struct wb_slice exact = unit_exact(wb_buf_slice(&text));
        if (wrong < word.n)
            ((char *)exact.p)[before + wrong] = '!';
        size_t n = wb_scan(scanner, matcher, exact, found, 2);
        if (n != (wrong == word.n))
            fail_msg("%zu before, %zu behind, byte %zu wrong: %zu", before, behind, wrong, n);
        free((char *)exact.p);
    }
    struct wb_slice cut = unit_exact(wb_slice(text.p, before + word.n - 1));
    assert_int_equal(wb_scan(scanner, matcher, cut, found, 2), 0);
    free((char *)cut.p);
    wb_buf_free(&text);
}

/* Behind so many bytes, or a little before. */
static void stands_around(const struct wb_scanner *scanner, struct wb_matcher *matcher,
                          struct wb_slice word)
{
    static const size_t around[] = {31, 32, 33, 63, 64, 160, 8064, 8191, 8192, 8193, 8352, 16384};
    for (size_t before = 0; before < 5; before++)
        for (size_t behind = 0; behind < 5; behind++)
            stands_at(scanner, matcher, word, before, behind);
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++)
        for (size_t back = 0; back <= word.n && back <= around[i]; back += back < 9 ? 1 : 11)
            stands_at(scanner, matcher, word, around[i] - back, i % 3);
}

/*
 * A word is found wherever it stands, also around the ends of what is looked at together: known by
 * its first bytes, and by its last, where the sample has all others.
 */
static void places(void **state)
{
    const struct place_row *row = *state;
    char letters[121];
    for (size_t i = 0; i < row->n; i++)
        letters[i] = (char)('a' + (i + i / 26) % 26);
    const struct wb_pattern pattern = {wb_slice(letters, row->n), 5, false};
    for (int end = 0; end < 2; end++) {
        struct wb_buf sample = {0};
        for (int i = 0; i < 20; i++) {
            wb_buf_put(&sample, end ? wb_slice(letters, row->n - 1) : WB_S("abc bcd"));
            wb_buf_byte(&sample, '\n');
        }
        size_t always;
        struct wb_scanner *scanner = wb_scanner_new(&pattern, 1, wb_buf_slice(&sample), &always);
        struct wb_matcher *matcher = wb_matcher_new(&scanner, 1);
        stands_around(scanner, matcher, pattern.text);
        wb_matcher_free(matcher);
        wb_scanner_free(scanner);
        wb_buf_free(&sample);
    }
}

/* Whether an expression in which words of two sets must stand is a candidate. */
static const struct further_row {
    const char *name, *text;
    size_t candidates;
} further_rows[] = {
    {"both", "the mailbox is over its quota", 1},
    {"one alone", "the mailbox is gone", 0},
    {"the other alone", "over quota", 0},
    {"a word in the place of one", "the account is over its quota", 1},
    {"neither", "no such user", 0},
};

static void further(void **state)
{
    const struct further_row *row = *state;
    const struct wb_pattern pattern = {WB_S("(?:mailbox|account).{1,20}quota"), 7, false};
    const struct wb_slice sample = WB_S("no such user\nthe message is too large\n");
    struct wb_candidate found[2];
    size_t always;
    struct wb_scanner *scanner = wb_scanner_new(&pattern, 1, sample, &always);
    struct wb_matcher *matcher = wb_matcher_new(&scanner, 1);
    for (int i = 0; i < 2; i++) /* and nothing is left over from one text to the next */
        assert_int_equal(wb_scan(scanner, matcher, wb_slice_str(row->text), found, 2),
                         row->candidates);
    wb_matcher_free(matcher);
    wb_scanner_free(scanner);
}

/* Words of three sets must stand there: it takes all of them. */
static void three_sets(void **state)
{
    (void)state;
    static const char *const texts[] = {"mailbox quota storage", "mailbox quota", "mailbox storage",
                                        "quota storage"};
    const struct wb_pattern pattern = {WB_S("mailbox.{1,20}quota.{1,20}storage"), 7, false};
    struct wb_candidate found[2];
    size_t always;
    struct wb_scanner *scanner =
        wb_scanner_new(&pattern, 1, WB_S("no such user\ntoo large\nblocked\n"), &always);
    struct wb_matcher *matcher = wb_matcher_new(&scanner, 1);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(wb_scan(scanner, matcher, wb_slice_str(texts[i]), found, 2), i == 0);
    wb_matcher_free(matcher);
    wb_scanner_free(scanner);
}

/* Beginnings of the word stand alone, too, so it is not found by its first letters. */
#define MAILBOXES "the mailbox mai\na mailbox mai\nmailbox mai\nmailbox\nin mailbox\n"
#define QUOTAS    "the quota quo\na quota quo\nquota quo\nquota\nin quota\n"

static const struct common_row {
    const char *name;
    const char *sample;
    const char *text;
    size_t candidates;
} common_rows[] = {
    {"the common word alone", MAILBOXES, "a mailbox", 0},
    {"the rare word alone: the other is not asked", MAILBOXES, "no quota", 1},
    {"where the other is common", QUOTAS, "no quota", 0},
    {"the rare one of those", QUOTAS, "a mailbox", 1},
    {"a word that stands often in one line", "mailbox mailbox mailbox\nb\nc\nd\n", "no quota", 0},
};

/* Words that stand in most lines of the sample, wherever in them, are not worth looking for. */
static void common(void **state)
{
    const struct common_row *row = *state;
    const struct wb_pattern pattern = {WB_S("mailbox.{1,20}quota"), 7, false};
    struct wb_candidate found[2];
    size_t always;
    struct wb_scanner *scanner = wb_scanner_new(&pattern, 1, wb_slice_str(row->sample), &always);
    struct wb_matcher *matcher = wb_matcher_new(&scanner, 1);
    assert_int_equal(wb_scan(scanner, matcher, wb_slice_str(row->text), found, 2), row->candidates);
    wb_matcher_free(matcher);
    wb_scanner_free(scanner);
}

static const struct kept_row {
    const char *name;
    const char *expression;
    const char *words; /* those of its only set, in their order */
} kept_rows[] = {
    {"a word within another", "(?:mailbox|mail|inbox)", "mail inbox "},
    {"at its end", "(?:mailbox|box)", "box "},
    {"amidst it", "(?:unfulfilled|fulfil)", "fulfil "},
    {"the same letters, another order", "(?:abcabd|abdc|bdab)", "abcabd abdc bdab "},
    {"of the same length", "(?:mail|male)", "mail male "},
};

/* A word that holds another one says nothing more. */
static void kept(void **state)
{
    const struct kept_row *row = *state;
    struct wb_required needed;
    struct wb_buf words = {0};
    wb_required_words(wb_slice_str(row->expression), NULL, &needed);
    assert_int_equal(needed.n, 1);
    for (size_t i = 0; i < needed.set[0].n; i++) {
        wb_buf_put(&words, needed.set[0].word[i]);
        wb_buf_byte(&words, ' ');
    }
    wb_buf_byte(&words, '\0');
    assert_string_equal(words.p, row->words);
    wb_buf_free(&words);
    wb_required_free(&needed);
}

/* Grams are looked into by so many: the last of them, one alone behind them, and none. */
static void many_hits(void **state)
{
    (void)state;
    static const struct wb_pattern two[] = {{WB_S("abcd"), 1, false}, {WB_S("wxyz"), 2, false}};
    size_t always;
    struct wb_scanner *scanner = wb_scanner_new(two, 2, WB_NONE, &always);
    struct wb_matcher *matcher = wb_matcher_new(&scanner, 1);
    assert_non_null(matcher);
    struct wb_buf many = {0};
    for (size_t before = 0; before < 200; before++) {
        struct wb_candidate found[3];
        struct wb_buf text = {0};
        wb_buf_put(&text, wb_buf_slice(&many));
        struct wb_slice exact = unit_exact(wb_buf_slice(&text));
        assert_int_equal(wb_scan(scanner, matcher, exact, found, 3), before > 0);
        free((char *)exact.p);
        wb_buf_lit(&text, "wxyz");
        exact = unit_exact(wb_buf_slice(&text));
        size_t n = wb_scan(scanner, matcher, exact, found, 3);
        assert_int_equal(n, 1 + (before > 0));
        assert_int_equal(found[n - 1].id, 2);
        free((char *)exact.p);
        wb_buf_free(&text);
        wb_buf_lit(&many, "abcd");
    }
    wb_buf_free(&many);
    wb_matcher_free(matcher);
    wb_scanner_free(scanner);
}

static bool has_word(const struct wb_words *words, struct wb_slice text)
{
    for (size_t i = 0; i < words->n; i++)
        if (wb_slice_find(text, words->word[i]) < text.n)
            return true;
    return false;
}

static const struct many_row {
    const char *name;
    const char *expression; /* of each pattern, with its number */
    const char *text;       /* for each of them */
    unsigned patterns;
} many_rows[] = {
    {"one less than are looked into together", "word%03ux", "word%03ux ", 63},
    {"as many words", "word%03ux", "word%03ux ", 64},
    {"one more", "word%03ux", "word%03ux ", 65},
    {"three times", "word%03ux", "word%03ux ", 192},
    {"one less than are looked into together, of one word", "mailbox.{1,%u}9", "mailbox ", 63},
    {"as many of one word", "mailbox.{1,%u}9", "mailbox ", 64},
    {"one more of one word", "mailbox.{1,%u}9", "mailbox ", 65},
    {"three times of one word", "mailbox.{1,%u}9", "mailbox ", 192},
};

/* Each is found once, as many as there is room for, and nothing is left over. */
static void many_found(void **state)
{
    enum { MOST = 192 };
    const struct many_row *row = *state;
    static struct wb_pattern patterns[MOST];
    static char expressions[MOST][32];
    struct wb_candidate found[MOST + 1];
    struct wb_buf text = {0};
    for (unsigned i = 0; i < row->patterns; i++) {
        snprintf(expressions[i], sizeof expressions[i], row->expression, i + 1);
        patterns[i] = (struct wb_pattern){wb_slice_str(expressions[i]), i, false};
        wb_buf_printf(&text, row->text, i + 1);
    }
    size_t always;
    struct wb_scanner *scanner = wb_scanner_new(patterns, row->patterns, WB_NONE, &always);
    struct wb_matcher *matcher = wb_matcher_new(&scanner, 1);
    struct wb_slice exact = unit_exact(wb_buf_slice(&text));
    assert_int_equal(wb_scan(scanner, matcher, WB_S("no word"), found, MOST + 1), 0);
    assert_int_equal(wb_scan(scanner, matcher, exact, found, row->patterns - 1), row->patterns - 1);
    assert_int_equal(wb_scan(scanner, matcher, exact, found, MOST + 1), row->patterns);
    bool seen[MOST] = {false};
    for (unsigned i = 0; i < row->patterns; i++) {
        assert_false(seen[found[i].id]);
        seen[found[i].id] = true;
    }
    free((char *)exact.p);
    wb_buf_free(&text);
    wb_matcher_free(matcher);
    wb_scanner_free(scanner);
}

/* What must stand in a text does, wherever the expression matches. */
static void required(void **state)
{
    (void)state;
    struct wb_matcher *matcher = wb_matcher_new(NULL, 0);
    struct wb_buf one = {0};
    make_patterns();
    for (uint32_t i = 0; i < EXPRESSIONS; i++) {
        struct wb_required needed;
        wb_required_words(patterns[i].text, NULL, &needed);
        assert_true(needed.n <= WB_MAX_SETS);
        for (int j = 0; j < 200; j++) {
            struct wb_groups groups;
            wb_buf_clear(&one);
            text(&one);
            struct wb_slice t = wb_buf_slice(&one);
            if (!t.n)
                continue;
            bool matches = wb_regex_find(regexes[i], matcher, t, &groups);
            for (size_t k = 0; k < needed.n; k++) {
                bool stands = has_word(&needed.set[k], t);
                if ((matches && !stands) || (needed.whole && stands && !matches))
                    fail_msg("[%.*s] in [%.*s]: word %d, match %d", WB_F(patterns[i].text), WB_F(t),
                             stands, matches);
            }
        }
        wb_required_free(&needed);
    }
    wb_buf_free(&one);
    wb_matcher_free(matcher);
    drop_patterns();
}

int main(void)
{
    UNIT_ONE(scan, "no expression that matches is missed");
    UNIT_ONE(worth, "many match, many do not");
    UNIT_ROWS(unfolded, unfolded_rows);
    UNIT_ROWS(places, place_rows);
    UNIT_ROWS(further, further_rows);
    UNIT_ONE(three_sets, "words of three sets");
    UNIT_ROWS(common, common_rows);
    UNIT_ROWS(kept, kept_rows);
    UNIT_ONE(many_hits, "many grams of words in a text");
    UNIT_ROWS(many_found, many_rows);
    UNIT_ONE(required, "words that must be there are there");
    int failed = unit_run();
    wb_buf_free(&bytes);
    return failed;
}
