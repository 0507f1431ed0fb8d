/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages under way, by queue id. A hash table with chains; the messages stand in a list by their
 * last line, too:
 *
 *     newest <-> ... <-> oldest        a line on a message moves it to the front,
 *                                      who needs room takes it from the back
 *
 * Messages and recipients come from two slabs and go back to them; their texts keep their buffer,
 * so that a table that has warmed up allocates nothing.
 */
#include <stdlib.h>

#include "book.h"
#include "check.h"
#include "hash.h"

enum {
    PLACES = WB_MAX_LOG_MESSAGES * 2,
    FIRST_BUFFER = 128,
    KEPT_BUFFER = 256, /* a larger one is given back with its message */
    MAX_TEXT = 4096,
};

bool wb_log_table_open(struct wb_log_table *table)
{
    table->messages = calloc(WB_MAX_LOG_MESSAGES, sizeof *table->messages);
    table->recipients = calloc(WB_MAX_LOG_RECIPIENTS, sizeof *table->recipients);
    table->places = calloc(PLACES, sizeof(struct wb_log_message *));
    return table->messages && table->recipients && table->places;
}

void wb_log_table_close(struct wb_log_table *table)
{
    for (uint32_t i = 0; i < table->messages_used; i++)
        free(table->messages[i].texts.p);
    for (uint32_t i = 0; i < table->recipients_used; i++)
        free(table->recipients[i].texts.p);
    free(table->messages);
    free(table->recipients);
    free(table->places);
}

/* ---- texts ---- */

static size_t place_of(const struct wb_log_texts *texts, int which)
{
    size_t at = 0;
    for (int i = 0; i < which; i++)
        at += texts->n[i];
    return at;
}

struct wb_slice wb_log_text(const struct wb_log_texts *texts, int which)
{
    return texts->n[which] ? wb_slice(texts->p + place_of(texts, which), texts->n[which]) : WB_NONE;
}

static void clear_texts(struct wb_log_table *table, struct wb_log_texts *texts)
{
    struct wb_log_texts empty = {.p = texts->p, .cap = texts->cap};
    if (texts->cap > KEPT_BUFFER) {
        table->bytes -= texts->cap;
        free(texts->p);
        empty = (struct wb_log_texts){0};
    }
    *texts = empty;
}

static void reserve(struct wb_log_table *table, struct wb_log_texts *texts, size_t n)
{
    uint32_t cap = texts->cap ? texts->cap : FIRST_BUFFER;
    if (texts->cap >= n)
        return;
    while (cap < n)
        cap *= 2;
    texts->p = realloc(texts->p, cap);
    WB_CHECK(texts->p);
    table->bytes += cap - texts->cap;
    texts->cap = cap;
}

void wb_log_set_text(struct wb_log_table *table, struct wb_log_message *keep,
                     struct wb_log_texts *texts, int which, struct wb_slice text)
{
    text = wb_slice_head(text, MAX_TEXT);
    if (wb_slice_eq(wb_log_text(texts, which), text))
        return;
    size_t at = place_of(texts, which), had = texts->n[which], behind = texts->used - at - had;
    reserve(table, texts, at + text.n + behind);
    if (behind)
        memmove(texts->p + at + text.n, texts->p + at + had, behind);
    if (text.n)
        memcpy(texts->p + at, text.p, text.n);
    texts->used = (uint32_t)(at + text.n + behind);
    texts->n[which] = (uint16_t)text.n;
    while (table->bytes > WB_MAX_LOG_BYTES && table->oldest && table->oldest != keep)
        wb_log_table_drop(table, table->oldest);
}

/* ---- the list by age ---- */

static void unlink_message(struct wb_log_table *table, struct wb_log_message *m)
{
    *(m->newer ? &m->newer->older : &table->newest) = m->older;
    *(m->older ? &m->older->newer : &table->oldest) = m->newer;
}

static void link_newest(struct wb_log_table *table, struct wb_log_message *m)
{
    m->newer = NULL;
    m->older = table->newest;
    if (m->older)
        m->older->newer = m;
    else
        table->oldest = m;
    table->newest = m;
}

