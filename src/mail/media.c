/* SPDX-License-Identifier: BSD-2-Clause */
/* What a part says it is: RFC 2045 5 and 6, as far as this program needs to tell parts apart. */
#include "mail_int.h"

#include "reader.h"

enum { TELLING = 8 }; /* which byte is looked at; all are longer */

/*
 * Each has a place of its own, by that byte and its length: the compiler complains of two in one
 * place.
 */
#define SLOT(c, n)        ((((unsigned)(c) | 32) * 12 + (unsigned)(n)) & 31)
#define TYPE(c, text, id) [SLOT(c, sizeof(text) - 1)] = {{text, sizeof(text) - 1}, WB_MEDIA_##id}
static const struct {
    struct wb_slice type;
    enum wb_media media;
} table[32] = {
    TYPE('i', "text/plain", TEXT_PLAIN),
    TYPE('l', "text/html", TEXT_HTML),
    TYPE('8', "text/rfc822-headers", RFC822_HEADERS),
    TYPE('g', "message/global-headers", RFC822_HEADERS),
    TYPE('p', "message/partial", RFC822_HEADERS), /* a cut-off message in some reports */
    TYPE('8', "text/rfc822", RFC822_HEADERS),
    TYPE('r', "message/rfc822-headers", RFC822_HEADERS),
    TYPE('d', "text/headers", RFC822_HEADERS),
    TYPE('r', "message/rfc822", RFC822),
    TYPE('g', "message/global", RFC822),
    TYPE('d', "message/delivery-status", DELIVERY_STATUS),
    TYPE('g', "message/global-delivery-status", DELIVERY_STATUS),
    TYPE('d', "message/disposition-notification", DISPOSITION),
    TYPE('g', "message/global-disposition-notification", DISPOSITION),
    TYPE('f', "message/feedback-report", FEEDBACK),
};

static enum wb_media media_of(struct wb_slice type)
{
    if (!type.n) /* RFC 2045 5.2, as of most messages that come back */
        return WB_MEDIA_TEXT_PLAIN;
    if (type.n > TELLING) {
        unsigned slot = SLOT((unsigned char)type.p[TELLING], type.n);
        if (wb_slice_eqi(type, table[slot].type))
            return table[slot].media;
    }
    if (wb_slice_startsi(type, WB_S("multipart/")))
        return WB_MEDIA_MULTIPART;
    size_t slash = wb_slice_chr(type, '/');
    bool valid = slash > 0 && slash + 1 < type.n;
    if (!valid || wb_slice_startsi(type, WB_S("text"))) /* RFC 2045 5.2 */
        return WB_MEDIA_TEXT_PLAIN;
    return WB_MEDIA_OTHER;
}

/* "type/subtype" at the front of a Content-Type field. */
static struct wb_slice type_of(struct wb_slice field)
{
    struct wb_reader r = wb_reader(field);
    wb_reader_to_word(&r);
    const char *from = r.p;
    while ((r.p = wb_find_any(r.p, r.end, ';', '(', '"', true)) < r.end && *r.p != ';' &&
           *r.p != '(' && *r.p != '"' && !wb_is_space(*r.p))
        r.p++;
    return wb_slice_span(from, r.p);
}

static enum wb_encoding encoding_of(struct wb_slice field)
{
    struct wb_reader r = wb_reader(field);
    wb_reader_to_word(&r);
    wb_reader_accept(&r, '"');
    if (wb_is_digit(wb_reader_peek(&r, 0))) /* 7bit, 8bit: most of them */
        return WB_ENC_IDENTITY;
    if (wb_reader_word(&r, WB_S("base64")))
        return WB_ENC_BASE64;
    if (wb_reader_word(&r, WB_S("quoted-printable")))
        return WB_ENC_QUOTED_PRINTABLE;
    if (wb_reader_word(&r, WB_S("x-uu")) || wb_reader_word(&r, WB_S("uuencode")))
        return WB_ENC_UUENCODE;
    return WB_ENC_IDENTITY;
}

void wb_media_of(struct wb_mail *mail, struct wb_part *part)
{
    const struct wb_header *end = mail->headers + part->first_header + part->headers, *h;
    if (part->first[WB_H_CONTENT_TYPE]) /* the first that is not empty */
        for (h = mail->headers + part->first[WB_H_CONTENT_TYPE] - 1; h < end; h++)
            if (h->id == WB_H_CONTENT_TYPE && (part->content_type = h->value).n)
                break;
    if (part->first[WB_H_CONTENT_TRANSFER_ENCODING]) /* the last one */
        for (h = mail->headers + part->first[WB_H_CONTENT_TRANSFER_ENCODING] - 1; h < end; h++)
            if (h->id == WB_H_CONTENT_TRANSFER_ENCODING)
                part->encoding = encoding_of(h->value);
    part->type = type_of(part->content_type);
    part->media = media_of(part->type);
    if (part->media == WB_MEDIA_MULTIPART)
        part->encoding = WB_ENC_IDENTITY; /* RFC 2045 6.4: no other is permitted */
}
