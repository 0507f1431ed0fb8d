/* SPDX-License-Identifier: BSD-2-Clause */
/* A part's content as text, and the escapes that servers put into their reports. */
#include "mail_int.h"

#include "reader.h"
#include "utf8.h"

static size_t decoded_limit(const struct wb_part *part)
{
    if (part->media == WB_MEDIA_TEXT_PLAIN || part->media == WB_MEDIA_TEXT_HTML)
        return WB_MAX_TEXT_BYTES;
    return part->media == WB_MEDIA_RFC822 ? SIZE_MAX : WB_MAX_STATUS_BYTES;
}

struct wb_slice wb_mail_bytes(struct wb_mail *mail, uint32_t part)
{
    const struct wb_part *p = &mail->parts[part];
    size_t max = decoded_limit(p);
    switch (p->encoding) {
    case WB_ENC_BASE64: return wb_decode_base64(mail->arena, p->body, max);
    case WB_ENC_QUOTED_PRINTABLE: return wb_decode_quoted(mail->arena, p->body, max);
    case WB_ENC_UUENCODE: return wb_decode_uu(mail->arena, p->body, max);
    case WB_ENC_IDENTITY: break;
    }
    return wb_slice_head(p->body, max);
}

/* Old mails end their lines in bare CRs; the rest of the program only knows LF and CR LF. */
static struct wb_slice with_line_feeds(struct wb_mail *mail, struct wb_slice text)
{
    if (wb_line_end_of(text) == '\n')
        return text;
    if (wb_slice_starts(text, WB_S("\xFF\xFE")) || wb_slice_starts(text, WB_S("\xFE\xFF")))
        return text; /* UTF-16: the byte is half a character */
    struct wb_text out = wb_text_open(mail->arena, text.n);
    while (text.n && !out.cut) {
        size_t n = wb_slice_chr(text, '\r');
        wb_text_put(&out, wb_slice_head(text, n));
        if (n < text.n)
            wb_text_byte(&out, '\n');
        text = wb_slice_from(text, n + 1);
    }
    return wb_text_close(&out);
}

struct wb_slice wb_mail_text(struct wb_mail *mail, uint32_t part)
{
    const struct wb_part *p = &mail->parts[part];
    struct wb_slice bytes = with_line_feeds(mail, wb_mail_bytes(mail, part));
    if (bytes.n == WB_MAX_TEXT_BYTES)
        wb_limit_hit(mail->limits, WB_LIMIT_TEXT_BYTES);
    struct wb_slice label = WB_NONE;
    if (p->content_type.n)
        label = wb_mail_param(mail, p->content_type, WB_S("charset"));
    struct wb_slice text = wb_mail_utf8(mail, bytes, label);
    return p->media == WB_MEDIA_TEXT_HTML ? wb_html_text(mail->arena, text) : text;
}

/* The byte that \345 means, or -1. Only bytes above ASCII are written so. */
static int octal_byte(struct wb_slice at)
{
    if (at.n < 4 || at.p[0] != '\\' || at.p[1] < '2' || at.p[1] > '3')
        return -1;
    for (int i = 2; i < 4; i++)
        if (at.p[i] < '0' || at.p[i] > '7')
            return -1;
    return (at.p[1] - '0') << 6 | (at.p[2] - '0') << 3 | (at.p[3] - '0');
}

/* The character that "\\u4E2D" means in JSON (RFC 8259 7), behind its backslash; 0: it is none. */
static uint32_t json_rune(struct wb_reader *r)
{
    uint32_t rune = 0;
    if (wb_reader_peek(r, 0) != 'u')
        return 0;
    for (size_t i = 1; i <= 4; i++) {
        int digit = wb_hex_digit(wb_reader_peek(r, i));
        if (digit < 0)
            return 0;
        rune = rune << 4 | (uint32_t)digit;
    }
    wb_reader_skip(r, 5);
    return rune;
}

static bool is_half(uint32_t rune, uint32_t first)
{
    return rune >= first && rune < first + 0x400;
}

/* The same with the other half of what lies beyond the first plane. */
static uint32_t json_character(struct wb_reader *r)
{
    uint32_t high = json_rune(r);
    struct wb_reader at = *r;
    uint32_t low = is_half(high, 0xD800) && wb_reader_accept(&at, '\\') ? json_rune(&at) : 0;
    if (!is_half(low, 0xDC00))
        return high;
    *r = at;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* Takes an escape that stands here and writes what it means. */
static bool take_escape(struct wb_reader *r, struct wb_text *out)
{
    struct wb_reader at = *r;
    uint32_t rune = 0;
    int byte = octal_byte(wb_reader_rest(r));
    if (byte >= 0) {
        wb_text_byte(out, (char)byte);
        wb_reader_skip(r, 4);
        return true;
    }
    if (wb_reader_accept(&at, '\\'))
        rune = json_character(&at);
    else if (wb_reader_accept(&at, '&') && (rune = wb_html_reference(&at)) && at.p[-1] != ';')
        rune = 0;
    if (!rune)
        return false;
    wb_text_rune(out, rune < ' ' ? ' ' : rune);
    *r = at;
    return true;
}

struct wb_slice wb_mail_unescape(struct wb_mail *mail, struct wb_slice text)
{
    const char *end = wb_slice_end(text);
    if (wb_find_any(text.p, end, '\\', '&', '&', false) == end)
        return text;
    struct wb_reader r = wb_reader(text);
    struct wb_text out = wb_text_open(mail->arena, text.n);
    bool any = false;
    while (wb_reader_left(&r)) {
        bool may = *r.p == '\\' || *r.p == '&';
        if (may && take_escape(&r, &out))
            any = true;
        else
            wb_text_byte(&out, wb_reader_take(&r));
    }
    return any ? wb_mail_utf8(mail, wb_text_close(&out), WB_NONE) : text;
}
