/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was copied out of an answer, a ticket or a forum has ">" in front of every line, or blanks:
 *
 *     > > <a@example.org>: host mx.example.org said: 550
 *     > >     5.1.1 User unknown
 *
 * What stands in front of all lines is taken away, layer by layer, in one copy of the text.
 */
#include "quoted.h"

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

static struct wb_slice behind_mark(struct wb_slice line)
{
    if (!wb_slice_starts(line, WB_S(">")))
        return line;
    line = wb_slice_from(line, 1);
    return wb_slice_from(line, wb_slice_starts(line, WB_S(" ")));
}

/* Takes so many blanks, or else a mark, off each line. to: text.n + 1 bytes, or the text itself. */
static struct wb_slice strip(char *to, struct wb_slice text, size_t indented)
{
    size_t n = 0;
    struct wb_slice line;
    while (wb_slice_line(&text, &line)) {
        line = indented ? wb_slice_from(line, indented) : behind_mark(line);
        if (line.n)
            memmove(to + n, line.p, line.n);
        n += line.n;
        to[n++] = '\n';
    }
    return wb_slice(to, n);
}

struct wb_slice wb_mail_unquoted(struct wb_mail *mail, struct wb_slice text)
{
    char *copy = NULL;
    for (int layer = 0; text.n <= WB_MAX_TEXT_BYTES && layer < MAX_LAYERS; layer++) {
        size_t indented = indentation(text);
        if (!indented && !is_quoted(text))
            break;
        if (!copy)
            copy = wb_arena_alloc(mail->arena, text.n + 1);
        if (!copy)
            break;
        text = strip(copy, text, indented);
    }
    return text;
}

struct wb_slice wb_mail_less_quoted(struct wb_mail *mail, struct wb_slice text)
{
    char *copy = wb_arena_alloc(mail->arena, text.n + 1);
    return copy ? strip(copy, text, 0) : text;
}
