/* SPDX-License-Identifier: BSD-2-Clause */
/* What whybounce report says of today: alarms, and what got worse since last week. */
#ifndef WB_REPORT_NEWS_H
#define WB_REPORT_NEWS_H

#include "settings.h"
#include "store.h"

/* To standard output; nothing where there is nothing to say. */
bool wb_report_news(const struct wb_settings *settings, struct wb_store *store,
                    struct wb_status *status) WB_MUST_CHECK;

#endif