/* ---- messages ---- */

static uint32_t hash_of(struct wb_slice s)
{
    return (uint32_t)wb_hash_bytes(s).low;
}

static struct wb_log_message *new_message(struct wb_log_table *table)
{
    if (table->messages_used < WB_MAX_LOG_MESSAGES && !table->free_messages)
        return &table->messages[table->messages_used++];
    if (!table->free_messages)
        wb_log_table_drop(table, table->oldest);
    struct wb_log_message *m = table->free_messages;
    table->free_messages = m->next;
    return m;
}

struct wb_log_message *wb_log_table_find(struct wb_log_table *table, struct wb_slice id, bool make)
{
    id = wb_slice_head(id, MAX_TEXT);
    uint32_t hash = hash_of(id);
    struct wb_log_message *m = table->places[hash % PLACES];
    while (m && (m->hash != hash || !wb_slice_eq(wb_log_text(&m->texts, WB_LOG_ID), id)))
        m = m->next;
    if (m && m != table->newest) {
        unlink_message(table, m);
        link_newest(table, m);
    }
    if (m || !make)
        return m;
    m = new_message(table);
    m->hash = hash;
    m->next = table->places[hash % PLACES];
    table->places[hash % PLACES] = m;
    link_newest(table, m);
    wb_log_set_text(table, m, &m->texts, WB_LOG_ID, id);
    return m;
}

void wb_log_table_drop(struct wb_log_table *table, struct wb_log_message *m)
{
    struct wb_log_message **at = &table->places[m->hash % PLACES];
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    while (m->recipients)
        wb_log_table_forget(table, m, m->recipients);
    unlink_message(table, m);
    clear_texts(table, &m->texts);
    m->count = 0;
    m->bytes = 0;
    m->failed = false;
    m->arrival = (struct wb_time){0};
    m->next = table->free_messages;
    table->free_messages = m;
}

/* ---- recipients ---- */

/* Takes one away from the message that nobody has heard of for longest, if need be. */
static struct wb_log_recipient *new_recipient(struct wb_log_table *table,
                                              const struct wb_log_message *keep)
{
    if (!table->free_recipients && table->recipients_used < WB_MAX_LOG_RECIPIENTS)
        return &table->recipients[table->recipients_used++];
    while (!table->free_recipients && table->oldest != keep)
        wb_log_table_drop(table, table->oldest);
    struct wb_log_recipient *r = table->free_recipients;
    if (r)
        table->free_recipients = r->next;
    return r;
}

struct wb_log_recipient *wb_log_table_recipient(struct wb_log_table *table,
                                                struct wb_log_message *m, struct wb_slice address,
                                                bool make)
{
    address = wb_slice_head(address, MAX_TEXT);
    if (!m->recipients && !make)
        return NULL;
    uint32_t hash = hash_of(address);
    for (struct wb_log_recipient *r = m->recipients; r; r = r->next)
        if (r->hash == hash && wb_slice_eq(wb_log_text(&r->texts, WB_LOG_ADDRESS), address))
            return r;
    struct wb_log_recipient *r =
        make && m->count < WB_MAX_RECIPIENTS ? new_recipient(table, m) : NULL;
    if (!r)
        return NULL;
    r->hash = hash;
    r->told = 0;
    r->stage = 0;
    r->status = (struct wb_code){0};
    struct wb_log_recipient **at = &m->recipients;
    while (*at) /* they are told in the order in which they came */
        at = &(*at)->next;
    r->next = NULL;
    *at = r;
    m->count++;
    wb_log_set_text(table, m, &r->texts, WB_LOG_ADDRESS, address);
    return r;
}

void wb_log_table_forget(struct wb_log_table *table, struct wb_log_message *m,
                         struct wb_log_recipient *r)
{
    struct wb_log_recipient **at = &m->recipients;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    m->count--;
    clear_texts(table, &r->texts);
    r->next = table->free_recipients;
    table->free_recipients = r;
}
