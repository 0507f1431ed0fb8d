/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeping house: what is too old goes, in short batches; copies; all mails once more. */
#include "store_keep.h"

#include <time.h>

#include "events.h"
#include "judge.h"
#include "limit.h"
#include "rollup.h"
#include "store_notice.h"

/* ---- what is too old ---- */

struct sweep {
    struct wb_store *store;
    struct wb_rows rows; /* what the statement that follows is about */
    uint64_t gone;       /* in this batch */
};

static bool take_key(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct sweep *sweep = own;
    wb_rows_int(&sweep->rows, row[0].i);
    sweep->gone++;
    return true;
}

static bool sweep_mails(struct sweep *sweep, int64_t before, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE id < $1 ORDER BY id LIMIT $2)"
        " RETURNING id",
        NULL, "ii", "i"};
    struct wb_cell cells[] = {WB_INT(wb_report_key(before, 0)), WB_INT(WB_MAX_STORE_PIECE)};
    return wb_find_one(sweep->store, &sql, cells, take_key, sweep, status);
}

/* An address goes with its last report, unless something is known of it. */
static bool sweep_reports(struct sweep *sweep, int64_t before, struct wb_status *status)
{
    static const struct wb_sql reports = {
        "DELETE FROM reports WHERE id IN (SELECT id FROM reports WHERE id < $1 ORDER BY id"
        " LIMIT $2) RETURNING coalesce(address, 0)",
        NULL, "ii", "i"};
    static const struct wb_sql addresses = {
        "DELETE FROM addresses WHERE id = $1 AND state = 0 AND delivered = 0"
        " AND NOT EXISTS (SELECT 1 FROM reports WHERE address = $1)"
        " AND NOT EXISTS (SELECT 1 FROM strikes WHERE address = $1)"
        " AND NOT EXISTS (SELECT 1 FROM audit WHERE address = $1)",
        "DELETE FROM addresses USING unnest($1::bigint[]) k(id) WHERE addresses.id = k.id"
        " AND state = 0 AND delivered = 0"
        " AND NOT EXISTS (SELECT 1 FROM reports WHERE address = k.id)"
        " AND NOT EXISTS (SELECT 1 FROM strikes WHERE address = k.id)"
        " AND NOT EXISTS (SELECT 1 FROM audit WHERE address = k.id)",
        "i", ""};
    struct wb_store *store = sweep->store;
    struct wb_cell cells[] = {WB_INT(wb_report_key(before, 0)), WB_INT(WB_MAX_STORE_PIECE)};
    return wb_find_one(store, &reports, cells, take_key, sweep, status) &&
           store->driver->run(store->db, &addresses, &sweep->rows, NULL, status);
}

static bool sweep_rest(struct sweep *sweep, int64_t before, struct wb_status *status)
{
    static const struct wb_sql strikes = {"DELETE FROM strikes WHERE at < $1", NULL, "i", ""};
    static const struct wb_sql templates = {"DELETE FROM templates WHERE last < $1 OR count <= 0",
                                            NULL, "i", ""};
    struct wb_cell cells[] = {WB_INT(before)};
    return wb_run_one(sweep->store, &strikes, cells, status) &&
           wb_run_one(sweep->store, &templates, cells, status);
}

/* An hour of one dimension at a time. */
static bool sweep_hours(struct sweep *sweep, int64_t before, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "DELETE FROM counts WHERE step = 0 AND dimension = $1 AND time < $2 AND time ="
        " (SELECT min(time) FROM counts WHERE step = 0 AND dimension = $1) RETURNING time",
        NULL, "ii", "i"};
    for (int i = 0; i < WB_DIMENSIONS; i++)
        if (!wb_find_one(sweep->store, &sql, (struct wb_cell[]){WB_INT(i), WB_INT(before)},
                         take_key, sweep, status))
            return false;
    return true;
}

static bool take_expired(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct sweep *sweep = own;
    struct wb_audit_entry entry = {.address = row[0].i,
                                   .who = WB_S("policy"),
                                   .action = WB_S("expire"),
                                   .before = WB_ADDRESS_SUPPRESSED,
                                   .after = WB_ADDRESS_PROBATION};
    struct wb_transition transition = {.address = row[1].s,
                                       .who = entry.who,
                                       .action = entry.action,
                                       .before = WB_ADDRESS_SUPPRESSED,
                                       .after = WB_ADDRESS_PROBATION,
                                       .at = row[2].i};
    const struct wb_teller *teller = sweep->store->teller;
    wb_audit_put(sweep->store, &sweep->rows, &entry);
    if (teller)
        teller->transition(teller, sweep->store, &transition);
    sweep->gone++;
    return true;
}

