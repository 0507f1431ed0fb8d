/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce log: what a mail server's log says of mail that was not delivered. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "forms.h"
#include "moment.h"
#include "source.h"
#include "tally.h"

enum { PAUSE_MS = 200, FLUSH = 1 << 18 };

struct reading {
    struct wb_session *session;
    struct wb_log *log;
    const char *form; /* "json", "csv", "text"; NULL: only counted */
    struct wb_buf out;
    uint32_t line; /* of the file, from 0 on */
    int year;
    bool follow;
    bool broken; /* the output cannot be written any more */
    bool ok;
    bool begun; /* something has been answered */
    struct wb_tally failed, waiting;
};

static void flush(struct reading *r)
{
    if (r->out.n && !r->broken && !wb_cli_write(r->out.p, r->out.n))
        r->broken = true;
    wb_buf_clear(&r->out);
}

/* ---- one answer ---- */

/* A line for a person in front of the answer: when, from whom, under which id. */
static void put_head(struct reading *r, const struct wb_report *report)
{
    struct wb_string sender = wb_report_string(report, WB_REPORT_ENVELOPE_FROM);
    struct wb_string id = wb_report_string(report, WB_REPORT_QUEUE_ID);
    int64_t at = wb_report_number(report, WB_REPORT_LAST_ATTEMPT);
    if (r->begun)
        wb_buf_byte(&r->out, '\n');
    if (at) {
        wb_moment_put(&r->out, at);
        wb_buf_lit(&r->out, "  ");
    }
    wb_buf_safe(&r->out, wb_slice(sender.text, sender.length));
    if (id.length) {
        wb_buf_put(&r->out, sender.length ? WB_S(" (") : WB_S("("));
        wb_buf_safe(&r->out, wb_slice(id.text, id.length));
        wb_buf_byte(&r->out, ')');
    }
    wb_buf_byte(&r->out, '\n');
}

static void answer(struct reading *r, const struct wb_analysis *analysis)
{
    const struct wb_report *first = wb_analysis_report(analysis, 0);
    bool text = r->form && strcmp(r->form, "text") == 0;
    bool again = wb_log_repeats(r->log);
    if (!r->form && !again) {
        struct wb_string kind = wb_report_string(first, WB_REPORT_KIND);
        bool failed = kind.length == 6 && memcmp(kind.text, "bounce", 6) == 0;
        wb_tally_add(failed ? &r->failed : &r->waiting, analysis);
    }
    if (!r->form || (text && again))
        return;
    if (text)
        put_head(r, first);
    struct wb_string form = wb_analysis_render(r->session, analysis, r->form);
    wb_buf_put(&r->out, wb_slice(form.text, form.length));
    r->begun = true;
    if (r->out.n > FLUSH)
        flush(r);
}

static void read_block(struct reading *r, const char *path, struct wb_slice block)
{
    while (block.n && !r->broken) {
        size_t n = wb_slice_chr(block, '\n');
        wb_session_source(r->session, path, r->line++);
        const struct wb_analysis *a = wb_log_line(r->log, r->session, block.p, n);
        if (a)
            answer(r, a);
        block = wb_slice_from(block, n + 1);
    }
}

/* ---- files ---- */

static bool go_on(const struct reading *r)
{
    return !r->broken && !wb_interrupted();
}

static void complain_unknown(const char *path)
{
    struct wb_buf names = {0};
    const char *name;
    for (size_t i = 0; (name = wb_log_format_name(i)); i++)
        wb_buf_printf(&names, "%s%s", names.n ? " " : "", name);
    wb_buf_byte(&names, 0);
    if (strcmp(path, "-") == 0)
        wb_complain("standard input: no line is of a mail server's log that is known: %s",
                    "标准输入：没有一行是认识的邮件服务器日志，认识的有：%s", names.p);
    else
        wb_complain("%s: no line is of a mail server's log that is known: %s",
                    "%s：没有一行是认识的邮件服务器日志，认识的有：%s", path, names.p);
    wb_buf_free(&names);
}

