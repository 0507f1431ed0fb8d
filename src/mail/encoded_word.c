/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encoded words (RFC 2047): =?charset?B?...?= and =?charset?Q?...?=. Programs split them inside
 * a character, which section 5 forbids; so neighbours with the same charset are decoded to bytes
 * first, put together, and only then converted.
 */
#include "mail_int.h"

#include "reader.h"

struct word {
    struct wb_slice charset;
    struct wb_slice text;
    char encoding; /* 'b' or 'q' */
};

/* Reads "=?charset?x?text?=" here; false and no move when there is none. */
static bool take_word(struct wb_reader *r, struct word *word_out)
{
    struct wb_reader at = *r;
    if (!wb_reader_accept(&at, '=') || !wb_reader_accept(&at, '?'))
        return false;
    struct wb_slice charset = wb_reader_until(&at, '?');
    wb_reader_accept(&at, '?');
    char encoding = wb_lower(wb_reader_take(&at));
    if (charset.n == 0 || charset.n > 40 || (encoding != 'b' && encoding != 'q') ||
        !wb_reader_accept(&at, '?'))
        return false;
    struct wb_slice rest = wb_reader_rest(&at);
    size_t n = wb_slice_find(rest, WB_S("?="));
    if (n >= rest.n)
        return false;
    wb_reader_skip(&at, n + 2);
    *r = at;
    charset = wb_slice_head(charset, wb_slice_chr(charset, '*')); /* RFC 2231 5: a language */
    *word_out = (struct word){charset, wb_slice_head(rest, n), encoding};
    return true;
}

static void put_q(struct wb_text *bytes, struct wb_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '=' && i + 2 < s.n ? wb_hex_digit(s.p[i + 1]) : -1;
        int low = high >= 0 ? wb_hex_digit(s.p[i + 2]) : -1;
        if (low >= 0) {
            wb_text_byte(bytes, (char)(high << 4 | low));
            i += 2;
        } else {
            wb_text_byte(bytes, s.p[i] == '_' ? ' ' : s.p[i]);
        }
    }
}

static struct wb_slice word_bytes(struct wb_mail *mail, const struct word *word)
{
    if (word->encoding == 'b')
        return wb_decode_base64(mail->arena, word->text, word->text.n);
    struct wb_text bytes = wb_text_open(mail->arena, word->text.n);
    put_q(&bytes, word->text);
    return wb_text_close(&bytes);
}

/* White space between two encoded words does not count (RFC 2047 6.2). */
static bool word_follows(struct wb_reader *r, struct wb_slice charset, struct word *word_out)
{
    struct wb_reader at = *r;
    wb_reader_space(&at);
    if (!take_word(&at, word_out) || !wb_slice_eqi(word_out->charset, charset))
        return false;
    *r = at;
    return true;
}

/* Decodes a run of words; their bytes lie one behind the other in the arena. */
static struct wb_slice decode_run(struct wb_mail *mail, struct wb_reader *r, struct word word)
{
    struct wb_slice bytes = word_bytes(mail, &word);
    struct wb_slice charset = word.charset;
    while (word_follows(r, charset, &word))
        bytes.n += word_bytes(mail, &word).n;
    return wb_mail_utf8(mail, bytes, charset);
}

/* The most pieces that a value can fall into: each word, and what stands around it. */
static size_t most_pieces(struct wb_slice value)
{
    size_t n = 1;
    for (size_t at; (at = wb_slice_find(value, WB_S("=?"))) < value.n; n += 2)
        value = wb_slice_from(value, at + 2);
    return n;
}

enum { FEW_PIECES = 64 };

/*
 * Behind the last "?=" no word can end. Without this, each of ten thousand words that never end
 * would be followed to the end of the field.
 */
static const char *last_end(struct wb_slice value)
{
    const char *p = wb_slice_end(value);
    while (p - value.p >= 2 && !(p[-2] == '?' && p[-1] == '='))
        p--;
    return p;
}

struct wb_slice wb_encoded_words(struct wb_mail *mail, struct wb_slice value)
{
    struct wb_slice few[FEW_PIECES], *pieces = few;
    size_t most = most_pieces(value), count = 0;
    if (most > FEW_PIECES)
        pieces = wb_arena_alloc(mail->arena, most * sizeof *pieces);
    if (!pieces)
        return value;
    struct wb_reader r = wb_reader(value);
    const char *plain_from = r.p, *last = last_end(value);
    while (r.p < last) {
        const char *here = r.p;
        struct word word;
        if (!take_word(&r, &word)) {
            r.p++;
            continue;
        }
        struct wb_slice plain = wb_slice_span(plain_from, here);
        if (plain.n && !(count > 0 && wb_slice_trim(plain).n == 0))
            pieces[count++] = plain;
        pieces[count++] = decode_run(mail, &r, word);
        plain_from = r.p;
    }
    if (count == 0)
        return value;
    pieces[count++] = wb_slice_span(plain_from, wb_slice_end(value));
    struct wb_text text = wb_text_open(mail->arena, WB_MAX_HEADER_BYTES);
    for (size_t i = 0; i < count; i++)
        wb_text_put(&text, pieces[i]);
    return wb_text_close(&text);
}
