/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MTA-STS of a domain (RFC 8461): gets the policy while the mail servers are being talked to, then
 * holds it against them. Senders that honour it refuse a server that is not listed or has no valid
 * certificate; a policy that cannot be had protects nobody and keeps no mail back.
 */
#ifndef WB_MTA_STS_H
#define WB_MTA_STS_H

#include "servers.h"
#include "smtp.h"

struct wb_mta_sts;

/* Starts to look for it, in a thread of its own; NULL when that is not possible. */
struct wb_mta_sts *wb_mta_sts_begin(const struct wb_probe *probe, struct wb_slice domain);
/* Waits for it, adds what was found, and gives all back; `sts` may be NULL. */
void wb_mta_sts_end(struct wb_mta_sts *sts, const struct wb_servers *servers,
                    const struct wb_talk *talks, size_t n, struct wb_findings *findings);

#endif
