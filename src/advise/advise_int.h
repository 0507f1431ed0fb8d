/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of this folder. */
#ifndef WB_ADVISE_INT_H
#define WB_ADVISE_INT_H

#include "advise.h"

/* What is advised on: one report, and how many stand beside it in its message. */
struct wb_case {
    const struct wb_adviser *adviser;
    const struct wb_report *report;
    size_t together; /* recipients of the message */
    uint32_t holds;  /* conditions that are true: bit of enum wb_condition */
    struct wb_slice detail;
};

/* What stands for a place; a general word where the report does not say it. */
struct wb_slice wb_place_text(const struct wb_case *c, enum wb_place place);

/* A line of advice with its places filled. */
struct wb_slice wb_fill(const struct wb_case *c, struct wb_slice text);

/*
 * Around a {place} that is empty, or whose text is Chinese, blanks are left over: of several one
 * stays, and between two Chinese characters none. Works in place; returns the new length.
 */
size_t wb_close_up(char *p, size_t length);

/* Which conditions are true of a report. */
uint32_t wb_conditions(const struct wb_report *report);

#endif
