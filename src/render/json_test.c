/* SPDX-License-Identifier: BSD-2-Clause */
#include "render.h"

#include "unit.h"

/* RFC 8259 7: quotes, backslash and controls are escaped; what is written is valid UTF-8. */
static const struct row {
    const char *name, *text;
    size_t n; /* 0: up to the NUL */
    const char *want;
} rows[] = {
    {"plain", "abc", 0, "\"abc\""},
    {"empty", "", 0, "\"\""},
    {"quote", "a\"b", 0, "\"a\\\"b\""},
    {"backslash", "a\\b", 0, "\"a\\\\b\""},
    {"slash stays", "a/b", 0, "\"a/b\""},
    {"line feed, return, tab", "a\nb\rc\td", 0, "\"a\\nb\\rc\\td\""},
    {"NUL", "a\0b", 3, "\"a\\u0000b\""},
    {"escape", "\033[31m", 0, "\"\\u001b[31m\""},
    {"last control", "\037", 0, "\"\\u001f\""},
    {"DEL", "\177", 0, "\"\\u007f\""},
    {"Chinese", "用户", 0, "\"用户\""},
    {"four bytes", "😀", 0, "\"😀\""},
    {"a byte that is no UTF-8", "a\377b", 0, "\"a\357\277\275b\""},
    {"a character that ends early", "a\347\224", 0, "\"a\357\277\275\357\277\275\""},
    {"overlong slash", "\300\257", 0, "\"\357\277\275\357\277\275\""},
    {"a surrogate", "\355\240\200", 0, "\"\357\277\275\357\277\275\357\277\275\""},
    {"beyond the last character", "\364\220\200\200", 0,
     "\"\357\277\275\357\277\275\357\277\275\357\277\275\""},
    {"a real U+FFFD stays", "\357\277\275", 0, "\"\357\277\275\""},
    {"lines", "550 no such user here\r\n550-5.1.1 \"mail\"\n", 0,
     "\"550 no such user here\\r\\n550-5.1.1 \\\"mail\\\"\\n\""},
    {"a line feed before a longer character", "said the server:\n用户", 0,
     "\"said the server:\\n用户\""},
    {"at both ends", "\"x\"", 0, "\"\\\"x\\\"\""},
};

static void string(void **state)
{
    const struct row *row = *state;
    struct wb_buf out = {0};
    struct wb_slice text = unit_exact(wb_slice(row->text, row->n ? row->n : strlen(row->text)));
    wb_json_string(&out, text);
    assert_text(wb_buf_slice(&out), row->want);
    wb_buf_free(&out);
    free((char *)text.p);
}

int main(void)
{
    UNIT_ROWS(string, rows);
    return unit_run();
}
