/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdlib.h>

#include "block.h"
#include "check.h"
#include "sixteen.h"
#include "utf8.h"

enum { ALIGN = 16 };

bool wb_arena_open(struct wb_arena *arena, size_t size, wb_limit_set *limits)
{
    *arena = (struct wb_arena){.base = malloc(size), .size = size, .limits = limits};
    if (!arena->base)
        return false;
    WB_ARENA_CLOSE(arena->base, size);
    return true;
}

void wb_arena_close(struct wb_arena *arena)
{
    WB_ARENA_OPEN(arena->base, arena->size);
    free(arena->base);
    *arena = (struct wb_arena){0};
}

void wb_arena_reset(struct wb_arena *arena)
{
    wb_arena_release(arena, 0);
}

void *wb_arena_alloc(struct wb_arena *arena, size_t n)
{
    size_t at = (arena->used + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (at > arena->size || n > arena->size - at) {
        wb_limit_hit(arena->limits, WB_LIMIT_SESSION_BYTES);
        return NULL;
    }
    arena->used = at + n;
    WB_ARENA_OPEN(arena->base + at, n);
    return memset(arena->base + at, 0, n);
}

struct wb_text wb_text_open(struct wb_arena *arena, size_t max)
{
    size_t left = arena->size - arena->used;
    struct wb_text text = {
        .arena = arena,
        .p = arena->base + arena->used,
        .cap = left < max ? left : max,
    };
    WB_ARENA_OPEN(text.p, text.cap);
    return text;
}

struct wb_slice wb_text_close(struct wb_text *text)
{
    struct wb_arena *arena = text->arena;
    WB_CHECK(text->p == arena->base + arena->used);
    arena->used += text->n;
    WB_ARENA_CLOSE(text->p + text->n, text->cap - text->n);
    if (text->cut && text->p + text->cap == arena->base + arena->size)
        wb_limit_hit(arena->limits, WB_LIMIT_SESSION_BYTES);
    return wb_slice(text->p, text->n);
}

void wb_text_drop(struct wb_text *text)
{
    text->n = 0;
    WB_ARENA_CLOSE(text->p, text->cap);
}

void wb_text_put(struct wb_text *text, struct wb_slice s)
{
    size_t left = text->cap - text->n;
    if (s.n > left) {
        s.n = left;
        text->cut = true;
    }
    if (s.n)
        memcpy(text->p + text->n, s.p, s.n);
    text->n += s.n;
}

void wb_text_rune(struct wb_text *text, uint32_t rune)
{
    char bytes[4];
    size_t n = wb_utf8_put(rune, bytes);
    if (n > text->cap - text->n) {
        text->cut = true;
        return;
    }
    memcpy(text->p + text->n, bytes, n);
    text->n += n;
}

struct wb_slice wb_arena_copy(struct wb_arena *arena, struct wb_slice s)
{
    struct wb_text text = wb_text_open(arena, s.n);
    wb_text_put(&text, s);
    return wb_text_close(&text);
}

#if defined(__SSE2__)
static __m128i small_letters(__m128i bytes)
{
    return _mm_or_si128(bytes, _mm_and_si128(wb_between(bytes, 'A', 'Z'), _mm_set1_epi8(32)));
}
#endif

/* In blocks; the last one overlaps the one before. */
static void put_lower(char *to, const char *p, size_t n)
{
    size_t i = 0;
#if defined(__SSE2__)
    for (; i + 16 <= n; i += 16)
        _mm_storeu_si128((__m128i *)(void *)(to + i), small_letters(wb_sixteen(p + i)));
    if (n >= 16) {
        i = n;
        _mm_storeu_si128((__m128i *)(void *)(to + n - 16), small_letters(wb_sixteen(p + n - 16)));
    } else if (n >= 8) {
        i = n;
        __m128i ends = small_letters(wb_both_ends(p, n));
        _mm_storel_epi64((__m128i *)(void *)to, ends);
        _mm_storel_epi64((__m128i *)(void *)(to + n - 8), _mm_unpackhi_epi64(ends, ends));
    }
#endif
    for (; i < n; i++)
        to[i] = wb_lower(p[i]);
}

struct wb_slice wb_arena_lower(struct wb_arena *arena, struct wb_slice s)
{
    struct wb_text text = wb_text_open(arena, s.n);
    text.cut = s.n > text.cap;
    text.n = text.cut ? text.cap : s.n;
    put_lower(text.p, s.p, text.n);
    return wb_text_close(&text);
}
