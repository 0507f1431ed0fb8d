/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a mail server's log to what became of each recipient. Takes one line after the other
 * and gives events: this recipient failed, waits, was delivered, with the reply and with what
 * earlier lines said of the same message (sender, Message-ID, the reason of the last attempt).
 *
 * A book holds what is known of messages under way, by queue id, in a table that never grows
 * beyond its bounds (limit.h): the message of which nothing was heard for longest goes first.
 * Reading a line that says nothing of a recipient costs a look at its front; no line allocates
 * once the table has warmed up.
 *
 * Nothing here judges a reply, opens a file or asks a clock: the time of the file's last change
 * and the time zone are the caller's. A book belongs to one thread. Nothing fails but opening.
 */
#ifndef WB_LOG_H
#define WB_LOG_H

#include "date.h"
#include "limit.h"
#include "slice.h"
#include "vocab.h"

/* What a line says of one recipient. Slices are valid until the next line is read. */
struct wb_log_event {
    enum wb_action action;      /* FAILED, DELAYED, DELIVERED */
    struct wb_slice recipient;  /* as the server tried it */
    struct wb_slice original;   /* as it was written to, where that differs */
    struct wb_slice sender;     /* of the envelope; empty: unknown, or a bounce */
    struct wb_slice message_id; /* without <> */
    struct wb_slice envelope_id;
    struct wb_slice queue_id;
    struct wb_slice reporter; /* the host whose log it is */
    struct wb_slice remote_mta, remote_ip;
    struct wb_slice diagnostic; /* the reply or the server's own words, as the log has them */
    struct wb_code status;
    enum wb_stage stage;
    struct wb_time time;    /* of the line */
    struct wb_time arrival; /* of the message's first line */
    long long bytes;        /* of the message, 0: unknown */
    uint16_t *told;         /* the caller's note on this recipient, 0 at first; may be NULL */
};

struct wb_logbook;

/* What is to be told; all zero: failures and delays of everybody. */
struct wb_log_wishes {
    const char *sender, *recipient; /* an address, or "@domain"; NULL: any */
    int64_t since;                  /* Unix time; lines before it are only remembered; 0: any */
    bool delivered;                 /* deliveries, too */
    bool pieces; /* lines torn out of a log: also what this server refused to take, and ends of
                    deliveries whose beginning no line tells */
};

/*
 * format: a name, or NULL: it is recognised in each file. NULL when there is no such format, or no
 * memory.
 */
struct wb_logbook *wb_logbook_new(const char *format);
void wb_logbook_free(struct wb_logbook *book);

/* The strings are the caller's and must stay. */
void wb_logbook_wish(struct wb_logbook *book, struct wb_log_wishes wishes);

/*
 * Another file begins, or the present one has grown. Lines without a year are of the last year in
 * which they are not later than the file's last change; with a year given, the first line is of
 * that year. Both 0: such lines have no time.
 */
void wb_logbook_file(struct wb_logbook *book, int64_t modified, int year);
void wb_logbook_grown(struct wb_logbook *book, int64_t modified);

/* Minutes east of UTC when a clock on the wall there shows that (as if it were UTC); NULL: UTC. */
void wb_logbook_zone(struct wb_logbook *book, int (*zone)(int64_t wall));

/* Reads a line, without its end; the events are valid until the next one. */
size_t wb_logbook_read(struct wb_logbook *book, struct wb_slice line,
                       const struct wb_log_event **events_out);

/* Whether a line, as it is in the log, is of a format that is recognised. */
bool wb_logbook_knows(struct wb_slice line);
/*
 * Whether a line has in front what lines of logs begin with: a time, "{" of JSON, the kind of a
 * record; any other goes on with the line before, where that was broken to fit a window or a mail.
 */
bool wb_logbook_begins(struct wb_slice line);

/* The format of the file, empty as long as no line showed it; the names of all, NULL at the end. */
struct wb_slice wb_logbook_format(const struct wb_logbook *book);
const char *wb_logbook_format_name(size_t i);

#endif
