/* SPDX-License-Identifier: BSD-2-Clause */
/* The audit: a line for each decision and each change by hand. Lines are only ever added. */
#include <time.h>

#include "events.h"
#include "judge.h"
#include "limit.h"
#include "store_address.h"

void wb_audit_put(struct wb_store *store, struct wb_rows *rows, const struct wb_audit_entry *entry)
{
    wb_rows_int(rows, store->next[WB_NEXT_AUDIT]++);
    wb_rows_int(rows, time(NULL));
    wb_rows_text(rows, entry->who);
    wb_rows_text(rows, entry->action);
    wb_rows_id(rows, entry->address);
    wb_rows_put(rows, (struct wb_cell){.i = entry->before, .null = entry->before < 0});
    wb_rows_put(rows, (struct wb_cell){.i = entry->after, .null = entry->after < 0});
    wb_rows_text(rows, entry->why);
}

bool wb_audit_write(struct wb_store *store, struct wb_rows *rows, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "INSERT INTO audit (id, at, who, action, address, before, after, why)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        "INSERT INTO audit (id, at, who, action, address, before, after, why)"
        " SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[],"
        " $6::bigint[], $7::bigint[], $8::text[])",
        "iittiiit", ""};
    return store->driver->run(store->db, &sql, rows, NULL, status);
}

/* ---- reading ---- */

struct reading {
    wb_audit_callback callback;
    void *own;
};

static struct wb_slice state_name(const struct wb_cell *cell)
{
    return cell->null ? WB_NONE : wb_address_state_name((enum wb_address_state)cell->i);
}

static bool show(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    const struct reading *reading = own;
    struct wb_audit_row out = {.at = row[1].i,
                               .who = row[2].s,
                               .action = row[3].s,
                               .address = row[4].s,
                               .before = state_name(&row[5]),
                               .after = state_name(&row[6]),
                               .why = row[7].s};
    return reading->callback(reading->own, &out, (struct wb_cursor){out.at, row[0].i});
}

#define COLUMNS                                                                                    \
    "SELECT audit.id, at, who, action, address.address, before, after, audit.why FROM audit"       \
    " LEFT JOIN addresses address ON address.id = audit.address WHERE "
#define TYPES "iitttiit"

bool wb_store_audit(struct wb_store *store, struct wb_slice address, struct wb_cursor after,
                    unsigned limit, wb_audit_callback callback, void *own, struct wb_status *status)
{
    static const struct wb_sql all = {COLUMNS "audit.id < $1 ORDER BY audit.id DESC LIMIT $2", NULL,
                                      "ii", TYPES};
    static const struct wb_sql of_one = {
        COLUMNS "audit.address = $3 AND audit.id < $1 ORDER BY audit.id DESC LIMIT $2", NULL, "iii",
        TYPES};
    struct reading reading = {callback, own};
    int64_t number = 0;
    wb_room_reset(&store->room);
    if (address.n && !wb_address_number(store, address, &number, status))
        return false;
    if (address.n && !number)
        return true;
    struct wb_cell cells[] = {WB_INT(after.id ? after.id : INT64_MAX), WB_INT(limit),
                              WB_INT(number)};
    return wb_find_one(store, address.n ? &of_one : &all, cells, show, &reading, status);
}
