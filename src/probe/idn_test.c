/* SPDX-License-Identifier: BSD-2-Clause */
#include "idn.h"

#include "unit.h"

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 64 */

static const struct row {
    const char *name, *in, *out;
} rows[] = {
    {"ASCII", "Example.ORG", "example.org"},
    {"Chinese", "例子.中国", "xn--fsqu00a.xn--fiqs8s"},
    {"the full stop of Chinese keyboards", "example。com", "example.com"},
    {"capitals of other scripts", "BÜCHER.example", "xn--bcher-kva.example"},
    {"full-width letters", "ｑｑ．ｃｏｍ", "qq.com"},
    {"composed and not",
     "bu\xCC\x88"
     "cher.example",
     "xn--bcher-kva.example"},
    {"a final dot", "点看.example.", "xn--3pxu8k.example."},
    {"an underscore", "_dmarc.example.org", "_dmarc.example.org"},
    {"no UTF-8", "a\x80.example", ""},
    {"a mark of direction", "a\xe2\x80\xae.example", ""},
    {"a label too long", LONG ".example", ""},
    {"nothing", "", ""},
};

static void ascii(void **state)
{
    const struct row *row = *state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, 1 << 16, &limits));
    struct wb_slice got = wb_idn_ascii(&arena, wb_slice_str(row->in));
    if (!wb_slice_eq(got, wb_slice_str(row->out)))
        fail_msg("%.*s, not %s", WB_F(got), row->out);
    wb_arena_close(&arena);
}

int main(void)
{
    UNIT_ROWS(ascii, rows);
    return unit_run();
}
