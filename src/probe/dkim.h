/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The public key of a DKIM selector (RFC 6376 3.6.1, RFC 8301, RFC 8463): is it there, can it be
 * read, is it long enough?
 */
#ifndef WB_DKIM_H
#define WB_DKIM_H

#include "dns.h"

#define WB_DKIM_PROBLEMS(X)                                                                        \
    X(OK, "")                                                                                      \
    X(NO_RECORD, "no-record")                                                                      \
    X(TWO_RECORDS, "two-records") /* which one counts is not defined */                            \
    X(SYNTAX, "syntax")                                                                            \
    X(REVOKED, "revoked") /* an empty p= */                                                        \
    X(BAD_KEY, "bad-key") /* p= is no key of that type */                                          \
    X(SHORT, "short")     /* RSA below 1024 bits: nobody accepts it (RFC 8301 3.2) */              \
    X(TYPE, "type")       /* a type of key that nobody knows */                                    \
    X(DNS, "dns")                                                                                  \
    X(NO_NAME, "no-name")

enum wb_dkim_problem {
#define X(id, name) WB_DKIM_IS_##id,
    WB_DKIM_PROBLEMS(X)
#undef X
};

struct wb_dkim {
    enum wb_dkim_problem problem;
    struct wb_slice name;   /* that was asked */
    struct wb_slice record; /* raw */
    struct wb_slice type;   /* "rsa", "ed25519" */
    unsigned bits;          /* 0: not known */
    bool testing;           /* t=y: signatures count as if they were not there */
};

void wb_dkim_check(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice domain,
                   struct wb_slice selector, int64_t deadline, struct wb_dkim *out);
/* The record alone. */
void wb_dkim_read(struct wb_arena *arena, struct wb_slice record, struct wb_dkim *out);
struct wb_slice wb_dkim_problem_name(enum wb_dkim_problem problem);

#endif
