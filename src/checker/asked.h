/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line on standard error, when that is a terminal, with what is being asked at the moment. It
 * is gone before an answer is written. Threads may share it.
 */
#ifndef WB_ASKED_H
#define WB_ASKED_H

#include "checker.h"

/* From here on what the settings' probes ask is shown. */
void wb_asked_open(struct wb_check_settings *s);
/* How many subjects have their answer, of `check -`. */
void wb_asked_done(size_t n);
void wb_asked_wipe(void);

#endif
