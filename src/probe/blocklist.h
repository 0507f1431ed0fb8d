/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocklists in DNS (RFC 5782): a name under the list's zone stands for an address, and an answer
 * in 127.0.0.0/8 says that it is listed. Everything else says nothing about the address: the list
 * is dead, refuses to answer, or a resolver makes answers up.
 */
#ifndef WB_BLOCKLIST_H
#define WB_BLOCKLIST_H

#include <stdint.h>

#include "dns.h"
#include "ip.h"

enum { WB_LIST_MEANINGS = 12 };

/* What the answers from 127.a.b.c on to 127.a.b.last mean. */
struct wb_list_meaning {
    uint8_t from[4]; /* 0: the end */
    uint8_t last;
    const char *what;
};

struct wb_blocklist {
    const char *name;
    const char *zone; /* NULL ends the list of lists */
    const char *page; /* {ip} stands for the address */
    struct wb_list_meaning answers[WB_LIST_MEANINGS];
    struct wb_list_meaning errors[WB_LIST_MEANINGS];
};

enum wb_listing {
    WB_LISTING_NO,
    WB_LISTING_YES,
    WB_LISTING_NO_ANSWER,
    WB_LISTING_REFUSES, /* an answer that means an error, such as 127.255.255.254 */
    WB_LISTING_DEAD,    /* its own test point is not listed */
    WB_LISTING_ALL,     /* it lists what must never be listed */
    WB_LISTING_MADE_UP, /* an answer outside of 127.0.0.0/8 */
};

/* The name under which an address stands in DNS, backwards: "1.2.0.192" and the suffix. */
struct wb_slice wb_backwards(const struct wb_ip *ip, const char *suffix, struct wb_arena *arena);

/* The three questions to a list: its two test points and the address. */
enum { WB_LIST_QUESTIONS = 3 };
bool wb_list_questions(const struct wb_blocklist *list, const struct wb_ip *ip,
                       struct wb_arena *arena, struct wb_dns_question q[WB_LIST_QUESTIONS]);
/* What the answers mean, and the list's own words for it. */
enum wb_listing wb_list_judge(const struct wb_blocklist *list,
                              const struct wb_dns_question q[WB_LIST_QUESTIONS],
                              const char **what_out);

#endif
