/* SPDX-License-Identifier: BSD-2-Clause */
/* What the programs find is asked in program_test.c. */
#include "ready.h"
#include "ready_int.h"

#include "unit.h"

static struct wb_matcher *matcher;

/* The block, to be freed, in just as many bytes as it has. */
static struct wb_slice block_of(const struct wb_expression *expressions, size_t n)
{
    struct wb_buf block = {0};
    wb_ready_make(expressions, n, &block);
    struct wb_slice exact = unit_exact(wb_buf_slice(&block));
    wb_buf_free(&block);
    return exact;
}

static size_t block_bytes(const struct wb_expression *expressions, size_t n)
{
    struct wb_slice block = block_of(expressions, n);
    free((char *)block.p);
    return block.n;
}

static const struct ready_row {
    const char *name, *expression;
    int flags;
    const char *text, *whole, *named; /* whole NULL: no match; named: of the group "n" */
} ready_rows[] = {
    {"a text", "full", 0, "is full", "full", ""},
    {"a text in either case", "full", WB_REGEX_CASELESS, "is FULL", "FULL", ""},
    {"a text that stands in another", "ul", 0, "is full", "ul", ""},
    {"none", "full", 0, "is FULL", NULL, NULL},
    {"a name", "size (\\d+) of (?<n>\\d+)", 0, "size 7 of 8", "size 7 of 8", "8"},
    {"the name alone", "size (\\d+) of (?<n>\\d+)", WB_REGEX_NAMED_ONLY, "size 7 of 8",
     "size 7 of 8", "8"},
    {"a second name", "(?<m>a)(?<n>b)", 0, "ab", "ab", "b"},
    {"anything in front", "^.*?(?<n>b|cd)", 0, "acd", "acd", "cd"},
    {"a list of eight", "(?<n>aa|bb|cc|dd|ee|ff|gg|hh)!", 0, "hh!", "hh!", "hh"},
    {"a list of nine", "(?<n>aa|bb|cc|dd|ee|ff|gg|hh|ii)!", 0, "ii!", "ii!", "ii"},
    {"words", "(?<n>aa|bb|ab)!", 0, "aa ab!", "ab!", "ab"},
    {"words once more", "(?<n>aa|bb|ab)[?]", 0, "aa! ab?", "ab?", "ab"},
    {"words in either case", "(?<n>aa|bb|ab)!", WB_REGEX_CASELESS, "aa AB!", "AB!", "AB"},
    {"words that are a text as well", "aabbab(?<n>.)", 0, "aabbabc", "aabbabc", "c"},
    {"anything", ".{2}", 0, "ab", "ab", ""},
    {"nothing", "", 0, "ab", "", ""},
};

enum { ROWS = sizeof ready_rows / sizeof *ready_rows };

/* All in one block; the expressions are those given when it is used. */
static void ready(void **state)
{
    const struct ready_row *row = *state;
    struct wb_expression all[ROWS];
    struct wb_groups groups;
    for (size_t i = 0; i < ROWS; i++)
        all[i] =
            (struct wb_expression){wb_slice_str(ready_rows[i].expression), ready_rows[i].flags};
    struct wb_slice block = block_of(all, ROWS);
    struct wb_regex *regex = wb_ready_regex(block, (uint32_t)(row - ready_rows),
                                            wb_slice_str(row->expression), row->flags);
    assert_non_null(regex);
    assert_int_equal(wb_regex_find(regex, matcher, wb_slice_str(row->text), &groups),
                     row->whole != NULL);
    if (row->whole) {
        assert_text(groups.whole, row->whole);
        assert_text(wb_regex_group(regex, "n") ? groups.group[wb_regex_group(regex, "n")] : WB_NONE,
                    row->named);
    }
    wb_regex_free(regex);
    free((char *)block.p);
}

static void left_to_pcre2(void **state)
{
    (void)state;
    const struct wb_expression both[] = {{WB_S("(a)\\1"), 0}, {WB_S("ab"), 0}};
    struct wb_slice block = block_of(both, 2);
    assert_null(wb_ready_regex(block, 0, both[0].text, 0));
    struct wb_regex *regex = wb_ready_regex(block, 1, both[1].text, 0);
    assert_non_null(regex);
    wb_regex_free(regex);
    free((char *)block.p);
}

