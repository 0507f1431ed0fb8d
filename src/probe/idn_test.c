/* SPDX-License-Identifier: BSD-2-Clause */
#include "idn.h"

#include "unit.h"

static const struct {
    const char *in, *out;
} rows[] = {
    {"Example.ORG", "example.org"},
    {"例子.中国", "xn--fsqu00a.xn--fiqs8s"},
    {"example。com", "example.com"},
    {"bücher.example", "xn--bcher-kva.example"},
    {"点看.example.", "xn--3pxu8k.example."},
    /* RFC 3492 7.1: (B) Chinese (simplified), (C) traditional, (L) Japanese with ASCII */
    {"他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"},
    {"他們爲什麽不說中文", "xn--ihqwctvzc91f659drss3x8bo0yb"},
    {"3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"},
    {"a\x80.example", ""},
    {"a\xe2\x80\xae.example", ""},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", ""},
};

static void test_ascii(void **state)
{
    (void)state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, 1 << 16, &limits));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wb_slice got = wb_idn_ascii(&arena, wb_slice_str(rows[i].in));
        if (!wb_slice_eq(got, wb_slice_str(rows[i].out)))
            fail_msg("%s: %.*s, not %s", rows[i].in, WB_F(got), rows[i].out);
    }
    wb_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ascii)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
