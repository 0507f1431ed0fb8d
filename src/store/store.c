/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "limit.h"
#include "rollup.h"

static const struct wb_driver *const drivers[] = {
#define X(name) &wb_driver_##name,
    WB_DRIVERS(X)
#undef X
};

static const struct wb_driver *driver_of(struct wb_slice scheme)
{
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++)
        if (wb_slice_eq(scheme, wb_slice_str(drivers[i]->scheme)))
            return drivers[i];
    return NULL;
}

struct wb_store *wb_store_open(const char *url, enum wb_store_mode mode, struct wb_status *status)
{
    const char *colon = strchr(url, ':');
    struct wb_slice scheme =
        wb_slice_head(wb_slice_str(url), colon ? (size_t)(colon - url) : SIZE_MAX);
    const struct wb_driver *driver = colon ? driver_of(scheme) : NULL;
    if (!driver) { /* what follows may be a password */
        wb_trouble(status, "%.*s: a store is sqlite:FILE or postgresql://...", WB_F(scheme));
        return NULL;
    }
    struct wb_db *db = driver->open(url, mode, status);
    if (!db)
        return NULL;
    struct wb_store *store = calloc(1, sizeof *store);
    WB_CHECK(store != NULL);
    *store = (struct wb_store){.driver = driver, .db = db, .packer = wb_packer_new()};
    if (mode == WB_STORE_WRITE)
        store->thread_packer = wb_packer_new();
    return store;
}

void wb_store_close(struct wb_store *store)
{
    if (!store)
        return;
    wb_store_undo(store);
    store->driver->close(store->db);
    wb_packer_free(store->packer);
    wb_packer_free(store->thread_packer);
    wb_room_free(&store->thread_room);
    wb_map_free(&store->names);
    wb_room_free(&store->room);
    wb_map_free(&store->counts);
    wb_map_free(&store->templates);
    wb_buf_free(&store->template_rows);
    wb_buf_free(&store->notices.cells);
    wb_room_free(&store->notice_room);
    free(store);
}

static bool ignore_row(void *own, size_t key, const struct wb_cell *row)
{
    (void)own, (void)key, (void)row;
    return true;
}

bool wb_store_ready(struct wb_store *store, struct wb_status *status)
{
    static const struct wb_sql sql = {"SELECT value FROM counters LIMIT 1", NULL, "", "i"};
    return wb_find_one(store, &sql, NULL, ignore_row, NULL, status);
}

/* ---- one row ---- */

static struct wb_rows as_rows(const struct wb_sql *sql, const struct wb_cell *cells)
{
    size_t n = strlen(sql->in) * sizeof *cells;
    return (struct wb_rows){{(char *)(uintptr_t)cells, n, n}}; /* is only read */
}

bool wb_run_one(struct wb_store *store, const struct wb_sql *sql, const struct wb_cell *cells,
                struct wb_status *status)
{
    struct wb_rows rows = as_rows(sql, cells);
    return store->driver->run(store->db, sql, &rows, NULL, status);
}

bool wb_find_one(struct wb_store *store, const struct wb_sql *sql, const struct wb_cell *cells,
                 wb_row_callback callback, void *own, struct wb_status *status)
{
    struct wb_rows rows = as_rows(sql, cells);
    return store->driver->find(store->db, sql, &rows, callback, own, status);
}

bool wb_take_number(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    *(int64_t *)own = row[0].i;
    return true;
}

/* ---- batches ---- */

static bool set_next(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct wb_store *store = own;
    for (int i = 0; i < WB_COUNTERS; i++)
        store->next[i] = row[i].i + 1;
    return true;
}

/* Another process may have written since the last batch. */
static bool read_counters(struct wb_store *store, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT coalesce((SELECT value FROM counters WHERE name = 'reports'), 0),"
        " coalesce((SELECT max(id) FROM names), 0), coalesce((SELECT max(id) FROM addresses), 0),"
        " coalesce((SELECT max(id) FROM audit), 0)",
        NULL, "", "iiii"};
    return wb_find_one(store, &sql, NULL, set_next, store, status);
}

static bool write_counters(struct wb_store *store, struct wb_status *status)
{
    static const struct wb_sql sql = {"INSERT INTO counters VALUES ('reports', $1)"
                                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                      NULL, "i", ""};
    return wb_run_one(store, &sql, (struct wb_cell[]){WB_INT(store->next[WB_NEXT_REPORT] - 1)},
                      status);
}

bool wb_store_begin(struct wb_store *store, struct wb_status *status)
{
    WB_CHECK(!store->writing);
    if (wb_map_count(&store->names) > WB_MAX_STORE_NAMES)
        wb_map_clear(&store->names);
    if (!store->driver->begin(store->db, status))
        return false;
    store->writing = true;
    store->first_hour = time(NULL) - (int64_t)WB_MAX_STORE_HOURS * WB_HOUR;
    return read_counters(store, status) || wb_give_up(store);
}

bool wb_store_commit(struct wb_store *store, struct wb_status *status)
{
    WB_CHECK(store->writing);
    wb_room_reset(&store->room);
    if (!wb_rollup_write(store, status) || !wb_templates_write(store, status) ||
        !wb_notices_write(store, status) || !write_counters(store, status) ||
        !store->driver->commit(store->db, status))
        return wb_give_up(store);
    store->writing = false;
    if (store->has_forgotten && store->driver->wipe(store->db))
        store->has_forgotten = false;
    return true;
}

bool wb_give_up(struct wb_store *store)
{
    wb_store_undo(store);
    return false;
}

void wb_store_undo(struct wb_store *store)
{
    if (!store->writing)
        return;
    store->driver->undo(store->db);
    store->writing = false;
    wb_map_clear(&store->names); /* some may have been new */
    wb_map_clear(&store->counts);
    wb_map_clear(&store->templates);
    wb_buf_clear(&store->template_rows);
    wb_notices_clear(store);
}
