/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notices come with the batch of what they tell of: they are gathered in memory and written by its
 * commit, as the roll-ups are. One that is delivered is deleted at once, so that the table holds
 * only what is still to be done, and what was given up.
 */
#include "store_notice.h"

#include "check.h"
#include "limit.h"
#include "store_int.h"

enum { COLUMNS_PUT = 6, LONGEST_ABOUT = 512, LONGEST_ERROR = 300, TOLD_DAYS = 30 };

/* ---- telling ---- */

void wb_store_tell(struct wb_store *store, const struct wb_teller *teller)
{
    store->teller = teller;
}

void wb_notice_put(struct wb_store *store, const struct wb_notice *notice)
{
    struct wb_rows *rows = &store->notices;
    struct wb_room *room = &store->notice_room;
    WB_CHECK(store->writing);
    wb_rows_text(rows, wb_clean_text(room, notice->endpoint, WB_MAX_STORED_NAME));
    wb_rows_text(rows, wb_room_copy(room, wb_slice((const char *)notice->message, WB_NOTICE_ID)));
    wb_rows_text(rows, wb_clean_text(room, notice->kind, WB_MAX_STORED_NAME));
    wb_rows_text(rows, wb_clean_text(room, notice->about, LONGEST_ABOUT));
    wb_rows_int(rows, notice->at);
    wb_rows_text(rows, wb_clean_text(room, notice->body, WB_MAX_STORED_BYTES));
}

void wb_notices_clear(struct wb_store *store)
{
    wb_rows_clear(&store->notices);
    wb_room_reset(&store->notice_room);
}

bool wb_notices_write(struct wb_store *store, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "INSERT INTO notices (endpoint, message, kind, about, at, since, due, body)"
        " VALUES ($1, $2, $3, $4, $5, $5, $5, $6)",
        "INSERT INTO notices (endpoint, message, kind, about, at, since, due, body)"
        " SELECT endpoint, message, kind, about, at, at, at, body FROM unnest($1::text[],"
        " $2::bytea[], $3::text[], $4::text[], $5::bigint[], $6::text[])"
        " k(endpoint, message, kind, about, at, body)",
        "tbttit", ""};
    bool ok = store->notices.cells.n == 0 ||
              store->driver->run(store->db, &sql, &store->notices, NULL, status);
    wb_notices_clear(store);
    return ok;
}

bool wb_notices_flush(struct wb_store *store, struct wb_status *status)
{
    size_t n = store->notices.cells.n / sizeof(struct wb_cell);
    return n < (size_t)COLUMNS_PUT * WB_MAX_STORE_PIECE || wb_notices_write(store, status);
}

bool wb_store_told(struct wb_store *store, struct wb_slice subject, int64_t from, int64_t now,
                   bool *is_new_out, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "INSERT INTO told (subject, at) VALUES ($1, $3) ON CONFLICT (subject)"
        " DO UPDATE SET at = excluded.at WHERE told.at < $2 RETURNING at",
        NULL, "tii", "i"};
    int64_t at = 0;
    WB_CHECK(store->writing);
    wb_room_reset(&store->room);
    struct wb_cell cells[] = {WB_TEXT(wb_clean_text(&store->room, subject, WB_MAX_STORED_REASON)),
                              WB_INT(from), WB_INT(now)};
    if (!wb_find_one(store, &sql, cells, wb_take_number, &at, status))
        return wb_give_up(store);
    *is_new_out = at != 0;
    return true;
}

bool wb_store_told_at(struct wb_store *store, struct wb_slice subject, int64_t *at_out,
                      struct wb_status *status)
{
    static const struct wb_sql sql = {"SELECT at FROM told WHERE subject = $1", NULL, "t", "i"};
    *at_out = 0;
    return wb_find_one(store, &sql, (struct wb_cell[]){WB_TEXT(subject)}, wb_take_number, at_out,
                       status);
}

/* ---- rows ---- */

#define COLUMNS                                                                                    \
    "SELECT id, endpoint, message, kind, about, at, since, dead, tries, error, body FROM notices "
#define TYPES "itbttiiiitt"

struct reading {
    wb_notice_callback callback;
    void *own;
    unsigned left;         /* rows for which there is room */
    struct wb_cursor last; /* that was shown */
    bool is_cut;
};

