/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiled for AVX-512, and called only where the processor has it. A mask says which of 64 bytes
 * are there: no other is read, and a text that ends within them needs no branch. Most of what is
 * looked at is that short, and of a length that the processor cannot guess.
 */
#include "avx512.h"
#include "arena.h"
#include "check.h"
#include "escapes.h"
#include "header_fields.h"
#include "line_ends.h"
#include "sieve.h"

#if defined(__AVX512VBMI2__)
#include <immintrin.h>

enum { BLOCK = 64 };

/* Bits for the first n of 64 bytes. */
static inline __mmask64 first_bits(size_t n)
{
    return _bzhi_u64(~(uint64_t)0, (unsigned)n);
}

static inline __m512i load(const char *p)
{
    return _mm512_loadu_si512(p);
}

/* The sanitizer does not look at what is loaded by a mask. */
static inline void are_there(const char *p, size_t n)
{
#ifdef WB_ARENA_GUARDED
    WB_CHECK(!__asan_region_is_poisoned((void *)(uintptr_t)p, n));
#endif
    (void)p, (void)n;
}

/* The first n of 64 bytes, the others 0. */
static inline __m512i load_some(const char *p, size_t n)
{
    are_there(p, n);
    return _mm512_maskz_loadu_epi8(first_bits(n), p);
}

/* What is sought among bytes: either of two; or what is not ASCII. */
struct sought {
    __m512i one, other;
    bool beyond;
};

static inline __mmask64 places(const struct sought *sought, __m512i bytes)
{
    __mmask64 either =
        _mm512_cmpeq_epi8_mask(bytes, sought->one) | _mm512_cmpeq_epi8_mask(bytes, sought->other);
    return sought->beyond ? either | _mm512_movepi8_mask(bytes) : either;
}

static inline size_t first_of(struct wb_slice s, const struct sought sought)
{
    size_t i = 0, left = s.n;
    for (; left > BLOCK; left -= BLOCK, i += BLOCK) {
        __mmask64 at = places(&sought, load(s.p + i));
        if (at)
            return i + _tzcnt_u64(at);
    }
    size_t at = _tzcnt_u64(places(&sought, load_some(s.p + i, left)) & first_bits(left));
    return i + (at < left ? at : left);
}

/* Of these places the first where all of it stands. */
static inline const char *whole_at(const char *p, uint64_t at, struct wb_slice needle)
{
    for (; at; at = _blsr_u64(at)) {
        const char *here = p + _tzcnt_u64(at);
        if (needle.n < 3 || (here[1] == needle.p[1] && here[2] == needle.p[2] &&
                             (needle.n == 3 || memcmp(here + 3, needle.p + 3, needle.n - 3) == 0)))
            return here;
    }
    return NULL;
}

/* Its first byte is sought and its last; of three bytes the first two, as wb_find_avx2 does. */
const char *wb_find_avx512(struct wb_slice s, struct wb_slice needle)
{
    const size_t far = needle.n - 1 - (needle.n == 3);
    const __m512i first = _mm512_set1_epi8(needle.p[0]), second = _mm512_set1_epi8(needle.p[far]);
    const char *p = s.p, *hit;
    size_t left = s.n - needle.n + 1; /* places */
    for (; left > BLOCK; left -= BLOCK, p += BLOCK) {
        __mmask64 at = _mm512_cmpeq_epi8_mask(load(p), first);
        at = _mm512_mask_cmpeq_epi8_mask(at, load(p + far), second);
        if (at && (hit = whole_at(p, at, needle)))
            return hit;
    }
    __mmask64 at = _mm512_mask_cmpeq_epi8_mask(first_bits(left), load_some(p, left), first);
    at = _mm512_mask_cmpeq_epi8_mask(at, load_some(p + far, left), second);
    return whole_at(p, at, needle);
}

size_t wb_chr_avx512(struct wb_slice s, char c)
{
    return first_of(s, (struct sought){_mm512_set1_epi8(c), _mm512_set1_epi8(c), false});
}

size_t wb_line_end_avx512(struct wb_slice s)
{
    return first_of(s, (struct sought){_mm512_set1_epi8('\n'), _mm512_set1_epi8('\r'), false});
}

size_t wb_ascii_avx512(struct wb_slice s)
{
    const __m512i none = _mm512_set1_epi8(-1); /* which is not ASCII, either */
    return first_of(s, (struct sought){none, none, true});
}

