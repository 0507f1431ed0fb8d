/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of addresses: pages, look-ups, and changes by hand. */
#include <time.h>

#include "check.h"
#include "events.h"
#include "judge.h"
#include "store_address.h"
#include "store_notice.h"
#include "vocab.h"

/* ids of kinds that are failures are numbers of a closed vocabulary: vocab.h */
#define COLUMNS                                                                                    \
    " a.id, a.address, a.state, a.since, a.until, a.pauses, a.delivered, names.text, a.why,"       \
    " (SELECT count(*) FROM strikes WHERE strikes.address = a.id),"                                \
    " (SELECT id FROM reports WHERE reports.address = a.id AND kind IN (1, 2)"                     \
    " ORDER BY id DESC LIMIT 1) "
#define TYPES "itiiiiittii"
enum { ID, ADDRESS, STATE, SINCE, UNTIL, PAUSES, DELIVERED, CAUSE, WHY, STRIKES, LAST };
_Static_assert(WB_KIND_BOUNCE == 1 && WB_KIND_DELAY == 2, "COLUMNS knows them by number");

enum { MOST_PAUSES = 50000 /* that are counted: the last ones; older ones have run out */ };

struct page {
    wb_address_callback callback;
    void *own;
    int64_t now;
    int state;
    struct wb_slice begins; /* the address, or with "@" its domain */
    unsigned limit, shown, looked;
    struct wb_cursor last;
    bool by_state, stopped;
    bool is_cut; /* a row came for which this page has no room */
};

static struct wb_address_row as_row(const struct wb_cell *cells, int64_t now)
{
    const struct wb_history h = {.state = (enum wb_address_state)cells[STATE].i,
                                 .since = cells[SINCE].i,
                                 .until = cells[UNTIL].i};
    struct wb_address_row row = {
        .address = cells[ADDRESS].s,
        .state = wb_history_state(&h, now),
        .since = h.since,
        .until = h.until,
        .strikes = (unsigned)cells[STRIKES].i,
        .pauses = (unsigned)cells[PAUSES].i,
        .last_failure = wb_key_time(cells[LAST].i),
        .last_delivery = cells[DELIVERED].i,
        .cause = cells[CAUSE].s,
        .why = cells[WHY].s,
    };
    if (row.state != h.state) {
        row.since = h.until;
        row.until = 0;
    }
    return row;
}

static bool begins(struct wb_slice address, struct wb_slice begin)
{
    if (!wb_slice_starts(begin, WB_S("@")))
        return wb_slice_starts(address, begin);
    size_t at = address.n;
    while (at && address.p[at - 1] != '@')
        at--;
    return at && wb_slice_starts(wb_slice_from(address, at - 1), begin);
}

static bool show(void *own, size_t key, const struct wb_cell *cells)
{
    (void)key;
    struct page *page = own;
    page->is_cut = page->shown == page->limit;
    if (page->is_cut)
        return false;
    struct wb_address_row row = as_row(cells, page->now);
    page->looked++;
    page->last = (struct wb_cursor){page->by_state ? cells[SINCE].i : 0, cells[ID].i};
    if ((page->state >= 0 && row.state != (enum wb_address_state)page->state) ||
        !begins(row.address, page->begins))
        return true;
    page->shown++;
    page->stopped = !page->callback(page->own, &row, page->last);
    return !page->stopped;
}

/* $1, $2: where the last page ended, $3: rows, $4: what the way needs */
static const struct wb_sql by_state = {
    "SELECT" COLUMNS "FROM addresses a LEFT JOIN names ON names.id = a.cause"
    " WHERE a.state = $4 AND a.state <> 0 AND (a.since, a.id) < ($1, $2)"
    " ORDER BY a.since DESC, a.id DESC LIMIT $3",
    NULL, "iiii", TYPES};
static const struct wb_sql by_age = {"SELECT" COLUMNS
                                     "FROM addresses a LEFT JOIN names ON names.id = a.cause"
                                     " WHERE a.id < $2 AND $1 > 0 ORDER BY a.id DESC LIMIT $3",
                                     NULL, "iii", TYPES};
static const struct wb_sql by_text = {
    "SELECT" COLUMNS "FROM addresses a LEFT JOIN names ON names.id = a.cause"
    " WHERE a.address >= $4 AND a.address < $5 AND $1 > 0 AND"
    " a.address > coalesce((SELECT address FROM addresses WHERE id = $2), '')"
    " ORDER BY a.address LIMIT $3",
    NULL, "iiitt", TYPES};

/* As with reports (events.c): bites that grow until the page is full or enough is looked at. */
static bool walk(struct wb_store *store, const struct wb_sql *sql, struct page *page,
                 struct wb_cell *cells, bool *end, struct wb_status *status)
{
    unsigned looked = 0, bite = page->limit + 1;
    *end = false;
    while (looked < WB_MAX_STORE_LOOK) {
        page->looked = 0;
        cells[2] = WB_INT(bite);
        if (!wb_find_one(store, sql, cells, show, page, status))
            return false;
        *end = page->looked < bite && !page->stopped && !page->is_cut;
        if (*end || page->stopped || page->shown == page->limit)
            return true;
        looked += page->looked;
        cells[0] = WB_INT(page->by_state ? page->last.at : INT64_MAX);
        cells[1] = WB_INT(page->last.id);
        unsigned left = looked < WB_MAX_STORE_LOOK ? WB_MAX_STORE_LOOK - looked : 0;
        bite = bite * 4 < left ? bite * 4 : left;
    }
    return true;
}

