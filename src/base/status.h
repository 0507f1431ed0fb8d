/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * World trouble: a file that is not there, a full disk, a broken knowledge file. A function that
 * can meet it returns bool, must be checked, and on false has filled in the status: one sentence
 * for a person, naming the thing and the reason. Strange mail is never trouble.
 */
#ifndef WB_STATUS_H
#define WB_STATUS_H

#include <stdbool.h>

#define WB_MUST_CHECK __attribute__((warn_unused_result))

enum { WB_STATUS_TEXT = 512 };

struct wb_status {
    char text[WB_STATUS_TEXT]; /* empty: no trouble */
};

/* Notes the trouble and returns false, so that a caller can say `return wb_trouble(...)`. */
bool wb_trouble(struct wb_status *status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
