/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statistics from the counts. Of domains and servers there may be very many: where only the most
 * frequent are wanted, they are found first, by the lists of the days (tops.c), and then the counts
 * of each are looked up step by step.
 */
#include <stdlib.h>

#include "events.h"
#include "limit.h"
#include "rollup.h"
#include "vocab.h"

enum { ALL_NAMES = -1, NO_CAUSE = -1 };

/* One number of the answer. */
struct cell_key {
    int64_t time, name, cause;
};

struct asked {
    struct wb_store *store;
    const struct wb_statistics *what;
    enum wb_dimension dimension;
    enum wb_step step;   /* in the table */
    int64_t size;        /* of a step of the answer, seconds */
    int64_t from, to;    /* of the table's steps */
    int64_t kind, cause; /* 0: any */
    struct wb_map cells, totals;
    int64_t *names; /* these only; NULL: all */
    size_t n;
};

/* Monday, 1970-01-05, began a week. */
static int64_t round_down(int64_t at, int64_t size)
{
    int64_t first = size == WB_WEEK ? 4 * WB_DAY : 0;
    return at - ((at - first) % size + size) % size;
}

static const enum wb_dimension dimensions[WB_BY_COUNT] = {
    [WB_BY_CAUSE] = WB_DIMENSION_KIND,    [WB_BY_PROVIDER] = WB_DIMENSION_PROVIDER,
    [WB_BY_DOMAIN] = WB_DIMENSION_DOMAIN, [WB_BY_REMOTE_MTA] = WB_DIMENSION_REMOTE_MTA,
    [WB_BY_KIND] = WB_DIMENSION_KIND,     [WB_BY_PROOF] = WB_DIMENSION_PROOF,
};

static bool is_many(const struct asked *asked)
{
    return asked->dimension >= WB_DIMENSION_PROVIDER;
}

/* ---- reading the counts ---- */

static void count(struct asked *asked, int64_t time, int64_t name, int64_t cause, int64_t n)
{
    if (asked->what->by == WB_BY_CAUSE)
        name = cause;
    struct cell_key key = {round_down(time, asked->size), name,
                           asked->what->causes ? cause : NO_CAUSE};
    wb_map_put(&asked->cells, wb_slice((const char *)&key, sizeof key), 0, NULL)->value += n;
}

static bool add_row(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    count(own, row[0].i, row[1].i, row[2].i, row[3].i);
    return true;
}

static bool add_total(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct asked *asked = own;
    struct wb_slice name = wb_slice((const char *)&row[0].i, sizeof row[0].i);
    wb_map_put(&asked->totals, name, 0, NULL)->value += row[1].i;
    return true;
}

#define OF_STEP  " step = $1 AND dimension = $2 "
#define OF_TIME  " AND time >= $3 AND time < $4 "
#define OF_CAUSE " AND ($5 = 0 OR kind = $5) AND ($6 = 0 OR cause = $6) "

static bool read_all(struct asked *asked, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT time, name, cause, count FROM counts WHERE" OF_STEP OF_TIME OF_CAUSE, NULL,
        "iiiiii", "iiii"};
    struct wb_cell cells[] = {WB_INT(asked->step), WB_INT(asked->dimension), WB_INT(asked->from),
                              WB_INT(asked->to),   WB_INT(asked->kind),      WB_INT(asked->cause)};
    return wb_find_one(asked->store, &sql, cells, add_row, asked, status);
}

/* In the order of the key, so that nothing is sorted; PostgreSQL adds up on its side. */
static bool read_totals(struct asked *asked, const struct wb_buf *days, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT name, sum(count) FROM counts WHERE" OF_STEP "AND time = $3"
        " AND ($4 = 0 OR kind = $4) AND ($5 = 0 OR cause = $5) GROUP BY name",
        "SELECT CAST(1 AS bigint), counts.name, CAST(sum(count) AS bigint)"
        " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])"
        " k(step, dimension, time, kind, cause) JOIN counts ON counts.step = k.step"
        " AND counts.dimension = k.dimension AND counts.time = k.time"
        " AND (k.kind = 0 OR counts.kind = k.kind) AND (k.cause = 0 OR counts.cause = k.cause)"
        " GROUP BY counts.name",
        "iiiii", "ii"};
    struct wb_store *store = asked->store;
    struct wb_rows rows = {0};
    const int64_t *times = (const int64_t *)(const void *)days->p;
    for (size_t i = 0; i < days->n / sizeof *times; i++) {
        wb_rows_int(&rows, WB_STEP_DAY);
        wb_rows_int(&rows, asked->dimension);
        wb_rows_int(&rows, times[i]);
        wb_rows_int(&rows, asked->kind);
        wb_rows_int(&rows, asked->cause);
    }
    bool ok =
        rows.cells.n == 0 || store->driver->find(store->db, &sql, &rows, add_total, asked, status);
    wb_buf_free(&rows.cells);
    return ok;
}