/* Waits for more lines of a file that has been read to its end. */
static bool wait_for_more(struct reading *r, struct wb_lines *lines)
{
    const struct timespec pause = {0, PAUSE_MS * 1000000L};
    flush(r);
    while (go_on(r) && !wb_lines_again(lines))
        nanosleep(&pause, NULL);
    wb_log_grown(r->log, (int64_t)time(NULL));
    return go_on(r);
}

/* All of a file; whether it is to be followed. */
static void read_lines(struct reading *r, const char *path, struct wb_lines *lines, bool follow,
                       struct wb_status *status)
{
    struct wb_slice block;
    bool file = wb_lines_modified(lines);
    do
        while (go_on(r) && wb_lines_next(lines, follow, &block, status)) {
            if (!file) /* a pipe may go on for years */
                wb_log_grown(r->log, (int64_t)time(NULL));
            read_block(r, path, block);
            if (r->follow || !file) /* whoever feeds a pipe may be waiting for the answer */
                flush(r);
        }
    while (follow && go_on(r) && !status->text[0] && wait_for_more(r, lines));
}

static void read_file(struct reading *r, const char *path, bool follow)
{
    struct wb_status status = {{0}};
    struct wb_lines *lines = wb_lines_open(path, &status);
    int64_t modified = lines ? wb_lines_modified(lines) : 0;
    wb_log_file(r->log, modified ? modified : (int64_t)time(NULL), r->year);
    r->line = 0;
    if (lines)
        read_lines(r, path, lines, follow && modified, &status);
    bool stopped = wb_interrupted();
    bool foreign = r->line && !wb_log_format(r->log).length;
    if (status.text[0] && !stopped)
        wb_complain_of(status.text);
    else if (foreign && !stopped)
        complain_unknown(path);
    r->ok = r->ok && (stopped || (!status.text[0] && !foreign));
    wb_lines_close(lines);
}

static int64_t age_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_mtime : INT64_MAX;
}

/* mail.log stands before mail.log.1, but is the newer one. The sort keeps equal ones in order. */
static void oldest_first(char **paths, int n)
{
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && age_of(paths[j]) < age_of(paths[j - 1]); j--) {
            char *path = paths[j];
            paths[j] = paths[j - 1];
            paths[j - 1] = path;
        }
}

/* ---- the end ---- */

static void put_summary(struct reading *r, const struct wb_invocation *inv)
{
    if (wb_cli_has(inv, "json")) {
        wb_tally_json(&r->failed, false, &r->out);
        wb_tally_json(&r->waiting, false, &r->out);
        return;
    }
    bool zh = inv->language == WB_CHINESE;
    r->failed.of_log = r->waiting.of_log = true;
    wb_buf_put(&r->out, zh ? WB_S("没有送到的：") : WB_S("not delivered: "));
    wb_tally_print(&r->failed, false, inv->language, &r->out);
    if (!r->waiting.messages)
        return;
    wb_buf_put(&r->out, zh ? WB_S("\n推迟过的：") : WB_S("\ndelayed: "));
    wb_tally_print(&r->waiting, false, inv->language, &r->out);
}

static bool read_all(struct reading *r, const struct wb_invocation *inv)
{
    wb_interrupt_catch();
    if (strcmp(r->form ? r->form : "", "csv") == 0) {
        struct wb_string head = wb_form_head(r->session, r->form);
        wb_buf_put(&r->out, wb_slice(head.text, head.length));
    }
    oldest_first(inv->arguments, inv->count);
    for (int i = 0; i < inv->count && go_on(r); i++)
        read_file(r, inv->arguments[i], r->follow && i == inv->count - 1);
    if (!r->form)
        put_summary(r, inv);
    else if (!r->begun && r->ok && strcmp(r->form, "text") == 0 && !wb_interrupted())
        wb_buf_put(&r->out, inv->language == WB_CHINESE ? WB_S("没有发现没送到的邮件。\n")
                                                        : WB_S("Nothing failed in this log.\n"));
    flush(r);
    return r->ok && !r->broken;
}

/* ---- the command line ---- */

