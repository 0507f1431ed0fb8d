/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One GET by HTTPS (RFC 9110), as a policy of MTA-STS needs it: to addresses that the caller has
 * looked up, with a certificate that must be good for the host, without redirects, cookies or
 * proxies, in bounded time and size. It waits; what it gives lives in the arena.
 */
#ifndef WB_HTTPS_H
#define WB_HTTPS_H

#include "http_answer.h"
#include "ip.h"

enum wb_https_end {
    WB_HTTPS_UNREACHABLE, /* no connection to any of the addresses */
    WB_HTTPS_FORBIDDEN,   /* private addresses, and those are not allowed */
    WB_HTTPS_CERTIFICATE, /* it is not good for this host */
    WB_HTTPS_NO_TLS,      /* no encryption came about */
    WB_HTTPS_SILENT,      /* no whole answer within the time */
    WB_HTTPS_BROKEN,      /* it is no HTTP, or breaks off */
    WB_HTTPS_TOO_LARGE,
    WB_HTTPS_ANSWERED,
};

enum { WB_HTTPS_ADDRESSES = 4 };

struct wb_https {
    const char *host, *path;
    struct wb_ip ip[WB_HTTPS_ADDRESSES];
    size_t n;
    uint16_t port;
    bool private_too;
    /* the answer */
    enum wb_https_end end;
    struct wb_slice reason; /* of OpenSSL, for a certificate and for encryption */
    struct wb_http http;
};

/* By the deadline (wb_now). */
void wb_https_get(struct wb_https *get, struct wb_arena *arena, int64_t deadline);

#endif
