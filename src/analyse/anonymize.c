/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message without its people: local parts of addresses, display names, subjects and the text of
 * the returned message are masked; structure, servers and replies stay, so that the verdict stays.
 *
 * The message is copied front to back. Between the bodies of its parts stand header blocks and
 * boundaries; a body is either the report's own text, in which addresses, names and subject are
 * masked, or the returned message's, of which only the shape is kept.
 */
#include "whybounce.h"

#include "address.h"
#include "analyse.h"
#include "utf8.h"

enum { MAX_SECRETS = 64, MAX_ADDRESSES = 256, LEAST_SECRET = 4 };

struct mask {
    struct wb_session *s;
    struct wb_buf *out;
    struct wb_slice addresses[MAX_ADDRESSES]; /* local parts, by their number */
    int address_count;
    struct wb_slice secrets[MAX_SECRETS]; /* names and subjects */
    int secret_count;
};

/* ---- what is to be hidden ---- */

static void add_secret(struct mask *m, struct wb_slice text)
{
    text = wb_slice_trim(text);
    if (text.n >= LEAST_SECRET && m->secret_count < MAX_SECRETS)
        m->secrets[m->secret_count++] = text;
}

/* "Zhang San" <a@example.org>, Li Si <b@example.org>: the names. */
static void add_names(struct mask *m, struct wb_slice value)
{
    size_t open;
    while ((open = wb_slice_chr(value, '<')) < value.n) {
        struct wb_slice name = wb_slice_trim(wb_slice_head(value, open));
        while (name.n && strchr(",;\"", name.p[0]))
            name = wb_slice_ltrim(wb_slice_from(name, 1));
        if (name.n && name.p[name.n - 1] == '"')
            name.n--;
        if (wb_slice_chr(name, '@') == name.n)
            add_secret(m, name);
        value = wb_slice_from(value, open);
        value = wb_slice_from(value, wb_slice_chr(value, '>') + 1);
    }
}

static bool in_returned(const struct wb_mail *mail, uint32_t part)
{
    for (uint32_t i = mail->parts[part].parent; i != WB_NO_PART; i = mail->parts[i].parent)
        if (mail->parts[i].media == WB_MEDIA_RFC822)
            return true;
    return false;
}

/* Where the outermost returned message around a part begins. */
static const char *returned_start(const struct wb_mail *mail, uint32_t part)
{
    const char *start = NULL;
    for (uint32_t i = mail->parts[part].parent; i != WB_NO_PART; i = mail->parts[i].parent)
        if (mail->parts[i].media == WB_MEDIA_RFC822)
            start = mail->parts[i].body.p;
    return start;
}

static void find_secrets(struct mask *m)
{
    struct wb_mail *mail = &m->s->mail;
    const struct wb_original *o = &m->s->extract.original;
    add_secret(m, o->subject); /* it may only be quoted in the report's text */
    add_names(m, o->from);
    add_names(m, o->to);
    if (o->part == WB_NO_PART)
        return;
    const enum wb_header_id people[] = {WB_H_FROM, WB_H_TO, WB_H_CC, WB_H_SENDER, WB_H_REPLY_TO};
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        const struct wb_header *h = wb_mail_header(mail, o->part, people[i]);
        if (h) {
            add_names(m, h->value);
            add_names(m, wb_mail_value(mail, h));
        }
    }
    const struct wb_header *subject = wb_mail_header(mail, o->part, WB_H_SUBJECT);
    if (subject) {
        add_secret(m, subject->value);
        add_secret(m, wb_mail_value(mail, subject));
    }
}

/* ---- masking text ---- */

/* Names of functions, not of people. */
static bool is_role(struct wb_slice local)
{
    static const struct wb_slice roles[] = {
        {"postmaster", 10}, {"mailer-daemon", 13}, {"mail-daemon", 11},
        {"maildaemon", 10}, {"abuse", 5},          {"noreply", 7},
        {"no-reply", 8},    {"root", 4},           {"microsoftexchange", 17}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (wb_slice_startsi(local, roles[i]))
            return true;
    return false;
}

static void put_local(struct mask *m, struct wb_slice local)
{
    int i = 0;
    while (i < m->address_count && !wb_slice_eqi(m->addresses[i], local))
        i++;
    if (i == m->address_count && i < MAX_ADDRESSES)
        m->addresses[m->address_count++] = local;
    wb_buf_printf(m->out, "user%d", i + 1);
}

/* "choir-owner", "choir-return-7-": the word by which mailing lists name their own addresses. */
static struct wb_slice list_word(struct wb_slice local)
{
    static const char *const words[] = {"owner", "bounces", "bounce", "request",
                                        "help",  "return",  "admin",  "confirm"};
    for (size_t i = 1; i < local.n; i++) {
        if (local.p[i - 1] != '-' && local.p[i - 1] != '+')
            continue;
        struct wb_slice at = wb_slice_from(local, i);
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            struct wb_slice word = wb_slice_str(words[w]);
            if (wb_slice_startsi(at, word) && (at.n == word.n || strchr("-+=", at.p[word.n])))
                return wb_slice_head(at, word.n);
        }
    }
    return WB_NONE;
}

