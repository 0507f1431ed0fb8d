/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting reports by cause and provider. Each worker has its own tally, and they are added up in
 * the end. A tally is plain memory that begins as zeros; ids point into the catalogue.
 */
#ifndef WB_TALLY_H
#define WB_TALLY_H

#include <stdint.h>

#include "cli.h"

enum { WB_TALLY_ROWS = 4096 };

struct wb_tally_row {
    struct wb_string kind, cause, provider;
    uint64_t count;
};

struct wb_tally {
    struct wb_tally_row rows[WB_TALLY_ROWS]; /* a hash table; kind.length 0: free */
    uint64_t messages;
    uint64_t lost; /* reports that found no free row */
    bool of_log;   /* of lines, not of messages: only recipients are counted */
};

void wb_tally_add(struct wb_tally *tally, const struct wb_analysis *analysis);
void wb_tally_merge(void *into, const void *tally);

/*
 * As a table for people, or as JSON with one object a row. classes: reports carry the class of
 * another program, and were counted by it.
 */
void wb_tally_print(const struct wb_tally *tally, bool classes, enum wb_language language,
                    struct wb_buf *out);
void wb_tally_json(const struct wb_tally *tally, bool classes, struct wb_buf *out);

#endif
