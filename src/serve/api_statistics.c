/* SPDX-License-Identifier: BSD-2-Clause */
/* GET /v1/statistics, /v1/overview, /v1/unknown: what is in the store, counted. */
#include <stdlib.h>
#include <time.h>

#include "alarms.h"
#include "calls.h"
#include "check.h"
#include "edition.h"
#include "overview.h"
#include "rows.h"
#include "store_address.h"

enum {
    MOST_STEPS = 4000,
    MOST_SERIES = 500,
    DAY = 86400,
    LATEST = 253402300799,
};

/* ---- time by name ---- */

struct series {
    char *name;
    size_t length;
    uint64_t total, *counts;
};

struct chart {
    int64_t from, step;
    size_t steps;
    struct series series[MOST_SERIES];
    size_t n;
    uint64_t *others; /* of names beyond the last series */
    uint64_t other;
};

static struct series *series_of(struct chart *chart, struct wb_slice name)
{
    for (size_t i = 0; i < chart->n; i++)
        if (wb_slice_eq(wb_slice(chart->series[i].name, chart->series[i].length), name))
            return &chart->series[i];
    if (chart->n == MOST_SERIES)
        return NULL;
    struct series *s = &chart->series[chart->n++];
    s->name = malloc(name.n + 1);
    s->counts = calloc(chart->steps, sizeof *s->counts);
    WB_CHECK(s->name && s->counts);
    memcpy(s->name, name.p, name.n);
    s->length = name.n;
    return s;
}

static bool take_count(void *own, const struct wb_count *count)
{
    struct chart *chart = own;
    size_t i = (size_t)((count->time - chart->from) / chart->step);
    struct series *s = series_of(chart, count->name);
    if (count->time < chart->from || i >= chart->steps)
        return true;
    if (s) {
        s->counts[i] += count->count;
        s->total += count->count;
    } else {
        chart->others[i] += count->count;
        chart->other += count->count;
    }
    return true;
}

static int by_total(const void *a, const void *b)
{
    uint64_t x = ((const struct series *)a)->total, y = ((const struct series *)b)->total;
    return x < y ? 1 : x > y ? -1 : 0;
}

static json_t *counts_json(const uint64_t *counts, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_integer((json_int_t)counts[i]));
    return list;
}

/* The largest `top` by name, the rest as one. */
static json_t *chart_json(struct chart *chart, size_t top)
{
    json_t *list = json_array(), *times = json_array();
    qsort(chart->series, chart->n, sizeof chart->series[0], by_total);
    for (size_t i = 0; i < chart->n; i++) {
        const struct series *s = &chart->series[i];
        if (i < top) {
            json_array_append_new(list, json_pack("{s:s%, s:I, s:o}", "name", s->name, s->length,
                                                  "total", (json_int_t)s->total, "counts",
                                                  counts_json(s->counts, chart->steps)));
            continue;
        }
        chart->other += s->total;
        for (size_t k = 0; k < chart->steps; k++)
            chart->others[k] += s->counts[k];
    }
    if (chart->other)
        json_array_append_new(list, json_pack("{s:n, s:I, s:o}", "name", "total",
                                              (json_int_t)chart->other, "counts",
                                              counts_json(chart->others, chart->steps)));
    for (size_t i = 0; i < chart->steps; i++)
        json_array_append_new(times, json_integer(chart->from + (int64_t)i * chart->step));
    return json_pack("{s:o, s:o}", "times", times, "series", list);
}

static void free_chart(struct chart *chart)
{
    for (size_t i = 0; i < chart->n; i++) {
        free(chart->series[i].name);
        free(chart->series[i].counts);
    }
    free(chart->others);
    free(chart);
}

static const struct {
    const char *name;
    enum wb_by by;
} subjects[] = {{"cause", WB_BY_CAUSE},   {"provider", WB_BY_PROVIDER},
                {"domain", WB_BY_DOMAIN}, {"remote_mta", WB_BY_REMOTE_MTA},
                {"kind", WB_BY_KIND},     {"proven", WB_BY_PROOF}};
static const struct {
    const char *name;
    enum wb_step step;
    int64_t seconds;
} steps[] = {
    {"hour", WB_STEP_HOUR, 3600}, {"day", WB_STEP_DAY, DAY}, {"week", WB_STEP_WEEK, 7 * DAY}};

/* Down to the start of its step; a week begins on Monday, and 1970 began on a Thursday. */
static int64_t floor_to(int64_t at, int64_t seconds)
{
    int64_t shift = seconds == 7 * DAY ? 3 * (int64_t)DAY : 0;
    return (at + shift) / seconds * seconds - shift;
}

