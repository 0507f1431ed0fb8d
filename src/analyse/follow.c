/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report inside another message: attached to it as a message, or quoted in its text as mail
 * programs do when they forward. Only for readers who hand in what they were sent.
 */
#include "analyse.h"

/* The lines with which mail programs introduce a forwarded message. */
static bool announces(struct wb_slice line)
{
    static const char *const marks[] = {"forwarded message",
                                        "original message",
                                        "begin forwarded",
                                        "原始邮件",
                                        "转发邮件",
                                        "轉寄的郵件",
                                        "原始郵件",
                                        "转发的邮件",
                                        "message transféré",
                                        "weitergeleitete nachricht",
                                        "ursprüngliche nachricht",
                                        "mensaje reenviado"};
    line = wb_slice_trim(line);
    bool ruled = wb_slice_starts(line, WB_S("--")) || wb_slice_starts(line, WB_S("__")) ||
                 wb_slice_ends(line, WB_S(":"));
    for (size_t i = 0; ruled && i < sizeof marks / sizeof marks[0]; i++)
        if (wb_slice_hasi(line, wb_slice_str(marks[i])))
            return true;
    return false;
}

/* A copy without the quote marks that stand before most lines. */
static struct wb_slice unquoted(struct wb_session *s, struct wb_slice text)
{
    struct wb_slice line, rest = text;
    size_t lines = 0, quoted = 0;
    while (wb_slice_line(&rest, &line)) {
        lines += wb_slice_trim(line).n > 0;
        quoted += line.n && line.p[0] == '>';
    }
    if (quoted * 2 < lines)
        return text;
    struct wb_text out = wb_text_open(&s->arena, text.n + 1);
    while (wb_slice_line(&text, &line)) {
        if (line.n && line.p[0] == '>')
            line = wb_slice_from(line, line.n > 1 && line.p[1] == ' ' ? 2 : 1);
        wb_text_put(&out, line);
        wb_text_byte(&out, '\n');
    }
    return wb_text_close(&out);
}

static struct wb_slice quoted_message(struct wb_session *s)
{
    struct wb_slice rest = s->extract.text, line;
    while (wb_slice_line(&rest, &line)) {
        if (announces(line))
            return unquoted(s, rest);
        if (line.n && line.p[0] == '>')
            return unquoted(s, wb_slice_span(line.p, wb_slice_end(rest)));
    }
    return WB_NONE;
}

struct wb_slice wb_carried_message(struct wb_session *s)
{
    struct wb_mail *mail = &s->mail;
    for (uint32_t i = 0; i < mail->part_count; i++)
        if (mail->parts[i].media == WB_MEDIA_RFC822)
            return wb_mail_bytes(mail, i);
    struct wb_slice text = quoted_message(s);
    while (text.n && wb_is_space(text.p[0]))
        text = wb_slice_from(text, 1);
    return text;
}
