/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache_int.h"

#include <limits.h>
#include <stdlib.h>

#include "unit.h"

enum { SLOTS = 16, BYTES = 4096 };

static struct wb_cache *cache;

static int *find(const char *text, uint32_t tag)
{
    struct wb_cache_key key = wb_cache_key(wb_slice_str(text), tag);
    return wb_cache_find(cache, &key);
}

static bool add(const char *text, uint32_t tag, int value)
{
    struct wb_cache_key key = wb_cache_key(wb_slice_str(text), tag);
    int *row = wb_cache_add(cache, &key, sizeof *row);
    if (row)
        *row = value;
    return row != NULL;
}

static void found_again(void **state)
{
    (void)state;
    assert_null(find("mailbox full", 1));
    assert_true(add("mailbox full", 1, 7));
    assert_int_equal(*find("mailbox full", 1), 7);
    assert_null(find("mailbox full", 2));
    assert_null(find("mailbox ful", 1));
    assert_true(add("", 1, 8));
    assert_int_equal(*find("", 1), 8);
}

/* As many rows as a bucket has slots, whichever slot each got; then the oldest goes. */
static void all_slots(void **state)
{
    (void)state;
    struct wb_cache *small = wb_cache_new(WAYS, BYTES);
    struct wb_cache_key key[WAYS + 1];
    char text[WAYS + 1][8];
    for (int i = 0; i <= WAYS; i++) {
        snprintf(text[i], sizeof text[i], "row %d", i);
        key[i] = wb_cache_key(wb_slice_str(text[i]), 1);
        int *row = wb_cache_add(small, &key[i], sizeof *row);
        *row = i;
        for (int k = i < WAYS ? 0 : 1; k <= i; k++) {
            const int *found = wb_cache_find(small, &key[k]);
            assert_non_null(found);
            assert_int_equal(*found, k);
        }
    }
    assert_null(wb_cache_find(small, &key[0]));
    wb_cache_free(small);
}

/* What is found is what was added last for that text, or nothing, however often it goes round. */
static void never_another(void **state)
{
    (void)state;
    char text[64];
    int found = 0;
    for (int i = 0; i < 10000; i++) {
        snprintf(text, sizeof text, "%*d", i % 2 + 3, i % 7);
        int *row = find(text, 3);
        found += row != NULL;
        if (row)
            assert_int_equal(*row, i % 7);
        assert_true(add(text, 3, i % 7));
        assert_int_equal(*find(text, 3), i % 7);
    }
    assert_in_range(found, 1, 10000);
}

/* Texts of any length are told apart by any byte, and none is read beyond its end. */
static void any_byte(void **state)
{
    (void)state;
    enum { LONGEST = 150 };
    for (size_t n = 1; n <= LONGEST; n++) {
        char *text = malloc(n);
        assert_non_null(text);
        memset(text, 'a', n);
        struct wb_cache_key key = wb_cache_key(wb_slice(text, n), 10);
        int *row = wb_cache_add(cache, &key, sizeof *row);
        assert_non_null(row);
        *row = (int)n;
        assert_ptr_equal(wb_cache_find(cache, &key), row);
        for (size_t i = 0; i < n; i++) {
            text[i] = 'b';
            assert_null(wb_cache_find(cache, &key)); /* with the same hash */
            assert_true(wb_cache_key(key.text, 10).hash != key.hash);
            text[i] = 'a';
        }
        key.text.n--; /* the front of it, and something else of it, with the same hash */
        assert_null(wb_cache_find(cache, &key));
        key.text.n++;
        key.tag++;
        assert_null(wb_cache_find(cache, &key));
        key.tag--;
        assert_int_equal(*(int *)wb_cache_find(cache, &key), n);
        free(text);
    }
}

/* Nor are blocks taken for each other that stand in another order, or a text for more of it. */
static void any_order(void **state)
{
    (void)state;
    enum { BLOCK = 64, BLOCKS = 5 };
    char text[BLOCK * BLOCKS];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i / BLOCK);
    uint64_t hash = wb_cache_key(wb_slice(text, sizeof text), 11).hash;
    for (int i = 1; i < BLOCKS; i++) {
        memset(text, 'a' + i, BLOCK);
        memset(text + i * BLOCK, 'a', BLOCK);
        assert_true(wb_cache_key(wb_slice(text, sizeof text), 11).hash != hash);
        memset(text, 'a', BLOCK);
        memset(text + i * BLOCK, 'a' + i, BLOCK);
    }
    for (size_t n = 0; n < sizeof text; n++)
        assert_true(wb_cache_key(wb_slice(text, n), 11).hash !=
                    wb_cache_key(wb_slice(text, n + 1), 11).hash);
}

