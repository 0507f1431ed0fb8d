/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "judge.h"
#include "store_notice.h"

/* An address with cases. */
struct judged {
    int64_t id;
    struct wb_history history;
    const struct wb_record *last; /* that changed the state; NULL: a delivery did */
    bool is_new, is_changed, is_delivered, is_other_state;
};

struct court {
    struct wb_store *store;
    struct wb_map places; /* id of the address -> its place */
    struct judged **judged;
    size_t n;
    struct wb_rows rows, audit;
};

/* ---- reading ---- */

static bool set_state(void *own, size_t key, const struct wb_cell *row)
{
    struct wb_history *h = ((struct wb_history **)own)[key];
    h->state = (enum wb_address_state)row[0].i;
    h->since = row[1].i;
    h->until = row[2].i;
    h->pauses = (unsigned)row[3].i;
    h->delivered = row[4].i;
    return true;
}

static bool add_strike(void *own, size_t key, const struct wb_cell *row)
{
    struct wb_history *h = ((struct wb_history **)own)[key];
    if (h->n == WB_MAX_STORED_STRIKES) /* these are in the order of time: the first goes */
        memmove(h->strikes, h->strikes + 1, --h->n * sizeof *h->strikes);
    struct wb_strike *strike = h->strikes + h->n++;
    *strike = (struct wb_strike){.at = row[0].i,
                                 .failure = row[1].i,
                                 .clear = row[2].i != 0,
                                 .cause = wb_cause_that_counts(row[3].s)};
    if (row[4].s.n == sizeof strike->report_id)
        memcpy(strike->report_id, row[4].s.p, row[4].s.n);
    return true;
}

bool wb_histories_read(struct wb_store *store, const int64_t *ids, struct wb_history **histories,
                       size_t n, struct wb_status *status)
{
    static const struct wb_sql states = {
        "SELECT state, since, until, pauses, delivered FROM addresses WHERE id = $1",
        "SELECT k.n, state, since, until, pauses, delivered"
        " FROM unnest($1::bigint[]) WITH ORDINALITY k(id, n) JOIN addresses USING (id)",
        "i", "iiiii"};
    static const struct wb_sql strikes = {
        "SELECT at, failure, clear, text, report_id FROM strikes LEFT JOIN names"
        " ON names.id = strikes.cause WHERE address = $1 ORDER BY day",
        "SELECT k.n, at, failure, clear, text, report_id"
        " FROM unnest($1::bigint[]) WITH ORDINALITY k(address, n) JOIN strikes USING (address)"
        " LEFT JOIN names ON names.id = strikes.cause ORDER BY address, day",
        "i", "iiitb"};
    struct wb_rows rows = {0};
    for (size_t i = 0; i < n; i++)
        wb_rows_int(&rows, ids[i]);
    bool ok = store->driver->find(store->db, &states, &rows, set_state, histories, status) &&
              store->driver->find(store->db, &strikes, &rows, add_strike, histories, status);
    wb_buf_free(&rows.cells);
    return ok;
}

/* ---- deciding ---- */

static struct judged *judged_of(struct court *court, int64_t address, bool is_unknown)
{
    bool is_new;
    struct wb_slice key = wb_slice((const char *)&address, sizeof address);
    struct wb_map_row *row = wb_map_put(&court->places, key, (int64_t)court->n, &is_new);
    if (is_new) {
        struct judged *judged = wb_room_take(&court->store->room, sizeof *judged);
        memset(judged, 0, offsetof(struct judged, history.strikes)); /* the rest by history.n */
        judged->id = address;
        judged->is_new = is_unknown;
        judged->last = NULL;
        judged->is_changed = judged->is_delivered = judged->is_other_state = false;
        court->judged[court->n++] = judged;
    }
    return court->judged[row->value];
}

