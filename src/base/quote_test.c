/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings of JSON by blocks: texts of every length around the size of the blocks, in memory of
 * their own size, with each kind of byte that does not stand for itself at every place.
 */
#include "quote.h"

#include "unit.h"

enum { MOST = 200 };

static const unsigned char odd[] = {0, '\n', 31, '"', '\\', 127, 128, 255};
static const unsigned char even[] = {' ', '!', '#', '[', ']', '~', 'a', '/'};

/* Text that stands for itself, in memory of its own size. */
static char *plain_text(size_t n)
{
    char *text = malloc(n ? n : 1);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)even[i % sizeof even];
    return text;
}

static void plain(void **state)
{
    (void)state;
    for (size_t n = 0; n <= MOST; n++) {
        char *text = plain_text(n), *to = malloc(n + WB_QUOTE_ROOM);
        size_t size = wb_quote_plain(to, wb_slice(text, n));
        if (n == 0) {
            assert_int_equal(size, 4);
            assert_memory_equal(to, "null", 4);
        } else {
            assert_int_equal(size, n + 2);
            assert_true(to[0] == '"' && to[n + 1] == '"');
            assert_memory_equal(to + 1, text, n);
        }
        size_t front = wb_plain_front(wb_slice(text, n));
        assert_true(front <= n && front + 16 > n);
        free(to);
        free(text);
    }
}

static void with_an_odd_byte(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        char *text = plain_text(n), *to = malloc(n + WB_QUOTE_ROOM);
        for (size_t at = 0; at < n; at++) {
            char before = text[at];
            text[at] = (char)odd[(at + n) % sizeof odd];
            assert_int_equal(wb_quote_plain(to, wb_slice(text, n)), 0);
            size_t front = wb_plain_front(wb_slice(text, n));
            assert_true(front <= at);
            assert_true(front == at || front == (n & ~(size_t)15));
            text[at] = before;
        }
        free(to);
        free(text);
    }
}

int main(void)
{
    UNIT_ONE(plain, "texts that stand for themselves");
    UNIT_ONE(with_an_odd_byte, "one byte that does not");
    return unit_run();
}
