/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages are read in processes that hold nothing: no file, no network, only the socket to their
 * parent. The parent hands a message over and waits; a worker that dies or does not answer in time
 * loses its message and is replaced.
 */
#ifndef WB_WORKER_H
#define WB_WORKER_H

#include <pthread.h>
#include <sys/types.h>

#include "buf.h"
#include "language.h"
#include "parcel.h"
#include "status.h"

enum wb_question {
    WB_ASK_MAIL,   /* the body is a mail */
    WB_ASK_REPLY,  /* the body is one reply */
    WB_ASK_LOG,    /* the body is lines of a log; only records come back, deliveries among them */
    WB_ASK_CAUSES, /* the body is words that lead to causes */
    WB_ASK_PROVIDERS,
};

enum { WB_ANY_FORMAT = 255 };

/* What goes to a worker in front of the body, and what comes back in front of the answer. */
struct wb_question_head {
    uint32_t length; /* of the body */
    uint8_t what;    /* enum wb_question */
    uint8_t language;
    uint8_t form;     /* place in wb_form_name; of a log: in wb_log_format_name, WB_ANY_FORMAT */
    uint8_t annotate; /* the form is to have the message line by line */
    uint8_t records;  /* what a store keeps is wanted as well */
    uint8_t spare[3];
};

struct wb_answer_head {
    uint32_t text, records; /* lengths */
    uint32_t count;         /* of records */
    uint32_t spare;
};

/* The answer of a worker; text and records point into its bytes. */
struct wb_work {
    struct wb_buf bytes;
    struct wb_slice text, packed; /* packed: the records, by parcel.h */
    struct wb_record *records;
    size_t n, cap;
};
/*
 * That of this thread, which answers one call at a time: used again when it is not large, and gone
 * with the thread.
 */
struct wb_work *wb_work_mine(void);
void wb_work_free(struct wb_work *work);

enum wb_work_end { WB_WORK_DONE, WB_WORK_DIED, WB_WORK_HUNG, WB_WORK_NONE };

struct wb_pool;

/* n workers on a catalogue ("" is the built-in one). */
struct wb_pool *wb_pool_open(unsigned n, const char *catalogue, struct wb_status *status);
void wb_pool_close(struct wb_pool *pool);

/* Waits for a free worker and for its answer. Any thread. */
enum wb_work_end wb_pool_ask(struct wb_pool *pool, const struct wb_question_head *head,
                             struct wb_slice body, struct wb_work *work);
/* New workers one after the other, with the catalogue as it is now; nobody waits for long. */
bool wb_pool_reload(struct wb_pool *pool, struct wb_status *status) WB_MUST_CHECK;
/* How many were replaced so far. */
uint64_t wb_pool_restarts(const struct wb_pool *pool);

/* The process itself: never returns. fd is the socket. */
_Noreturn void wb_worker_run(int fd, const char *catalogue);

/* Gives up everything that reading a mail does not need; false when the system does not allow it.
 */
bool wb_lock_in(void);

#endif
