/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce reply: a bare SMTP reply, or many of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "forms.h"

enum { FLUSH = 1 << 18 };

struct answers {
    struct wb_session *session;
    const char *form;
    struct wb_buf out;
    bool broken;
    bool begun; /* something has been answered */
};

static void flush(struct answers *a)
{
    if (!a->broken && !wb_cli_write(a->out.p, a->out.n))
        a->broken = true;
    wb_buf_clear(&a->out);
}

static void answer(struct answers *a, const char *text, size_t n)
{
    const struct wb_analysis *analysis = wb_analyse_reply(a->session, text, n);
    struct wb_string form = wb_analysis_render(a->session, analysis, a->form);
    if (a->begun && strcmp(a->form, "text") == 0)
        wb_buf_byte(&a->out, '\n');
    wb_buf_put(&a->out, wb_slice(form.text, form.length));
    a->begun = true;
}

static bool is_blank(const char *text, size_t n)
{
    return !wb_slice_trim(wb_slice(text, n)).n;
}

/*
 * One reply a line; answered at once when whoever asks waits for it. The index is the line's
 * number from 0 on, so that answers can be joined to lines; blank lines have none.
 */
static bool answer_lines(struct answers *a)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    uint32_t index = 0;
    bool any = false;
    bool waits = isatty(STDIN_FILENO) || isatty(STDOUT_FILENO);
    while (!a->broken && !wb_interrupted() && (n = getline(&line, &cap, stdin)) > 0) {
        while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            n--;
        index++;
        if (is_blank(line, (size_t)n))
            continue;
        any = true;
        wb_session_source(a->session, "-", index - 1);
        answer(a, line, (size_t)n);
        if (waits || a->out.n > FLUSH)
            flush(a);
    }
    free(line);
    return any || a->broken;
}

static bool answer_input(struct answers *a)
{
    bool any = answer_lines(a);
    if (wb_interrupted())
        return false;
    if (ferror(stdin)) {
        wb_complain("standard input: %s", "标准输入：%s", wb_reason(errno));
        return false;
    }
    if (!any)
        wb_complain("standard input: there is no reply in it; write one reply a line",
                    "标准输入里没有内容；请每行写一条服务器答复");
    return any;
}

/* False after a complaint about the command line. */
static bool is_right(const struct wb_invocation *inv)
{
    static const char *const pairs[][2] = {{"json", "csv"}, {"json", "format"}, {"csv", "format"}};
    if (!inv->count) {
        wb_complain("which reply? for example: whybounce reply '550 5.1.1 User unknown'",
                    "请写上服务器的答复，例如：whybounce reply '550 5.1.1 User unknown'");
        return false;
    }
    if (wb_cli_contradicts(inv, pairs, sizeof pairs / sizeof pairs[0]))
        return false;
    for (int i = 0; i < inv->count; i++)
        if (is_blank(inv->arguments[i], strlen(inv->arguments[i]))) {
            wb_complain("a reply is empty; write it in quotes: whybounce reply '550 …'",
                        "有一条答复是空的；请用引号括起来：whybounce reply '550 …'");
            return false;
        }
    return true;
}

static bool answer_all(const struct wb_invocation *inv, struct wb_session *session,
                       const char *form)
{
    struct answers a = {.session = session, .form = form};
    struct wb_string head = wb_form_head(session, form);
    bool ok = true;
    wb_buf_put(&a.out, wb_slice(head.text, head.length));
    for (int i = 0; i < inv->count && !a.broken; i++) {
        const char *text = inv->arguments[i];
        if (strcmp(text, "-") == 0)
            ok &= answer_input(&a);
        else
            answer(&a, text, strlen(text));
    }
    flush(&a);
    wb_buf_free(&a.out);
    return ok && !a.broken;
}

static int run(const struct wb_invocation *inv)
{
    const char *form = is_right(inv) ? wb_cli_form(inv, "text") : NULL;
    if (!form)
        return WB_EXIT_USAGE;
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    if (catalogue && !wb_cli_classes(inv, catalogue)) {
        wb_catalogue_free(catalogue);
        return WB_EXIT_USAGE;
    }
    struct wb_session *session =
        catalogue ? wb_cli_session(inv, catalogue, wb_cli_has(inv, "details") ? WB_TEXT_DETAILS : 0)
                  : NULL;
    if (!session) {
        wb_catalogue_free(catalogue);
        return WB_EXIT_TROUBLE;
    }
    if (wb_cli_has(inv, "classes"))
        wb_session_classes(session, wb_cli_value(inv, "classes"));
    wb_interrupt_catch();
    bool ok = answer_all(inv, session, form);
    wb_interrupt_end();
    wb_session_free(session);
    wb_catalogue_free(catalogue);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

static const struct wb_option options[] = {
    {"json", NULL, WB_BOTH("JSON, one object for each reply", "用 JSON 输出，每条答复一行")},
    {"csv", NULL,
     WB_BOTH("a table for spreadsheets; no cell can be taken for a formula",
             "表格（CSV），不会被电子表格当成公式")},
    {"format", "NAME",
     WB_BOTH("another form: csv, html, words (JSON with the answer for a person), sisimai (JSON "
             "with the names of Sisimai)",
             "其他格式：csv、html、words（带文字说明的 JSON）、sisimai（字段名与 Sisimai 相同的 "
             "JSON）")},
    {"classes", "NAME",
     WB_BOTH("also give the class that another program has for it: kumomta, powermta, sparkpost, "
             "ses, sisimai; in JSON and CSV",
             "同时给出其他软件对它的分类：kumomta、powermta、sparkpost、ses、sisimai；用于 JSON 和 "
             "CSV")},
    {"details", NULL,
     WB_BOTH("also codes and advice for administrators", "同时显示代码和给管理员的建议")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce reply '550 5.1.1 User unknown'", WB_BOTH("explain a reply", "解释一条答复")},
    {"whybounce reply --json - < replies.txt",
     WB_BOTH("classify many replies, one a line", "批量判断，每行一条答复")},
    {"whybounce reply --json --classes sparkpost '452 4.2.2 Mailbox full'",
     WB_BOTH("with the class that SparkPost has for it", "同时给出 SparkPost 对它的分类")},
    {NULL},
};

const struct wb_command wb_command_reply = {
    .name = "reply",
    .arguments = "TEXT...|-",
    .summary = WB_BOTH("explain what a mail server answered", "解释邮件服务器的一条答复"),
    .text = WB_BOTH(
        "Explains an SMTP reply, or what a mail program showed when its own server refused "
        "(Outlook's 0x800CCC79, \"SMTP error, RCPT TO: 550 …\"). With -, one reply a line is read "
        "from standard input.",
        "解释一条 SMTP 答复，或邮件程序发信失败时显示的内容（例如 Outlook 的 0x800CCC79、"
        "“SMTP error, RCPT TO: 550 …”）。写 - 表示从标准输入读取，每行一条。"),
    .options = options,
    .examples = examples,
    .run = run,
};
