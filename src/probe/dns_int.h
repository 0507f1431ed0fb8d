/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of dns: where answers come from. */
#ifndef WB_DNS_INT_H
#define WB_DNS_INT_H

#include "dns.h"

struct wb_dns {
    struct wb_arena *arena;
    void (*ask)(struct wb_dns *dns, struct wb_dns_question *questions, size_t n, int64_t deadline);
    void (*close)(struct wb_dns *dns);
    wb_asking asking;
    void *channel;         /* of c-ares */
    struct wb_slice table; /* of tests */
};

/* Reads an answer as it came from the wire into the question. */
void wb_dns_read(struct wb_arena *arena, struct wb_slice packet, struct wb_dns_question *q);

#endif
