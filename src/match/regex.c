/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One expression. Nearly all are programs of our own (program.h), which are ready soonest and for
 * most texts no slower than machine code: they begin at fewer places. What goes back and forth a
 * thousand times in a search becomes machine code of PCRE2, which costs as much as some hundreds of
 * searches. PCRE2, with a match limit, also takes the few that we do not understand, and searches
 * that a program gives up. Both find the same.
 *
 * Expressions work on bytes; a non-ASCII character in one is a run of bytes that must stand there
 * as it is.
 */
#include "match.h"
#include "match_int.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "program.h"
#include "ready.h"
#include "ready_int.h"

enum {
    WORTH_CODE = 1500,  /* turns of a program; what takes less stays one */
    WORTH_BYTE = 8,     /* as many more for each byte of the expression, which the code costs */
    NOTED_TURNS = 1000, /* of one search: with fewer, machine code takes as long; and a counter that
                           all threads write to costs more than less */
    PLAIN_USES = 1,     /* of what is no program: then it becomes machine code, too */
    MATCH_LIMIT = 100000, /* steps; our linted patterns need a few hundred */
    STACK_BYTES = 64 * 1024,
};

/* What changes while a regex is in use. */
struct machine {
    _Atomic(pcre2_code *) plain; /* NULL: not made yet */
    _Atomic(pcre2_code *) code;  /* NULL: not made yet, or not possible */
    atomic_uint work;
};

struct wb_regex {
    struct wb_program *program; /* NULL: not for us */
    struct machine *machine;
    struct wb_slice expression;
    int flags;
    bool own; /* the program is to be freed */
};

/* In one block, and behind it, if it is not made beforehand, the expression. */
struct whole {
    struct machine machine;
    struct wb_regex regex;
    struct wb_program program; /* made beforehand */
};

/*
 * For "(?= )b? +" PCRE2 10.42 takes the byte that is looked at and the one that is needed for two,
 * and passes over a text with one. That cannot be where "^" stands first. Without its shortcuts
 * hostile texts cost seconds, so the others keep them.
 */
static bool may_look_first(struct wb_slice expression)
{
    return !wb_slice_starts(expression, WB_S("^")) &&
           wb_slice_find(expression, WB_S("(?=")) < expression.n;
}

/* NULL when the expression is bad, and then the status says why. */
static pcre2_code *compile(struct wb_slice expression, int flags, struct wb_status *status)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C;
    if (flags & WB_REGEX_CASELESS)
        options |= PCRE2_CASELESS;
    if (flags & WB_REGEX_NAMED_ONLY)
        options |= PCRE2_NO_AUTO_CAPTURE;
    if (may_look_first(expression))
        options |= PCRE2_NO_START_OPTIMIZE;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)expression.p, expression.n, options, &error, &at, NULL);
    if (!code) {
        char why[200];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof why);
        wb_trouble(status, "%s, at byte %zu", why, (size_t)at);
    }
    return code;
}

struct wb_regex *wb_regex_new(struct wb_slice expression, int flags, struct wb_status *status)
{
    struct whole *whole = calloc(1, sizeof *whole + expression.n + 1);
    WB_CHECK(whole);
    struct wb_regex *regex = &whole->regex;
    char *copy = (char *)(whole + 1);
    if (expression.n)
        memcpy(copy, expression.p, expression.n);
    *regex = (struct wb_regex){.machine = &whole->machine,
                               .expression = wb_slice(copy, expression.n),
                               .flags = flags,
                               .own = true};
    regex->program = wb_program_new(regex->expression, flags);
    if (regex->program)
        return regex;
    pcre2_code *code = compile(expression, flags, status);
    if (code) {
        atomic_store(&regex->machine->plain, code);
        return regex;
    }
    wb_regex_free(regex);
    return NULL;
}

struct wb_regex *wb_ready_regex(struct wb_slice bytes, uint32_t number, struct wb_slice expression,
                                int flags)
{
    struct wb_program program;
    if (!wb_ready_program(bytes, number, &program))
        return NULL;
    struct whole *whole = calloc(1, sizeof *whole);
    WB_CHECK(whole);
    whole->program = program;
    whole->regex = (struct wb_regex){.program = &whole->program,
                                     .machine = &whole->machine,
                                     .expression = expression,
                                     .flags = flags};
    return &whole->regex;
}

void wb_regex_free(struct wb_regex *regex)
{
    if (!regex)
        return;
    pcre2_code_free(atomic_load(&regex->machine->code));
    pcre2_code_free(atomic_load(&regex->machine->plain));
    if (regex->own)
        wb_program_free(regex->program);
    free(regex->machine);
}

bool wb_regex_may_start(const struct wb_regex *regex, struct wb_slice text)
{
    const struct wb_program *p = regex->program;
    if (!p || !p->head.anchored || p->head.nullable || !text.n)
        return true;
    unsigned ways = wb_ways_with(p->starts, 0, text.p[0]);
    return text.n == 1 ? ways : ways & wb_ways_with(p->starts, 1, text.p[1]);
}

