/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every bound of the library, in one place: its name as it stands in `limits_hit`, its value and
 * why. Reaching a bound never fails: the rest is left out and the bound's name is reported.
 */
#ifndef WB_LIMITS_H
#define WB_LIMITS_H

#include <stdint.h>

#define WB_LIMITS(X)                                                                               \
    /* A report is small; only the returned message can be large, and its head is enough. */       \
    X(MESSAGE_BYTES, "message-bytes", 8 << 20)                                                     \
    /* Reports have 3 to 10 parts; mails built to hurt have 100,000. */                            \
    X(PARTS, "parts", 512)                                                                         \
    /* Forwards of forwards reach 5; each level costs a comparison for each line. */               \
    X(NESTING, "nesting", 32)                                                                      \
    /* All parts together; the busiest real report seen had 210. */                                \
    X(HEADERS, "headers", 4096)                                                                    \
    /* One header field, unfolded; a To: with 1,000 addresses has 40,000. */                       \
    X(HEADER_BYTES, "header-bytes", 64 << 10)                                                      \
    /* How far a multipart's first boundary is sought before it is held for missing. */            \
    X(PREAMBLE_BYTES, "preamble-bytes", 64 << 10)                                                  \
    /* One text part, decoded; what stands behind it is not read by people either. */              \
    X(TEXT_BYTES, "text-bytes", 256 << 10)                                                         \
    /* The machine-readable part: 1,000 recipients of 250 bytes. */                                \
    X(STATUS_BYTES, "status-bytes", 512 << 10)                                                     \
    /* Recipients in one report; servers split their reports at 50 to 1,000. */                    \
    X(RECIPIENTS, "recipients", 1024)                                                              \
    /* The part of the prose in which a cause is sought when no field names one. */                \
    X(PROSE_BYTES, "prose-bytes", 8 << 10)                                                         \
    /* One diagnostic; RFC 5321 4.5.3.1.5 allows replies of 512 bytes a line. */                   \
    X(DIAGNOSTIC_BYTES, "diagnostic-bytes", 4 << 10)                                               \
    /* A reply that quotes a reply that quotes a reply. */                                         \
    X(REPLY_DEPTH, "reply-depth", 8)                                                               \
    /* Lines of prose that a dialect is interested in. */                                          \
    X(PROSE_HITS, "prose-hits", 2048)                                                              \
    /* Memory of one session for everything decoded from one message. */                           \
    X(SESSION_BYTES, "session-bytes", 8 << 20)                                                     \
    /* One line of a log; syslog cuts at 2 to 8 KB, JSON records with headers have 4. */           \
    X(LOG_LINE_BYTES, "log-line-bytes", 64 << 10)

enum wb_limit {
#define X(id, name, value) WB_LIMIT_##id,
    WB_LIMITS(X)
#undef X
        WB_LIMIT_COUNT
};

enum {
#define X(id, name, value) WB_MAX_##id = (value),
    WB_LIMITS(X)
#undef X
};

/*
 * What is kept of messages whose log lines are still coming: the oldest is forgotten for the
 * newest, which no report names. Busy servers have some 10,000 messages under way.
 */
enum {
    WB_MAX_LOG_MESSAGES = 64 << 10,
    WB_MAX_LOG_RECIPIENTS = 64 << 10, /* that wait, with the reason; in all messages together */
    WB_MAX_LOG_BYTES = 64 << 20,      /* all their texts; usual are 150 bytes a message */
};

/* The store. Names and addresses longer than that are cut: indexes have rows of some KB at most. */
enum {
    WB_MAX_STORED_NAME = 255,
    WB_MAX_STORED_ADDRESS = 512,         /* RFC 5321 allows 320 */
    WB_MAX_STORED_REASON = 1000,         /* why somebody changed a state */
    WB_MAX_STORED_TEMPLATE = 300,        /* a diagnostic without what changes in it */
    WB_MAX_STORED_BYTES = 64 << 20,      /* one row unpacked: a mail of 8 MB, a long document */
    WB_MAX_STORED_STRIKES = 64,          /* of an address that are looked at: the last ones */
    WB_MAX_STORE_PIECE = 1000,           /* reports that are worked on at once */
    WB_MIN_STORE_THREAD = 50,            /* reports for which a thread that packs is worth it */
    WB_MAX_STORE_PIECE_BYTES = 16 << 20, /* their mails */
    WB_MAX_STORE_NAMES = 200000,         /* that are kept in memory between batches */
    WB_MAX_STORE_DRY = 2000000,          /* reports that another policy is tried on: the last */
    WB_MAX_STORE_LOOK = 8000,            /* rows that one page looks at */
    WB_MAX_STORE_DAYS = 16,              /* days in which the most frequent names are sought */
    WB_MIN_STORE_TOPS = 500,             /* reports of a day whose most frequent names are listed */
    WB_MAX_STORE_TOPS = 200,             /* names of such a list */
    WB_MAX_STORE_TOPS_CAUSE = 50,        /* and of one cause's */
    WB_MAX_STORE_UNLISTED = 200000,      /* reports of days without lists that are all looked at */
    WB_MAX_STORE_HOURS = 21 * 24,        /* counts by the hour are kept so long */
};

/* A set of limits that were reached: bit 1 << enum wb_limit. */
typedef uint32_t wb_limit_set;

static inline void wb_limit_hit(wb_limit_set *set, enum wb_limit limit)
{
    *set |= (wb_limit_set)1 << limit;
}

/* The name of a limit as it is reported, for instance "recipients". */
const char *wb_limit_name(enum wb_limit limit);

#endif
