/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What would another policy have done? The reports that may count are sorted by address, in
 * memory, 16 bytes for each; then one address after the other is decided from nothing. Of the
 * deliveries that logs told only the last one of an address is known; it comes in its place.
 */
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "events.h"
#include "judge.h"
#include "limit.h"
#include "store_address.h"
#include "vocab.h"

struct place {
    int64_t address, id;
};

struct dry_run {
    struct wb_store *store;
    const struct wb_policy *policy;
    struct wb_buf places;
    struct wb_history history;
    int64_t delivered;     /* by a log; 0: not known, or it had its turn */
    struct wb_buf decided; /* what decided last: its cause and report_id */
    size_t cause_length;
    bool is_damaged;
    struct wb_address_row now;
    struct wb_buf address; /* its text */
    bool is_by_hand;
};

static bool take_place(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct dry_run *run = own;
    struct place place = {row[0].i, row[1].i};
    wb_buf_put(&run->places, wb_slice((const char *)&place, sizeof place));
    return true;
}

static bool read_places(struct dry_run *run, int64_t since, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT address, id FROM reports WHERE id >= $1 AND address IS NOT NULL"
        " AND (kind = $2 OR wish = $3 OR wish = $4) ORDER BY id DESC LIMIT $5",
        NULL, "iiiii", "ii"};
    struct wb_cell cells[] = {WB_INT(wb_report_key(since, 0)), WB_INT(WB_KIND_DELIVERED),
                              WB_INT(WB_RECOMMENDATION_SUPPRESS), WB_INT(WB_RECOMMENDATION_PAUSE),
                              WB_INT(WB_MAX_STORE_DRY)};
    return wb_find_one(run->store, &sql, cells, take_place, run, status);
}

static int by_address(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->address != right->address)
        return left->address < right->address ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static void deliver(struct dry_run *run)
{
    if (run->delivered)
        wb_history_deliver(&run->history, run->delivered);
    run->delivered = 0;
}

static bool decide(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct dry_run *run = own;
    struct wb_record record = {0};
    if (!wb_unpack_record(run->store->packer, row[0].s, &record)) {
        run->is_damaged = true;
        return false;
    }
    if (record.at > run->delivered)
        deliver(run);
    if (wb_policy_delivers(run->policy, &record)) {
        wb_history_deliver(&run->history, record.at);
        return true;
    }
    enum wb_outcome outcome = wb_policy_decide(run->policy, &run->history, &record, record.at);
    if (outcome > WB_OUTCOME_STRIKE) {
        wb_buf_clear(&run->decided);
        wb_buf_put(&run->decided, record.cause);
        wb_buf_put(&run->decided, record.report_id);
        run->cause_length = record.cause.n;
    }
    return true;
}

static bool take_now(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct dry_run *run = own;
    unsigned char id[16];
    const struct wb_history now = {.state = (enum wb_address_state)row[1].i, .until = row[2].i};
    wb_buf_clear(&run->address);
    wb_buf_put(&run->address, row[0].s);
    run->now.state = wb_history_state(&now, time(NULL));
    run->is_by_hand = row[1].i != WB_ADDRESS_OK && !wb_id_bytes(row[3].s, id);
    run->delivered = row[4].i;
    return true;
}

static bool one_address(struct dry_run *run, const struct place *places, size_t n,
                        wb_change_callback callback, void *own, bool *more,
                        struct wb_status *status)
{
    static const struct wb_sql bodies = {
        "SELECT body FROM reports WHERE id = $1",
        "SELECT k.n, body FROM unnest($1::bigint[]) WITH ORDINALITY k(id, n)"
        " JOIN reports USING (id) ORDER BY k.n",
        "i", "b"};
    static const struct wb_sql state = {
        "SELECT address, state, until, why, delivered FROM addresses WHERE id = $1", NULL, "i",
        "tiiti"};
    struct wb_store *store = run->store;
    struct wb_rows rows = {0};
    memset(&run->history, 0, sizeof run->history);
    wb_buf_clear(&run->decided);
    run->cause_length = 0;
    for (size_t i = 0; i < n; i++)
        wb_rows_int(&rows, places[i].id);
    bool ok = wb_find_one(store, &state, (struct wb_cell[]){WB_INT(places[0].address)}, take_now,
                          run, status) &&
              store->driver->find(store->db, &bodies, &rows, decide, run, status);
    deliver(run);
    wb_buf_free(&rows.cells);
    if (!ok || run->is_damaged)
        return ok && wb_trouble(status, "the store is damaged: a report cannot be unpacked");
    struct wb_slice decided = wb_buf_slice(&run->decided);
    struct wb_change change = {.address = wb_buf_slice(&run->address),
                               .before = run->now.state,
                               .after = wb_history_state(&run->history, time(NULL)),
                               .cause = wb_slice_head(decided, run->cause_length),
                               .report_id = wb_slice_from(decided, run->cause_length)};
    if (!run->is_by_hand && change.before != change.after)
        *more = callback(own, &change);
    return true;
}

static bool all_addresses(struct dry_run *run, wb_change_callback callback, void *own,
                          struct wb_status *status)
{
    struct place *places = (struct place *)(void *)run->places.p;
    size_t n = run->places.n / sizeof *places;
    bool more = true;
    if (n)
        qsort(places, n, sizeof *places, by_address);
    for (size_t i = 0, end; i < n && more; i = end) {
        for (end = i + 1; end < n && places[end].address == places[i].address; end++)
            ;
        if (!one_address(run, places + i, end - i, callback, own, &more, status))
            return false;
    }
    return true;
}

bool wb_store_dry_run(struct wb_store *store, const struct wb_policy *policy, int64_t since,
                      wb_change_callback callback, void *own, struct wb_status *status)
{
    wb_room_reset(&store->room);
    struct dry_run *run = wb_room_take(&store->room, sizeof *run);
    memset(run, 0, sizeof *run);
    run->store = store;
    run->policy = policy;
    bool ok = read_places(run, since, status) && all_addresses(run, callback, own, status);
    wb_buf_free(&run->places);
    wb_buf_free(&run->decided);
    wb_buf_free(&run->address);
    wb_room_reset(&store->room);
    return ok;
}
