/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Points in time as mail writes them: RFC 5322 3.3 with its obsolete zones, the forms that
 * servers use instead (ISO 8601, ctime, "5/25/2018 8:21:10 AM"). No clock, no locale, no time
 * zone data base: a date without a zone is read as UTC.
 */
#ifndef WB_DATE_H
#define WB_DATE_H

#include <stdint.h>

#include "slice.h"

struct wb_time {
    int64_t unix_seconds; /* since 1970-01-01T00:00:00Z */
    int16_t zone;         /* minutes east of UTC, as written */
    bool known;           /* false: absent, the rest is 0 */
};

struct wb_civil {
    int year, month, day, hour, minute, second;
};

/* Reads a date anywhere at the front of s; .known is false when there is none. */
struct wb_time wb_date_parse(struct wb_slice s);

/* The calendar of t in its own zone, or in UTC. */
struct wb_civil wb_date_local(struct wb_time t);
struct wb_civil wb_date_utc(struct wb_time t);

/* Seconds since the epoch of a UTC calendar date; months and days must be in range. */
int64_t wb_date_seconds(struct wb_civil c);

/* Writes 2026-01-02T03:04:05Z; out holds 21 bytes with the final NUL. */
void wb_date_iso(struct wb_time t, char out[32]);

#endif
