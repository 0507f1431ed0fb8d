/* SPDX-License-Identifier: BSD-2-Clause */
/* For spreadsheets and programs. */
#include "exports.h"

#include <time.h>

static void put_time(struct wb_buf *out, int64_t at)
{
    char text[32] = "";
    struct tm tm;
    time_t t = (time_t)at;
    if (at && gmtime_r(&t, &tm))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    wb_buf_put(out, wb_slice_str(text));
}

static void csv_row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_cell(out, row->address);
    wb_buf_byte(out, ',');
    wb_buf_cell(out, row->cause);
    wb_buf_byte(out, ',');
    put_time(out, row->since);
    wb_buf_byte(out, ',');
    put_time(out, row->until);
    wb_buf_byte(out, ',');
    wb_buf_cell(out, row->why);
    wb_buf_lit(out, "\r\n");
}

const struct wb_export_form wb_export_csv = {.type = "text/csv; charset=utf-8",
                                             .file = "suppressions.csv",
                                             .head = "address,cause,since,until,why\r\n",
                                             .row = csv_row};
