/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy as it was read: doc/policy.md says what the members mean. Times are in days. */
#ifndef WB_POLICY_INT_H
#define WB_POLICY_INT_H

#include "buf.h"
#include "policy.h"

enum { WB_POLICY_RULES = 32, WB_POLICY_CAUSES = 32 };

struct wb_policy_rule {
    bool complaints; /* of these, else of the causes */
    struct wb_slice causes[WB_POLICY_CAUSES];
    size_t n;
    int strikes, within;
    bool suppress; /* else pause */
    int pause;
    int pauses, pauses_within; /* pauses 0: never suppressed */
};

struct wb_policy {
    bool unproven_counts;
    int expires, probation; /* 0: never; without end */
    struct wb_policy_rule rules[WB_POLICY_RULES];
    size_t n;
    struct wb_buf text;
};

#endif
