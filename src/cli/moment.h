/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Points in time as people write them on a command line, and time zones: those of the system, or
 * one that was asked for. One thread.
 */
#ifndef WB_MOMENT_H
#define WB_MOMENT_H

#include "cli.h"

/* "+08:00", "UTC", "Asia/Shanghai": from now on that is the zone. False after a complaint. */
bool wb_moment_zone(const char *zone) WB_MUST_CHECK;

/* Minutes east of UTC of a clock on the wall that shows `wall` (seconds, as if it were UTC). */
int wb_moment_minutes(int64_t wall);

/* "2026-03-02 09:40", "today", "now", "2h" (ago); false after a complaint. */
bool wb_moment_read(const char *text, int64_t *unix_out) WB_MUST_CHECK;

/* "2026-03-02 09:40:31", on the wall. */
void wb_moment_put(struct wb_buf *out, int64_t unix_seconds);

#endif
