/* SPDX-License-Identifier: BSD-2-Clause */
/* What scan.c and regex.c share: the scratch memory of one thread. */
#ifndef WB_MATCH_INT_H
#define WB_MATCH_INT_H

#include <stdbool.h>
#include <stdint.h>

struct wb_run;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;
struct pcre2_real_jit_stack_8;

struct wb_matcher {
    unsigned char *word_seen; /* a bit for each; all clear between scans, as is the next */
    bool *pattern_found;
    uint32_t *words, *patterns; /* those of this scan */
    uint32_t word_count, pattern_count;
    struct wb_run *run;
    struct pcre2_real_match_data_8 *data;
    struct pcre2_real_match_context_8 *context;
    struct pcre2_real_jit_stack_8 *stack;
};

bool wb_matcher_open_regex(struct wb_matcher *matcher);
void wb_matcher_close_regex(struct wb_matcher *matcher);

#endif
