/* SPDX-License-Identifier: BSD-2-Clause */
/* POST /v1/analyse and /v1/reply: what came back, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ask.h"
#include "calls.h"
#include "check.h"
#include "hash.h"
#include "http.h"
#include "metrics.h"
#include "prove.h"
#include "quarantine.h"
#include "rates.h"
#include "vocab.h"
#include "whybounce.h"

enum { MOST_KEPT = 256 << 10 /* bytes of the records of one mail that waits for the writer */ };

static bool is_true(const struct wb_request *r, const char *name)
{
    const char *value = wb_query(r, name);
    return value && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

/* The forms are those that are lines of JSON. */
bool wb_ask_head(struct wb_request *r, struct wb_question_head *head)
{
    const char *form = wb_query(r, "form"), *name;
    *head = (struct wb_question_head){.language = (uint8_t)r->language,
                                      .annotate = is_true(r, "annotate"),
                                      .records = is_true(r, "store")};
    if (head->records && !(r->caller.scopes & WB_SCOPE_WRITE)) {
        wb_answer_problem(r, 403, "Storing needs the scope write.");
        return false;
    }
    if (!form)
        form = "json";
    for (uint8_t i = 0; (name = wb_form_name(i)); i++)
        if (strcmp(name, form) == 0 && (strcmp(form, "json") == 0 || strcmp(form, "words") == 0)) {
            head->form = i;
            return true;
        }
    wb_answer_problem(r, 400, "form is json or words.");
    return false;
}

bool wb_ask_worker(struct wb_request *r, const struct wb_question_head *head, struct wb_slice body,
                   struct wb_work *work)
{
    const struct wb_settings *settings = &r->service->settings;
    bool kept = false;
    switch (wb_pool_ask(r->service->pool, head, body, work)) {
    case WB_WORK_DONE: return true;
    case WB_WORK_NONE:
        r->retry_after = 5;
        wb_answer_problem(r, 503, "No worker can be started.");
        return false;
    case WB_WORK_HUNG:
        kept = wb_quarantine(settings, body, "a worker did not answer in time");
        break;
    case WB_WORK_DIED: kept = wb_quarantine(settings, body, "a worker died of it"); break;
    }
    wb_answer_problem(r, 500, "This message could not be read; it has %sbeen kept aside.",
                      kept ? "" : "not ");
    return false;
}

bool wb_ask_rate(struct wb_request *r)
{
    return *r->caller.name || wb_rate_take(r, 'a', r->service->settings.config.analyse_per_minute);
}

/* Lines with commas between them instead of line ends. */
static void put_lines(struct wb_buf *out, struct wb_slice lines)
{
    while (lines.n) {
        const char *end = memchr(lines.p, '\n', lines.n);
        struct wb_slice line = wb_slice_head(lines, end ? (size_t)(end - lines.p) : lines.n);
        wb_buf_put(out, line);
        lines = wb_slice_from(lines, line.n + 1);
        if (lines.n)
            wb_buf_byte(out, ',');
    }
}

void wb_ask_message(const struct wb_request *r, enum wb_question what, struct wb_slice body,
                    struct wb_work *work, struct wb_message *message_out)
{
    const struct wb_settings *s = &r->service->settings;
    bool keep = what == WB_ASK_MAIL && s->config.raw_days;
    *message_out = (struct wb_message){.raw = keep ? body : WB_NONE,
                                       .source = WB_S("api"),
                                       .received = time(NULL),
                                       .records = work->records,
                                       .n = work->n};
    wb_prove(r->service->prover, body, work->records, work->n);
    for (size_t i = 0; i < work->n; i++)
        wb_record_date(&work->records[i], body, message_out->received);
}

static void put_reports(struct wb_buf *out, const struct wb_work *work)
{
    wb_buf_reserve(out, work->text.n + 128);
    wb_buf_lit(out, "{\"reports\":[");
    put_lines(out, work->text);
    wb_buf_byte(out, ']');
}

static void put_end(struct wb_buf *out, const struct wb_added *added)
{
    if (added)
        wb_buf_printf(out, ",\"stored\":{\"reports\":%u,\"duplicates\":%u}", added->reports,
                      added->duplicates);
    wb_buf_lit(out, "}");
}

void wb_ask_put(struct wb_buf *out, const struct wb_work *work, const struct wb_added *added)
{
    put_reports(out, work);
    put_end(out, added);
}

/* ---- keeping it: the answer goes out when it is on the disk ---- */

/* What a message needs while it waits for the writer; its records stand behind it. */
struct kept {
    struct wb_request *r;
    struct wb_message message;
    struct wb_record records[];
};

static void end_store(struct wb_request *r, const struct wb_message *message, bool ok,
                      const struct wb_added *added, const struct wb_status *status)
{
    if (ok) {
        wb_metrics_stored(r->service->metrics, message->records, message->n, added);
        put_end(&r->out, added);
        r->status = 200;
    } else {
        wb_answer_trouble(r, status);
    }
}

/* Of the writer's thread. */
static void is_stored(void *own, bool ok, const struct wb_added *added,
                      const struct wb_status *status)
{
    struct kept *kept = own;
    struct wb_request *r = kept->r;
    end_store(r, &kept->message, ok, added, status);
    free(kept);
    wb_request_go_on(r);
}

/* A copy of the records, for the thread reads the next mail meanwhile. */
static struct kept *keep(struct wb_request *r, enum wb_question what, struct wb_slice body,
                         const struct wb_work *work)
{
    size_t records = work->n * sizeof(struct wb_record);
    struct kept *kept = malloc(sizeof *kept + records + work->packed.n);
    WB_CHECK(kept);
    struct wb_work copy = {.records = kept->records, .n = work->n};
    char *bytes = (char *)kept->records + records;
    struct wb_slice rest = wb_slice(bytes, work->packed.n);
    memcpy(bytes, work->packed.p, work->packed.n);
    for (size_t i = 0; i < work->n; i++) {
        WB_CHECK(wb_parcel_take(&rest, &kept->records[i])); /* it was taken before */
        kept->records[i].proof = WB_PROOF_NONE;
    }
    kept->r = r;
    wb_ask_message(r, what, body, &copy, &kept->message);
    return kept;
}

/* So large that there must not be many of them, or nothing can wait any more: this thread does. */
static void store_now(struct wb_request *r, enum wb_question what, struct wb_slice body,
                      struct wb_work *work)
{
    struct wb_status status = {{0}};
    struct wb_message message;
    struct wb_added added = {0};
    wb_ask_message(r, what, body, work, &message);
    bool ok = wb_writer_add(r->service->writer, &message, &added, &status);
    end_store(r, &message, ok, &added, &status);
}

static void store(struct wb_request *r, enum wb_question what, struct wb_slice body,
                  struct wb_work *work)
{
    if (work->packed.n + work->n * sizeof(struct wb_record) > MOST_KEPT || !wb_request_wait(r)) {
        store_now(r, what, body, work);
        return;
    }
    struct kept *kept = keep(r, what, body, work);
    wb_writer_add_later(r->service->writer, &kept->message, is_stored, kept);
}

static void analyse(struct wb_request *r, enum wb_question what, struct wb_slice body)
{
    struct wb_work *work = wb_work_mine();
    struct wb_question_head head;
    if (!wb_ask_head(r, &head) || !wb_ask_rate(r))
        return;
    head.what = (uint8_t)what;
    if (!body.n)
        wb_answer_problem(r, 400, "The body is empty: hand in the mail that came back.");
    else if (wb_ask_worker(r, &head, body, work)) {
        wb_buf_clear(&r->out);
        put_reports(&r->out, work);
        r->status = 200;
        if (head.records)
            store(r, what, body, work); /* from now on the request may be another thread's */
        else
            put_end(&r->out, NULL);
    }
}

void wb_call_analyse(struct wb_request *r)
{
    if (wb_body_is(r, "application/x-ndjson"))
        wb_call_batch(r);
    else
        analyse(r, WB_ASK_MAIL, wb_buf_slice(&r->body));
}

void wb_call_reply(struct wb_request *r)
{
    struct wb_slice reply = wb_buf_slice(&r->body);
    json_t *body = NULL;
    if (!wb_body_is(r, "application/json"))
        analyse(r, WB_ASK_REPLY, reply);
    else if ((body = wb_body_json(r)) && wb_body_text(r, body, "reply", WB_MAX_BODY, &reply))
        analyse(r, WB_ASK_REPLY, reply);
    json_decref(body);
}

static void answer_list(struct wb_request *r, enum wb_question what, struct wb_slice words,
                        const char *name)
{
    struct wb_work *work = wb_work_mine();
    struct wb_question_head head = {.what = (uint8_t)what, .language = (uint8_t)r->language};
    if (!wb_ask_worker(r, &head, words, work))
        return;
    wb_buf_clear(&r->out);
    wb_buf_printf(&r->out, "{\"%s\":[", name);
    put_lines(&r->out, work->text);
    wb_buf_lit(&r->out, "]}");
    r->status = 200;
}

void wb_call_causes(struct wb_request *r)
{
    answer_list(r, WB_ASK_CAUSES, wb_query_slice(r, "q"), "causes");
}

void wb_call_providers(struct wb_request *r)
{
    answer_list(r, WB_ASK_PROVIDERS, WB_NONE, "providers");
}

/* ---- lines of our own server's log ---- */

/*
 * Failures are reports that nobody can forge, since the log is ours; deliveries take back what
 * spoke against an address.
 */
struct log_wish {
    const struct wb_work *work;
    int64_t received;
    struct wb_message *messages; /* of the failures, one each */
    struct wb_added added;
    unsigned delivered;
};

static bool is_delivery(const struct wb_record *record)
{
    return wb_slice_eq(record->kind, wb_kind_name(WB_KIND_DELIVERED));
}

/* n failures with no delivery between them: at once, for each call asks the database anew. */
static bool write_failures(struct wb_store *store, const struct wb_policy *policy,
                           struct log_wish *wish, struct wb_record *records, size_t n,
                           struct wb_status *status)
{
    struct wb_added *added = calloc(n + 1, sizeof *added);
    WB_CHECK(added);
    for (size_t i = 0; i < n; i++) {
        wb_record_date(&records[i], WB_NONE, wish->received);
        records[i].proof = WB_PROOF_LOG;
        wish->messages[i] = (struct wb_message){
            .source = WB_S("log"), .received = wish->received, .records = records + i, .n = 1};
    }
    bool ok = !n || wb_store_add(store, wish->messages, n, policy, added, status);
    for (size_t i = 0; i < n; i++) {
        wish->added.reports += added[i].reports;
        wish->added.duplicates += added[i].duplicates;
        wish->added.changes += added[i].changes;
    }
    free(added);
    return ok;
}

static bool write_log(struct wb_store *store, const struct wb_policy *policy, void *own,
                      struct wb_status *status)
{
    struct log_wish *wish = own;
    const struct wb_work *work = wish->work;
    bool ok = true;
    wish->added = (struct wb_added){0};
    wish->delivered = 0;
    for (size_t i = 0, n; ok && i < work->n; i += n) {
        struct wb_record *first = &work->records[i];
        for (n = 0; i + n < work->n && !is_delivery(first + n);)
            n++;
        ok = write_failures(store, policy, wish, first, n, status);
        if (ok && i + n < work->n) {
            struct wb_record *delivery = first + n++;
            wb_record_date(delivery, WB_NONE, wish->received);
            ok = wb_store_delivered(store, delivery->recipient, delivery->at, status);
            wish->delivered++;
        }
    }
    return ok;
}

static bool take_format(struct wb_request *r, struct wb_question_head *head)
{
    const char *format = wb_query(r, "format"), *name;
    head->form = WB_ANY_FORMAT;
    for (uint8_t i = 0; format && *format && (name = wb_log_format_name(i)); i++)
        if (strcmp(name, format) == 0)
            head->form = i;
    if (!format || !*format || head->form != WB_ANY_FORMAT)
        return true;
    wb_answer_problem(r, 400, "That is no format of a log; see whybounce log --help.");
    return false;
}

void wb_call_log(struct wb_request *r)
{
    struct wb_work *work = wb_work_mine();
    struct wb_status status = {{0}};
    struct wb_question_head head = {.what = WB_ASK_LOG};
    struct log_wish wish = {.work = work, .received = time(NULL)};
    if (!take_format(r, &head))
        return;
    if (!r->body.n) {
        wb_answer_problem(r, 400, "The body is empty: hand in lines of a log.");
        return;
    }
    if (!wb_ask_worker(r, &head, wb_buf_slice(&r->body), work))
        return;
    wish.messages = calloc(work->n + 1, sizeof *wish.messages);
    WB_CHECK(wish.messages);
    bool ok = wb_writer_do(r->service->writer, write_log, &wish, &status);
    free(wish.messages);
    if (!ok)
        wb_answer_trouble(r, &status);
    else {
        wb_metrics_stored(r->service->metrics, work->records, work->n, &wish.added);
        wb_answer_json(r, 200,
                       json_pack("{s:i, s:i, s:i}", "reports", (int)wish.added.reports,
                                 "duplicates", (int)wish.added.duplicates, "delivered",
                                 (int)wish.delivered));
    }
}
