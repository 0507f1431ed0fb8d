/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What differs from reply to reply of one kind: numbers, names of hosts, ids of queues and links.
 * Addresses and IPs are marks already when a text is folded.
 */
#include "author.h"
#include "texts.h"

#include "match.h"
#include "reply.h"

static bool in_word(char c)
{
    return wb_is_alnum(c) || c == '_';
}

static bool in_host(char c)
{
    return in_word(c) || c == '-' || c == '.';
}

/* "mx.example.org", "example.org"; not "unknown.please" nor "5.1.1". */
static size_t host_length(struct wb_slice text)
{
    size_t n = 0, dots = 0, last = 0;
    while (n < text.n && in_host(text.p[n]))
        n++;
    while (n && (text.p[n - 1] == '.' || text.p[n - 1] == '-')) /* the end of a sentence */
        n--;
    for (size_t i = 0; i < n; i++)
        if (text.p[i] == '.') {
            dots++;
            last = i + 1;
        }
    for (size_t i = last; i < n; i++)
        if (!wb_is_alpha(text.p[i]))
            return 0;
    size_t label = n - last;
    return dots && label >= 2 && (dots > 1 || label <= 3) ? n : 0;
}

static size_t url_length(struct wb_slice text)
{
    size_t n = 0;
    if (!wb_slice_starts(text, WB_S("http://")) && !wb_slice_starts(text, WB_S("https://")))
        return 0;
    while (n < text.n && text.p[n] != ' ' && !strchr("<>\"'()[]", text.p[n]))
        n++;
    while (n && strchr(".,;:", text.p[n - 1]))
        n--;
    return n;
}

/* "ex12ab34": letters and digits mixed. Letters with a number behind them are two pieces. */
static enum wb_piece word_piece(struct wb_slice word, size_t *n_out)
{
    size_t letters = 0, digits = 0;
    while (letters < word.n && !wb_is_digit(word.p[letters]))
        letters++;
    for (size_t i = 0; i < word.n; i++)
        digits += wb_is_digit(word.p[i]);
    *n_out = word.n;
    if (digits == 0)
        return WB_PIECE_PLAIN;
    if (digits == word.n)
        return WB_PIECE_NUMBER;
    if (letters + digits == word.n && letters && word.n <= 8) {
        *n_out = letters;
        return WB_PIECE_PLAIN;
    }
    return word.n > 8 || (word.n >= 6 && digits >= 2) ? WB_PIECE_ID : WB_PIECE_PLAIN;
}

enum wb_piece wb_next_piece(struct wb_slice text, char before, size_t *n_out)
{
    size_t n = url_length(text);
    *n_out = n;
    if (n)
        return WB_PIECE_URL;
    if (!in_host(before) && (n = host_length(text))) {
        *n_out = n;
        return WB_PIECE_HOST;
    }
    while (n < text.n && in_word(text.p[n]))
        n++;
    if (n)
        return word_piece(wb_slice_head(text, n), n_out);
    *n_out = 1;
    return WB_PIECE_PLAIN;
}

/* Reply code and status code are what a family is about. */
static size_t codes_length(struct wb_slice folded)
{
    size_t i = 0;
    while (i < folded.n && (wb_is_digit(folded.p[i]) || strchr(" .-", folded.p[i])))
        i++;
    return i <= 20 ? i : 0;
}

static void put_mark(struct wb_buf *out, enum wb_piece piece)
{
    static const char *const marks[] = {[WB_PIECE_NUMBER] = "#",
                                        [WB_PIECE_HOST] = "host",
                                        [WB_PIECE_ID] = "*",
                                        [WB_PIECE_URL] = "url"};
    const char *mark = marks[piece];
    bool id = piece == WB_PIECE_NUMBER || piece == WB_PIECE_ID;
    /* "1a2b3c4d5e-6f.77": one id */
    if (id && out->n > 1 && strchr("-_.:/=", out->p[out->n - 1]) &&
        strchr("#*", out->p[out->n - 2]))
        out->n--;
    else if (!id || !out->n || !strchr("#*", out->p[out->n - 1]))
        wb_buf_put(out, wb_slice_str(mark));
}

/* More than codes and marks. */
static bool has_words(struct wb_slice folded)
{
    for (size_t i = 0; i < folded.n; i++)
        if (wb_is_alpha(folded.p[i]) || (folded.p[i] & 0x80))
            return true;
    return false;
}

struct wb_slice wb_innermost(struct wb_slice reply, char *folded, size_t cap)
{
    struct wb_layers layers;
    wb_limit_set limits = 0;
    struct wb_slice words = {folded, 0};
    reply = wb_slice_head(reply, cap);
    wb_reply_layers(reply, &layers, &limits);
    for (int i = layers.n; i-- > 0 && !has_words(words);) {
        words.n = wb_fold(layers.layer[i].text, layers.layer[i].code, folded, cap, NULL);
        words = wb_slice_head(words, wb_slice_find(words, WB_S(" (in reply to ")));
    }
    return wb_slice_trim(words);
}

void wb_family(struct wb_slice reply, struct wb_buf *out)
{
    char folded[WB_MAX_DIAGNOSTIC_BYTES];
    struct wb_slice text = wb_innermost(reply, folded, sizeof folded);
    size_t n = codes_length(text);
    wb_buf_put(out, wb_slice_head(text, n));
    char before = ' ';
    for (text = wb_slice_from(text, n); text.n; text = wb_slice_from(text, n)) {
        enum wb_piece piece = wb_next_piece(text, before, &n);
        if (piece == WB_PIECE_PLAIN)
            wb_buf_put(out, wb_slice_head(text, n));
        else
            put_mark(out, piece);
        before = text.p[n - 1];
    }
}
