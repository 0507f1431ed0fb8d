/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DANE for mail (RFC 7672): asks with validation (DNSSEC) for the TLSA records of a domain's mail
 * servers while these are being talked to, then holds them against the certificates that were
 * shown. Senders that know DANE deliver to no server whose records do not match, or whose DNS is
 * bogus. Where validation does not work here, nothing is held against anybody.
 */
#ifndef WB_DANE_H
#define WB_DANE_H

#include "servers.h"
#include "smtp.h"

struct wb_dane;

/* Sends the questions; `servers` must stay. NULL when there is no memory. */
struct wb_dane *wb_dane_begin(const struct wb_probe *probe, struct wb_slice domain,
                              const struct wb_servers *servers);
/* Waits for the answers, adds what was found, and gives all back; `dane` may be NULL. */
void wb_dane_end(struct wb_dane *dane, const struct wb_talk *talks, size_t n,
                 struct wb_findings *findings);

#endif
