/* SPDX-License-Identifier: BSD-2-Clause */
/* A line on standard error that says how far the work is; nothing when that is no terminal. */
#ifndef WB_PROGRESS_H
#define WB_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"

struct wb_progress {
    bool shown;
    enum wb_language language;
    uint64_t total;       /* bytes to be read; 0: not known */
    uint64_t begun, last; /* nanoseconds */
};

void wb_progress_begin(struct wb_progress *p, enum wb_language language);
/* At most five times a second. */
void wb_progress_show(struct wb_progress *p, uint64_t done_bytes, uint64_t messages);
void wb_progress_end(struct wb_progress *p);

#endif
