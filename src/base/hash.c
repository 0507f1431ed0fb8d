/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

#include "avx2.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

#if defined(__SSE2__)
/* All digits at once: each nibble gets a byte of its own. */
void wb_hash_hex(struct wb_hash hash, char out[32])
{
    const __m128i nibble = _mm_set1_epi8(15);
    __m128i bytes = _mm_set_epi64x((long long)__builtin_bswap64(hash.low),
                                   (long long)__builtin_bswap64(hash.high));
    __m128i upper = _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble);
    __m128i lower = _mm_and_si128(bytes, nibble);
    __m128i half[2] = {_mm_unpacklo_epi8(upper, lower), _mm_unpackhi_epi8(upper, lower)};
    for (int i = 0; i < 2; i++) {
        __m128i letter =
            _mm_and_si128(_mm_cmpgt_epi8(half[i], _mm_set1_epi8(9)), _mm_set1_epi8('a' - '0' - 10));
        half[i] = _mm_add_epi8(_mm_add_epi8(half[i], _mm_set1_epi8('0')), letter);
        _mm_storeu_si128((__m128i *)(void *)(out + 16 * i), half[i]);
    }
}
#else
static void hex(uint64_t n, char out[16])
{
    for (int i = 0; i < 16; i++)
        out[i] = "0123456789abcdef"[n >> (60 - 4 * i) & 15];
}

void wb_hash_hex(struct wb_hash hash, char out[32])
{
    hex(hash.high, out);
    hex(hash.low, out + 16);
}
#endif
