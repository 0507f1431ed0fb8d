/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the page, built into the program (web/embed makes the table). */
#ifndef WB_PAGE_H
#define WB_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct wb_page_file {
    const char *path, *type; /* "/assets/app.js", "text/javascript"; NULL: the end */
    const char *bytes, *end;
    bool immutable; /* its name has its hash */
};
extern const struct wb_page_file wb_page_files[];

#endif