static bool take_subject(struct wb_request *r, struct wb_statistics *what, int64_t *seconds)
{
    struct wb_slice by = wb_query_slice(r, "by"), step = wb_query_slice(r, "step");
    bool known_by = false, known_step = false;
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        if (wb_slice_eq(by.n ? by : WB_S("cause"), wb_slice_str(subjects[i].name))) {
            what->by = subjects[i].by;
            known_by = true;
        }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (wb_slice_eq(step.n ? step : WB_S("day"), wb_slice_str(steps[i].name))) {
            what->step = steps[i].step;
            *seconds = steps[i].seconds;
            known_step = true;
        }
    if (!known_by)
        wb_answer_problem(r, 400, "by is cause, provider, domain, remote_mta, kind or proven.");
    else if (!known_step)
        wb_answer_problem(r, 400, "step is hour, day or week.");
    return known_by && known_step;
}

void wb_call_statistics(struct wb_request *r)
{
    struct wb_status status = {{0}};
    struct wb_statistics what = {.cause = wb_query_slice(r, "cause"),
                                 .kind = wb_query_slice(r, "kind"),
                                 .name = wb_query_slice(r, "name")};
    int64_t seconds = DAY, top = 0, now = time(NULL);
    if (!take_subject(r, &what, &seconds) ||
        !wb_query_number(r, "to", now + 1, 1, LATEST, &what.to) ||
        !wb_query_number(r, "from", what.to - 30 * (int64_t)DAY, 0, LATEST, &what.from) ||
        !wb_query_number(r, "top", 20, 1, MOST_SERIES - 1, &top))
        return;
    int64_t first = floor_to(what.from, seconds), end = floor_to(what.to - 1, seconds) + seconds;
    if (what.to <= what.from || (end - first) / seconds > MOST_STEPS) {
        wb_answer_problem(r, 400, "from must be before to, with at most %d steps between them.",
                          MOST_STEPS);
        return;
    }
    struct chart *chart = calloc(1, sizeof *chart);
    WB_CHECK(chart);
    chart->from = first;
    chart->step = seconds;
    chart->steps = (size_t)((end - first) / seconds);
    chart->others = calloc(chart->steps, sizeof *chart->others);
    WB_CHECK(chart->others);
    /* All causes, to sum up those beyond the largest; domains have no end. */
    bool endless = what.by == WB_BY_DOMAIN || what.by == WB_BY_REMOTE_MTA;
    what.top = endless ? (unsigned)top : 0;
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_statistics(store, &what, take_count, chart, &status);
    wb_reader_give(r->service->readers, store);
    if (ok) {
        json_t *object = chart_json(chart, (size_t)top);
        json_object_set_new(object, "from", json_integer(what.from));
        json_object_set_new(object, "to", json_integer(what.to));
        json_object_set_new(object, "step",
                            json_string(wb_query_slice(r, "step").n ? wb_query(r, "step") : "day"));
        wb_answer_json(r, 200, object);
    } else
        wb_answer_trouble(r, &status);
    free_chart(chart);
}

/* ---- the overview ---- */

void wb_call_overview(struct wb_request *r)
{
    struct wb_status status = {{0}};
    int64_t now = time(NULL);
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    json_t *overview =
        store ? wb_overview(store, r->service->edition->unknown, now, &status) : NULL;
    json_t *alarms = overview ? wb_alarms(store, now, &status) : NULL;
    wb_reader_give(r->service->readers, store);
    if (alarms) {
        json_object_set_new(overview, "alarms", alarms);
        wb_answer_json(r, 200, overview);
        return;
    }
    json_decref(overview);
    wb_answer_trouble(r, &status);
}

/* ---- the unknown ---- */

static bool put_template(void *own, const struct wb_template *row, struct wb_cursor place)
{
    (void)place;
    json_array_append_new(
        own, json_pack("{s:o, s:I, s:I, s:I, s:o}", "template", wb_json_slice(row->text), "count",
                       (json_int_t)row->count, "first", (json_int_t)row->first, "last",
                       (json_int_t)row->last, "sample_report_id", wb_json_slice(row->report_id)));
    return true;
}

static bool put_sample(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)place;
    json_object_set_new(own, "sample", wb_json_slice(record->diagnostic));
    return false;
}

/* With each template the diagnostic of its example as it came. */
static bool add_samples(struct wb_store *store, json_t *list, struct wb_status *status)
{
    size_t i;
    json_t *one;
    bool ok = true, found;
    json_array_foreach(list, i, one)
    {
        const char *id = json_string_value(json_object_get(one, "sample_report_id"));
        ok = ok &&
             (!id || wb_store_report(store, wb_slice_str(id), put_sample, one, &found, status));
    }
    return ok;
}

void wb_call_unknown(struct wb_request *r)
{
    enum { SHOWN = 100 };
    struct wb_status status = {{0}};
    json_t *list = json_array();
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok =
        store &&
        wb_store_templates(store, (struct wb_cursor){0}, SHOWN, put_template, list, &status) &&
        add_samples(store, list, &status);
    wb_reader_give(r->service->readers, store);
    if (ok)
        wb_answer_json(r, 200, json_pack("{s:O, s:n}", "templates", list, "next"));
    else
        wb_answer_trouble(r, &status);
    json_decref(list);
}
