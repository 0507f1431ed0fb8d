/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiled for AVX2, and called only where the processor has it. Twice thirty-two places are looked
 * at together: where the needle's first byte stands, and its last one at the right distance, the
 * rest is compared.
 */
#include "avx2.h"
#include "escapes.h"
#include "header_fields.h"
#include "line_ends.h"

#if defined(__AVX2__)
#include <immintrin.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { BLOCK = 32 };

static __m256i load(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline uint64_t bits_of(__m256i front, __m256i back)
{
    return (unsigned)_mm256_movemask_epi8(front) | (uint64_t)(unsigned)_mm256_movemask_epi8(back)
                                                       << 32;
}

/* The first of these places where all of it stands. */
static inline const char *whole_at(const char *p, uint64_t at, struct wb_slice needle)
{
    for (; at; at &= at - 1) {
        const char *here = p + __builtin_ctzll(at);
        if (needle.n < 3)
            return here;
        if (here[1] == needle.p[1] && here[2] == needle.p[2] && /* a call is for likely ones */
            (needle.n == 3 || memcmp(here + 3, needle.p + 3, needle.n - 3) == 0))
            return here;
    }
    return NULL;
}

/*
 * Of a needle of three bytes the first two are sought: "\n--" is the one that is sought most, and
 * many lines begin with "X-".
 */
const char *wb_find_avx2(struct wb_slice s, struct wb_slice needle)
{
    const size_t far = needle.n - 1 - (needle.n == 3), places = s.n - needle.n + 1;
    const __m256i first = _mm256_set1_epi8(needle.p[0]), second = _mm256_set1_epi8(needle.p[far]);
    const char *p = s.p, *end = s.p + places, *hit;
#define ENDS(at)                                                                                   \
    _mm256_and_si256(_mm256_cmpeq_epi8(load(at), first),                                           \
                     _mm256_cmpeq_epi8(load((at) + far), second))
    for (ptrdiff_t left = (ptrdiff_t)places - 2 * BLOCK; left >= 0; left -= 2 * BLOCK) {
        __m256i a = ENDS(p), b = ENDS(p + BLOCK), any = _mm256_or_si256(a, b);
        if (!_mm256_testz_si256(any, any) && (hit = whole_at(p, bits_of(a, b), needle)))
            return hit;
        p += 2 * BLOCK;
    }
    /* the last two blocks may overlap those before, and each other */
    const char *last = end - BLOCK, *beside = places < 2 * BLOCK ? s.p : last - BLOCK;
    uint64_t at = (unsigned)_mm256_movemask_epi8(ENDS(beside));
    at |= (uint64_t)(unsigned)_mm256_movemask_epi8(ENDS(last)) << (last - beside);
#undef ENDS
    return whole_at(beside, at, needle);
}

static __m256i either_case(char c, __m256i *small_out)
{
    bool letter = wb_is_alpha(c);
    *small_out = _mm256_set1_epi8(letter ? 32 : 0);
    return _mm256_set1_epi8(wb_lower(c));
}

/* What is sought in either case; small: the bit that makes the letters at its ends small ones. */
struct folded_search {
    __m256i first, last, small_first, small_last;
    struct wb_slice needle;
};

static inline __m256i folded_ends_at(const struct folded_search *s, const char *p)
{
    __m256i first = _mm256_or_si256(load(p), s->small_first);
    __m256i last = _mm256_or_si256(load(p + s->needle.n - 1), s->small_last);
    return _mm256_and_si256(_mm256_cmpeq_epi8(first, s->first), _mm256_cmpeq_epi8(last, s->last));
}

/*
 * The first block of places with both ends in it; `end`: there is none before it. Apart from the
 * rest, so that all it needs stays in registers.
 */
static __attribute__((noinline)) const char *skip_folded(const char *p, const char *end,
                                                         const struct folded_search *search)
{
    const struct folded_search s = *search;
    for (; p < end; p += 2 * BLOCK) {
        __m256i a = folded_ends_at(&s, p);
        if (!_mm256_testz_si256(a, a))
            return p;
        if (p + BLOCK >= end)
            break;
        __m256i b = folded_ends_at(&s, p + BLOCK);
        if (!_mm256_testz_si256(b, b))
            return p + BLOCK;
    }
    return end;
}

static const char *whole_in_either_case(const struct folded_search *s, const char *p,
                                        const char *text_end)
{
    unsigned at = (unsigned)_mm256_movemask_epi8(folded_ends_at(s, p));
    for (; at; at &= at - 1) {
        const char *here = p + __builtin_ctz(at);
        if (wb_slice_startsi(wb_slice_span(here, text_end), s->needle))
            return here;
    }
    return NULL;
}

const char *wb_findi_avx2(struct wb_slice s, struct wb_slice needle, size_t *done_out)
{
    struct folded_search search = {.needle = needle};
    search.first = either_case(needle.p[0], &search.small_first);
    search.last = either_case(needle.p[needle.n - 1], &search.small_last);
    const size_t places = s.n - needle.n + 1;
    *done_out = 0;
    if (places < BLOCK)
        return NULL;
    *done_out = places;
    const char *end = s.p + places - BLOCK; /* where the last block begins */
    for (const char *p = s.p;; p += BLOCK) {
        p = skip_folded(p, end, &search);
        if (p >= end)
            return whole_in_either_case(&search, end, wb_slice_end(s));
        const char *hit = whole_in_either_case(&search, p, wb_slice_end(s));
        if (hit)
            return hit;
    }
}

/* The topmost bit of each byte that is not ASCII, or that one. */
static inline __m256i odd(const char *p, __m256i without)
{
    return _mm256_or_si256(load(p), _mm256_cmpeq_epi8(load(p), without));
}

size_t wb_ascii_avx2(struct wb_slice s, char without)
{
    const __m256i byte = _mm256_set1_epi8(without);
    const char *p = s.p, *end = wb_slice_end(s);
    for (; end - p >= 4 * BLOCK; p += 4 * BLOCK) {
        __m256i front = _mm256_or_si256(odd(p, byte), odd(p + BLOCK, byte));
        __m256i back = _mm256_or_si256(odd(p + 2 * BLOCK, byte), odd(p + 3 * BLOCK, byte));
        if (_mm256_movemask_epi8(_mm256_or_si256(front, back)))
            break;
    }
    for (; p < end; p += BLOCK) {
        if (end - p < BLOCK)
            p = end - BLOCK; /* what it overlaps is known not to be odd */
        unsigned at = (unsigned)_mm256_movemask_epi8(odd(p, byte));
        if (at)
            return (size_t)(p - s.p) + (size_t)__builtin_ctz(at);
    }
    return s.n;
}

/* Which of the bytes are in the set; a lookup gives 0 where the topmost bit is set. */
static inline __m256i in_set(__m256i set, __m256i bytes)
{
    const __m256i bits = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i row = _mm256_shuffle_epi8(set, bytes);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(7));
    __m256i bit = _mm256_shuffle_epi8(bits, upper);
    return _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), bit);
}

