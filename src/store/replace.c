/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports as they are judged today in the place of what was said of them before. */
#include "check.h"
#include "limit.h"
#include "rollup.h"
#include "vocab.h"

/* A report as it stands in the store. */
struct old_report {
    int64_t id;
    struct wb_report_numbers numbers;
    struct wb_record record; /* its texts in the room */
    bool found, is_damaged;
    struct wb_store *store;
};

static bool take_old(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct old_report *old = own;
    struct wb_record record = {0};
    old->found = true;
    old->id = row[0].i;
    old->numbers = (struct wb_report_numbers){
        .at = wb_key_time(row[0].i),
        .kind = row[1].i,
        .proof = row[2].i,
        .cause = row[3].i,
        .provider = row[4].i,
        .domain = row[5].i,
        .remote_mta = row[6].i,
    };
    old->is_damaged = !wb_unpack_record(old->store->packer, row[7].s, &record);
    if (!old->is_damaged)
        old->record = wb_record_copy(&old->store->room, &record);
    return true;
}

/* What is counted of a name stays with it: the domain is the address's, which does not change. */
static bool new_numbers(struct wb_store *store, const struct wb_record *record,
                        const struct old_report *old, struct wb_report_numbers *numbers_out,
                        struct wb_status *status)
{
    struct wb_slice remote =
        wb_slice_head(wb_plain_address(&store->room, record->remote_mta, NULL), WB_MAX_STORED_NAME);
    wb_name_want(store, record->cause);
    wb_name_want(store, record->provider);
    wb_name_want(store, remote);
    if (!wb_names_resolve(store, status))
        return false;
    *numbers_out = old->numbers;
    numbers_out->kind = wb_kind_named(record->kind);
    numbers_out->cause = wb_name_id(store, record->cause);
    numbers_out->provider = wb_name_id(store, record->provider);
    numbers_out->remote_mta = wb_name_id(store, remote);
    return true;
}

static bool rewrite(struct wb_store *store, const struct wb_record *record,
                    const struct old_report *old, const struct wb_report_numbers *numbers,
                    struct wb_status *status)
{
    static const struct wb_sql sql = {
        "UPDATE reports SET kind = $2, wish = $3, cause = $4, provider = $5, remote_mta = $6,"
        " body = $7 WHERE id = $1",
        NULL, "iiiiiib", ""};
    struct wb_cell cells[] = {
        WB_INT(old->id),
        WB_INT(numbers->kind),
        WB_INT(wb_recommendation_named(record->recommendation)),
        WB_ID(numbers->cause),
        WB_ID(numbers->provider),
        WB_ID(numbers->remote_mta),
        WB_TEXT(wb_pack_record(store->packer, record, &store->room)),
    };
    return wb_run_one(store, &sql, cells, status);
}

/* Who proved it, when it was and for whom: that does not hang on the catalogue. */
static struct wb_record judged_anew(const struct wb_record *today, const struct old_report *old)
{
    struct wb_record record = *today;
    record.at = old->record.at;
    record.proof = old->record.proof;
    record.recipient = old->record.recipient;
    record.failure_key = old->record.failure_key;
    return record;
}

static bool replace_one(struct wb_store *store, const struct wb_record *today, uint64_t *changed,
                        struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT id, kind, proof, cause, provider, domain, remote_mta, body FROM reports"
        " WHERE report_id = $1",
        NULL, "b", "iiiiiiib"};
    struct old_report old = {.store = store};
    struct wb_report_numbers numbers;
    unsigned char id[16];
    if (!wb_id_bytes(today->report_id, id))
        return true;
    struct wb_slice bytes = wb_slice((const char *)id, sizeof id);
    if (!wb_find_one(store, &sql, (struct wb_cell[]){WB_TEXT(bytes)}, take_old, &old, status))
        return false;
    if (old.is_damaged)
        return wb_trouble(status, "the store is damaged: a report cannot be unpacked");
    if (!old.found)
        return true;
    struct wb_record record = judged_anew(today, &old);
    if (!new_numbers(store, &record, &old, &numbers, status))
        return false;
    wb_rollup_add(store, &old.numbers, -1);
    wb_rollup_add(store, &numbers, 1);
    wb_template_add(store, &old.record, -1);
    wb_template_add(store, &record, 1);
    *changed += !wb_slice_eq(record.cause, old.record.cause) ||
                !wb_slice_eq(record.kind, old.record.kind) ||
                !wb_slice_eq(record.recommendation, old.record.recommendation);
    return rewrite(store, &record, &old, &numbers, status);
}

bool wb_store_replace(struct wb_store *store, const struct wb_message *messages, size_t n,
                      uint64_t *changed, struct wb_status *status)
{
    WB_CHECK(store->writing);
    *changed = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < messages[i].n; j++) {
            wb_room_reset(&store->room);
            if (!replace_one(store, messages[i].records + j, changed, status))
                return wb_give_up(store);
        }
    }
    return true;
}
