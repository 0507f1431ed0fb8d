/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs beside this one, and the one that makes live checks. */
#ifndef WB_CLI_BESIDE_H
#define WB_CLI_BESIDE_H

#include "cli.h"

/* Becomes a program beside this one; returns, after a complaint, only when that failed. */
int wb_cli_become(const char *program, char **argv);
/* Hands reports (JSON lines) to the live checks; false when they could not be run. */
bool wb_cli_live(const struct wb_invocation *inv, const char *reports, size_t n) WB_MUST_CHECK;

#endif
