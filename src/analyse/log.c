/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log to reports: what src/log read is judged like a reply in a mail. */
#include "whybounce.h"

#include <stdlib.h>

#include "analyse.h"
#include "log.h"
#include "logged.h"

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
static void describe_message(struct wb_session *s, const struct wb_log *log,
                             const struct wb_log_event *event)
{
    struct wb_extract *ex = &s->extract;
    ex->dialect = wb_cat_dialect_named(s->cat, wb_logbook_format(log->book));
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
    describe_message(session, log, &events[0]);
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
