/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce parse: many messages in, one line a recipient out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "feed.h"
#include "forms.h"
#include "stream.h"
#include "tally.h"

/* What is done with each message; set once before the workers start. */
struct output {
    const char *form;
};

static void render(const struct wb_analysis *analysis, struct wb_session *session,
                   const void *setting, void *tally, struct wb_buf *out)
{
    const struct output *output = setting;
    (void)tally;
    wb_analysis_append(session, analysis, output->form, &out->p, &out->n, &out->cap);
}

static void count(const struct wb_analysis *analysis, struct wb_session *session,
                  const void *setting, void *tally, struct wb_buf *out)
{
    (void)session;
    (void)setting;
    (void)out;
    wb_tally_add(tally, analysis);
}

static bool write_head(struct wb_session *session, const char *form)
{
    struct wb_string head = wb_form_head(session, form);
    return wb_cli_write(head.text, head.length);
}

static bool parse_paths(const struct wb_invocation *inv, const struct wb_catalogue *catalogue,
                        const char *form, long jobs)
{
    bool summary = wb_cli_has(inv, "summary"), classes = wb_cli_has(inv, "classes");
    static struct wb_tally sum;
    static char standard_input[] = "-", *only[] = {standard_input};
    struct output output = {form};
    struct wb_pool_options options = {
        .threads = (int)jobs,
        .catalogue = catalogue,
        .keep_headers = wb_cli_value(inv, "keep-header"),
        .classes = wb_cli_value(inv, "classes"),
        .language = wb_language_tag(inv->language),
        .render = summary ? count : render,
        .setting = &output,
        .tally_size = summary ? sizeof sum : 0,
    };
    wb_interrupt_catch();
    struct wb_pool *pool = wb_pool_new(&options);
    bool ok = (summary || write_head(wb_pool_session(pool), form)) &&
              wb_feed(pool, inv->count ? inv->arguments : only, inv->count ? inv->count : 1,
                      inv->language);
    ok &= wb_pool_finish(pool, summary ? wb_tally_merge : NULL, &sum);
    if (!summary)
        return ok;
    struct wb_buf out = {0};
    if (wb_cli_has(inv, "json"))
        wb_tally_json(&sum, classes, &out);
    else
        wb_tally_print(&sum, classes, inv->language, &out);
    ok &= wb_cli_write(out.p, out.n);
    wb_buf_free(&out);
    return ok;
}

/* What cannot be done at once. */
static bool contradicts(const struct wb_invocation *inv)
{
    static const char *const pairs[][2] = {
        {"json", "csv"},       {"json", "format"}, {"csv", "format"},    {"csv", "summary"},
        {"format", "summary"}, {"stream", "csv"},  {"stream", "summary"}};
    if (wb_cli_contradicts(inv, pairs, sizeof pairs / sizeof pairs[0]))
        return true;
    if (wb_cli_has(inv, "stream") && inv->count) {
        wb_complain("--stream reads standard input only, not '%s'",
                    "--stream 只从标准输入读取，不能写“%s”", inv->arguments[0]);
        return true;
    }
    return false;
}

