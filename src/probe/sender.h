/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sender's side: does the domain have SOA, agreeing name servers and a place for mail; does the
 * address have a name that leads back to it; is HELO a name; SPF, DMARC and the DKIM key. Each
 * function adds findings; those whose question was not given add none. Asks DNS only.
 */
#ifndef WB_SENDER_H
#define WB_SENDER_H

#include "probe.h"

struct wb_sender {
    struct wb_slice domain;
    const struct wb_ip *ip;   /* NULL: not known */
    struct wb_slice helo;     /* absent: not known */
    struct wb_slice address;  /* of MAIL FROM; absent: some address of the domain */
    struct wb_slice selector; /* of DKIM; absent: not asked */
    bool lenient;             /* a name server that does not answer us directly is not told of */
};

typedef void wb_sender_check(const struct wb_probe *probe, const struct wb_sender *sender,
                             struct wb_findings *findings);

wb_sender_check wb_sender_zone;
wb_sender_check wb_sender_reverse;
wb_sender_check wb_sender_helo;
wb_sender_check wb_sender_spf;
wb_sender_check wb_sender_dmarc;
wb_sender_check wb_sender_dkim;

/* All of them, and the blocklists where the address is known. */
void wb_probe_sender(const struct wb_probe *probe, const struct wb_sender *sender,
                     struct wb_findings *findings);

#endif
