/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The returned message's header: from its own part, or from where it is quoted as text. It tells
 * which mail this is about; and the return address of the report itself, which is the envelope
 * sender of the original, may carry more (VERP).
 */
#include "original.h"

#include "address.h"
#include "extract_int.h"
#include "reader.h"

/* The header of a message that came back as a part of its own. */
static uint32_t attached_header(const struct wb_extract *ex)
{
    const struct wb_mail *mail = ex->mail;
    uint32_t part = ex->returned_part;
    bool message = part != WB_NO_PART && mail->parts[part].media == WB_MEDIA_RFC822;
    for (uint32_t i = part + 1; message && i < mail->part_count; i++)
        if (mail->parts[i].parent == part && mail->parts[i].headers)
            return i;
    return WB_NO_PART;
}

/* The part that holds the returned header; WB_NO_PART when nothing came back. */
static uint32_t returned_header(struct wb_extract *ex)
{
    struct wb_mail *mail = ex->mail;
    uint32_t part = ex->returned_part;
    uint32_t attached = attached_header(ex);
    if (attached != WB_NO_PART)
        return attached;
    if (part != WB_NO_PART) {
        uint32_t embedded = wb_mail_embedded(mail, wb_mail_bytes(mail, part));
        if (embedded != WB_NO_PART)
            return embedded;
    }
    if (ex->prose_rest.n)
        return wb_mail_embedded(mail, ex->prose_rest);
    /* no line announced it: a trace field at the start of a line does */
    size_t at = ex->before_trace.n;
    if (at < ex->text.n)
        return wb_mail_embedded(mail, wb_slice_from(ex->text, at + 1));
    return WB_NO_PART;
}

/* The first address in a text that has this local part. */
static struct wb_slice address_of(struct wb_slice text, struct wb_slice local)
{
    struct wb_slice address;
    while ((address = wb_address_find(text)).n && !wb_slice_eqi(wb_address_local(address), local))
        text = wb_slice_span(wb_slice_end(address), wb_slice_end(text));
    return address;
}

struct wb_slice wb_extract_sent_under(const struct wb_extract *ex, struct wb_slice local)
{
    uint32_t part = attached_header(ex);
    const struct wb_header *to =
        part != WB_NO_PART ? wb_mail_header(ex->mail, part, WB_H_TO) : NULL;
    struct wb_slice address = to ? address_of(to->value, local) : WB_NONE;
    return address.n ? address : address_of(ex->text, local);
}

static struct wb_slice field(const struct wb_extract *ex, enum wb_header_id id)
{
    return wb_mail_value(ex->mail, wb_mail_header(ex->mail, ex->original.part, id));
}

static void take(struct wb_slice *to, struct wb_slice value)
{
    if (value.n)
        *to = value;
}

static void read_header(struct wb_extract *ex)
{
    struct wb_original *o = &ex->original;
#define VALUE(id) wb_mail_value(ex->mail, wb_mail_header(ex->mail, o->part, id))
    take(&o->message_id, wb_address_clean(VALUE(WB_H_MESSAGE_ID)));
    take(&o->from, VALUE(WB_H_FROM));
    take(&o->to, VALUE(WB_H_TO));
    take(&o->subject, VALUE(WB_H_SUBJECT));
    take(&o->date, VALUE(WB_H_DATE));
    take(&o->list_id, VALUE(WB_H_LIST_ID));
    take(&o->feedback_id, VALUE(WB_H_FEEDBACK_ID));
    struct wb_slice path = wb_address_clean(VALUE(WB_H_RETURN_PATH));
#undef VALUE
    if (!o->envelope_from.n && wb_address_valid(path))
        o->envelope_from = path;
}

/* Its size, when it came back whole. */
static void measure(struct wb_extract *ex)
{
    const struct wb_mail *mail = ex->mail;
    if (ex->returned_part == WB_NO_PART)
        return;
    const struct wb_part *part = &mail->parts[ex->returned_part];
    bool cut = wb_slice_startsi(part->type, WB_S("message/partial"));
    if (part->media == WB_MEDIA_RFC822 && !cut && part->encoding == WB_ENC_IDENTITY)
        ex->original.bytes = (long long)part->body.n;
}

