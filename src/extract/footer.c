/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "This message has been scanned for viruses ...": what scanners and mail programs on the way put
 * below any message, also below a report. It is no reason of anything, and what it names was not
 * found. The general dialect knows such lines for all others.
 */
#include "prose_int.h"

static const struct wb_line_pattern *general_patterns(const struct wb_extract *ex, uint32_t *n_out)
{
    const struct wb_dialect *general = &wb_cat_dialects(ex->cat, n_out)[wb_cat_general(ex->cat)];
    const struct wb_line_pattern *patterns = wb_cat_patterns(ex->cat, n_out);
    *n_out = general->patterns;
    return patterns + general->first_pattern;
}

/* Whether it is a footer's, and its words stand in the text. */
static bool is_possible(const struct wb_extract *ex, const struct wb_line_pattern *pattern)
{
    uint32_t n;
    return pattern->role == WB_ROLE_FOOTER &&
           (!ex->lines_known || ex->line_possible[pattern - wb_cat_patterns(ex->cat, &n)]);
}

void wb_find_footers(struct wb_prose_reader *rd)
{
    uint32_t n;
    const struct wb_line_pattern *patterns = general_patterns(rd->ex, &n);
    rd->footers = rd->footers_end = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!is_possible(rd->ex, &patterns[i]))
            continue;
        if (!rd->footers_end)
            rd->footers = i;
        rd->footers_end = i + 1;
    }
}

static bool fits(const struct wb_prose_reader *rd, struct wb_slice line)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_extract *ex = rd->ex;
    const struct wb_line_pattern *patterns = general_patterns(ex, &n);
    for (uint32_t i = rd->footers; i < rd->footers_end; i++) {
        if (!is_possible(ex, &patterns[i]))
            continue;
        const struct wb_regex *regex = wb_cat_line_regex(ex->cat, &patterns[i]);
        if (wb_regex_may_start(regex, line) && wb_regex_find(regex, ex->matcher, line, &groups))
            return true;
    }
    return false;
}

bool wb_in_footer(struct wb_prose_reader *rd, struct wb_slice line, bool blank)
{
    if (blank)
        rd->in_footer = false;
    if (blank || rd->in_footer || !rd->footers_end || !fits(rd, line))
        return rd->in_footer;
    wb_close_reason(rd);
    rd->in_footer = true;
    if (!rd->footer)
        rd->footer = line.p;
    return true;
}
