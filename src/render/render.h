/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports in their outward forms. A renderer appends to a buffer that the caller owns; it never
 * fails. What comes from a mail is made harmless for the form: valid UTF-8 in JSON, no formula in
 * CSV, no control character in text, no markup in HTML.
 */
#ifndef WB_RENDER_H
#define WB_RENDER_H

#include "buf.h"
#include "report.h"

/* One JSON object and a line feed. */
void wb_render_json(const struct wb_report *report, struct wb_buf *out);

/* The line of column names, and one line for a report (RFC 4180). */
void wb_render_csv_head(struct wb_buf *out);
void wb_render_csv(const struct wb_report *report, struct wb_buf *out);

/* A JSON string with its quotes. */
void wb_json_string(struct wb_buf *out, struct wb_slice s);

#endif
