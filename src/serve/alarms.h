/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an administrator should look at now: a cause that a provider gives far more often than
 * usual, an address of ours on a blocklist, a sender whose mails bounce in bursts, as those of a
 * stolen account do.
 */
#ifndef WB_ALARMS_H
#define WB_ALARMS_H

#include <jansson.h>

#include "store_read.h"

/* A list of objects, the gravest kind first; NULL on trouble. now is Unix time. */
json_t *wb_alarms(struct wb_store *store, int64_t now, struct wb_status *status);

#endif
