/* SPDX-License-Identifier: BSD-2-Clause */
#include "sieve.h"

#include "avx2.h"
#include "avx512.h"

static void add_byte(struct wb_sieve *sieve, int place, unsigned char byte, uint8_t bit)
{
    sieve->low[place][byte & 15] |= bit;
    sieve->high[place][byte >> 4] |= bit;
}

void wb_sieve_add(struct wb_sieve *sieve, struct wb_slice word, int bucket, bool nocase)
{
    const uint8_t bit = (uint8_t)(1 << bucket);
    for (int i = 0; i < WB_SIEVE_BYTES; i++) {
        bool any = (size_t)i >= word.n; /* what stands behind a short word does not matter */
        for (unsigned half = 0; any && half < 16; half++) {
            sieve->low[i][half] |= bit;
            sieve->high[i][half] |= bit;
        }
        if (any)
            continue;
        add_byte(sieve, i, (unsigned char)word.p[i], bit);
        if (nocase && wb_is_alpha(word.p[i]))
            add_byte(sieve, i, (unsigned char)word.p[i] ^ 32u, bit);
    }
}

unsigned wb_sieve_buckets(const struct wb_sieve *sieve, struct wb_slice text)
{
    if (wb_has_avx512())
        return wb_sieve_avx512(sieve, text);
    return wb_has_avx2() ? wb_sieve_avx2(sieve, text) : (1u << WB_SIEVE_BUCKETS) - 1;
}
