/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log to reports: what src/log read is judged like a reply in a mail. */
#include "whybounce.h"

#include <stdlib.h>

#include "analyse.h"
#include "log.h"
#include "logged.h"
#include "quoted.h"

struct wb_log {
    struct wb_logbook *book;
    bool repeats;
};

struct wb_log *wb_log_new(const char *format)
{
    struct wb_log *log = calloc(1, sizeof *log);
    if (log && (log->book = wb_logbook_new(format)))
        return log;
    free(log);
    return NULL;
}

void wb_log_free(struct wb_log *log)
{
    if (log)
        wb_logbook_free(log->book);
    free(log);
}

void wb_log_file(struct wb_log *log, int64_t modified, int year)
{
    wb_logbook_file(log->book, modified, year);
}

void wb_log_grown(struct wb_log *log, int64_t modified)
{
    wb_logbook_grown(log->book, modified);
}

void wb_log_zone(struct wb_log *log, wb_zone zone)
{
    wb_logbook_zone(log->book, zone);
}

void wb_log_only(struct wb_log *log, const char *sender, const char *recipient, int64_t since,
                 int deliveries)
{
    wb_logbook_wish(log->book, (struct wb_log_wishes){.sender = sender,
                                                      .recipient = recipient,
                                                      .since = since,
                                                      .delivered = deliveries});
}

static struct wb_evidence *evidence_of(struct wb_session *s, const struct wb_log_event *event)
{
    struct wb_evidence *e = wb_extract_logged(&s->extract, event->recipient, event->diagnostic);
    if (!e)
        return NULL;
    if (event->stage)
        e->stage = event->stage;
    e->original = event->original;
    e->action = event->action;
    e->status = event->status;
    if (event->remote_mta.n)
        e->remote_mta = event->remote_mta;
    if (event->remote_ip.n)
        e->remote_ip = event->remote_ip;
    e->queue_id = event->queue_id;
    e->last_attempt = event->time;
    return e;
}

/* All events of a line are of one message. */
static void describe_message(struct wb_session *s, struct wb_slice format,
                             const struct wb_log_event *event)
{
    struct wb_extract *ex = &s->extract;
    ex->dialect = wb_cat_dialect_named(s->cat, format);
    ex->reporting_mta = event->reporter;
    ex->arrival = event->arrival;
    ex->envelope_id = event->envelope_id;
    ex->original.message_id = event->message_id;
    ex->original.envelope_from = event->sender;
    ex->original.bytes = event->bytes;
}

/* Whether the recipient's delay was told before with the same cause. */
static bool is_known(const struct wb_log_event *event, const struct wb_report *r)
{
    uint16_t cause = (uint16_t)(r->verdict.cause + 1);
    if (!event->told)
        return false;
    bool known = *event->told == cause;
    *event->told = cause;
    return known;
}

const struct wb_analysis *wb_log_line(struct wb_log *log, struct wb_session *session,
                                      const void *line, size_t length)
{
    const struct wb_log_event *events;
    struct wb_slice text = wb_slice(line, length);
    size_t n = wb_logbook_read(log->book, text, &events);
    if (!n)
        return NULL;
    wb_analysis_begin(session);
    if (length > WB_MAX_LOG_LINE_BYTES)
        wb_limit_hit(&session->limits, WB_LIMIT_LOG_LINE_BYTES);
    wb_extract_log(&session->extract, text);
    describe_message(session, wb_logbook_format(log->book), &events[0]);
    log->repeats = true;
    for (size_t i = 0; i < n; i++) {
        const struct wb_evidence *e = evidence_of(session, &events[i]);
        const struct wb_report *r = e ? wb_analysis_logged(session, e) : NULL;
        log->repeats &= r && is_known(&events[i], r);
    }
    return session->analysis.count ? &session->analysis : NULL;
}

int wb_log_repeats(const struct wb_log *log)
{
    return log->repeats;
}

struct wb_string wb_log_format(const struct wb_log *log)
{
    struct wb_slice name = wb_logbook_format(log->book);
    return (struct wb_string){name.p, name.n};
}

const char *wb_log_format_name(size_t i)
{
    return wb_logbook_format_name(i);
}