/* Another cache then has the rows, and each goes its own way. */
static void copied(void **state)
{
    (void)state;
    struct wb_cache *mine = cache, *other = wb_cache_new(SLOTS, BYTES);
    char text[8];
    for (int i = 0; i < 4 * SLOTS; i++) { /* some in every slot */
        snprintf(text, sizeof text, "%d", i);
        assert_true(add(text, 6, i));
    }
    assert_true(add("quota", 5, 1));
    cache = other;
    assert_true(add("gone", 5, 2));
    wb_cache_copy(other, mine);
    assert_null(find("gone", 5));
    for (int i = 0; i < 4 * SLOTS; i++) {
        snprintf(text, sizeof text, "%d", i);
        cache = mine;
        bool there = find(text, 6);
        cache = other;
        assert_int_equal(there, find(text, 6) != NULL);
    }
    assert_int_equal(*find("quota", 5), 1);
    *find("quota", 5) = 3;
    assert_true(add("later", 5, 4));
    cache = mine;
    assert_int_equal(*find("quota", 5), 1);
    assert_null(find("later", 5));
    wb_cache_free(other);
}

/* A place leads to the row whose it is, until that is about to go; it is the same in a copy. */
static void by_place(void **state)
{
    (void)state;
    char text[64];
    uint64_t places[600];
    struct wb_cache *other = wb_cache_new(SLOTS, BYTES);
    int none = 0, gone = 0, there = 0;
    assert_true(wb_cache_place(cache, &none) == 0);
    assert_null(wb_cache_row(cache, 0));
    for (int i = 0; i < 600; i++) {
        snprintf(text, sizeof text, "placed %*d", i % 40, i);
        struct wb_cache_key key = wb_cache_key(wb_slice_str(text), 11);
        int *row = wb_cache_add(cache, &key, sizeof *row);
        assert_non_null(row);
        *row = i;
        places[i] = wb_cache_place(cache, row);
        assert_ptr_equal(wb_cache_row(cache, places[i]), row);
        wb_cache_copy(other, cache);
        for (int k = 0; k <= i; k++) {
            const int *noted = wb_cache_row(cache, places[k]);
            const int *copy = wb_cache_row(other, places[k]);
            assert_int_equal(noted == NULL, copy == NULL);
            gone += !noted;
            there += noted != NULL;
            if (noted)
                assert_int_equal(*noted, k);
            if (noted)
                assert_int_equal(*copy, k);
        }
        assert_non_null(wb_cache_row(cache, places[i < 10 ? 0 : i - 10])); /* some half of it */
    }
    assert_null(wb_cache_row(cache, places[0]));
    assert_in_range(gone, 1, INT_MAX);
    assert_in_range(there, 6000, INT_MAX);
    wb_cache_free(other);
}

/* Several keys step by step, while rows are added: what was sought before is what it was. */
static void in_steps(void **state)
{
    (void)state;
    enum { KEYS = 5 };
    char text[KEYS + 1][32];
    struct wb_cache_key key[KEYS + 1];
    void *sought[KEYS + 1];
    for (int i = 0; i <= KEYS; i++) {
        snprintf(text[i], sizeof text[i], "step by step %d", i);
        key[i] = wb_cache_key(wb_slice_str(text[i]), 12);
        assert_true(i == KEYS || add(text[i], 12, i)); /* the last one is not there */
    }
    for (int i = 0; i <= KEYS; i++)
        wb_cache_expect(cache, &key[i]);
    for (int i = 0; i <= KEYS; i++)
        sought[i] = wb_cache_seek(cache, &key[i]);
    for (int i = 0; i < KEYS; i++) {
        assert_true(add(text[KEYS - 1 - i], 13, -1));
        assert_int_equal(*(int *)wb_cache_take(sought[i], &key[i]), i);
        assert_null(wb_cache_take(sought[i], &key[KEYS]));
    }
    assert_null(wb_cache_take(sought[KEYS], &key[KEYS]));
}

