/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image that name somebody: providers, their domains, blocklists. */
#ifndef WB_PLACES_H
#define WB_PLACES_H

#include "image.h"
#include "slice.h"

struct wb_provider {
    wb_str id;
    wb_str name[WB_LANGUAGES];
    wb_str page;
};

enum wb_domain_use {
    WB_DOMAIN_HOST = 1,      /* suffix of a mail host's name */
    WB_DOMAIN_RECIPIENT = 2, /* domain of an address */
};

struct wb_domain {
    wb_str name; /* 0: the slot is free */
    uint16_t provider;
    uint8_t uses;
    uint8_t mark; /* of the hash: of most others it is seen here that they are not this one */
};

/*
 * What leads to the slot of a domain, which has a name: its length, its first byte and its last
 * eight, or as many as it has, which are the upper ones of `eight`. A name has a hash for each of
 * its ends, and none of them takes a loop. Bit 32 of each byte is set, so the case of letters does
 * not count.
 */
static inline uint32_t wb_domain_hash(uint64_t eight, struct wb_slice name)
{
    uint64_t last = (eight | 0x2020202020202020u) >> (name.n < 8 ? 64 - 8 * name.n : 0);
    uint64_t first = (unsigned char)name.p[0] | 32u;
    uint64_t all = last + (first << 8 | (name.n & 0xFF)) * 0xC2B2AE3D27D4EB4Fu;
    return (uint32_t)((all ^ all >> 32) * 0x9E3779B97F4A7C15u >> 32);
}

/* Of a hash, whose lower bits lead to the slot. */
static inline uint8_t wb_domain_mark(uint32_t hash)
{
    return (uint8_t)(hash >> 24);
}

/* The last eight bytes of a name, the last one uppermost; zeros in front of fewer. */
uint64_t wb_domain_end(struct wb_slice name);

struct wb_blocklist {
    wb_str id;
    wb_str name;
    wb_str zone;
    wb_str page; /* with {ip} to fill in */
};

#endif
