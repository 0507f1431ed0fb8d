/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls; routes.c says which path leads to which, doc/openapi.json what they take and give. */
#ifndef WB_CALLS_H
#define WB_CALLS_H

#include "serve.h"

/* api_analyse.c */
void wb_call_analyse(struct wb_request *r);
void wb_call_reply(struct wb_request *r);
void wb_call_causes(struct wb_request *r);
void wb_call_providers(struct wb_request *r);
void wb_call_log(struct wb_request *r);

/* api_check.c */
void wb_call_check(struct wb_request *r);

/* api_policy.c */
void wb_call_policy(struct wb_request *r);
void wb_call_dry_run(struct wb_request *r);

/* api_statistics.c */
void wb_call_statistics(struct wb_request *r);
void wb_call_overview(struct wb_request *r);
void wb_call_unknown(struct wb_request *r);

/* api_self.c: the service itself */
void wb_call_me(struct wb_request *r);
void wb_call_session(struct wb_request *r);
void wb_call_session_end(struct wb_request *r);
void wb_call_health(struct wb_request *r);
void wb_call_ready(struct wb_request *r);
void wb_call_metrics(struct wb_request *r);
void wb_call_tokens(struct wb_request *r);
void wb_call_token_create(struct wb_request *r);
void wb_call_token_revoke(struct wb_request *r);

/* api_webhooks.c */
void wb_call_webhooks(struct wb_request *r);
void wb_call_dead(struct wb_request *r);
void wb_call_resend(struct wb_request *r);

/* api_events.c */
void wb_call_events(struct wb_request *r);
void wb_call_event(struct wb_request *r);
void wb_call_raw(struct wb_request *r);

/* api_addresses.c */
void wb_call_addresses(struct wb_request *r);
void wb_call_address(struct wb_request *r);
void wb_call_suppressions(struct wb_request *r);
void wb_call_suppress(struct wb_request *r);
void wb_call_release(struct wb_request *r);
void wb_call_lookup(struct wb_request *r);
void wb_call_import(struct wb_request *r);
void wb_call_export(struct wb_request *r);

/* page.c */
void wb_call_page(struct wb_request *r);
void wb_call_asset(struct wb_request *r);

#endif
