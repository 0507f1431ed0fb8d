/* SPDX-License-Identifier: BSD-2-Clause */
/* What answers look like: the options --json, --format and --classes of several commands. */
#ifndef WB_FORMS_H
#define WB_FORMS_H

#include "cli.h"

/* The form of --json or --format, else the usual one; NULL after a complaint. */
const char *wb_cli_form(const struct wb_invocation *inv, const char *usual);

/* Whether there is a scheme as --classes asks for; complains when there is none. */
bool wb_cli_classes(const struct wb_invocation *inv, const struct wb_catalogue *catalogue);

#endif
