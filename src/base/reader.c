/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

void wb_reader_space(struct wb_reader *r)
{
    while (r->p < r->end && wb_is_space(*r->p))
        r->p++;
}

static void skip_comment(struct wb_reader *r)
{
    int depth = 0;
    do {
        char c = wb_reader_take(r);
        if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
        else if (c == '\\')
            wb_reader_take(r);
    } while (depth > 0 && r->p < r->end);
}

void wb_reader_cfws(struct wb_reader *r)
{
    for (;;) {
        wb_reader_space(r);
        if (wb_reader_peek(r, 0) != '(')
            return;
        skip_comment(r);
    }
}

bool wb_reader_word(struct wb_reader *r, struct wb_slice word)
{
    if (!wb_slice_startsi(wb_reader_rest(r), word))
        return false;
    r->p += word.n;
    return true;
}

bool wb_reader_digits(struct wb_reader *r, int max, int *n_out)
{
    int n = 0, taken = 0;
    while (taken < max && wb_is_digit(wb_reader_peek(r, 0))) {
        n = n * 10 + (*r->p++ - '0');
        taken++;
    }
    if (taken)
        *n_out = n;
    return taken > 0;
}

struct wb_slice wb_reader_until(struct wb_reader *r, char c)
{
    struct wb_slice rest = wb_reader_rest(r);
    struct wb_slice head = wb_slice_head(rest, wb_slice_chr(rest, c));
    r->p += head.n;
    return head;
}
