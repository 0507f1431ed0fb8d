/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading JSON records of logs: values are slices of the line as they stand there. */
#ifndef WB_LOG_JSON_H
#define WB_LOG_JSON_H

#include "format.h"

/* The next member of an object, the next item of a list; *rest begins as the whole. */
bool wb_log_json_next(struct wb_slice *rest, struct wb_slice *name_out, struct wb_slice *value_out);
bool wb_log_json_item(struct wb_slice *rest, struct wb_slice *value_out);

/* The value of a member, empty when there is none; names are taken in any case. */
struct wb_slice wb_log_json_get(struct wb_slice object, struct wb_slice name);

/* A string without its quotes and escapes, valid until the next line; empty when v is none. */
struct wb_slice wb_log_json_text(struct wb_logbook *book, struct wb_slice v);

#endif
