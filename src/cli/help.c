/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Help, made from the commands' own tables; manual.c and complete.c make manual pages and shell
 * completions of the same: what the program does is described in one place.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "utf8.h"

enum { COLUMNS = 78, OPTION_COLUMN = 24 };

/* ---- setting text ---- */

static int width(struct wb_slice s)
{
    int n = 0;
    while (s.n) {
        size_t taken;
        n += wb_utf8_width(wb_utf8_get(s, &taken));
        s = wb_slice_from(s, taken);
    }
    return n;
}

/* What a line does not end with, and what it does not begin with. */
static bool opens(uint32_t rune)
{
    return rune == 0xFF08 || rune == 0x201C || rune == 0x300A;
}

static bool closes(uint32_t rune)
{
    static const uint32_t marks[] = {0xFF0C, 0x3002, 0x3001, 0xFF1B, 0xFF1A,
                                     0xFF09, 0x201D, 0x300B, 0xFF1F, 0xFF01};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (rune == marks[i])
            return true;
    return false;
}

struct wb_slice wb_help_unit(struct wb_slice text)
{
    enum { BEFORE, WORD, WIDE, AFTER } state = BEFORE;
    size_t n = 0, taken;
    for (; n < text.n && text.p[n] != ' '; n += taken) {
        uint32_t rune = wb_utf8_get(wb_slice_from(text, n), &taken);
        bool wide = wb_utf8_width(rune) == 2;
        if (state == BEFORE && opens(rune))
            continue;
        if (state != BEFORE && closes(rune))
            state = AFTER;
        else if (state == BEFORE || (state == WORD && !wide && !opens(rune)))
            state = wide ? WIDE : WORD;
        else
            break;
    }
    return wb_slice_head(text, n);
}

static void put_paragraph(FILE *out, int at, int indent, const char *text)
{
    struct wb_slice rest = wb_slice_str(text);
    bool blank = false;
    while (rest.n) {
        if (rest.p[0] == ' ') {
            blank = at > indent;
            rest = wb_slice_from(rest, 1);
            continue;
        }
        struct wb_slice word = wb_help_unit(rest);
        if (at > indent && at + blank + width(word) > COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
            blank = false;
        }
        fprintf(out, "%s%.*s", blank ? " " : "", WB_F(word));
        at += blank + width(word);
        blank = false;
        rest = wb_slice_from(rest, word.n);
    }
    putc('\n', out);
}

/* ---- --help ---- */

static void put_option(FILE *out, const struct wb_option *o, enum wb_language language)
{
    int at = fprintf(out, "  --%s%s%s", o->name, o->value ? "=" : "", o->value ? o->value : "");
    if (at + 1 >= OPTION_COLUMN) {
        putc('\n', out);
        at = 0;
    }
    fprintf(out, "%*s", OPTION_COLUMN - at, "");
    put_paragraph(out, OPTION_COLUMN, OPTION_COLUMN, o->help.in[language]);
}

static void put_options(FILE *out, const struct wb_option *options, enum wb_language language)
{
    for (int i = 0; options && options[i].name; i++)
        put_option(out, &options[i], language);
}

static void put_examples(FILE *out, const struct wb_example *examples, enum wb_language language)
{
    for (int i = 0; examples && examples[i].line; i++) {
        fprintf(out, "  %s\n      ", examples[i].line);
        put_paragraph(out, 6, 6, examples[i].what.in[language]);
    }
}

const struct wb_both wb_help_exit =
    WB_BOTH("0 all is well; 1 something could not be read or written, the rest was done; 2 the "
            "command line is wrong.",
            "0 正常；1 有内容没能读取或写出，其余照常处理；2 命令行写错了。");

static const struct wb_both heading_exit = WB_BOTH("Exit status: ", "退出码：");
static const struct wb_both heading_examples = WB_BOTH("Examples:", "举例：");
static const struct wb_both heading_options = WB_BOTH("Options:", "选项：");
static const struct wb_both heading_usage = WB_BOTH("Usage: ", "用法：");
static const struct wb_both word_option = WB_BOTH("OPTION", "选项");
static const struct wb_both heading_commands = WB_BOTH("Commands:", "命令：");

static void put_exit(FILE *out, const char *text, enum wb_language l)
{
    fputs(heading_exit.in[l], out);
    put_paragraph(out, width(wb_slice_str(heading_exit.in[l])), 0, text);
}

const char *wb_help_exit_of(const struct wb_command *c, enum wb_language l)
{
    return c->exit.in[l] ? c->exit.in[l] : wb_help_exit.in[l];
}

