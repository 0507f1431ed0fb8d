/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report inside another message: attached to it as a message, or quoted in its text as mail
 * programs do when they forward. Only for readers who hand in what they were sent.
 */
#include "analyse.h"

enum {
    MAX_LABEL = 40,       /* bytes of "Envoyé le", "送信日時", "Дата отправки" */
    MIN_HEADER_LINES = 3, /* who, when, to whom or what about */
};

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

/* What stands behind a label, "Gesendet: ..."; empty: the line has none. */
static struct wb_slice behind_label(struct wb_slice line)
{
    static const struct wb_slice colons[] = {WB_S(":"), WB_S("：")};
    line = wb_slice_trim(line);
    for (size_t i = 0; i < sizeof colons / sizeof colons[0]; i++) {
        struct wb_slice label = wb_slice_head(line, wb_slice_find(line, colons[i]));
        bool short_words = label.n && label.n <= MAX_LABEL && wb_slice_chr(label, '@') == label.n &&
                           wb_slice_chr(label, '-') == label.n;
        if (short_words && label.n < line.n)
            return wb_slice_trim(wb_slice_from(line, label.n + colons[i].n));
    }
    return WB_NONE;
}

/*
 * A header as mail programs write it into the text, in whatever language: some lines of a label
 * and a value, the first of them with whoever wrote the message.
 */
struct header_block {
    const char *from;
    int lines;
};

static bool ends_block(struct header_block *block, struct wb_slice line)
{
    struct wb_slice value = behind_label(line);
    bool address = wb_slice_chr(value, '@') < value.n;
    if (!value.n || (!block->lines && !address)) {
        block->lines = 0;
        return false;
    }
    if (!block->lines)
        block->from = line.p;
    return ++block->lines == MIN_HEADER_LINES;
}

static struct wb_slice quoted_message(struct wb_session *s)
{
    struct wb_slice rest = s->extract.text, line;
    struct header_block block = {0};
    while (wb_slice_line(&rest, &line)) {
        if (announces(line))
            return unquoted(s, rest);
        if (line.n && line.p[0] == '>')
            return unquoted(s, wb_slice_span(line.p, wb_slice_end(rest)));
        if (ends_block(&block, line))
            return unquoted(s, wb_slice_span(block.from, wb_slice_end(rest)));
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
