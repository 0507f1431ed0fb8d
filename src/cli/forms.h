/* SPDX-License-Identifier: BSD-2-Clause */
/* What answers look like: the options --json, --csv, --format and --classes of several commands. */
#ifndef WB_FORMS_H
#define WB_FORMS_H

#include "cli.h"

/* The form of --json, --csv or --format, else the usual one; NULL after a complaint. */
const char *wb_cli_form(const struct wb_invocation *inv, const char *usual);

/* Whether both options of one of the pairs are there; complains then. */
bool wb_cli_contradicts(const struct wb_invocation *inv, const char *const pairs[][2], size_t n);

/* Whether there is a scheme as --classes asks for; complains when there is none. */
bool wb_cli_classes(const struct wb_invocation *inv, const struct wb_catalogue *catalogue);

#endif
