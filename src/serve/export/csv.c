/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4180; a spreadsheet takes nothing in it for a formula. */
#include "exports.h"

#include <time.h>

static void put_csv(struct wb_buf *out, struct wb_slice text)
{
    wb_buf_byte(out, '"');
    if (text.n && strchr("=+-@\t\r", text.p[0]))
        wb_buf_byte(out, '\''); /* no spreadsheet takes it for a formula */
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            wb_buf_byte(out, '"');
        wb_buf_byte(out, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
    }
    wb_buf_byte(out, '"');
}

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
    put_csv(out, row->address);
    wb_buf_byte(out, ',');
    put_csv(out, row->cause);
    wb_buf_byte(out, ',');
    put_time(out, row->since);
    wb_buf_byte(out, ',');
    put_time(out, row->until);
    wb_buf_byte(out, ',');
    put_csv(out, row->why);
    wb_buf_lit(out, "\r\n");
}

const struct wb_export_form wb_export_csv = {.type = "text/csv; charset=utf-8",
                                             .file = "suppressions.csv",
                                             .head = "address,cause,since,until,why\r\n",
                                             .row = csv_row};