static bool contradicts(const struct wb_invocation *inv)
{
    static const char *const pairs[][2] = {
        {"json", "csv"}, {"csv", "summary"}, {"follow", "summary"}, {"deliveries", "summary"}};
    return wb_cli_contradicts(inv, pairs, sizeof pairs / sizeof pairs[0]);
}

static bool knows_format(const char *name)
{
    const char *known;
    struct wb_buf names = {0};
    for (size_t i = 0; (known = wb_log_format_name(i)); i++) {
        if (!name || strcmp(name, known) == 0) {
            wb_buf_free(&names);
            return true;
        }
        wb_buf_printf(&names, "%s%s", names.n ? " " : "", known);
    }
    wb_buf_byte(&names, 0);
    wb_complain("there is no log format '%s'; use one of: %s", "没有“%s”这种日志格式；可用的有：%s",
                name, names.p);
    wb_buf_free(&names);
    return false;
}

/* An address, "@domain", or a domain by itself; kept for the whole run. */
static const char *wish(const char *value)
{
    static struct wb_buf kept[2];
    static int used;
    if (!value || strchr(value, '@') || used == 2)
        return value;
    wb_buf_printf(&kept[used], "@%s", value);
    wb_buf_byte(&kept[used], 0);
    return kept[used++].p;
}

/* What the command line asks for; false after a complaint. */
struct wishes {
    long year;
    int64_t since;
};

static bool read_wishes(const struct wb_invocation *inv, struct wishes *w)
{
    const char *zone = wb_cli_value(inv, "zone"), *since = wb_cli_value(inv, "since");
    if (!inv->count) {
        wb_complain("which log? for example: whybounce log /var/log/mail.log",
                    "请写上日志文件，例如：whybounce log /var/log/mail.log");
        return false;
    }
    return !contradicts(inv) && knows_format(wb_cli_value(inv, "format")) &&
           wb_cli_number(inv, "year", 1970, 9999, 0, &w->year) && (!zone || wb_moment_zone(zone)) &&
           (!since || wb_moment_read(since, &w->since));
}

static const char *form_of(const struct wb_invocation *inv)
{
    if (wb_cli_has(inv, "summary"))
        return NULL;
    return wb_cli_has(inv, "json") ? "json" : wb_cli_has(inv, "csv") ? "csv" : "text";
}

/* Opens the session and the log; false after a complaint. */
static bool begin(struct reading *r, const struct wb_invocation *inv, const struct wishes *w,
                  const struct wb_catalogue *catalogue)
{
    unsigned style = wb_cli_has(inv, "details") ? WB_TEXT_DETAILS : 0;
    r->session = wb_cli_session(inv, catalogue, style);
    if (!r->session)
        return false;
    r->log = wb_log_new(wb_cli_value(inv, "format"));
    if (!r->log) {
        wb_complain("there is not enough memory", "内存不够");
        return false;
    }
    wb_log_zone(r->log, wb_moment_minutes);
    wb_log_only(r->log, wish(wb_cli_value(inv, "sender")), wish(wb_cli_value(inv, "recipient")),
                w->since, wb_cli_has(inv, "deliveries"));
    return true;
}