static bool show(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct reading *reading = own;
    reading->is_cut = reading->left == 0;
    if (reading->is_cut)
        return false;
    struct wb_notice_row out = {.notice = {.endpoint = row[1].s,
                                           .kind = row[3].s,
                                           .about = row[4].s,
                                           .body = row[10].s,
                                           .at = row[5].i},
                                .id = row[0].i,
                                .since = row[6].i,
                                .dead = row[7].i,
                                .tries = (unsigned)row[8].i,
                                .error = row[9].s};
    if (row[2].s.n == WB_NOTICE_ID)
        memcpy(out.notice.message, row[2].s.p, WB_NOTICE_ID);
    reading->left--;
    reading->last = (struct wb_cursor){out.dead, out.id};
    return reading->callback(reading->own, &out, reading->last);
}

bool wb_store_notices_due(struct wb_store *store, struct wb_slice endpoint, int64_t now,
                          unsigned limit, wb_notice_callback callback, void *own,
                          struct wb_status *status)
{
    static const struct wb_sql sql = {
        COLUMNS "WHERE endpoint = $1 AND due <= $2 AND dead = 0 ORDER BY due, id LIMIT $3", NULL,
        "tii", TYPES};
    struct reading reading = {.callback = callback, .own = own, .left = limit};
    struct wb_cell cells[] = {WB_TEXT(endpoint), WB_INT(now), WB_INT(limit)};
    return wb_find_one(store, &sql, cells, show, &reading, status);
}

bool wb_store_notices_dead(struct wb_store *store, struct wb_cursor after, unsigned limit,
                           wb_notice_callback callback, void *own, struct wb_cursor *next_out,
                           struct wb_status *status)
{
    static const struct wb_sql sql = {
        COLUMNS "WHERE (dead, id) < ($1, $2) AND dead <> 0 ORDER BY dead DESC, id DESC LIMIT $3",
        NULL, "iii", TYPES};
    struct reading reading = {.callback = callback, .own = own, .left = limit};
    struct wb_cell cells[] = {WB_INT(after.id ? after.at : INT64_MAX),
                              WB_INT(after.id ? after.id : INT64_MAX), WB_INT((int64_t)limit + 1)};
    if (!wb_find_one(store, &sql, cells, show, &reading, status))
        return false;
    *next_out = reading.is_cut ? reading.last : (struct wb_cursor){0};
    return true;
}

/* ---- tries ---- */

static bool note_try(struct wb_store *store, const struct wb_notice_try *one,
                     struct wb_status *status)
{
    static const struct wb_sql done = {
        "DELETE FROM notices WHERE id = $1 AND message = $2 RETURNING id", NULL, "ib", "i"};
    static const struct wb_sql failed = {
        "UPDATE notices SET tries = tries + 1, due = $3, dead = $4, error = $5"
        " WHERE id = $1 AND message = $2 AND dead = 0 RETURNING id",
        NULL, "ibiit", "i"};
    static const struct wb_sql delivery = {
        "INSERT INTO endpoints (name, delivered, last_delivery, last_failure, error)"
        " VALUES ($1, 1, $2, 0, '') ON CONFLICT (name) DO UPDATE SET"
        " delivered = endpoints.delivered + 1, last_delivery = excluded.last_delivery",
        NULL, "ti", ""};
    static const struct wb_sql failure = {
        "INSERT INTO endpoints (name, delivered, last_delivery, last_failure, error)"
        " VALUES ($1, 0, 0, $2, $3) ON CONFLICT (name) DO UPDATE SET"
        " last_failure = excluded.last_failure, error = excluded.error",
        NULL, "tit", ""};
    struct wb_slice error = wb_clean_text(&store->room, one->error, LONGEST_ERROR);
    struct wb_cell notice[] = {WB_INT(one->id),
                               WB_TEXT(wb_slice((const char *)one->message, WB_NOTICE_ID)),
                               WB_INT(one->due), WB_INT(one->due ? 0 : one->at), WB_TEXT(error)};
    struct wb_cell endpoint[] = {
        WB_TEXT(wb_clean_text(&store->room, one->endpoint, WB_MAX_STORED_NAME)), WB_INT(one->at),
        WB_TEXT(error)};
    int64_t id = 0;
    return wb_find_one(store, error.n ? &failed : &done, notice, wb_take_number, &id, status) &&
           (!id || wb_run_one(store, error.n ? &failure : &delivery, endpoint, status));
}

bool wb_store_notice_tried(struct wb_store *store, const struct wb_notice_try *tries, size_t n,
                           struct wb_status *status)
{
    WB_CHECK(store->writing);
    wb_room_reset(&store->room);
    for (size_t i = 0; i < n; i++)
        if (!note_try(store, tries + i, status))
            return wb_give_up(store);
    return true;
}

