/* SPDX-License-Identifier: BSD-2-Clause */
/* for "lookup {$local_part@$domain} lsearch {FILE}" (specification, 9.3) */
#include "exports.h"

static void row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_put(out, row->address);
    wb_buf_lit(out, ": suppressed after bounces\n");
}

const struct wb_export_form wb_export_exim = {.type = "text/plain; charset=utf-8",
                                              .file = "suppressions.exim",
                                              .head = "# written by whybounce\n",
                                              .plain = true,
                                              .row = row};
