/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows lie one behind the other in a ring, each with the text that it was made for:
 *
 *     slots   mark, place   mark, place   ...
 *     ring    | newer .. newest | oldest ..... older |     each: what it is, text, row
 *                               ^ head
 *
 * Places count on: a row is there as long as the ring has not come round to it. Slots are small,
 * for each question goes to another one, and what they take of the processor's cache others want,
 * too.
 */
#include "cache_int.h"

#include <stdlib.h>

#include "avx512.h"
#include "check.h"
#include "sixteen.h"

#if defined(__SSE2__)
/* All bytes of a text that has one to fifteen of them, some twice. */
static __m128i few(const char *p, size_t n)
{
    return n >= 8 ? wb_both_ends(p, n) : _mm_cvtsi64_si128((long long)wb_few_bytes(p, n));
}

/* As XXH3 mixes eight bytes with eight others: the halves of these multiplied, and themselves. */
static __m128i mixed(__m128i bytes, uint64_t with)
{
    uint64_t against = ~with;
    __m128i both = _mm_xor_si128(bytes, _mm_set_epi64x((long long)against, (long long)with));
    return _mm_add_epi64(_mm_mul_epu32(both, _mm_srli_epi64(both, 32)), bytes);
}

/*
 * Of 16 to 64 bytes the first and the last sixteen, and those beside them, which may be the same:
 * how many there are takes no branch.
 */
struct four {
    __m128i block[4];
};

static struct four four_of(const char *p, size_t n)
{
    size_t last = n - 16, beside = last < 16 ? last : 16;
    return (struct four){{wb_sixteen(p), wb_sixteen(p + beside), wb_sixteen(p + last - beside),
                          wb_sixteen(p + last)}};
}

static __m128i mixed_four(const char *p, size_t n)
{
    const struct four f = four_of(p, n);
    __m128i front = _mm_add_epi64(mixed(f.block[0], 0x9E3779B185EBCA87u),
                                  mixed(f.block[1], 0xC2B2AE3D27D4EB4Fu));
    __m128i back = _mm_add_epi64(mixed(f.block[2], 0x165667B19E3779F9u),
                                 mixed(f.block[3], 0x85EBCA77C2B2AE63u));
    return _mm_add_epi64(front, back);
}

/*
 * It leads to a row and is believed by nobody. Most texts are headers and lines: for these it takes
 * half the steps of XXH3, and fewer branches.
 */
static uint64_t hash_of(struct wb_slice text)
{
    if (wb_has_avx512())
        return wb_text_hash_avx512(text);
    const char *p = text.p;
    size_t n = text.n;
    __m128i all = _mm_setzero_si128();
    for (; n > 64; n -= 64, p += 64) /* the order counts */
        all = _mm_add_epi64(_mm_shuffle_epi32(all, _MM_SHUFFLE(0, 3, 2, 1)), mixed_four(p, 64));
    if (n >= 16)
        all = _mm_add_epi64(all, mixed_four(p, n));
    else if (n)
        all = _mm_add_epi64(all, mixed(few(p, n), 0x27D4EB2F165667C5u));
    uint64_t low = (uint64_t)_mm_cvtsi128_si64(all) + text.n;
    uint64_t high = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(all, all));
    unsigned __int128 product =
        (unsigned __int128)(low ^ 0x1CAD21F72C81017Cu) * (high ^ 0xDB979083E96DD4DEu);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}
#else
#define XXH_INLINE_ALL
#include <xxhash.h>

static uint64_t hash_of(struct wb_slice text)
{
    return XXH3_64bits(text.p, text.n);
}
#endif

struct wb_cache_key wb_cache_key(struct wb_slice text, uint32_t tag)
{
    return (struct wb_cache_key){text, hash_of(text) + wb_cache_tag_hash(tag), tag};
}