uint32_t wb_pair_places_avx2(const struct wb_byte_pair *pair, const char **place, const char *end)
{
    const __m256i first = _mm256_set1_epi8(pair->first);
    const __m256i second =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)pair->second));
    const char *p = *place;
    for (; end - p > BLOCK; p += BLOCK) {
        __m256i here = _mm256_cmpeq_epi8(load(p), first);
        __m256i both = _mm256_and_si256(here, in_set(second, load(p + 1)));
        uint32_t at = (uint32_t)_mm256_movemask_epi8(both);
        if (at) {
            *place = p;
            return at;
        }
    }
    *place = p;
    const size_t n = (size_t)(end - p);
    if (n == 0)
        return 0;
    char rest[2 * BLOCK] = {0};
    memcpy(rest, p, n);
    uint32_t last = (uint32_t)1 << (n - 1); /* anything is behind that, as it were */
    uint32_t at = (uint32_t)_mm256_movemask_epi8(in_set(second, load(rest + 1))) | last;
    at &= (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(rest), first));
    return at & (last | (last - 1));
}

/* ---- a sieve ---- */

struct sieve {
    __m256i low[WB_SIEVE_BYTES], high[WB_SIEVE_BYTES];
};

static __m256i twice(const uint8_t *sixteen)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)sixteen));
}

/* The buckets of each of 32 places; two bytes more can be read. */
static __m256i buckets_at(const struct sieve *s, const char *p)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i found = _mm256_set1_epi8(-1);
    for (int i = 0; i < WB_SIEVE_BYTES; i++) {
        __m256i bytes = load(p + i);
        __m256i low = _mm256_shuffle_epi8(s->low[i], _mm256_and_si256(bytes, half));
        __m256i high =
            _mm256_shuffle_epi8(s->high[i], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
        found = _mm256_and_si256(found, _mm256_and_si256(low, high));
    }
    return found;
}

