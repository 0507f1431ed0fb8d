/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCRE2 behind our own names, with a match limit. Expressions work on bytes; a non-ASCII character
 * in one is a run of bytes that must stand there as it is.
 *
 * To machine code it goes only what is used often: that costs as much as some dozens of matches. It
 * is made from a copy, so that other threads can go on with the plain form meanwhile.
 */
#include "match.h"
#include "match_int.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"

enum {
    USED_OFTEN = 1,
    MATCH_LIMIT = 100000, /* steps; our linted patterns need a few hundred */
    STACK_BYTES = 64 * 1024,
};

/* What changes while a regex is in use. */
struct machine {
    _Atomic(pcre2_code *) code; /* NULL: not made yet, or not possible */
    atomic_uint used;
};

struct wb_regex {
    pcre2_code *code;
    struct machine *machine;
    const uint8_t *first_bytes; /* bitmap of 256 bits, NULL: any */
    int first_byte;             /* -1: see the bitmap */
    bool anchored;
};

static void find_first_bytes(struct wb_regex *regex)
{
    uint32_t kind = 0, options = 0, byte = 0;
    pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &options);
    regex->anchored = options & PCRE2_ANCHORED;
    pcre2_pattern_info(regex->code, PCRE2_INFO_FIRSTCODETYPE, &kind);
    regex->first_byte = -1;
    if (kind == 1 && !(options & PCRE2_CASELESS)) {
        pcre2_pattern_info(regex->code, PCRE2_INFO_FIRSTCODEUNIT, &byte);
        regex->first_byte = (int)byte;
    }
    pcre2_pattern_info(regex->code, PCRE2_INFO_FIRSTBITMAP, &regex->first_bytes);
}

struct wb_regex *wb_regex_new(struct wb_slice expression, int flags, struct wb_status *status)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C;
    if (flags & WB_REGEX_CASELESS)
        options |= PCRE2_CASELESS;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)expression.p, expression.n, options, &error, &at, NULL);
    if (!code) {
        char why[200];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof why);
        wb_trouble(status, "%s, at byte %zu", why, (size_t)at);
        return NULL;
    }
    struct wb_regex *regex = calloc(1, sizeof *regex);
    WB_CHECK(regex);
    regex->code = code;
    regex->machine = calloc(1, sizeof *regex->machine);
    WB_CHECK(regex->machine);
    find_first_bytes(regex);
    return regex;
}

void wb_regex_free(struct wb_regex *regex)
{
    if (!regex)
        return;
    pcre2_code_free(atomic_load(&regex->machine->code));
    free(regex->machine);
    pcre2_code_free(regex->code);
    free(regex);
}

bool wb_regex_may_start(const struct wb_regex *regex, struct wb_slice text)
{
    if (!regex->anchored || !text.n)
        return true;
    unsigned char c = (unsigned char)text.p[0];
    if (regex->first_byte >= 0)
        return c == regex->first_byte;
    return !regex->first_bytes || (regex->first_bytes[c / 8] & 1u << c % 8);
}

/* Where that is not possible the plain form goes on: slower, not wrong. */
static void make_machine_code(const struct wb_regex *regex)
{
    pcre2_code *copy = pcre2_code_copy(regex->code);
    if (copy && pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE) == 0)
        atomic_store_explicit(&regex->machine->code, copy, memory_order_release);
    else
        pcre2_code_free(copy);
}

static int match(const struct wb_regex *regex, struct wb_matcher *matcher, struct wb_slice text)
{
    pcre2_code *code = atomic_load_explicit(&regex->machine->code, memory_order_acquire);
    if (code)
        return pcre2_jit_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, matcher->data,
                               matcher->context);
    if (atomic_fetch_add_explicit(&regex->machine->used, 1, memory_order_relaxed) == USED_OFTEN)
        make_machine_code(regex);
    return pcre2_match(regex->code, (PCRE2_SPTR)text.p, text.n, 0, 0, matcher->data,
                       matcher->context);
}

bool wb_regex_find(const struct wb_regex *regex, struct wb_matcher *matcher, struct wb_slice text,
                   struct wb_groups *groups_out)
{
    int n = match(regex, matcher, text);
    if (n <= 0)
        return false;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(matcher->data);
    groups_out->whole = wb_slice(text.p + at[0], at[1] - at[0]);
    for (int i = 1; i < WB_MAX_GROUPS; i++) {
        bool set = i < n && at[2 * i] != PCRE2_UNSET;
        groups_out->group[i] =
            set ? wb_slice(text.p + at[2 * i], at[2 * i + 1] - at[2 * i]) : WB_NONE;
    }
    return true;
}

int wb_regex_group(const struct wb_regex *regex, const char *name)
{
    int n = pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)name);
    return n > 0 && n < WB_MAX_GROUPS ? n : 0;
}

bool wb_matcher_open_regex(struct wb_matcher *matcher)
{
    matcher->data = pcre2_match_data_create(WB_MAX_GROUPS, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    matcher->stack = pcre2_jit_stack_create(STACK_BYTES / 2, STACK_BYTES, NULL);
    if (!matcher->data || !matcher->context || !matcher->stack)
        return false;
    pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    return true;
}

void wb_matcher_close_regex(struct wb_matcher *matcher)
{
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
}
