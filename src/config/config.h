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

/* Name and default; "" is "not set". */
#define WB_CONFIG_TEXTS(X)                                                                         \
    X(resolver, "")    /* IP[:PORT] of the DNS resolver; else that of the system */                \
    X(helo, "")        /* the name that mail servers are greeted with; else that of the machine */ \
    X(control, "")     /* a mail server that surely works */                                       \
    X(state, "")       /* the folder for what is kept */                                           \
    X(store, "")       /* sqlite:PATH or postgresql://...; else a file in the folder */            \
    X(policy, "")      /* the file of the suppression policy; else what is built in */             \
    X(message_ids, "") /* patterns of our Message-IDs, with commas: *@mail.example.com */          \
    X(listen, "127.0.0.1:3464")                                                                    \
    X(hosts, "") /* names by which the service is called, with commas between */                   \
    X(tls_certificate, "")                                                                         \
    X(tls_key, "")

/* Name, default, least and greatest value. */
#define WB_CONFIG_NUMBERS(X)                                                                       \
    X(workers, 2, 1, 64)                                                                           \
    X(raw_days, 90, 0, 36500) /* mails are kept as long; 0: none is kept */                        \
    X(days, 730, 1, 36500)    /* and reports */                                                    \
    X(analyse_per_minute, 60, 1, 1000000)                                                          \
    X(check_per_minute, 6, 1, 1000000)

/* Name and default. */
#define WB_CONFIG_FLAGS(X) X(public_analyse, false)

struct wb_config {
#define X(name, otherwise) char *name;
    WB_CONFIG_TEXTS(X)
#undef X
#define X(name, otherwise, least, most) long name;
    WB_CONFIG_NUMBERS(X)
#undef X
#define X(name, otherwise) bool name;
    WB_CONFIG_FLAGS(X)
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
