/* SPDX-License-Identifier: BSD-2-Clause */
/* /v1/addresses and /v1/suppressions: who may be written to, and who decided that. */
#include <stdlib.h>

#include "calls.h"
#include "exports.h"
#include "rows.h"

enum {
    MOST_ROWS = 500,
    SHOWN = 50,
    LONGEST_ADDRESS = 320,
    LONGEST_REASON = 500,
    MOST_LOOKUP = 10000
};

static int state_named(struct wb_slice name)
{
    for (int i = 0; i < WB_ADDRESS_STATES; i++)
        if (wb_slice_eq(name, wb_address_state_name((enum wb_address_state)i)))
            return i;
    return -1;
}

static void list(struct wb_request *r, int state, const char *name)
{
    struct wb_status status = {{0}};
    struct wb_cursor after, next = {0};
    int64_t limit;
    if (!wb_query_cursor(r, &after) || !wb_query_number(r, "limit", SHOWN, 1, MOST_ROWS, &limit))
        return;
    json_t *rows = json_array();
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_addresses(store, state, wb_query_slice(r, "q"), after,
                                          (unsigned)limit, wb_put_address, rows, &next, &status);
    wb_reader_give(r->service->readers, store);
    if (ok)
        wb_answer_json(r, 200, json_pack("{s:O, s:o}", name, rows, "next", wb_cursor_json(next)));
    else
        wb_answer_trouble(r, &status);
    json_decref(rows);
}

void wb_call_addresses(struct wb_request *r)
{
    struct wb_slice state = wb_query_slice(r, "state");
    if (state.n && state_named(state) < 0)
        wb_answer_problem(r, 400, "state is ok, paused, suppressed or probation.");
    else
        list(r, state.n ? state_named(state) : -1, "addresses");
}

void wb_call_suppressions(struct wb_request *r)
{
    list(r, WB_ADDRESS_SUPPRESSED, "suppressions");
}

/* ---- one ---- */

/* The row of an address with what led to it; NULL without trouble: it is unknown. */
static json_t *read_address(struct wb_store *store, struct wb_slice address, bool with_history,
                            struct wb_status *status)
{
    struct wb_filter filter = {.address = address};
    struct wb_cursor next = {0};
    json_t *rows = json_array(), *events = json_array(), *audit = json_array();
    bool ok = wb_store_lookup(store, &address, 1, wb_put_address, rows, status);
    json_t *object = json_array_get(rows, 0);
    if (ok && object && with_history) {
        ok = wb_store_events(store, &filter, (struct wb_cursor){0}, SHOWN, wb_put_event, events,
                             &next, status) &&
             wb_store_audit(store, address, (struct wb_cursor){0}, SHOWN, wb_put_audit, audit,
                            status);
        json_object_set(object, "events", events);
        json_object_set(object, "audit", audit);
        json_object_set_new(object, "more", json_boolean(next.at || next.id));
    }
    json_incref(object);
    json_decref(rows);
    json_decref(events);
    json_decref(audit);
    if (ok)
        return object;
    json_decref(object);
    return NULL;
}

static void answer_address(struct wb_request *r, struct wb_slice address, bool with_history)
{
    struct wb_status status = {{0}};
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    json_t *object = store ? read_address(store, address, with_history, &status) : NULL;
    wb_reader_give(r->service->readers, store);
    if (object)
        wb_answer_json(r, 200, object);
    else if (*status.text)
        wb_answer_trouble(r, &status);
    else
        wb_answer_problem(r, 404, "Nothing is known of this address.");
}

void wb_call_address(struct wb_request *r)
{
    answer_address(r, wb_slice_str(r->part), true);
}

/* ---- by hand ---- */

struct wish {
    struct wb_slice address, who, reason;
    bool found; /* there was something to release */
};

static bool suppress(struct wb_store *store, const struct wb_policy *policy, void *own,
                     struct wb_status *status)
{
    struct wish *wish = own;
    (void)policy;
    wish->found = true;
    return wb_store_set_state(store, wish->address, WB_ADDRESS_SUPPRESSED, 0, wish->who,
                              wish->reason, status);
}

static bool release(struct wb_store *store, const struct wb_policy *policy, void *own,
                    struct wb_status *status)
{
    struct wish *wish = own;
    (void)policy;
    return wb_store_release(store, wish->address, wish->who, wish->reason, &wish->found, status);
}

