/* SPDX-License-Identifier: BSD-2-Clause */
/* PCRE2 as the oracle of programs, for the tests of more than one file. */
#ifndef WB_PROGRAM_KIT_H
#define WB_PROGRAM_KIT_H

#include "program.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "buf.h"
#include "ready.h"
#include "ready_int.h"
#include "unit.h"

static struct wb_run run;
static pcre2_match_data *data; /* made and freed by main */

/*
 * Without PCRE2's shortcuts at the start: for "(?= )b? +" 10.42 takes the blank that is looked at
 * and the one that is needed for two, and finds nothing in a text with one.
 */
static pcre2_code *oracle(struct wb_slice expression, int flags)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_NO_START_OPTIMIZE;
    if (flags & WB_REGEX_CASELESS)
        options |= PCRE2_CASELESS;
    if (flags & WB_REGEX_NAMED_ONLY)
        options |= PCRE2_NO_AUTO_CAPTURE;
    return pcre2_compile((PCRE2_SPTR)expression.p, expression.n, options, &error, &at, NULL);
}

static void assert_group(struct wb_slice text, int group, int found)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);
    bool theirs = group < found && at[2 * group] != PCRE2_UNSET;
    bool ours = group <= (int)run.program->head.groups && run.saved[2 * group];
    assert_int_equal(ours, theirs);
    if (theirs) {
        assert_int_equal(run.saved[2 * group] - text.p, at[2 * group]);
        assert_int_equal(run.saved[2 * group + 1] - text.p, at[2 * group + 1]);
    }
}

/* True when the program did not give up. */
static bool compare(const struct wb_program *program, const pcre2_code *code, struct wb_slice text)
{
    int found = pcre2_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, data, NULL);
    enum wb_run_result result = wb_program_find(program, &run, text);
    if (result == WB_RUN_GAVE_UP)
        return false;
    assert_int_equal(result == WB_RUN_FOUND, found > 0);
    for (int i = 0; found > 0 && i < WB_MAX_GROUPS; i++)
        assert_group(text, i, found);
    return true;
}

/* The same of the program that is made beforehand, behind one that has its parts in all pools. */
static bool compare_ready(struct wb_slice expression, int flags, const pcre2_code *code,
                          struct wb_slice text)
{
    const struct wb_expression both[] = {
        {WB_S("^x[a-f]{2,}(?<n>(?:aa|b[ab]|A)c|[ab])*?d|\\xC3"), 0}, {expression, flags}};
    struct wb_buf block = {0};
    struct wb_program program;
    wb_ready_make(both, 2, &block);
    struct wb_slice exact = unit_exact(wb_buf_slice(&block));
    assert_true(wb_ready_program(exact, 1, &program));
    bool sure = compare(&program, code, text);
    free((char *)exact.p);
    wb_buf_free(&block);
    return sure;
}

#endif
