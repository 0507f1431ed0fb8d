/* SPDX-License-Identifier: BSD-2-Clause */
/* GET /v1/events and below: what is kept of reports. */
#include <stdio.h>

#include "calls.h"
#include "rows.h"
#include "store_address.h"

enum { MOST_EVENTS = 500, LATEST = 253402300799 /* the end of the year 9999 */ };

static bool take_filter(struct wb_request *r, struct wb_filter *filter)
{
    *filter = (struct wb_filter){.cause = wb_query_slice(r, "cause"),
                                 .domain = wb_query_slice(r, "domain"),
                                 .provider = wb_query_slice(r, "provider"),
                                 .address = wb_query_slice(r, "address"),
                                 .kind = wb_query_slice(r, "kind"),
                                 .remote_mta = wb_query_slice(r, "remote_mta"),
                                 .words = wb_query_slice(r, "q")};
    return wb_query_number(r, "from", 0, 0, LATEST, &filter->from) &&
           wb_query_number(r, "to", 0, 0, LATEST, &filter->to);
}

void wb_call_events(struct wb_request *r)
{
    struct wb_status status = {{0}};
    struct wb_filter filter;
    struct wb_cursor after, next = {0};
    int64_t limit;
    if (!take_filter(r, &filter) || !wb_query_cursor(r, &after) ||
        !wb_query_number(r, "limit", 50, 1, MOST_EVENTS, &limit))
        return;
    json_t *list = json_array();
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_events(store, &filter, after, (unsigned)limit, wb_put_event, list,
                                       &next, &status);
    wb_reader_give(r->service->readers, store);
    if (ok)
        wb_answer_json(r, 200,
                       json_pack("{s:O, s:o}", "events", list, "next", wb_cursor_json(next)));
    else
        wb_answer_trouble(r, &status);
    json_decref(list);
}

/* ---- one ---- */

struct found {
    json_t *report, *proven;
    struct wb_buf recipient;
};

static bool take_report(void *own, const struct wb_record *record, struct wb_cursor place)
{
    struct found *found = own;
    (void)place;
    found->report = json_loadb(record->document.p, record->document.n, 0, NULL);
    found->proven = wb_proof_json(record->proof);
    wb_buf_put(&found->recipient, record->recipient);
    return false;
}

/* Everything about it that the page shows; false: trouble. */
static bool read_all(struct wb_store *store, struct wb_slice id, json_t *object, bool *there,
                     struct wb_status *status)
{
    struct found found = {0};
    bool raw = false;
    json_t *history = json_array(), *address = json_array();
    bool ok = wb_store_report(store, id, take_report, &found, there, status);
    struct wb_slice recipient = wb_buf_slice(&found.recipient);
    if (ok && *there) {
        ok = wb_store_history(store, id, wb_put_event, history, status) &&
             wb_store_raw(store, id, NULL, &raw, status) &&
             (!recipient.n ||
              wb_store_lookup(store, &recipient, 1, wb_put_address, address, status));
        json_t *first = json_array_get(address, 0);
        json_object_set_new(object, "report",
                            found.report ? json_incref(found.report) : json_null());
        json_object_set_new(object, "history", json_incref(history));
        json_object_set_new(object, "address", first ? json_incref(first) : json_null());
        json_object_set_new(object, "raw_kept", json_boolean(raw));
        json_object_set_new(object, "proven", json_incref(found.proven));
    }
    json_decref(found.report);
    json_decref(found.proven);
    json_decref(history);
    json_decref(address);
    wb_buf_free(&found.recipient);
    return ok;
}

void wb_call_event(struct wb_request *r)
{
    struct wb_status status = {{0}};
    bool there = false;
    json_t *object = json_object();
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && read_all(store, wb_slice_str(r->part), object, &there, &status);
    wb_reader_give(r->service->readers, store);
    if (!ok)
        wb_answer_trouble(r, &status);
    else if (!there)
        wb_answer_problem(r, 404, "There is no report with this id.");
    else
        wb_answer_json(r, 200, json_incref(object));
    json_decref(object);
}

/* The bytes as they came; "text/plain", an attachment and "nosniff" keep a browser from acting on
 * them. */
void wb_call_raw(struct wb_request *r)
{
    struct wb_status status = {{0}};
    bool there = false;
    wb_buf_clear(&r->out);
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_raw(store, wb_slice_str(r->part), &r->out, &there, &status);
    wb_reader_give(r->service->readers, store);
    if (!ok) {
        wb_answer_trouble(r, &status);
    } else if (!there) {
        wb_answer_problem(r, 404, "This mail is not kept.");
    } else {
        r->status = 200;
        r->type = "text/plain; charset=utf-8";
        r->attached = "mail.txt";
    }
}
