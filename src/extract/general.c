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
#include "lines.h"
#include "prose_int.h"

#include "reason.h"
#include "reply.h"

void wb_open_general_lines(struct wb_extract *ex)
{
    uint32_t n;
    const struct wb_dialect *general = &wb_cat_dialects(ex->cat, &n)[wb_cat_general(ex->cat)];
    const struct wb_line_pattern *patterns = wb_cat_patterns(ex->cat, &n);
    for (uint32_t i = general->first_pattern; i < general->first_pattern + general->patterns; i++)
        ex->general_lines[patterns[i].role * ex->line_words + i / 64] |= (uint64_t)1 << i % 64;
}

static bool fits_pattern(const struct wb_extract *ex, uint32_t pattern, struct wb_slice line)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_regex *regex =
        wb_cat_line_regex(ex->cat, &wb_cat_patterns(ex->cat, &n)[pattern]);
    return wb_regex_may_start(regex, line) && wb_regex_find(regex, ex->matcher, line, &groups);
}

/* Whether one of the general dialect's lines with that role is possible. */
static bool any_possible(const struct wb_extract *ex, enum wb_role role)
{
    const uint64_t *lines = ex->general_lines + (uint32_t)role * ex->line_words;
    const uint64_t *possible = ex->lines_known ? ex->lines : lines;
    uint64_t any = 0;
    for (uint32_t word = 0; word < ex->line_words; word++)
        any |= lines[word] & possible[word];
    return any;
}

void wb_find_general_lines(struct wb_prose_reader *rd)
{
    rd->may_have_footer = any_possible(rd->ex, WB_ROLE_FOOTER);
    rd->may_tell_of_delay = any_possible(rd->ex, WB_ROLE_DELAYED);
}

/* Whether a pattern with that role fits the line. */
static bool try_all(const struct wb_extract *ex, enum wb_role role, struct wb_slice line)
{
    for (uint32_t word = 0; word < ex->line_words; word++)
        for (uint64_t bits = wb_general_lines(ex, role, word); bits; bits &= bits - 1)
            if (fits_pattern(ex, word * 64 + (uint32_t)__builtin_ctzll(bits), line))
                return true;
    return false;
}

/* The expressions are long, and most lines of a report are the same in thousands. */
static bool try_and_keep(const struct wb_extract *ex, enum wb_role role,
                         const struct wb_cache_key *key)
{
    const bool *known = wb_cache_find(ex->cache, key);
    if (known)
        return *known;
    bool fit = try_all(ex, role, key->text);
    bool *row = wb_cache_add(ex->cache, key, sizeof *row);
    if (row)
        *row = fit;
    return fit;
}

bool wb_general_fits(const struct wb_extract *ex, enum wb_role role, struct wb_slice line)
{
    if (!wb_is_kept_line(ex, line))
        return try_all(ex, role, line);
    struct wb_cache_key key = wb_cache_key(line, WB_CACHE_ROLE + (uint32_t)role);
    return try_and_keep(ex, role, &key);
}

static bool begins_footer(const struct wb_prose_reader *rd, struct wb_slice line)
{
    if (!rd->line->kept)
        return try_all(rd->ex, WB_ROLE_FOOTER, line);
    struct wb_cache_key key = wb_cache_key_of(&rd->line->key, WB_CACHE_ROLE + WB_ROLE_FOOTER);
    return try_and_keep(rd->ex, WB_ROLE_FOOTER, &key);
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
    if (blank || rd->in_footer || !rd->may_have_footer || goes_on(rd, line) ||
        !begins_footer(rd, line) || holds_reply(rd->ex, line))
        return rd->in_footer;
    wb_close_reason(rd);
    rd->in_footer = true;
    if (!rd->footer)
        rd->footer = line.p;
    return true;
}

static bool has_role(const struct wb_prose_reader *rd, enum wb_role role)
{
    struct wb_slice rest = rd->ex->prose, line;
    while (wb_slice_line(&rest, &line))
        if (wb_general_fits(rd->ex, role, line))
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
