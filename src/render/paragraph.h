/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Setting text in columns: breaks lines where words and Chinese characters allow it, knows that
 * some characters are two columns wide, and lets nothing through that a terminal would act on:
 * controls, escapes and bidirectional marks become U+FFFD.
 */
#ifndef WB_PARAGRAPH_H
#define WB_PARAGRAPH_H

#include "render.h"

enum wb_ink {
    WB_INK_PLAIN,
    WB_INK_BOLD,
    WB_INK_DIM,
    WB_INK_GOOD,
    WB_INK_BAD,
    WB_INK_WAIT,
    WB_INK_MARK /* the deciding words: without colours, marked on the line below */
};

struct wb_piece {
    struct wb_slice text;
    enum wb_ink ink;
};

/*
 * Sets the pieces as one paragraph that ends with a line feed. Its first line begins at column
 * `at` (what stands before it has been written), all others are indented by `indent`.
 */
void wb_paragraph(struct wb_buf *out, const struct wb_style *style, int at, int indent,
                  const struct wb_piece *pieces, int n);

/* One piece of plain text. */
void wb_paragraph_plain(struct wb_buf *out, const struct wb_style *style, int at, int indent,
                        struct wb_slice text);

/* Text on the line that is being written, without line breaks; returns its width in columns. */
int wb_inline(struct wb_buf *out, const struct wb_style *style, struct wb_slice text,
              enum wb_ink ink);

void wb_blanks(struct wb_buf *out, int n);

/* Width of a text in columns. */
int wb_columns(struct wb_slice text);

/* Width of the page in columns: what the style says, within reason. */
int wb_page_columns(const struct wb_style *style);

#endif