struct wb_cache *wb_cache_new(size_t slots, size_t bytes)
{
    struct wb_cache *cache = calloc(1, sizeof *cache);
    WB_CHECK(slots >= WAYS && (slots & (slots - 1)) == 0 && (bytes & (bytes - 1)) == 0);
    if (!cache)
        return NULL;
    cache->slots = aligned_alloc(LINE, slots * sizeof *cache->slots);
    cache->ring = malloc(bytes);
    cache->mask = slots - 1;
    cache->bytes = bytes;
    if (cache->slots && cache->ring) {
        memset(cache->slots, 0, slots * sizeof *cache->slots);
        return cache;
    }
    wb_cache_free(cache);
    return NULL;
}

void wb_cache_free(struct wb_cache *cache)
{
    if (!cache)
        return;
    free(cache->slots);
    free(cache->ring);
    free(cache);
}

void wb_cache_copy(struct wb_cache *to, const struct wb_cache *from)
{
    WB_CHECK(to->mask == from->mask && to->bytes == from->bytes);
    memcpy(to->slots, from->slots, (from->mask + 1) * sizeof *from->slots);
    memcpy(to->ring, from->ring, from->head < from->bytes ? from->head : from->bytes);
    to->head = from->head;
    memcpy(to->asked, from->asked, sizeof to->asked);
}

static char *at_place(const struct wb_cache *cache, uint64_t place)
{
    return cache->ring + (place & (cache->bytes - 1));
}

static struct slot *bucket(const struct wb_cache *cache, uint64_t hash)
{
    return &cache->slots[hash & cache->mask & ~(uint64_t)(WAYS - 1)];
}

static uint32_t mark_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* Where a new row is noted: in the place of the same hash, else of the oldest. */
static struct slot *slot_for(const struct wb_cache *cache, uint64_t hash)
{
    struct slot *slots = bucket(cache, hash), *oldest = slots;
    for (int i = 0; i < WAYS; i++) {
        if (slots[i].mark == mark_of(hash))
            return &slots[i];
        if (slots[i].place < oldest->place)
            oldest = &slots[i];
    }
    return oldest;
}

#if defined(__SSE2__)
/* The marks of four slots. */
static __m128i four_marks(const struct slot *slots)
{
    __m128 two = _mm_load_ps((const float *)(const void *)slots);
    __m128 more = _mm_load_ps((const float *)(const void *)(slots + 2));
    return _mm_castps_si128(_mm_shuffle_ps(two, more, _MM_SHUFFLE(2, 0, 2, 0)));
}

/* Which of a bucket's slots have that mark: a bit for each. */
static unsigned marked(const struct slot *slots, uint32_t mark)
{
    const __m128i wanted = _mm_set1_epi32((int)mark);
    __m128i same = _mm_packs_epi32(_mm_cmpeq_epi32(four_marks(slots), wanted),
                                   _mm_cmpeq_epi32(four_marks(slots + 4), wanted));
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(same, _mm_setzero_si128()));
}
#else
static unsigned marked(const struct slot *slots, uint32_t mark)
{
    unsigned found = 0;
    for (int i = 0; i < WAYS; i++)
        found |= (unsigned)(slots[i].mark == mark) << i;
    return found;
}
#endif

#if defined(__SSE2__)
static bool same_four(const char *a, const char *b, size_t n)
{
    const struct four x = four_of(a, n), y = four_of(b, n);
    __m128i front = _mm_and_si128(_mm_cmpeq_epi8(x.block[0], y.block[0]),
                                  _mm_cmpeq_epi8(x.block[1], y.block[1]));
    __m128i back = _mm_and_si128(_mm_cmpeq_epi8(x.block[2], y.block[2]),
                                 _mm_cmpeq_epi8(x.block[3], y.block[3]));
    return _mm_movemask_epi8(_mm_and_si128(front, back)) == 0xFFFF;
}

/* As memcmp, whose way depends on the length: most texts have that of a line, but none the same. */
static bool same_bytes(const char *a, const char *b, size_t n)
{
    if (wb_has_avx512())
        return wb_same_bytes_avx512(a, b, n);
    for (; n > 64; n -= 64, a += 64, b += 64)
        if (!same_four(a, b, 64))
            return false;
    if (n >= 16)
        return same_four(a, b, n);
    return !n || _mm_movemask_epi8(_mm_cmpeq_epi8(few(a, n), few(b, n))) == 0xFFFF;
}
#else
static bool same_bytes(const char *a, const char *b, size_t n)
{
    return !n || memcmp(a, b, n) == 0;
}
#endif

