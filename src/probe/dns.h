/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions to DNS: many at once, answered all or by a deadline. Takes names and types, gives the
 * records of the answer; never judges them.
 *
 * A wb_dns belongs to one thread. It lives in the arena that it was opened with, and so does
 * everything it gives. No failure but a status in the question. Names are in lower case, without
 * the final dot, odd bytes as \DDD (RFC 1035 5.1): all of them are printable ASCII. Texts (TXT) are
 * the raw bytes.
 */
#ifndef WB_DNS_H
#define WB_DNS_H

#include <stdint.h>

#include "arena.h"
#include "status.h"

#define WB_DNS_TYPES(X) /* RFC 1035 3.2.2, 3596, 6698 */                                           \
    X(A, 1)                                                                                        \
    X(NS, 2)                                                                                       \
    X(CNAME, 5)                                                                                    \
    X(SOA, 6)                                                                                      \
    X(PTR, 12)                                                                                     \
    X(MX, 15)                                                                                      \
    X(TXT, 16)                                                                                     \
    X(AAAA, 28)                                                                                    \
    X(TLSA, 52)

enum wb_dns_type {
#define X(name, number) WB_DNS_##name = (number),
    WB_DNS_TYPES(X)
#undef X
};

#define WB_DNS_STATUSES(X)                                                                         \
    X(OK, "ok")                                                                                    \
    X(NODATA, "nodata")     /* the name is there, no record of this type */                        \
    X(NXDOMAIN, "nxdomain") /* there is no such name */                                            \
    X(SERVFAIL, "servfail")                                                                        \
    X(REFUSED, "refused")                                                                          \
    X(TIMEOUT, "timeout") /* no answer, also when the resolver cannot be reached */                \
    X(BROKEN, "broken")   /* an answer that cannot be read */

enum wb_dns_status {
#define X(id, name) WB_DNS_##id,
    WB_DNS_STATUSES(X)
#undef X
};

struct wb_dns_record {
    uint16_t type;
    uint16_t preference;  /* MX */
    uint32_t serial;      /* SOA */
    uint32_t ttl;         /* seconds */
    struct wb_slice data; /* MX, NS, CNAME, PTR, SOA: a name ("": the root); A, AAAA: 4 or 16 bytes
                             of the address; TXT: its strings joined; others: the bytes */
};

struct wb_dns_question {
    const char *name; /* "example.org", also with \DDD; absolute with or without a final dot */
    uint16_t type;
    /* the answer */
    enum wb_dns_status status;
    struct wb_dns_record *records; /* of the type asked for, in the order of the answer */
    size_t n;
    struct wb_slice cname; /* where aliases led to; absent when the name is no alias */
    uint32_t ttl;          /* the least of the records */
};

/*
 * Is told what is asked next: "MX", the name, and how many others are asked at the same time. From
 * any thread; the name is printable ASCII.
 */
typedef void (*wb_asking)(const char *what, struct wb_slice name, size_t others);

struct wb_dns_options {
    const char
        *resolver;    /* "192.0.2.1", "192.0.2.1:5300", "[2001:db8::1]:53"; NULL: the system's */
    wb_asking asking; /* NULL: nobody wants to know */
};

struct wb_dns;

/* NULL, and a sentence, when the resolver's address is none or the system gives nothing. */
struct wb_dns *wb_dns_open(const struct wb_dns_options *options, struct wb_arena *arena,
                           struct wb_status *status) WB_MUST_CHECK;
/*
 * The same interface over a table, for tests, a record a line: "example.org MX 10 mx.example.org",
 * "example.org TXT v=spf1 \226", "1.2.0.192.in-addr.arpa PTR host", "old.example CNAME
 * new.example". "name TYPE !timeout" (or another status; TYPE may be *) is what a question without
 * records gets. A name without a line is NXDOMAIN unless something stands below it.
 */
struct wb_dns *wb_dns_open_table(struct wb_slice table, struct wb_arena *arena);

/* Asks all at once; returns when all are answered or the deadline (wb_now) has passed. */
void wb_dns_ask(struct wb_dns *dns, struct wb_dns_question *questions, size_t n, int64_t deadline);
/* One question. */
struct wb_dns_question wb_dns_ask_one(struct wb_dns *dns, const char *name, uint16_t type,
                                      int64_t deadline);
void wb_dns_close(struct wb_dns *dns);

/* "nxdomain" */
struct wb_slice wb_dns_status_name(enum wb_dns_status status);

/* Milliseconds of a clock that only goes forward. */
int64_t wb_now(void);

#endif
