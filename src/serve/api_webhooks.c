/* SPDX-License-Identifier: BSD-2-Clause */
/* /v1/webhooks: who is told of what, what waits, what was given up. */
#include <time.h>

#include "calls.h"
#include "hooks.h"

enum { MOST_SHOWN = 500 };

/* ---- endpoints ---- */

/* A query may hold a key of the receiver. */
static json_t *url_json(const char *url)
{
    return wb_json_slice(wb_slice_head(wb_slice_str(url), strcspn(url, "?#")));
}

static json_t *endpoint_json(struct wb_slice name, const struct wb_webhook *hook)
{
    json_t *object = json_object(), *kinds = json_array();
    for (int kind = 0; hook && kind < WB_WEBHOOK_KIND_COUNT; kind++)
        if (hook->kinds[kind])
            json_array_append_new(kinds,
                                  json_string(wb_webhook_kind_name((enum wb_webhook_kind)kind)));
    json_object_set_new(object, "name", wb_json_slice(name));
    json_object_set_new(object, "url", hook ? url_json(hook->url) : json_null());
    json_object_set_new(object, "kinds", kinds);
    for (const char *const *key = (const char *const[]){"waiting", "dead", "delivered", NULL}; *key;
         key++)
        json_object_set_new(object, *key, json_integer(0));
    for (const char *const *key =
             (const char *const[]){"last_delivery", "last_failure", "error", NULL};
         *key; key++)
        json_object_set_new(object, *key, json_null());
    return object;
}

static json_t *find_endpoint(json_t *list, struct wb_slice name)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        const char *known = json_string_value(json_object_get(one, "name"));
        if (wb_slice_eq(wb_slice_str(known ? known : ""), name))
            return one;
    }
    one = endpoint_json(name, NULL); /* it stands in the configuration no more */
    json_array_append_new(list, one);
    return one;
}

static bool put_counts(void *own, const struct wb_endpoint_row *row)
{
    json_t *one = find_endpoint(own, row->name);
#define SET(name, value) json_object_set_new(one, name, value)
    SET("waiting", json_integer((json_int_t)row->waiting));
    SET("dead", json_integer((json_int_t)row->dead));
    SET("delivered", json_integer((json_int_t)row->delivered));
    SET("last_delivery", wb_json_time(row->last_delivery));
    SET("last_failure", wb_json_time(row->last_failure));
    SET("error", wb_json_slice(row->error));
    return true;
}

void wb_call_webhooks(struct wb_request *r)
{
    const struct wb_webhooks *hooks = &r->service->settings.config.webhooks;
    struct wb_status status = {{0}};
    json_t *list = json_array();
    for (size_t i = 0; i < hooks->n; i++)
        json_array_append_new(list,
                              endpoint_json(wb_slice_str(hooks->hook[i].name), &hooks->hook[i]));
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_endpoints(store, put_counts, list, &status);
    wb_reader_give(r->service->readers, store);
    if (ok)
        wb_answer_json(r, 200, json_pack("{s:O}", "webhooks", list));
    else
        wb_answer_trouble(r, &status);
    json_decref(list);
}

/* ---- what was given up ---- */

static bool put_dead(void *own, const struct wb_notice_row *row, struct wb_cursor place)
{
    char id[WB_HOOK_ID_TEXT];
    json_t *one = json_object();
    (void)place;
    wb_hook_id(row->notice.message, id);
    SET("id", json_integer(row->id));
    SET("message", json_string(id));
    SET("endpoint", wb_json_slice(row->notice.endpoint));
    SET("kind", wb_json_slice(row->notice.kind));
    SET("about", wb_json_slice(row->notice.about));
    SET("at", json_integer(row->notice.at));
    SET("given_up", json_integer(row->dead));
    SET("tries", json_integer(row->tries));
    SET("error", wb_json_slice(row->error));
#undef SET
    json_array_append_new(own, one);
    return true;
}

void wb_call_dead(struct wb_request *r)
{
    struct wb_status status = {{0}};
    struct wb_cursor after, next = {0};
    int64_t limit;
    if (!wb_query_cursor(r, &after) || !wb_query_number(r, "limit", 50, 1, MOST_SHOWN, &limit))
        return;
    json_t *list = json_array();
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store &&
              wb_store_notices_dead(store, after, (unsigned)limit, put_dead, list, &next, &status);
    wb_reader_give(r->service->readers, store);
    if (ok)
        wb_answer_json(r, 200, json_pack("{s:O, s:o}", "dead", list, "next", wb_cursor_json(next)));
    else
        wb_answer_trouble(r, &status);
    json_decref(list);
}

struct resend {
    int64_t id;
    bool found;
};

static bool resend(struct wb_store *store, const struct wb_policy *policy, void *own,
                   struct wb_status *status)
{
    struct resend *wish = own;
    (void)policy;
    return wb_store_notice_resend(store, wish->id, time(NULL), &wish->found, status);
}

void wb_call_resend(struct wb_request *r)
{
    struct wb_status status = {{0}};
    struct resend wish = {.found = false};
    long long id;
    if (wb_slice_number(wb_slice_str(r->part), &id)) {
        wish.id = id;
        if (!wb_writer_do(r->service->writer, resend, &wish, &status)) {
            wb_answer_trouble(r, &status);
            return;
        }
    }
    if (wish.found)
        wb_answer_nothing(r);
    else
        wb_answer_problem(r, 404, "No notice of this id was given up.");
}
