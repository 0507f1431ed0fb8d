/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled for AVX2, and called only where the processor has it: eight grams at a time. */
#include "scan_words.h"

#if defined(__AVX2__)
#include <immintrin.h>

enum { LANES = 8 };

/* Which of these grams a word may have. */
static inline uint64_t sought(const uint64_t *grams, __m256i gram, uint32_t *gram_out)
{
    __m256i row = _mm256_i32gather_epi32((const int *)(const void *)grams,
                                         _mm256_srli_epi32(gram, 5), sizeof(int));
    _mm256_storeu_si256((__m256i *)(void *)gram_out, gram);
    /* the bit becomes the sign; of the count only five bits are to be taken */
    __m256i up = _mm256_andnot_si256(gram, _mm256_set1_epi32(31));
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(row, up)));
}

static inline uint64_t places_avx2(const uint64_t *grams, const char *p, uint32_t gram[2 * PLACES])
{
    const __m256i four = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6,
                                          7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
    const __m256i three = _mm256_set1_epi32(0xFFFFFF), factor = _mm256_set1_epi32((int)GRAM_FACTOR);
    uint64_t found = 0;
    for (unsigned i = 0; i < PLACES; i += LANES) {
        __m128i low = _mm_loadl_epi64((const __m128i *)(const void *)(p + i));
        int more;
        memcpy(&more, p + i + LANES - 1, sizeof more);
        __m128i text = _mm_insert_epi32(low, (int)((unsigned)more >> 8), 2);
        __m256i bytes = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(text), four);
        __m256i fours = _mm256_srli_epi32(_mm256_mullo_epi32(bytes, factor), 32 - GRAM_BITS);
        __m256i threes = _mm256_mullo_epi32(_mm256_and_si256(bytes, three), factor);
        threes =
            _mm256_add_epi32(_mm256_srli_epi32(threes, 32 - THREE_BITS), _mm256_set1_epi32(FOURS));
        found |= sought(grams, fours, gram + i) << i;
        found |= sought(grams, threes, gram + PLACES + i) << (PLACES + i);
    }
    return found;
}

uint32_t wb_find_words_avx2(struct scan scan, struct wb_slice text)
{
    return find_words(scan, text, places_avx2);
}

#else
#include "check.h"

/* No processor of this kind has AVX2: nobody calls it. */
uint32_t wb_find_words_avx2(struct scan scan, struct wb_slice text)
{
    (void)text;
    WB_CHECK(!"without AVX2");
    return scan.count;
}
#endif