/* What is there already costs a row, and no more than a row and its own steps. */
static void shared(void **state)
{
    (void)state;
    const struct wb_expression same[] = {{WB_S("[ab]c(?:dd|ee)"), 0}, {WB_S("[ab]c(?:dd|ee)"), 0}};
    const struct wb_expression alike[] = {{WB_S("[ab]c(?:dd|ee)"), 0},
                                          {WB_S("[ab]c(?:dd|ee)c"), 0}};
    const struct wb_expression other[] = {{WB_S("[ab]c(?:dd|ee)"), 0},
                                          {WB_S("[bc]f(?:gg|hh)c"), 0}};
    assert_true(block_bytes(same, 2) <= block_bytes(same, 1) + sizeof(struct wb_ready_row) + 16);
    assert_true(block_bytes(alike, 2) < block_bytes(other, 2));
    struct wb_slice block = block_of(same, 2);
    struct wb_program first, second;
    assert_true(wb_ready_program(block, 0, &first) && wb_ready_program(block, 1, &second));
    assert_ptr_equal(first.steps, second.steps);
    free((char *)block.p);
}

enum { CLASSES = 400, LETTERS = 17 };

/* So many classes, each of them another, from that number on. */
static struct wb_slice classes(unsigned from, char *to)
{
    size_t n = 0;
    for (unsigned i = from; i < from + CLASSES; i++) {
        to[n++] = '[';
        for (unsigned letter = 0; letter < LETTERS; letter++)
            if ((i + 3) >> letter & 1)
                to[n++] = (char)('a' + letter);
        to[n++] = ']';
    }
    return wb_slice(to, n);
}

/* Programs lie one behind the other: what is not there takes no room. Returns how many there are.
 */
static size_t programs_in(struct wb_slice block, size_t n)
{
    size_t there = 0;
    const struct wb_step *behind = NULL;
    struct wb_program program;
    for (size_t i = 0; i < n; i++) {
        if (!wb_ready_program(block, (uint32_t)i, &program))
            continue;
        if (behind)
            assert_ptr_equal(program.steps, behind);
        behind = program.steps;
        while (behind++->op != WB_OP_MATCH)
            ;
        there++;
    }
    return there;
}

/* A step has two bytes to name a set: programs without a number for theirs are not there. */
static void too_many_sets(void **state)
{
    (void)state;
    enum { MANY = 0x10000 / CLASSES + 3 };
    static char text[MANY][CLASSES * (LETTERS + 2)];
    static struct wb_expression all[MANY];
    for (unsigned i = 0; i < MANY; i++)
        all[i] = (struct wb_expression){classes(i * CLASSES, text[i]), 0};
    all[MANY - 1].text = WB_S("[ad]b"); /* that has its number */
    struct wb_slice block = block_of(all, MANY);
    struct wb_program program;
    assert_true(wb_ready_program(block, 0, &program));
    assert_false(wb_ready_program(block, MANY - 2, &program));
    assert_true(wb_ready_program(block, MANY - 1, &program));
    assert_true(wb_in_set(&program.sets[program.steps->set], 'd'));
    assert_false(wb_in_set(&program.sets[program.steps->set], 'b'));
    assert_int_equal(program.steps[2].op, WB_OP_MATCH);
    assert_true(programs_in(block, MANY) < MANY);
    free((char *)block.p);
}

/* And it has 23 bits for where a text stands. */
static void too_much_text(void **state)
{
    (void)state;
    enum { LETTERS_EACH = 8000, MANY = (1 << WB_TO_BITS) / LETTERS_EACH + 3 };
    struct wb_expression *all = calloc(MANY, sizeof *all);
    char *text = malloc((size_t)MANY * LETTERS_EACH);
    assert_true(all && text);
    memset(text, 'x', (size_t)MANY * LETTERS_EACH);
    for (size_t i = 0; i < MANY; i++) {
        char *one = text + i * LETTERS_EACH, number[8];
        memcpy(one, number, (size_t)snprintf(number, sizeof number, "%05zu", i));
        all[i].text = wb_slice(one, LETTERS_EACH);
    }
    struct wb_slice block = block_of(all, MANY);
    struct wb_program program;
    assert_int_equal(programs_in(block, MANY), MANY - 2);
    assert_true(wb_ready_program(block, MANY - 3, &program));
    assert_slice(program.literal, all[MANY - 3].text);
    free((char *)block.p);
    free(text);
    free(all);
}

int main(void)
{
    matcher = wb_matcher_new(NULL, 0);
    if (!matcher)
        return 1;
    UNIT_ROWS(ready, ready_rows);
    UNIT_ONE(left_to_pcre2, "an expression that has no program");
    UNIT_ONE(shared, "equal parts");
    UNIT_ONE(too_many_sets, "more sets than there are numbers");
    UNIT_ONE(too_much_text, "more text than there are places for");
    int failed = unit_run();
    wb_matcher_free(matcher);
    return failed;
}
