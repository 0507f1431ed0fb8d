/* SPDX-License-Identifier: BSD-2-Clause */
/* access(5): check_recipient_access hash:suppressions */
#include "exports.h"

static void row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_put(out, row->address);
    wb_buf_lit(out, " REJECT 5.1.1 suppressed after bounces\n");
}

const struct wb_export_form wb_export_postfix = {.type = "text/plain; charset=utf-8",
                                                 .file = "suppressions.postfix",
                                                 .head = "# written by whybounce\n",
                                                 .plain = true,
                                                 .row = row};
