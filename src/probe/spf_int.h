/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of SPF: the terms of a record and the macros in them. */
#ifndef WB_SPF_INT_H
#define WB_SPF_INT_H

#include "spf.h"

enum wb_spf_kind {
    WB_SPF_ALL,
    WB_SPF_INCLUDE,
    WB_SPF_A,
    WB_SPF_MX,
    WB_SPF_PTR,
    WB_SPF_IP4,
    WB_SPF_IP6,
    WB_SPF_EXISTS,
    WB_SPF_REDIRECT,
    WB_SPF_EXP,
    WB_SPF_OTHER, /* an unknown modifier: it says nothing (RFC 7208 6) */
};

struct wb_spf_term {
    enum wb_spf_kind kind;
    enum wb_spf_result result; /* of the qualifier */
    struct wb_slice text;      /* the whole term */
    struct wb_slice domain;    /* with macros; absent: the current domain */
    unsigned char ip[16];
    unsigned bits4, bits6; /* how much of an address counts */
};

/* Takes the next term; false at the end. */
bool wb_spf_next(struct wb_slice *rest, struct wb_slice *term_out);
/* False when the term is not one of RFC 7208. */
bool wb_spf_term_read(struct wb_slice text, struct wb_spf_term *term_out);

/* What macros stand for. */
struct wb_spf_run {
    struct wb_dns *dns;
    struct wb_arena *arena;
    const struct wb_spf_query *query;
    struct wb_spf *out;
    struct wb_slice ip; /* 4 bytes also for an IPv4 address in IPv6 */
    struct wb_slice local, sender_domain;
    struct wb_slice current; /* the domain whose record is being read */
    unsigned depth;
    enum wb_spf_result failure; /* TEMPERROR or PERMERROR once that is the result */
};

/* Whether the macros of a text are well-formed; those of an explanation have more letters. */
bool wb_spf_macros_valid(struct wb_slice text, bool explanation);
/* Whether it is a domain-spec of RFC 7208 7.1. */
bool wb_spf_domain_valid(struct wb_slice text);
/* The text with its macros replaced, in the arena. */
struct wb_slice wb_spf_expand(struct wb_spf_run *run, struct wb_slice text);
/* The name of the client that DNS confirms (%{p}); "unknown" where there is none. */
struct wb_slice wb_spf_client_name(struct wb_spf_run *run);

#endif
