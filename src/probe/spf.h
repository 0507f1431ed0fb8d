/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPF (RFC 7208): may this IP send for this domain? Takes an address, a sender and the name of
 * HELO; gives the result, the terms that led to it, and what is wrong with the record. Asks DNS
 * through the asker given, at most some 120 questions (RFC 7208 4.6.4), each by the deadline.
 *
 * Everything in the result lives in the arena. Texts of the record are raw: they come from DNS.
 */
#ifndef WB_SPF_H
#define WB_SPF_H

#include "dns.h"

#define WB_SPF_RESULTS(X)                                                                          \
    X(NONE, "none")                                                                                \
    X(NEUTRAL, "neutral")                                                                          \
    X(PASS, "pass")                                                                                \
    X(FAIL, "fail")                                                                                \
    X(SOFTFAIL, "softfail")                                                                        \
    X(TEMPERROR, "temperror")                                                                      \
    X(PERMERROR, "permerror")

enum wb_spf_result {
#define X(id, name) WB_SPF_##id,
    WB_SPF_RESULTS(X)
#undef X
};

/* Why there is no better result. */
#define WB_SPF_PROBLEMS(X)                                                                         \
    X(OK, "")                                                                                      \
    X(NO_NAME, "no-name") /* the domain cannot be one */                                           \
    X(NO_RECORD, "no-record")                                                                      \
    X(TWO_RECORDS, "two-records")                                                                  \
    X(SYNTAX, "syntax")           /* in .term */                                                   \
    X(LOOKUPS, "lookups")         /* more than ten terms that ask DNS */                           \
    X(VOIDS, "voids")             /* more than two questions without an answer */                  \
    X(HOSTS, "hosts")             /* more than ten mail servers in one mx term */                  \
    X(NO_INCLUDED, "no-included") /* include or redirect to a domain without a record */           \
    X(DNS, "dns")                 /* DNS did not answer; it may do so later */

enum wb_spf_problem {
#define X(id, name) WB_SPF_IS_##id,
    WB_SPF_PROBLEMS(X)
#undef X
};

struct wb_spf_query {
    struct wb_slice ip;     /* 4 or 16 bytes; absent: only to see whether the record is sound */
    struct wb_slice sender; /* of MAIL FROM; absent: postmaster at the name of HELO */
    struct wb_slice helo;
    struct wb_slice domain;   /* checked; absent: that of the sender */
    struct wb_slice receiver; /* %{r}; absent: "unknown" */
    int64_t now;              /* %{t}, seconds */
    int64_t deadline;         /* wb_now */
};

enum { WB_SPF_DEPTH = 12 };

struct wb_spf {
    enum wb_spf_result result;
    enum wb_spf_problem problem;
    struct wb_slice domain; /* whose record it is */
    struct wb_slice record;
    struct wb_slice term;               /* that has the problem */
    struct wb_slice path[WB_SPF_DEPTH]; /* the terms that decided, from the outside in */
    unsigned path_n;
    unsigned lookups, voids;
    struct wb_slice explanation; /* of the domain, for a fail; absent: none */
};

void wb_spf_check(struct wb_dns *dns, struct wb_arena *arena, const struct wb_spf_query *query,
                  struct wb_spf *out);

struct wb_slice wb_spf_result_name(enum wb_spf_result result);
struct wb_slice wb_spf_problem_name(enum wb_spf_problem problem);

#endif
