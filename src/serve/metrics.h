/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service counts of itself, in the text format of Prometheus. Any thread. */
#ifndef WB_METRICS_H
#define WB_METRICS_H

#include "serve.h"

struct wb_metrics *wb_metrics_open(void);
void wb_metrics_close(struct wb_metrics *metrics);

void wb_metrics_request(struct wb_metrics *metrics, unsigned status, double seconds);
/* Reports that were new in the store, and those that had been there. */
void wb_metrics_stored(struct wb_metrics *metrics, const struct wb_record *records, size_t n,
                       const struct wb_added *added);
/* All of it; the gauges are the service's of this moment. */
void wb_metrics_put(const struct wb_service *service, struct wb_buf *out);

#endif
