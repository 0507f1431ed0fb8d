/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce explain: the answer for a person. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "beside.h"
#include "folder.h"
#include "source.h"

struct explainer {
    const struct wb_invocation *inv;
    struct wb_session *session;
    const char *form;
    bool ok;
    bool broken;   /* the output cannot be written any more */
    uint64_t told; /* messages so far */
};

static void tell(struct explainer *x, const char *p, size_t n, const char *name, uint32_t index)
{
    wb_session_source(x->session, name, index);
    const struct wb_analysis *analysis = wb_analyse_mail(x->session, p, n);
    struct wb_string text = wb_analysis_render(x->session, analysis, x->form);
    bool words = strcmp(x->form, "text") == 0;
    if (words && x->told && !wb_cli_write("\n\n", 2))
        x->broken = true;
    if (!x->broken && !wb_cli_write(text.text, text.length))
        x->broken = true;
    x->told++;
    if (wb_cli_has(x->inv, "live") && !x->broken) {
        struct wb_string reports = wb_analysis_render(x->session, analysis, "json");
        x->ok = wb_cli_live(x->inv, reports.text, reports.length) && x->ok;
    }
}

static void explain_fd(struct explainer *x, int fd, const char *name)
{
    struct wb_status status = {{0}};
    struct wb_chunk chunk = {0};
    struct wb_stream *stream = wb_stream_open(fd, name, &status);
    uint64_t before = x->told;
    while (!x->broken && wb_stream_next(stream, &chunk, &status))
        for (uint32_t i = 0; i < chunk.count && !x->broken; i++)
            tell(x, chunk.bytes + chunk.messages[i].from, chunk.messages[i].n, name,
                 chunk.first_index + i);
    if (x->told == before && !x->broken && !status.text[0])
        wb_trouble(&status, "%s: the input is empty", name);
    if (status.text[0]) {
        wb_complain_of(status.text);
        x->ok = false;
    }
    wb_stream_close(stream);
    wb_chunk_free(&chunk);
}

static void explain_path(struct explainer *x, const char *path);

static void explain_folder(struct explainer *x, const char *path)
{
    struct wb_names names;
    struct wb_status status = {{0}};
    if (!wb_folder_list(path, &names, &status) ||
        (!names.n && !wb_trouble(&status, "%s: there is no file in this folder", path))) {
        wb_complain_of(status.text);
        x->ok = false;
    }
    for (size_t i = 0; i < names.n && !x->broken; i++)
        explain_path(x, names.name[i]);
    wb_names_free(&names);
}

static void explain_path(struct explainer *x, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        explain_folder(x, path);
        return;
    }
    if (fd >= 0) {
        explain_fd(x, fd, path);
        return;
    }
    struct wb_status status;
    wb_trouble(&status, "%s: %s", path, strerror(errno));
    wb_complain_of(status.text);
    x->ok = false;
}

static void explain_input(struct explainer *x, enum wb_language language)
{
    if (isatty(STDIN_FILENO))
        fputs(language == WB_CHINESE ? "请把退信粘贴到这里，然后按 Ctrl-D：\n"
                                     : "Paste the returned mail here, then press Ctrl-D:\n",
              stderr);
    explain_fd(x, dup(STDIN_FILENO), "-");
}

static int run(const struct wb_invocation *inv)
{
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    unsigned style = (wb_cli_has(inv, "details") ? WB_TEXT_DETAILS : 0) |
                     (wb_cli_has(inv, "annotate") ? WB_TEXT_ANNOTATE : 0);
    struct wb_session *session = catalogue ? wb_cli_session(inv, catalogue, style) : NULL;
    if (!session) {
        wb_catalogue_free(catalogue);
        return WB_EXIT_TROUBLE;
    }
    struct explainer x = {.inv = inv, .session = session, .form = "text", .ok = true};
    if (wb_cli_has(inv, "json"))
        x.form = "words";
    if (wb_cli_has(inv, "html"))
        x.form = "html";
    wb_session_follow(session, 1);
    if (!inv->count)
        explain_input(&x, inv->language);
    for (int i = 0; i < inv->count && !x.broken; i++)
        if (strcmp(inv->arguments[i], "-") == 0)
            explain_input(&x, inv->language);
        else
            explain_path(&x, inv->arguments[i]);
    wb_session_free(session);
    wb_catalogue_free(catalogue);
    return x.ok && !x.broken ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

static const struct wb_option options[] = {
    {"annotate", NULL,
     WB_BOTH("also show the report line by line, with the meaning of each line",
             "把退信逐行列出来，并注明每一行的意思")},
    {"details", NULL,
     WB_BOTH("also codes, servers, times and advice for administrators",
             "同时显示代码、服务器、时间和给管理员的建议")},
    {"live", NULL,
     WB_BOTH("ask DNS, blocklists and the recipient's mail server whether the trouble still stands",
             "联网检查问题是不是还在：查询 DNS、黑名单和对方的邮件服务器")},
    {"resolver", "IP:PORT",
     WB_BOTH("--live: the DNS server to ask; else that of the system",
             "--live：使用哪台 DNS 服务器；不写就用系统设置的")},
    {"port", "N",
     WB_BOTH("--live: the port of mail servers; for tests", "--live：邮件服务器的端口，测试时用")},
    {"allow-private", NULL,
     WB_BOTH("--live: also connect to addresses of private networks",
             "--live：内网地址也可以连接")},
    {"json", NULL,
     WB_BOTH("the answer as JSON, one object for each recipient",
             "用 JSON 输出，每个收件人一行；含文字说明")},
    {"html", NULL,
     WB_BOTH("the answer as a piece of HTML, for a page", "用 HTML 片段输出，可以放进网页")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce bounce.eml", WB_BOTH("explain a returned mail", "分析一封退信")},
    {"whybounce --lang zh bounce.eml",
     WB_BOTH("the same in Chinese", "用中文回答（--lang en 用英文）")},
    {"whybounce explain --annotate bounce.eml",
     WB_BOTH("and the report line by line, with its meaning", "同时逐行注明退信的意思")},
    {"whybounce explain --live bounce.eml",
     WB_BOTH("and say whether the trouble still stands", "同时检查问题是不是还在")},
    {"whybounce explain -",
     WB_BOTH("explain a text copied from a mail program: paste it, then press Enter and Ctrl-D",
             "分析从邮件程序里复制的文字：粘贴后按回车，再按 Ctrl-D")},
    {NULL},
};

const struct wb_command wb_command_explain = {
    .name = "explain",
    .arguments = "[FILE|FOLDER|-]...",
    .summary =
        WB_BOTH("say why a mail came back, and what to do", "说明邮件为什么被退回、该怎么办"),
    .text = WB_BOTH(
        "Reads returned mails (.eml files, Outlook's .msg, mboxes, Maildirs; also .gz, .xz, .zst) "
        "or a text that was copied from one, and says for every recipient why it failed, whether "
        "to send again, "
        "who must act and what to do. A mail that is no report but has one attached, or quotes "
        "one, is answered for that report. 'whybounce FILE' means the same.",
        "读取退信（.eml 文件、Outlook 的 .msg、mbox、Maildir，也可以是 .gz、.xz、.zst "
        "压缩文件）或从退信里复制的文字，"
        "说明每个收件人为什么没收到、要不要重发、谁来处理、怎么办。如果邮件本身不是退信，"
        "但附带或引用了退信，就分析里面的退信。直接写 whybounce 文件名 也一样。"),
    .options = options,
    .examples = examples,
    .run = run,
};