int wb_help_end(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return WB_EXIT_OK;
    wb_complain("standard output cannot be written: %s", "无法写到标准输出：%s", wb_reason(errno));
    return WB_EXIT_TROUBLE;
}

int wb_help_command(const struct wb_command *c, enum wb_language l)
{
    FILE *out = stdout;
    fprintf(out, "%swhybounce %s [--%s...] %s\n\n", heading_usage.in[l], c->name, word_option.in[l],
            c->arguments);
    put_paragraph(out, 0, 0, c->text.in[l]);
    fprintf(out, "\n%s\n", heading_examples.in[l]);
    put_examples(out, c->examples, l);
    fprintf(out, "\n%s\n", heading_options.in[l]);
    put_options(out, c->options, l);
    put_options(out, wb_common_options, l);
    putc('\n', out);
    put_exit(out, wb_help_exit_of(c, l), l);
    return wb_help_end();
}

int wb_help_all(enum wb_language l)
{
    static const struct wb_both about =
        WB_BOTH("whybounce says why a mail came back, whose fault it is, who must act and what to "
                "do.",
                "whybounce 告诉您邮件为什么被退回、是谁的问题、该由谁处理、怎么办。");
    static const struct wb_both usage =
        WB_BOTH("whybounce FILE...\n       whybounce COMMAND ...\n\n",
                "whybounce 文件...\n      whybounce 命令 ...\n\n");
    static const struct wb_both more =
        WB_BOTH("'whybounce COMMAND --help' explains a command. --lang zh answers in Chinese.",
                "whybounce 命令 --help 查看该命令的说明。--lang en 用英文回答。");
    FILE *out = stdout;
    put_paragraph(out, 0, 0, about.in[l]);
    fprintf(out, "\n%s%s", heading_usage.in[l], usage.in[l]);
    fprintf(out, "%s\n", heading_examples.in[l]);
    put_examples(out, wb_commands[0]->examples, l);
    fprintf(out, "\n%s\n", heading_commands.in[l]);
    for (int i = 0; wb_commands[i]; i++) {
        fprintf(out, "  %-12s", wb_commands[i]->name);
        put_paragraph(out, 14, 14, wb_commands[i]->summary.in[l]);
    }
    putc('\n', out);
    put_paragraph(out, 0, 0, more.in[l]);
    put_exit(out, wb_help_exit.in[l], l);
    return wb_help_end();
}

/* ---- the command ---- */

static const struct wb_command *named(const char *name)
{
    for (int i = 0; wb_commands[i]; i++)
        if (strcmp(wb_commands[i]->name, name) == 0)
            return wb_commands[i];
    return NULL;
}

static int run(const struct wb_invocation *inv)
{
    const char *as = wb_cli_value(inv, "as");
    const struct wb_command *command = inv->count ? named(inv->arguments[0]) : NULL;
    if (inv->count && !command) {
        const char *near = wb_suggest_command(inv->arguments[0]);
        if (near)
            wb_complain("there is no command '%s'; did you mean '%s'?",
                        "没有“%s”这个命令；您是不是想用 %s？", inv->arguments[0], near);
        else
            wb_complain("there is no command '%s'; 'whybounce --help' lists all",
                        "没有“%s”这个命令；用 whybounce --help 查看全部命令", inv->arguments[0]);
        return WB_EXIT_USAGE;
    }
    if (!as)
        return command ? wb_help_command(command, inv->language) : wb_help_all(inv->language);
    if (strcmp(as, "man") == 0)
        wb_manual(command, inv->language);
    else if (strcmp(as, "bash") == 0)
        wb_complete_bash();
    else if (strcmp(as, "zsh") == 0)
        wb_complete_zsh(inv->language);
    else {
        wb_complain("--as takes man, bash or zsh, not '%s'",
                    "--as 后面只能是 man、bash 或 zsh，不能是“%s”", as);
        return WB_EXIT_USAGE;
    }
    return wb_help_end();
}

static const struct wb_option options[] = {
    {"as", "FORM",
     WB_BOTH("print a manual page (man) or a completion script (bash, zsh)",
             "输出手册页（man）或命令补全脚本（bash、zsh）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce help parse", WB_BOTH("explain a command", "查看某个命令的说明")},
    {"whybounce help --as bash > ~/.local/share/bash-completion/completions/whybounce",
     WB_BOTH("complete commands and options with the Tab key", "让 Tab 键能补全命令和选项")},
    {NULL},
};

const struct wb_command wb_command_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = WB_BOTH("explain a command", "查看命令的说明"),
    .text = WB_BOTH("Explains whybounce or one of its commands, with examples.",
                    "说明 whybounce 或其中一个命令的用法，并举例。"),
    .options = options,
    .examples = examples,
    .run = run,
};
