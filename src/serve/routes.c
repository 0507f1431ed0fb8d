/* SPDX-License-Identifier: BSD-2-Clause */
/* Which path leads to which call, and who may make it. */
#include "calls.h"

enum {
    ANALYSE = WB_SCOPE_ANALYSE,
    READ = WB_SCOPE_READ,
    WRITE = WB_SCOPE_WRITE,
    ADMIN = WB_SCOPE_ADMIN,
    ANYBODY = 0,
};

const struct wb_route wb_routes[] = {
    {"POST", "/v1/analyse", ANALYSE, wb_call_analyse},
    {"POST", "/v1/reply", ANALYSE, wb_call_reply},
    {"GET", "/v1/causes", ANALYSE | READ, wb_call_causes},
    {"GET", "/v1/providers", ANALYSE | READ, wb_call_providers},
    {"POST", "/v1/log", WRITE, wb_call_log},
    {"POST", "/v1/check", ANALYSE, wb_call_check},
    {"GET", "/v1/statistics", READ, wb_call_statistics},
    {"GET", "/v1/overview", READ, wb_call_overview},
    {"GET", "/v1/unknown", READ, wb_call_unknown},
    {"GET", "/v1/policy", READ, wb_call_policy},
    {"POST", "/v1/policy/dry-run", READ, wb_call_dry_run},
    {"GET", "/v1/events", READ, wb_call_events},
    {"GET", "/v1/events/{}/raw", READ, wb_call_raw},
    {"GET", "/v1/events/{}", READ, wb_call_event},
    {"GET", "/v1/addresses", READ, wb_call_addresses},
    {"GET", "/v1/addresses/{}", READ, wb_call_address},
    {"GET", "/v1/suppressions", READ, wb_call_suppressions},
    {"POST", "/v1/suppressions", WRITE, wb_call_suppress},
    {"POST", "/v1/suppressions/lookup", READ, wb_call_lookup},
    {"POST", "/v1/suppressions/import", WRITE, wb_call_import},
    {"GET", "/v1/suppressions/export", READ, wb_call_export},
    {"DELETE", "/v1/suppressions/{}", WRITE, wb_call_release},
    {"GET", "/v1/me", ANYBODY, wb_call_me},
    {"POST", "/v1/session", ANYBODY, wb_call_session},
    {"DELETE", "/v1/session", ANYBODY, wb_call_session_end},
    {"GET", "/v1/tokens", ADMIN, wb_call_tokens},
    {"POST", "/v1/tokens", ADMIN, wb_call_token_create},
    {"DELETE", "/v1/tokens/{}", ADMIN, wb_call_token_revoke},
    {"GET", "/healthz", ANYBODY, wb_call_health},
    {"GET", "/readyz", ANYBODY, wb_call_ready},
    {"GET", "/metrics", READ, wb_call_metrics},
    {"GET", "/", ANYBODY, wb_call_page},
    {"GET", "/login", ANYBODY, wb_call_page},
    {"GET", "/assets/{}", ANYBODY, wb_call_asset},
    {NULL, NULL, 0, NULL},
};
