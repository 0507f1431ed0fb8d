/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena: the memory of one session. It is taken from the system once, handed out front to
 * back while a message is analysed, and taken back as a whole before the next one.
 *
 * Owner: the session. Not for use by two threads at once. It never grows: wb_arena_alloc answers
 * NULL when nothing is left, and a text that does not fit is cut; both set the limit
 * session-bytes in the set given at creation. The memory is zero only where it says so.
 */
#ifndef WB_ARENA_H
#define WB_ARENA_H

#include "limit.h"
#include "slice.h"

/*
 * In a build with the address sanitizer, memory of the arena that is not handed out may not be
 * touched: a text read beyond its end, or after the arena was given back, stops the program.
 */
#if defined(__SANITIZE_ADDRESS__)
#define WB_ARENA_GUARDED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WB_ARENA_GUARDED 1
#endif
#endif
#ifdef WB_ARENA_GUARDED
#include <sanitizer/asan_interface.h>
#define WB_ARENA_CLOSE(p, n) __asan_poison_memory_region(p, n)
#define WB_ARENA_OPEN(p, n)  __asan_unpoison_memory_region(p, n)
#else
#define WB_ARENA_CLOSE(p, n) ((void)0)
#define WB_ARENA_OPEN(p, n)  ((void)0)
#endif

struct wb_arena {
    char *base;
    size_t size;
    size_t used;
    size_t high; /* the most that was ever used: for telling what a limit should be */
    wb_limit_set *limits;
};

/* False when the system has no memory. */
bool wb_arena_open(struct wb_arena *arena, size_t size, wb_limit_set *limits);
void wb_arena_close(struct wb_arena *arena);
void wb_arena_reset(struct wb_arena *arena);

/* Where the arena stands, and back to there: for memory that is only needed in between. */
static inline size_t wb_arena_mark(const struct wb_arena *arena)
{
    return arena->used;
}

static inline void wb_arena_release(struct wb_arena *arena, size_t mark)
{
    if (arena->used > arena->high)
        arena->high = arena->used;
    WB_ARENA_CLOSE(arena->base + mark, arena->used - mark);
    arena->used = mark;
}

/* n bytes, aligned for any type, set to zero; NULL when they are not there. */
void *wb_arena_alloc(struct wb_arena *arena, size_t n);

/* A copy of s in the arena; cut short when it does not fit. */
struct wb_slice wb_arena_copy(struct wb_arena *arena, struct wb_slice s);

/* The copy, in lower case. */
struct wb_slice wb_arena_lower(struct wb_arena *arena, struct wb_slice s);

/*
 * A text under construction at the end of the arena. While it is open nothing else may be taken
 * from the arena. What goes beyond max, or beyond the arena, is dropped and noted in `cut`.
 */
struct wb_text {
    struct wb_arena *arena;
    char *p;
    size_t n;
    size_t cap;
    bool cut;
};

struct wb_text wb_text_open(struct wb_arena *arena, size_t max);
/* The finished text; the arena is free for others again. */
struct wb_slice wb_text_close(struct wb_text *text);
/* Gives everything back. */
void wb_text_drop(struct wb_text *text);

void wb_text_put(struct wb_text *text, struct wb_slice s);

static inline void wb_text_byte(struct wb_text *text, char c)
{
    if (text->n < text->cap)
        text->p[text->n++] = c;
    else
        text->cut = true;
}

/* One Unicode character in UTF-8; U+FFFD for what is none. */
void wb_text_rune(struct wb_text *text, uint32_t rune);

#endif