static int run(const struct wb_invocation *inv)
{
    static struct reading r;
    struct wishes w = {0};
    if (!read_wishes(inv, &w))
        return WB_EXIT_USAGE;
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    r = (struct reading){
        .form = form_of(inv), .year = (int)w.year, .follow = wb_cli_has(inv, "follow"), .ok = true};
    bool ok = catalogue && begin(&r, inv, &w, catalogue) && read_all(&r, inv);
    wb_interrupt_end();
    wb_buf_free(&r.out);
    wb_log_free(r.log);
    wb_session_free(r.session);
    wb_catalogue_free(catalogue);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

static const struct wb_option options[] = {
    {"json", NULL,
     WB_BOTH("JSON Lines, as 'parse' writes it", "用 JSON Lines 输出，与 parse 相同")},
    {"csv", NULL, WB_BOTH("a table for spreadsheets", "输出表格（CSV）")},
    {"summary", NULL,
     WB_BOTH("only tables of counts: what was not delivered, and what was delayed; with --json as "
             "JSON",
             "只输出统计表：没有送到的和推迟过的；加 --json 则用 JSON")},
    {"details", NULL,
     WB_BOTH("also codes, servers and advice for administrators",
             "同时显示代码、服务器和给管理员的建议")},
    {"follow", NULL,
     WB_BOTH("behind the end of the newest file wait for more, also when the log is rotated",
             "读完最新的文件后继续等待新的行，日志轮转后也接着读")},
    {"recipient", "ADDRESS",
     WB_BOTH("only what became of mail to this address, or to a domain (@example.org)",
             "只看发给这个地址的邮件，也可以写域名（@example.org）")},
    {"sender", "ADDRESS",
     WB_BOTH("only mail from this address, or from a domain",
             "只看这个地址发出的邮件，也可以写域名")},
    {"since", "TIME",
     WB_BOTH("only from then on: '2026-03-02 09:40', 2026-03-02, today, or how long ago: 90m, 2h, "
             "3d",
             "只看这个时间以后的：“2026-03-02 09:40”、2026-03-02、today，或多久以前：90m、2h、3d")},
    {"deliveries", NULL,
     WB_BOTH("also what was delivered (kind 'delivered')",
             "同时列出已经送到的（kind 为 delivered）")},
    {"format", "NAME",
     WB_BOTH("whose log it is: postfix, exim, sendmail, opensmtpd, qmail, kumomta, powermta; "
             "without it the lines show it",
             "是哪种服务器的日志：postfix、exim、sendmail、opensmtpd、qmail、kumomta、powermta；"
             "不写就自动识别")},
    {"year", "N",
     WB_BOTH("the year of the first line, where lines have none; without it the time of the file's "
             "last change decides",
             "日志里没有年份时，第一行是哪一年；不写就按文件的修改时间推算")},
    {"zone", "ZONE",
     WB_BOTH("the time zone of lines that name none: +08:00 or Asia/Shanghai; without it that of "
             "this machine",
             "日志里没写时区时用的时区：+08:00 或 Asia/Shanghai；不写就用本机时区")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce log --recipient chen.wei@example.org /var/log/mail.log*",
     WB_BOTH("why mail to one person did not arrive", "某人的邮件为什么没送到")},
    {"whybounce log --summary --since today /var/log/exim4/mainlog",
     WB_BOTH("count today's failures by cause and provider", "统计今天的失败：原因和服务商")},
    {"whybounce log --json --follow /var/log/mail.log | your-program",
     WB_BOTH("hand each failure to a program as it happens", "一有失败就交给别的程序")},
    {"journalctl -u postfix@- -o short-iso | whybounce log -",
     WB_BOTH("the journal of systemd", "读取 systemd 的日志")},
    {NULL},
};

const struct wb_command wb_command_log = {
    .name = "log",
    .arguments = "FILE...|-",
    .summary = WB_BOTH("explain the failures in a mail server's log", "解释邮件服务器日志里的失败"),
    .text = WB_BOTH(
        "Reads logs of Postfix, Exim, Sendmail, OpenSMTPD, qmail, KumoMTA (JSON) and PowerMTA "
        "(accounting CSV), also packed with gzip, xz or zstd, the oldest file first. Lines of one "
        "message are joined by its queue id. For every recipient whose mail failed or waits it "
        "says why, like 'whybounce reply'. As text and in the summary, a delay is told once, "
        "however often the server tries again for the same cause; JSON and CSV have every "
        "attempt.",
        "读取 Postfix、Exim、Sendmail、OpenSMTPD、qmail、KumoMTA（JSON）和 PowerMTA（CSV）的日志，"
        "也可以是 gzip、xz、zstd 压缩的，从最旧的文件读起。同一封邮件的各行按队列编号合在一起。"
        "对每个没送到或推迟的收件人说明原因，说法与 whybounce reply 相同。用文字和统计表输出时，"
        "同一原因的反复重试只说一次；JSON 和 CSV 则每次都有。"),
    .options = options,
    .examples = examples,
    .run = run,
};
