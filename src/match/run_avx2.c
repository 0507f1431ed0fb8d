/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiled for AVX2, and called only where the processor has it: the places where a program can
 * begin. Thirty-two are asked together, four bytes from each place on.
 */
#include "program.h"

#if defined(__AVX2__)
#include <immintrin.h>

enum { BLOCK = 32 };

struct ways {
    __m256i low[WB_WAY_BYTES], high[WB_WAY_BYTES];
};

static inline __m256i twice(const uint8_t *sixteen)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)sixteen));
}

static inline __m256i load(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* The ways that can have these bytes so far behind their first. */
static inline __m256i ways_with(const struct ways *w, int at, __m256i bytes)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i low = _mm256_and_si256(bytes, half);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
    return _mm256_and_si256(_mm256_shuffle_epi8(w->low[at], low),
                            _mm256_shuffle_epi8(w->high[at], high));
}

/* And those that can begin at each place; so many bytes more can be read as a way has. */
static inline __m256i ways_at(const struct ways *w, const char *p)
{
    __m256i ways = ways_with(w, 0, load(p));
    for (int i = 1; i < WB_WAY_BYTES; i++)
        ways = _mm256_and_si256(ways, ways_with(w, i, load(p + i)));
    return ways;
}

static inline uint32_t any_of(__m256i ways)
{
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(ways, _mm256_setzero_si256()));
}

/* Of the last n places, or the first 32 of them. */
static uint32_t last_places(const struct ways *w, const char *place, size_t n)
{
    char rest[BLOCK + WB_WAY_BYTES] = {0};
    memcpy(rest, place, n);
    return any_of(ways_at(w, rest)) & UINT32_MAX >> (n < BLOCK ? BLOCK - n : 0);
}

uint32_t wb_way_places_avx2(const struct wb_starts *starts, const char **place, const char *end)
{
    struct ways w;
    for (int i = 0; i < WB_WAY_BYTES; i++) {
        w.low[i] = twice(starts->low[i]);
        w.high[i] = twice(starts->high[i]);
    }
    const char *p = *place;
    for (; end - p >= BLOCK + WB_WAY_BYTES - 1; p += BLOCK) {
        uint32_t found = any_of(ways_at(&w, p));
        *place = p;
        if (found)
            return found;
    }
    while (p < end) {
        size_t n = (size_t)(end - p);
        *place = p;
        uint32_t found = last_places(&w, p, n);
        if (found)
            return found;
        p += n < BLOCK ? n : BLOCK;
    }
    return 0;
}

#else
#include "check.h"

/* No processor of this kind has AVX2: nobody calls it. */
uint32_t wb_way_places_avx2(const struct wb_starts *starts, const char **place, const char *end)
{
    (void)starts, (void)place, (void)end;
    WB_CHECK(!"without AVX2");
    return 0;
}
#endif