/*
 * The local part of an address; one that carries a recipient (VERP) goes on carrying one, and the
 * word of a mailing list stays: reports are known by it.
 */
static void put_name(struct mask *m, struct wb_slice local)
{
    struct wb_slice address = wb_slice(local.p, local.n + 2); /* the at-sign and a letter */
    struct wb_slice carried = wb_address_verp(&m->s->arena, address, WB_NONE);
    struct wb_slice word = list_word(local);
    if (word.n > 0 && word.p > local.p + 1) {
        put_local(m, wb_slice_span(local.p, word.p - 1));
        wb_buf_put(m->out, wb_slice_span(word.p - 1, wb_slice_end(word)));
    } else {
        put_local(m, local);
    }
    if (!carried.n)
        return;
    wb_buf_byte(m->out, '+');
    put_local(m, wb_address_local(carried));
    wb_buf_byte(m->out, '=');
    wb_buf_put(m->out, wb_address_domain(carried));
}

static bool in_local(char c)
{
    return wb_is_alnum(c) || (c & 0x80) || (c && strchr(".!#$%&'*+-/=?^_`{|}~", c));
}

/* Exim writes bytes beyond ASCII as "\347": true when what follows a backslash is one. */
static bool is_octal(struct wb_slice s)
{
    return s.n >= 3 && s.p[0] >= '0' && s.p[0] <= '3' && s.p[1] >= '0' && s.p[1] <= '7' &&
           s.p[2] >= '0' && s.p[2] <= '7';
}

/* How many bytes at the end are a local part in quotation marks. */
static size_t quoted_length(const struct wb_buf *out, size_t from)
{
    size_t n = 2;
    for (; n < 66 && n < out->n - from && out->p[out->n - n] != '"'; n++)
        if (out->p[out->n - n] == '\n')
            return 0;
    return out->p[out->n - n] == '"' ? n : 0;
}

/* How many bytes stand in front of and up to the last of those marks. */
static size_t behind_last(struct wb_slice s, const char *marks)
{
    size_t n = s.n;
    while (n > 0 && !strchr(marks, s.p[n - 1]))
        n--;
    return n;
}

/* How many bytes at the end of what was written are the local part of an address. */
static size_t local_length(const struct wb_buf *out, size_t from)
{
    size_t n = 0;
    bool escaped = false;
    if (out->n > from + 2 && out->p[out->n - 1] == '"')
        return quoted_length(out, from);
    for (; out->n - n > from; n++) {
        const char *p = out->p + out->n - n;
        bool escape = p[-1] == '\\' && is_octal(wb_slice(p, n));
        escaped |= escape;
        if (!escape && !in_local(p[-1]))
            break;
    }
    if (escaped)
        return n;
    struct wb_slice run = wb_slice(out->p + out->n - n, n);
    if (wb_slice_find(run, WB_S("//")) < n) /* of a link only the address is one */
        return n - behind_last(run, "/?=&");
    /* "收件人：li@": where the address begins; of what cannot be told apart all is masked */
    if (wb_utf8_valid(wb_slice(out->p + out->n - n, n)) == n) {
        size_t told =
            wb_address_local_length(wb_slice(out->p + from, out->n - from), out->n - from);
        if (told > 0 && told < n)
            return told;
    }
    return n;
}

/* Length of the at-sign of an address that stands here, also as HTML writes it; 0: none. */
static size_t at_sign(struct wb_slice text)
{
    static const struct wb_slice signs[] = {{"@", 1}, {"&#64;", 5}, {"&#x40;", 6}, {"&commat;", 8}};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (wb_slice_startsi(text, signs[i]) && text.n > signs[i].n &&
            wb_is_alnum(text.p[signs[i].n]))
            return signs[i].n;
    return 0;
}

