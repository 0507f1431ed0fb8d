/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was copied out of an answer, a ticket or a forum has ">" in front of every line, or blanks:
 *
 *     > > <a@example.org>: host mx.example.org said: 550
 *     > >     5.1.1 User unknown
 *
 * What stands in front of all lines is taken away, layer by layer.
 */
#include "mail_int.h"

enum { MAX_LAYERS = 16 };

/* How many blanks stand in front of every line that is not blank. */
static size_t indentation(struct wb_slice text)
{
    size_t common = SIZE_MAX;
    struct wb_slice line;
    while (common && wb_slice_line(&text, &line)) {
        struct wb_slice rest = wb_slice_ltrim(line);
        if (rest.n && line.n - rest.n < common)
            common = line.n - rest.n;
    }
    return common == SIZE_MAX ? 0 : common;
}

/* Whether every line that is not blank begins with ">". */
static bool is_quoted(struct wb_slice text)
{
    bool any = false;
    struct wb_slice line;
    while (wb_slice_line(&text, &line)) {
        if (!wb_slice_starts(line, WB_S(">")) && wb_slice_trim(line).n)
            return false;
        any |= line.n > 0;
    }
    return any;
}

static struct wb_slice behind_mark(struct wb_slice line, size_t indented, bool quoted)
{
    if (!wb_slice_trim(line).n)
        return WB_NONE;
    line = wb_slice_from(line, indented + quoted);
    return quoted && wb_slice_starts(line, WB_S(" ")) ? wb_slice_from(line, 1) : line;
}

static struct wb_slice without_layer(struct wb_mail *mail, struct wb_slice text, size_t indented,
                                     bool quoted)
{
    struct wb_text out = wb_text_open(mail->arena, text.n + 1);
    struct wb_slice line;
    while (wb_slice_line(&text, &line)) {
        wb_text_put(&out, behind_mark(line, indented, quoted));
        wb_text_byte(&out, '\n');
    }
    return wb_text_close(&out);
}

struct wb_slice wb_mail_unquoted(struct wb_mail *mail, struct wb_slice text)
{
    for (int layer = 0; text.n <= WB_MAX_TEXT_BYTES && layer < MAX_LAYERS; layer++) {
        size_t indented = indentation(text);
        bool quoted = !indented && is_quoted(text);
        if (!indented && !quoted)
            break;
        text = without_layer(mail, text, indented, quoted);
    }
    return text;
}
