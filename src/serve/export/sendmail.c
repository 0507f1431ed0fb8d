/* SPDX-License-Identifier: BSD-2-Clause */
/* access_db (cf/README): To: refuses a recipient */
#include "exports.h"

static void row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_lit(out, "To:");
    wb_buf_put(out, row->address);
    wb_buf_lit(out, "\tERROR:5.1.1:550 suppressed after bounces\n");
}

const struct wb_export_form wb_export_sendmail = {.type = "text/plain; charset=utf-8",
                                                  .file = "suppressions.sendmail",
                                                  .head = "# written by whybounce\n",
                                                  .plain = true,
                                                  .row = row};
