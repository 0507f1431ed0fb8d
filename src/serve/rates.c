/* SPDX-License-Identifier: BSD-2-Clause */
/* A bucket for each address and kind of call, which fills again with time. */
#include "rates.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>

#include "channel.h"
#include "check.h"
#include "hash.h"

enum { BUCKETS = 4096, MINUTE = 60000 };

/* Two addresses that fall on the same bucket share it. */
struct wb_rates {
    pthread_mutex_t lock;
    struct {
        double left;
        int64_t at; /* milliseconds; 0: never used */
    } buckets[BUCKETS];
};

struct wb_rates *wb_rates_open(void)
{
    struct wb_rates *rates = calloc(1, sizeof *rates);
    WB_CHECK(rates);
    pthread_mutex_init(&rates->lock, NULL);
    return rates;
}

void wb_rates_close(struct wb_rates *rates)
{
    free(rates);
}

/* An IPv6 customer has a whole network of 64 bits. */
static struct wb_slice address_of(const struct wb_request *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr->sa_family == AF_INET)
        return wb_slice((const char *)&((struct sockaddr_in *)info->client_addr)->sin_addr, 4);
    if (info && info->client_addr->sa_family == AF_INET6)
        return wb_slice((const char *)&((struct sockaddr_in6 *)info->client_addr)->sin6_addr, 8);
    return WB_NONE;
}

bool wb_rate_take(struct wb_request *r, char what, long per_minute)
{
    struct wb_rates *rates = r->service->rates;
    struct wb_hash hash = wb_hash_more(wb_hash_bytes(address_of(r)), wb_slice(&what, 1));
    size_t i = hash.low % BUCKETS;
    int64_t now = wb_serve_now();
    double most = (double)per_minute;
    pthread_mutex_lock(&rates->lock);
    double left = rates->buckets[i].at ? rates->buckets[i].left +
                                             (double)(now - rates->buckets[i].at) * most / MINUTE
                                       : most;
    left = left > most ? most : left;
    bool ok = left >= 1;
    rates->buckets[i].left = ok ? left - 1 : left;
    rates->buckets[i].at = now;
    pthread_mutex_unlock(&rates->lock);
    if (ok)
        return true;
    r->retry_after = (unsigned)((1 - left) * 60 / most) + 1;
    wb_answer_problem(r, 429, "At most %ld calls of this kind in a minute.", per_minute);
    return false;
}