/* Suppressions that ran out have long counted as probations; now the tables say so, too. */
static bool sweep_expired(struct sweep *sweep, int64_t before, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "UPDATE addresses SET state = 3, since = until, until = 0 WHERE id IN (SELECT id"
        " FROM addresses WHERE state = 2 AND until > 0 AND until <= $1 LIMIT $2)"
        " RETURNING id, address, since",
        NULL, "ii", "iti"};
    struct wb_cell cells[] = {WB_INT(before), WB_INT(WB_MAX_STORE_PIECE)};
    return wb_find_one(sweep->store, &sql, cells, take_expired, sweep, status) &&
           wb_audit_write(sweep->store, &sweep->rows, status);
}

typedef bool (*sweeper)(struct sweep *sweep, int64_t before, struct wb_status *status);

/* Batch by batch until one finds nothing; each lets others write in between. */
static bool sweep_all(struct wb_store *store, sweeper sweep_some, int64_t before, uint64_t *rows,
                      struct wb_status *status)
{
    struct sweep sweep = {.store = store};
    bool ok;
    do {
        sweep.gone = 0;
        wb_rows_clear(&sweep.rows);
        ok = wb_store_begin(store, status);
        if (!ok)
            break;
        ok =
            sweep_some(&sweep, before, status) ? wb_store_commit(store, status) : wb_give_up(store);
        if (ok && rows)
            *rows += sweep.gone;
    } while (ok && sweep.gone);
    wb_buf_free(&sweep.rows.cells);
    return ok;
}

bool wb_store_retain(struct wb_store *store, unsigned raw_days, unsigned days, uint64_t *rows,
                     struct wb_status *status)
{
    int64_t now = time(NULL);
    int64_t raw_before = now - (int64_t)raw_days * WB_DAY, before = now - (int64_t)days * WB_DAY;
    *rows = 0;
    if (raw_days && !sweep_all(store, sweep_mails, raw_before, rows, status))
        return false;
    if (days && (!sweep_all(store, sweep_mails, before, rows, status) ||
                 !sweep_all(store, sweep_reports, before, rows, status) ||
                 !sweep_all(store, sweep_rest, before, NULL, status)))
        return false;
    int64_t hours = now - (int64_t)WB_MAX_STORE_HOURS * WB_HOUR;
    return sweep_all(store, sweep_hours, hours, NULL, status) &&
           sweep_all(store, sweep_expired, now, NULL, status);
}

static bool take_number(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    *(uint64_t *)own = (uint64_t)row[0].i;
    return true;
}

/* days 0: none of them. */
static bool count_older(struct wb_store *store, const struct wb_sql *sql, unsigned days,
                        uint64_t *out, struct wb_status *status)
{
    int64_t before = wb_report_key(time(NULL) - (int64_t)days * WB_DAY, 0);
    *out = 0;
    return !days ||
           wb_find_one(store, sql, (struct wb_cell[]){WB_INT(before)}, take_number, out, status);
}

bool wb_store_outdated(struct wb_store *store, unsigned raw_days, unsigned days,
                       uint64_t *mails_out, uint64_t *reports_out, struct wb_status *status)
{
    static const struct wb_sql mails = {"SELECT count(*) FROM mails WHERE id < $1", NULL, "i", "i"};
    static const struct wb_sql reports = {"SELECT count(*) FROM reports WHERE id < $1", NULL, "i",
                                          "i"};
    unsigned mail_days = raw_days && (!days || raw_days < days) ? raw_days : days;
    return count_older(store, &mails, mail_days, mails_out, status) &&
           count_older(store, &reports, days, reports_out, status);
}

bool wb_store_backup(struct wb_store *store, const char *path, struct wb_status *status)
{
    return store->driver->backup(store->db, path, status);
}

/* ---- all mails ---- */

struct reading {
    struct wb_store *store;
    wb_mail_callback callback;
    void *own;
    struct wb_buf raw;
    bool is_damaged;
};

static bool show(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct reading *reading = own;
    wb_buf_clear(&reading->raw);
    if (!wb_unpack_mail(reading->store->packer, row[2].s, &reading->raw)) {
        reading->is_damaged = true;
        return false;
    }
    struct wb_mail_row out = {wb_buf_slice(&reading->raw), row[1].s, wb_key_time(row[0].i)};
    return reading->callback(reading->own, &out, (struct wb_cursor){out.received, row[0].i});
}

bool wb_store_mails(struct wb_store *store, struct wb_cursor after, unsigned limit,
                    wb_mail_callback callback, void *own, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT mails.id, names.text, raw FROM mails LEFT JOIN names ON names.id = source"
        " WHERE mails.id > $1 ORDER BY mails.id LIMIT $2",
        NULL, "ii", "itb"};
    struct reading reading = {.store = store, .callback = callback, .own = own};
    struct wb_cell cells[] = {WB_INT(after.id ? after.id : -1), WB_INT(limit)};
    bool ok = wb_find_one(store, &sql, cells, show, &reading, status);
    wb_buf_free(&reading.raw);
    return ok && (!reading.is_damaged ||
                  wb_trouble(status, "the store is damaged: a mail cannot be unpacked"));
}
