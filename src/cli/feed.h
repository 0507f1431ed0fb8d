/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding all messages under the paths of a command line and handing them to a pool: files,
 * folders, Maildirs, mboxes, standard input; packed or not.
 */
#ifndef WB_FEED_H
#define WB_FEED_H

#include "pool.h"

/* False when something could not be read; it has been complained about, the rest was handed on. */
bool wb_feed(struct wb_pool *pool, char *const *paths, int n, enum wb_language language);

#endif
