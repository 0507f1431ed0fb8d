/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "map.h"
#include "room.h"

static void many_keys(void **state)
{
    (void)state;
    struct wb_map map = {0};
    char key[32];
    assert_null(wb_map_find(&map, WB_S("x")));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5000; i++) {
            bool is_new;
            int n = snprintf(key, sizeof key, "key %d", i);
            struct wb_map_row *row = wb_map_put(&map, wb_slice(key, (size_t)n), i, &is_new);
            assert_true(is_new);
            assert_int_equal(row->value, i);
            row = wb_map_put(&map, wb_slice(key, (size_t)n), -1, &is_new);
            assert_false(is_new);
            assert_int_equal(row->value, i);
        }
        assert_int_equal(wb_map_count(&map), 5000);
        for (int i = 0; i < 5000; i++) { /* in the order in which they came */
            int n = snprintf(key, sizeof key, "key %d", i);
            assert_slice(wb_map_rows(&map)[i].key, wb_slice(key, (size_t)n));
            assert_int_equal(wb_map_find(&map, wb_slice(key, (size_t)n))->value, i);
        }
        assert_null(wb_map_find(&map, WB_S("key 5000")));
        assert_null(wb_map_find(&map, WB_NONE));
        wb_map_clear(&map);
        assert_int_equal(wb_map_count(&map), 0);
        assert_null(wb_map_find(&map, WB_S("key 1")));
    }
    wb_map_free(&map);
}

static void keys_with_zeros(void **state)
{
    (void)state;
    struct wb_map map = {0};
    wb_map_put(&map, wb_slice("a\0b", 3), 1, NULL);
    wb_map_put(&map, wb_slice("a\0c", 3), 2, NULL);
    wb_map_put(&map, WB_NONE, 3, NULL);
    assert_int_equal(wb_map_find(&map, wb_slice("a\0b", 3))->value, 1);
    assert_int_equal(wb_map_find(&map, wb_slice("a\0c", 3))->value, 2);
    assert_int_equal(wb_map_find(&map, wb_slice("", 0))->value, 3);
    assert_null(wb_map_find(&map, wb_slice("a", 1)));
    wb_map_free(&map);
}

static void room_stays_where_it_is(void **state)
{
    (void)state;
    struct wb_room room = {0};
    struct wb_slice kept[2000];
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 2000; i++) {
            char text[3000];
            memset(text, (int)('a' + i % 26), sizeof text);
            kept[i] = wb_room_copy(&room, wb_slice(text, i + 1));
            assert_int_equal((uintptr_t)kept[i].p % 16, 0);
        }
        char *huge = wb_room_take(&room, 5 << 20);
        memset(huge, 'x', 5 << 20);
        wb_room_shrink(&room, huge, 10);
        char *next = wb_room_take(&room, 1);
        assert_true(next == huge + 16);
        for (size_t i = 0; i < 2000; i++)
            for (size_t j = 0; j < kept[i].n; j += 97)
                assert_int_equal(kept[i].p[j], 'a' + (int)(i % 26));
        wb_room_reset(&room);
    }
    wb_room_free(&room);
}

int main(void)
{
    UNIT_ONE(many_keys, "are found, in order, and gone when it is cleared");
    UNIT_ONE(keys_with_zeros, "are bytes as others");
    UNIT_ONE(room_stays_where_it_is, "until it is reset");
    return unit_run();
}
