/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of Content-Type: RFC 2045 5.1, and RFC 2231 with its continuations and charsets.
 * Tolerated: a quote that is never closed, blanks around "=", a missing semicolon at a line end.
 */
#include "mail_int.h"

#include "reader.h"
#include "utf8.h"

/* Up to white space, ";" or that mark. */
static inline void skip_to(struct wb_reader *r, char mark)
{
    while ((r->p = wb_find_any(r->p, r->end, ';', ';', mark, true)) < r->end && *r->p != ';' &&
           *r->p != mark && !wb_is_space(*r->p))
        r->p++;
}

/* token or quoted-string; quoted pairs are undone only where there are any */
static struct wb_slice value_of(struct wb_mail *mail, struct wb_reader *r)
{
    if (!wb_reader_accept(r, '"')) {
        const char *from = r->p;
        skip_to(r, ';');
        return wb_slice_span(from, r->p);
    }
    const char *from = r->p;
    bool pairs = false;
    for (;;) {
        r->p = wb_find_any(r->p, r->end, '"', '\n', '\\', false);
        if (wb_reader_peek(r, 0) != '\\')
            break;
        pairs = true;
        wb_reader_skip(r, 2);
    }
    struct wb_slice value = wb_slice_rtrim(wb_slice_span(from, r->p));
    wb_reader_accept(r, '"');
    if (!pairs)
        return value;
    struct wb_text text = wb_text_open(mail->arena, value.n);
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] != '\\' || ++i < value.n)
            wb_text_byte(&text, value.p[i]);
    return wb_text_close(&text);
}

static void put_percent_decoded(struct wb_text *text, struct wb_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? wb_hex_digit(s.p[i + 1]) : -1;
        int low = high >= 0 ? wb_hex_digit(s.p[i + 2]) : -1;
        if (low >= 0) {
            wb_text_byte(text, (char)(high << 4 | low));
            i += 2;
        } else {
            wb_text_byte(text, s.p[i]);
        }
    }
}

struct section {
    struct wb_slice value;
    bool encoded;
};

enum { MAX_SECTIONS = 16 };

/* name*N*= pieces put together, percent escapes undone, charset label honoured. */
static struct wb_slice join(struct wb_mail *mail, const struct section *sections, int n)
{
    struct wb_slice label = WB_NONE;
    struct wb_text text = wb_text_open(mail->arena, WB_MAX_HEADER_BYTES);
    for (int i = 0; i < n; i++) {
        struct wb_slice value = sections[i].value;
        if (i == 0 && sections[i].encoded) { /* charset'language'text */
            struct wb_slice rest = value;
            struct wb_slice charset = wb_slice_cut(&rest, '\'');
            wb_slice_cut(&rest, '\'');
            if (rest.n) {
                label = charset;
                value = rest;
            }
        }
        if (sections[i].encoded)
            put_percent_decoded(&text, value);
        else
            wb_text_put(&text, value);
    }
    struct wb_slice joined = wb_text_close(&text);
    return wb_utf8_is_plain(joined) ? joined : wb_mail_utf8(mail, joined, label);
}

/* Passes over a parameter of another name. */
static void skip_param(struct wb_mail *mail, struct wb_reader *r)
{
    for (skip_to(r, '"'); wb_reader_peek(r, 0) == '"'; skip_to(r, '"'))
        value_of(mail, r);
    wb_reader_accept(r, ';');
}

struct wb_slice wb_mail_param(struct wb_mail *mail, struct wb_slice field, struct wb_slice name)
{
    struct section sections[MAX_SECTIONS]; /* of those before count, all are set */
    int count = 0;
    struct wb_reader r = wb_reader(field);
    while (wb_reader_left(&r)) {
        wb_reader_to_word(&r);
        if (!wb_reader_word(&r, name)) {
            skip_param(mail, &r);
            continue;
        }
        int section = 0;
        bool encoded = false;
        if (wb_reader_accept(&r, '*')) {
            encoded = !wb_reader_digits(&r, 2, &section) || wb_reader_accept(&r, '*');
        }
        if (wb_reader_peek(&r, 0) != '=')
            wb_reader_cfws(&r);
        if (!wb_reader_accept(&r, '='))
            continue;
        if (wb_reader_peek(&r, 0) != '"')
            wb_reader_to_word(&r);
        struct wb_slice value = value_of(mail, &r);
        if (section >= MAX_SECTIONS)
            continue;
        while (count <= section)
            sections[count++] = (struct section){WB_NONE, false};
        if (!sections[section].value.n)
            sections[section] = (struct section){value, encoded};
    }
    if (count == 1 && !sections[0].encoded)
        return sections[0].value;
    return count ? join(mail, sections, count) : WB_NONE;
}
