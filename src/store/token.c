/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "check.h"
#include "limit.h"
#include "store_int.h"
#include "store_token.h"

#define COLUMNS "SELECT id, created, used, name, scopes, revoked FROM tokens "
#define TYPES   "iiitii"

bool wb_store_token_add(struct wb_store *store, struct wb_slice name, unsigned scopes,
                        const unsigned char sha256[32], int64_t *id_out, struct wb_status *status)
{
    static const struct wb_sql last = {"SELECT coalesce(max(id), 0) FROM tokens", NULL, "", "i"};
    static const struct wb_sql add = {
        "INSERT INTO tokens (id, hash, name, scopes, created) VALUES ($1, $2, $3, $4, $5)", NULL,
        "ibtii", ""};
    WB_CHECK(store->writing);
    wb_room_reset(&store->room);
    if (!wb_find_one(store, &last, NULL, wb_take_number, id_out, status))
        return wb_give_up(store);
    ++*id_out;
    struct wb_cell cells[] = {WB_INT(*id_out), WB_TEXT(wb_slice((const char *)sha256, 32)),
                              WB_TEXT(wb_clean_text(&store->room, name, WB_MAX_STORED_NAME)),
                              WB_INT(scopes), WB_INT(time(NULL))};
    return wb_run_one(store, &add, cells, status) || wb_give_up(store);
}

static bool change(struct wb_store *store, const struct wb_sql *sql, const struct wb_cell *cells,
                   bool *found, struct wb_status *status)
{
    int64_t id = 0;
    WB_CHECK(store->writing);
    if (!wb_find_one(store, sql, cells, wb_take_number, &id, status))
        return wb_give_up(store);
    *found = id != 0;
    return true;
}

bool wb_store_token_revoke(struct wb_store *store, int64_t id, bool *found,
                           struct wb_status *status)
{
    static const struct wb_sql sql = {
        "UPDATE tokens SET revoked = 1 WHERE id = $1 AND revoked = 0 RETURNING id", NULL, "i", "i"};
    return change(store, &sql, (struct wb_cell[]){WB_INT(id)}, found, status);
}

bool wb_store_token_used(struct wb_store *store, int64_t id, int64_t at, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "UPDATE tokens SET used = $2 WHERE id = $1 AND used < $2 RETURNING id", NULL, "ii", "i"};
    bool found;
    return change(store, &sql, (struct wb_cell[]){WB_INT(id), WB_INT(at)}, &found, status);
}

/* ---- reading ---- */

struct reading {
    wb_token_callback callback;
    void *own;
    bool found;
};

static bool show(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct reading *reading = own;
    struct wb_token_row token = {.id = row[0].i,
                                 .created = row[1].i,
                                 .last_used = row[2].i,
                                 .name = row[3].s,
                                 .scopes = (unsigned)row[4].i,
                                 .revoked = row[5].i != 0};
    reading->found = true;
    return reading->callback(reading->own, &token);
}

bool wb_store_tokens(struct wb_store *store, wb_token_callback callback, void *own,
                     struct wb_status *status)
{
    static const struct wb_sql sql = {COLUMNS "ORDER BY id", NULL, "", TYPES};
    struct reading reading = {callback, own, false};
    return wb_find_one(store, &sql, NULL, show, &reading, status);
}

bool wb_store_token_find(struct wb_store *store, const unsigned char sha256[32],
                         wb_token_callback callback, void *own, bool *found,
                         struct wb_status *status)
{
    static const struct wb_sql sql = {COLUMNS "WHERE hash = $1 AND revoked = 0", NULL, "b", TYPES};
    struct reading reading = {callback, own, false};
    struct wb_cell cells[] = {WB_TEXT(wb_slice((const char *)sha256, 32))};
    bool ok = wb_find_one(store, &sql, cells, show, &reading, status);
    *found = reading.found;
    return ok;
}
