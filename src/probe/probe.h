/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Live checks: is what a bounce complained of still so? Facts out, nothing printed.
 *
 * A probe belongs to one thread. It asks the resolver and the servers that DNS names, nobody else,
 * and ends by its deadline whatever does not answer. What it finds lives in its arena; when that is
 * full, findings are left out.
 */
#ifndef WB_PROBE_H
#define WB_PROBE_H

#include "dns.h"
#include "findings.h"
#include "ip.h"

struct wb_probe_options {
    struct wb_dns_options dns;
    uint16_t port;            /* of mail servers */
    uint16_t ns_port;         /* of name servers that are asked directly */
    bool private_too;         /* addresses that are not public may be talked to */
    bool rcpt;                /* ask with RCPT TO whether the address is known */
    bool dns_only;            /* talk to no mail server */
    bool greeting_only;       /* say nothing but QUIT to mail servers */
    const char *helo;         /* the name that EHLO says */
    const char *control;      /* a mail server that is known to work; NULL: none named */
    const char *trust_anchor; /* a file with keys that DNSSEC begins at; NULL: that of the root */
    uint16_t https_port;      /* of policies */
    bool details;             /* also tell of protection that is simply not there */
};

struct wb_probe {
    const struct wb_probe_options *options;
    struct wb_arena *arena;
    struct wb_dns *dns;
    int64_t deadline;
};

/*
 * The recipient's side of an address or a domain: spelling, DNS, mail servers. Whether mail can be
 * delivered: ok when one of the servers will take it, however the others are.
 */
enum wb_finding_state wb_probe_recipient(const struct wb_probe *probe, struct wb_slice subject,
                                         struct wb_findings *findings);

/*
 * The address of a sending server on the blocklists of knowledge/blocklists.yaml. The one that a
 * bounce names, by its id, decides alone; without a name all that may be asked.
 */
enum wb_finding_state wb_probe_lists(const struct wb_probe *probe, const struct wb_ip *ip,
                                     struct wb_slice named, struct wb_findings *findings);

/* The same of a domain, on the lists of domains. */
enum wb_finding_state wb_probe_domain_lists(const struct wb_probe *probe, struct wb_slice domain,
                                            struct wb_slice named, struct wb_findings *findings);
/* Has this list domains, and no addresses? */
bool wb_list_is_of_domains(const struct wb_probe *probe, struct wb_slice id);

/* When questions that are asked now must be answered. */
int64_t wb_probe_dns_deadline(const struct wb_probe *probe);
/* A name for a question, with a NUL behind it, in the probe's arena; "invalid" for what is none. */
const char *wb_probe_name(const struct wb_probe *probe, struct wb_slice name);
/* "42", in the probe's arena. */
struct wb_slice wb_probe_number(const struct wb_probe *probe, long long n);

/* The well-known domain that this one is probably misspelt for (knowledge/domains.yaml), or NULL.
 */
const char *wb_meant_domain(struct wb_slice domain);

#endif
