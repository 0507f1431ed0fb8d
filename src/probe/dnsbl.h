/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocklists in DNS (RFC 5782): is this address, or this domain, on a list? A list is believed only
 * if its test points answer as they must: 127.0.0.2 is listed and 127.0.0.1 is not. Everything
 * else, a resolver that rewrites, a dead zone that answers everything, "asked through a public
 * resolver", gives "could not check" and never "listed".
 *
 * The lists are data (knowledge/blocklists.yaml). Everything given lives in the arena or for ever.
 */
#ifndef WB_DNSBL_H
#define WB_DNSBL_H

#include "datum.h"
#include "dns.h"
#include "ip.h"

enum { WB_MAX_DNSBLS = 96, WB_MAX_DNSBL_ANSWERS = 24 };

enum wb_dnsbl_kind { WB_DNSBL_IP4 = 1, WB_DNSBL_IP6 = 2, WB_DNSBL_DOMAIN = 4 };

enum wb_dnsbl_class { WB_DNSBL_LISTING, WB_DNSBL_ERROR, WB_DNSBL_HARMLESS };

struct wb_dnsbl_answer {
    uint32_t first, last; /* addresses, host order */
    enum wb_dnsbl_class class;
    const char *meaning;
};

struct wb_dnsbl {
    const char *id, *name, *zone, *page; /* page with {ip}; "": none */
    unsigned kinds;                      /* enum wb_dnsbl_kind; 0: never asked */
    bool ask;                            /* also when no bounce names it */
    bool recalled; /* zone and answers are from memory, no page of the list was at hand */
    struct wb_dnsbl_answer answer[WB_MAX_DNSBL_ANSWERS];
    size_t answers;
};

/* The lists of a table; at most WB_MAX_DNSBLS. NULL when the arena is full. */
struct wb_dnsbl *wb_dnsbl_lists(const struct wb_datum *table, struct wb_arena *arena,
                                size_t *n_out);

#define WB_DNSBL_RESULTS(X)                                                                        \
    X(CLEAN, "clean")                                                                              \
    X(LISTED, "listed")                                                                            \
    X(NO_ANSWER, "no-answer")   /* DNS was silent or failed */                                     \
    X(REFUSED, "refused")       /* the list says by an answer of errors why it gives none */       \
    X(REWRITTEN, "rewritten")   /* an answer outside 127/8: not the list's */                      \
    X(EVERYTHING, "everything") /* it lists 127.0.0.1 */                                           \
    X(DEAD, "dead")             /* it does not list 127.0.0.2 */

enum wb_dnsbl_result {
#define X(id, name) WB_DNSBL_##id,
    WB_DNSBL_RESULTS(X)
#undef X
};

struct wb_dnsbl_fact {
    const struct wb_dnsbl *list;
    enum wb_dnsbl_result result;
    const char *meaning;    /* of the answer; NULL: none is known */
    struct wb_slice answer; /* 4 bytes; absent: none */
    struct wb_slice text;   /* TXT, raw; absent: none */
};

/*
 * An address as wb_ip_backwards writes it, or a domain, on all lists of its kind, at the same time.
 */
struct wb_dnsbl_fact *wb_dnsbl_check(struct wb_dns *dns, struct wb_arena *arena,
                                     const struct wb_dnsbl *lists, size_t n, struct wb_slice what,
                                     enum wb_dnsbl_kind kind, int64_t deadline, size_t *n_out);
struct wb_slice wb_dnsbl_result_name(enum wb_dnsbl_result result);

#endif