bool wb_store_notice_resend(struct wb_store *store, int64_t id, int64_t now, bool *found,
                            struct wb_status *status)
{
    static const struct wb_sql sql = {"UPDATE notices SET dead = 0, tries = 0, since = $2, due = $2"
                                      " WHERE id = $1 AND dead <> 0 RETURNING id",
                                      NULL, "ii", "i"};
    int64_t changed = 0;
    WB_CHECK(store->writing);
    if (!wb_find_one(store, &sql, (struct wb_cell[]){WB_INT(id), WB_INT(now)}, wb_take_number,
                     &changed, status))
        return wb_give_up(store);
    *found = changed != 0;
    return true;
}

/* ---- looking after it ---- */

struct looking {
    wb_endpoint_callback callback;
    void *own;
};

static bool show_endpoint(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    const struct looking *looking = own;
    struct wb_endpoint_row out = {.name = row[0].s,
                                  .waiting = (uint64_t)row[1].i,
                                  .dead = (uint64_t)row[2].i,
                                  .delivered = (uint64_t)row[3].i,
                                  .last_delivery = row[4].i,
                                  .last_failure = row[5].i,
                                  .error = row[6].s};
    return looking->callback(looking->own, &out);
}

/* The queue is counted in its indexes: no text is looked at. */
bool wb_store_endpoints(struct wb_store *store, wb_endpoint_callback callback, void *own,
                        struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT n.name, coalesce(w.n, 0), coalesce(d.n, 0), coalesce(e.delivered, 0),"
        " coalesce(e.last_delivery, 0), coalesce(e.last_failure, 0), coalesce(e.error, '')"
        " FROM (SELECT name FROM endpoints UNION SELECT endpoint FROM notices WHERE dead = 0"
        " UNION SELECT endpoint FROM notices WHERE dead <> 0) n"
        " LEFT JOIN endpoints e ON e.name = n.name"
        " LEFT JOIN (SELECT endpoint, count(*) AS n FROM notices WHERE dead = 0 GROUP BY endpoint)"
        " w ON w.endpoint = n.name"
        " LEFT JOIN (SELECT endpoint, count(*) AS n FROM notices WHERE dead <> 0 GROUP BY endpoint)"
        " d ON d.endpoint = n.name ORDER BY n.name",
        NULL, "", "tiiiiit"};
    struct looking looking = {callback, own};
    return wb_find_one(store, &sql, NULL, show_endpoint, &looking, status);
}

static bool count_row(void *own, size_t key, const struct wb_cell *row)
{
    (void)key, (void)row;
    ++*(unsigned *)own;
    return true;
}

/* As often as there is something left, a batch each: others write in between. */
static bool in_batches(struct wb_store *store, const struct wb_sql *sql,
                       const struct wb_cell *cells, struct wb_status *status)
{
    unsigned n = WB_MAX_STORE_PIECE;
    while (n == WB_MAX_STORE_PIECE) {
        n = 0;
        if (!wb_store_begin(store, status))
            return false;
        if (!wb_find_one(store, sql, cells, count_row, &n, status))
            return wb_give_up(store);
        if (!wb_store_commit(store, status))
            return false;
    }
    return true;
}

bool wb_store_notices_retain(struct wb_store *store, int64_t waiting, int64_t dead, int64_t now,
                             struct wb_status *status)
{
    static const struct wb_sql give_up = {
        "UPDATE notices SET dead = $2, error = CASE WHEN error = '' THEN 'it waited too long'"
        " ELSE error END WHERE id IN"
        " (SELECT id FROM notices WHERE dead = 0 AND since < $1 LIMIT $3) RETURNING id",
        NULL, "iii", "i"};
    static const struct wb_sql drop = {
        "DELETE FROM notices WHERE id IN"
        " (SELECT id FROM notices WHERE dead <> 0 AND dead < $1 ORDER BY dead LIMIT $3)"
        " AND $2 > 0 RETURNING id",
        NULL, "iii", "i"};
    static const struct wb_sql told = {
        "DELETE FROM told WHERE subject IN (SELECT subject FROM told WHERE at < $1 LIMIT $3)"
        " AND $2 > 0 RETURNING at",
        NULL, "iii", "i"};
    struct wb_cell cells[] = {WB_INT(waiting), WB_INT(now), WB_INT(WB_MAX_STORE_PIECE)};
    if (!in_batches(store, &give_up, cells, status))
        return false;
    cells[0] = WB_INT(dead);
    if (!in_batches(store, &drop, cells, status))
        return false;
    cells[0] = WB_INT(now - (int64_t)TOLD_DAYS * WB_DAY);
    return in_batches(store, &told, cells, status);
}
