/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sender's side: does the domain have SOA, agreeing name servers and a place for mail; does the
 * address have a name that leads back to it; is HELO a name; SPF, DMARC and the DKIM key. Each
 * function adds findings, whatever it finds. Asks DNS only.
 */
#ifndef WB_SENDER_H
#define WB_SENDER_H

#include "dns.h"
#include "finding.h"

struct wb_sender {
    struct wb_dns *dns;
    struct wb_arena *arena;
    struct wb_slice domain;
    struct wb_slice ip;       /* 4 or 16 bytes; absent: not known */
    struct wb_slice helo;     /* absent: not known */
    struct wb_slice address;  /* of MAIL FROM; absent: some address of the domain */
    struct wb_slice selector; /* of DKIM; absent: not asked */
    int64_t deadline;
    unsigned ns_port;   /* of name servers asked directly; 0: 53 */
    bool lenient;       /* a name server that does not answer us directly is not told of */
    bool allow_private; /* name servers at private addresses may be asked */
};

void wb_sender_zone(const struct wb_sender *s, struct wb_findings *out);
void wb_sender_reverse(const struct wb_sender *s, struct wb_findings *out);
void wb_sender_helo(const struct wb_sender *s, struct wb_findings *out);
void wb_sender_spf(const struct wb_sender *s, struct wb_findings *out);
void wb_sender_dmarc(const struct wb_sender *s, struct wb_findings *out);
void wb_sender_dkim(const struct wb_sender *s, struct wb_findings *out);

/* A name for a question, with a NUL behind it. */
const char *wb_probe_name(struct wb_arena *arena, struct wb_slice name);
/* An address as people write it, in the arena. */
struct wb_slice wb_probe_ip_text(struct wb_arena *arena, struct wb_slice ip);
/* The bytes of an address in text; absent when it is none. */
struct wb_slice wb_probe_ip_read(struct wb_arena *arena, struct wb_slice text);
/* Whether nobody outside can mean this address: private, loopback, link-local, multicast, unset. */
bool wb_probe_ip_private(struct wb_slice ip);

#endif
