/* SPDX-License-Identifier: BSD-2-Clause */
/* How often one address may call: what is costly, or open to everybody. Any thread. */
#ifndef WB_RATES_H
#define WB_RATES_H

#include "serve.h"

struct wb_rates *wb_rates_open(void);
void wb_rates_close(struct wb_rates *rates);

/* False, after an answer of 429, when the caller's address has called too often for this. */
bool wb_rate_take(struct wb_request *r, char what, long per_minute) WB_MUST_CHECK;

#endif
