/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Live checks: is what a bounce complained of still so? Facts out, nothing printed.
 *
 * A probe belongs to one thread. It asks the resolver and the servers that DNS names, nobody else,
 * and ends by its deadline whatever does not answer.
 */
#ifndef WB_PROBE_H
#define WB_PROBE_H

#include "blocklist.h"
#include "dns.h"
#include "findings.h"

struct wb_probe_options {
    struct wb_dns_options dns;
    uint16_t port;                 /* of mail servers */
    bool private_too;              /* addresses that are not public may be talked to */
    bool rcpt;                     /* ask with RCPT TO whether the address is known */
    bool dns_only;                 /* talk to no mail server */
    const char *helo;              /* the name that EHLO says */
    const char *control;           /* a mail server that is known to work; NULL: none named */
    const char *const *well_known; /* domains that others are misspelt for, and, with "=" in front,
                                      those that only look so; NULL at the end */
    const struct wb_blocklist *blocklists; /* without a zone at the end */
};

struct wb_probe {
    const struct wb_probe_options *options;
    struct wb_arena *arena;
    struct wb_dns *dns;
    int64_t deadline;
};

/* The recipient's side of an address or a domain: spelling, DNS, mail servers. */
void wb_probe_recipient(struct wb_probe *probe, struct wb_slice subject,
                        struct wb_findings *findings);

/* The address of a sending server: its name in DNS and the blocklists. */
void wb_probe_sender_ip(struct wb_probe *probe, struct wb_slice subject,
                        struct wb_findings *findings);

/* When questions that are asked now must be answered. */
int64_t wb_probe_dns_deadline(const struct wb_probe *probe);
/* A text with a NUL behind it, in the probe's arena. */
const char *wb_probe_string(const struct wb_probe *probe, struct wb_slice s);

/* The well-known domain that this one is probably misspelt for, or NULL. */
const char *wb_meant_domain(struct wb_slice domain, const char *const *well_known);

#endif
