/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "http_answer.h"

#define OK      "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct row {
    const char *name, *bytes;
    enum wb_http_end want;
    int status;
    const char *type, *body;
} rows[] = {
    {"with its length", OK "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
     WB_HTTP_WHOLE, 200, "text/plain", "hello"},
    {"what stands behind is not read", OK "content-length:2\r\n\r\nhello", WB_HTTP_WHOLE, 200, "",
     "he"},
    {"an empty body", OK "Content-Length: 0\r\n\r\n", WB_HTTP_WHOLE, 200, "", ""},
    {"chunks", CHUNKED "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n", WB_HTTP_WHOLE, 200, "", "hello!"},
    {"chunks in capitals", CHUNKED "A\r\n0123456789\r\n0\r\n", WB_HTTP_WHOLE, 200, "",
     "0123456789"},
    {"other answers end with their head", "HTTP/1.1 404 Not Found\r\nX: y\r\n\r\n", WB_HTTP_WHOLE,
     404, "", ""},
    {"an early hint", "HTTP/1.1 103 Hint\r\nX: y\r\n\r\n" OK "Content-Length: 1\r\n\r\na",
     WB_HTTP_WHOLE, 200, "", "a"},
    {"an older version", "HTTP/1.0 301 Moved\r\n\r\n", WB_HTTP_WHOLE, 301, "", ""},
    {"nothing yet", "", WB_HTTP_MORE},
    {"half a word", "HTTP/1", WB_HTTP_MORE},
    {"half a head", OK "Content-Le", WB_HTTP_MORE, 200},
    {"half a body", OK "Content-Length: 5\r\n\r\nhell", WB_HTTP_MORE, 200},
    {"until the end", OK "\r\nhello", WB_HTTP_MORE, 200},
    {"half a chunk", CHUNKED "5\r\nhel", WB_HTTP_MORE, 200},
    {"half a size", CHUNKED "5", WB_HTTP_MORE, 200},
    {"mail", "220 mx.example.org ESMTP\r\n", WB_HTTP_BROKEN},
    {"another protocol", "SSH-2.0-OpenSSH_9.2p1\r\n\r\n", WB_HTTP_BROKEN},
    {"no number", "HTTP/1.1 OK 200\r\n\r\n", WB_HTTP_BROKEN},
    {"a number out of range", "HTTP/1.1 099 OK\r\n\r\n", WB_HTTP_BROKEN},
    {"packed", OK "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na", WB_HTTP_BROKEN, 200},
    {"a chunk without a size", CHUNKED "x\r\nhello\r\n", WB_HTTP_BROKEN, 200},
    {"a chunk that does not end", CHUNKED "2\r\nhello\r\n", WB_HTTP_BROKEN, 200},
    {"hints without end",
     "HTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\n"
     "HTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\n" OK
     "\r\n",
     WB_HTTP_WHOLE, 100, "", ""},
    {"it says that it is too large", OK "Content-Length: 65537\r\n\r\n", WB_HTTP_TOO_LARGE, 200},
    {"so does a chunk", CHUNKED "10001\r\n", WB_HTTP_TOO_LARGE, 200},
    {"and a chunk of no reason", CHUNKED "ffffffff\r\n", WB_HTTP_TOO_LARGE, 200},
};

static void reads(void **state)
{
    const struct row *row = *state;
    struct wb_arena arena;
    wb_limit_set limits = 0;
    struct wb_http http;
    assert_true(wb_arena_open(&arena, 1 << 20, &limits));
    assert_int_equal(wb_http_read(&arena, wb_slice_str(row->bytes), false, &http), row->want);
    assert_int_equal(http.status, row->status);
    if (row->want == WB_HTTP_WHOLE) {
        assert_true(wb_slice_eq(http.type, wb_slice_str(row->type)));
        assert_true(wb_slice_eq(http.body, wb_slice_str(row->body)));
    }
    wb_arena_close(&arena);
}

/* What has no length is whole when the other side is done, and what has one is not. */
static void reads_to_the_end(void **state)
{
    struct wb_arena arena;
    wb_limit_set limits = 0;
    struct wb_http http;
    (void)state;
    assert_true(wb_arena_open(&arena, 1 << 20, &limits));
    assert_int_equal(wb_http_read(&arena, WB_S(OK "\r\nhello"), true, &http), WB_HTTP_WHOLE);
    assert_true(wb_slice_eq(http.body, WB_S("hello")));
    assert_int_equal(wb_http_read(&arena, WB_S(OK "Content-Length: 9\r\n\r\nhello"), true, &http),
                     WB_HTTP_BROKEN);
    assert_int_equal(wb_http_read(&arena, WB_S(CHUNKED "5\r\nhello\r\n"), true, &http),
                     WB_HTTP_BROKEN);
    assert_int_equal(wb_http_read(&arena, WB_NONE, true, &http), WB_HTTP_BROKEN);
    wb_arena_close(&arena);
}

int main(void)
{
    UNIT_ROWS(reads, rows);
    UNIT_ONE(reads_to_the_end, "until the end");
    return unit_run();
}