static int by_value(const void *a, const void *b)
{
    const struct wb_map_row *left = a, *right = b;
    return (left->value < right->value) - (left->value > right->value);
}

/*
 * The numbers of the most frequent names, into the room; some more than are asked for, since lists
 * may be a little old, and many more where some days were only looked at.
 */
static void choose(struct asked *asked, bool is_listed)
{
    size_t top = asked->what->top, most = is_listed ? top + top / 2 + 5 : 2 * top + 20;
    struct wb_map_row *rows = wb_map_rows(&asked->totals);
    size_t n = wb_map_count(&asked->totals);
    if (n)
        qsort(rows, n, sizeof *rows, by_value);
    asked->n = n < most ? n : most;
    asked->names = wb_room_take(&asked->store->room, (asked->n + 1) * sizeof *asked->names);
    for (size_t i = 0; i < asked->n; i++)
        memcpy(asked->names + i, rows[i].key.p, sizeof *asked->names);
}

struct keyed {
    struct asked *asked;
    const struct wb_cell *cells;
    size_t columns;
};

static bool add_keyed(void *own, size_t key, const struct wb_cell *row)
{
    const struct keyed *keyed = own;
    const struct wb_cell *asked = keyed->cells + key * keyed->columns;
    count(keyed->asked, asked[2].i, asked[3].i, row[0].i, row[1].i);
    return true;
}

static bool read_names(struct asked *asked, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT cause, count FROM counts WHERE" OF_STEP
        " AND time = $3 AND name = $4 AND ($5 = 0 OR kind = $5) AND ($6 = 0 OR cause = $6)",
        "SELECT k.n, counts.cause, count FROM unnest($1::bigint[], $2::bigint[], $3::bigint[],"
        " $4::bigint[], $5::bigint[], $6::bigint[]) WITH ORDINALITY"
        " k(step, dimension, time, name, kind, cause, n) JOIN counts"
        " ON counts.step = k.step AND counts.dimension = k.dimension AND counts.time = k.time"
        " AND counts.name = k.name AND (k.kind = 0 OR counts.kind = k.kind)"
        " AND (k.cause = 0 OR counts.cause = k.cause)",
        "iiiiii", "ii"};
    struct wb_store *store = asked->store;
    struct wb_rows rows = {0};
    int64_t size = asked->step == WB_STEP_HOUR ? WB_HOUR : WB_DAY;
    for (int64_t time = asked->from; time < asked->to; time += size) {
        for (size_t i = 0; i < asked->n; i++) {
            wb_rows_int(&rows, asked->step);
            wb_rows_int(&rows, asked->dimension);
            wb_rows_int(&rows, time);
            wb_rows_int(&rows, asked->names[i]);
            wb_rows_int(&rows, asked->kind);
            wb_rows_int(&rows, asked->cause);
        }
    }
    struct keyed keyed = {asked, wb_rows_cells(&rows), strlen(sql.in)};
    bool ok =
        rows.cells.n == 0 || store->driver->find(store->db, &sql, &rows, add_keyed, &keyed, status);
    wb_buf_free(&rows.cells);
    return ok;
}

/* ---- what is asked ---- */

static bool set_ends(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct asked *asked = own;
    int64_t size = asked->step == WB_STEP_HOUR ? WB_HOUR : WB_DAY;
    if (row[0].null) { /* nothing was ever counted */
        asked->to = asked->from;
        return true;
    }
    asked->from = asked->from > row[0].i ? asked->from : row[0].i;
    asked->to = asked->to < row[1].i + size ? asked->to : row[1].i + size;
    return true;
}

