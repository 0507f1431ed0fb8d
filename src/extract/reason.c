/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reasons in the part written for people: opened by a line with that role, gone on with over plain
 * lines, closed, and given to whom they belong.
 */
#include "reason.h"

#include "reply.h"
#include "utf8.h"

struct wb_slice wb_join_lines(struct wb_extract *ex, const struct wb_slice *lines, int n)
{
    if (n == 1 && lines[0].n <= WB_MAX_DIAGNOSTIC_BYTES)
        return wb_mail_unescape(ex->mail, wb_slice_trim(lines[0]));
    struct wb_text text = wb_text_open(ex->arena, WB_MAX_DIAGNOSTIC_BYTES);
    for (int i = 0; i < n; i++) {
        struct wb_slice line = wb_slice_trim(lines[i]);
        if (text.n && line.n)
            wb_text_byte(&text, ' ');
        wb_text_put(&text, line);
    }
    if (text.cut) {
        wb_limit_hit(ex->limits, WB_LIMIT_DIAGNOSTIC_BYTES);
        text.n = wb_utf8_head(wb_slice(text.p, text.n), text.n - 4).n;
    }
    return wb_mail_unescape(ex->mail, wb_text_close(&text));
}

/*
 * A second reason stands behind the first, but nothing is said twice: some servers give a reason in
 * a summary and again in full, and the general reader reads a prose for the second time.
 */
static struct wb_slice with_reason(struct wb_extract *ex, struct wb_slice first,
                                   struct wb_slice reason)
{
    struct wb_slice both[] = {first, reason};
    if (!first.n || wb_slice_find(reason, first) < reason.n)
        return reason;
    return wb_slice_find(first, reason) < first.n ? first : wb_join_lines(ex, both, 2);
}

void wb_share_reason(struct wb_prose_reader *rd, struct wb_slice reason)
{
    struct wb_extract *ex = rd->ex;
    bool given = false;
    for (uint32_t i = rd->waiting_from; i < ex->recipient_count; i++)
        if (!ex->recipients[i].explanation.n) {
            ex->recipients[i].explanation = reason;
            given = true;
        }
    rd->waiting_from = ex->recipient_count;
    if (!given && ex->recipient_count == rd->first)
        rd->above = reason;
    if (!given)
        ex->shared = with_reason(ex, ex->shared, reason);
}

void wb_close_reason(struct wb_prose_reader *rd)
{
    if (!rd->open)
        return;
    rd->open = false;
    struct wb_slice reason =
        rd->line_count ? wb_join_lines(rd->ex, rd->lines, rd->line_count) : WB_NONE;
    if (!reason.n)
        return;
    if (!rd->owner)
        wb_share_reason(rd, reason);
    else
        rd->owner->explanation = with_reason(rd->ex, rd->owner->explanation, reason);
}

void wb_add_reason_line(struct wb_prose_reader *rd, struct wb_slice line)
{
    if (rd->line_count < WB_MAX_REASON_LINES)
        rd->lines[rd->line_count++] = line;
    if (rd->reach == WB_REACH_LINE)
        wb_close_reason(rd);
}

void wb_open_reason(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                    struct wb_slice begin, struct wb_evidence *owner)
{
    rd->open = true;
    rd->owner = owner;
    rd->reach = (enum wb_reach)pattern->reach;
    rd->line_count = 0;
    if (begin.n)
        wb_add_reason_line(rd, begin);
}

/* A rule ("_____", "* * *") says as little as a blank line. */
static bool says_nothing(struct wb_slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if (wb_is_alnum(line.p[i]) || (line.p[i] & 0x80))
            return false;
    return true;
}

void wb_plain_line(struct wb_prose_reader *rd, struct wb_slice line, bool blank)
{
    if (!rd->open)
        return;
    blank |= says_nothing(line);
    bool begun = rd->line_count > 0;
    bool indented = line.n && wb_is_space(line.p[0]);
    bool ends = blank ? begun && rd->reach != WB_REACH_BLOCK
                      : begun && rd->reach == WB_REACH_INDENTED && !indented;
    if (ends)
        wb_close_reason(rd);
    else if (!blank && !rd->told)
        wb_add_reason_line(rd, line);
}
