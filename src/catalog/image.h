/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compiled knowledge: one block of memory without pointers, written by the knowledge compiler
 * for machines of its own kind, embedded in the library or read from a file. Everything refers to
 * everything by index, and to texts by their place in the section of strings.
 *
 *     header | strings | causes | ... | scanner bytes
 */
#ifndef WB_IMAGE_H
#define WB_IMAGE_H

#include <stdint.h>

#include "vocab.h"

enum {
    WB_IMAGE_MAGIC = 0x43425731, /* "1WBC" */
    WB_IMAGE_FORMAT = 1,         /* changes with every change of this file */
    WB_NO_INDEX = 0xFFFF,
    WB_LANGUAGES = 2, /* 0 English, 1 Chinese */
    WB_MAX_CAUSES = 64,
    WB_MAX_ALTERNATIVES = 3,
};

/* Place of a text in the section of strings; 0 is the empty text. */
typedef uint32_t wb_str;

enum wb_section {
    WB_SECTION_STRINGS,    /* bytes: length (4), text, NUL, padding */
    WB_SECTION_CAUSES,     /* wb_cause, sorted by id */
    WB_SECTION_KEYWORDS,   /* wb_keyword */
    WB_SECTION_ENTRIES,    /* wb_entry */
    WB_SECTION_LINES,      /* wb_line: advice */
    WB_SECTION_WORDS,      /* wb_word: texts of the interface, sorted by id */
    WB_SECTION_PROVIDERS,  /* wb_provider, sorted by id */
    WB_SECTION_DOMAINS,    /* wb_domain: a hash table, its size a power of two */
    WB_SECTION_STATUSES,   /* wb_status_meaning, sorted */
    WB_SECTION_REPLIES,    /* wb_reply_meaning, sorted */
    WB_SECTION_DIALECTS,   /* wb_dialect */
    WB_SECTION_GROUPS,     /* wb_sign_group */
    WB_SECTION_SIGNS,      /* wb_sign */
    WB_SECTION_PATTERNS,   /* wb_line_pattern */
    WB_SECTION_JSON_SHAPES, /* wb_json_shape */
    WB_SECTION_JSON_FIELDS, /* wb_json_field */
    WB_SECTION_FIELDS,     /* wb_field_name, sorted by name */
    WB_SECTION_HEADERS,    /* wb_str: header names that signs look at, sorted */
    WB_SECTION_BLOCKLISTS, /* wb_blocklist */
    WB_SECTION_SCAN_ENTRIES,
    WB_SECTION_SCAN_HEADERS,
    WB_SECTION_SCAN_TEXT,
    WB_SECTION_COUNT
};

struct wb_image_header {
    uint32_t magic;
    uint32_t format;
    uint64_t size;        /* of the whole image */
    uint64_t checksum[2]; /* of everything behind the header */
    wb_str version;       /* of the knowledge: "2026.12.1" */
    uint32_t reserved;
    struct {
        uint32_t offset;
        uint32_t bytes;
    } section[WB_SECTION_COUNT];
};

/* Roles that the engine has to find whatever their names are. */
enum wb_cause_role {
    WB_CAUSE_PLAIN,
    WB_CAUSE_UNKNOWN, /* nothing is known */
    WB_CAUSE_COMPLAINT_FREE,
};

/* May a report of this cause speak against the address? The suppression invariant is made here. */
enum wb_suppress {
    WB_SUPPRESS_NEVER,
    WB_SUPPRESS_ALONE,    /* one clear report is enough */
    WB_SUPPRESS_REPEATED, /* only when seen on several days */
};

struct wb_cause {
    wb_str id;
    wb_str title[WB_LANGUAGES];
    uint32_t first_line, lines;
    uint32_t first_keyword, keywords;
    uint8_t section; /* of the help page, 0: none */
    uint8_t permanence;
    uint8_t follows_code; /* the reply's class, when known, is the permanence */
    uint8_t fault;
    uint8_t responsible;
    uint8_t recommendation;
    uint8_t suppress;
    uint8_t role;
    uint8_t rank; /* 0: gives way to any other cause in the same text; 1: usual */
    uint8_t pad[3];
    uint16_t parent; /* WB_NO_INDEX: none */
    uint16_t pad2;
};

struct wb_keyword {
    wb_str text; /* folded */
    wb_str shown;
};

/* How much an entry is to be believed; higher wins. */
enum wb_tier {
    WB_TIER_FACT,       /* no cause, only facts */
    WB_TIER_HINT,       /* says that something was refused, hardly why */
    WB_TIER_GENERAL,    /* a phrase so general that a telling status code beats it */
    WB_TIER_PHRASE,     /* a phrase of the catalogue */
    WB_TIER_DOCUMENTED, /* a provider's documented code or text */
};

enum wb_fact {
    WB_FACT_NONE,
    WB_FACT_SIZE_LIMIT,
    WB_FACT_MESSAGE_SIZE,
    WB_FACT_RECIPIENT_LIMIT,
    WB_FACT_RETRY_AFTER,
    WB_FACT_BLOCKLIST,
    WB_FACT_CLIENT_IP,
    WB_FACT_PROVIDER_CODE,
    WB_FACT_COUNT
};

enum wb_entry_flag {
    WB_ENTRY_ONLY_HERE = 1,  /* needs the provider recognised by host or domain */
    WB_ENTRY_OWN_SERVER = 2, /* said by the sender's own server or mail program */
};

