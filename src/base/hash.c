/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

#include "avx2.h"

#include <endian.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { LONG = 512 }; /* from here on wider registers are worth a call */

struct wb_hash wb_hash_bytes(struct wb_slice s)
{
    if (s.n >= LONG && wb_has_avx2())
        return wb_hash_avx2(s);
    XXH128_hash_t h = XXH3_128bits(s.p, s.n);
    return (struct wb_hash){h.high64, h.low64};
}

struct wb_hash wb_hash_more(struct wb_hash before, struct wb_slice s)
{
    struct wb_hash both[2] = {before, wb_hash_bytes(s)};
    return wb_hash_bytes(wb_slice((const char *)both, sizeof both));
}

/* Eight digits at once: each nibble gets a byte of its own, and there 6 more carries into letters.
 */
static uint64_t eight_digits(uint32_t n)
{
    uint64_t x = n;
    x = (x & 0xFFFFu) << 32 | x >> 16;
    x = (x & 0x000000FF000000FFu) << 16 | (x & 0x0000FF000000FF00u) >> 8;
    x = (x & 0x000F000F000F000Fu) << 8 | (x & 0x00F000F000F000F0u) >> 4;
    uint64_t letter = (x + 0x0606060606060606u) >> 4 & 0x0101010101010101u;
    return x + 0x3030303030303030u + letter * ('a' - '0' - 10);
}

static void hex(uint64_t n, char out[16])
{
    uint64_t high = htole64(eight_digits((uint32_t)(n >> 32)));
    uint64_t low = htole64(eight_digits((uint32_t)n));
    memcpy(out, &high, 8);
    memcpy(out + 8, &low, 8);
}

void wb_hash_hex(struct wb_hash hash, char out[32])
{
    hex(hash.high, out);
    hex(hash.low, out + 16);
}