static unsigned any_of(__m256i bytes)
{
    __m128i sixteen =
        _mm_or_si128(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
    uint64_t eight = (uint64_t)_mm_cvtsi128_si64(_mm_or_si128(sixteen, _mm_srli_si128(sixteen, 8)));
    eight |= eight >> 32;
    eight |= eight >> 16;
    return (unsigned)((eight | eight >> 8) & 0xFF);
}

enum { BEHIND = WB_SIEVE_BYTES - 1 }; /* bytes that are read behind the places of a block */

/* Of a text in which no block with what is read behind it can lie. */
static __m256i buckets_of_short(const struct sieve *s, struct wb_slice text)
{
    char block[2 * BLOCK + BEHIND] = {0};
    memcpy(block, text.p, text.n);
    return _mm256_or_si256(buckets_at(s, block), buckets_at(s, block + BLOCK));
}

/* Blocks from the front on, then the last one, whatever it overlaps, and the places behind that. */
static __m256i buckets_of_long(const struct sieve *s, struct wb_slice text)
{
    const char *last = wb_slice_end(text) - (BLOCK + BEHIND);
    char block[BLOCK + BEHIND] = {0};
    memcpy(block, last + BLOCK, BEHIND);
    __m256i found = _mm256_or_si256(buckets_at(s, last), buckets_at(s, block));
    for (const char *p = text.p; p < last; p += BLOCK)
        found = _mm256_or_si256(found, buckets_at(s, p));
    return found;
}

unsigned wb_sieve_avx2(const struct wb_sieve *sieve, struct wb_slice text)
{
    struct sieve s;
    if (!text.n)
        return 0;
    for (int i = 0; i < WB_SIEVE_BYTES; i++) {
        s.low[i] = twice(sieve->low[i]);
        s.high[i] = twice(sieve->high[i]);
    }
    return any_of(text.n < BLOCK + BEHIND ? buckets_of_short(&s, text) : buckets_of_long(&s, text));
}

/* ---- the fields of a header block ---- */

/* Each white byte stands in the table at its lower half. */
static inline __m256i is_white(__m256i bytes, __m256i table)
{
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes), bytes);
}

static __m256i both_halves(__m128i bytes)
{
    return _mm256_broadcastsi128_si256(bytes);
}

/* Bits of the rows of ASCII: "-." is 1, digits are 2, @A-O `a-o 4, P-Z p-z 8, _ is 16. */
static void name_lengths(struct wb_fields *f)
{
    const __m256i low =
        both_halves(_mm_setr_epi8(10, 14, 14, 14, 14, 14, 14, 14, 14, 14, 12, 4, 4, 5, 5, 4 + 16));
    const __m256i high =
        both_halves(_mm_setr_epi8(0, 0, 1, 2, 4, 8 + 16, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0));
    unsigned far = f->scan.count; /* so many fields have a block from their start on */
    while (far && f->scan.end - f->start[far - 1] < BLOCK)
        f->name[--far] = WB_LONG_NAME;
    for (unsigned i = 0; i < far; i++) {
        __m256i bytes = load(f->start[i]);
        __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
        __m256i name =
            _mm256_and_si256(_mm256_shuffle_epi8(low, bytes), _mm256_shuffle_epi8(high, upper));
        __m256i other = _mm256_cmpeq_epi8(name, _mm256_setzero_si256());
        uint64_t at = (unsigned)_mm256_movemask_epi8(other) | (uint64_t)1 << WB_LONG_NAME;
        f->name[i] = (uint8_t)__builtin_ctzll(at);
    }
}

void wb_fields_avx2(struct wb_fields *f)
{
    const __m256i eol = _mm256_set1_epi8(f->eol);
    const __m256i white =
        both_halves(_mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));
    struct wb_field_scan s = f->scan;
    bool more = true;
    while (more && wb_field_block_left(&s)) {
        __m256i a = load(s.at), b = load(s.at + BLOCK);
        struct wb_field_masks masks = {
            bits_of(_mm256_cmpeq_epi8(a, eol), _mm256_cmpeq_epi8(b, eol)),
            bits_of(is_white(a, white), is_white(b, white)),
        };
        more = wb_note_block(&s, f->start, masks, WB_FIELD_BLOCK);
    }
    f->scan = s;
    name_lengths(f);
}

/* ---- the ends of lines ---- */

void wb_ends_avx2(struct wb_lines *lines)
{
    const __m256i cr = _mm256_set1_epi8('\r'), lf = _mm256_set1_epi8('\n');
    struct wb_ends_scan s = lines->scan;
    while (wb_ends_block_left(&s)) {
        __m256i a = load(s.at), b = load(s.at + BLOCK);
        wb_note_ends(&s, lines->place, bits_of(_mm256_cmpeq_epi8(a, cr), _mm256_cmpeq_epi8(b, cr)),
                     bits_of(_mm256_cmpeq_epi8(a, lf), _mm256_cmpeq_epi8(b, lf)), WB_ENDS_BLOCK);
    }
    lines->scan = s;
}

