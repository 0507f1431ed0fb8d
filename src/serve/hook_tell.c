/* SPDX-License-Identifier: BSD-2-Clause */
/* What others are told, as JSON, and who wants to hear of it. */
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "check.h"
#include "hooks.h"
#include "limit_webhook.h"
#include "rows.h"

/* What filters look at. */
struct subject {
    struct wb_slice domain;
    const struct wb_record *record; /* NULL: filters of reports do not hold it back */
};

static struct wb_slice domain_of(struct wb_slice address)
{
    size_t at = address.n;
    while (at && address.p[at - 1] != '@')
        at--;
    return at ? wb_slice_from(address, at) : WB_NONE;
}

static bool wants(const struct wb_webhook *hook, enum wb_webhook_kind kind,
                  const struct subject *subject)
{
    if (!hook->kinds[kind])
        return false;
    if (!subject)
        return true;
    const struct wb_record *record = subject->record;
    return wb_words_take(&hook->domains, subject->domain) &&
           (!record || (wb_words_take(&hook->causes, record->cause) &&
                        wb_words_take(&hook->providers, record->provider) &&
                        wb_words_take(&hook->report_kinds, record->kind)));
}

static bool anybody_wants(const struct wb_webhooks *hooks, enum wb_webhook_kind kind,
                          const struct subject *subject)
{
    for (size_t i = 0; i < hooks->n; i++)
        if (wants(&hooks->hook[i], kind, subject))
            return true;
    return false;
}

bool wb_hooks_want(const struct wb_webhooks *hooks, enum wb_webhook_kind kind)
{
    return anybody_wants(hooks, kind, NULL);
}

/* The envelope that Standard Webhooks proposes; data is let go of. */
static char *body_of(enum wb_webhook_kind kind, int64_t now, json_t *data)
{
    char when[32];
    struct tm t;
    time_t seconds = now;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &t));
    json_t *all = json_pack("{s:s, s:s, s:O}", "type", wb_webhook_kind_name(kind), "timestamp",
                            when, "data", data);
    char *text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    return text;
}

static void put(struct wb_store *store, const struct wb_webhooks *hooks, enum wb_webhook_kind kind,
                const struct subject *subject, struct wb_slice about, int64_t now, json_t *data)
{
    struct wb_notice notice = {
        .kind = wb_slice_str(wb_webhook_kind_name(kind)), .about = about, .at = now};
    char *body = body_of(kind, now, data);
    if (body && strlen(body) > WB_MAX_WEBHOOK_BODY && json_object_get(data, "report")) {
        json_object_set_new(data, "report", json_null()); /* it can be asked for by its id */
        free(body);
        body = body_of(kind, now, data);
    }
    json_decref(data);
    WB_CHECK(body);
    WB_CHECK(getrandom(notice.message, sizeof notice.message, 0) == sizeof notice.message);
    notice.body = wb_slice_str(body);
    for (size_t i = 0; i < hooks->n; i++) {
        notice.endpoint = wb_slice_str(hooks->hook[i].name);
        if (wants(&hooks->hook[i], kind, subject))
            wb_notice_put(store, &notice);
    }
    free(body);
}

void wb_hooks_put(struct wb_store *store, const struct wb_webhooks *hooks,
                  enum wb_webhook_kind kind, const char *about, int64_t now, json_t *data)
{
    put(store, hooks, kind, NULL, wb_slice_str(about), now, data);
}

/* ---- reports and addresses ---- */

static const struct wb_webhooks *hooks_of(const struct wb_teller *teller)
{
    return ((const struct wb_hook_teller *)(const void *)teller)->hooks;
}

static void tell_report(const struct wb_teller *teller, struct wb_store *store,
                        const struct wb_record *record)
{
    const struct wb_webhooks *hooks = hooks_of(teller);
    struct subject subject = {domain_of(record->recipient), record};
    if (!anybody_wants(hooks, WB_WEBHOOK_REPORT, &subject))
        return;
    json_t *list = json_array();
    wb_put_event(list, record, (struct wb_cursor){0});
    json_t *data = json_incref(json_array_get(list, 0));
    json_t *document = json_loadb(record->document.p, record->document.n, 0, NULL);
    json_object_set_new(data, "report", document ? document : json_null());
    json_decref(list);
    put(store, hooks, WB_WEBHOOK_REPORT, &subject, record->report_id, time(NULL), data);
}

static void tell_transition(const struct wb_teller *teller, struct wb_store *store,
                            const struct wb_transition *t)
{
    const struct wb_webhooks *hooks = hooks_of(teller);
    const struct wb_record *record = t->record;
    struct subject subject = {domain_of(t->address), record};
    if (!anybody_wants(hooks, WB_WEBHOOK_ADDRESS, &subject))
        return;
    json_t *data = json_object();
#define SET(name, value) json_object_set_new(data, name, value)
    SET("address", wb_json_slice(t->address));
    SET("before", wb_json_slice(wb_address_state_name(t->before)));
    SET("after", wb_json_slice(wb_address_state_name(t->after)));
    SET("at", json_integer(t->at));
    SET("until", wb_json_time(t->until));
    SET("who", wb_json_slice(t->who));
    SET("action", wb_json_slice(t->action));
    SET("why", record ? json_null() : wb_json_slice(t->why));
    SET("report_id", wb_json_slice(record ? record->report_id : WB_NONE));
    SET("cause", wb_json_slice(record ? record->cause : WB_NONE));
    SET("provider", wb_json_slice(record ? record->provider : WB_NONE));
#undef SET
    put(store, hooks, WB_WEBHOOK_ADDRESS, &subject, t->address, time(NULL), data);
}

void wb_hooks_tell(struct wb_hook_teller *teller, const struct wb_webhooks *hooks,
                   struct wb_store *store)
{
    *teller = (struct wb_hook_teller){{tell_report, tell_transition}, hooks};
    if (hooks->n && store)
        wb_store_tell(store, &teller->teller);
}
