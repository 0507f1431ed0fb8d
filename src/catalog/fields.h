/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image that say what fields and members of JSON mean. */
#ifndef WB_FIELDS_H
#define WB_FIELDS_H

#include "image.h"

/* What a field of a machine-readable part means. */
#define WB_FIELDS(X)                                                                               \
    X(IGNORED, "ignored")                                                                          \
    X(REPORTING_MTA, "reporting-mta")                                                              \
    X(RECEIVED_FROM, "received-from-mta")                                                          \
    X(ARRIVAL_DATE, "arrival-date")                                                                \
    X(ENVELOPE_ID, "original-envelope-id")                                                         \
    X(ORIGINAL_RECIPIENT, "original-recipient")                                                    \
    X(FINAL_RECIPIENT, "final-recipient")                                                          \
    X(ACTUAL_RECIPIENT, "actual-recipient")                                                        \
    X(ACTION, "action")                                                                            \
    X(STATUS, "status")                                                                            \
    X(REMOTE_MTA, "remote-mta")                                                                    \
    X(DIAGNOSTIC, "diagnostic-code")                                                               \
    X(LAST_ATTEMPT, "last-attempt-date")                                                           \
    X(RETRY_UNTIL, "will-retry-until")                                                             \
    X(QUEUE_ID, "queue-id")                                                                        \
    X(ENVELOPE_FROM, "envelope-from")                                                              \
    X(MESSAGE_ID, "message-id")                                                                    \
    X(SUPPLEMENT, "supplement")                                                                    \
    X(DISPOSITION, "disposition")                                                                  \
    X(FEEDBACK_TYPE, "feedback-type")                                                              \
    X(SOURCE_IP, "source-ip")                                                                      \
    X(USER_AGENT, "user-agent")                                                                    \
    X(REPORTED_DOMAIN, "reported-domain")                                                          \
    X(AUTH_FAILURE, "auth-failure")

enum wb_field {
    WB_FIELD_NONE,
#define X(id, name) WB_FIELD_##id,
    WB_FIELDS(X)
#undef X
        WB_FIELD_COUNT
};

struct wb_field_name {
    wb_str name; /* lower case */
    uint32_t meaning;
    wb_str title[WB_LANGUAGES];
};

/*
 * Words of people and programs that tell what stands beside them. They are looked for at the end of
 * what is in front of an address, at the beginning of what is behind it, and anywhere in the line
 * above a message.
 */
#define WB_MARKS(X)                                                                                \
    X(SOMEBODY_ELSE_BEHIND, "somebody-else-behind")                                                \
    X(SOMEBODY_ELSE_BEFORE, "somebody-else-before")                                                \
    X(FORWARDED, "forwarded")

enum wb_mark_meaning {
    WB_MARK_NONE,
#define X(id, name) WB_MARK_##id,
    WB_MARKS(X)
#undef X
};

struct wb_mark_words {
    wb_str words;     /* as they stand in a text, in upper or lower case */
    uint32_t meaning; /* enum wb_mark_meaning */
};

/*
 * A notification that comes as JSON: where in it recipients stand and which member means which
 * field. A path is a list of member names with dots between; "/" in front: from the root.
 */
struct wb_json_shape {
    wb_str unwrap;   /* a member whose string is JSON again; 0: none */
    wb_str test;     /* the member that tells this shape from others */
    wb_str expected; /* its value; 0: any */
    wb_str each;     /* the list of recipients; 0: the document is about one */
    uint32_t first_field, fields;
    uint16_t dialect;
    uint8_t kind;
    uint8_t action; /* when no field has it */
};

struct wb_json_field {
    wb_str path;
    uint32_t meaning; /* enum wb_field */
};

#endif
