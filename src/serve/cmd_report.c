/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce report: what the store holds, as bars of text. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "commands.h"
#include "options.h"
#include "report_news.h"
#include "store_address.h"
#include "store_notice.h"
#include "store_read.h"
#include "sums.h"

enum { MOST = 64, BAR = 40, DAY = 86400, SHOWN = 15 };

struct table {
    struct wb_sums *sums;
    uint64_t total;
};

static bool take(void *own, const struct wb_count *count)
{
    struct table *t = own;
    struct wb_sum *sum = wb_sums_row(t->sums, 0, count->name, WB_NONE);
    t->total += count->count;
    if (sum)
        sum->now += count->count;
    return true;
}

static void put_table(const struct wb_settings *s, const char *title, struct table *t)
{
    const struct wb_sum *rows = t->sums->rows;
    wb_sums_sort(t->sums);
    printf("\n%s\n", title);
    if (!t->sums->n)
        printf("  %s\n", wb_say(s, "nothing", "没有"));
    for (size_t i = 0; i < t->sums->n && i < SHOWN; i++) {
        struct wb_buf name = {0};
        int bar = (int)(rows[i].now * BAR / (rows[0].now ? rows[0].now : 1));
        wb_buf_safe(&name, wb_slice_str(*rows[i].name ? rows[i].name : "-"));
        printf("  %-28.*s %9llu %5.1f %%  ", (int)name.n, name.p, (unsigned long long)rows[i].now,
               100.0 * (double)rows[i].now / (double)t->total);
        while (bar-- > 0)
            fputs("█", stdout);
        putchar('\n');
        wb_buf_free(&name);
    }
}

static bool put_all(const struct wb_settings *s, struct wb_store *store, int64_t from,
                    struct wb_status *status)
{
    static const struct {
        enum wb_by by;
        const char *english, *chinese;
    } parts[] = {{WB_BY_CAUSE, "By cause", "按原因"},
                 {WB_BY_PROVIDER, "By provider", "按服务商"},
                 {WB_BY_DOMAIN, "By domain", "按域名"}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct table t = {wb_sums_new(MOST), 0};
        struct wb_statistics what = {.from = from,
                                     .kind = WB_S("bounce"),
                                     .by = parts[i].by,
                                     .step = WB_STEP_DAY,
                                     .top = MOST};
        bool ok = wb_store_statistics(store, &what, take, &t, status);
        if (ok && i == 0)
            printf(wb_say(s, "%llu bounces\n", "退信 %llu 封\n"), (unsigned long long)t.total);
        if (ok)
            put_table(s, wb_say(s, parts[i].english, parts[i].chinese), &t);
        free(t.sums);
        if (!ok)
            return false;
    }
    return true;
}

static bool take_unproven(void *own, const struct wb_count *count)
{
    if (wb_slice_eq(count->name, wb_proof_name(WB_PROOF_NONE)))
        *(uint64_t *)own += count->count;
    return true;
}

/* Those change nothing, which surprises whoever has proven none yet. */
static bool put_unproven(const struct wb_settings *s, struct wb_store *store, int64_t from,
                         struct wb_status *status)
{
    uint64_t n = 0;
    struct wb_statistics what = {
        .from = from, .kind = WB_S("bounce"), .by = WB_BY_PROOF, .step = WB_STEP_DAY};
    bool ok = wb_store_statistics(store, &what, take_unproven, &n, status);
    if (ok && n)
        printf(wb_say(s, "%llu bounces are unproven; whybounce help verp says how to prove them\n",
                      "有 %llu 封退信还没证实是您的邮件引起的；怎样证实见 whybounce help verp\n"),
               (unsigned long long)n);
    return ok;
}

static bool put_states(const struct wb_settings *s, struct wb_store *store,
                       struct wb_status *status)
{
    uint64_t suppressed, paused;
    bool ok = wb_store_address_counts(store, &suppressed, &paused, status);
    if (ok)
        printf(wb_say(s, "\n%llu addresses suppressed, %llu paused\n",
                      "\n停发 %llu 个地址，暂停 %llu 个\n"),
               (unsigned long long)suppressed, (unsigned long long)paused);
    return ok;
}

struct queue {
    const struct wb_settings *settings;
    bool has_begun;
};

static bool put_endpoint(void *own, const struct wb_endpoint_row *row)
{
    struct queue *q = own;
    struct wb_buf text = {0};
    if (!q->has_begun)
        printf("\n%s\n", wb_say(q->settings, "Webhooks", "Webhook 通知"));
    q->has_begun = true;
    wb_buf_safe(&text, row->name);
    printf("  %-28.*s ", (int)text.n, text.p);
    printf(wb_say(q->settings, "%llu waiting, %llu delivered, %llu given up",
                  "待发 %llu，已送达 %llu，已放弃 %llu"),
           (unsigned long long)row->waiting, (unsigned long long)row->delivered,
           (unsigned long long)row->dead);
    wb_buf_clear(&text);
    wb_buf_safe(&text, row->error);
    if (row->error.n && (row->waiting || row->dead))
        printf(wb_say(q->settings, " (last trouble: %.*s)", "（最近一次失败：%.*s）"), (int)text.n,
               text.p);
    putchar('\n');
    wb_buf_free(&text);
    return true;
}

int wb_report_command(int argc, char **argv)
{
    struct wb_settings settings;
    struct wb_status status = {{0}};
    const char *days = NULL;
    long long n = 30;
    int first, result;
    const struct wb_serve_option options[] = {{"days", true, &days}, {NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    if (first < argc ||
        (days && (!wb_slice_number(wb_slice_str(days), &n) || n < 1 || n > 36500))) {
        result = wb_usage(&settings, "report");
    } else {
        struct wb_store *store = wb_store_open(settings.store, WB_STORE_READ, &status);
        int64_t today = time(NULL) / DAY * DAY;
        struct queue queue = {&settings, false};
        bool ok = store && put_all(&settings, store, today - (n - 1) * DAY, &status) &&
                  put_states(&settings, store, &status) &&
                  put_unproven(&settings, store, today - (n - 1) * DAY, &status) &&
                  wb_report_news(&settings, store, &status) &&
                  wb_store_endpoints(store, put_endpoint, &queue, &status);
        if (!ok)
            wb_serve_complain("%s", status.text);
        if (store)
            wb_store_close(store);
        result = ok ? 0 : 1;
    }
    wb_settings_close(&settings);
    return result;
}
