/* SPDX-License-Identifier: BSD-2-Clause */
/* The last seven days beside those before: totals, and what became worse. */
#ifndef WB_OVERVIEW_H
#define WB_OVERVIEW_H

#include <jansson.h>

#include "store_read.h"

/*
 * An object with totals, worse, unproven and reports (of thirty days); NULL on trouble. now is Unix
 * time; the days end with its day. unknown is the cause that says that nothing is known.
 */
json_t *wb_overview(struct wb_store *store, const char *unknown, int64_t now,
                    struct wb_status *status);

#endif