struct wb_time wb_original_sent(const struct wb_extract *ex)
{
    return wb_date_parse(ex->original.date);
}

void wb_extract_original(struct wb_extract *ex)
{
    struct wb_original *o = &ex->original;
    o->part = returned_header(ex);
    if (o->part != WB_NO_PART)
        read_header(ex);
    measure(ex);
    if (!o->envelope_from.n) {
        struct wb_slice to = wb_mail_value(ex->mail, wb_mail_header(ex->mail, 0, WB_H_TO));
        struct wb_slice address = wb_address_find(to);
        if (wb_address_valid(address))
            o->envelope_from = address;
    }
}

/* One address and no other; it may be its own name: "a@b.example" <a@b.example>. */
static struct wb_slice only_address(struct wb_slice list)
{
    struct wb_slice first = wb_address_find(list), next = first;
    while (next.n && wb_address_same(first, next))
        next = wb_address_find(wb_slice_span(wb_slice_end(next), wb_slice_end(list)));
    return next.n ? WB_NONE : first;
}

/* "by mx.example.org with ESMTP id 1 for <a@example.org>; ..." (RFC 5321 4.4) */
static struct wb_slice received_for(const struct wb_extract *ex)
{
    struct wb_slice rest = field(ex, WB_H_RECEIVED);
    size_t at = wb_slice_find(rest, WB_S(" for <"));
    struct wb_slice address = wb_address_clean(wb_slice_from(rest, at));
    return at < rest.n && wb_address_valid(address) ? address : WB_NONE;
}

/* "birds@lists.example.org" is the list of "Birds <birds.lists.example.org>" (RFC 2919 3). */
static bool is_list(const struct wb_extract *ex, struct wb_slice address)
{
    struct wb_slice id = wb_address_clean(ex->original.list_id);
    struct wb_slice local = wb_address_local(address);
    return id.n > local.n && id.p[local.n] == '.' && wb_slice_startsi(id, local);
}

struct wb_slice wb_extract_sent_to(const struct wb_extract *ex)
{
    bool header = ex->original.part != WB_NO_PART;
    struct wb_slice to = only_address(ex->original.to);
    bool others = is_list(ex, to) || (header && field(ex, WB_H_CC).n);
    if (to.n && !others && !wb_is_sender(ex, to))
        return to;
    to = header ? received_for(ex) : WB_NONE;
    return to.n && !wb_is_sender(ex, to) ? to : WB_NONE;
}

/* Whether the last one that a field names is this address. */
static bool names_last(struct wb_slice field, struct wb_slice address)
{
    field = wb_slice_rtrim(field);
    field.n -= field.n && field.p[field.n - 1] == '>';
    if (!address.n || !wb_slice_endsi(field, address))
        return false;
    size_t before = field.n - address.n;
    char c = before ? field.p[before - 1] : ' ';
    return c == ' ' || c == '<' || c == ',' || c == '\t';
}

struct wb_slice wb_extract_written_to(const struct wb_extract *ex, const struct wb_evidence *e)
{
    if (!e->original.n && names_last(ex->original.to, e->address))
        return WB_NONE; /* nearly always: it is the only one, or there are several */
    if (!wb_address_valid(e->address))
        return WB_NONE;
    if (wb_address_valid(e->original))
        return wb_address_same(e->original, e->address) ? WB_NONE : e->original;
    if (ex->original.part == WB_NO_PART || ex->original.list_id.n)
        return WB_NONE;
    struct wb_slice to = only_address(ex->original.to);
    if (!wb_address_valid(to) || wb_address_same(to, e->address) || field(ex, WB_H_CC).n)
        return WB_NONE;
    return wb_address_same(to, wb_address_find(ex->original.from)) ? WB_NONE : to;
}
