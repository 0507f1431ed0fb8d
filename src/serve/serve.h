/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The service: HTTP in front, workers that read, one thread that writes, and many that look into
 * the store. One file a group of calls: api_*.c; routes.c has their list.
 */
#ifndef WB_SERVE_H
#define WB_SERVE_H

#include <jansson.h>
#include <stdatomic.h>

#include "buf.h"
#include "settings.h"
#include "store_read.h"
#include "worker.h"
#include "writer.h"

/* What a token lets its owner do. */
enum wb_scope {
    WB_SCOPE_ANALYSE = 1,
    WB_SCOPE_READ = 2,
    WB_SCOPE_WRITE = 4,
    WB_SCOPE_ADMIN = 8,
    WB_SCOPE_ALL = 15,
};

/* Who calls. */
struct wb_caller {
    char name[64]; /* empty: nobody in particular */
    unsigned scopes;
    bool by_cookie; /* a person at the page: the call must come from the page */
};

struct wb_service {
    struct wb_settings settings;
    struct wb_pool *pool;
    struct wb_writer *writer;
    struct wb_readers *readers;
    struct wb_sessions *sessions;
    struct wb_rates *rates;
    struct wb_metrics *metrics;
    struct wb_prover *prover;
    struct wb_sender *sender; /* of webhooks */
    struct wb_http *http;
    _Atomic(struct wb_edition *) edition; /* edition.h */
    atomic_bool draining;
};

/* ---- one request ---- */

enum { WB_MAX_BODY = 8 << 20, WB_MAX_PATH_PART = 1024 };
struct MHD_Connection;

struct wb_request {
    struct wb_service *service;
    struct MHD_Connection *connection;
    const char *method, *path;
    char part[WB_MAX_PATH_PART]; /* what stood in the place of {} in the route, decoded */
    struct wb_buf body;
    struct wb_caller caller;
    enum wb_language language;
    /* the answer */
    unsigned status;
    const char *type;         /* media type; NULL: application/json */
    const char *attached;     /* the name of a file to be saved; NULL: none */
    struct wb_buf set_cookie; /* with a final NUL; empty: none */
    unsigned retry_after;     /* seconds; 0: not said */
    char allowed[64];         /* with 405: the methods that there are */
    bool keep;                /* the answer may be cached for ever */
    struct wb_buf out;
};

/* A parameter of the query; NULL when it is absent. Valid as long as the request. */
const char *wb_query(const struct wb_request *r, const char *name);
struct wb_slice wb_query_slice(const struct wb_request *r, const char *name);
/* A whole number; false, after an answer of 400, when it is none or out of bounds. */
bool wb_query_number(struct wb_request *r, const char *name, int64_t otherwise, int64_t least,
                     int64_t most, int64_t *out) WB_MUST_CHECK;
/* The cursor of a page; false, after an answer of 400, when it is none of ours. */
bool wb_query_cursor(struct wb_request *r, struct wb_cursor *out) WB_MUST_CHECK;
json_t *wb_cursor_json(struct wb_cursor cursor);

/* ---- answers; each returns nothing to be checked: the request has its answer ---- */

/* The object, which is let go of. */
void wb_answer_json(struct wb_request *r, unsigned status, json_t *object);
void wb_answer_nothing(struct wb_request *r);
/* RFC 9457: a sentence for a person. */
void wb_answer_problem(struct wb_request *r, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Trouble of the store: 503. */
void wb_answer_trouble(struct wb_request *r, const struct wb_status *status);
bool wb_body_is(const struct wb_request *r, const char *media);
/* The body as a JSON object; NULL after an answer of 400. */
json_t *wb_body_json(struct wb_request *r);
/* A text in it: false after an answer of 422 when it is missing, empty or too long. */
bool wb_body_text(struct wb_request *r, json_t *body, const char *key, size_t longest,
                  struct wb_slice *out) WB_MUST_CHECK;

json_t *wb_json_slice(struct wb_slice s); /* null when it is empty */
json_t *wb_json_time(int64_t at);         /* null when it is 0 */

/* ---- routes ---- */

struct wb_route {
    const char *method, *path; /* "/v1/events/{}" */
    unsigned scopes;           /* any of them; 0: everybody */
    void (*answer)(struct wb_request *r);
};
extern const struct wb_route wb_routes[]; /* ends with a NULL method */

/* ---- stores for reading: one for each thread that asks at the same time ---- */

struct wb_readers *wb_readers_open(const char *url);
void wb_readers_close(struct wb_readers *readers);
struct wb_store *wb_reader_take(struct wb_readers *readers, struct wb_status *status);
void wb_reader_give(struct wb_readers *readers, struct wb_store *store);

#endif
