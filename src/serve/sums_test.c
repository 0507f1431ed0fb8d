/* SPDX-License-Identifier: BSD-2-Clause */
#include "sums.h"

#include <stdlib.h>

#include "unit.h"

static struct wb_sum *row(struct wb_sums *sums, const char *name, const char *cause)
{
    return wb_sums_row(sums, 0, wb_slice_str(name), wb_slice_str(cause));
}

static void same(void **state)
{
    (void)state;
    struct wb_sums *sums = wb_sums_new(10);
    struct wb_sum *first = row(sums, "a", "b");
    first->now = 5;
    assert_ptr_equal(row(sums, "a", "b"), first);
    assert_ptr_not_equal(row(sums, "a", "bc"), first);
    assert_ptr_not_equal(row(sums, "", "b"), first);
    assert_ptr_not_equal(row(sums, "ab", "b"), first);
    assert_ptr_not_equal(wb_sums_row(sums, 1, WB_S("a"), WB_S("b")), first);
    assert_ptr_not_equal(wb_sums_row(sums, 0, WB_S("a"), WB_NONE), first);
    assert_int_equal(sums->n, 6);
    assert_int_equal(sums->rows[0].now, 5);
    assert_int_equal(sums->rows[5].now + sums->rows[5].before, 0);
    free(sums);
}

static void full(void **state)
{
    (void)state;
    struct wb_sums *sums = wb_sums_new(2);
    assert_non_null(row(sums, "a", ""));
    assert_non_null(row(sums, "b", ""));
    assert_null(row(sums, "c", ""));
    assert_ptr_equal(row(sums, "b", ""), &sums->rows[1]);
    free(sums);
}

/* 127 bytes of room: 63 letters of two bytes each, and one byte that no letter fits into. */
static void cut(void **state)
{
    (void)state;
    struct wb_sums *sums = wb_sums_new(10);
    char name[201] = "", cause[101] = "";
    for (int i = 0; i < 100; i++)
        memcpy(name + 2 * i, "\xC3\xBC", 2);
    memset(cause, 'x', 100);
    struct wb_sum *one = row(sums, name, cause);
    assert_int_equal(strlen(one->name), 126);
    assert_memory_equal(one->name, name, 126);
    assert_int_equal(strlen(one->cause), 63);
    assert_ptr_equal(row(sums, name, cause), one);
    assert_int_equal(sums->n, 1);
    free(sums);
}

static void sorted(void **state)
{
    (void)state;
    static const char *const wanted[] = {"c", "a", "d", "b"};
    struct wb_sums *sums = wb_sums_new(10);
    row(sums, "d", "")->now = 2;
    row(sums, "b", "")->now = 1;
    row(sums, "a", "")->now = 2;
    row(sums, "c", "")->now = UINT64_MAX;
    wb_sums_sort(sums);
    for (size_t i = 0; i < sums->n; i++)
        assert_string_equal(sums->rows[i].name, wanted[i]);
    free(sums);
}

int main(void)
{
    UNIT_ONE(same, "a row for each kind, name and cause");
    UNIT_ONE(full, "without room for more");
    UNIT_ONE(sorted, "the largest first, then by name");
    UNIT_ONE(cut, "in front of a character");
    return unit_run();
}