static bool read_all(struct court *court, const struct wb_case *cases, size_t n,
                     struct wb_status *status)
{
    struct wb_room *room = &court->store->room;
    court->judged = wb_room_take(room, n * sizeof(void *));
    for (size_t i = 0; i < n; i++)
        judged_of(court, cases[i].address, cases[i].is_new);
    int64_t *ids = wb_room_take(room, court->n * sizeof *ids);
    struct wb_history **histories = wb_room_take(room, court->n * sizeof(void *));
    size_t known = 0;
    for (size_t i = 0; i < court->n; i++) {
        if (court->judged[i]->is_new)
            continue;
        ids[known] = court->judged[i]->id;
        histories[known++] = &court->judged[i]->history;
    }
    return wb_histories_read(court->store, ids, histories, known, status);
}

static void note(struct court *court, const struct wb_case *one, enum wb_outcome outcome,
                 enum wb_address_state before, const struct wb_history *history)
{
    static const char *const actions[] = {"delivery", "strike", "pause", "suppress"};
    enum wb_address_state after = wb_history_state(history, one->at);
    struct wb_audit_entry entry = {
        .address = one->address,
        .who = WB_S("policy"),
        .action = wb_slice_str(actions[outcome]),
        .why = one->record ? one->record->report_id : WB_S("log"),
        .before = (int)before,
        .after = (int)after,
    };
    wb_audit_put(court->store, &court->audit, &entry);
    if (before == after)
        return;
    if (one->added)
        one->added->changes++;
    struct wb_transition transition = {.address = one->name,
                                       .who = entry.who,
                                       .action = entry.action,
                                       .why = entry.why,
                                       .before = before,
                                       .after = after,
                                       .at = one->at,
                                       .until = history->until,
                                       .record = one->record};
    if (court->store->teller)
        court->store->teller->transition(court->store->teller, court->store, &transition);
}

static void decide(struct court *court, const struct wb_policy *policy, const struct wb_case *one)
{
    struct judged *judged = judged_of(court, one->address, false);
    struct wb_history *history = &judged->history;
    enum wb_address_state before = wb_history_state(history, one->at);
    enum wb_outcome outcome = WB_OUTCOME_NOTHING;
    enum wb_address_state stored = history->state;
    bool is_delivery = !one->record || wb_policy_delivers(policy, one->record);
    if (is_delivery) {
        int64_t delivered = history->delivered;
        bool mattered = wb_history_deliver(history, one->at);
        judged->is_delivered |= history->delivered != delivered;
        judged->is_changed |= history->delivered != delivered;
        if (!mattered)
            return;
        judged->last = NULL;
    } else {
        outcome = wb_policy_decide(policy, history, one->record, one->at);
        if (outcome == WB_OUTCOME_NOTHING)
            return;
        judged->is_changed = true;
        if (outcome != WB_OUTCOME_STRIKE)
            judged->last = one->record;
    }
    judged->is_other_state |= history->state != stored || outcome > WB_OUTCOME_STRIKE;
    note(court, one, outcome, before, history);
}

/* ---- writing ---- */

static bool run(struct court *court, const struct wb_sql *sql, struct wb_status *status)
{
    struct wb_store *store = court->store;
    bool ok = store->driver->run(store->db, sql, &court->rows, NULL, status);
    wb_rows_clear(&court->rows);
    return ok;
}

static bool drop_strikes(struct court *court, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "DELETE FROM strikes WHERE address = $1 AND at <= $2",
        "DELETE FROM strikes USING unnest($1::bigint[], $2::bigint[]) k(address, at)"
        " WHERE strikes.address = k.address AND strikes.at <= k.at",
        "ii", ""};
    for (size_t i = 0; i < court->n; i++) {
        if (!court->judged[i]->is_delivered)
            continue;
        wb_rows_int(&court->rows, court->judged[i]->id);
        wb_rows_int(&court->rows, court->judged[i]->history.delivered);
    }
    return run(court, &sql, status);
}

