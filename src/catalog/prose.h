/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image by which the prose of reports is read. */
#ifndef WB_PROSE_H
#define WB_PROSE_H

#include "image.h"
#include "sieve.h"

/* Set in the ids of line patterns, which stand beside signs in the scanner of texts. */
#define WB_IS_LINE_PATTERN 0x80000000u

/* What a line of a report's prose is. */
#define WB_ROLES(X)                                                                                \
    X(ORIGINAL, "original")     /* the returned message begins behind this line */                 \
    X(BEGIN, "begin")           /* failed recipients are named from here on */                     \
    X(END, "end")               /* ... and no longer from here on */                               \
    X(RECIPIENT, "recipient")   /* names a failed recipient */                                     \
    X(DIAGNOSTIC, "diagnostic") /* gives a reason, or announces it */                              \
    X(COMMAND, "command")       /* an SMTP command that the server sent */                         \
    X(REPLY, "reply")           /* what it was answered */                                         \
    X(SUMMARY, "summary")       /* what the reporting server itself makes of it */                 \
    X(FIELD, "field")           /* carries facts in its named groups */                            \
    X(SKIP, "skip")             /* is noise inside a reason */                                     \
    X(OTHER, "other")           /* is about somebody else: the sender, whom to ask */              \
    X(FOOTER, "footer")         /* is what a scanner on the way puts below any message */          \
    X(DELAYED, "delayed")       /* says that delivery goes on */                                   \
    X(FAILED, "failed")         /* says that it was given up, whatever the fields claim */         \
    X(DELIVERED, "delivered")   /* says that it succeeded */

enum wb_role {
#define X(id, name) WB_ROLE_##id,
    WB_ROLES(X)
#undef X
        WB_ROLE_COUNT
};

/* The named groups of line patterns. */
#define WB_CAPTURES(X)                                                                             \
    X(RECIPIENT, "recipient")                                                                      \
    X(ORIGINAL, "original")                                                                        \
    X(DIAGNOSTIC, "diagnostic")                                                                    \
    X(STATUS, "status")                                                                            \
    X(REMOTE, "remote")                                                                            \
    X(IP, "ip")                                                                                    \
    X(COMMAND, "command")                                                                          \
    X(REPORTER, "reporter")                                                                        \
    X(SUBJECT, "subject")                                                                          \
    X(DATE, "date")                                                                                \
    X(SENDER, "sender")                                                                            \
    X(MESSAGE_ID, "message")                                                                       \
    X(UNTIL, "until")                                                                              \
    X(QUEUE_ID, "queue")

enum wb_capture {
#define X(id, name) WB_CAPTURE_##id,
    WB_CAPTURES(X)
#undef X
        WB_CAPTURE_COUNT
};

/* How far a reason goes that begins on a line. */
#define WB_REACHES(X)                                                                              \
    X(LINE, "line")           /* only this line */                                                 \
    X(PARAGRAPH, "paragraph") /* up to the next blank line */                                      \
    X(INDENTED, "indented")   /* as long as lines are indented */                                  \
    X(BLOCK, "block")         /* up to the next line with a role */

enum wb_reach {
#define X(id, name) WB_REACH_##id,
    WB_REACHES(X)
#undef X
        WB_REACH_COUNT
};

struct wb_line_pattern {
    wb_str pattern;
    uint32_t regex;
    uint8_t role, reach;
    uint8_t stage;     /* which the line tells, ABSENT: none */
    uint8_t needs_at;  /* no line without "@" can match */
    uint8_t next;      /* the reason begins on the next line that is not blank */
    uint8_t weak;      /* counts only where no other pattern finds a recipient */
    uint8_t ahead;     /* the reason of the recipients that are named below */
    uint8_t own, home; /* the reason of the one right above alone; names without a domain, too */
    uint8_t capture[WB_CAPTURE_COUNT]; /* group number, 0: none */
};

/*
 * Words by which a server tells at which stage of SMTP it failed. A blank in them stands for any
 * white space, so that they are found where the report breaks its lines.
 */
struct wb_stage_words {
    wb_str words;
    uint8_t stage;    /* ABSENT: that of the command whose name stands behind the words */
    uint8_t at_start; /* they only count at the beginning of a text */
    uint8_t bucket;   /* of the anchor in the dialect's sieve */
    uint8_t anchor_at, anchor_n; /* the longest of the words: it is rarer in texts than "in" */
};

/* What the fields of a dialect's machine-readable part are worth. */
enum wb_dialect_flag {
    WB_DIALECT_GENERAL = 1,      /* the reader for formats that nobody described */
    WB_DIALECT_STATUS_EMPTY = 2, /* its Status field says nothing */
    WB_DIALECT_PROSE_FIRST = 4,  /* its prose knows more than its fields */
    WB_DIALECT_FROM_READER = 8,  /* whoever the mail is from is whom it is about */
    WB_DIALECT_FROM_LIST = 16,   /* it is from the list that it is about: "list-bounces@" */
    WB_DIALECT_IN_SUBJECT = 32,  /* the subject names whom it is about */
};

struct wb_dialect {
    wb_str id, name;
    wb_str prose_if; /* texts, a line each: with one of them the prose knows more than the fields */
    wb_str joins;    /* words, a line each, that go on with a list of addresses: "and" */
    uint32_t first_pattern, patterns;
    uint32_t first_stage_words, stage_words;
    struct wb_sieve stage_sieve;
    uint8_t kind, flags, pad[2]; /* kind ABSENT: by action */
};

#endif
