/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many mails and replies in one call: lines of JSON go in, as many come back, in the same order. A
 * line that cannot be read has a problem in its place; what is stored is stored with one commit,
 * so that either all good lines are there when the answer comes, or none.
 */
#include <stdlib.h>

#include "ask.h"
#include "channel.h"
#include "check.h"
#include "json_small.h"
#include "metrics.h"

enum {
    MOST_LINES = 1000,
    MOST_ANSWER = 64 << 20, /* bytes of what the workers say, all lines together */
    MOST_TIME = 30000,      /* milliseconds; one answer holds a thread */
    MOST_VALUES = 16,       /* of a line, which has one */
};

struct line {
    json_t *object;       /* it has the text */
    struct wb_slice text; /* a mail or reply */
    enum wb_question what;
    struct wb_work work;
    struct wb_buf problem; /* empty: there is none */
    struct wb_added added;
};

struct batch {
    struct wb_request *r;
    struct wb_question_head head;
    struct line *lines;
    size_t n, bytes;
    int64_t by;
};

/* ---- lines in ---- */

static struct wb_slice next_line(struct wb_slice *rest)
{
    const char *end = memchr(rest->p, '\n', rest->n);
    struct wb_slice line = wb_slice_head(*rest, end ? (size_t)(end - rest->p) : rest->n);
    *rest = wb_slice_from(*rest, line.n + 1);
    return wb_slice_trim(line);
}

static size_t count_lines(struct wb_slice body)
{
    size_t n = 0;
    while (body.n)
        n += next_line(&body).n > 0;
    return n;
}

/* {"mail": "..."} or {"reply": "..."}; false after an answer. */
static bool read_line(struct wb_request *r, struct wb_slice text, struct line *line)
{
    json_error_t error;
    json_t *value, *mail;
    if (!wb_json_is_small(text, MOST_VALUES)) {
        wb_answer_problem(r, 400, "This line has more than %d values.", MOST_VALUES);
        return false;
    }
    line->object = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!line->object) {
        wb_answer_problem(r, 400, "This line is no JSON: %s.", error.text);
        return false;
    }
    mail = json_object_get(line->object, "mail");
    value = mail ? mail : json_object_get(line->object, "reply");
    line->what = mail ? WB_ASK_MAIL : WB_ASK_REPLY;
    if (json_object_size(line->object) == 1 && json_string_length(value)) {
        line->text = wb_slice(json_string_value(value), json_string_length(value));
        return true;
    }
    wb_answer_problem(r, 422, "A line is {\"mail\": \"...\"} or {\"reply\": \"...\"}.");
    return false;
}

/* ---- what the workers say ---- */

static bool ask(struct batch *batch, struct line *line)
{
    struct wb_request *r = batch->r;
    batch->head.what = (uint8_t)line->what;
    if (wb_serve_now() > batch->by) {
        wb_answer_problem(r, 503, "The lines before this one took too long: hand it in again.");
        return false;
    }
    if (batch->bytes > MOST_ANSWER) {
        wb_answer_problem(r, 413, "The answer gets too long: hand in this line again.");
        return false;
    }
    bool ok = wb_ask_rate(r) && wb_ask_worker(r, &batch->head, line->text, &line->work);
    batch->bytes += line->work.bytes.n;
    return ok;
}

/* The answer to this line alone becomes a problem among others. */
static void keep_problem(struct wb_request *r, struct line *line)
{
    line->problem = r->out;
    r->out = (struct wb_buf){0};
    r->retry_after = 0;
}

static void ask_all(struct batch *batch)
{
    struct wb_slice rest = wb_buf_slice(&batch->r->body);
    for (struct line *line = batch->lines; rest.n;) {
        struct wb_slice text = next_line(&rest);
        if (!text.n)
            continue;
        if (!read_line(batch->r, text, line) || !ask(batch, line))
            keep_problem(batch->r, line);
        line++;
    }
}

/* ---- into the store ---- */

struct wish {
    struct wb_message *messages;
    struct wb_added *added;
    size_t n;
};

static bool write_all(struct wb_store *store, const struct wb_policy *policy, void *own,
                      struct wb_status *status)
{
    struct wish *wish = own;
    memset(wish->added, 0, wish->n * sizeof *wish->added);
    return wb_store_add(store, wish->messages, wish->n, policy, wish->added, status);
}

/* False after an answer. */
static bool store_all(struct batch *batch)
{
    struct wb_service *service = batch->r->service;
    struct wb_status status = {{0}};
    struct wish wish = {.messages = calloc(batch->n, sizeof *wish.messages),
                        .added = calloc(batch->n, sizeof *wish.added)};
    WB_CHECK(wish.messages && wish.added);
    for (size_t i = 0; i < batch->n; i++) {
        struct line *line = &batch->lines[i];
        if (!line->problem.n)
            wb_ask_message(batch->r, line->what, line->text, &line->work, &wish.messages[wish.n++]);
    }
    bool ok = !wish.n || wb_writer_do(service->writer, write_all, &wish, &status);
    for (size_t i = 0, k = 0; ok && i < batch->n; i++) {
        struct line *line = &batch->lines[i];
        if (line->problem.n)
            continue;
        line->added = wish.added[k++];
        wb_metrics_stored(service->metrics, line->work.records, line->work.n, &line->added);
    }
    if (!ok)
        wb_answer_trouble(batch->r, &status);
    free(wish.messages);
    free(wish.added);
    return ok;
}

/* ---- lines out ---- */

static void put_all(struct batch *batch)
{
    struct wb_request *r = batch->r;
    wb_buf_clear(&r->out);
    for (size_t i = 0; i < batch->n; i++) {
        struct line *line = &batch->lines[i];
        if (line->problem.n)
            wb_buf_put(&r->out, wb_buf_slice(&line->problem));
        else
            wb_ask_put(&r->out, &line->work, batch->head.records ? &line->added : NULL);
        wb_buf_byte(&r->out, '\n');
    }
    r->status = 200;
    r->type = "application/x-ndjson";
}

static void free_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        json_decref(batch->lines[i].object);
        wb_work_free(&batch->lines[i].work);
        wb_buf_free(&batch->lines[i].problem);
    }
    free(batch->lines);
}

void wb_call_batch(struct wb_request *r)
{
    struct batch batch = {.r = r, .by = wb_serve_now() + MOST_TIME};
    batch.n = count_lines(wb_buf_slice(&r->body));
    if (!wb_ask_head(r, &batch.head))
        return;
    if (!batch.n)
        wb_answer_problem(r, 400, "The body is empty: hand in a line of JSON for each mail.");
    else if (batch.n > MOST_LINES)
        wb_answer_problem(r, 413, "The limit is %d lines.", MOST_LINES);
    else {
        batch.lines = calloc(batch.n, sizeof *batch.lines);
        WB_CHECK(batch.lines);
        ask_all(&batch);
        if (!batch.head.records || store_all(&batch))
            put_all(&batch);
        free_all(&batch);
    }
}