static size_t aligned(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

void wb_cache_expect(const struct wb_cache *cache, const struct wb_cache_key *key)
{
    __builtin_prefetch(bucket(cache, key->hash));
}

void *wb_cache_seek(const struct wb_cache *cache, const struct wb_cache_key *key)
{
    const struct slot *slot = bucket(cache, key->hash);
    unsigned found = marked(slot, mark_of(key->hash));
    if (!found)
        return NULL;
    slot += __builtin_ctz(found);
    uint64_t place = (uint64_t)(slot->place - 1) * ALIGN; /* of none: beyond the head */
    if (cache->head - place > cache->bytes - cache->bytes / HELD_PART)
        return NULL;
    __builtin_prefetch(at_place(cache, place + LINE)); /* most rows take more than one line */
    char *at = at_place(cache, place);
    __builtin_prefetch(at);
    return at;
}

void *wb_cache_take(void *sought, const struct wb_cache_key *key)
{
    struct head head;
    if (!sought)
        return NULL;
    memcpy(&head, sought, sizeof head);
    char *text = (char *)sought + sizeof head;
    bool other = (head.tag ^ key->tag) | (head.text_n ^ key->text.n);
    return !other && same_bytes(text, key->text.p, key->text.n) ? text + aligned(key->text.n)
                                                                : NULL;
}

void *wb_cache_find(const struct wb_cache *cache, const struct wb_cache_key *key)
{
    return wb_cache_take(wb_cache_seek(cache, key), key);
}

uint64_t wb_cache_place(const struct wb_cache *cache, const void *row)
{
    uintptr_t from = (uintptr_t)row - (uintptr_t)cache->ring;
    return from < cache->bytes ? cache->head - ((cache->head - from) & (cache->bytes - 1)) : 0;
}

void wb_cache_expect_row(const struct wb_cache *cache, uint64_t place)
{
    __builtin_prefetch(at_place(cache, place));
}

void *wb_cache_row(const struct wb_cache *cache, uint64_t place)
{
    const size_t held = cache->bytes - cache->bytes / HELD_PART;
    bool there = place && cache->head - place <= held - cache->bytes / LARGEST_PART;
    return there ? at_place(cache, place) : NULL; /* that part may stand in front of the row */
}

bool wb_cache_again(struct wb_cache *cache, const struct wb_cache_key *key)
{
    uint32_t *asked = cache->asked[key->hash & (ASKED - 1)], mark = mark_of(key->hash);
    for (int i = 0; i < WAYS; i++)
        if (asked[i] == mark)
            return true;
    memmove(asked + 1, asked, (WAYS - 1) * sizeof *asked);
    asked[0] = mark;
    return false;
}

/* Once places have been counted as far as slots can tell. The next row goes where it would have. */
static void forget_all(struct wb_cache *cache)
{
    memset(cache->slots, 0, (cache->mask + 1) * sizeof *cache->slots);
    cache->head &= cache->bytes - 1;
}

void *wb_cache_add(struct wb_cache *cache, const struct wb_cache_key *key, size_t n)
{
    if (n > cache->bytes || key->text.n > cache->bytes)
        return NULL;
    struct head head = {key->tag, (uint32_t)key->text.n};
    size_t whole = sizeof head + aligned(key->text.n) + aligned(n);
    if (whole > cache->bytes / LARGEST_PART)
        return NULL;
    size_t left = cache->bytes - (cache->head & (cache->bytes - 1));
    if (left < whole) /* no row goes over the end */
        cache->head += left;
    if (cache->head / ALIGN >= UINT32_MAX - cache->bytes / ALIGN)
        forget_all(cache);
    char *at = at_place(cache, cache->head);
    *slot_for(cache, key->hash) =
        (struct slot){mark_of(key->hash), (uint32_t)(cache->head / ALIGN) + 1};
    cache->head += whole;
    memcpy(at, &head, sizeof head);
    char *text = at + sizeof head;
    if (key->text.n)
        memcpy(text, key->text.p, key->text.n);
    return text + aligned(key->text.n);
}