size_t wb_ascii_without_avx512(struct wb_slice s, char without)
{
    const __m512i byte = _mm512_set1_epi8(without);
    return first_of(s, (struct sought){byte, byte, true});
}

/* Which of the bytes are none that is printed, or that byte. */
static inline __mmask64 odd_bytes(__m512i bytes, __m512i without)
{
    __m512i from_blank = _mm512_sub_epi8(bytes, _mm512_set1_epi8(' '));
    return _mm512_cmpgt_epu8_mask(from_blank, _mm512_set1_epi8('~' - ' ')) |
           _mm512_cmpeq_epi8_mask(bytes, without);
}

bool wb_printable_avx512(struct wb_slice s, char without)
{
    const __m512i byte = _mm512_set1_epi8(without);
    for (; s.n > BLOCK; s = wb_slice_from(s, BLOCK))
        if (odd_bytes(load(s.p), byte))
            return false;
    return !(odd_bytes(load_some(s.p, s.n), byte) & first_bits(s.n));
}

/* ---- strings of JSON ---- */

/* Which of the bytes do not stand for themselves. */
static inline __mmask64 escaped(__m512i bytes)
{
    return odd_bytes(bytes, _mm512_set1_epi8('"')) |
           _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
}

/* What is null without its first letter lies under the text, and shows where there is none. */
size_t wb_quote_avx512(char *to, struct wb_slice s)
{
    const __m512i null = _mm512_castsi128_si512(_mm_cvtsi32_si128('u' | 'l' << 8 | 'l' << 16));
    size_t n = s.n;
    to[0] = n ? '"' : 'n';
    for (to++; s.n > BLOCK; s = wb_slice_from(s, BLOCK), to += BLOCK) {
        __m512i bytes = load(s.p);
        _mm512_storeu_si512(to, bytes);
        if (escaped(bytes))
            return 0;
    }
    are_there(s.p, s.n);
    __m512i bytes = _mm512_mask_loadu_epi8(null, first_bits(s.n), s.p);
    _mm512_storeu_si512(to, bytes);
    to[s.n] = n ? '"' : 'u';
    if (escaped(bytes) & first_bits(s.n))
        return 0;
    return n ? n + 2 : sizeof "null" - 1;
}

size_t wb_plain_front_avx512(struct wb_slice s)
{
    size_t i = 0;
    for (; s.n - i > BLOCK; i += BLOCK) {
        __mmask64 odd = escaped(load(s.p + i));
        if (odd)
            return i + _tzcnt_u64(odd);
    }
    size_t at = _tzcnt_u64(escaped(load_some(s.p + i, s.n - i)) & first_bits(s.n - i));
    return at < s.n - i ? i + at : s.n;
}

/* ---- the fields of a header block ---- */

/* Each white byte stands in the table at its lower half. */
static inline struct wb_field_masks masks_of(__m512i bytes, __m512i eol)
{
    const __m512i white = _mm512_broadcast_i32x4(
        _mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));
    return (struct wb_field_masks){
        _mm512_cmpeq_epi8_mask(bytes, eol),
        _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(white, bytes), bytes),
    };
}

/* Bits of the rows of ASCII: "-." is 1, digits are 2, @A-O `a-o 4, P-Z p-z 8, _ is 16. */
static inline uint8_t name_length(__m256i bytes)
{
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(10, 14, 14, 14, 14, 14, 14, 14, 14, 14, 12, 4, 4, 5, 5, 4 + 16));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 1, 2, 4, 8 + 16, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0));
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
    uint64_t other =
        _mm256_testn_epi8_mask(_mm256_shuffle_epi8(low, bytes), _mm256_shuffle_epi8(high, upper));
    return (uint8_t)_tzcnt_u64(other | (uint64_t)1 << WB_LONG_NAME);
}

static void name_lengths(struct wb_fields *f)
{
    unsigned far = f->scan.count; /* before so many the text goes on long enough */
    while (far && f->scan.end - f->start[far - 1] < WB_LONG_NAME)
        f->name[--far] = WB_LONG_NAME;
    for (unsigned i = 0; i < far; i++)
        f->name[i] = name_length(_mm256_loadu_si256((const __m256i *)(const void *)f->start[i]));
}

