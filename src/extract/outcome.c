/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What became of each recipient, where the prose tells it and no field. Most reports are of one
 * outcome. Some have headings (Sendmail's savemail.c):
 *
 *     ----- The following addresses had permanent fatal errors -----
 *     <a@example.org>
 *     ----- The following addresses had successful delivery notifications -----
 *     <b@example.org>
 */
#include "prose_int.h"

#include "reply.h"

void wb_set_nameless(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                     const struct wb_evidence *r)
{
    if (rd->nameless && rd->ex->recipient_count)
        rd->ex->shared = rd->shared_before;
    rd->nameless = !r && !pattern->capture[WB_CAPTURE_RECIPIENT];
    rd->shared_before = rd->ex->shared;
}

void wb_end_section(struct wb_prose_reader *rd)
{
    struct wb_extract *ex = rd->ex;
    if (rd->section == ex->recipient_count)
        return;
    for (uint32_t i = rd->section; rd->delivered && i < ex->recipient_count; i++)
        if (!ex->recipients[i].action)
            ex->recipients[i].action = WB_ACTION_DELIVERED;
    rd->delivered = false;
    rd->section = ex->recipient_count;
}

/* Whether whoever got the message was given the reason of somebody who did not. */
static bool is_reason_of_another(const struct wb_evidence *r)
{
    bool got_it = r->action == WB_ACTION_DELIVERED || r->action == WB_ACTION_RELAYED ||
                  r->action == WB_ACTION_EXPANDED;
    return got_it && wb_reply_find_status(r->explanation).class >= 4;
}

bool wb_tells_apart(const struct wb_extract *ex)
{
    struct wb_slice first = WB_NONE;
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        struct wb_slice words = ex->recipients[i].explanation;
        if (!first.n)
            first = words;
        else if (!wb_slice_eq(words, first))
            return true;
    }
    return false;
}

/* What the words said of all; that one of them got it was said of that one. */
static enum wb_action action_of(const struct wb_prose_reader *rd, uint32_t i)
{
    enum wb_action told = rd->ex->recipients[i].action;
    if (rd->ex->gave_up && told != WB_ACTION_DELIVERED)
        return WB_ACTION_FAILED;
    if (told || rd->delayed)
        return told ? told : WB_ACTION_DELAYED;
    return rd->delivered && i >= rd->section ? WB_ACTION_DELIVERED : WB_ACTION_FAILED;
}

void wb_set_outcomes(struct wb_prose_reader *rd)
{
    struct wb_extract *ex = rd->ex;
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        struct wb_evidence *r = &ex->recipients[i];
        r->action = action_of(rd, i);
        if (!r->explanation.n)
            r->explanation = ex->shared;
        else if (!r->supplement.n) /* "could not be delivered because of ...", then who */
            r->supplement = rd->above;
        if (is_reason_of_another(r))
            r->explanation = WB_NONE;
    }
    if (!ex->recipient_count && (rd->delayed || rd->delivered))
        ex->kind_weight[rd->delayed ? WB_KIND_DELAY : WB_KIND_DELIVERED] += 3;
}