/* ---- lines that were pasted ---- */

/*
 * What somebody copies out of a log are a few lines, often of one message. The last word on each
 * recipient counts. When they are of several messages, nothing is said of a message.
 */
enum { MAX_PASTED_BYTES = 256 << 10, MAX_PASTED_RECIPIENTS = 200 };

struct pasted {
    struct wb_session *session;
    struct wb_logbook *book;
    struct wb_log_event *events; /* MAX_PASTED_RECIPIENTS of them, copied */
    size_t count;
};

/* The line may stand in a mail: quoted, indented. */
static bool has_log_line(struct wb_slice text)
{
    struct wb_slice line;
    while (wb_slice_line(&text, &line)) {
        while (line.n && strchr("> \t", line.p[0]))
            line = wb_slice_from(line, 1);
        if (wb_logbook_begins(line) && wb_logbook_knows(line))
            return true;
    }
    return false;
}

static void copy_texts(struct wb_arena *arena, struct wb_log_event *e)
{
    struct wb_slice *const texts[] = {&e->recipient,   &e->original,  &e->sender,   &e->message_id,
                                      &e->envelope_id, &e->queue_id,  &e->reporter, &e->remote_mta,
                                      &e->remote_ip,   &e->diagnostic};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = wb_arena_copy(arena, *texts[i]);
    e->told = NULL;
    e->time = e->arrival = (struct wb_time){0}; /* of a zone that nobody told */
}

static void read_line(struct pasted *p, struct wb_slice line)
{
    const struct wb_log_event *events;
    size_t n = wb_logbook_read(p->book, line, &events);
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < p->count && !wb_slice_eqi(p->events[at].recipient, events[i].recipient))
            at++;
        if (at == MAX_PASTED_RECIPIENTS) {
            wb_limit_hit(&p->session->limits, WB_LIMIT_RECIPIENTS);
            return;
        }
        p->count += at == p->count;
        p->events[at] = events[i];
        copy_texts(&p->session->arena, &p->events[at]);
    }
}

/* A line that a window or a mail has broken goes on where no other begins. */
static void read_lines(struct pasted *p, struct wb_slice text)
{
    struct wb_buf whole = {0};
    struct wb_slice line;
    while (wb_slice_line(&text, &line)) {
        line = wb_slice_trim(line);
        if (wb_logbook_begins(line)) {
            read_line(p, wb_buf_slice(&whole));
            wb_buf_clear(&whole);
        } else if (whole.n && line.n) {
            wb_buf_byte(&whole, ' ');
        }
        wb_buf_put(&whole, line);
    }
    read_line(p, wb_buf_slice(&whole));
    wb_buf_free(&whole);
}

static void report_events(struct pasted *p, struct wb_slice raw)
{
    struct wb_session *s = p->session;
    struct wb_log_event message = p->events[0];
    for (size_t i = 1; i < p->count; i++)
        if (!wb_slice_eq(p->events[i].queue_id, message.queue_id))
            message = (struct wb_log_event){.reporter = message.reporter};
    wb_extract_log(&s->extract, raw);
    describe_message(s, wb_logbook_format(p->book), &message);
    for (size_t i = 0; i < p->count; i++) {
        const struct wb_evidence *e = evidence_of(s, &p->events[i]);
        if (e)
            wb_analysis_logged(s, e);
    }
}

bool wb_analyse_log_lines(struct wb_session *s, struct wb_slice raw)
{
    if (raw.n > MAX_PASTED_BYTES || !has_log_line(raw))
        return false;
    wb_analysis_begin(s);
    struct pasted p = {s, wb_logbook_new(NULL), NULL, 0};
    p.events = wb_arena_alloc(&s->arena, MAX_PASTED_RECIPIENTS * sizeof *p.events);
    if (p.book && p.events) {
        wb_logbook_wish(p.book, (struct wb_log_wishes){.delivered = true, .pieces = true});
        read_lines(&p, wb_mail_unquoted(&s->mail, raw));
        if (p.count)
            report_events(&p, raw);
    }
    wb_logbook_free(p.book);
    return s->analysis.count > 0;
}
