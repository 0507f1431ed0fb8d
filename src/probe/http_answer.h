/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer of HTTP/1.1 (RFC 9112) as far as it has come. Reads in place, keeps no state and says
 * whether more is needed; the body lives in the arena. Everything in it may be a lie.
 */
#ifndef WB_HTTP_ANSWER_H
#define WB_HTTP_ANSWER_H

#include "arena.h"
#include "limit_check.h"

enum wb_http_end {
    WB_HTTP_MORE, /* so far it is well, and not over */
    WB_HTTP_WHOLE,
    WB_HTTP_BROKEN,
    WB_HTTP_TOO_LARGE, /* more than WB_MAX_POLICY_BYTES, or says so */
};

struct wb_http {
    int status;
    struct wb_slice type; /* "text/plain; charset=utf-8"; absent where there is none */
    struct wb_slice body;
};

/* `over`: nothing will come any more. An answer that is no 200 is whole with its head. */
enum wb_http_end wb_http_read(struct wb_arena *arena, struct wb_slice bytes, bool over,
                              struct wb_http *out);

#endif
