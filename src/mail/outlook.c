/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Outlook saves (.msg, [MS-OXMSG]) as the mail it was: the properties of the message become a
 * header and parts. Of an attachment only what may tell of a failure is taken along: texts, fields
 * and messages. A property is a stream named after its number and its type.
 */
#include "outlook.h"

#include <stdio.h>

#include "compound.h"
#include "hash.h"
#include "utf8.h"

/* [MS-OXPROPS] */
enum property {
    SUBJECT = 0x0037,
    ORIGINAL_SUBJECT = 0x0049,
    TRANSPORT_HEADERS = 0x007D,
    RETURN_ADDRESS = 0x0C1F,
    SUPPLEMENTARY_INFO = 0x0C1B, /* of a recipient: what the server answered */
    DISPLAY_TO = 0x0E04,
    BODY = 0x1000,
    REPORT_TEXT = 0x1001,
    HTML = 0x1013,
    EMAIL_ADDRESS = 0x3003,
    ATTACHED_DATA = 0x3701,
    ATTACHED_SHORT_NAME = 0x3704,
    ATTACHED_NAME = 0x3707,
    ATTACHED_TYPE = 0x370E,
    SMTP_ADDRESS = 0x39FE,
};

enum type { OBJECT = 0x000D, BYTES = 0x001E, UNICODE = 0x001F, BINARY = 0x0102 };

enum {
    MAX_EMBEDDED = 4, /* messages in messages */
    MAX_ATTACHED = 64,
    MAX_TOLD = 256, /* recipients of which a report may say why */
};

struct msg {
    struct wb_compound file;
    struct wb_buf *out;
    struct wb_buf stream; /* a property as it stands */
    struct wb_buf value;  /* the same as UTF-8, or as bytes */
    uint64_t mark;        /* no text has it by chance */
};

/* The stream or storage of a property. */
static uint32_t find(const struct msg *m, uint32_t storage, enum property id, enum type type)
{
    char name[32];
    snprintf(name, sizeof name, "__substg1.0_%04X%04X", (unsigned)id, (unsigned)type);
    return wb_compound_find(&m->file, storage, name, false, WB_COMPOUND_NONE);
}

static uint32_t unit_at(struct wb_slice s, size_t i)
{
    return (unsigned char)s.p[2 * i] | (uint32_t)(unsigned char)s.p[2 * i + 1] << 8;
}

/* UTF-16, low bytes first. Half a character becomes U+FFFD. */
static void put_utf16(struct wb_slice s, struct wb_buf *out)
{
    for (size_t i = 0, n = s.n / 2; i < n; i++) {
        char bytes[4];
        uint32_t rune = unit_at(s, i), low = i + 1 < n ? unit_at(s, i + 1) : 0;
        if (rune >> 10 == 0xD800 >> 10 && low >> 10 == 0xDC00 >> 10) {
            rune = 0x10000 + ((rune & 0x3FF) << 10) + (low & 0x3FF);
            i++;
        }
        if (rune)
            wb_buf_put(out, wb_slice(bytes, wb_utf8_put(rune, bytes)));
    }
}

/* What the property says, until the next one is asked for; empty: there is none. */
static struct wb_slice value_of(struct msg *m, uint32_t storage, enum property id)
{
    static const enum type types[] = {UNICODE, BYTES, BINARY};
    wb_buf_clear(&m->value);
    for (size_t i = 0; i < 3 && !m->value.n; i++) {
        uint32_t entry = find(m, storage, id, types[i]);
        if (entry == WB_COMPOUND_NONE)
            continue;
        wb_buf_clear(&m->stream);
        wb_compound_read(&m->file, entry, types[i] == UNICODE ? &m->stream : &m->value);
        if (types[i] == UNICODE)
            put_utf16(wb_buf_slice(&m->stream), &m->value);
    }
    return wb_buf_slice(&m->value);
}

/* A value in one line. */
static void put_line(struct msg *m, struct wb_slice value)
{
    for (size_t i = 0; i < value.n; i++)
        wb_buf_byte(m->out, value.p[i] == '\r' || value.p[i] == '\n' ? ' ' : value.p[i]);
    wb_buf_byte(m->out, '\n');
}

/* begin: the field's name and what stands before its value. */
static bool put_field(struct msg *m, const char *begin, uint32_t storage, enum property id)
{
    struct wb_slice value = wb_slice_trim(value_of(m, storage, id));
    if (!value.n)
        return false;
    wb_buf_put(m->out, wb_slice_str(begin));
    put_line(m, value);
    return true;
}

/* The header that the message came with, without what it said of parts that are gone. */
static void put_header(struct msg *m, uint32_t storage)
{
    struct wb_slice rest = value_of(m, storage, TRANSPORT_HEADERS), line;
    bool leave_out = false;
    size_t before = m->out->n;
    while (wb_slice_line(&rest, &line) && wb_slice_trim(line).n) {
        if (!wb_is_space(line.p[0]))
            leave_out = wb_slice_startsi(line, WB_S("content-")) ||
                        wb_slice_startsi(line, WB_S("mime-version:"));
        if (!leave_out)
            put_line(m, line);
    }
    if (m->out->n > before)
        return;
    put_field(m, "From: ", storage, RETURN_ADDRESS);
    put_field(m, "To: ", storage, DISPLAY_TO);
    if (!put_field(m, "Subject: ", storage, SUBJECT))
        wb_buf_lit(m->out, "Subject:\n");
}