/* The oldest row goes first, and one that is too long is not kept at all. */
static void forgets(void **state)
{
    (void)state;
    char text[8];
    assert_true(add("first", 4, 1));
    for (int i = 0; i < BYTES; i++) {
        snprintf(text, sizeof text, "%d", i);
        add(text, 4, i);
    }
    assert_null(find("first", 4));
    struct wb_cache_key key = wb_cache_key(WB_S("long"), 4);
    assert_null(wb_cache_add(cache, &key, BYTES));
}

/* Whoever holds a row may add others meanwhile: it must not change under their hands. */
static void holds(void **state)
{
    (void)state;
    char text[64];
    int held = 0;
    struct wb_cache *small = cache;
    cache =
        wb_cache_new(1 << 16, BYTES); /* so many slots that rows are found while they are there */
    assert_non_null(cache);
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "held %d", i % 7);
        int *row = find(text, 5);
        if (!row) {
            assert_true(add(text, 5, i % 7));
            row = find(text, 5);
        }
        held++;
        for (int n = 0; n < BYTES / 4 / 64; n++) { /* each of these takes at most 64 bytes */
            snprintf(text, sizeof text, "%d-%d%*s", i, n, i / 7 % 38, "");
            add(text, 6, -1);
            assert_int_equal(*row, i % 7);
        }
    }
    assert_int_equal(held, 5000);
    wb_cache_free(cache);
    cache = small;
}

/* Places are counted anew now and then: what was kept is forgotten, what is held stays. */
static void counted_anew(void **state)
{
    (void)state;
    char text[64];
    int lost = 0;
    uint64_t places[2];
    cache->head = (uint64_t)UINT32_MAX * ALIGN - 10 * BYTES; /* nobody waits for 32 GiB */
    for (int i = 0; i < 20 * BYTES / 64; i++) {
        uint64_t before = cache->head;
        snprintf(text, sizeof text, "anew %d", i);
        assert_true(add(text, 7, i));
        int *held = find(text, 7);
        assert_int_equal(*held, i);
        snprintf(text, sizeof text, "beside %d", i);
        assert_true(add(text, 7, -1));
        assert_int_equal(*held, i);
        snprintf(text, sizeof text, "anew %d", i);
        lost += find(text, 7) != held;
        places[i % 2] = wb_cache_place(cache, held);
        assert_ptr_equal(wb_cache_row(cache, places[i % 2]), held);
        if (cache->head < before) { /* just now */
            snprintf(text, sizeof text, "anew %d", i - 1);
            assert_null(find(text, 7));
        }
    }
    assert_in_range(lost, 0, 1);
    assert_in_range(cache->head, BYTES, 20 * BYTES);
}

/* What is asked for in turn is known the second time, if not too much came in between. */
static void asked_again(void **state)
{
    (void)state;
    char text[64];
    int first = 0, second = 0;
    for (int i = 0; i < 4000; i++) {
        snprintf(text, sizeof text, "text %d", i % 1000);
        struct wb_cache_key key = wb_cache_key(wb_slice_str(text), 8);
        int *times = i < 1000 ? &first : &second;
        *times += wb_cache_again(cache, &key);
    }
    assert_in_range(first, 0, 10);
    assert_in_range(second, 2800, 3000);
    struct wb_cache_key key = wb_cache_key(WB_S("text 1"), 9);
    assert_false(wb_cache_again(cache, &key));
    assert_true(wb_cache_again(cache, &key));
    for (int i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "another %d", i);
        struct wb_cache_key other = wb_cache_key(wb_slice_str(text), 9);
        wb_cache_again(cache, &other);
    }
    assert_false(wb_cache_again(cache, &key));
}

int main(void)
{
    cache = wb_cache_new(SLOTS, BYTES);
    if (!cache)
        return 1;
    UNIT_ONE(found_again, "by text and tag");
    UNIT_ONE(all_slots, "each slot of a bucket");
    UNIT_ONE(never_another, "the right row or none");
    UNIT_ONE(any_byte, "any byte of a text");
    UNIT_ONE(any_order, "blocks in any order");
    UNIT_ONE(copied, "copied");
    UNIT_ONE(by_place, "by its place");
    UNIT_ONE(in_steps, "several step by step");
    UNIT_ONE(forgets, "bounded");
    UNIT_ONE(holds, "what is held stays");
    UNIT_ONE(counted_anew, "counted anew");
    UNIT_ONE(asked_again, "asked for again");
    int failed = unit_run();
    wb_cache_free(cache);
    return failed;
}
