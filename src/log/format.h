/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a log format is, and what it may use. A format is one file that exports one struct
 * wb_log_format and stands in the list in src/meson.build. It reads lines of its server, notes
 * what they say of a message, and tells what became of a recipient.
 */
#ifndef WB_LOG_FORMAT_H
#define WB_LOG_FORMAT_H

#include "log.h"

struct wb_log_format {
    const char *name;
    /* Whether the line can only be of this format: for recognising it. */
    bool (*knows)(struct wb_slice line);
    void (*read)(struct wb_logbook *book, struct wb_slice line);
    /* A file begins; may be NULL. */
    void (*begin)(struct wb_logbook *book);
};

/* ---- the front of a line ---- */

struct wb_log_line {
    struct wb_slice stamp; /* "Nov  2 03:04:05" or ISO 8601 */
    struct wb_slice host;
    struct wb_slice program; /* "postfix/smtp", without "[pid]" */
    struct wb_slice text;    /* behind "program[pid]: " */
};

/* Takes a line of syslog apart; false when it is none. */
bool wb_log_syslog(struct wb_slice line, struct wb_log_line *out);
/* "2026-11-02 03:04:05.123 +0800" at the front; its length, 0: there is none. */
size_t wb_log_iso_stamp(struct wb_slice line);

/* When the present line was written; host: whose log it is. */
void wb_log_stamp(struct wb_logbook *book, struct wb_slice stamp);
void wb_log_at(struct wb_logbook *book, struct wb_time time);

/* ---- pieces of text ---- */

/* What stands between two marks, of the first opening one; empty when it is not there. */
struct wb_slice wb_log_between(struct wb_slice s, struct wb_slice open, struct wb_slice close);
/* Without <> around it. */
struct wb_slice wb_log_unbracket(struct wb_slice s);
/* "5.1.1" at the front. */
struct wb_code wb_log_code(struct wb_slice s);
/* "mx.example.org[192.0.2.1]:25", "mx.example.org. [192.0.2.1]", "192.0.2.1 (mx.example.org)". */
void wb_log_relay(struct wb_slice s, struct wb_slice *host_out, struct wb_slice *ip_out);
/* Room for a text that has to be put together; valid until the next line. NULL: too long. */
char *wb_log_room(struct wb_logbook *book, size_t n);

/* Numbers that a format keeps from line to line of a file. */
enum { WB_LOG_COLUMNS = 16 };
int *wb_log_columns(struct wb_logbook *book);

/* ---- messages ---- */

struct wb_log_message;

/* What is noted of a message. The last two are whatever a format needs for a later line. */
enum wb_log_note {
    WB_LOG_SENDER,
    WB_LOG_MESSAGE_ID,
    WB_LOG_ENVELOPE_ID,
    WB_LOG_HINT,
    WB_LOG_WAITING,
    WB_LOG_NOTES
};

/* The message of that id, made when it is not there; or NULL when it is not there. */
struct wb_log_message *wb_log_message(struct wb_logbook *book, struct wb_slice id);
struct wb_log_message *wb_log_known(struct wb_logbook *book, struct wb_slice id);
void wb_log_note(struct wb_logbook *book, struct wb_log_message *m, enum wb_log_note what,
                 struct wb_slice text);
struct wb_slice wb_log_noted(const struct wb_log_message *m, enum wb_log_note what);
void wb_log_bytes(struct wb_log_message *m, struct wb_slice number);
/* Nothing more is to come of it; it is forgotten behind this line: two a line at most. */
void wb_log_done(struct wb_logbook *book, struct wb_log_message *m);

/* ---- recipients ---- */

/* What a line says of a recipient; the rest of the event comes from the message. */
struct wb_log_told {
    enum wb_action action;
    struct wb_slice recipient, original;
    struct wb_slice remote_mta, remote_ip;
    struct wb_slice diagnostic;
    bool for_now;      /* a refusal: the reply was one of 4xx */
    bool says_nothing; /* "retry timeout exceeded": what was said before is better */
    struct wb_code status;
    enum wb_stage stage;
    struct wb_slice host; /* whose log it is */
};

void wb_log_tell(struct wb_logbook *book, struct wb_log_message *m, const struct wb_log_told *told);
/* Whether lines are wanted that say nothing of mail under way here. */
bool wb_log_wants_pieces(const struct wb_logbook *book);
/* What this server refused to take from another one, if such pieces are wanted. */
void wb_log_refuse(struct wb_logbook *book, struct wb_slice sender, struct wb_log_told told);
/* Whether a failure of a recipient has been told. */
bool wb_log_failed(const struct wb_log_message *m);
/* All recipients that were still waiting have failed, each for what was said of it last. */
void wb_log_expire(struct wb_logbook *book, struct wb_log_message *m, struct wb_slice host);

#endif