bool wb_store_addresses(struct wb_store *store, int state, struct wb_slice words,
                        struct wb_cursor after, unsigned limit, wb_address_callback callback,
                        void *own, struct wb_cursor *next_out, struct wb_status *status)
{
    wb_room_reset(&store->room);
    struct page page = {.callback = callback,
                        .own = own,
                        .now = time(NULL),
                        .state = state,
                        .begins = wb_plain_address(&store->room, words, NULL),
                        .limit = limit,
                        .by_state = state > WB_ADDRESS_OK};
    bool by_words = page.begins.n && page.begins.p[0] != '@' && !page.by_state, end = true;
    const struct wb_sql *sql = page.by_state ? &by_state : by_words ? &by_text : &by_age;
    int64_t id = after.id ? after.id : by_words ? 0 : INT64_MAX;
    struct wb_buf last = {0}; /* behind all that begin so: no byte of UTF-8 is 0xff */
    wb_buf_put(&last, page.begins);
    wb_buf_lit(&last, "\xf4\x8f\xbf\xbf");
    struct wb_cell cells[] = {WB_INT(after.id && page.by_state ? after.at : INT64_MAX), WB_INT(id),
                              WB_INT(0), by_words ? WB_TEXT(page.begins) : WB_INT(state),
                              WB_TEXT(wb_buf_slice(&last))};
    *next_out = (struct wb_cursor){0};
    bool ok = limit == 0 || walk(store, sql, &page, cells, &end, status);
    if (ok && !end)
        *next_out = page.last;
    wb_buf_free(&last);
    return ok;
}

static bool take_count(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    *(uint64_t *)own = (uint64_t)row[0].i;
    return true;
}

/*
 * What is suppressed is counted in the index alone; those that have run out are in it until the
 * service keeps house next. A pause that has run out stays, so the row must be looked at.
 */
bool wb_store_address_counts(struct wb_store *store, uint64_t *suppressed_out, uint64_t *paused_out,
                             struct wb_status *status)
{
    static const struct wb_sql suppressed = {
        "SELECT count(*) FROM addresses WHERE state = 2 AND state <> 0", NULL, "", "i"};
    static const struct wb_sql paused = {
        "SELECT count(*) FROM (SELECT until FROM addresses WHERE state = 1 AND state <> 0"
        " ORDER BY since DESC, id DESC LIMIT $2) last WHERE until = 0 OR until > $1",
        NULL, "ii", "i"};
    _Static_assert(WB_ADDRESS_PAUSED == 1 && WB_ADDRESS_SUPPRESSED == 2, "known by number");
    struct wb_cell cells[] = {WB_INT(time(NULL)), WB_INT(MOST_PAUSES)};
    return wb_find_one(store, &suppressed, NULL, take_count, suppressed_out, status) &&
           wb_find_one(store, &paused, cells, take_count, paused_out, status);
}

bool wb_store_lookup(struct wb_store *store, const struct wb_slice *addresses, size_t n,
                     wb_address_callback callback, void *own, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT" COLUMNS "FROM addresses a LEFT JOIN names ON names.id = a.cause"
        " WHERE a.address = $1",
        "SELECT k.n," COLUMNS "FROM unnest($1::text[]) WITH ORDINALITY k(address, n)"
        " JOIN addresses a USING (address) LEFT JOIN names ON names.id = a.cause",
        "t", TYPES};
    struct page page = {
        .callback = callback, .own = own, .now = time(NULL), .state = -1, .limit = UINT32_MAX};
    struct wb_rows rows = {0};
    wb_room_reset(&store->room);
    for (size_t i = 0; i < n; i++)
        wb_rows_text(&rows, wb_plain_address(&store->room, addresses[i], NULL));
    bool ok = store->driver->find(store->db, &sql, &rows, show, &page, status);
    wb_buf_free(&rows.cells);
    return ok;
}

bool wb_store_suppressed(struct wb_store *store, int64_t since, uint64_t *n_out,
                         struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT count(*) FROM addresses WHERE state = 2 AND state <> 0 AND since >= $1", NULL, "i",
        "i"};
    return wb_find_one(store, &sql, (struct wb_cell[]){WB_INT(since)}, take_count, n_out, status);
}

/* ---- strikes ---- */

struct strikes {
    wb_strike_callback callback;
    void *own;
};

static bool show_strike(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    const struct strikes *strikes = own;
    char hex[32];
    struct wb_strike_row out = {row[0].i, row[1].s, wb_id_hex(row[2].s, hex)};
    return strikes->callback(strikes->own, &out);
}

