/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct wb_hash wb_hash_bytes(struct wb_slice s)
{
    XXH128_hash_t h = XXH3_128bits(s.p, s.n);
    return (struct wb_hash){h.high64, h.low64};
}

struct wb_hash wb_hash_more(struct wb_hash before, struct wb_slice s)
{
    struct wb_hash both[2] = {before, wb_hash_bytes(s)};
    return wb_hash_bytes(wb_slice((const char *)both, sizeof both));
}

static void hex(uint64_t n, char out[16])
{
    for (int i = 15; i >= 0; i--, n >>= 4)
        out[i] = "0123456789abcdef"[n & 15];
}

void wb_hash_hex(struct wb_hash hash, char out[32])
{
    hex(hash.high, out);
    hex(hash.low, out + 16);
}
