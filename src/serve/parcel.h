/* SPDX-License-Identifier: BSD-2-Clause */
/* What a store keeps of a report: taken from the library, and carried from process to process. */
#ifndef WB_PARCEL_H
#define WB_PARCEL_H

#include "buf.h"
#include "record.h"

struct wb_analysis;
struct wb_report;
struct wb_session;

enum { WB_MAX_PARCELS = 1 << 17 /* of one answer: lines of a log in a body of 8 MiB */ };

/* The record of a report; document is its line of the form "json". */
void wb_record_of(const struct wb_report *report, struct wb_slice document,
                  struct wb_record *record);

/*
 * When it happened, where the report itself does not say: the Date of the mail that brought it, if
 * that can be true, else when it came.
 */
void wb_record_date(struct wb_record *record, struct wb_slice mail, int64_t received);

/*
 * Packs the reports of an analysis, each with its line of the form "json", but no more than so
 * many; gives how many. It is a call of the session.
 */
uint32_t wb_parcel_put(struct wb_session *session, const struct wb_analysis *analysis,
                       uint32_t most, struct wb_buf *out);
/* The same, where the form has been made before. */
uint32_t wb_parcel_put_lines(const struct wb_analysis *analysis, struct wb_slice lines,
                             uint32_t most, struct wb_buf *out);
/* The next record of what was packed, pointing into it; false when it is cut or at its end. */
bool wb_parcel_take(struct wb_slice *rest, struct wb_record *record);

#endif
