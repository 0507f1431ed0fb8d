/* SPDX-License-Identifier: BSD-2-Clause */
/* Talking to the person: languages, complaints, standard output. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"
#include "utf8.h"

static enum wb_language complaint_language = WB_ENGLISH;

void wb_complain_in(enum wb_language language)
{
    complaint_language = language;
}

/* What comes from a file's name or a mail must not steer the terminal: it shows as "?". */
static void say(const char *text)
{
    struct wb_buf line = {0};
    wb_buf_lit(&line, "whybounce: ");
    for (struct wb_slice rest = wb_slice_str(text); rest.n;) {
        size_t taken;
        uint32_t rune = wb_utf8_get(rest, &taken);
        if (wb_utf8_unsafe(rune) || rune == WB_REPLACEMENT)
            wb_buf_byte(&line, '?');
        else
            wb_buf_put(&line, wb_slice_head(rest, taken));
        rest = wb_slice_from(rest, taken);
    }
    wb_buf_byte(&line, '\n');
    fwrite(line.p, 1, line.n, stderr); /* in one piece: other threads complain, too */
    wb_buf_free(&line);
}

void wb_complain(const char *format_en, const char *format_zh, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format_zh);
    vsnprintf(text, sizeof text, complaint_language == WB_CHINESE ? format_zh : format_en, args);
    va_end(args);
    say(text);
}

static const struct {
    const char *en, *zh;
} reasons[] = {
    {"No such file or directory", "没有这个文件或文件夹"},
    {"Permission denied", "没有权限读取"},
    {"Is a directory", "这是一个文件夹"},
    {"Not a directory", "这不是文件夹"},
    {"No space left on device", "磁盘满了"},
    {"Input/output error", "读写出错"},
    {"Bad file descriptor", "没有打开"},
    {"Too many open files", "打开的文件太多"},
    {"Broken pipe", "读取方已经关闭"},
    {"File too large", "文件太大"},
    {"Disk quota exceeded", "磁盘配额用完了"},
    {"Too many levels of symbolic links", "符号链接绕成了圈"},
    {"File name too long", "文件名太长"},
    {"Text file busy", "文件正在使用"},
    {"Read-only file system", "文件系统是只读的"},
    {"the input is empty", "内容是空的"},
    {"the file is empty", "文件是空的"},
    {"this is a packed archive, not a mail; unpack it first", "这是压缩包，不是邮件；请先解压"},
    {"this is a ZIP archive or an Office document, not a mail; unpack it, or give the mail itself",
     "这是 ZIP 压缩包或 Office 文档，不是邮件；请先解压，或者直接给出邮件"},
    {"this is a picture, not a mail; give the mail itself, or what the picture says as text",
     "这是图片，不是邮件；请直接给出邮件，或者把图里的文字打出来"},
    {"this is a document, not a mail; give the mail itself, or copy the text out of it",
     "这是文档，不是邮件；请直接给出邮件，或者把里面的文字复制出来"},
    {"this is the store of a mail program, not a mail; save the mail out of it as .eml",
     "这是邮件软件的数据文件，不是邮件；请在邮件软件里把那封邮件另存为 .eml"},
    {"this is binary data, not a mail", "这是二进制数据，不是邮件"},
    {"there is no file in this folder", "这个文件夹里没有文件"},
    {"the compressed data is damaged", "压缩数据损坏"},
    {"the compressed data ends too early", "压缩数据不完整"},
    {"this is not a compiled catalogue", "这不是编译好的知识库"},
    {"the catalogue is damaged", "知识库损坏"},
    {"it is empty or cannot be read", "文件是空的，或者读不了"},
};

static const char *translated(const char *reason)
{
    for (size_t i = 0; complaint_language == WB_CHINESE && i < sizeof reasons / sizeof reasons[0];
         i++)
        if (strcmp(reason, reasons[i].en) == 0)
            return reasons[i].zh;
    return reason;
}

const char *wb_reason(int error)
{
    return translated(strerror(error));
}

/* "box.mbox: No such file or directory": the reason stands behind the last ": ". */
void wb_complain_of(const char *sentence)
{
    const char *at = sentence, *next, *name = sentence;
    while ((next = strstr(at, ": ")))
        at = next + 2;
    int n = at > sentence ? (int)(at - sentence) - 2 : 0;
    if (n == 1 && *sentence == '-') {
        name = complaint_language == WB_CHINESE ? "标准输入" : "standard input";
        n = (int)strlen(name);
    }
    if (n)
        wb_complain("%.*s: %s", "%.*s：%s", n, name, translated(at));
    else
        say(translated(at));
}

bool wb_cli_write(const char *p, size_t n)
{
    while (n) {
        ssize_t written = write(STDOUT_FILENO, p, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            wb_complain("standard output cannot be written: %s", "无法写到标准输出：%s",
                        wb_reason(errno));
            return false;
        }
        p += written;
        n -= (size_t)written;
    }
    return true;
}

/* ---- the terminal ---- */

static int terminal_columns(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        return size.ws_col;
    long n = columns ? strtol(columns, NULL, 10) : 0;
    return n > 0 && n < INT16_MAX ? (int)n : 0;
}

/* https://no-color.org, and dumb terminals. */
static bool wants_colour(const struct wb_invocation *inv)
{
    const char *when = wb_cli_value(inv, "color"), *term = getenv("TERM");
    const char *no = getenv("NO_COLOR");
    if (when && strcmp(when, "always") == 0)
        return true;
    if (when && strcmp(when, "never") == 0)
        return false;
    return isatty(STDOUT_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

static bool shows_utf8(enum wb_language language)
{
    if (language == WB_CHINESE || !isatty(STDOUT_FILENO))
        return true;
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct wb_session *wb_cli_session(const struct wb_invocation *inv,
                                  const struct wb_catalogue *catalogue, unsigned style)
{
    struct wb_session *session = wb_session_new(catalogue);
    if (!session) {
        wb_complain("there is not enough memory", "内存不够");
        return NULL;
    }
    wb_session_language(session, wb_language_tag(inv->language));
    wb_session_text(session, terminal_columns(),
                    style | (wants_colour(inv) ? WB_TEXT_COLOUR : 0) |
                        (shows_utf8(inv->language) ? 0 : WB_TEXT_ASCII));
    return session;
}
