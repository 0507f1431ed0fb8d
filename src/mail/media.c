/* SPDX-License-Identifier: BSD-2-Clause */
/* What a part says it is: RFC 2045 5 and 6, as far as this program needs to tell parts apart. */
#include "mail_int.h"

#include "reader.h"

#define ROW(type, media)                                                                           \
    {                                                                                              \
        {type, sizeof(type) - 1}, media                                                            \
    }
static const struct {
    struct wb_slice type;
    enum wb_media media;
} table[] = {
    ROW("text/plain", WB_MEDIA_TEXT_PLAIN),
    ROW("text/html", WB_MEDIA_TEXT_HTML),
    ROW("text/rfc822-headers", WB_MEDIA_RFC822_HEADERS),
    ROW("message/global-headers", WB_MEDIA_RFC822_HEADERS),
    ROW("message/partial", WB_MEDIA_RFC822_HEADERS), /* a cut-off message in some reports */
    ROW("text/rfc822", WB_MEDIA_RFC822_HEADERS),
    ROW("message/rfc822-headers", WB_MEDIA_RFC822_HEADERS),
    ROW("text/headers", WB_MEDIA_RFC822_HEADERS),
    ROW("message/rfc822", WB_MEDIA_RFC822),
    ROW("message/global", WB_MEDIA_RFC822),
    ROW("message/delivery-status", WB_MEDIA_DELIVERY_STATUS),
    ROW("message/global-delivery-status", WB_MEDIA_DELIVERY_STATUS),
    ROW("message/disposition-notification", WB_MEDIA_DISPOSITION),
    ROW("message/global-disposition-notification", WB_MEDIA_DISPOSITION),
    ROW("message/feedback-report", WB_MEDIA_FEEDBACK),
};
#undef ROW

static enum wb_media media_of(struct wb_slice type)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (type.n == table[i].type.n && wb_slice_endsi(type, table[i].type))
            return table[i].media; /* they differ more at their ends */
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