/* Open ends become those of what there is. */
static bool bound(struct asked *asked, struct wb_status *status)
{
    static const struct wb_sql sql = {"SELECT (SELECT min(time) FROM counts WHERE" OF_STEP
                                      "), (SELECT max(time) FROM counts WHERE" OF_STEP ")",
                                      NULL, "ii", "ii"};
    const struct wb_statistics *what = asked->what;
    asked->from = round_down(what->from, asked->size);
    asked->to = what->to ? round_down(what->to + asked->size - 1, asked->size) : INT64_MAX;
    return wb_find_one(asked->store, &sql,
                       (struct wb_cell[]){WB_INT(asked->step), WB_INT(asked->dimension)}, set_ends,
                       asked, status);
}

/* False: nothing can be of that name. */
static bool number_of(struct asked *asked, bool *possible, struct wb_status *status)
{
    const struct wb_statistics *what = asked->what;
    int64_t name = 0;
    *possible = true;
    if (what->kind.n)
        *possible = (asked->kind = wb_kind_named(what->kind)) != 0;
    if (what->cause.n) {
        if (!wb_name_number(asked->store, what->cause, &asked->cause, status))
            return false;
        *possible &= asked->cause != 0;
    }
    if (!what->name.n || !is_many(asked))
        return true;
    struct wb_slice plain = wb_plain_address(&asked->store->room, what->name, NULL);
    if (!wb_name_number(asked->store, plain, &name, status))
        return false;
    *possible &= name != 0;
    asked->names = wb_room_take(&asked->store->room, sizeof *asked->names);
    asked->names[0] = name;
    asked->n = 1;
    return true;
}

static bool read_counts(struct asked *asked, struct wb_status *status)
{
    if (!asked->names && is_many(asked) && asked->what->top) {
        struct wb_buf days = {0};
        bool ok = wb_tops_read(asked->store, asked->dimension, round_down(asked->from, WB_DAY),
                               asked->to, asked->cause, &asked->totals, &days, status) &&
                  read_totals(asked, &days, status);
        bool is_listed = days.n == 0;
        wb_buf_free(&days);
        if (!ok)
            return false;
        choose(asked, is_listed);
    }
    return asked->names ? read_names(asked, status) : read_all(asked, status);
}

/* ---- the answer ---- */

struct answer {
    struct cell_key key;
    struct wb_slice name, cause;
    int64_t count;
};

static int by_time(const void *a, const void *b)
{
    const struct answer *left = a, *right = b;
    if (left->key.time != right->key.time)
        return left->key.time < right->key.time ? -1 : 1;
    int order = wb_slice_cmp(left->name, right->name);
    return order ? order : wb_slice_cmp(left->cause, right->cause);
}

struct naming {
    struct wb_room *room;
    struct wb_slice *texts;
};

static bool keep_name(void *own, size_t key, const struct wb_cell *row)
{
    const struct naming *naming = own;
    naming->texts[key] = wb_room_copy(naming->room, row[0].s);
    return true;
}

/* Numbers of the table names become texts; each is asked for once. */
static bool name_all(struct asked *asked, struct wb_map *ids, struct wb_slice *texts,
                     struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT text FROM names WHERE id = $1",
        "SELECT k.n, text FROM unnest($1::bigint[]) WITH ORDINALITY k(id, n)"
        " JOIN names USING (id)",
        "i", "t"};
    struct wb_store *store = asked->store;
    struct naming naming = {&store->room, texts};
    struct wb_rows rows = {0};
    for (size_t i = 0; i < wb_map_count(ids); i++) {
        int64_t id;
        memcpy(&id, wb_map_rows(ids)[i].key.p, sizeof id);
        wb_rows_int(&rows, id);
        texts[i] = WB_NONE;
    }
    bool ok = rows.cells.n == 0 ||
              store->driver->find(store->db, &sql, &rows, keep_name, &naming, status);
    wb_buf_free(&rows.cells);
    return ok;
}

static struct wb_slice name_of(const struct asked *asked, const struct wb_map *ids,
                               const struct wb_slice *texts, int64_t number, bool is_cause)
{
    if (!is_cause && asked->what->by == WB_BY_KIND)
        return wb_kind_name((enum wb_kind)number);
    if (!is_cause && asked->what->by == WB_BY_PROOF)
        return wb_proof_name((enum wb_proof)number);
    const struct wb_map_row *row = wb_map_find(ids, wb_slice((const char *)&number, sizeof number));
    return row ? texts[row->value] : WB_NONE;
}