struct wb_entry {
    /* causes it beats whatever their specificity; of a pure fact, causes it matters for */
    uint64_t over;
    wb_str rule;   /* "mailbox-full/is-full" */
    wb_str pattern;
    wb_str detail;
    wb_str page;
    wb_str code; /* the provider's code that this entry stands for */
    uint32_t regex; /* slot of the compiled expression */
    uint32_t first_line, lines;
    uint16_t cause; /* WB_NO_INDEX: facts only */
    uint16_t provider;
    uint16_t blocklist;
    uint16_t specificity;
    uint16_t stages;  /* bit of enum wb_stage; 0: any */
    uint8_t classes;  /* bit 4, bit 5 of the reply class; 0: any */
    uint8_t tier;
    uint8_t flags;
    uint8_t fact;
    uint8_t permanence, fault, responsible, recommendation; /* 0: the cause's */
    uint8_t alternatives;
    uint8_t certain; /* confidence is "certain" */
    uint8_t unsure;  /* recalled only: confidence at most "weak" */
    uint8_t pad;
    uint16_t alternative[WB_MAX_ALTERNATIVES];
    uint16_t weight[WB_MAX_ALTERNATIVES]; /* per cent */
    struct wb_code status;                /* class 0: any class; subject 0xFFFF: any code */
    uint16_t pad2;
};

/* What a line of advice is for. */
#define WB_SLOTS(X)                                                                                \
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
    X(SURE, "sure")

enum wb_condition {
#define X(id, name) WB_IF_##id,
    WB_CONDITIONS(X)
#undef X
        WB_IF_COUNT
};

struct wb_line {
    uint32_t need;   /* conditions that must hold */
    uint32_t forbid; /* conditions that must not */
    wb_str detail;   /* only for this detail; 0: any */
    wb_str text;     /* with {places} to fill in */
    uint8_t slot;
    uint8_t language;
    uint8_t pad[2];
};

struct wb_word {
    wb_str id;
    wb_str text[WB_LANGUAGES];
};

struct wb_provider {
    wb_str id;
    wb_str name[WB_LANGUAGES];
    wb_str page;
};

enum wb_domain_use {
    WB_DOMAIN_HOST = 1,      /* suffix of a mail host's name */
    WB_DOMAIN_RECIPIENT = 2, /* domain of an address */
};

struct wb_domain {
    wb_str name; /* 0: the slot is free */
    uint16_t provider;
    uint16_t uses;
};

enum wb_trust { WB_TRUST_NONE, WB_TRUST_LOW, WB_TRUST_MID, WB_TRUST_HIGH };

struct wb_status_meaning {
    struct wb_code code;  /* class 0: any */
    uint16_t last_detail; /* equal to code.detail, or the end of a range */
    uint16_t provider;   /* WB_NO_INDEX: the registry's meaning */
    uint16_t cause;      /* WB_NO_INDEX: says nothing about the cause */
    uint8_t trust;
    uint8_t certain;
    uint8_t alternatives;
    uint8_t pad[3];
    wb_str detail;
    wb_str rule;
    wb_str title[WB_LANGUAGES];
    uint32_t first_line, lines;
    uint16_t alternative[WB_MAX_ALTERNATIVES];
    uint16_t weight[WB_MAX_ALTERNATIVES];
};

struct wb_reply_meaning {
    uint16_t code;
    uint16_t stages; /* 0: any */
    uint16_t cause;
    uint16_t pad;
    wb_str rule;
    wb_str title[WB_LANGUAGES];
    uint8_t alternatives;
    uint8_t pad2;
    uint16_t alternative[WB_MAX_ALTERNATIVES];
    uint16_t weight[WB_MAX_ALTERNATIVES];
};

/* ---- reading prose ---- */

enum wb_sign_place { WB_SIGN_HEADER, WB_SIGN_TEXT };

/* Who a group of signs speaks for. */
enum wb_sign_owner { WB_OWNER_KIND, WB_OWNER_DIALECT };

/* Signs that must all be seen together. */
struct wb_sign_group {
    uint8_t owner;
    uint8_t kind;   /* for WB_OWNER_KIND */
    uint8_t needed; /* how many signs */
    int8_t weight;
    uint16_t dialect;
    uint16_t specificity;
    wb_str rule;
    wb_str detail;
};

struct wb_sign {
    uint16_t group;
    uint8_t place;
    uint8_t pad;
    wb_str header; /* name of the field, lower case; for WB_SIGN_HEADER */
    wb_str pattern;
    uint32_t regex;
};

/* In the scanner of texts, line patterns of dialects stand beside signs: their ids have this bit. */
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
    uint8_t role;
    uint8_t reach;
    uint8_t next; /* the reason begins on the next line that is not blank */
    uint8_t capture[WB_CAPTURE_COUNT]; /* group number, 0: none */
};

/* What the fields of a dialect's machine-readable part are worth. */
enum wb_dialect_flag {
    WB_DIALECT_GENERAL = 1,      /* the reader for formats that nobody described */
    WB_DIALECT_STATUS_EMPTY = 2, /* its Status field says nothing */
    WB_DIALECT_PROSE_FIRST = 4,  /* its prose knows more than its fields */
    WB_DIALECT_SUMMARY = 8,      /* its own lines beside the transcript are made up */
    WB_DIALECT_WRAPPER = 16,     /* it only wraps another one: look for that too */
    WB_DIALECT_FROM_READER = 32, /* whoever the mail is from is whom it is about */
};

struct wb_dialect {
    wb_str id;
    wb_str name;
    uint32_t first_pattern, patterns;
    uint8_t kind; /* ABSENT: by action */
    uint8_t flags;
    uint16_t provider;
};

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

struct wb_blocklist {
    wb_str id;
    wb_str name;
    wb_str zone;
    wb_str page; /* with {ip} to fill in */
};

#endif
