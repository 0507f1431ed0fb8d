/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMTP replies in running text: RFC 5321 4.2, RFC 3463. A diagnostic is often a reply inside a
 * sentence inside another reply:
 *
 *     451 4.1.1 <a@b>: unverified address: host mx.b[192.0.2.1] said: 550 5.1.1 User unknown
 *     ^ layer 0                                                      ^ layer 1
 *
 * It is cut into layers, each beginning with a reply code (the first may begin with none). The
 * innermost layer is the last one; it counts most. Slices point into the text. Nothing fails.
 */
#ifndef WB_REPLY_H
#define WB_REPLY_H

#include "limit.h"
#include "vocab.h"

struct wb_layer {
    struct wb_slice text; /* this layer's own words, up to the next layer */
    int code;             /* reply code, 0: none */
    struct wb_code status;
};

struct wb_layers {
    struct wb_layer layer[WB_MAX_REPLY_DEPTH];
    int n;
    enum wb_stage stage; /* as named in the text, ABSENT when it is not */
};

void wb_reply_layers(struct wb_slice text, struct wb_layers *out, wb_limit_set *limits);

/* Whether a reply with a code or a status stands in the text. */
bool wb_reply_has_code(struct wb_slice text, wb_limit_set *limits);

/* The code, 200 to 399, at the front of a reply that refuses nothing; 0 for all others, also for
 * those that a refusal follows. */
int wb_reply_positive(struct wb_slice text, wb_limit_set *limits);

/* An enhanced status code at the front of s; class 0 when there is none. taken: its length. */
struct wb_code wb_reply_status(struct wb_slice s, size_t *taken_out);

/* The first enhanced status code anywhere in s. */
struct wb_code wb_reply_find_status(struct wb_slice s);

/* The stage named by a command like "RCPT TO:<x>" or "end of data". */
enum wb_stage wb_reply_stage_of_command(struct wb_slice command);

/* The text behind words at its front, NULL: it does not begin with them. A blank in them stands for
 * any white space, "*" for anything without; case does not count. */
const char *wb_reply_behind_words(struct wb_slice text, struct wb_slice words);

/* The first IP address in s (IPv4, or IPv6 in brackets); empty when there is none. */
struct wb_slice wb_reply_ip(struct wb_slice s);

#endif
