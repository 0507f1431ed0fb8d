/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The suppression invariant. What a cause may do comes with the causes (their key `suppress`), by
 * a table of the build; no policy and no administrator's rule reaches behind it.
 *
 * - A report counts when it is a complaint, or a bounce of a cause that may speak against the
 *   address and that the engine itself recommends to pause or suppress for. The engine never does
 *   so for what the sender's address, content, rate or policy brought about.
 * - One strike suppresses when it is a complaint, or clear and of a cause that may suppress alone.
 * - Else the same cause must have been seen on two days at least.
 */
#include "datum.h"
#include "decide.h"
#include "vocab.h"

/* The row "CAUSE/key" of the table; NULL: none. */
static const struct wb_datum *row_of(struct wb_slice cause, const char *key)
{
    for (const struct wb_datum *row = wb_data_causes; row->path; row++) {
        struct wb_slice path = wb_slice_str(row->path);
        if (path.n > cause.n && path.p[cause.n] == '/' && wb_slice_starts(path, cause) &&
            strcmp(path.p + cause.n + 1, key) == 0)
            return row;
    }
    return NULL;
}

struct wb_slice wb_cause_that_counts(struct wb_slice cause)
{
    const struct wb_datum *row = cause.n ? row_of(cause, "suppress") : NULL;
    if (!row || strcmp(row->value, "never") == 0)
        return WB_NONE;
    return wb_slice(row->path, cause.n);
}

bool wb_cause_is_unknown(struct wb_slice cause)
{
    const struct wb_datum *row = cause.n ? row_of(cause, "role") : NULL;
    return row && strcmp(row->value, "unknown") == 0;
}

bool wb_may_count(const struct wb_record *record)
{
    enum wb_kind kind = wb_kind_named(record->kind);
    enum wb_recommendation wish = wb_recommendation_named(record->recommendation);
    if (wish != WB_RECOMMENDATION_SUPPRESS && wish != WB_RECOMMENDATION_PAUSE)
        return false;
    if (kind == WB_KIND_COMPLAINT)
        return true;
    return kind == WB_KIND_BOUNCE && wb_cause_that_counts(record->cause).n > 0;
}

bool wb_may_suppress(const struct wb_strike *strikes, size_t n, const struct wb_strike *strike)
{
    if (!strike->cause.n) /* only complaints have none: wb_may_count */
        return true;
    const struct wb_datum *row = row_of(strike->cause, "suppress");
    if (!row || strcmp(row->value, "never") == 0)
        return false;
    if (strike->clear && strcmp(row->value, "alone") == 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (wb_slice_eq(strikes[i].cause, strike->cause) &&
            strikes[i].at / WB_DAY != strike->at / WB_DAY)
            return true;
    return false;
}
