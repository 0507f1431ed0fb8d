/* SPDX-License-Identifier: BSD-2-Clause */
/* The book and its table, for the files of this folder that are no format. */
#ifndef WB_LOG_BOOK_H
#define WB_LOG_BOOK_H

#include "buf.h"
#include "format.h"

/* Texts in one buffer that is used again and again: text i has n[i] bytes, in the order of i. */
struct wb_log_texts {
    char *p;
    uint32_t used, cap;
    uint16_t n[WB_LOG_NOTES + 1];
};

enum { WB_LOG_ADDRESS, WB_LOG_ORIGINAL, WB_LOG_REMOTE, WB_LOG_IP, WB_LOG_DIAGNOSTIC };
enum { WB_LOG_ID = WB_LOG_NOTES };

/* A recipient whose delivery waits, and why. */
struct wb_log_recipient {
    struct wb_log_recipient *next; /* of the message, or of the free ones */
    uint32_t hash;
    uint16_t told;
    uint8_t stage;
    struct wb_code status;
    struct wb_log_texts texts;
};

struct wb_log_message {
    struct wb_log_message *next;          /* in its place of the table, or of the free ones */
    struct wb_log_message *newer, *older; /* by the last line on it */
    struct wb_log_recipient *recipients;
    uint32_t hash, count;
    bool failed; /* of some recipient that was told */
    struct wb_time arrival;
    long long bytes;
    struct wb_log_texts texts;
};

struct wb_log_table {
    struct wb_log_message *messages;     /* WB_MAX_LOG_MESSAGES of them */
    struct wb_log_recipient *recipients; /* WB_MAX_LOG_RECIPIENTS */
    struct wb_log_message **places;
    uint32_t messages_used, recipients_used; /* that were ever handed out */
    struct wb_log_message *free_messages, *newest, *oldest;
    struct wb_log_recipient *free_recipients;
    size_t bytes; /* of all texts */
};

bool wb_log_table_open(struct wb_log_table *table);
void wb_log_table_close(struct wb_log_table *table);
/* Found, or made, or NULL. */
struct wb_log_message *wb_log_table_find(struct wb_log_table *table, struct wb_slice id, bool make);
void wb_log_table_drop(struct wb_log_table *table, struct wb_log_message *m);
struct wb_log_recipient *wb_log_table_recipient(struct wb_log_table *table,
                                                struct wb_log_message *m, struct wb_slice address,
                                                bool make);
void wb_log_table_forget(struct wb_log_table *table, struct wb_log_message *m,
                         struct wb_log_recipient *r);
struct wb_slice wb_log_text(const struct wb_log_texts *texts, int which);
/* Makes the table lose its oldest messages until there is room for the text. */
void wb_log_set_text(struct wb_log_table *table, struct wb_log_message *keep,
                     struct wb_log_texts *texts, int which, struct wb_slice text);

enum { WB_LOG_DONE = 2 };

struct wb_logbook {
    const struct wb_log_format *named, *format; /* NULL: to be recognised */
    struct wb_log_wishes wishes;
    struct wb_log_table table;
    struct wb_log_message *done[WB_LOG_DONE]; /* to be forgotten before the next line */

    /* times */
    int64_t modified;
    int year;  /* of the present line, when the first one's was given; 0: by modified */
    int month; /* of the line before */
    int (*zone)(int64_t wall);
    int64_t zone_hour; /* the hour on the wall for which zone_minutes is known */
    int zone_minutes;
    char last_stamp[40]; /* and what it means */
    uint8_t last_stamp_n;
    struct wb_time last_time;
    struct wb_time now; /* of the present line */

    struct wb_log_event *events; /* WB_MAX_RECIPIENTS of them */
    size_t count;
    struct wb_buf room; /* texts put together for the present line */
    size_t room_used;
    int columns[WB_LOG_COLUMNS]; /* a format's own */
};

#endif
