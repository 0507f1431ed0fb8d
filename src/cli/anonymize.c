/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce anonymize: a bounce that can be shown to others. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "source.h"

/* A line that a mailbox would take for the beginning of a mail gets a ">" more (mboxrd). */
static bool write_quoted(struct wb_slice text)
{
    struct wb_buf out = {0};
    struct wb_slice line, end = WB_S("\n");
    if (wb_slice_chr(text, '\n') == text.n && wb_slice_chr(text, '\r') < text.n)
        end = WB_S("\r"); /* as the mail's own lines end */
    wb_buf_lit(&out, "From MAILER-DAEMON Thu Jan  1 00:00:00 1970");
    wb_buf_put(&out, end);
    while (text.n) {
        line = wb_slice_head(text, wb_slice_chr(text, '\n') + 1);
        size_t marks = 0;
        while (marks < line.n && line.p[marks] == '>')
            marks++;
        if (wb_slice_starts(wb_slice_from(line, marks), WB_S("From ")))
            wb_buf_byte(&out, '>');
        wb_buf_put(&out, line);
        text = wb_slice_from(text, line.n);
    }
    if (out.p[out.n - 1] != end.p[0])
        wb_buf_put(&out, end);
    wb_buf_put(&out, end);
    bool ok = wb_cli_write(out.p, out.n);
    wb_buf_free(&out);
    return ok;
}

/* All of the input's messages, one after the other; an mbox stays one. */
static bool anonymize(struct wb_session *session, int fd, const char *name)
{
    struct wb_status status = {{0}};
    struct wb_chunk chunk = {0};
    bool ok = true, any = false;
    struct wb_stream *stream = wb_stream_open(fd, name, &status);
    while (ok && wb_stream_next(stream, &chunk, &status))
        for (uint32_t i = 0; ok && i < chunk.count; i++) {
            struct wb_string text = wb_mail_anonymize(session, chunk.bytes + chunk.messages[i].from,
                                                      chunk.messages[i].n);
            ok = wb_stream_is_mbox(stream) ? write_quoted(wb_slice(text.text, text.length))
                                           : wb_cli_write(text.text, text.length);
            any = true;
        }
    if (!any && ok && !status.text[0])
        wb_trouble(&status, "%s: the input is empty", name);
    if (status.text[0])
        wb_complain_of(status.text);
    ok = ok && !status.text[0];
    wb_stream_close(stream);
    wb_chunk_free(&chunk);
    return ok;
}

static int run(const struct wb_invocation *inv)
{
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    struct wb_session *session = catalogue ? wb_cli_session(inv, catalogue, 0) : NULL;
    bool ok = session;
    static char standard_input[] = "-", *only[] = {standard_input};
    char **names = inv->count ? inv->arguments : only;
    for (int i = 0; session && i < (inv->count ? inv->count : 1); i++) {
        int fd =
            strcmp(names[i], "-") == 0 ? dup(STDIN_FILENO) : open(names[i], O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            ok &= anonymize(session, fd, names[i]);
            continue;
        }
        struct wb_status status;
        wb_trouble(&status, "%s: %s", names[i], strerror(errno));
        wb_complain_of(status.text);
        ok = false;
    }
    wb_session_free(session);
    wb_catalogue_free(catalogue);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

static const struct wb_option options[] = {{NULL}};

static const struct wb_example examples[] = {
    {"whybounce anonymize bounce.eml > shown.eml",
     WB_BOTH("make a copy without names, addresses and text",
             "生成一份隐去姓名、地址和正文的副本")},
    {NULL},
};

const struct wb_command wb_command_anonymize = {
    .name = "anonymize",
    .arguments = "[FILE|-]...",
    .summary =
        WB_BOTH("mask people, subject and text of a bounce", "隐去退信里的人名、地址、主题和正文"),
    .text = WB_BOTH(
        "Writes the message with the names and local parts of addresses, the subject "
        "and the returned text masked, so that it can be shown to others. Structure, "
        "replies and verdict stay; the same address is masked in the same way "
        "everywhere. Look through the result before you publish it.",
        "输出一份可以给别人看的退信：姓名、地址的 @ 前面部分、主题和原邮件正文都被替换，"
        "结构、服务器答复和判断结果不变，同一个地址总是换成同一个假地址。公开前请自己再看一遍。"),
    .options = options,
    .examples = examples,
    .run = run,
};
