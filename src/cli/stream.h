/* SPDX-License-Identifier: BSD-2-Clause */
/* A process for other programs: mails in with their length in front, one answer out for each. */
#ifndef WB_CLI_STREAM_H
#define WB_CLI_STREAM_H

#include "cli.h"

/*
 * Reads "LENGTH\n" and that many bytes, again and again, and answers each mail with one line: a
 * JSON array of its reports, flushed. A length that is no number ends it with a complaint.
 */
bool wb_answer_stream(const struct wb_invocation *inv, const struct wb_catalogue *catalogue,
                      const char *form);

#endif
