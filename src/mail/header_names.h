/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of header fields that have a number of their own. */
#ifndef WB_HEADER_NAMES_H
#define WB_HEADER_NAMES_H

#include <stdint.h>

/* Header fields that the engine itself asks for; all others are found by name. */
#define WB_HEADERS(X)                                                                              \
    X(FROM, "from")                                                                                \
    X(TO, "to")                                                                                    \
    X(CC, "cc")                                                                                    \
    X(DATE, "date")                                                                                \
    X(SENDER, "sender")                                                                            \
    X(SUBJECT, "subject")                                                                          \
    X(LIST_ID, "list-id")                                                                          \
    X(RECEIVED, "received")                                                                        \
    X(REPLY_TO, "reply-to")                                                                        \
    X(MESSAGE_ID, "message-id")                                                                    \
    X(REFERENCES, "references")                                                                    \
    X(IN_REPLY_TO, "in-reply-to")                                                                  \
    X(FEEDBACK_ID, "feedback-id")                                                                  \
    X(RETURN_PATH, "return-path")                                                                  \
    X(MIME_VERSION, "mime-version")                                                                \
    X(CONTENT_TYPE, "content-type")                                                                \
    X(DELIVERED_TO, "delivered-to")                                                                \
    X(X_ORIGINAL_TO, "x-original-to")                                                              \
    X(AUTO_SUBMITTED, "auto-submitted")                                                            \
    X(X_FAILED_RECIPIENTS, "x-failed-recipients")                                                  \
    X(CONTENT_TRANSFER_ENCODING, "content-transfer-encoding")

enum wb_header_id {
    WB_H_OTHER,
#define X(id, name) WB_H_##id,
    WB_HEADERS(X)
#undef X
        WB_H_COUNT
};

/*
 * Where the names of WB_HEADERS are found, each in a slot of its own: see header.c. A name as
 * numbers is its first sixteen bytes in lower case, and 0 behind them if it has fewer.
 */
enum { WB_HEADER_SLOTS = 64 };

struct wb_header_table {
    uint64_t factor;              /* with which no two names have the same slot */
    enum wb_header_id first_long; /* those before it are all in their keys, with their end */
    uint8_t row[WB_HEADER_SLOTS];
    struct wb_header_key {
        uint64_t head, tail;
    } key[WB_H_COUNT]; /* of each name; that of WB_H_OTHER is no name's */
};

#endif
