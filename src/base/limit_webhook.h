/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounds of webhooks, as limit.h has those of all else. Times are in seconds. */
#ifndef WB_LIMIT_WEBHOOK_H
#define WB_LIMIT_WEBHOOK_H

enum {
    WB_MAX_WEBHOOKS = 32,
    WB_MAX_WEBHOOK_NAME = 64,
    WB_MAX_WEBHOOK_BODY = 256 << 10,  /* bytes of a notice; usual are 2 to 4 KB */
    WB_MAX_WEBHOOK_ANSWER = 64 << 10, /* bytes that are read of an answer; none is kept */
    WB_MAX_WEBHOOK_CONNECT = 10,      /* one connection, with TLS */
    WB_MAX_WEBHOOK_TIME = 20,         /* one delivery; Standard Webhooks proposes 15 to 30 */
    WB_MAX_WEBHOOK_SENT = 8,          /* notices under way to one endpoint at once */
    WB_MIN_WEBHOOK_DELAY = 4,         /* up to the second try; then twice as long each time */
    WB_MAX_WEBHOOK_DELAY = 6 * 3600,  /* but no longer than that */
    WB_MAX_WEBHOOK_TRIES = 20,        /* over two days */
    WB_MAX_WEBHOOK_WAIT = 72 * 3600,  /* of a notice that could not even be tried so often */
    WB_MAX_WEBHOOK_PAUSE = 600,       /* of an endpoint that fails again and again */
};

#endif
