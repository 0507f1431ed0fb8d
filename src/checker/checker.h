/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce check, a program of its own because it needs the network: what it was asked for, and
 * the answer of one check.
 */
#ifndef WB_CHECKER_H
#define WB_CHECKER_H

#include "probe.h"
#include "words.h"

/* Exit status of one check, and of all: the worst, where trouble is worse than not knowing. */
enum wb_check_exit { WB_CHECK_HEALTHY = 0, WB_CHECK_TROUBLE = 1, WB_CHECK_UNKNOWN = 2 };

struct wb_check_settings {
    struct wb_probe_options probe;
    enum wb_tongue tongue;
    bool json, verbose, colour, progress;
};

/* A sentence on standard error. */
void wb_check_complain(const struct wb_check_settings *s, const char *what, const char *english,
                       const char *chinese);

/* Checks one subject and writes the answer. */
enum wb_check_exit wb_check_one(const struct wb_check_settings *s, struct wb_slice subject,
                                struct wb_buf *out);
/* Checks one subject a line of standard input, several at a time, answers in order. */
enum wb_check_exit wb_check_lines(const struct wb_check_settings *s);

/* The answer in its form. */
void wb_put_answer(const struct wb_check_settings *s, struct wb_slice subject,
                   const struct wb_findings *findings, struct wb_buf *out);

/* All of the buffer to standard output; false when that is not possible any more. */
bool wb_check_write(const struct wb_check_settings *s, struct wb_buf *out);

#endif
