/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mail servers of a domain (RFC 5321 5.1): those of MX by their preference, else the domain's
 * own address. Asks DNS only.
 */
#ifndef WB_SERVERS_H
#define WB_SERVERS_H

#include "probe.h"
#include "limit_check.h"

struct wb_server {
    struct wb_slice name;
    uint16_t preference;
    struct wb_dns_question q[2]; /* A, AAAA */
};

struct wb_servers {
    struct wb_server of[WB_MAX_MX];
    size_t n;
};

/* Adds what was found; ok when one of the servers has an address. */
enum wb_finding_state wb_find_servers(const struct wb_probe *probe, struct wb_slice domain,
                                      struct wb_servers *servers_out, struct wb_findings *findings);

/* Whether the question got no answer: not even that there is no such thing. */
bool wb_dns_silent(const struct wb_dns_question *q);

#endif
