/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiled for AVX2, and called only where the processor has it. What a byte is, is looked up by
 * its two halves: each bit of a class stands for some lower halves below some upper ones.
 */
#include "fold_int.h"

#if defined(__AVX2__)
#include <immintrin.h>
#include <string.h>

enum { BLOCK = 32 };

enum {
    WHITE = 1 << 0,  /* tab to carriage return */
    BLANK = 1 << 1,  /* 0x20 */
    NUMBER = 1 << 2, /* digits and ":" */
    STAR = 1 << 3,   /* "*" */
    JOIN = 1 << 4,   /* "-" and "." */
    LETTER = 1 << 5, /* "A" to "O", "a" to "o" */
    LATER = 1 << 6,  /* "P" to "Z", "p" to "z" */
    UNDER = 1 << 7,  /* "_" */
    OF_TOKEN = NUMBER | STAR | JOIN | LETTER | LATER | UNDER,
};

#define ROW(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

/* The classes that have such a lower half, and those that have such an upper half. */
static inline __m256i by_low(__m256i low)
{
    const char l = LETTER, b = (char)(LETTER | LATER | NUMBER);
    const __m256i row =
        ROW((char)(BLANK | LATER | NUMBER), b, b, b, b, b, b, b, b, (char)(b | WHITE),
            (char)(b | WHITE | STAR), (char)(l | WHITE), (char)(l | WHITE),
            (char)(l | WHITE | JOIN), (char)(l | JOIN), (char)UNDER | l);
    return _mm256_shuffle_epi8(row, low);
}

static inline __m256i by_high(__m256i high)
{
    const __m256i row = ROW(WHITE, 0, BLANK | STAR | JOIN, NUMBER, LETTER, (char)(LATER | UNDER),
                            LETTER, LATER, 0, 0, 0, 0, 0, 0, 0, 0);
    return _mm256_shuffle_epi8(row, high);
}

static inline __m256i classes_of(__m256i bytes)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i low = _mm256_and_si256(bytes, half);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
    return _mm256_and_si256(by_low(low), by_high(high));
}

static inline uint32_t where(__m256i mask)
{
    return (uint32_t)_mm256_movemask_epi8(mask);
}

/* All bits where the class is one of those, as a mask of bytes. */
static inline __m256i none_of(__m256i classes, int which)
{
    return _mm256_cmpeq_epi8(_mm256_and_si256(classes, _mm256_set1_epi8((char)which)),
                             _mm256_setzero_si256());
}

static inline uint32_t are(__m256i bytes, char c)
{
    return where(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c)));
}

/* Small letters, and blanks for all white space. */
static inline __m256i folded(__m256i bytes, __m256i classes, __m256i solid)
{
    __m256i letter = _mm256_or_si256(classes, _mm256_srli_epi16(classes, 1));
    __m256i small = _mm256_or_si256(bytes, _mm256_and_si256(letter, _mm256_set1_epi8(32)));
    return _mm256_blendv_epi8(_mm256_set1_epi8(' '), small, solid);
}

static inline uint64_t load(const char *p, size_t n)
{
    uint64_t bytes = 0;
    memcpy(&bytes, p, n);
    return bytes;
}

/* Fewer than sixteen bytes, and zeros behind them. Pieces of one size overlap in the middle. */
static inline __m128i short_half(const char *p, size_t n)
{
    uint64_t low = 0, high = 0;
    if (n > 8) {
        low = load(p, 8);
        high = load(p + n - 8, 8) >> 8 * (16 - n);
    } else if (n >= 4) {
        low = load(p, 4) | load(p + n - 4, 4) << 8 * (n - 4);
    } else if (n) {
        low = load(p, 1) | load(p + n / 2, 1) << 8 * (n / 2) | load(p + n - 1, 1) << 8 * (n - 1);
    }
    return _mm_set_epi64x((int64_t)high, (int64_t)low);
}

/* The same for fewer than thirty-two. */
static inline __m256i short_block(const char *p, size_t n)
{
    if (n < BLOCK / 2)
        return _mm256_set_m128i(_mm_setzero_si128(), short_half(p, n));
    __m128i first = _mm_loadu_si128((const __m128i *)(const void *)p);
    return _mm256_set_m128i(short_half(p + BLOCK / 2, n - BLOCK / 2), first);
}

void wb_fold_avx2(struct wb_folder *f)
{
    while (f->p < f->end && f->cap - f->n >= BLOCK) {
        const unsigned char before = f->n ? (unsigned char)f->out[f->n - 1] : ' ';
        size_t left = (size_t)(f->end - f->p);
        __m256i bytes = left < BLOCK ? short_block(f->p, left)
                                     : _mm256_loadu_si256((const __m256i *)(const void *)f->p);
        __m256i classes = classes_of(bytes);
        __m256i solid = none_of(classes, WHITE | BLANK);
        __m256i lower = folded(bytes, classes, solid);
        uint32_t blanks = ~where(solid), token = ~where(none_of(classes, OF_TOKEN));
        uint32_t numbers = ~where(none_of(classes, NUMBER | STAR)) | are(lower, 'x');
        uint32_t odd = where(bytes) | are(bytes, '@'); /* not ASCII; an address */
        odd |= blanks & (blanks << 1 | (before == ' '));
        uint32_t colons = are(bytes, ':'), begun = token << 1 | wb_in_token[before];
        odd |= numbers & ~(begun & ~(colons << 1 | (before == ':')));
        odd |= left < BLOCK ? 1u << left : 0;
        size_t n = odd ? (size_t)__builtin_ctz(odd) : BLOCK;
        _mm256_storeu_si256((__m256i *)(void *)(f->out + f->n), lower);
        wb_fold_map(f, n);
        f->n += n;
        f->p += n;
        if (odd)
            return;
    }
}

#else
#include "check.h"

/* No processor of this kind has AVX2: nobody calls it. */
void wb_fold_avx2(struct wb_folder *f)
{
    (void)f;
    WB_CHECK(!"without AVX2");
}
#endif
