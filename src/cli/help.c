/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Help, manual pages and shell completions, all made from the commands' own tables: what the
 * program does is described in one place.
 */
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

/* The length of what cannot be broken at the front: a word, or one Chinese character. */
static size_t unit(struct wb_slice s)
{
    size_t n = 0, taken;
    while (n < s.n && s.p[n] != ' ') {
        bool wide = wb_utf8_width(wb_utf8_get(wb_slice_from(s, n), &taken)) == 2;
        if (wide && n)
            break;
        n += taken;
        if (!wide)
            continue;
        /* punctuation stays with what it follows */
        while (n < s.n) {
            uint32_t next = wb_utf8_get(wb_slice_from(s, n), &taken);
            bool closes = next == 0xFF0C || next == 0x3002 || next == 0x3001 || next == 0xFF1B ||
                          next == 0xFF1A || next == 0xFF09 || next == 0x201D || next == 0xFF1F;
            if (!closes)
                break;
            n += taken;
        }
        break;
    }
    return n;
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
        struct wb_slice word = wb_slice_head(rest, unit(rest));
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

static const struct wb_both exit_text =
    WB_BOTH("Exit status: 0 all is well; 1 something could not be read or written, the rest was "
            "done; 2 the command line is wrong.",
            "退出码：0 正常；1 有内容没能读取或写出，其余照常处理；2 命令行写错了。");

static const struct wb_both heading_examples = WB_BOTH("Examples:", "举例：");
static const struct wb_both heading_options = WB_BOTH("Options:", "选项：");
static const struct wb_both heading_usage = WB_BOTH("Usage:", "用法：");
static const struct wb_both heading_commands = WB_BOTH("Commands:", "命令：");

static int done(void)
{
    return fflush(stdout) == 0 ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

int wb_help_command(const struct wb_command *c, enum wb_language l)
{
    FILE *out = stdout;
    fprintf(out, "%s whybounce %s [--OPTION...] %s\n\n", heading_usage.in[l], c->name,
            c->arguments);
    put_paragraph(out, 0, 0, c->text.in[l]);
    fprintf(out, "\n%s\n", heading_examples.in[l]);
    put_examples(out, c->examples, l);
    fprintf(out, "\n%s\n", heading_options.in[l]);
    put_options(out, c->options, l);
    put_options(out, wb_common_options, l);
    putc('\n', out);
    put_paragraph(out, 0, 0, exit_text.in[l]);
    return done();
}

int wb_help_all(enum wb_language l)
{
    static const struct wb_both about =
        WB_BOTH("whybounce says why a mail came back, whose fault it is, who must act and what to "
                "do.",
                "whybounce 告诉您邮件为什么被退回、是谁的问题、该由谁处理、怎么办。");
    static const struct wb_both more =
        WB_BOTH("'whybounce COMMAND --help' explains a command. --lang zh answers in Chinese.",
                "whybounce 命令 --help 查看该命令的说明。--lang en 用英文回答。");
    FILE *out = stdout;
    put_paragraph(out, 0, 0, about.in[l]);
    fprintf(out, "\n%s whybounce FILE...\n       whybounce COMMAND ...\n\n", heading_usage.in[l]);
    fprintf(out, "%s\n", heading_examples.in[l]);
    put_examples(out, wb_commands[0]->examples, l);
    fprintf(out, "\n%s\n", heading_commands.in[l]);
    for (int i = 0; wb_commands[i]; i++) {
        fprintf(out, "  %-12s", wb_commands[i]->name);
        put_paragraph(out, 14, 14, wb_commands[i]->summary.in[l]);
    }
    putc('\n', out);
    put_paragraph(out, 0, 0, more.in[l]);
    put_paragraph(out, 0, 0, exit_text.in[l]);
    return done();
}

/* ---- manual pages (mdoc) ---- */

/* A text for roff: a line may not begin with a control character, a backslash is doubled. */
static void put_roff(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            putc(*text, out);
    }
    putc('\n', out);
}

static void man_options(FILE *out, const struct wb_option *options, enum wb_language l)
{
    for (int i = 0; options && options[i].name; i++) {
        fprintf(out, ".It Fl \\-%s%s%s\n", options[i].name, options[i].value ? " Ar " : "",
                options[i].value ? options[i].value : "");
        put_roff(out, options[i].help.in[l]);
    }
}

static void man_head(FILE *out, const char *title, const char *name, const char *summary)
{
    fprintf(out, ".Dd $Mdocdate$\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", title, name);
    put_roff(out, summary);
}

static void man_command(FILE *out, const struct wb_command *c, enum wb_language l)
{
    char name[64], title[64];
    snprintf(name, sizeof name, "whybounce-%s", c->name);
    snprintf(title, sizeof title, "%s", name);
    for (char *p = title; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    man_head(out, title, name, c->summary.in[l]);
    fprintf(out, ".Sh SYNOPSIS\n.Nm whybounce\n.Cm %s\n.Op Ar options\n", c->name);
    put_roff(out, c->arguments);
    fputs(".Sh DESCRIPTION\n", out);
    put_roff(out, c->text.in[l]);
    fputs(".Bl -tag -width Ds\n", out);
    man_options(out, c->options, l);
    man_options(out, wb_common_options, l);
    fputs(".El\n.Sh EXIT STATUS\n", out);
    put_roff(out, exit_text.in[l]);
    fputs(".Sh EXAMPLES\n", out);
    for (int i = 0; c->examples[i].line; i++) {
        put_roff(out, c->examples[i].what.in[l]);
        fputs(".Bd -literal -offset indent\n", out);
        put_roff(out, c->examples[i].line);
        fputs(".Ed\n", out);
    }
    fputs(".Sh SEE ALSO\n.Xr whybounce 1\n", out);
}

static void man_all(FILE *out, enum wb_language l)
{
    static const struct wb_both environment = WB_BOTH(
        "LC_ALL, LC_MESSAGES, LANG: the language. NO_COLOR: no colours. WHYBOUNCE_CATALOGUE: a "
        "compiled catalogue to be used instead of the built-in one.",
        "LC_ALL、LC_MESSAGES、LANG 决定语言；NO_COLOR 关闭颜色；WHYBOUNCE_CATALOGUE 指定要用的知识库文件。");
    static const struct wb_both about = WB_BOTH(
        "whybounce reads the message that comes back when a mail could not be delivered, a bare "
        "SMTP reply, or a file full of them, and says for every recipient why delivery failed, "
        "whose fault it is, who must act and what to do, with the words that prove it.",
        "whybounce 读取退信、服务器的一条答复或成批的退信，对每个收件人说明为什么没有送到、是谁的问题、"
        "该由谁处理、怎么办，并给出作为依据的原文。");
    man_head(out, "WHYBOUNCE", "whybounce", wb_commands[0]->summary.in[l]);
    fputs(".Sh SYNOPSIS\n.Nm\n.Ar file ...\n.Nm\n.Ar command\n.Op Ar options\n.Ar ...\n"
          ".Sh DESCRIPTION\n",
          out);
    put_roff(out, about.in[l]);
    fputs(".Bl -tag -width Ds\n", out);
    for (int i = 0; wb_commands[i]; i++) {
        fprintf(out, ".It Cm %s\n", wb_commands[i]->name);
        put_roff(out, wb_commands[i]->summary.in[l]);
    }
    fputs(".El\n.Sh ENVIRONMENT\n", out);
    put_roff(out, environment.in[l]);
    fputs(".Sh EXIT STATUS\n", out);
    put_roff(out, exit_text.in[l]);
    fputs(".Sh SEE ALSO\n", out);
    for (int i = 0; wb_commands[i]; i++)
        fprintf(out, ".Xr whybounce-%s 1%s\n", wb_commands[i]->name, wb_commands[i + 1] ? " ," : "");
}

/* ---- completion ---- */

static void bash_options(FILE *out, const struct wb_option *options)
{
    for (int i = 0; options && options[i].name; i++)
        fprintf(out, " --%s%s", options[i].name, options[i].value ? "=" : "");
}

static void complete_bash(FILE *out)
{
    fputs("# bash completion for whybounce\n_whybounce()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} options=\n    case ${COMP_WORDS[1]} in\n",
          out);
    for (int i = 0; wb_commands[i]; i++) {
        fprintf(out, "    %s) options='", wb_commands[i]->name);
        bash_options(out, wb_commands[i]->options);
        bash_options(out, wb_common_options);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '",
          out);
    for (int i = 0; wb_commands[i]; i++)
        fprintf(out, "%s ", wb_commands[i]->name);
    fputs("--help --version' -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
          "    elif [[ $cur == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
          "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
          "    elif [ \"${COMP_WORDS[1]}\" = causes ]; then\n"
          "        COMPREPLY=($(compgen -W \"$(whybounce causes --color=never 2>/dev/null | "
          "cut -d' ' -f1)\" -- \"$cur\"))\n"
          "    else\n        COMPREPLY=($(compgen -f -- \"$cur\"))\n    fi\n}\n"
          "complete -o filenames -F _whybounce whybounce\n",
          out);
}

static void zsh_options(FILE *out, const struct wb_option *options)
{
    for (int i = 0; options && options[i].name; i++) {
        fprintf(out, " '--%s%s[", options[i].name, options[i].value ? "=" : "");
        for (const char *p = options[i].help.in[WB_ENGLISH]; *p; p++)
            if (!strchr("'[]", *p))
                putc(*p, out);
        fprintf(out, "]%s%s'", options[i].value ? ":" : "", options[i].value ? options[i].value : "");
    }
}

static void complete_zsh(FILE *out)
{
    fputs("#compdef whybounce\nlocal -a commands\ncommands=(\n", out);
    for (int i = 0; wb_commands[i]; i++)
        fprintf(out, "  '%s:%s'\n", wb_commands[i]->name, wb_commands[i]->summary.in[WB_ENGLISH]);
    fputs(")\nif (( CURRENT == 2 )); then\n  _describe command commands\n  _files\n  return\nfi\n"
          "case $words[2] in\n",
          out);
    for (int i = 0; wb_commands[i]; i++) {
        fprintf(out, "  %s) _arguments", wb_commands[i]->name);
        zsh_options(out, wb_commands[i]->options);
        zsh_options(out, wb_common_options);
        fputs(" '*:file:_files' ;;\n", out);
    }
    fputs("  *) _files ;;\nesac\n", out);
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
        wb_complain("there is no command '%s'; 'whybounce --help' lists all",
                    "没有“%s”这个命令；用 whybounce --help 查看全部命令", inv->arguments[0]);
        return WB_EXIT_USAGE;
    }
    if (!as)
        return command ? wb_help_command(command, inv->language) : wb_help_all(inv->language);
    if (strcmp(as, "man") == 0 && command)
        man_command(stdout, command, inv->language);
    else if (strcmp(as, "man") == 0)
        man_all(stdout, inv->language);
    else if (strcmp(as, "bash") == 0)
        complete_bash(stdout);
    else if (strcmp(as, "zsh") == 0)
        complete_zsh(stdout);
    else {
        wb_complain("--as takes man, bash or zsh, not '%s'", "--as 后面只能是 man、bash 或 zsh，不能是“%s”",
                    as);
        return WB_EXIT_USAGE;
    }
    return done();
}

static const struct wb_option options[] = {
    {"as", "FORM", WB_BOTH("print a manual page (man) or a completion script (bash, zsh)",
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