static void put_boundary(struct msg *m, int depth, const char *behind)
{
    wb_buf_printf(m->out, "\n--=_%016llx-%d%s\n", (unsigned long long)m->mark, depth, behind);
}

static void begin_part(struct msg *m, int depth, struct wb_slice type)
{
    put_boundary(m, depth, "");
    wb_buf_lit(m->out, "Content-Type: ");
    put_line(m, type);
    wb_buf_byte(m->out, '\n');
}

static void put_body(struct msg *m, uint32_t storage, int depth)
{
    static const enum property texts[] = {BODY, REPORT_TEXT};
    for (size_t i = 0; i < 2; i++) {
        struct wb_slice text = value_of(m, storage, texts[i]);
        if (!wb_slice_trim(text).n)
            continue;
        begin_part(m, depth, WB_S("text/plain"));
        wb_buf_put(m->out, text);
        return;
    }
    begin_part(m, depth, WB_S("text/html"));
    wb_buf_put(m->out, value_of(m, storage, HTML));
}

/* Exchange makes a table of the fields of a report: they become fields again (RFC 3464). */
static void put_reports(struct msg *m, int depth)
{
    uint32_t at = WB_COMPOUND_NONE;
    bool any = false;
    for (int i = 0; i < MAX_TOLD; i++) {
        at = wb_compound_find(&m->file, WB_COMPOUND_ROOT, "__recip_version1.0_#", true, at);
        if (at == WB_COMPOUND_NONE)
            return;
        if (find(m, at, SUPPLEMENTARY_INFO, UNICODE) == WB_COMPOUND_NONE &&
            find(m, at, SUPPLEMENTARY_INFO, BYTES) == WB_COMPOUND_NONE)
            continue;
        if (!any)
            begin_part(m, depth, WB_S("message/delivery-status"));
        any = true;
        wb_buf_byte(m->out, '\n');
        if (!put_field(m, "Final-Recipient: rfc822; ", at, SMTP_ADDRESS))
            put_field(m, "Final-Recipient: rfc822; ", at, EMAIL_ADDRESS);
        wb_buf_lit(m->out, "Action: failed\n");
        put_field(m, "Diagnostic-Code: smtp; ", at, SUPPLEMENTARY_INFO);
    }
}

/* The media type; where none is given, that which the file's name tells of. */
static struct wb_slice type_of(struct msg *m, uint32_t attached)
{
    struct wb_slice type = wb_slice_trim(value_of(m, attached, ATTACHED_TYPE));
    if (type.n)
        return type;
    struct wb_slice name = value_of(m, attached, ATTACHED_NAME);
    if (!name.n)
        name = value_of(m, attached, ATTACHED_SHORT_NAME);
    bool text = wb_slice_endsi(name, WB_S(".txt")), mail = wb_slice_endsi(name, WB_S(".eml"));
    return text ? WB_S("text/plain") : mail ? WB_S("message/rfc822") : WB_NONE;
}

static void put_message(struct msg *m, uint32_t storage, int depth);

static void put_attached(struct msg *m, uint32_t attached, int depth)
{
    uint32_t message = find(m, attached, ATTACHED_DATA, OBJECT);
    if (message != WB_COMPOUND_NONE) {
        if (depth == MAX_EMBEDDED)
            return;
        begin_part(m, depth, WB_S("message/rfc822"));
        put_message(m, message, depth + 1);
        return;
    }
    struct wb_slice type = type_of(m, attached);
    if (!wb_slice_startsi(type, WB_S("text/")) && !wb_slice_startsi(type, WB_S("message/")))
        return;
    begin_part(m, depth, type);
    wb_buf_put(m->out, value_of(m, attached, ATTACHED_DATA));
}

static void put_message(struct msg *m, uint32_t storage, int depth)
{
    put_header(m, storage);
    wb_buf_printf(m->out,
                  "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_%016llx-%d\"\n",
                  (unsigned long long)m->mark, depth);
    put_body(m, storage, depth);
    if (depth == 0)
        put_reports(m, depth);
    uint32_t at = WB_COMPOUND_NONE;
    for (int i = 0; i < MAX_ATTACHED; i++) {
        at = wb_compound_find(&m->file, storage, "__attach_version1.0_#", true, at);
        if (at == WB_COMPOUND_NONE)
            break;
        put_attached(m, at, depth);
    }
    if (find(m, storage, ORIGINAL_SUBJECT, UNICODE) != WB_COMPOUND_NONE) {
        begin_part(m, depth, WB_S("text/rfc822-headers"));
        put_field(m, "Subject: ", storage, ORIGINAL_SUBJECT);
    }
    put_boundary(m, depth, "--");
}

bool wb_mail_from_outlook(struct wb_slice file, struct wb_buf *out)
{
    struct msg m = {.out = out};
    if (!wb_compound_open(&m.file, file))
        return false;
    bool is_message = wb_compound_find(&m.file, WB_COMPOUND_ROOT, "__substg1.0_", true,
                                       WB_COMPOUND_NONE) != WB_COMPOUND_NONE;
    m.mark = wb_hash_bytes(file).low;
    if (is_message)
        put_message(&m, WB_COMPOUND_ROOT, 0);
    wb_compound_close(&m.file);
    wb_buf_free(&m.stream);
    wb_buf_free(&m.value);
    return is_message;
}
