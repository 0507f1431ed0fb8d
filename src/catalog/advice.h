/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image that speak: advice, and the texts of the interface. */
#ifndef WB_ADVICE_H
#define WB_ADVICE_H

#include "image.h"

/* What a line of advice is for. */
#define WB_SLOTS(X)                                                                                \
    X(TITLE, "title")                                                                              \
    X(HEADLINE, "headline")                                                                        \
    X(WHY, "why")                                                                                  \
    X(AGAIN, "again")                                                                              \
    X(STEP, "steps")                                                                               \
    X(ADMIN, "admin")                                                                              \
    X(FORWARD, "forward")

enum wb_slot {
#define X(id, name) WB_SLOT_##id,
    WB_SLOTS(X)
#undef X
        WB_SLOT_COUNT
};

/* What a line of advice may depend on: each is true or false for a given report. */
#define WB_CONDITIONS(X)                                                                           \
    X(PERMANENT, "permanent")                                                                      \
    X(TEMPORARY, "temporary")                                                                      \
    X(DELAY, "delay")                                                                              \
    X(OWN_SERVER, "own-server")                                                                    \
    X(FORWARDED, "forwarded")                                                                      \
    X(RECIPIENT, "recipient")                                                                      \
    X(SIZE_LIMIT, "size-limit")                                                                    \
    X(MESSAGE_SIZE, "message-size")                                                                \
    X(RECIPIENT_LIMIT, "recipient-limit")                                                          \
    X(RETRY_AFTER, "retry-after")                                                                  \
    X(RETRY_UNTIL, "retry-until")                                                                  \
    X(BLOCKLIST, "blocklist")                                                                      \
    X(PAGE, "page")                                                                                \
    X(CLIENT_IP, "client-ip")                                                                      \
    X(PROVIDER, "provider")                                                                        \
    X(REMOTE_MTA, "remote-mta")                                                                    \
    X(REPLY, "reply")                                                                              \
    X(SENDER, "sender")                                                                            \
    X(SUBJECT, "subject")                                                                          \
    X(SENT, "sent")                                                                                \
    X(RETURNED, "returned")                                                                        \
    X(SURE, "sure")                                                                                \
    X(FOREIGN, "foreign")                                                                          \
    X(LAST, "last")

enum wb_condition {
#define X(id, name) WB_IF_##id,
    WB_CONDITIONS(X)
#undef X
        WB_IF_COUNT
};

/* What a line of advice may name: "{recipient}". Each has a text, if need be a general one. */
#define WB_PLACES(X)                                                                               \
    X(RECIPIENT, "recipient")                                                                      \
    X(RECIPIENTS, "recipients")                                                                    \
    X(ORIGINAL, "original")                                                                        \
    X(DOMAIN, "domain")                                                                            \
    X(SENDER, "sender")                                                                            \
    X(SENDER_DOMAIN, "sender-domain")                                                              \
    X(SUBJECT, "subject")                                                                          \
    X(SENT, "sent")                                                                                \
    X(WHEN, "when")                                                                                \
    X(REPLY, "reply")                                                                              \
    X(REMOTE, "remote")                                                                            \
    X(SERVER, "server")                                                                            \
    X(IP, "ip")                                                                                    \
    X(LIST, "list")                                                                                \
    X(LIST_PAGE, "list-page")                                                                      \
    X(PAGE, "page")                                                                                \
    X(PROVIDER, "provider")                                                                        \
    X(SIZE_LIMIT, "size-limit")                                                                    \
    X(ATTACHMENT_LIMIT, "attachment-limit")                                                        \
    X(MESSAGE_SIZE, "message-size")                                                                \
    X(RECIPIENT_LIMIT, "recipient-limit")                                                          \
    X(RETRY_AFTER, "retry-after")                                                                  \
    X(RETRY_UNTIL, "retry-until")                                                                  \
    X(REPORT, "report")                                                                            \
    X(REFUSED, "refused")

enum wb_place {
#define X(id, name) WB_PLACE_##id,
    WB_PLACES(X)
#undef X
        WB_PLACE_COUNT
};

struct wb_line {
    uint32_t need;   /* conditions that must hold */
    uint32_t forbid; /* conditions that must not */
    wb_str detail;   /* only for this detail; 0: any */
    wb_str other;    /* not for this detail; 0: any */
    wb_str text;     /* with {places} to fill in */
    uint8_t slot;
    uint8_t language;
    uint8_t pad[2];
};

/* What there is to say of a kind of report; row i is of kind i. */
struct wb_kind_words {
    wb_str title[WB_LANGUAGES];
    uint32_t first_line, lines;
    uint32_t first_class, classes;
};

struct wb_word {
    wb_str id;
    wb_str text[WB_LANGUAGES];
};

#endif
