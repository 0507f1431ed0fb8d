/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DMARC policy of a domain. The organisation's domain is found by walking up the tree of names
 * with at most eight questions, instead of by a list of public suffixes (the successor of RFC
 * 7489, RFC 9989 4.10). Takes the domain of From; gives the policy that receivers apply.
 */
#ifndef WB_DMARC_H
#define WB_DMARC_H

#include "dns.h"

#define WB_DMARC_PROBLEMS(X)                                                                       \
    X(OK, "")                                                                                      \
    X(NO_RECORD, "no-record")                                                                      \
    X(TWO_RECORDS, "two-records") /* receivers take none of them */                                \
    X(SYNTAX, "syntax")                                                                            \
    X(DNS, "dns")                                                                                  \
    X(NO_NAME, "no-name")

enum wb_dmarc_problem {
#define X(id, name) WB_DMARC_IS_##id,
    WB_DMARC_PROBLEMS(X)
#undef X
};

struct wb_dmarc {
    enum wb_dmarc_problem problem;
    struct wb_slice found_at;     /* the domain whose record counts; absent: none */
    struct wb_slice organization; /* the organisational domain */
    struct wb_slice record;       /* raw */
    struct wb_slice policy;       /* "none", "quarantine", "reject"; absent: no record */
    bool reports;                 /* somebody gets them (rua) */
    bool testing;                 /* t=y: one step milder than it says */
    unsigned questions;
};

void wb_dmarc_check(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice domain,
                    int64_t deadline, struct wb_dmarc *out);
struct wb_slice wb_dmarc_problem_name(enum wb_dmarc_problem problem);

#endif