static bool write_strikes(struct court *court, struct wb_status *status)
{
#define ON_CONFLICT                                                                                \
    " ON CONFLICT (address, day) DO UPDATE SET at = excluded.at, failure = excluded.failure,"      \
    " clear = excluded.clear, cause = excluded.cause, report_id = excluded.report_id"
    static const struct wb_sql sql = {
        "INSERT INTO strikes (address, day, at, failure, clear, cause, report_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)" ON_CONFLICT,
        "INSERT INTO strikes (address, day, at, failure, clear, cause, report_id)"
        " SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[],"
        " $5::bigint[], $6::bigint[], $7::bytea[])" ON_CONFLICT,
        "iiiiiib", ""};
#undef ON_CONFLICT
    for (size_t i = 0; i < court->n; i++) {
        const struct judged *judged = court->judged[i];
        for (size_t j = 0; j < judged->history.n; j++) {
            const struct wb_strike *strike = judged->history.strikes + j;
            if (!strike->is_new)
                continue;
            wb_rows_int(&court->rows, judged->id);
            wb_rows_int(&court->rows, strike->at / WB_DAY);
            wb_rows_int(&court->rows, strike->at);
            wb_rows_id(&court->rows, strike->failure);
            wb_rows_int(&court->rows, strike->clear);
            wb_rows_id(&court->rows, wb_name_id(court->store, strike->cause));
            wb_rows_text(&court->rows,
                         wb_slice((const char *)strike->report_id, sizeof strike->report_id));
        }
    }
    return run(court, &sql, status);
}

/* What the state stands on is only written with a state that changed. */
static bool write_states(struct court *court, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "UPDATE addresses SET state = $2, since = $3, until = $4, pauses = $5, delivered = $6,"
        " cause = CASE WHEN $7 THEN $8 ELSE cause END, why = CASE WHEN $7 THEN $9 ELSE why END"
        " WHERE id = $1",
        "UPDATE addresses SET state = k.state, since = k.since, until = k.until,"
        " pauses = k.pauses, delivered = k.delivered,"
        " cause = CASE WHEN k.named <> 0 THEN k.cause ELSE addresses.cause END,"
        " why = CASE WHEN k.named <> 0 THEN k.why ELSE addresses.why END"
        " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],"
        " $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])"
        " k(id, state, since, until, pauses, delivered, named, cause, why)"
        " WHERE addresses.id = k.id",
        "iiiiiiiit", ""};
    for (size_t i = 0; i < court->n; i++) {
        const struct judged *judged = court->judged[i];
        const struct wb_history *h = &judged->history;
        const struct wb_record *last = judged->last;
        if (!judged->is_changed)
            continue;
        wb_rows_int(&court->rows, judged->id);
        wb_rows_int(&court->rows, h->state);
        wb_rows_int(&court->rows, h->since);
        wb_rows_int(&court->rows, h->until);
        wb_rows_int(&court->rows, h->pauses);
        wb_rows_int(&court->rows, h->delivered);
        wb_rows_int(&court->rows, judged->is_other_state);
        wb_rows_id(&court->rows, last ? wb_name_id(court->store, last->cause) : 0);
        wb_rows_text(&court->rows, last ? last->report_id : WB_NONE);
    }
    return run(court, &sql, status);
}

bool wb_judge(struct wb_store *store, const struct wb_policy *policy, const struct wb_case *cases,
              size_t n, struct wb_status *status)
{
    struct court court = {.store = store};
    if (n == 0)
        return true;
    bool ok = read_all(&court, cases, n, status);
    if (ok)
        for (size_t i = 0; i < n; i++)
            decide(&court, policy, cases + i);
    ok = ok && drop_strikes(&court, status) && write_strikes(&court, status) &&
         write_states(&court, status) && wb_audit_write(store, &court.audit, status);
    wb_map_free(&court.places);
    wb_buf_free(&court.rows.cells);
    wb_buf_free(&court.audit.cells);
    return ok;
}
