/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"

enum { MAX_LENGTH_DIGITS = 18 };

/* Beyond the limit a mail is read but not kept: the analysis would not look at it. */
static bool read_mail(FILE *in, unsigned long long length, struct wb_buf *mail)
{
    char rest[65536];
    size_t kept = length < WB_MAX_MESSAGE_BYTES + 1 ? (size_t)length : WB_MAX_MESSAGE_BYTES + 1;
    wb_buf_clear(mail);
    wb_buf_reserve(mail, kept);
    mail->n = fread(mail->p, 1, kept, in);
    if (mail->n < kept)
        return false;
    for (length -= kept; length;) {
        size_t piece = length < sizeof rest ? (size_t)length : sizeof rest;
        if (fread(rest, 1, piece, in) < piece)
            return false;
        length -= piece;
    }
    return true;
}

/* Objects a line become one array. */
static void put_array(struct wb_buf *out, struct wb_string lines)
{
    wb_buf_clear(out);
    wb_buf_byte(out, '[');
    for (size_t i = 0; i < lines.length; i++)
        if (lines.text[i] != '\n')
            wb_buf_byte(out, lines.text[i]);
        else if (i + 1 < lines.length)
            wb_buf_byte(out, ',');
    wb_buf_lit(out, "]\n");
}

static bool answer(struct wb_session *session, const char *form, const struct wb_buf *mail,
                   struct wb_buf *out)
{
    const struct wb_analysis *analysis = wb_analyse_mail(session, mail->p, mail->n);
    put_array(out, wb_analysis_render(session, analysis, form));
    return wb_cli_write(out->p, out->n);
}

/* Digits and a line end, nothing else: what is out of step must not be taken for a length. */
static bool read_length(const char *line, unsigned long long *length_out)
{
    size_t n = strspn(line, "0123456789");
    if (n == 0 || n > MAX_LENGTH_DIGITS)
        return false;
    *length_out = strtoull(line, NULL, 10);
    return strcmp(line + n, "\n") == 0 || strcmp(line + n, "\r\n") == 0;
}

bool wb_answer_stream(const struct wb_invocation *inv, const struct wb_catalogue *catalogue,
                      const char *form)
{
    struct wb_session *session = wb_cli_session(inv, catalogue, 0);
    struct wb_buf mail = {0}, out = {0};
    char line[32];
    bool ok = session;
    if (session && wb_cli_has(inv, "keep-header"))
        wb_session_keep_headers(session, wb_cli_value(inv, "keep-header"));
    if (session && wb_cli_has(inv, "classes"))
        wb_session_classes(session, wb_cli_value(inv, "classes"));
    for (uint32_t index = 0; ok && fgets(line, sizeof line, stdin); index++) {
        unsigned long long length;
        if (!read_length(line, &length)) {
            wb_complain("--stream: a length in bytes and a line feed must stand before mail %u",
                        "--stream：第 %u 封邮件前面应当是字节数和换行", index);
            ok = false;
        } else if (!read_mail(stdin, length, &mail)) {
            wb_complain("--stream: the input ends within mail %u",
                        "--stream：输入在第 %u 封邮件中间就结束了", index);
            ok = false;
        } else {
            wb_session_source(session, "-", index);
            ok = answer(session, form, &mail, &out);
        }
    }
    wb_buf_free(&mail);
    wb_buf_free(&out);
    wb_session_free(session);
    return ok;
}
