/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMTP with many servers at the same time, as far as a check may go: greeting, EHLO, STARTTLS and,
 * where it is asked for, MAIL FROM:<> and RCPT TO. Never DATA: no mail is sent (RFC 5321).
 *
 * Everything that a peer says is bounded: lines, their number, bytes, time. The results live in
 * the arena.
 */
#ifndef WB_SMTP_H
#define WB_SMTP_H

#include "dns.h"
#include "ip.h"
#include "limit_check.h"

/* How far a talk came. */
enum wb_talk_end {
    WB_TALK_NOT_TRIED,
    WB_TALK_FORBIDDEN, /* a private address, and those are not allowed */
    WB_TALK_NO_ROUTE,  /* no network of this kind here */
    WB_TALK_TIMEOUT,   /* no connection within the time */
    WB_TALK_REFUSED,
    WB_TALK_UNREACHABLE,
    WB_TALK_NO_GREETING, /* connected, and nothing came within the time */
    WB_TALK_DROPPED,     /* closed or broken off in front of or within the greeting */
    WB_TALK_NOT_SMTP,    /* something else answers, or talks without end */
    WB_TALK_UNWELCOME,   /* a greeting that is not 220 */
    WB_TALK_SILENT,      /* greeted, and then no answer any more */
    WB_TALK_WELL,        /* greeted, and EHLO answered */
};

enum wb_extension {
    WB_EXTENSION_SIZE = 1,
    WB_EXTENSION_STARTTLS = 2,
    WB_EXTENSION_8BITMIME = 4,
    WB_EXTENSION_SMTPUTF8 = 8,
};

enum wb_tls_end {
    WB_TLS_NONE,   /* not offered, or not tried */
    WB_TLS_SILENT, /* offered, and not there within the time */
    WB_TLS_FAILED,
    WB_TLS_UNTRUSTED, /* the chain does not lead to a known authority */
    WB_TLS_EXPIRED,
    WB_TLS_WRONG_NAME,
    WB_TLS_WELL,
};

/* The certificates that a server shows, its own one first, as DER. */
struct wb_talk_chain {
    struct wb_slice der[WB_MAX_CHAIN];
    size_t n; /* 0: none, or more than there is room for */
};

struct wb_talk {
    struct wb_slice host;
    struct wb_ip ip;
    uint16_t port;
    /* the result */
    enum wb_talk_end end;
    int code; /* of the greeting, or of EHLO when that was refused */
    struct wb_slice greeting;
    unsigned extensions;
    long long size_limit; /* 0: none told */
    enum wb_tls_end tls;
    struct wb_slice tls_why; /* what OpenSSL says */
    bool tls_other_name;     /* the certificate is made for another name */
    int tls_days;            /* until the certificate ends */
    struct wb_talk_chain chain;
    int rcpt_code; /* 0: not asked, or no answer */
    struct wb_slice rcpt_reply;
    struct wb_slice transcript;
};

struct wb_talk_options {
    const char *helo;
    const char *rcpt;   /* whom RCPT TO asks for; NULL: nobody */
    bool private_too;   /* private addresses are allowed */
    bool greeting_only; /* nothing is said but QUIT */
    wb_asking asking;   /* of dns.h: is told whom is talked to; or NULL */
};

void wb_smtp_talk(struct wb_talk *talks, size_t n, const struct wb_talk_options *options,
                  struct wb_arena *arena, int64_t deadline);

#endif
