/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When is an address no longer written to? Decided from what is known of it and one new report;
 * no clock, no file, no store. doc/policy.md says what the settings mean.
 *
 * A policy never changes once it is open: any number of threads may use it.
 */
#ifndef WB_POLICY_H
#define WB_POLICY_H

#include "record.h"
#include "status.h"

enum wb_address_state {
    WB_ADDRESS_OK,
    WB_ADDRESS_PAUSED,     /* until a moment */
    WB_ADDRESS_SUPPRESSED, /* until somebody releases it, or the suppression expires */
    WB_ADDRESS_PROBATION,  /* released: one further strike suppresses it again */
    WB_ADDRESS_STATES
};

/* "ok", "paused", "suppressed", "probation" */
struct wb_slice wb_address_state_name(enum wb_address_state state);

struct wb_policy;

/* path NULL: the built-in policy. A refusal names file, line and reason. */
struct wb_policy *wb_policy_open(const char *path, struct wb_status *status);
/* The same from a text; name stands for the file in a refusal. */
struct wb_policy *wb_policy_parse(struct wb_slice text, const char *name, struct wb_status *status);
void wb_policy_free(struct wb_policy *policy);

/* The text that it was read from; lives as long as the policy. */
struct wb_slice wb_policy_text(const struct wb_policy *policy);

#endif
