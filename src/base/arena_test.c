/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include "unit.h"

static const wb_limit_set FULL = (wb_limit_set)1 << WB_LIMIT_SESSION_BYTES;

static void alloc(void **state)
{
    (void)state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, 256, &limits));
    struct wb_text old = wb_text_open(&arena, 256); /* what stood there before */
    for (int i = 0; i < 256; i++)
        wb_text_byte(&old, 'x');
    wb_text_close(&old);
    wb_arena_reset(&arena);
    char *a = wb_arena_alloc(&arena, 3), *b = wb_arena_alloc(&arena, 40);
    assert_non_null(a);
    assert_int_equal((uintptr_t)a % 16, 0);
    assert_int_equal((uintptr_t)b % 16, 0);
    assert_true(b >= a + 3);
    for (int i = 0; i < 40; i++)
        assert_int_equal(b[i], 0);
    assert_int_equal(limits, 0);
    assert_null(wb_arena_alloc(&arena, 257));
    assert_int_equal(limits, FULL);
    assert_null(wb_arena_alloc(&arena, SIZE_MAX));
    assert_null(wb_arena_alloc(&arena, SIZE_MAX - 8));
    /* a request that did not fit took nothing */
    assert_non_null(wb_arena_alloc(&arena, 256 - 64));
    assert_null(wb_arena_alloc(&arena, 1));
    wb_arena_reset(&arena);
    assert_int_equal(arena.high, 256);
    assert_ptr_equal(wb_arena_alloc(&arena, 256), a);
    wb_arena_close(&arena);
}

static void mark(void **state)
{
    (void)state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, 64, &limits));
    struct wb_slice kept = wb_arena_copy(&arena, WB_S("kept"));
    size_t here = wb_arena_mark(&arena);
    wb_arena_copy(&arena, WB_S("for a moment"));
    wb_arena_release(&arena, here);
    assert_text(wb_arena_copy(&arena, WB_S("new")), "new");
    assert_text(kept, "kept");
    assert_int_equal(arena.used, 7);
    assert_int_equal(arena.high, 16);
    wb_arena_close(&arena);
}

/* A text in an arena of `size` bytes, bounded by `max`, made of the pieces put one by one. */
static const struct text_row {
    const char *name;
    size_t size, max;
    const char *pieces[4];
    uint32_t rune; /* put behind them; 0: none */
    const char *text;
    bool cut, full;
} text_rows[] = {
    {"fits", 16, 16, {"ab", "cd"}, 0, "abcd", false, false},
    {"fits exactly", 4, 4, {"ab", "cd"}, 0, "abcd", false, false},
    {"nothing", 16, 16, {""}, 0, "", false, false},
    {"longer than max", 16, 3, {"ab", "cd"}, 0, "abc", true, false},
    {"longer than the arena", 4, 16, {"abc", "def"}, 0, "abcd", true, true},
    {"a character is cut as a whole by max", 16, 4, {"ab"}, 0x4E2D, "ab", true, false},
    {"a character is cut as a whole by the arena", 4, 16, {"ab"}, 0x4E2D, "ab", true, true},
    {"a character that fits", 16, 5, {"ab"}, 0x4E2D, "ab\xE4\xB8\xAD", false, false},
    {"what is no character", 16, 9, {"ab"}, 0xD800, "ab\xEF\xBF\xBD", false, false},
    {"no room at all", 16, 0, {"a"}, 0, "", true, false},
};

static void text(void **state)
{
    const struct text_row *row = *state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, row->size, &limits));
    struct wb_text out = wb_text_open(&arena, row->max);
    for (int i = 0; i < 4 && row->pieces[i]; i++)
        wb_text_put(&out, wb_slice_str(row->pieces[i]));
    if (row->rune)
        wb_text_rune(&out, row->rune);
    assert_int_equal(out.cut, row->cut);
    struct wb_slice made = wb_text_close(&out);
    assert_text(made, row->text);
    assert_int_equal(limits, row->full ? FULL : 0);
    assert_int_equal(arena.used, made.n);
    wb_arena_close(&arena);
}

/* Of every length around the size of the blocks, in memory of its own size. */
static void lower_of_any_length(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 40; n++) {
        char text[40], want[40];
        struct wb_arena arena;
        wb_limit_set limits = 0;
        assert_true(wb_arena_open(&arena, 64, &limits));
        for (size_t i = 0; i < n; i++) {
            text[i] = (char)("@AMZ[`amz{"[(i + n) % 10] ^ (i % 13 ? 0 : 0x80));
            want[i] = wb_lower(text[i]);
        }
        struct wb_slice s = unit_exact(wb_slice(text, n));
        struct wb_slice lower = wb_arena_lower(&arena, s);
        assert_int_equal(lower.n, n);
        assert_memory_equal(lower.p, want, n);
        free((char *)s.p);
        wb_arena_close(&arena);
    }
}

static void copies(void **state)
{
    (void)state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, 12, &limits));
    assert_text(wb_arena_lower(&arena, WB_S("A\xC3\x84Z@[")), "a\xC3\x84z@[");
    assert_text(wb_arena_copy(&arena, WB_NONE), "");
    assert_int_equal(limits, 0);
    assert_text(wb_arena_copy(&arena, WB_S("sevenbytes")), "sevenb");
    assert_int_equal(limits, FULL);
    assert_text(wb_arena_copy(&arena, WB_S("x")), "");
    wb_arena_close(&arena);
}

static void dropped(void **state)
{
    (void)state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, 16, &limits));
    struct wb_text out = wb_text_open(&arena, 16);
    for (int i = 0; i < 20; i++)
        wb_text_byte(&out, 'x');
    assert_true(out.cut);
    wb_text_drop(&out);
    assert_int_equal(arena.used, 0);
    assert_text(wb_arena_copy(&arena, WB_S("y")), "y");
    wb_arena_close(&arena);
}

int main(void)
{
    UNIT_ONE(alloc, "aligned, zero, never beyond");
    UNIT_ONE(mark, "mark and release");
    UNIT_ROWS(text, text_rows);
    UNIT_ONE(copies, "copy and lower case");
    UNIT_ONE(lower_of_any_length, "lower case of any length");
    UNIT_ONE(dropped, "a text that is not wanted");
    return unit_run();
}
