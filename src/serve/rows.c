/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows.h"

enum { DIAGNOSTIC_SHOWN = 300 };

json_t *wb_proof_json(enum wb_proof proof)
{
    return proof == WB_PROOF_NONE ? json_null() : wb_json_slice(wb_proof_name(proof));
}

/* Cut in front of a character, not within it. */
static struct wb_slice shortened(struct wb_slice text)
{
    if (text.n <= DIAGNOSTIC_SHOWN)
        return text;
    size_t n = DIAGNOSTIC_SHOWN;
    while (n && ((unsigned char)text.p[n] & 0xC0) == 0x80)
        n--;
    return wb_slice_head(text, n);
}

bool wb_put_event(void *own, const struct wb_record *record, struct wb_cursor place)
{
    json_t *object = json_object();
    (void)place;
#define SET(name, value) json_object_set_new(object, name, value)
    SET("report_id", wb_json_slice(record->report_id));
    SET("at", json_integer(record->at));
    SET("kind", wb_json_slice(record->kind));
    SET("action", wb_json_slice(record->action));
    SET("recipient", wb_json_slice(record->recipient));
    SET("cause", wb_json_slice(record->cause));
    SET("provider", wb_json_slice(record->provider));
    SET("status", wb_json_slice(record->status));
    SET("reply_code", record->reply_code ? json_integer(record->reply_code) : json_null());
    SET("remote_mta", wb_json_slice(record->remote_mta));
    SET("diagnostic", wb_json_slice(shortened(record->diagnostic)));
    SET("recommendation", wb_json_slice(record->recommendation));
    SET("proven", wb_proof_json(record->proof));
    json_array_append_new(own, object);
    return true;
}

bool wb_put_address(void *own, const struct wb_address_row *row, struct wb_cursor place)
{
    json_t *object = json_object();
    (void)place;
    SET("address", wb_json_slice(row->address));
    SET("state", wb_json_slice(wb_address_state_name(row->state)));
    SET("since", wb_json_time(row->since));
    SET("until", wb_json_time(row->until));
    SET("strikes", json_integer(row->strikes));
    SET("pauses", json_integer(row->pauses));
    SET("last_failure", wb_json_time(row->last_failure));
    SET("last_delivery", wb_json_time(row->last_delivery));
    SET("cause", wb_json_slice(row->cause));
    SET("why", wb_json_slice(row->why));
    json_array_append_new(own, object);
    return true;
}

bool wb_put_audit(void *own, const struct wb_audit_row *row, struct wb_cursor place)
{
    json_t *object = json_object();
    (void)place;
    SET("at", json_integer(row->at));
    SET("who", wb_json_slice(row->who));
    SET("action", wb_json_slice(row->action));
    SET("address", wb_json_slice(row->address));
    SET("before", wb_json_slice(row->before));
    SET("after", wb_json_slice(row->after));
    SET("why", wb_json_slice(row->why));
#undef SET
    json_array_append_new(own, object);
    return true;
}
