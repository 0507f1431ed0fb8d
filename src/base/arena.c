/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdlib.h>

#include "check.h"
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

struct wb_slice wb_arena_lower(struct wb_arena *arena, struct wb_slice s)
{
    struct wb_text text = wb_text_open(arena, s.n);
    text.cut = s.n > text.cap;
    text.n = text.cut ? text.cap : s.n;
    for (size_t i = 0; i < text.n; i++)
        text.p[i] = wb_lower(s.p[i]);
    return wb_text_close(&text);
}