static bool in_name(char c)
{
    return wb_is_alnum(c) || c == '@' || c == '-' || c == '_';
}

/* Inside an address or the name of a host a word of the subject is no secret of its own. */
static bool inside_name(struct wb_slice text, size_t at, size_t n)
{
    bool before = at > 0 && (in_name(text.p[at - 1]) || text.p[at - 1] == '.');
    struct wb_slice behind = wb_slice_from(text, at + n);
    bool after = behind.n && (in_name(behind.p[0]) ||
                              (behind.n > 1 && behind.p[0] == '.' && wb_is_alnum(behind.p[1])));
    return (before && wb_is_alnum(text.p[at])) || (after && wb_is_alnum(text.p[at + n - 1]));
}

/* Length of the secret that stands there; 0: none. */
static size_t secret_at(const struct mask *m, struct wb_slice text, size_t at)
{
    for (int i = 0; i < m->secret_count; i++)
        if (wb_slice_starts(wb_slice_from(text, at), m->secrets[i]) &&
            !inside_name(text, at, m->secrets[i].n))
            return m->secrets[i].n;
    return 0;
}

/* Length of a recipient's name that stands there without a domain, as some servers write it. */
static size_t lone_name_at(const struct mask *m, struct wb_slice text, size_t at)
{
    const struct wb_extract *ex = &m->s->extract;
    if (at > 0 && in_name(text.p[at - 1]))
        return 0;
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        const struct wb_evidence *r = &ex->recipients[i];
        if (!(r->named & WB_NAMED_ALONE) || !r->address.n ||
            wb_lower(r->address.p[0]) != wb_lower(text.p[at]))
            continue;
        struct wb_slice local = wb_address_local(r->address);
        if (local.n && wb_slice_startsi(wb_slice_from(text, at), local) &&
            !inside_name(text, at, local.n))
            return local.n;
    }
    return 0;
}

/* Length of a run of two-byte characters of ISO-2022 (RFC 1468), in which "@" is no sign. */
static size_t two_byte_run(struct wb_slice text)
{
    if (!wb_slice_starts(text, WB_S("\033$")))
        return 0;
    size_t end = wb_slice_find(text, WB_S("\033("));
    return end < text.n ? end + 2 : 0;
}

/* A copy with addresses, names and subjects masked. */
static void put_masked(struct mask *m, struct wb_slice text)
{
    size_t from = m->out->n;
    for (size_t i = 0; i < text.n;) {
        size_t secret = secret_at(m, text, i);
        if (secret) {
            wb_buf_lit(m->out, "[masked]");
            i += secret;
            continue;
        }
        size_t alone = lone_name_at(m, text, i);
        if (alone) {
            put_local(m, wb_slice(text.p + i, alone));
            i += alone;
            continue;
        }
        size_t run = two_byte_run(wb_slice_from(text, i));
        if (run) {
            wb_buf_put(m->out, wb_slice(text.p + i, run));
            i += run;
            continue;
        }
        size_t sign = at_sign(wb_slice_from(text, i));
        size_t local = sign ? local_length(m->out, from) : 0;
        if (local) {
            struct wb_slice name = wb_slice(text.p + i - local, local);
            bool same = i >= local && memcmp(name.p, m->out->p + m->out->n - local, local) == 0;
            if (same && !is_role(name)) {
                /* "SMTP=li@": the type of an address inside one of another mail system */
                size_t type = wb_slice_startsi(name, WB_S("smtp=")) ? 5 : 0;
                m->out->n -= local - type;
                put_name(m, wb_slice_from(name, type));
            }
        }
        wb_buf_byte(m->out, text.p[i++]);
    }
}

/* Only the shape: every letter and digit is an x, other bytes too, line ends stay. */
static void put_shape(struct mask *m, struct wb_slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool plain = c == '\n' || c == '\r' || c == ' ' || c == '\t';
        wb_buf_byte(m->out, plain ? c : 'x');
    }
}

/* ---- header blocks ---- */

static bool field_is(struct wb_slice line, const char *name)
{
    struct wb_slice n = wb_slice_str(name);
    return wb_slice_startsi(line, n) && line.n > n.n && line.p[n.n] == ':';
}

static bool names_people(struct wb_slice line)
{
    return field_is(line, "from") || field_is(line, "to") || field_is(line, "cc") ||
           field_is(line, "sender") || field_is(line, "reply-to");
}