void wb_fields_avx512(struct wb_fields *f)
{
    const __m512i eol = _mm512_set1_epi8(f->eol);
    struct wb_field_scan s = f->scan;
    bool more = true;
    while (more && wb_field_block_left(&s))
        more = wb_note_block(&s, f->start, masks_of(load(s.at), eol), WB_FIELD_BLOCK);
    size_t left = (size_t)(s.end - s.at);
    if (more && left && left < WB_FIELD_BLOCK && s.count <= WB_FIELD_STARTS - WB_FIELD_BLOCK)
        wb_note_block(&s, f->start, masks_of(load_some(s.at, left), eol), left);
    f->scan = s;
    name_lengths(f);
}

/* ---- the ends of lines ---- */

static inline void note_ends(struct wb_ends_scan *s, const char **out, __m512i bytes, size_t there)
{
    wb_note_ends(s, out, _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r')),
                 _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n')), there);
}

void wb_ends_avx512(struct wb_lines *lines)
{
    struct wb_ends_scan s = lines->scan;
    while (wb_ends_block_left(&s))
        note_ends(&s, lines->place, load(s.at), WB_ENDS_BLOCK);
    size_t left = (size_t)(s.end - s.at);
    if (left && left < WB_ENDS_BLOCK && s.count < WB_ENDS_AT_ONCE)
        note_ends(&s, lines->place, load_some(s.at, left), left);
    lines->scan = s;
}

/* ---- quoted-printable ---- */

/* The value of each hexadecimal digit. */
static inline __m512i digits_of(__m512i bytes)
{
    __mmask64 letter = _mm512_cmpge_epu8_mask(bytes, _mm512_set1_epi8('A'));
    __m512i low = _mm512_and_si512(bytes, _mm512_set1_epi8(15));
    return _mm512_mask_add_epi8(low, letter, low, _mm512_set1_epi8(9));
}

static inline __mmask64 between(__m512i bytes, char first, char last)
{
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8(first)),
                                  _mm512_set1_epi8((char)(last - first)));
}

/* What a block of text is, a bit for each byte; what goes with a "=" is marked there. */
struct escape_masks {
    uint64_t escape;
    uint64_t soft, with_cr; /* soft breaks, and those of them that have a CR */
    uint64_t odd;           /* where to stop; and each "=" of which not all is in the block */
};

/* Other controls than white space are rare enough to be taken for it. */
static inline uint64_t is_white(char c)
{
    return ((unsigned char)c <= ' ') & (c != '\n');
}

static inline struct escape_masks escapes_in(__m512i bytes, const char *p)
{
    const __m512i blank = _mm512_set1_epi8(' ');
    const uint64_t end = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
    const uint64_t cr = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r'));
    const uint64_t mark = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('='));
    const uint64_t white = _mm512_cmple_epu8_mask(bytes, blank) & ~end;
    const uint64_t before = white << 1 | is_white(p[-1]), further = before << 1 | is_white(p[-2]);
    const uint64_t crlf = end & (cr << 1 | (p[-1] == '\r')) & ~further;
    const uint64_t hex =
        between(bytes, '0', '9') | between(_mm512_or_si512(bytes, blank), 'a', 'f');
    const uint64_t with_cr = mark & cr >> 1 & end >> 2;
    struct escape_masks m = {.escape = mark & hex >> 1 & hex >> 2,
                             .soft = with_cr | (mark & end >> 1),
                             .with_cr = with_cr};
    m.odd = (end & before & ~crlf) | (mark & ~m.escape & ~m.soft);
    return m;
}

/* All that stays of the first n bytes of a block is moved together at once. */
static inline void put_block(struct wb_escapes *e, __m512i bytes, const struct escape_masks *m,
                             size_t n)
{
    const __m512i upper = _mm512_set1_epi8((char)0xF0);
    __m512i high = _mm512_slli_epi16(digits_of(load(e->p + 1)), 4);
    __m512i value = _mm512_or_si512(_mm512_and_si512(high, upper), digits_of(load(e->p + 2)));
    uint64_t gone = m->escape << 1 | m->escape << 2 | m->soft | m->soft << 1 | m->with_cr << 2;
    uint64_t kept = first_bits(n) & ~gone;
    bytes = _mm512_mask_mov_epi8(bytes, m->escape, value);
    _mm512_storeu_si512(e->out, _mm512_maskz_compress_epi8(kept, bytes));
    e->out += _mm_popcnt_u64(kept);
    e->p += n;
}

