/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an administrator has set: one file, /etc/whybounce/config.yaml, for every program that has
 * settings. doc/config.md explains each; without a file each has its default.
 */
#ifndef WB_CONFIG_H
#define WB_CONFIG_H

#include <stdint.h>

#include "slice.h"
#include "status.h"

/* name, what stands in wb_config, default. Texts: "" is "not set". */
#define WB_CONFIG_TEXTS(X)                                                                         \
    X(resolver, "") /* IP[:PORT] of the DNS resolver; else that of the system */                   \
    X(helo, "")     /* the name that mail servers are greeted with; else that of the machine */    \
    X(control, "")  /* a mail server that surely works */

struct wb_config {
#define X(name, otherwise) char *name;
    WB_CONFIG_TEXTS(X)
#undef X
};

/*
 * Reads the file. path NULL: the one in the environment (WHYBOUNCE_CONFIG), else the usual one,
 * which may be absent. False: the log of complaints, with file and line, stands in the status.
 */
bool wb_config_read(struct wb_config *config, const char *path, const char *usual,
                    struct wb_status *status) WB_MUST_CHECK;
void wb_config_free(struct wb_config *config);

#endif
