/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs of our own held against PCRE2: whatever the expression and the text, what a program
 * finds is what PCRE2 finds, down to the groups; so does the same program made beforehand. The
 * first byte chooses the options; of the rest the first line is the expression, what follows is the
 * text.
 */
#include "fuzz.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "buf.h"
#include "ready.h"
#include "ready_int.h"

enum { ORACLE_STEPS = 2000 }; /* from one place of the text; then it does not know */

static pcre2_match_data *data;
static pcre2_match_context *context;

static void open_oracle(void)
{
    if (data)
        return;
    data = pcre2_match_data_create(WB_MAX_GROUPS, NULL);
    context = pcre2_match_context_create(NULL);
    WB_CHECK(data && context);
    pcre2_set_match_limit(context, ORACLE_STEPS);
}

/* In memory of its own size, so that a byte read beyond it is seen. */
static struct wb_slice exact_copy(struct wb_slice s)
{
    char *copy = malloc(s.n ? s.n : 1);
    WB_CHECK(copy);
    if (s.n)
        memcpy(copy, s.p, s.n);
    return wb_slice(copy, s.n);
}

/*
 * With the options of src/match/regex.c, but without PCRE2's shortcuts at the start: 10.42 takes
 * the blank that "(?= )b? +" looks at and the one that it needs for two.
 */
static pcre2_code *oracle(struct wb_slice expression, int flags)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options =
        PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_START_OPTIMIZE;
    if (flags & WB_REGEX_CASELESS)
        options |= PCRE2_CASELESS;
    return pcre2_compile((PCRE2_SPTR)expression.p, expression.n, options, &error, &at, NULL);
}

static void check_names(const struct wb_program *program, struct wb_slice expression,
                        const pcre2_code *code)
{
    uint32_t count = 0;
    pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
    WB_CHECK(count == program->head.named_count);
    for (uint32_t i = 0; i < count; i++) {
        char name[64];
        const struct wb_named *named = &program->named[i];
        snprintf(name, sizeof name, "%.*s", (int)named->n, expression.p + named->at);
        WB_CHECK(pcre2_substring_number_from_name(code, (PCRE2_SPTR)name) == named->group);
    }
}

static void check_groups(const struct wb_run *run, struct wb_slice text, int found)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);
    for (int i = 0; i <= (int)run->program->head.groups; i++) {
        bool theirs = i < found && at[2 * i] != PCRE2_UNSET;
        WB_CHECK(theirs == (run->saved[2 * i] != NULL));
        WB_CHECK(theirs == (run->saved[2 * i + 1] != NULL));
        WB_CHECK(!theirs || (size_t)(run->saved[2 * i] - text.p) == at[2 * i]);
        WB_CHECK(!theirs || (size_t)(run->saved[2 * i + 1] - text.p) == at[2 * i + 1]);
    }
}

static void check_found(const struct wb_program *program, const pcre2_code *code,
                        struct wb_slice text)
{
    static struct wb_run run;
    enum wb_run_result result = wb_program_find(program, &run, text);
    int found = pcre2_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, data, context);
    if (result == WB_RUN_GAVE_UP || (found < 0 && found != PCRE2_ERROR_NOMATCH))
        return;
    WB_CHECK(found != 0); /* there is room for all groups */
    WB_CHECK((result == WB_RUN_FOUND) == (found > 0));
    if (found > 0)
        check_groups(&run, text, found);
}

static void check(const struct wb_program *program, struct wb_slice expression,
                  const pcre2_code *code, struct wb_slice text)
{
    check_names(program, expression, code);
    check_found(program, code, text);
}

/* The program that is made beforehand, among others whose parts stand in front of its own. */
static void check_ready(struct wb_slice expression, int flags, const pcre2_code *code,
                        struct wb_slice text)
{
    const struct wb_expression all[] = {
        {WB_S("^x[a-f]{2,}(?<n>(?:aa|b[ab]|A)c|[ab])*?d|\\xC3|(?:ab|cd)"), 0},
        {expression, flags ^ WB_REGEX_CASELESS},
        {expression, flags}};
    struct wb_buf block = {0};
    struct wb_program program;
    wb_ready_make(all, 3, &block);
    struct wb_slice exact = exact_copy(wb_buf_slice(&block));
    if (wb_ready_program(exact, 2, &program))
        check(&program, expression, code, text);
    free((char *)exact.p);
    wb_buf_free(&block);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    open_oracle();
    int flags = bytes[0] & 1 ? WB_REGEX_CASELESS : 0;
    struct wb_slice rest = wb_slice((const char *)bytes + 1, size - 1);
    struct wb_slice expression = exact_copy(wb_slice_cut(&rest, '\n'));
    struct wb_program *program = wb_program_new(expression, flags);
    if (program) {
        struct wb_slice text = exact_copy(rest);
        pcre2_code *code = oracle(expression, flags);
        WB_CHECK(code); /* what we take is an expression */
        check(program, expression, code, text);
        check_ready(expression, flags, code, text);
        pcre2_code_free(code);
        free((char *)text.p);
    }
    wb_program_free(program);
    free((char *)expression.p);
    return 0;
}