/* The form that is not machine code; made when a program of ours gives up for the first time. */
static const pcre2_code *plain_code(const struct wb_regex *regex)
{
    struct wb_status status;
    pcre2_code *code = atomic_load_explicit(&regex->machine->plain, memory_order_acquire);
    if (code)
        return code;
    code = compile(regex->expression, regex->flags, &status);
    WB_CHECK(code); /* what we understand is a part of what PCRE2 does */
    pcre2_code *other = NULL;
    if (atomic_compare_exchange_strong(&regex->machine->plain, &other, code))
        return code;
    pcre2_code_free(code); /* another thread was faster */
    return other;
}

/*
 * Where that is not possible the plain form goes on: slower, not wrong. It is made from a copy, so
 * that other threads can go on with the plain form meanwhile.
 */
static void make_machine_code(const struct wb_regex *regex)
{
    pcre2_code *copy = pcre2_code_copy(plain_code(regex)), *other = NULL;
    if (!copy || pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE) != 0 ||
        !atomic_compare_exchange_strong(&regex->machine->code, &other, copy))
        pcre2_code_free(copy);
}

/* Work is noted; the one whose note makes it enough makes machine code. */
static void note_work(const struct wb_regex *regex, unsigned work, unsigned enough)
{
    unsigned before = atomic_fetch_add_explicit(&regex->machine->work, work, memory_order_relaxed);
    if (before < enough && before + work >= enough)
        make_machine_code(regex);
}

static pcre2_code *machine_code(const struct wb_regex *regex)
{
    return atomic_load_explicit(&regex->machine->code, memory_order_acquire);
}

static int match(const struct wb_regex *regex, struct wb_matcher *matcher, struct wb_slice text)
{
    pcre2_code *code = machine_code(regex);
    if (code)
        return pcre2_jit_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, matcher->data,
                               matcher->context);
    if (!regex->program)
        note_work(regex, 1, PLAIN_USES + 1);
    return pcre2_match(plain_code(regex), (PCRE2_SPTR)text.p, text.n, 0, 0, matcher->data,
                       matcher->context);
}

static bool find_by_pcre2(const struct wb_regex *regex, struct wb_matcher *matcher,
                          struct wb_slice text, struct wb_groups *groups_out)
{
    int n = match(regex, matcher, text);
    if (n < 0)
        return false;
    if (n == 0) /* it matches, and a group took part that there is no room for */
        n = WB_MAX_GROUPS;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(matcher->data);
    groups_out->whole = wb_slice(text.p + at[0], at[1] - at[0]);
    for (int i = 1; i < WB_MAX_GROUPS; i++) {
        bool set = i < n && at[2 * i] != PCRE2_UNSET;
        groups_out->group[i] =
            set ? wb_slice(text.p + at[2 * i], at[2 * i + 1] - at[2 * i]) : WB_NONE;
    }
    return true;
}

static void take_groups(const struct wb_run *run, struct wb_groups *groups_out)
{
    groups_out->whole = wb_slice_span(run->saved[0], run->saved[1]);
    for (uint32_t i = 1; i < WB_MAX_GROUPS; i++) {
        bool set = i <= run->program->head.groups && run->saved[2 * i] && run->saved[2 * i + 1];
        groups_out->group[i] =
            set ? wb_slice_span(run->saved[2 * i], run->saved[2 * i + 1]) : WB_NONE;
    }
}

bool wb_regex_find(const struct wb_regex *regex, struct wb_matcher *matcher, struct wb_slice text,
                   struct wb_groups *groups_out)
{
    enum wb_run_result result = WB_RUN_GAVE_UP;
    if (regex->program && !machine_code(regex)) {
        result = wb_program_find(regex->program, matcher->run, text);
        if (matcher->run->turns >= NOTED_TURNS)
            note_work(regex, matcher->run->turns,
                      WORTH_CODE + WORTH_BYTE * (unsigned)regex->expression.n);
    }
    if (result == WB_RUN_GAVE_UP)
        return find_by_pcre2(regex, matcher, text, groups_out);
    if (result == WB_RUN_FOUND)
        take_groups(matcher->run, groups_out);
    return result == WB_RUN_FOUND;
}

int wb_regex_group(const struct wb_regex *regex, const char *name)
{
    const struct wb_program *p = regex->program;
    int n = 0;
    if (!p)
        n = pcre2_substring_number_from_name(plain_code(regex), (PCRE2_SPTR)name);
    for (uint32_t i = 0; p && i < p->head.named_count; i++)
        if (wb_slice_eq(wb_slice(regex->expression.p + p->named[i].at, p->named[i].n),
                        wb_slice_str(name)))
            n = p->named[i].group;
    return n > 0 && n < WB_MAX_GROUPS ? n : 0;
}

bool wb_matcher_open_regex(struct wb_matcher *matcher)
{
    matcher->run = malloc(sizeof *matcher->run);
    matcher->data = pcre2_match_data_create(WB_MAX_GROUPS, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    matcher->stack = pcre2_jit_stack_create(STACK_BYTES / 2, STACK_BYTES, NULL);
    if (!matcher->run || !matcher->data || !matcher->context || !matcher->stack)
        return false;
    pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    return true;
}

void wb_matcher_close_regex(struct wb_matcher *matcher)
{
    free(matcher->run);
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
}
