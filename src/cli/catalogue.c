/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which knowledge is used: the file that WHYBOUNCE_CATALOGUE names, else the one that "whybounce
 * knowledge build" made from the administrator's own entries, else what is built in.
 */
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

struct wb_catalogue *wb_cli_catalogue(void)
{
    char trouble[WB_TROUBLE_TEXT];
    const char *path = getenv("WHYBOUNCE_CATALOGUE");
    if (!path && access(WHYBOUNCE_CACHE "/catalogue.wbc", R_OK) == 0)
        path = WHYBOUNCE_CACHE "/catalogue.wbc";
    struct wb_catalogue *catalogue = wb_catalogue_open(path, trouble);
    if (!catalogue)
        wb_complain_of(trouble);
    return catalogue;
}
