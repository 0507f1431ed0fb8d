/* SPDX-License-Identifier: BSD-2-Clause */
#include "alarms.h"

#include <math.h>
#include <stdlib.h>

#include "serve.h"
#include "sums.h"

enum {
    DAY = 86400,
    USUAL_DAYS = 14,
    MOST_PAIRS = 1000,  /* of cause and provider */
    MOST_LATEST = 5000, /* reports of the last day that are looked at one by one */
    PAGE = 500,
    MOST_SENDERS = 500,
    MOST_LISTED = 20,
    RATE_LEAST = 20,  /* fewer in a day are no alarm */
    BURST_LEAST = 50, /* of one sender */
    SHOWN = 20,
};

/* ---- rates ---- */

struct rates {
    int64_t today;
    struct wb_sums *pairs; /* of provider and cause */
};

static bool take_count(void *own, const struct wb_count *count)
{
    struct rates *r = own;
    struct wb_sum *pair = wb_sums_row(r->pairs, 0, count->name, count->cause);
    if (pair)
        *(count->time >= r->today ? &pair->now : &pair->before) += count->count;
    return true;
}

/* Three times the usual, and three times the spread of such a number above it (Poisson). */
static bool is_alarming(const struct wb_sum *pair, double usual)
{
    double now = (double)pair->now;
    return pair->now >= RATE_LEAST && now > 3 * usual && now > usual + 3 * sqrt(usual + 1);
}

static bool add_rates(struct wb_store *store, int64_t now, json_t *list, struct wb_status *status)
{
    struct rates r = {now / DAY * DAY, wb_sums_new(MOST_PAIRS)};
    struct wb_statistics what = {.from = r.today - (int64_t)USUAL_DAYS * DAY,
                                 .kind = WB_S("bounce"),
                                 .by = WB_BY_PROVIDER,
                                 .step = WB_STEP_DAY,
                                 .causes = true};
    bool ok = wb_store_statistics(store, &what, take_count, &r, status);
    for (size_t i = 0; ok && i < r.pairs->n && json_array_size(list) < SHOWN; i++) {
        const struct wb_sum *pair = &r.pairs->rows[i];
        double usual = (double)pair->before / USUAL_DAYS;
        if (is_alarming(pair, usual))
            json_array_append_new(list, json_pack("{s:s, s:I, s:o, s:o, s:I, s:f}", "kind", "rate",
                                                  "at", (json_int_t)now, "provider",
                                                  wb_json_slice(wb_slice_str(pair->name)), "cause",
                                                  wb_json_slice(wb_slice_str(pair->cause)), "now",
                                                  (json_int_t)pair->now, "usual", usual));
    }
    free(r.pairs);
    return ok;
}

/* ---- the reports of the last day ---- */

struct latest {
    json_t *listed;
    struct wb_sums *senders;
};

static bool is_listed_already(const json_t *listed, const char *ip, const char *blocklist)
{
    size_t i;
    json_t *one;
    json_array_foreach(listed, i, one)
    {
        const char *a = json_string_value(json_object_get(one, "ip"));
        const char *b = json_string_value(json_object_get(one, "blocklist"));
        if (a && b && strcmp(a, ip) == 0 && strcmp(b, blocklist) == 0)
            return true;
    }
    return false;
}

/* Only documents that name a list are read. */
static void take_listing(struct latest *l, const struct wb_record *record)
{
    if (wb_slice_find(record->document, WB_S("\"blocklist\":\"")) == record->document.n)
        return;
    json_t *document = json_loadb(record->document.p, record->document.n, 0, NULL);
    json_t *facts = json_object_get(document, "facts");
    const char *ip = json_string_value(json_object_get(facts, "client_ip"));
    const char *blocklist = json_string_value(json_object_get(facts, "blocklist"));
    if (ip && blocklist && json_array_size(l->listed) < MOST_LISTED &&
        !is_listed_already(l->listed, ip, blocklist))
        json_array_append_new(l->listed,
                              json_pack("{s:s, s:I, s:s, s:s}", "kind", "blocklisted", "at",
                                        (json_int_t)record->at, "ip", ip, "blocklist", blocklist));
    json_decref(document);
}

static bool take_event(void *own, const struct wb_record *record, struct wb_cursor place)
{
    struct latest *l = own;
    (void)place;
    take_listing(l, record);
    struct wb_sum *sender =
        record->envelope_from.n ? wb_sums_row(l->senders, 0, record->envelope_from, WB_NONE) : NULL;
    if (sender)
        sender->now++;
    return true;
}

/* Most of what bounced today was sent by one of several: that account may be stolen. */
static void add_bursts(const struct wb_sums *senders, int64_t now, json_t *list)
{
    uint64_t all = 0;
    for (size_t i = 0; i < senders->n; i++)
        all += senders->rows[i].now;
    for (size_t i = 0; senders->n > 1 && i < senders->n; i++) {
        const struct wb_sum *one = &senders->rows[i];
        if (one->now >= BURST_LEAST && one->now * 2 > all)
            json_array_append_new(
                list, json_pack("{s:s, s:I, s:s, s:I, s:f}", "kind", "burst", "at", (json_int_t)now,
                                "sender", one->name, "now", (json_int_t)one->now, "usual",
                                (double)(all - one->now) / (double)(senders->n - 1)));
    }
}

static bool add_latest(struct wb_store *store, int64_t now, json_t *list, struct wb_status *status)
{
    struct latest l = {json_array(), wb_sums_new(MOST_SENDERS)};
    struct wb_filter filter = {.from = now - DAY, .kind = WB_S("bounce")};
    struct wb_cursor place = {0}, next;
    bool ok = true, more = true;
    for (int seen = 0; ok && more && seen < MOST_LATEST; seen += PAGE) {
        next = (struct wb_cursor){0};
        ok = wb_store_events(store, &filter, place, PAGE, take_event, &l, &next, status);
        more = next.at || next.id;
        place = next;
    }
    if (ok) {
        json_array_extend(list, l.listed);
        add_bursts(l.senders, now, list);
    }
    json_decref(l.listed);
    free(l.senders);
    return ok;
}

json_t *wb_alarms(struct wb_store *store, int64_t now, struct wb_status *status)
{
    json_t *list = json_array();
    if (add_latest(store, now, list, status) && add_rates(store, now, list, status))
        return list;
    json_decref(list);
    return NULL;
}
