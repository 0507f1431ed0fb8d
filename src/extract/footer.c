/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "This message has been scanned for viruses ...": what scanners and mail programs on the way put
 * below any message, also below a report. It is no reason of anything, and what it names was not
 * found. The general dialect knows such lines for all others.
 */
#include "prose_int.h"

/* The patterns of footers whose words stand in the text, one after the other; NULL: no more. */
static const struct wb_line_pattern *next_possible(const struct wb_extract *ex, uint32_t *i)
{
    uint32_t n;
    const struct wb_dialect *general = &wb_cat_dialects(ex->cat, &n)[wb_cat_general(ex->cat)];
    const struct wb_line_pattern *patterns = wb_cat_patterns(ex->cat, &n);
    for (; *i < general->patterns; ++*i) {
        uint32_t index = general->first_pattern + *i;
        if (patterns[index].role == WB_ROLE_FOOTER &&
            (!ex->lines_known || ex->line_possible[index]))
            return &patterns[index];
    }
    return NULL;
}

bool wb_may_have_footers(const struct wb_extract *ex)
{
    uint32_t i = 0;
    return next_possible(ex, &i);
}

static bool fits(const struct wb_extract *ex, struct wb_slice line)
{
    const struct wb_line_pattern *pattern;
    struct wb_groups groups;
    for (uint32_t i = 0; (pattern = next_possible(ex, &i)); i++) {
        const struct wb_regex *regex = wb_cat_line_regex(ex->cat, pattern);
        if (wb_regex_may_start(regex, line) && wb_regex_find(regex, ex->matcher, line, &groups))
            return true;
    }
    return false;
}

bool wb_in_footer(struct wb_prose_reader *rd, struct wb_slice line, bool blank)
{
    if (blank)
        rd->in_footer = false;
    if (blank || rd->in_footer || !rd->footers || !fits(rd->ex, line))
        return rd->in_footer;
    wb_close_reason(rd);
    rd->in_footer = true;
    if (!rd->footer)
        rd->footer = line.p;
    return true;
}
