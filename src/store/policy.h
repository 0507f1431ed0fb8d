/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When is an address no longer written to? Decided from what is known of it and one new report;
 * no clock, no file, no store. doc/policy.md says what the settings mean.
 */
#ifndef WB_POLICY_H
#define WB_POLICY_H

#include <stdbool.h>

#include "record.h"
#include "status.h"

enum wb_address_state {
    WB_ADDRESS_OK,
    WB_ADDRESS_PAUSED,     /* until a moment */
    WB_ADDRESS_SUPPRESSED, /* until somebody releases it, or the suppression expires */
    WB_ADDRESS_PROBATION,  /* released: one further strike suppresses it again */
};

struct wb_policy;

/* path NULL: the built-in policy. A refusal names file, line and reason. */
struct wb_policy *wb_policy_open(const char *path, struct wb_status *status);
void wb_policy_free(struct wb_policy *policy);

#endif