static int parse(const struct wb_invocation *inv, const struct wb_catalogue *catalogue,
                 const char *form, long jobs)
{
    if (!wb_cli_classes(inv, catalogue))
        return WB_EXIT_USAGE;
    bool ok = wb_cli_has(inv, "stream") ? wb_answer_stream(inv, catalogue, form)
                                        : parse_paths(inv, catalogue, form, jobs);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

static int run(const struct wb_invocation *inv)
{
    long jobs;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const char *form = wb_cli_form(inv, "json");
    if (!form || contradicts(inv) ||
        !wb_cli_number(inv, "jobs", 1, WB_MAX_THREADS,
                       processors < WB_MAX_THREADS ? processors : WB_MAX_THREADS, &jobs))
        return WB_EXIT_USAGE;
    if (wb_cli_has(inv, "stream") && strcmp(form, "json") != 0 && strcmp(form, "words") != 0) {
        wb_complain("--stream answers in JSON: --format json or words, not %s",
                    "--stream 只用 JSON 回答：--format 可以写 json 或 words，不能写 %s", form);
        return WB_EXIT_USAGE;
    }
    if (!inv->count && !wb_cli_has(inv, "stream") && isatty(STDIN_FILENO)) {
        wb_complain("which files? for example: whybounce parse Maildir/",
                    "请写上要处理的文件，例如：whybounce parse Maildir/");
        return WB_EXIT_USAGE;
    }
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    int status = catalogue ? parse(inv, catalogue, form, jobs) : WB_EXIT_TROUBLE;
    wb_catalogue_free(catalogue);
    wb_interrupt_end();
    return status;
}

static const struct wb_option options[] = {
    {"json", NULL,
     WB_BOTH("JSON Lines, one object for each recipient (the default)",
             "JSON Lines，每个收件人一行（默认就是这样）")},
    {"csv", NULL,
     WB_BOTH("a table for spreadsheets; no cell can be taken for a formula",
             "表格（CSV），不会被电子表格当成公式")},
    {"summary", NULL,
     WB_BOTH("only a table of counts, a line a cause and a column a provider; with "
             "--json as JSON",
             "只输出统计表：每种原因一行，每家服务商一列；加 --json 则用 JSON")},
    {"format", "NAME",
     WB_BOTH("another form: text, html, words (JSON with the answer for a person), sisimai (JSON "
             "with the names of Sisimai)",
             "其他格式：text、html、words（带文字说明的 JSON）、sisimai（字段名与 Sisimai 相同的 "
             "JSON）")},
    {"classes", "NAME",
     WB_BOTH("also give the class that another program has for such a failure: kumomta, powermta, "
             "sparkpost, ses, sisimai; with --summary, count by it",
             "同时给出其他软件对这类退信的分类：kumomta、powermta、sparkpost、ses、sisimai；"
             "加 --summary 时按它统计")},
    {"jobs", "N",
     WB_BOTH("threads; without it as many as there are processors", "线程数；不写就用全部处理器")},
    {"keep-header", "NAMES",
     WB_BOTH("also give these header fields of the returned message, "
             "separated by commas",
             "同时输出原邮件里的这些信头，用逗号隔开")},
    {"stream", NULL,
     WB_BOTH("read mails from standard input, each with its length in bytes and a "
             "line feed in front; answer each with one line (" WHYBOUNCE_DOC "/stream.md)",
             "从标准输入读邮件，每封前面是字节数和换行；每封回答一行（见 " WHYBOUNCE_DOC
             "/stream.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce parse Maildir/ > bounces.jsonl",
     WB_BOTH("all mails of a Maildir, as JSON Lines", "把整个 Maildir 转成 JSON Lines")},
    {"whybounce parse --summary archive.mbox.gz",
     WB_BOTH("count why mail comes back, and from which providers",
             "统计退信的原因和退信的服务商")},
    {"whybounce parse --csv --keep-header X-Campaign box.mbox > bounces.csv",
     WB_BOTH("a table, with a header field that your mails carry",
             "生成表格，带上您自己邮件里的一个信头")},
    {"whybounce parse --summary --classes powermta Maildir/",
     WB_BOTH("count by the categories of PowerMTA", "按 PowerMTA 的分类统计")},
    {NULL},
};

const struct wb_command wb_command_parse = {
    .name = "parse",
    .arguments = "[PATH|-]...",
    .summary = WB_BOTH("read any number of returned mails", "批量读取退信"),
    .text = WB_BOTH(
        "Reads files, folders, Maildirs, mboxes or standard input (-), also packed "
        "with gzip, xz or zstd, and writes one line for every recipient of every "
        "message, in the order of the input. What each member means stands in " WHYBOUNCE_DOC
        "/report.schema.json. Memory stays the same however much "
        "there is.",
        "读取文件、文件夹、Maildir、mbox 或标准输入（-），也可以是 gzip、xz、zstd 压缩的，"
        "按输入的顺序为每封邮件的每个收件人输出一行。各字段的含义见 " WHYBOUNCE_DOC
        "/report.schema.json。"
        "无论多少邮件，占用的内存都一样。"),
    .options = options,
    .examples = examples,
    .run = run,
};
