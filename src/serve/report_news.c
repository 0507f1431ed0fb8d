/* SPDX-License-Identifier: BSD-2-Clause */
#include "report_news.h"

#include <stdio.h>
#include <time.h>

#include "alarms.h"
#include "overview.h"
#include "utf8.h"

enum { MOST_TEXTS = 3, LONGEST_SHOWN = 300 /* of a diagnostic */ };

/* Members of one of them, safe for a terminal: what stands there may come from a mail. */
struct texts {
    struct wb_buf of[MOST_TEXTS];
};

static void take_texts(struct texts *texts, const json_t *object, const char *const names[])
{
    for (size_t i = 0; i < MOST_TEXTS && names[i]; i++) {
        const char *text = json_string_value(json_object_get(object, names[i]));
        struct wb_slice shown = wb_slice_head(wb_slice_str(text ? text : "-"), LONGEST_SHOWN);
        wb_buf_clear(&texts->of[i]);
        wb_buf_safe(&texts->of[i], wb_slice_head(shown, wb_utf8_valid(shown)));
        wb_buf_byte(&texts->of[i], 0);
    }
}

static void free_texts(struct texts *texts)
{
    for (size_t i = 0; i < MOST_TEXTS; i++)
        wb_buf_free(&texts->of[i]);
}

static long long number_in(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void put_heading(const struct wb_settings *s, const char *english, const char *chinese)
{
    printf("\n%s\n", wb_say(s, english, chinese));
}

/* ---- alarms ---- */

static void put_rate(const struct wb_settings *s, const json_t *alarm, struct texts *t)
{
    take_texts(t, alarm, (const char *const[]){"provider", "cause", NULL});
    printf(wb_say(s, "  %s: %lld × %s today, usually %.3g a day\n",
                  "  %s：今天 %lld 封 %s，平时每天 %.3g 封\n"),
           t->of[0].p, number_in(alarm, "now"), t->of[1].p,
           json_number_value(json_object_get(alarm, "usual")));
}

static void put_listing(const struct wb_settings *s, const json_t *alarm, struct texts *t)
{
    take_texts(t, alarm, (const char *const[]){"ip", "blocklist", NULL});
    printf(wb_say(s, "  Your sending address %s is on the blocklist %s\n",
                  "  您的发信 IP %s 被列入黑名单 %s\n"),
           t->of[0].p, t->of[1].p);
}

static void put_burst(const struct wb_settings *s, const json_t *alarm, struct texts *t)
{
    take_texts(t, alarm, (const char *const[]){"sender", NULL});
    printf(wb_say(s,
                  "  %s: %lld bounces in a day, others have %.3g. The password may have been "
                  "stolen.\n",
                  "  %s 一天内收到 %lld 封退信，其他人平均 %.3g 封，密码可能被盗了\n"),
           t->of[0].p, number_in(alarm, "now"), json_number_value(json_object_get(alarm, "usual")));
}

static void put_alarm(const struct wb_settings *s, const json_t *alarm, struct texts *t)
{
    static const struct {
        const char *kind;
        void (*put)(const struct wb_settings *s, const json_t *alarm, struct texts *t);
    } kinds[] = {{"rate", put_rate}, {"blocklisted", put_listing}, {"burst", put_burst}};
    const char *kind = json_string_value(json_object_get(alarm, "kind"));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kind && strcmp(kind, kinds[i].kind) == 0)
            kinds[i].put(s, alarm, t);
}

/* ---- both ---- */

static void put_worse(const struct wb_settings *s, const json_t *one, struct texts *t)
{
    take_texts(t, one, (const char *const[]){"name", "cause", "diagnostic"});
    printf(wb_say(s, "  %s, %s: %lld in the last 7 days, %lld in the 7 days before\n    %s\n",
                  "  %s，%s：最近 7 天 %lld 封，前 7 天 %lld 封\n    %s\n"),
           t->of[0].p, t->of[1].p, number_in(one, "now"), number_in(one, "before"), t->of[2].p);
}

static void put_all(const struct wb_settings *s, const json_t *alarms, const json_t *worse)
{
    struct texts texts = {0};
    size_t i;
    json_t *one;
    if (json_array_size(alarms))
        put_heading(s, "Alarms", "警报");
    json_array_foreach(alarms, i, one)
    {
        put_alarm(s, one, &texts);
    }
    if (json_array_size(worse))
        put_heading(s, "Got worse since last week", "比上周变差的");
    json_array_foreach(worse, i, one)
    {
        put_worse(s, one, &texts);
    }
    free_texts(&texts);
}

bool wb_report_news(const struct wb_settings *settings, struct wb_store *store,
                    struct wb_status *status)
{
    int64_t now = time(NULL);
    json_t *alarms = wb_alarms(store, now, status);
    json_t *overview = alarms ? wb_overview(store, "", now, status) : NULL;
    if (overview)
        put_all(settings, alarms, json_object_get(overview, "worse"));
    bool ok = overview != NULL;
    json_decref(alarms);
    json_decref(overview);
    return ok;
}
