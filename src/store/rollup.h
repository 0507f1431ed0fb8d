/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts: of each hour and day how many reports of which name, kind and cause. They are added up
 * in memory while a batch lasts and written with its commit.
 */
#ifndef WB_ROLLUP_H
#define WB_ROLLUP_H

#include "store_int.h"
#include "store_read.h"

/* What is counted apart; causes are counted with the kinds. */
enum wb_dimension {
    WB_DIMENSION_KIND,  /* name: enum wb_kind */
    WB_DIMENSION_PROOF, /* name: enum wb_proof */
    WB_DIMENSION_PROVIDER,
    WB_DIMENSION_DOMAIN,
    WB_DIMENSION_REMOTE_MTA,
    WB_DIMENSIONS
};

/* The row of a count, without holes: it is the key of a map. */
struct wb_count_key {
    int64_t time, name, cause;
    int32_t step; /* enum wb_step, hour or day */
    int32_t dimension;
    int64_t kind;
};

/* One report more (by 1) or less (by -1). */
void wb_rollup_add(struct wb_store *store, const struct wb_report_numbers *numbers, int by);
bool wb_rollup_write(struct wb_store *store, struct wb_status *status);

/*
 * Adds to totals (number of a name -> reports) what may be most frequent in a span of whole days,
 * of a cause or of all (0); unlisted gets the times (int64_t) of days that are to be looked at.
 */
bool wb_tops_read(struct wb_store *store, enum wb_dimension dimension, int64_t from, int64_t to,
                  int64_t cause, struct wb_map *totals, struct wb_buf *unlisted,
                  struct wb_status *status);

/* A diagnostic of a report without a cause: one more or less. */
void wb_template_add(struct wb_store *store, const struct wb_record *record, int by);
bool wb_templates_write(struct wb_store *store, struct wb_status *status);
/* The diagnostic without what changes from mail to mail. */
struct wb_slice wb_template_of(struct wb_room *room, struct wb_slice diagnostic);

#endif