/* Length of the parameter's value at the front: a quoted string, or up to the next parameter. */
static size_t value_length(struct wb_slice text)
{
    size_t n = 0;
    if (text.n && text.p[0] == '"') {
        for (n = 1; n < text.n && text.p[n] != '"'; n++)
            n += text.p[n] == '\\';
        return n < text.n ? n + 1 : text.n;
    }
    while (n < text.n && text.p[n] != ';' && !wb_is_space(text.p[n]))
        n++;
    return n;
}

/* Content-Type and Content-Disposition (RFC 2045, 2183, 2231) without the names of files. */
static void put_without_names(struct mask *m, struct wb_slice field)
{
    while (field.n) {
        size_t at = wb_slice_findi(field, WB_S("name")), behind = at + 4;
        while (behind < field.n && (field.p[behind] == '*' || wb_is_digit(field.p[behind])))
            behind++;
        bool own = at > 0 && behind < field.n && field.p[behind] == '=' &&
                   (wb_is_space(field.p[at - 1]) || strchr(";eE", field.p[at - 1]));
        wb_buf_put(m->out, wb_slice_head(field, behind + own));
        field = wb_slice_from(field, behind + own);
        if (!own)
            continue;
        wb_buf_lit(m->out, "masked");
        field = wb_slice_from(field, value_length(field));
    }
}

/* The addresses of a list, without the names that stand with them. */
static void put_addresses(struct mask *m, struct wb_slice list)
{
    struct wb_slice address;
    for (bool first = true; (address = wb_address_find(list)).n; first = false) {
        wb_buf_put(m->out, first ? WB_S(" ") : WB_S(", "));
        put_masked(m, address);
        list = wb_slice_span(wb_slice_end(address), wb_slice_end(list));
    }
}

/* One field with its continuation lines. */
static void put_field(struct mask *m, struct wb_slice field, bool returned)
{
    size_t colon = wb_slice_chr(field, ':');
    struct wb_slice tail = wb_slice_from(field, wb_slice_rtrim(field).n);
    if (returned && (field_is(field, "subject") || field_is(field, "thread-topic") ||
                     field_is(field, "keywords") || field_is(field, "comments") ||
                     field_is(field, "content-description"))) {
        wb_buf_put(m->out, wb_slice_head(field, colon + 1));
        wb_buf_lit(m->out, " [masked]");
        wb_buf_put(m->out, tail);
        return;
    }
    if (returned && (field_is(field, "content-type") || field_is(field, "content-disposition"))) {
        put_without_names(m, field);
        return;
    }
    if (returned && names_people(field)) {
        wb_buf_put(m->out, wb_slice_head(field, colon + 1));
        put_addresses(m, wb_slice_from(field, colon + 1));
        wb_buf_put(m->out, tail);
        return;
    }
    put_masked(m, field);
}

/* A field with the lines that continue it, off the front of the text. */
static struct wb_slice take_field(struct wb_slice *rest)
{
    const char *start = rest->p;
    struct wb_slice line;
    do
        if (!wb_slice_line(rest, &line))
            break;
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'));
    return wb_slice_span(start, rest->p);
}

static void put_header_block(struct mask *m, struct wb_slice text, bool returned)
{
    while (text.n)
        put_field(m, take_field(&text), returned);
}

/* The same, its transfer encoding replaced: the body follows decoded. */
static void put_header_decoded(struct mask *m, struct wb_slice text)
{
    while (text.n) {
        struct wb_slice field = take_field(&text);
        if (field_is(field, "content-transfer-encoding")) {
            wb_buf_lit(m->out, "Content-Transfer-Encoding: 8bit");
            wb_buf_put(m->out, wb_slice_from(field, wb_slice_rtrim(field).n));
        } else {
            put_field(m, field, false);
        }
    }
}

/* ---- bodies ---- */

/* A returned message that stands there as text: header, blank line, body. */
static void put_message(struct mask *m, struct wb_slice text)
{
    struct wb_slice rest = text;
    while (rest.n && rest.p[0] != '\n' && rest.p[0] != '\r') /* LF, CRLF or a bare CR */
        take_field(&rest);
    put_header_block(m, wb_slice_span(text.p, rest.p), true);
    put_shape(m, rest);
}

