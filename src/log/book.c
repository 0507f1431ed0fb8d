/* SPDX-License-Identifier: BSD-2-Clause */
/* The book: which format, what is told of whom. */
#include <stdlib.h>

#include "book.h"
#include "check.h"

enum { ROOM = WB_MAX_LOG_LINE_BYTES * 2 };

#define X(name) extern const struct wb_log_format wb_log_format_##name;
WB_LOG_FORMATS
#undef X

static const struct wb_log_format *const formats[] = {
#define X(name) &wb_log_format_##name,
    WB_LOG_FORMATS
#undef X
        NULL};

const char *wb_logbook_format_name(size_t i)
{
    for (size_t at = 0; formats[at]; at++)
        if (at == i)
            return formats[at]->name;
    return NULL;
}

static const struct wb_log_format *format_named(const char *name)
{
    for (size_t i = 0; formats[i]; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

struct wb_logbook *wb_logbook_new(const char *format)
{
    const struct wb_log_format *named = format ? format_named(format) : NULL;
    struct wb_logbook *book = format && !named ? NULL : calloc(1, sizeof *book);
    if (!book)
        return NULL;
    book->named = named;
    book->events = calloc(WB_MAX_RECIPIENTS, sizeof *book->events);
    wb_buf_reserve(&book->room, ROOM);
    if (book->events && wb_log_table_open(&book->table)) {
        wb_logbook_file(book, 0, 0);
        return book;
    }
    wb_logbook_free(book);
    return NULL;
}

void wb_logbook_free(struct wb_logbook *book)
{
    if (!book)
        return;
    wb_log_table_close(&book->table);
    wb_buf_free(&book->room);
    free(book->events);
    free(book);
}

void wb_logbook_wish(struct wb_logbook *book, struct wb_log_wishes wishes)
{
    book->wishes = wishes;
}

void wb_logbook_file(struct wb_logbook *book, int64_t modified, int year)
{
    book->format = book->named;
    book->modified = modified;
    book->year = year;
    book->month = 0;
    book->last_stamp_n = 0;
    if (book->format && book->format->begin)
        book->format->begin(book);
}

void wb_logbook_grown(struct wb_logbook *book, int64_t modified)
{
    book->modified = modified;
    book->last_stamp_n = 0;
}

void wb_logbook_zone(struct wb_logbook *book, int (*zone)(int64_t wall))
{
    book->zone = zone;
    book->zone_hour = INT64_MIN;
}

struct wb_slice wb_logbook_format(const struct wb_logbook *book)
{
    return book->format ? wb_slice_str(book->format->name) : WB_NONE;
}

static const struct wb_log_format *recognise(struct wb_slice line)
{
    for (size_t i = 0; formats[i]; i++)
        if (formats[i]->knows(line))
            return formats[i];
    return NULL;
}

bool wb_logbook_knows(struct wb_slice line)
{
    return recognise(line) != NULL;
}

size_t wb_logbook_read(struct wb_logbook *book, struct wb_slice line,
                       const struct wb_log_event **events_out)
{
    for (int i = 0; i < WB_LOG_DONE; i++)
        if (book->done[i])
            wb_log_table_drop(&book->table, book->done[i]);
    memset(book->done, 0, sizeof book->done);
    book->count = 0;
    book->room_used = 0;
    book->now = (struct wb_time){0};
    line = wb_slice_head(line, WB_MAX_LOG_LINE_BYTES);
    while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n'))
        line.n--;
    if (!book->format && (book->format = recognise(line)) && book->format->begin)
        book->format->begin(book);
    if (book->format)
        book->format->read(book, line);
    *events_out = book->events;
    return book->count;
}

/* ---- what formats do with it ---- */

char *wb_log_room(struct wb_logbook *book, size_t n)
{
    if (n > ROOM - book->room_used)
        return NULL;
    book->room_used += n;
    return book->room.p + book->room_used - n;
}

int *wb_log_columns(struct wb_logbook *book)
{
    return book->columns;
}

struct wb_log_message *wb_log_known(struct wb_logbook *book, struct wb_slice id)
{
    return wb_log_table_find(&book->table, id, false);
}

struct wb_log_message *wb_log_message(struct wb_logbook *book, struct wb_slice id)
{
    struct wb_log_message *m = wb_log_table_find(&book->table, id, true);
    if (!m->arrival.known)
        m->arrival = book->now;
    return m;
}

void wb_log_note(struct wb_logbook *book, struct wb_log_message *m, enum wb_log_note what,
                 struct wb_slice text)
{
    wb_log_set_text(&book->table, m, &m->texts, (int)what, text);
}

struct wb_slice wb_log_noted(const struct wb_log_message *m, enum wb_log_note what)
{
    return wb_log_text(&m->texts, (int)what);
}

void wb_log_bytes(struct wb_log_message *m, struct wb_slice number)
{
    long long bytes;
    if (wb_slice_number(number, &bytes))
        m->bytes = bytes;
}

void wb_log_done(struct wb_logbook *book, struct wb_log_message *m)
{
    for (int i = 0; i < WB_LOG_DONE && book->done[i] != m; i++)
        if (!book->done[i]) {
            book->done[i] = m;
            return;
        }
}

/* ---- telling ---- */

/* "a@example.org", or "@example.org" for all of a domain. */
static bool fits(const char *wish, struct wb_slice address)
{
    struct wb_slice s = wb_slice_str(wish);
    return s.n && s.p[0] == '@' ? wb_slice_endsi(address, s) : wb_slice_eqi(address, s);
}

static bool wished(const struct wb_logbook *book, const struct wb_log_event *e)
{
    const struct wb_log_wishes *w = &book->wishes;
    if (e->action == WB_ACTION_DELIVERED && !w->delivered)
        return false;
    if (w->since && e->time.known && e->time.unix_seconds < w->since)
        return false;
    if (w->recipient && !fits(w->recipient, e->recipient) && !fits(w->recipient, e->original))
        return false;
    return !w->sender || fits(w->sender, e->sender);
}

static struct wb_log_event *add_event(struct wb_logbook *book, const struct wb_log_message *m,
                                      const struct wb_log_told *told)
{
    if (book->count == WB_MAX_RECIPIENTS)
        return NULL;
    struct wb_log_event *e = &book->events[book->count];
    *e = (struct wb_log_event){
        .action = told->action,
        .recipient = told->recipient,
        .original = told->original,
        .sender = wb_log_text(&m->texts, WB_LOG_SENDER),
        .message_id = wb_log_text(&m->texts, WB_LOG_MESSAGE_ID),
        .envelope_id = wb_log_text(&m->texts, WB_LOG_ENVELOPE_ID),
        .queue_id = wb_log_text(&m->texts, WB_LOG_ID),
        .reporter = told->host,
        .remote_mta = told->remote_mta,
        .remote_ip = told->remote_ip,
        .diagnostic = told->diagnostic,
        .status = told->status,
        .stage = told->stage,
        .time = book->now,
        .arrival = m->arrival,
        .bytes = m->bytes,
    };
    book->count += wished(book, e);
    return e;
}

/* The recipient may be forgotten with this line: what was said of it is copied. */
static struct wb_slice keep(struct wb_logbook *book, struct wb_slice text)
{
    char *p = wb_log_room(book, text.n);
    if (p && text.n)
        memcpy(p, text.p, text.n);
    return p ? wb_slice(p, text.n) : WB_NONE;
}

static void recall(struct wb_logbook *book, struct wb_log_event *e,
                   const struct wb_log_recipient *r)
{
    e->diagnostic = keep(book, wb_log_text(&r->texts, WB_LOG_DIAGNOSTIC));
    e->remote_mta = keep(book, wb_log_text(&r->texts, WB_LOG_REMOTE));
    e->remote_ip = keep(book, wb_log_text(&r->texts, WB_LOG_IP));
    e->status = r->status;
    e->stage = (enum wb_stage)r->stage;
    if (!e->original.n)
        e->original = keep(book, wb_log_text(&r->texts, WB_LOG_ORIGINAL));
}

static void remember(struct wb_log_table *table, struct wb_log_message *m,
                     struct wb_log_recipient *r, const struct wb_log_told *told)
{
    const struct wb_slice texts[] = {[WB_LOG_ORIGINAL] = told->original,
                                     [WB_LOG_REMOTE] = told->remote_mta,
                                     [WB_LOG_IP] = told->remote_ip,
                                     [WB_LOG_DIAGNOSTIC] = told->diagnostic};
    for (int i = WB_LOG_ORIGINAL; i <= WB_LOG_DIAGNOSTIC; i++)
        wb_log_set_text(table, m, &r->texts, i, texts[i]);
    r->status = told->status;
    r->stage = (uint8_t)told->stage;
}

void wb_log_tell(struct wb_logbook *book, struct wb_log_message *m, const struct wb_log_told *told)
{
    struct wb_log_table *table = &book->table;
    bool waits = told->action == WB_ACTION_DELAYED;
    m->failed |= told->action == WB_ACTION_FAILED;
    struct wb_log_recipient *r = wb_log_table_recipient(table, m, told->recipient, waits);
    struct wb_log_event *e = add_event(book, m, told);
    if (r && e && told->says_nothing && r->texts.n[WB_LOG_DIAGNOSTIC])
        recall(book, e, r);
    else if (r && waits)
        remember(table, m, r, told);
    if (r && e && waits)
        e->told = &r->told;
    if (r && !waits)
        wb_log_table_forget(table, m, r);
}

bool wb_log_wants_pieces(const struct wb_logbook *book)
{
    return book->wishes.pieces;
}

/* A code in front, 421 or 4.7.1, says that the other side will try again. */
void wb_log_refuse(struct wb_logbook *book, struct wb_slice sender, struct wb_log_told told)
{
    if (!book->wishes.pieces)
        return;
    told.for_now |= told.diagnostic.n && told.diagnostic.p[0] == '4';
    told.action = told.for_now ? WB_ACTION_DELAYED : WB_ACTION_FAILED;
    struct wb_log_message *m = wb_log_message(book, WB_NONE);
    wb_log_note(book, m, WB_LOG_SENDER, sender);
    wb_log_tell(book, m, &told);
    wb_log_done(book, m);
}

bool wb_log_failed(const struct wb_log_message *m)
{
    return m->failed;
}

void wb_log_expire(struct wb_logbook *book, struct wb_log_message *m, struct wb_slice host)
{
    for (const struct wb_log_recipient *r = m->recipients; r; r = r->next) {
        struct wb_log_told told = {.action = WB_ACTION_FAILED,
                                   .recipient = wb_log_text(&r->texts, WB_LOG_ADDRESS),
                                   .host = host};
        struct wb_log_event *e = add_event(book, m, &told);
        if (e)
            recall(book, e, r);
    }
    wb_log_done(book, m);
}
