/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kind of message it is. Structure decides where there is one: a delivery status by its
 * actions, a feedback report, a disposition notification. Otherwise the signs that the catalogue
 * lists are weighed: each kind has a sum, and the highest wins if it is high enough.
 */
#include "extract_int.h"

enum {
    ENOUGH = 3,      /* what the signs of a kind must weigh together */
    OVERRIDES = 6,   /* what outweighs a delivery status: challenges come dressed as one */
};

static enum wb_kind kind_of_action(enum wb_action action)
{
    switch (action) {
    case WB_ACTION_FAILED: return WB_KIND_BOUNCE;
    case WB_ACTION_DELAYED: return WB_KIND_DELAY;
    case WB_ACTION_DELIVERED:
    case WB_ACTION_RELAYED:
    case WB_ACTION_EXPANDED: return WB_KIND_DELIVERED;
    default: return WB_KIND_ABSENT;
    }
}

/* The gravest of the recipients' actions. */
static enum wb_kind kind_of_actions(const struct wb_extract *ex)
{
    enum wb_kind kind = WB_KIND_ABSENT;
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        enum wb_kind one = kind_of_action(ex->recipients[i].action);
        if (one && (!kind || one < kind))
            kind = one;
    }
    return kind;
}

static enum wb_kind heaviest(const struct wb_extract *ex, int *weight_out)
{
    enum wb_kind best = WB_KIND_ABSENT;
    *weight_out = 0;
    for (int kind = 1; kind < WB_KIND_COUNT; kind++)
        if (ex->kind_weight[kind] > *weight_out) {
            best = (enum wb_kind)kind;
            *weight_out = ex->kind_weight[kind];
        }
    return best;
}

static enum wb_kind kind_of_dialect(const struct wb_extract *ex)
{
    uint32_t n;
    if (ex->dialect == WB_NO_INDEX)
        return WB_KIND_ABSENT;
    return (enum wb_kind)wb_cat_dialects(ex->cat, &n)[ex->dialect].kind;
}

static enum wb_kind decide(const struct wb_extract *ex)
{
    int weight;
    enum wb_kind heavy = heaviest(ex, &weight);
    enum wb_kind by_dialect = kind_of_dialect(ex);
    enum wb_kind by_action = kind_of_actions(ex);
    bool reports = ex->status_part != WB_NO_PART;
    if (by_dialect)
        return by_dialect;
    if (ex->feedback_part != WB_NO_PART)
        return WB_KIND_COMPLAINT;
    if (weight >= OVERRIDES && heavy != WB_KIND_BOUNCE && heavy != WB_KIND_DELAY)
        return heavy;
    if (reports && by_action)
        return by_action;
    if (ex->disposition_part != WB_NO_PART)
        return ex->kind_weight[WB_KIND_BOUNCE] >= ENOUGH ? WB_KIND_BOUNCE : WB_KIND_RECEIPT;
    /* prose: a known dialect with a recipient, or signs that weigh enough */
    bool named = ex->recipient_count && by_action;
    if (named && ex->dialect != WB_NO_INDEX && weight <= ex->kind_weight[WB_KIND_BOUNCE] + 2)
        return by_action;
    if (heavy == WB_KIND_BOUNCE && weight >= ENOUGH)
        return by_action ? by_action : WB_KIND_BOUNCE;
    return weight >= ENOUGH ? heavy : WB_KIND_NOT_A_REPORT;
}

void wb_extract_kind(struct wb_extract *ex)
{
    ex->kind = decide(ex);
    ex->detail = ex->kind_detail[ex->kind];
}
