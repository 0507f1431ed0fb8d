/* SPDX-License-Identifier: BSD-2-Clause */
#include "author.h"

#include "utf8.h"

static bool chinese;

void wb_talk_in(bool in_chinese)
{
    chinese = in_chinese;
}

const char *wb_in_both(const char *english, const char *in_chinese)
{
    return chinese ? in_chinese : english;
}

static void put_rune(struct wb_buf *out, struct wb_slice bytes, uint32_t rune)
{
    if (rune == WB_REPLACEMENT || (rune != '\n' && rune != '\t' && wb_utf8_unsafe(rune)))
        wb_buf_byte(out, '?');
    else
        wb_buf_put(out, bytes);
}

void wb_put_safe(FILE *out, struct wb_slice text)
{
    struct wb_buf line = {0};
    while (text.n) {
        size_t taken;
        uint32_t rune = wb_utf8_get(text, &taken);
        put_rune(&line, wb_slice_head(text, taken), rune);
        text = wb_slice_from(text, taken);
    }
    if (line.n)
        fwrite(line.p, 1, line.n, out);
    wb_buf_free(&line);
}

void wb_put_short(struct wb_buf *out, struct wb_slice text, size_t most)
{
    for (size_t i = 0; text.n && i < most; i++) {
        size_t taken;
        uint32_t rune = wb_utf8_get(text, &taken);
        if (rune == '\n' || rune == '\t' || rune == '\r')
            wb_buf_byte(out, ' ');
        else
            put_rune(out, wb_slice_head(text, taken), rune);
        text = wb_slice_from(text, taken);
    }
    if (text.n)
        wb_buf_lit(out, "…");
}

int wb_author_complain(const char *what, const char *why)
{
    struct wb_buf line = {0};
    wb_buf_printf(&line, "whybounce knowledge: %s%s%s", what, chinese ? "：" : ": ", why);
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '\n') /* of a file's name */
            line.p[i] = '?';
    wb_buf_byte(&line, '\n');
    wb_put_safe(stderr, wb_buf_slice(&line));
    wb_buf_free(&line);
    return WB_EXIT_TROUBLE;
}
