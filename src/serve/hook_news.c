/* SPDX-License-Identifier: BSD-2-Clause */
/* What nobody sends a mail about: alarms, each once a day, and the digest of a week. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alarms.h"
#include "edition.h"
#include "hooks.h"
#include "overview.h"
#include "store_address.h"
#include "sums.h"

enum { MOST_CAUSES = 500, SHOWN_CAUSES = 10, LONGEST_SUBJECT = 400 };

struct news {
    const struct wb_webhooks *hooks;
    json_t *alarms, *digest; /* NULL: nothing of it */
    int64_t now, monday;
};

/* ---- alarms ---- */

/* What tells one alarm from another: its kind and what it is about. */
static void subject_of(const json_t *alarm, char out[LONGEST_SUBJECT])
{
    static const char *const parts[] = {"kind", "provider", "cause", "ip", "blocklist", "sender"};
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && n < LONGEST_SUBJECT; i++) {
        const char *text = json_string_value(json_object_get(alarm, parts[i]));
        if (text)
            n += (size_t)snprintf(out + n, LONGEST_SUBJECT - n, "%s%s", n ? " " : "", text);
    }
}

static bool put_alarms(struct wb_store *store, const struct news *news, struct wb_status *status)
{
    char subject[LONGEST_SUBJECT];
    size_t i;
    json_t *alarm;
    bool ok = true, is_new;
    json_array_foreach(news->alarms, i, alarm)
    {
        subject_of(alarm, subject);
        ok = ok && wb_store_told(store, wb_slice_str(subject), news->now / WB_DAY * WB_DAY,
                                 news->now, &is_new, status);
        if (ok && is_new)
            wb_hooks_put(store, news->hooks, WB_WEBHOOK_ALARM, subject, news->now,
                         json_deep_copy(alarm));
    }
    return ok;
}

/* ---- the digest ---- */

static bool take_cause(void *own, const struct wb_count *count)
{
    struct wb_sum *sum = wb_sums_row(own, 0, count->name, WB_NONE);
    if (sum)
        sum->now += count->count;
    return true;
}

static json_t *causes_json(struct wb_store *store, int64_t monday, struct wb_status *status)
{
    struct wb_sums *sums = wb_sums_new(MOST_CAUSES);
    struct wb_statistics what = {.from = monday - WB_WEEK,
                                 .to = monday,
                                 .kind = WB_S("bounce"),
                                 .by = WB_BY_CAUSE,
                                 .step = WB_STEP_DAY};
    json_t *list = NULL;
    if (wb_store_statistics(store, &what, take_cause, sums, status)) {
        list = json_array();
        wb_sums_sort(sums);
        for (size_t i = 0; i < sums->n && i < SHOWN_CAUSES; i++)
            json_array_append_new(list, json_pack("{s:o, s:I}", "cause",
                                                  wb_json_slice(wb_slice_str(sums->rows[i].name)),
                                                  "count", (json_int_t)sums->rows[i].now));
    }
    free(sums);
    return list;
}

/* The week that ended with this Monday. */
static json_t *digest_json(struct wb_store *store, const char *unknown, int64_t monday,
                           struct wb_status *status)
{
    uint64_t lately = 0;
    json_t *overview = wb_overview(store, unknown, monday - 1, status);
    json_t *causes = overview ? causes_json(store, monday, status) : NULL;
    json_t *totals = json_object_get(overview, "totals"), *digest = NULL;
    if (causes && wb_store_suppressed(store, monday - WB_WEEK, &lately, status))
        digest = json_pack(
            "{s:I, s:I, s:{s:O, s:O, s:O}, s:O, s:O, s:{s:O, s:O}, s:{s:O, s:I}}", "from",
            (json_int_t)(monday - WB_WEEK), "to", (json_int_t)monday, "totals", "bounces",
            json_object_get(totals, "week"), "week_before", json_object_get(totals, "last_week"),
            "unknown_share", json_object_get(totals, "unknown_share"), "causes", causes, "worse",
            json_object_get(overview, "worse"), "last_30_days", "bounces",
            json_object_get(overview, "reports"), "unproven", json_object_get(overview, "unproven"),
            "suppressed", "all", json_object_get(totals, "suppressed"), "new", (json_int_t)lately);
    json_decref(overview);
    json_decref(causes);
    return digest;
}

static bool put_digest(struct wb_store *store, const struct news *news, struct wb_status *status)
{
    char about[64];
    struct tm t;
    time_t from = news->monday - WB_WEEK;
    bool is_new;
    strftime(about, sizeof about, "the week of %Y-%m-%d", gmtime_r(&from, &t));
    if (!wb_store_told(store, WB_S("digest"), news->monday, news->now, &is_new, status))
        return false;
    if (is_new)
        wb_hooks_put(store, news->hooks, WB_WEBHOOK_DIGEST, about, news->now,
                     json_incref(news->digest));
    return true;
}

/* ---- both ---- */

static bool put_news(struct wb_store *store, const struct wb_policy *policy, void *own,
                     struct wb_status *status)
{
    const struct news *news = own;
    (void)policy;
    return (!news->alarms || put_alarms(store, news, status)) &&
           (!news->digest || put_digest(store, news, status));
}

static bool is_new_week(struct wb_store *store, int64_t monday, bool *out, struct wb_status *status)
{
    int64_t at = 0;
    bool ok = wb_store_told_at(store, WB_S("digest"), &at, status);
    *out = ok && at < monday;
    return ok;
}

static bool read_news(struct wb_service *s, struct wb_store *store, struct news *news,
                      struct wb_status *status)
{
    bool is_new = false;
    if (wb_hooks_want(news->hooks, WB_WEBHOOK_ALARM) &&
        !(news->alarms = wb_alarms(store, news->now, status)))
        return false;
    if (wb_hooks_want(news->hooks, WB_WEBHOOK_DIGEST) &&
        !is_new_week(store, news->monday, &is_new, status))
        return false;
    return !is_new ||
           (news->digest = digest_json(store, s->edition->unknown, news->monday, status));
}

/* The epoch was a Thursday: a week began four days later. */
static int64_t monday_of(int64_t now)
{
    return (now - 4 * (int64_t)WB_DAY) / WB_WEEK * WB_WEEK + 4 * (int64_t)WB_DAY;
}

bool wb_hooks_news(struct wb_service *s, struct wb_status *status)
{
    int64_t now = time(NULL);
    struct news news = {
        .hooks = &s->settings.config.webhooks, .now = now, .monday = monday_of(now)};
    struct wb_store *store = wb_reader_take(s->readers, status);
    bool ok = store && read_news(s, store, &news, status);
    wb_reader_give(s->readers, store);
    ok = ok && ((!json_array_size(news.alarms) && !news.digest) ||
                wb_writer_do(s->writer, put_news, &news, status));
    json_decref(news.alarms);
    json_decref(news.digest);
    return ok;
}
