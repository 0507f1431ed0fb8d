/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report line by line, each line with its meaning. The walk is one; what is done with a line is
 * the renderer's business.
 */
#ifndef WB_ANNOTATE_H
#define WB_ANNOTATE_H

#include "render.h"

struct wb_note {
    struct wb_slice line;    /* as it stands in the message, UTF-8 */
    struct wb_slice meaning; /* empty: none */
    struct wb_slice marked;  /* the deciding words in the line; empty: none */
    bool heading;            /* begins a section; there is no line */
};

/* Calls `say` for each line. The texts are valid during the call only. */
void wb_annotate_walk(const struct wb_page *page, void (*say)(void *to, const struct wb_note *note),
                      void *to);

/* As text in two columns. */
void wb_annotate(const struct wb_page *page, struct wb_buf *out);

#endif
