/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our own mistakes. WB_CHECK stays on in every build: a broken precondition ends the process with
 * file and line instead of going on with a wrong answer. Never used for what a mail, a file or the
 * network may contain.
 */
#ifndef WB_CHECK_H
#define WB_CHECK_H

#define WB_CHECK(cond) ((cond) ? (void)0 : wb_check_failed(#cond, __FILE__, __LINE__))

_Noreturn void wb_check_failed(const char *what, const char *file, int line);

#endif