bool wb_store_strikes(struct wb_store *store, struct wb_slice address, wb_strike_callback callback,
                      void *own, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT at, text, report_id FROM strikes LEFT JOIN names ON names.id = strikes.cause"
        " WHERE address = $1 ORDER BY day DESC",
        NULL, "i", "itb"};
    struct strikes strikes = {callback, own};
    int64_t id = 0;
    wb_room_reset(&store->room);
    return wb_address_number(store, address, &id, status) &&
           wb_find_one(store, &sql, (struct wb_cell[]){WB_INT(id)}, show_strike, &strikes, status);
}

/* ---- changes by hand ---- */

static bool make_address(struct wb_store *store, struct wb_slice address, int64_t *id,
                         struct wb_status *status)
{
    static const struct wb_sql sql = {"INSERT INTO addresses (id, address) VALUES ($1, $2)", NULL,
                                      "it", ""};
    struct wb_slice plain = wb_plain_address(&store->room, address, NULL);
    if (!plain.n)
        return wb_trouble(status, "an address is missing");
    if (!wb_address_number(store, address, id, status))
        return false;
    if (*id)
        return true;
    *id = store->next[WB_NEXT_ADDRESS]++;
    return wb_run_one(store, &sql, (struct wb_cell[]){WB_INT(*id), WB_TEXT(plain)}, status);
}

static bool write_state(struct wb_store *store, int64_t id, enum wb_address_state state,
                        int64_t until, struct wb_slice why, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "UPDATE addresses SET state = $2, since = $3, until = $4, cause = NULL, why = $5,"
        " pauses = CASE WHEN $2 = 0 THEN 0 ELSE pauses END WHERE id = $1",
        NULL, "iiiit", ""};
    struct wb_cell cells[] = {WB_INT(id), WB_INT((int64_t)state), WB_INT(time(NULL)), WB_INT(until),
                              WB_TEXT(why)};
    return wb_run_one(store, &sql, cells, status);
}

static bool set_state(struct wb_store *store, struct wb_slice address, enum wb_address_state state,
                      int64_t until, struct wb_slice who, struct wb_slice reason,
                      struct wb_status *status)
{
    struct wb_history *history = wb_room_take(&store->room, sizeof *history);
    struct wb_rows rows = {0};
    int64_t id = 0, now = time(NULL);
    memset(history, 0, sizeof *history);
    if (!make_address(store, address, &id, status) ||
        !wb_histories_read(store, &id, &history, 1, status))
        return false;
    struct wb_audit_entry entry = {
        .address = id,
        .who = wb_clean_text(&store->room, who, WB_MAX_STORED_NAME),
        .action = WB_S("state"),
        .why = wb_clean_text(&store->room, reason, WB_MAX_STORED_REASON),
        .before = (int)wb_history_state(history, now),
        .after = (int)state,
    };
    wb_audit_put(store, &rows, &entry);
    struct wb_transition transition = {.address = wb_plain_address(&store->room, address, NULL),
                                       .who = entry.who,
                                       .action = entry.action,
                                       .why = entry.why,
                                       .before = wb_history_state(history, now),
                                       .after = state,
                                       .at = now,
                                       .until = until};
    if (store->teller && transition.before != state)
        store->teller->transition(store->teller, store, &transition);
    bool ok = write_state(store, id, state, until, entry.why, status) &&
              wb_audit_write(store, &rows, status);
    wb_buf_free(&rows.cells);
    return ok;
}

bool wb_store_set_state(struct wb_store *store, struct wb_slice address,
                        enum wb_address_state state, int64_t until, struct wb_slice who,
                        struct wb_slice reason, struct wb_status *status)
{
    WB_CHECK(store->writing && state < WB_ADDRESS_STATES);
    wb_room_reset(&store->room);
    return (set_state(store, address, state, until, who, reason, status) &&
            wb_notices_flush(store, status)) ||
           wb_give_up(store);
}

bool wb_store_release(struct wb_store *store, struct wb_slice address, struct wb_slice who,
                      struct wb_slice reason, bool *found, struct wb_status *status)
{
    int64_t id = 0;
    WB_CHECK(store->writing);
    wb_room_reset(&store->room);
    struct wb_history *history = wb_room_take(&store->room, sizeof *history);
    memset(history, 0, sizeof *history);
    if (!wb_address_number(store, address, &id, status) ||
        (id && !wb_histories_read(store, &id, &history, 1, status)))
        return wb_give_up(store);
    enum wb_address_state state = wb_history_state(history, time(NULL));
    *found = state == WB_ADDRESS_SUPPRESSED || state == WB_ADDRESS_PAUSED;
    return !*found ||
           wb_store_set_state(store, address, WB_ADDRESS_PROBATION, 0, who, reason, status);
}

bool wb_store_delivered(struct wb_store *store, struct wb_slice address, int64_t at,
                        struct wb_status *status)
{
    struct wb_case one = {.at = at};
    WB_CHECK(store->writing);
    wb_room_reset(&store->room);
    one.name = wb_plain_address(&store->room, address, NULL);
    if (!wb_address_number(store, address, &one.address, status))
        return wb_give_up(store);
    return one.address == 0 || wb_judge(store, NULL, &one, 1, status) || wb_give_up(store);
}
