/* SPDX-License-Identifier: BSD-2-Clause */
#include "overview.h"

#include <stdlib.h>

#include "serve.h"
#include "store_address.h"
#include "sums.h"

enum {
    DAY = 86400,
    MOST_WORSE = 10,
    WORSE_LEAST = 10, /* fewer reports in a week are no trend */
    MOST_COMPARED = 2000,
};

struct overview {
    int64_t today, week, last_week, month;
    uint64_t n_today, n_week, n_last_week, n_unknown, n_unproven, n_month;
    uint64_t n_suppressed, n_paused; /* addresses */
    enum wb_by by;
    struct wb_sums *changes; /* by name and cause: in the last seven days, and in those before */
    const char *unknown;     /* the cause that says that nothing is known */
};

static bool take_total(void *own, const struct wb_count *count)
{
    struct overview *o = own;
    o->n_today += count->time >= o->today ? count->count : 0;
    o->n_week += count->time >= o->week ? count->count : 0;
    o->n_last_week += count->time < o->week ? count->count : 0;
    if (count->time >= o->week && wb_slice_eq(count->name, wb_slice_str(o->unknown)))
        o->n_unknown += count->count;
    return true;
}

static bool take_proof(void *own, const struct wb_count *count)
{
    struct overview *o = own;
    o->n_month += count->count;
    if (wb_slice_eq(count->name, wb_proof_name(WB_PROOF_NONE)))
        o->n_unproven += count->count;
    return true;
}

static bool take_change(void *own, const struct wb_count *count)
{
    struct overview *o = own;
    struct wb_sum *change = wb_sums_row(o->changes, (int)o->by, count->name, count->cause);
    if (change)
        *(count->time >= o->week ? &change->now : &change->before) += count->count;
    return true;
}

static bool read_overview(struct wb_store *store, struct overview *o, struct wb_status *status)
{
    struct wb_statistics what = {
        .from = o->last_week, .to = o->today + DAY, .kind = WB_S("bounce"), .step = WB_STEP_DAY};
    static const enum wb_by compared[] = {WB_BY_PROVIDER, WB_BY_DOMAIN};
    what.by = WB_BY_CAUSE;
    bool ok = wb_store_statistics(store, &what, take_total, o, status);
    what.causes = true;
    what.top = 100;
    for (size_t i = 0; ok && i < sizeof compared / sizeof compared[0]; i++) {
        what.by = o->by = compared[i];
        ok = wb_store_statistics(store, &what, take_change, o, status);
    }
    what = (struct wb_statistics){.from = o->month,
                                  .to = o->today + DAY,
                                  .kind = WB_S("bounce"),
                                  .by = WB_BY_PROOF,
                                  .step = WB_STEP_DAY};
    return ok && wb_store_statistics(store, &what, take_proof, o, status) &&
           wb_store_address_counts(store, &o->n_suppressed, &o->n_paused, status);
}

/* How much steeper than by chance: the rise over the spread of such a number (Poisson). */
static double sharpness(const struct wb_sum *c)
{
    double now = (double)c->now, before = (double)c->before;
    return c->now < WORSE_LEAST || now <= before ? 0
                                                 : (now - before) * (now - before) / (before + 1);
}

static int by_sharpness(const void *a, const void *b)
{
    double x = sharpness(a), y = sharpness(b);
    return x < y ? 1 : x > y ? -1 : 0;
}

static json_t *worse_json(struct wb_sums *changes)
{
    json_t *list = json_array();
    qsort(changes->rows, changes->n, sizeof changes->rows[0], by_sharpness);
    for (size_t i = 0; i < changes->n && i < MOST_WORSE; i++) {
        const struct wb_sum *c = &changes->rows[i];
        if (sharpness(c) < 9 || !*c->name) /* three times the spread */
            continue;
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:I, s:I}", "by",
                                              c->kind == WB_BY_PROVIDER ? "provider" : "domain",
                                              "name", c->name, "cause",
                                              wb_json_slice(wb_slice_str(c->cause)), "now",
                                              (json_int_t)c->now, "before", (json_int_t)c->before));
    }
    return list;
}

static struct wb_slice text_in(const json_t *object, const char *key)
{
    const json_t *text = json_object_get(object, key);
    return json_is_string(text) ? wb_slice(json_string_value(text), json_string_length(text))
                                : WB_NONE;
}

static bool put_why(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)place;
    json_object_set_new(own, "diagnostic", wb_json_slice(record->diagnostic));
    json_object_set_new(own, "sample_report_id", wb_json_slice(record->report_id));
    return false;
}

/* With each the newest of those that it counts: what the other side says, and where to read on. */
static bool add_whys(struct wb_store *store, json_t *worse, const struct overview *o,
                     struct wb_status *status)
{
    size_t i;
    json_t *one;
    bool ok = true;
    json_array_foreach(worse, i, one)
    {
        struct wb_filter filter = {.from = o->week, .to = o->today + DAY, .kind = WB_S("bounce")};
        struct wb_cursor next;
        struct wb_slice name = text_in(one, "name");
        bool provider = wb_slice_eq(text_in(one, "by"), WB_S("provider"));
        *(provider ? &filter.provider : &filter.domain) = name;
        filter.cause = text_in(one, "cause");
        ok = ok &&
             wb_store_events(store, &filter, (struct wb_cursor){0}, 1, put_why, one, &next, status);
    }
    return ok;
}

json_t *wb_overview(struct wb_store *store, const char *unknown, int64_t now,
                    struct wb_status *status)
{
    struct overview overview = {.changes = wb_sums_new(MOST_COMPARED)}, *o = &overview;
    json_t *out = NULL;
    o->today = now / DAY * DAY;
    o->week = o->today - 6 * (int64_t)DAY;
    o->last_week = o->week - 7 * (int64_t)DAY;
    o->month = o->today - 29 * (int64_t)DAY;
    o->unknown = unknown;
    bool ok = read_overview(store, o, status);
    json_t *worse = worse_json(o->changes);
    if (ok && add_whys(store, worse, o, status))
        out = json_pack("{s:{s:I, s:I, s:I, s:f, s:I, s:I}, s:O, s:I, s:I}", "totals", "today",
                        (json_int_t)o->n_today, "week", (json_int_t)o->n_week, "last_week",
                        (json_int_t)o->n_last_week, "unknown_share",
                        o->n_week ? (double)o->n_unknown / (double)o->n_week : 0.0, "suppressed",
                        (json_int_t)o->n_suppressed, "paused", (json_int_t)o->n_paused, "worse",
                        worse, "unproven", (json_int_t)o->n_unproven, "reports",
                        (json_int_t)o->n_month);
    json_decref(worse);
    free(o->changes);
    return out;
}