/*
 * A "=" in the last two bytes of a block is the first of the next one, unless it is a soft break.
 * Most have none there: with a branch the next block does not wait for this one.
 */
void wb_escapes_avx512(struct wb_escapes *escapes)
{
    struct wb_escapes e = *escapes;
    size_t n = BLOCK;
    while (n >= BLOCK - WB_ESCAPES_BEHIND && wb_escapes_block_left(&e)) {
        const __m512i bytes = load(e.p);
        const struct escape_masks m = escapes_in(bytes, e.p);
        if (!m.odd) {
            put_block(&e, bytes, &m, BLOCK);
            continue;
        }
        n = _tzcnt_u64(m.odd);
        put_block(&e, bytes, &m, n);
    }
    *escapes = e;
}

/* ---- what a cache asks of a text ---- */

/* The halves of eight numbers multiplied, and they themselves. */
static inline __m512i mixed(__m512i bytes)
{
    const __m512i with =
        _mm512_setr_epi64((long long)0x9E3779B185EBCA87u, (long long)0x61C8864E7A143578u,
                          (long long)0xC2B2AE3D27D4EB4Fu, (long long)0x3D4D51C2D82B14B0u,
                          (long long)0x165667B19E3779F9u, (long long)0xE9A9984E61C88606u,
                          (long long)0x85EBCA77C2B2AE63u, (long long)0x7A1435883D4D519Cu);
    __m512i both = _mm512_xor_si512(bytes, with);
    return _mm512_add_epi64(_mm512_mul_epu32(both, _mm512_srli_epi64(both, 32)), bytes);
}

uint64_t wb_text_hash_avx512(struct wb_slice text)
{
    __m512i all = _mm512_setzero_si512();
    struct wb_slice left = text;
    for (; left.n > BLOCK; left = wb_slice_from(left, BLOCK)) /* the order counts */
        all = _mm512_add_epi64(_mm512_rol_epi64(all, 27), mixed(load(left.p)));
    all = _mm512_add_epi64(_mm512_rol_epi64(all, 27), mixed(load_some(left.p, left.n)));
    __m256i four = _mm256_add_epi64(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
    uint64_t low = (uint64_t)_mm_cvtsi128_si64(two) + text.n;
    uint64_t high = (uint64_t)_mm_extract_epi64(two, 1);
    unsigned __int128 product =
        (unsigned __int128)(low ^ 0x1CAD21F72C81017Cu) * (high ^ 0xDB979083E96DD4DEu);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

bool wb_same_bytes_avx512(const char *a, const char *b, size_t n)
{
    for (; n > BLOCK; n -= BLOCK, a += BLOCK, b += BLOCK)
        if (_mm512_cmpneq_epi8_mask(load(a), load(b)))
            return false;
    return !_mm512_cmpneq_epi8_mask(load_some(a, n), load_some(b, n));
}

/* ---- a sieve ---- */

/* The buckets of each of the first 128 bytes at one place of a word; those beyond ASCII, too. */
struct sieve_table {
    __m512i front, back;
};

/* What the upper halves from `first` on say, each sixteen times. */
static inline __m512i by_upper_half(__m512i high, char first)
{
    const __m512i four =
        _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_inserti128_si256(_mm256_setzero_si256(),
                                                                          _mm_set1_epi8(1), 1)),
                           _mm256_inserti128_si256(_mm256_set1_epi8(2), _mm_set1_epi8(3), 1), 1);
    return _mm512_shuffle_epi8(high, _mm512_add_epi8(four, _mm512_set1_epi8(first)));
}

static inline struct sieve_table sieve_table_of(const uint8_t low[16], const uint8_t high[16])
{
    const __m512i l = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)low));
    const __m512i h = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)high));
    return (struct sieve_table){
        _mm512_and_si512(l, _mm512_or_si512(by_upper_half(h, 0), by_upper_half(h, 8))),
        _mm512_and_si512(l, _mm512_or_si512(by_upper_half(h, 4), by_upper_half(h, 12))),
    };
}

static inline __m512i buckets_of(const struct sieve_table *t, __m512i bytes)
{
    return _mm512_permutex2var_epi8(t->front, bytes, t->back);
}

