/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics.h"

#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "sums.h"

enum {
    MOST_LABELS = 511, /* pairs of cause and provider: more are counted under "other" */
    LONGEST_LABEL = 48,
    CLASSES = 6,
};

static const double bounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10};
enum { BOUNDS = sizeof bounds / sizeof bounds[0] };

struct wb_metrics {
    pthread_mutex_t lock;
    atomic_ullong by_class[CLASSES], by_bound[BOUNDS + 1],
        microseconds; /* no lock on each request */
    uint64_t stored, duplicates;
    struct wb_sums *labels; /* by provider and cause */
    uint64_t others;
};

struct wb_metrics *wb_metrics_open(void)
{
    struct wb_metrics *m = calloc(1, sizeof *m);
    WB_CHECK(m);
    m->labels = wb_sums_new(MOST_LABELS);
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

void wb_metrics_close(struct wb_metrics *m)
{
    free(m->labels);
    free(m);
}

void wb_metrics_request(struct wb_metrics *m, unsigned status, double seconds)
{
    size_t i = 0;
    while (i < BOUNDS && seconds > bounds[i])
        i++;
    atomic_fetch_add(&m->by_class[status / 100 < CLASSES ? status / 100 : 0], 1);
    atomic_fetch_add(&m->by_bound[i], 1);
    atomic_fetch_add(&m->microseconds, (unsigned long long)(seconds * 1e6));
}

/* Ids of the catalogue are of these letters; what a worker made up is not shown. */
static void take_label(char out[LONGEST_LABEL], struct wb_slice id)
{
    size_t n = 0;
    for (size_t i = 0; i < id.n && n < LONGEST_LABEL - 1; i++)
        if ((id.p[i] >= 'a' && id.p[i] <= 'z') || (id.p[i] >= '0' && id.p[i] <= '9') ||
            id.p[i] == '-' || id.p[i] == '.')
            out[n++] = id.p[i];
    out[n] = 0;
}

static void count_report(struct wb_metrics *m, const struct wb_record *record)
{
    char cause[LONGEST_LABEL], provider[LONGEST_LABEL];
    take_label(cause, record->cause);
    take_label(provider, record->provider);
    struct wb_sum *sum = wb_sums_row(m->labels, 0, wb_slice_str(provider), wb_slice_str(cause));
    ++*(sum ? &sum->now : &m->others);
}

void wb_metrics_stored(struct wb_metrics *m, const struct wb_record *records, size_t n,
                       const struct wb_added *added)
{
    pthread_mutex_lock(&m->lock);
    m->stored += added->reports;
    m->duplicates += added->duplicates;
    for (size_t i = 0; added->reports && i < n; i++)
        count_report(m, &records[i]);
    pthread_mutex_unlock(&m->lock);
}

static void put_requests(struct wb_metrics *m, struct wb_buf *out)
{
    uint64_t sum = 0;
    wb_buf_lit(out, "# TYPE whybounce_requests_total counter\n");
    for (unsigned i = 1; i < CLASSES; i++)
        wb_buf_printf(out, "whybounce_requests_total{status=\"%uxx\"} %llu\n", i,
                      (unsigned long long)m->by_class[i]);
    wb_buf_lit(out, "# TYPE whybounce_request_seconds histogram\n");
    for (size_t i = 0; i < BOUNDS; i++) {
        sum += m->by_bound[i];
        wb_buf_printf(out, "whybounce_request_seconds_bucket{le=\"%g\"} %llu\n", bounds[i],
                      (unsigned long long)sum);
    }
    sum += m->by_bound[BOUNDS];
    wb_buf_printf(out,
                  "whybounce_request_seconds_bucket{le=\"+Inf\"} %llu\n"
                  "whybounce_request_seconds_sum %g\nwhybounce_request_seconds_count %llu\n",
                  (unsigned long long)sum, (double)m->microseconds / 1e6, (unsigned long long)sum);
}

static void put_label(struct wb_buf *out, const char *cause, const char *provider, uint64_t n)
{
    wb_buf_printf(out, "whybounce_reports_total{cause=\"%s\",provider=\"%s\"} %llu\n", cause,
                  provider, (unsigned long long)n);
}

void wb_metrics_put(const struct wb_service *service, struct wb_buf *out)
{
    struct wb_metrics *m = service->metrics;
    pthread_mutex_lock(&m->lock);
    put_requests(m, out);
    wb_buf_printf(out,
                  "# TYPE whybounce_stored_total counter\nwhybounce_stored_total %llu\n"
                  "# TYPE whybounce_duplicates_total counter\nwhybounce_duplicates_total %llu\n"
                  "# TYPE whybounce_reports_total counter\n",
                  (unsigned long long)m->stored, (unsigned long long)m->duplicates);
    for (size_t i = 0; i < m->labels->n; i++) {
        const struct wb_sum *sum = &m->labels->rows[i];
        put_label(out, sum->cause, sum->name, sum->now);
    }
    if (m->others)
        put_label(out, "other", "other", m->others);
    pthread_mutex_unlock(&m->lock);
    wb_buf_printf(out,
                  "# TYPE whybounce_waiting gauge\nwhybounce_waiting %zu\n"
                  "# TYPE whybounce_worker_restarts_total counter\n"
                  "whybounce_worker_restarts_total %llu\n",
                  wb_writer_waiting(service->writer),
                  (unsigned long long)wb_pool_restarts(service->pool));
}