static bool is_address(struct wb_slice text)
{
    const char *at = memchr(text.p, '@', text.n);
    return at && at != text.p && at + 1 < wb_slice_end(text) && text.n <= LONGEST_ADDRESS &&
           !memchr(text.p, 0, text.n) && !memchr(text.p, '\n', text.n);
}

static void change(struct wb_request *r, struct wb_slice address, struct wb_slice reason,
                   wb_change_call call)
{
    struct wb_status status = {{0}};
    struct wish wish = {address, wb_slice_str(r->caller.name), reason, false};
    if (!is_address(address))
        wb_answer_problem(r, 422, "This is no mail address.");
    else if (!wb_writer_do(r->service->writer, call, &wish, &status))
        wb_answer_trouble(r, &status);
    else if (!wish.found)
        wb_answer_problem(r, 404, "This address is neither suppressed nor paused.");
    else
        answer_address(r, address, false);
}

void wb_call_suppress(struct wb_request *r)
{
    struct wb_slice address, reason;
    json_t *body = wb_body_json(r);
    if (body && wb_body_text(r, body, "address", LONGEST_ADDRESS, &address) &&
        wb_body_text(r, body, "reason", LONGEST_REASON, &reason))
        change(r, address, reason, suppress);
    json_decref(body);
}

/* Released is not forgiven: one further strike suppresses it again. */
void wb_call_release(struct wb_request *r)
{
    struct wb_slice reason;
    json_t *body = wb_body_json(r);
    if (body && wb_body_text(r, body, "reason", LONGEST_REASON, &reason))
        change(r, wb_slice_str(r->part), reason, release);
    json_decref(body);
}

/* ---- many ---- */

void wb_call_lookup(struct wb_request *r)
{
    struct wb_status status = {{0}};
    json_t *body = wb_body_json(r), *list = json_object_get(body, "addresses"), *one;
    json_t *rows = json_array();
    size_t n = json_array_size(list), i;
    struct wb_slice *addresses = calloc(n + 1, sizeof *addresses);
    bool texts = json_is_array(list) && n > 0 && n <= MOST_LOOKUP && addresses;
    if (texts)
        json_array_foreach(list, i, one)
        {
            texts = texts && json_is_string(one);
            addresses[i] = wb_slice(texts ? json_string_value(one) : "", json_string_length(one));
        }
    if (body && !texts)
        wb_answer_problem(r, 422, "\"addresses\" must be a list of 1 to %d addresses.",
                          MOST_LOOKUP);
    if (texts) {
        struct wb_store *store = wb_reader_take(r->service->readers, &status);
        bool ok = store && wb_store_lookup(store, addresses, n, wb_put_address, rows, &status);
        wb_reader_give(r->service->readers, store);
        if (ok)
            wb_answer_json(r, 200, json_pack("{s:O}", "addresses", rows));
        else
            wb_answer_trouble(r, &status);
    }
    free(addresses);
    json_decref(rows);
    json_decref(body);
}

/* A line each: an address, and perhaps a comma and a reason. Lines that are none are counted. */
void wb_call_import(struct wb_request *r)
{
    struct wb_status status = {{0}};
    struct wb_import import = {.who = wb_slice_str(r->caller.name)};
    wb_import_read(&import, wb_buf_slice(&r->body));
    if (!wb_writer_do(r->service->writer, wb_import_write, &import, &status))
        wb_answer_trouble(r, &status);
    else
        wb_answer_json(r, 200,
                       json_pack("{s:I, s:I}", "added", (json_int_t)import.n, "refused",
                                 (json_int_t)import.refused));
    wb_import_free(&import);
}

void wb_call_export(struct wb_request *r)
{
    struct wb_status status = {{0}};
    const struct wb_export_form *form = wb_export_form(wb_query_slice(r, "format"));
    if (!form) {
        wb_answer_problem(r, 400, "There is no such format; see whybounce suppress --help.");
        return;
    }
    wb_buf_clear(&r->out);
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_export(store, form, &r->out, &status);
    wb_reader_give(r->service->readers, store);
    if (!ok) {
        wb_answer_trouble(r, &status);
        return;
    }
    r->status = 200;
    r->type = form->type;
    r->attached = form->file;
}
