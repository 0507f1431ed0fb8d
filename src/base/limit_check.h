/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of live checks, beside those of limit.h. */
#ifndef WB_LIMIT_CHECK_H
#define WB_LIMIT_CHECK_H

/* What live checks may take and wait for; times are in milliseconds. */
enum {
    WB_MAX_CHECK_TIME = 9500,   /* one check, whatever does not answer: the program ends in 10 s */
    WB_MAX_DNS_TRY = 1000,      /* the first try of one question; a second, longer one follows */
    WB_MAX_DNS_TIME = 3500,     /* all questions that are asked together */
    WB_MAX_CONNECT_TIME = 4000, /* one TCP connection */
    WB_MAX_PROBE_BYTES = 2 << 20,   /* memory of one check: answers of DNS, findings, transcripts */
    WB_MAX_CHECKS_AT_ONCE = 100,    /* of `check -`: a hundred domains end within one deadline */
    WB_MAX_SUBJECT = 1 << 10,       /* bytes of a line of it; an address has at most 320 */
    WB_MAX_DNS_RECORDS = 256,       /* of one answer; more are left out */
    WB_MAX_DNS_QUESTIONS = 64,      /* sent at once */
    WB_MAX_FINDINGS = 128,          /* of one check */
    WB_MAX_FINDING_BYTES = 500,     /* one value that a peer or DNS gave */
    WB_MAX_MX = 10,                 /* mail servers of a domain that are tried */
    WB_MAX_TALKS = 32,              /* their addresses */
    WB_MAX_TALK_LINE = 1024,        /* bytes of a line that a peer says; the rest is dropped */
    WB_MAX_TALK_BYTES = 64 << 10,   /* all that a peer says */
    WB_MAX_TRANSCRIPT = 16 << 10,   /* bytes of one talk that are shown */
    WB_MAX_CHAIN = 10,              /* certificates that a server shows */
    WB_MAX_CHAIN_BYTES = 16 << 10,  /* all of them; usual are 2 to 5 KB */
    WB_MAX_POLICY_BYTES = 64 << 10, /* of MTA-STS; RFC 8461 3.3 proposes this bound */
    WB_MAX_GUARD_TIME = 5000,       /* of MTA-STS and DANE, beside the talks with the servers */
    WB_MAX_POLICY_MX = 64,          /* patterns of it */
};

#endif
