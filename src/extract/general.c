/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the general dialect knows for all others:
 *
 * "This message has been scanned for viruses ...": what scanners and mail programs on the way put
 * below any message, also below a report. It is no reason of anything, and what it names was not
 * found.
 *
 * "The mail system will continue to try": few dialects say how their servers tell of a delay.
 */
#include "prose_int.h"

#include "reason.h"
#include "reply.h"

void wb_open_general_lines(struct wb_extract *ex)
{
    uint32_t n;
    const struct wb_dialect *general = &wb_cat_dialects(ex->cat, &n)[wb_cat_general(ex->cat)];
    const struct wb_line_pattern *patterns = wb_cat_patterns(ex->cat, &n);
    for (uint32_t i = general->first_pattern; i < general->first_pattern + general->patterns; i++) {
        struct wb_line_range *range = &ex->general[patterns[i].role];
        if (!range->end)
            range->from = i;
        range->end = i + 1;
    }
}

/* Whether it has that role, and its words stand in the text. */
static bool is_possible(const struct wb_extract *ex, uint32_t pattern, enum wb_role role)
{
    uint32_t n;
    return wb_cat_patterns(ex->cat, &n)[pattern].role == role &&
           (!ex->lines_known || ex->line_possible[pattern]);
}

static bool fits_pattern(const struct wb_extract *ex, uint32_t pattern, struct wb_slice line)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_regex *regex =
        wb_cat_line_regex(ex->cat, &wb_cat_patterns(ex->cat, &n)[pattern]);
    return wb_regex_may_start(regex, line) && wb_regex_find(regex, ex->matcher, line, &groups);
}

/* The first possible one of that role, and behind the last one; both 0: there is none. */
static struct wb_line_range possible_lines(const struct wb_extract *ex, enum wb_role role)
{
    struct wb_line_range found = {0}, range = ex->general[role];
    for (uint32_t i = range.from; i < range.end; i++) {
        if (!is_possible(ex, i, role))
            continue;
        if (!found.end)
            found.from = i;
        found.end = i + 1;
    }
    return found;
}

void wb_find_general_lines(struct wb_prose_reader *rd)
{
    rd->footers = possible_lines(rd->ex, WB_ROLE_FOOTER);
    rd->may_tell_of_delay = possible_lines(rd->ex, WB_ROLE_DELAYED).end > 0;
}

static bool try_all(const struct wb_prose_reader *rd, struct wb_slice line)
{
    const struct wb_extract *ex = rd->ex;
    for (uint32_t i = rd->footers.from; i < rd->footers.end; i++)
        if (is_possible(ex, i, WB_ROLE_FOOTER) && fits_pattern(ex, i, line))
            return true;
    return false;
}

/* The expressions are long, and most lines of a report are the same in thousands. */
static bool fits(const struct wb_prose_reader *rd, struct wb_slice line)
{
    if (!rd->kept)
        return try_all(rd, line);
    struct wb_cache_key key = wb_cache_key_of(&rd->key, WB_CACHE_FOOTER);
    const bool *known = wb_cache_find(rd->ex->cache, &key);
    if (known)
        return *known;
    bool fit = try_all(rd, line);
    bool *row = wb_cache_add(rd->ex->cache, &key, sizeof *row);
    if (row)
        *row = fit;
    return fit;
}

/* A server's reply is none, whatever it speaks of: content is refused as confidential, too. */
static bool holds_reply(const struct wb_extract *ex, struct wb_slice line)
{
    return wb_reply_has_code(line, ex->limits);
}

/* Nor is an indented line of a reason, which servers fold so. */
static bool goes_on(const struct wb_prose_reader *rd, struct wb_slice line)
{
    return rd->open && rd->line_count && line.n && wb_is_space(line.p[0]);
}

bool wb_in_footer(struct wb_prose_reader *rd, struct wb_slice line, bool blank)
{
    if (blank || (rd->in_footer && holds_reply(rd->ex, line)))
        rd->in_footer = false;
    if (blank || rd->in_footer || !rd->footers.end || goes_on(rd, line) || !fits(rd, line) ||
        holds_reply(rd->ex, line))
        return rd->in_footer;
    wb_close_reason(rd);
    rd->in_footer = true;
    if (!rd->footer)
        rd->footer = line.p;
    return true;
}

static bool has_line(const struct wb_prose_reader *rd, uint32_t pattern)
{
    struct wb_slice rest = rd->ex->prose, line;
    while (wb_slice_line(&rest, &line))
        if (fits_pattern(rd->ex, pattern, line))
            return true;
    return false;
}

static bool has_role(const struct wb_prose_reader *rd, enum wb_role role)
{
    const struct wb_line_range range = rd->ex->general[role];
    for (uint32_t i = range.from; i < range.end; i++)
        if (is_possible(rd->ex, i, role) && has_line(rd, i))
            return true;
    return false;
}

/* Of one recipient at least no field says what happened. */
static bool is_open(const struct wb_extract *ex)
{
    bool open = !ex->recipient_count;
    for (uint32_t i = 0; i < ex->recipient_count; i++)
        open |= !ex->recipients[i].action;
    return open;
}

bool wb_tells_of_delay(const struct wb_prose_reader *rd)
{
    return rd->may_tell_of_delay && is_open(rd->ex) && has_role(rd, WB_ROLE_DELAYED) &&
           !has_role(rd, WB_ROLE_FAILED);
}
