/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The closed vocabularies of a report: their values and their names as they stand in JSON, in
 * knowledge files and in the documentation. The open ones (causes, providers, dialects) are data
 * and occur nowhere in C. Value 0 is always "none", written as null.
 */
#ifndef WB_VOCAB_H
#define WB_VOCAB_H

#include <stdint.h>

#include "slice.h"

#define WB_KINDS(X)                                                                                \
    X(BOUNCE, "bounce")                                                                            \
    X(DELAY, "delay")                                                                              \
    X(DELIVERED, "delivered")                                                                      \
    X(COMPLAINT, "complaint")                                                                      \
    X(AUTO_REPLY, "auto-reply")                                                                    \
    X(RECEIPT, "receipt")                                                                          \
    X(CHALLENGE, "challenge")                                                                      \
    X(NOT_A_REPORT, "not-a-report")

/* RFC 3464 2.3.3 */
#define WB_ACTIONS(X)                                                                              \
    X(FAILED, "failed")                                                                            \
    X(DELAYED, "delayed")                                                                          \
    X(DELIVERED, "delivered")                                                                      \
    X(RELAYED, "relayed")                                                                          \
    X(EXPANDED, "expanded")

/* Where in the SMTP dialogue a reply was given (RFC 5321 3). */
#define WB_STAGES(X)                                                                               \
    X(CONNECT, "connect")                                                                          \
    X(EHLO, "ehlo")                                                                                \
    X(STARTTLS, "starttls")                                                                        \
    X(AUTH, "auth")                                                                                \
    X(MAIL, "mail")                                                                                \
    X(RCPT, "rcpt")                                                                                \
    X(DATA, "data")                                                                                \
    X(END_OF_DATA, "end-of-data")

#define WB_PERMANENCES(X)                                                                          \
    X(PERMANENT, "permanent")                                                                      \
    X(TEMPORARY, "temporary")                                                                      \
    X(UNKNOWN, "unknown")

#define WB_FAULTS(X)                                                                               \
    X(RECIPIENT, "recipient")                                                                      \
    X(RECIPIENT_SERVER, "recipient-server")                                                        \
    X(SENDER, "sender")                                                                            \
    X(SENDER_SERVER, "sender-server")                                                              \
    X(MESSAGE, "message")                                                                          \
    X(NETWORK, "network")                                                                          \
    X(UNKNOWN, "unknown")

#define WB_RESPONSIBLES(X)                                                                         \
    X(SENDER, "sender")                                                                            \
    X(SENDER_ADMIN, "sender-admin")                                                                \
    X(RECIPIENT, "recipient")                                                                      \
    X(RECIPIENT_ADMIN, "recipient-admin")                                                          \
    X(NOBODY, "nobody")

#define WB_RECOMMENDATIONS(X)                                                                      \
    X(SUPPRESS, "suppress")                                                                        \
    X(PAUSE, "pause")                                                                              \
    X(RETRY, "retry")                                                                              \
    X(FIX_SENDER, "fix-sender")                                                                    \
    X(FIX_MESSAGE, "fix-message")                                                                  \
    X(NONE, "none")

/* Ordered: a higher value is surer. */
#define WB_CONFIDENCES(X)                                                                          \
    X(NONE, "none")                                                                                \
    X(WEAK, "weak")                                                                                \
    X(FAIR, "fair")                                                                                \
    X(STRONG, "strong")                                                                            \
    X(CERTAIN, "certain")

#define WB_VOCABULARIES(V)                                                                         \
    V(kind, KIND, WB_KINDS)                                                                        \
    V(action, ACTION, WB_ACTIONS)                                                                  \
    V(stage, STAGE, WB_STAGES)                                                                     \
    V(permanence, PERMANENCE, WB_PERMANENCES)                                                      \
    V(fault, FAULT, WB_FAULTS)                                                                     \
    V(responsible, RESPONSIBLE, WB_RESPONSIBLES)                                                   \
    V(recommendation, RECOMMENDATION, WB_RECOMMENDATIONS)                                          \
    V(confidence, CONFIDENCE, WB_CONFIDENCES)

/* enum wb_kind { WB_KIND_ABSENT, WB_KIND_BOUNCE, ... } and so on for each vocabulary */
#define WB_KIND_VALUE(id, name)           WB_KIND_##id,
#define WB_ACTION_VALUE(id, name)         WB_ACTION_##id,
#define WB_STAGE_VALUE(id, name)          WB_STAGE_##id,
#define WB_PERMANENCE_VALUE(id, name)     WB_PERMANENCE_##id,
#define WB_FAULT_VALUE(id, name)          WB_FAULT_##id,
#define WB_RESPONSIBLE_VALUE(id, name)    WB_RESPONSIBLE_##id,
#define WB_RECOMMENDATION_VALUE(id, name) WB_RECOMMENDATION_##id,
#define WB_CONFIDENCE_VALUE(id, name)     WB_CONFIDENCE_##id,

// clang-format off
#define V(word, WORD, LIST)                                                                        \
    enum wb_##word { WB_##WORD##_ABSENT, LIST(WB_##WORD##_VALUE) WB_##WORD##_COUNT };              \
    /* The name of a value; empty for ABSENT. */                                                   \
    struct wb_slice wb_##word##_name(enum wb_##word value);                                        \
    /* The value of a name; ABSENT when there is none of that name. */                             \
    enum wb_##word wb_##word##_named(struct wb_slice name);
WB_VOCABULARIES(V)
#undef V
// clang-format on

/* An enhanced status code, RFC 3463: class.subject.detail; class 0 is "absent". */
struct wb_code {
    uint8_t class;
    uint16_t subject;
    uint16_t detail;
};

#endif
