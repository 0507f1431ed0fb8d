/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe.h"
#include "limit_check.h"

#include <stdio.h>

int64_t wb_probe_dns_deadline(const struct wb_probe *probe)
{
    int64_t by = wb_now() + WB_MAX_DNS_TIME;
    return by < probe->deadline ? by : probe->deadline;
}

const char *wb_probe_name(const struct wb_probe *probe, struct wb_slice name)
{
    char *copy = wb_arena_alloc(probe->arena, name.n + 1);
    if (copy && name.n)
        memcpy(copy, name.p, name.n);
    return copy && strlen(copy) == name.n ? copy : "invalid"; /* RFC 2606 2: it never exists */
}

struct wb_slice wb_probe_number(const struct wb_probe *probe, long long n)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", n);
    return wb_arena_copy(probe->arena, wb_slice_str(text));
}