/* The report's own words, and behind them the returned message if it is quoted there. */
static void put_prose(struct mask *m, struct wb_slice text)
{
    struct wb_slice returned = m->s->extract.prose_rest;
    bool inside = returned.n && returned.p >= text.p && returned.p < wb_slice_end(text);
    size_t at = inside ? (size_t)(returned.p - text.p) : text.n;
    put_masked(m, wb_slice_head(text, at));
    struct wb_slice rest = wb_slice_from(text, at);
    for (; rest.n && (rest.p[0] == '\n' || rest.p[0] == '\r'); rest = wb_slice_from(rest, 1))
        wb_buf_byte(m->out, rest.p[0]);
    put_message(m, rest);
}

/* What a part holds, whatever it says. */
static enum wb_media media_of(const struct mask *m, uint32_t index)
{
    return index == m->s->extract.fields_part ? WB_MEDIA_DELIVERY_STATUS
                                              : m->s->mail.parts[index].media;
}

static void put_body(struct mask *m, uint32_t index)
{
    struct wb_mail *mail = &m->s->mail;
    const struct wb_part *part = &mail->parts[index];
    bool returned = in_returned(mail, index);
    switch (media_of(m, index)) {
    case WB_MEDIA_RFC822_HEADERS:
    case WB_MEDIA_RFC822: put_message(m, wb_mail_bytes(mail, index)); break;
    case WB_MEDIA_DELIVERY_STATUS:
    case WB_MEDIA_DISPOSITION:
    case WB_MEDIA_FEEDBACK:
        if (returned)
            put_shape(m, part->body);
        else
            put_masked(m, wb_mail_bytes(mail, index));
        break;
    case WB_MEDIA_TEXT_PLAIN:
    case WB_MEDIA_TEXT_HTML:
    case WB_MEDIA_MULTIPART: /* without a boundary in it: it is read as text */
        if (returned)
            put_shape(m, part->body);
        else
            put_prose(m, wb_mail_bytes(mail, index));
        break;
    default: put_shape(m, part->body); break;
    }
}

static bool is_container(const struct wb_mail *mail, uint32_t index)
{
    for (uint32_t i = index + 1; i < mail->part_count; i++)
        if (mail->parts[i].parent == index && !mail->parts[i].decoded)
            return true;
    return false;
}

/* What stands before a body: boundaries, and the header blocks of it and of what holds it. */
static void put_before(struct mask *m, struct wb_slice text, uint32_t index)
{
    const struct wb_part *part = &m->s->mail.parts[index];
    bool returned = in_returned(&m->s->mail, index);
    if (!returned && part->encoding != WB_ENC_IDENTITY && media_of(m, index) != WB_MEDIA_OTHER) {
        put_header_decoded(m, text);
        return;
    }
    /* the returned message may be the first part of all: then the report's header stands here */
    const char *start = returned_start(&m->s->mail, index);
    bool both = start && start > text.p && start < wb_slice_end(text);
    put_header_block(m, both ? wb_slice_span(text.p, start) : WB_NONE, false);
    put_header_block(m, both ? wb_slice_span(start, wb_slice_end(text)) : text, returned);
}

/* Decoded text has LF; among lines that end in a bare CR it has to have CR. */
static void unify_line_ends(struct wb_slice raw, struct wb_buf *out)
{
    if (wb_slice_chr(raw, '\n') < raw.n || wb_slice_chr(raw, '\r') == raw.n)
        return;
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] == '\n')
            out->p[i] = '\r';
}

struct wb_string wb_mail_anonymize(struct wb_session *session, const void *bytes, size_t length)
{
    struct wb_session *s = session;
    wb_analyse_mail(s, bytes, length);
    struct mask m = {.s = s, .out = &s->out};
    const struct wb_mail *mail = &s->mail;
    const char *at = mail->raw.p;
    wb_buf_clear(&s->out);
    find_secrets(&m);
    for (uint32_t i = 0; i < mail->part_count; i++) {
        const struct wb_part *part = &mail->parts[i];
        bool inside = part->body.p >= at && part->body.p <= wb_slice_end(mail->raw);
        if (part->decoded || !inside)
            continue;
        if (is_container(mail, i)) {
            put_header_block(&m, wb_slice_span(at, part->body.p), in_returned(mail, i));
            at = part->body.p;
            continue;
        }
        put_before(&m, wb_slice_span(at, part->body.p), i);
        put_body(&m, i);
        at = wb_slice_end(part->body);
    }
    put_header_block(&m, wb_slice_span(at, wb_slice_end(mail->raw)), false);
    unify_line_ends(mail->raw, &s->out);
    return (struct wb_string){s->out.n ? s->out.p : "", s->out.n};
}