/* ---- quoted-printable ---- */

/* Bytes that tell where to look, in registers. */
struct escape_bytes {
    __m256i white, cr, lf, mark;
};

/* Which of 32 bytes are "=", or a line end with white space before it, but for the CR of CR LF. */
static inline __m256i marks_at(const char *p, const struct escape_bytes *b)
{
    const __m256i bytes = load(p), before = load(p - 1), further = load(p - 2);
    __m256i crlf =
        _mm256_andnot_si256(is_white(further, b->white), _mm256_cmpeq_epi8(before, b->cr));
    __m256i padded = _mm256_andnot_si256(crlf, is_white(before, b->white));
    __m256i end = _mm256_cmpeq_epi8(bytes, b->lf);
    return _mm256_or_si256(_mm256_and_si256(end, padded), _mm256_cmpeq_epi8(bytes, b->mark));
}

/* Takes the escape or the soft break that stands here, if it is one, without a guess which. */
static inline bool take_escape(struct wb_escapes *e)
{
    const char *p = e->p;
    int high = wb_hex_digit(p[1]), low = wb_hex_digit(p[2]);
    unsigned escape = (high | low) >= 0, crlf = (p[1] == '\r') & (p[2] == '\n');
    unsigned far = escape | crlf, usual = (*p == '=') & (far | (p[1] == '\n'));
    if (!usual)
        return false;
    *e->out = (char)(high * 16 + low);
    e->out += escape;
    e->p += 2 + far;
    return true;
}

void wb_escapes_avx2(struct wb_escapes *escapes)
{
    const struct escape_bytes bytes = {
        both_halves(_mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', 0, 0, 0, '\r', 0, 0)),
        _mm256_set1_epi8('\r'), _mm256_set1_epi8('\n'), _mm256_set1_epi8('=')};
    struct wb_escapes e = *escapes;
    bool usual = true;
    while (usual && wb_escapes_block_left(&e)) {
        uint64_t at = bits_of(marks_at(e.p, &bytes), marks_at(e.p + BLOCK, &bytes));
        size_t n = __builtin_ia32_tzcnt_u64(at);
        _mm256_storeu_si256((__m256i *)(void *)e.out, load(e.p));
        _mm256_storeu_si256((__m256i *)(void *)(e.out + BLOCK), load(e.p + BLOCK));
        e.p += n;
        e.out += n;
        if (!at)
            continue;
        do /* in some languages one stands behind the other */
            usual = take_escape(&e);
        while (usual && wb_escapes_block_left(&e) && *e.p == '=');
    }
    *escapes = e;
}

struct wb_hash wb_hash_avx2(struct wb_slice s)
{
    XXH128_hash_t h = XXH3_128bits(s.p, s.n);
    return (struct wb_hash){h.high64, h.low64};
}

#else
#include "check.h"

/* No processor of this kind has AVX2: nobody calls these. */
const char *wb_find_avx2(struct wb_slice s, struct wb_slice needle)
{
    (void)s, (void)needle;
    WB_CHECK(!"without AVX2");
    return NULL;
}

const char *wb_findi_avx2(struct wb_slice s, struct wb_slice needle, size_t *done_out)
{
    (void)done_out;
    return wb_find_avx2(s, needle);
}

size_t wb_ascii_avx2(struct wb_slice s, char without)
{
    (void)s, (void)without;
    WB_CHECK(!"without AVX2");
    return 0;
}

uint32_t wb_pair_places_avx2(const struct wb_byte_pair *pair, const char **place, const char *end)
{
    (void)pair, (void)place, (void)end;
    WB_CHECK(!"without AVX2");
    return 0;
}

unsigned wb_sieve_avx2(const struct wb_sieve *sieve, struct wb_slice text)
{
    (void)sieve, (void)text;
    WB_CHECK(!"without AVX2");
    return 0;
}

struct wb_hash wb_hash_avx2(struct wb_slice s)
{
    (void)s;
    WB_CHECK(!"without AVX2");
    return (struct wb_hash){0};
}

void wb_fields_avx2(struct wb_fields *f)
{
    (void)f;
    WB_CHECK(!"without AVX2");
}

void wb_ends_avx2(struct wb_lines *lines)
{
    (void)lines;
    WB_CHECK(!"without AVX2");
}

void wb_escapes_avx2(struct wb_escapes *e)
{
    (void)e;
    WB_CHECK(!"without AVX2");
}
#endif
