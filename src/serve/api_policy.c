/* SPDX-License-Identifier: BSD-2-Clause */
/* /v1/policy: by which rules addresses are paused and suppressed, and what other rules would do. */
#include <time.h>

#include "calls.h"
#include "store_address.h"

enum {
    DAYS = 30,
    DAY = 86400,
    MOST_SHOWN = 200,
    /* of what anybody may hand in; libfyaml holds each key against all others: 8 s for 200 KB */
    MOST_POLICY = 32 << 10
};

void wb_call_policy(struct wb_request *r)
{
    struct wb_status status = {{0}};
    const char *path = r->service->settings.config.policy;
    struct wb_policy *policy = wb_policy_open(*path ? path : NULL, &status);
    if (!policy) {
        wb_answer_trouble(r, &status);
        return;
    }
    wb_answer_json(
        r, 200,
        json_pack("{s:o, s:b}", "yaml", wb_json_slice(wb_policy_text(policy)), "builtin", !*path));
    wb_policy_free(policy);
}

struct changes {
    json_t *list;
    json_int_t counts[WB_ADDRESS_STATES];
};

static bool put_change(void *own, const struct wb_change *change)
{
    struct changes *changes = own;
    changes->counts[change->after]++;
    if (json_array_size(changes->list) < MOST_SHOWN)
        json_array_append_new(
            changes->list,
            json_pack("{s:o, s:o, s:o, s:o}", "address", wb_json_slice(change->address), "before",
                      wb_json_slice(wb_address_state_name(change->before)), "after",
                      wb_json_slice(wb_address_state_name(change->after)), "why",
                      wb_json_slice(change->report_id)));
    return true;
}

static void dry_run(struct wb_request *r, const struct wb_policy *policy)
{
    struct wb_status status = {{0}};
    struct changes changes = {.list = json_array()};
    json_t *counts = json_object();
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_dry_run(store, policy, time(NULL) - (int64_t)DAYS * DAY, put_change,
                                        &changes, &status);
    wb_reader_give(r->service->readers, store);
    for (int i = 0; i < WB_ADDRESS_STATES; i++) {
        struct wb_slice name = wb_address_state_name((enum wb_address_state)i);
        json_object_setn_new(counts, name.p, name.n, json_integer(changes.counts[i]));
    }
    if (ok)
        wb_answer_json(
            r, 200,
            json_pack("{s:i, s:O, s:O}", "days", DAYS, "changes", changes.list, "counts", counts));
    else
        wb_answer_trouble(r, &status);
    json_decref(changes.list);
    json_decref(counts);
}

void wb_call_dry_run(struct wb_request *r)
{
    struct wb_status status = {{0}};
    struct wb_slice text;
    json_t *body = wb_body_json(r);
    if (body && wb_body_text(r, body, "yaml", MOST_POLICY, &text)) {
        struct wb_policy *policy = wb_policy_parse(text, "policy", &status);
        if (policy)
            dry_run(r, policy);
        else
            wb_answer_problem(r, 422, "%s", status.text);
        if (policy)
            wb_policy_free(policy);
    }
    json_decref(body);
}
