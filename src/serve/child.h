/* SPDX-License-Identifier: BSD-2-Clause */
/* Another program of ours run for one answer. */
#ifndef WB_CHILD_H
#define WB_CHILD_H

#include "buf.h"
#include "status.h"

/*
 * Runs the program that stands beside this one, or under libexec; gives it the input, and appends
 * what it writes to out, at most `most` bytes. False when it cannot be run or does not end in time.
 */
bool wb_child_run(const char *program, const char *const *argv, struct wb_slice input, size_t most,
                  int64_t milliseconds, struct wb_buf *out, struct wb_status *status) WB_MUST_CHECK;

#endif
