/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages that a worker could not read are kept aside, for whoever mends the reading. */
#ifndef WB_QUARANTINE_H
#define WB_QUARANTINE_H

#include "settings.h"

/* Into STATE/quarantine/, named by its hash, with the reason in a file beside it. At most
 * WB_MAX_QUARANTINE messages are kept. False: this one is not; the log says so. */
enum { WB_MAX_QUARANTINE = 1000 };
bool wb_quarantine(const struct wb_settings *settings, struct wb_slice mail, const char *why);
/* How many there are. */
size_t wb_quarantined(const struct wb_settings *settings);

#endif
