/* SPDX-License-Identifier: BSD-2-Clause */
/* Talking to the person: languages, complaints, standard output. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

static enum wb_language complaint_language = WB_ENGLISH;

enum wb_language wb_language_of_tag(const char *tag)
{
    bool chinese = (tag[0] == 'z' || tag[0] == 'Z') && (tag[1] == 'h' || tag[1] == 'H') &&
                   (!tag[2] || strchr("-_.", tag[2]));
    return chinese ? WB_CHINESE : WB_ENGLISH;
}

/* POSIX: the first of these that is set and not empty. */
enum wb_language wb_language_of_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return wb_language_of_tag(value);
    }
    return WB_ENGLISH;
}

const char *wb_language_tag(enum wb_language language)
{
    return language == WB_CHINESE ? "zh" : "en";
}

void wb_complain_in(enum wb_language language)
{
    complaint_language = language;
}

/* What comes from a file's name or a mail must not steer the terminal. */
static void say(const char *text)
{
    fputs("whybounce: ", stderr);
    for (; *text; text++)
        putc((unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text, stderr);
    putc('\n', stderr);
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
    {"the input is empty", "内容是空的"},
    {"the file is empty", "文件是空的"},
    {"there is no file in this folder", "这个文件夹里没有文件"},
    {"the compressed data is damaged", "压缩数据损坏"},
    {"the compressed data ends too early", "压缩数据不完整"},
    {"this is not a compiled catalogue", "这不是编译好的知识库"},
    {"the catalogue is damaged", "知识库损坏"},
    {"it is empty or cannot be read", "文件是空的，或者读不了"},
};

/* "box.mbox: No such file or directory": the reason stands behind the last ": ". */
void wb_complain_of(const char *sentence)
{
    const char *at = sentence, *next;
    while ((next = strstr(at, ": ")))
        at = next + 2;
    for (size_t i = 0; complaint_language == WB_CHINESE && i < sizeof reasons / sizeof reasons[0];
         i++)
        if (strcmp(at, reasons[i].en) == 0) {
            wb_complain("%s", "%.*s%s", (int)(at - sentence), sentence, reasons[i].zh);
            return;
        }
    say(sentence);
}

bool wb_cli_write(const char *p, size_t n)
{
    while (n) {
        ssize_t written = write(STDOUT_FILENO, p, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            if (errno != EPIPE) /* whoever read has had enough: "whybounce ... | head" */
                wb_complain("cannot write the output: %s", "无法写出结果：%s", strerror(errno));
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
    return columns ? atoi(columns) : 0;
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
