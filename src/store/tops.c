/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The most frequent names of each day. Of domains and servers a day may have a hundred thousand:
 * to find the first twenty of a month among all of them takes a second. So house-keeping makes a
 * list of each day's first ones, and what is frequent in a span stands in the lists of its days.
 *
 * The lists stand among the counts, as steps of their own: a list of all causes, and one of each
 * cause. How many reports a list was made of stands beside it: when the day has grown since, the
 * list is made anew. Lists only name candidates; numbers are read from the counts themselves.
 */
#include "limit.h"
#include "rollup.h"
#include "store_keep.h"

/* Steps of the table, as the statements have them: 12 is of how many reports lists were made. */
enum { STEP_ALL = 10 /* cause -1 */, STEP_CAUSE = 11 };

/* Days, with their reports and those that their lists were made of. */
#define DAYS(of_time)                                                                              \
    "SELECT d.time AS time, d.n AS n, coalesce(m.count, 0) AS made FROM"                           \
    " (SELECT time, CAST(sum(count) AS bigint) AS n FROM counts"                                   \
    " WHERE step = 1 AND dimension = 0 " of_time " GROUP BY time) d"                               \
    " LEFT JOIN counts m ON m.step = 12 AND m.dimension = 0 AND m.time = d.time"                   \
    " AND m.name = 0 AND m.kind = 0 AND m.cause = 0"

/* ---- making ---- */

struct day {
    int64_t time, reports, made;
};

static bool take_day(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    *(struct day *)own = (struct day){row[0].i, row[1].i, row[2].i};
    return true;
}

/* The newest day whose lists are missing or too old; time 0: none. */
static bool find_day(struct wb_store *store, struct day *day, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT time, n, made FROM (" DAYS(
            "") ") days WHERE n >= $1"
                " AND (made * 5 < n * 4 OR n * 5 < made * 4) ORDER BY time DESC LIMIT 1",
        NULL, "i", "iii"};
    *day = (struct day){0};
    return wb_find_one(store, &sql, (struct wb_cell[]){WB_INT(WB_MIN_STORE_TOPS)}, take_day, day,
                       status);
}

static bool make_lists(struct wb_store *store, int dimension, int64_t day, struct wb_status *status)
{
    static const struct wb_sql drop = {
        "DELETE FROM counts WHERE step >= 10 AND step <= 12 AND dimension = $1 AND time = $2", NULL,
        "ii", ""};
#define OF_DAY "FROM counts WHERE step = 1 AND dimension = $1 AND time = $2 AND count > 0"
    static const struct wb_sql make = {
        "INSERT INTO counts (step, dimension, time, name, kind, cause, count)"
        " SELECT CASE WHEN cause = -1 THEN 10 ELSE 11 END, $1, $2, name, 0, cause, n FROM"
        " (SELECT name, cause, sum(count) AS n,"
        " row_number() OVER (PARTITION BY cause ORDER BY sum(count) DESC) AS place FROM"
        " (SELECT name, cause, count " OF_DAY " UNION ALL SELECT name, -1, count " OF_DAY ") both_"
        " GROUP BY name, cause) places WHERE place <= CASE WHEN cause = -1 THEN $3 ELSE $4 END",
        NULL, "iiii", ""};
#undef OF_DAY
    struct wb_cell cells[] = {WB_INT(dimension), WB_INT(day), WB_INT(WB_MAX_STORE_TOPS),
                              WB_INT(WB_MAX_STORE_TOPS_CAUSE)};
    return wb_run_one(store, &drop, cells, status) && wb_run_one(store, &make, cells, status);
}

static bool note_made(struct wb_store *store, const struct day *day, struct wb_status *status)
{
    static const struct wb_sql drop = {
        "DELETE FROM counts WHERE step = 12 AND dimension = 0 AND time = $1", NULL, "i", ""};
    static const struct wb_sql note = {
        "INSERT INTO counts (step, dimension, time, name, kind, cause, count)"
        " VALUES (12, 0, $1, 0, 0, 0, $2)",
        NULL, "ii", ""};
    struct wb_cell cells[] = {WB_INT(day->time), WB_INT(day->reports)};
    return wb_run_one(store, &drop, cells, status) && wb_run_one(store, &note, cells, status);
}

bool wb_store_summarise(struct wb_store *store, bool *more, struct wb_status *status)
{
    struct day day;
    *more = false;
    if (!wb_store_begin(store, status))
        return false;
    bool ok = find_day(store, &day, status);
    *more = ok && day.reports > 0;
    for (int i = WB_DIMENSION_PROVIDER; ok && *more && i < WB_DIMENSIONS; i++)
        ok = make_lists(store, i, day.time, status);
    ok = ok && (!*more || note_made(store, &day, status));
    return ok ? wb_store_commit(store, status) : wb_give_up(store);
}

/* ---- reading ---- */

struct days {
    struct wb_buf *out; /* of int64_t */
    int64_t reports;
};

/* A list that was made of half of the day's reports still has its first ones. */
static bool take_unlisted(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct days *days = own;
    if (row[2].i * 2 >= row[1].i)
        return true;
    wb_buf_put(days->out, wb_slice((const char *)&row[0].i, sizeof row[0].i));
    days->reports += row[1].i;
    return true;
}

static bool add_total(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct wb_slice name = wb_slice((const char *)&row[0].i, sizeof row[0].i);
    wb_map_put(own, name, 0, NULL)->value += row[1].i;
    return true;
}

/* Every so many days only; never the same day of the week again and again. */
static void thin_out(struct days *days)
{
    int64_t *all = (int64_t *)(void *)days->out->p;
    size_t n = days->out->n / sizeof *all, kept = 0;
    size_t stride = (n + WB_MAX_STORE_DAYS - 1) / WB_MAX_STORE_DAYS;
    if (days->reports <= WB_MAX_STORE_UNLISTED || stride < 2)
        return;
    stride += stride % 7 == 0;
    for (size_t i = 0; i < n; i += stride)
        all[kept++] = all[i];
    days->out->n = kept * sizeof *all;
}

bool wb_tops_read(struct wb_store *store, enum wb_dimension dimension, int64_t from, int64_t to,
                  int64_t cause, struct wb_map *totals, struct wb_buf *unlisted,
                  struct wb_status *status)
{
    static const struct wb_sql days_of = {DAYS("AND time >= $1 AND time < $2 ") " ORDER BY d.time",
                                          NULL, "ii", "iii"};
#define OF_SPAN                                                                                    \
    " FROM counts WHERE step = $1 AND dimension = $2 AND time >= $3 AND time < $4"                 \
    " AND ($5 = 0 OR cause = $5)"
    static const struct wb_sql lists = {
        "SELECT name, count" OF_SPAN,
        "SELECT name, CAST(sum(count) AS bigint)" OF_SPAN " GROUP BY name", "iiiii", "ii"};
#undef OF_SPAN
    struct days days = {.out = unlisted};
    struct wb_cell ends[] = {WB_INT(from), WB_INT(to)};
    struct wb_cell cells[] = {WB_INT(cause ? STEP_CAUSE : STEP_ALL), WB_INT(dimension),
                              WB_INT(from), WB_INT(to), WB_INT(cause)};
    if (!wb_find_one(store, &days_of, ends, take_unlisted, &days, status) ||
        !wb_find_one(store, &lists, cells, add_total, totals, status))
        return false;
    thin_out(&days);
    return true;
}
