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
#include "webhook.h"

/* Name here and in the file, default; "" is "not set". */
#define WB_CONFIG_TEXTS(X)                                                                         \
    /* IP[:PORT] of the DNS resolver; else that of the system */                                   \
    X(resolver, "resolver", "")                                                                    \
    /* the name that mail servers are greeted with; else that of the machine */                    \
    X(helo, "helo", "")                                                                            \
    /* a mail server that surely works */                                                          \
    X(control, "control", "")                                                                      \
    /* a file with keys that DNSSEC begins at; else those of the root */                           \
    X(trust_anchor, "trust-anchor", "")                                                            \
    /* the folder for what is kept */                                                              \
    X(state, "state", "")                                                                          \
    /* sqlite:PATH or postgresql://...; else a file in the folder */                               \
    X(store, "store", "")                                                                          \
    /* the file of the suppression policy; else what is built in */                                \
    X(policy, "policy", "")                                                                        \
    /* patterns of our Message-IDs, with commas between: *@mail.example.com */                     \
    X(message_ids, "message-ids", "")                                                              \
    /* a file with our public keys of DKIM */                                                      \
    X(dkim_keys, "dkim-keys", "")                                                                  \
    X(listen, "listen", "127.0.0.1:3464")                                                          \
    /* names by which the service is called, with commas between */                                \
    X(hosts, "hosts", "")                                                                          \
    X(tls_certificate, "tls-certificate", "")                                                      \
    X(tls_key, "tls-key", "")

/* Name, default, least and greatest value. */
#define WB_CONFIG_NUMBERS(X)                                                                       \
    X(workers, "workers", 2, 1, 64)                                                                \
    /* mails are kept as long; 0: none is kept */                                                  \
    X(raw_days, "raw-days", 90, 0, 36500)                                                          \
    X(days, "days", 730, 1, 36500) /* and reports */                                               \
    /* notices that could not be delivered */                                                      \
    X(webhook_days, "webhook-days", 30, 1, 3650)                                                   \
    X(analyse_per_minute, "analyse-per-minute", 60, 1, 1000000)                                    \
    X(check_per_minute, "check-per-minute", 6, 1, 1000000)

/* Name and default. */
#define WB_CONFIG_FLAGS(X) X(public_analyse, "public-analyse", false)

struct wb_config {
#define X(name, key, otherwise) char *name;
    WB_CONFIG_TEXTS(X)
#undef X
#define X(name, key, otherwise, least, most) long name;
    WB_CONFIG_NUMBERS(X)
#undef X
#define X(name, key, otherwise) bool name;
    WB_CONFIG_FLAGS(X)
#undef X
    struct wb_webhooks webhooks;
};

/*
 * Reads the file. path NULL: the one in the environment (WHYBOUNCE_CONFIG), else the usual one,
 * which may be absent. False: the log of complaints, with file and line, stands in the status.
 */
bool wb_config_read(struct wb_config *config, const char *path, const char *usual,
                    struct wb_status *status) WB_MUST_CHECK;
void wb_config_free(struct wb_config *config);

#endif
