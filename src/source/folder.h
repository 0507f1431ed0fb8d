/* SPDX-License-Identifier: BSD-2-Clause */
/* The files below a folder; Maildirs are folders that have two of them. */
#ifndef WB_FOLDER_H
#define WB_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"

struct wb_names {
    char **name; /* of a folder the paths below it, sorted */
    size_t n, cap;
    struct wb_name_block *blocks; /* where they stand, unless they were added */
};

/*
 * All files below a folder: of a Maildir those in cur and new, of any other folder every regular
 * file but hidden ones, however deep. A link to nothing is among them: opening it says so.
 */
bool wb_folder_list(const char *folder, struct wb_names *names_out,
                    struct wb_status *status) WB_MUST_CHECK;
/* The name stays the caller's, and where it is. */
void wb_names_add(struct wb_names *names, char *name);
void wb_names_free(struct wb_names *names);

#endif