static inline unsigned any_of(__m512i bytes)
{
    __m256i half =
        _mm256_or_si256(_mm512_castsi512_si256(bytes), _mm512_extracti64x4_epi64(bytes, 1));
    __m128i sixteen = _mm_or_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    uint64_t eight = (uint64_t)_mm_cvtsi128_si64(_mm_or_si128(sixteen, _mm_srli_si128(sixteen, 8)));
    eight |= eight >> 32;
    eight |= eight >> 16;
    return (unsigned)((eight | eight >> 8) & 0xFF);
}

/* Bit 7 of a byte does not count here: in such text more is told than stands in it, never less. */
unsigned wb_sieve_avx512(const struct wb_sieve *sieve, struct wb_slice text)
{
    enum { BEHIND = WB_SIEVE_BYTES - 1 }; /* bytes that are read behind the places of a block */
    _Static_assert(WB_SIEVE_BYTES == 3, "as many as are looked at below");
    const struct sieve_table a = sieve_table_of(sieve->low[0], sieve->high[0]);
    const struct sieve_table b = sieve_table_of(sieve->low[1], sieve->high[1]);
    const struct sieve_table c = sieve_table_of(sieve->low[2], sieve->high[2]);
    const char *p = text.p, *end = wb_slice_end(text);
    __m512i found = _mm512_setzero_si512();
    for (; end - p >= BLOCK + BEHIND; p += BLOCK) {
        __m512i two = _mm512_and_si512(buckets_of(&a, load(p)), buckets_of(&b, load(p + 1)));
        found = _mm512_or_si512(found, _mm512_and_si512(two, buckets_of(&c, load(p + 2))));
    }
    for (; p < end; p += end - p < BLOCK ? end - p : BLOCK) {
        size_t n = (size_t)(end - p);
        __m512i first = load_some(p, n), second = load_some(p + 1, n - 1);
        __m512i third = load_some(p + (n > 1 ? 2 : 1), n > 2 ? n - 2 : 0);
        __m512i two = _mm512_and_si512(buckets_of(&a, first), buckets_of(&b, second));
        found = _mm512_or_si512(found, _mm512_and_si512(two, buckets_of(&c, third)));
    }
    return any_of(found);
}

#else

/* No processor of this kind has AVX-512: nobody calls these. */
const char *wb_find_avx512(struct wb_slice s, struct wb_slice needle)
{
    (void)s, (void)needle;
    WB_CHECK(!"without AVX-512");
    return NULL;
}

size_t wb_chr_avx512(struct wb_slice s, char c)
{
    (void)s, (void)c;
    WB_CHECK(!"without AVX-512");
    return 0;
}

size_t wb_line_end_avx512(struct wb_slice s)
{
    return wb_chr_avx512(s, '\n');
}

size_t wb_ascii_avx512(struct wb_slice s)
{
    return wb_chr_avx512(s, '\0');
}

size_t wb_ascii_without_avx512(struct wb_slice s, char without)
{
    return wb_chr_avx512(s, without);
}

bool wb_printable_avx512(struct wb_slice s, char without)
{
    return wb_chr_avx512(s, without);
}

size_t wb_quote_avx512(char *to, struct wb_slice s)
{
    (void)to;
    return wb_chr_avx512(s, '"');
}

size_t wb_plain_front_avx512(struct wb_slice s)
{
    return wb_chr_avx512(s, '"');
}

void wb_fields_avx512(struct wb_fields *f)
{
    (void)f;
    WB_CHECK(!"without AVX-512");
}

void wb_ends_avx512(struct wb_lines *lines)
{
    (void)lines;
    WB_CHECK(!"without AVX-512");
}

void wb_escapes_avx512(struct wb_escapes *e)
{
    (void)e;
    WB_CHECK(!"without AVX-512");
}

uint64_t wb_text_hash_avx512(struct wb_slice text)
{
    return wb_chr_avx512(text, '\0');
}

bool wb_same_bytes_avx512(const char *a, const char *b, size_t n)
{
    (void)b;
    return wb_chr_avx512(wb_slice(a, n), '\0');
}

unsigned wb_sieve_avx512(const struct wb_sieve *sieve, struct wb_slice text)
{
    (void)sieve;
    return (unsigned)wb_chr_avx512(text, '\0');
}
#endif