static void want_id(struct wb_map *ids, int64_t id)
{
    if (id > 0)
        wb_map_put(ids, wb_slice((const char *)&id, sizeof id), (int64_t)wb_map_count(ids), NULL);
}

/* More names may have been read than are asked for. */
static bool is_shown(const struct asked *asked, const struct wb_map *totals, int64_t least,
                     const struct answer *answer)
{
    if (asked->what->name.n)
        return is_many(asked) || wb_slice_eq(answer->name, asked->what->name);
    int64_t name = answer->key.name;
    const struct wb_map_row *row = wb_map_find(totals, wb_slice((const char *)&name, sizeof name));
    return row && row->value >= least;
}

static int64_t least_total(const struct asked *asked, struct wb_map *totals,
                           const struct answer *answers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct wb_slice name = wb_slice((const char *)&answers[i].key.name, sizeof(int64_t));
        wb_map_put(totals, name, 0, NULL)->value += answers[i].count;
    }
    size_t names = wb_map_count(totals);
    if (!asked->what->top || names <= asked->what->top)
        return INT64_MIN;
    struct wb_map_row *sorted = wb_room_take(&asked->store->room, names * sizeof *sorted);
    memcpy(sorted, wb_map_rows(totals), names * sizeof *sorted);
    qsort(sorted, names, sizeof *sorted, by_value);
    for (size_t i = asked->what->top; i < names; i++) /* some may be as frequent as the last */
        wb_map_find(totals, sorted[i].key)->value = INT64_MIN;
    return sorted[asked->what->top - 1].value;
}

static bool show_all(struct asked *asked, wb_count_callback callback, void *own,
                     struct wb_status *status)
{
    struct wb_map ids = {0}, totals = {0};
    size_t n = wb_map_count(&asked->cells);
    struct answer *answers = wb_room_take(&asked->store->room, (n + 1) * sizeof *answers);
    for (size_t i = 0; i < n; i++) {
        const struct wb_map_row *row = wb_map_rows(&asked->cells) + i;
        answers[i] = (struct answer){.count = row->value};
        memcpy(&answers[i].key, row->key.p, sizeof answers[i].key);
        want_id(&ids, answers[i].key.name);
        want_id(&ids, answers[i].key.cause);
    }
    struct wb_slice *texts =
        wb_room_take(&asked->store->room, (wb_map_count(&ids) + 1) * sizeof *texts);
    bool ok = name_all(asked, &ids, texts, status);
    for (size_t i = 0; i < n && ok; i++) {
        answers[i].name = name_of(asked, &ids, texts, answers[i].key.name, false);
        answers[i].cause = name_of(asked, &ids, texts, answers[i].key.cause, true);
    }
    int64_t least = ok ? least_total(asked, &totals, answers, n) : 0;
    if (ok && n)
        qsort(answers, n, sizeof *answers, by_time);
    for (size_t i = 0; i < n && ok; i++) {
        struct wb_count out = {answers[i].key.time, answers[i].name, answers[i].cause,
                               (uint64_t)answers[i].count};
        if (answers[i].count > 0 && is_shown(asked, &totals, least, answers + i) &&
            !callback(own, &out))
            break;
    }
    wb_map_free(&ids);
    wb_map_free(&totals);
    return ok;
}

bool wb_store_statistics(struct wb_store *store, const struct wb_statistics *what,
                         wb_count_callback callback, void *own, struct wb_status *status)
{
    static const int64_t sizes[] = {WB_HOUR, WB_DAY, WB_WEEK};
    struct asked asked = {.store = store,
                          .what = what,
                          .dimension = dimensions[what->by],
                          .step = what->step == WB_STEP_HOUR ? WB_STEP_HOUR : WB_STEP_DAY,
                          .size = sizes[what->step]};
    bool possible;
    wb_room_reset(&store->room);
    bool ok = number_of(&asked, &possible, status);
    if (ok && possible)
        ok = bound(&asked, status) && read_counts(&asked, status) &&
             show_all(&asked, callback, own, status);
    wb_map_free(&asked.cells);
    wb_map_free(&asked.totals);
    return ok;
}
