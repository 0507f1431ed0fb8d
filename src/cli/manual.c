/* SPDX-License-Identifier: BSD-2-Clause */
/* Manual pages (mdoc), made from the commands' tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- text for roff ---- */

/* A line may not begin with a control character; a backslash begins an escape. */
static void put_bytes(struct wb_slice s, bool line_begins)
{
    if (line_begins && s.n && (s.p[0] == '.' || s.p[0] == '\''))
        fputs("\\&", stdout);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\')
            fputs("\\e", stdout);
        else if (s.p[i] == '-')
            fputs("\\-", stdout);
        else
            putchar(s.p[i]);
    }
}

/*
 * A paragraph. A sentence begins on a line of its own, as mdoc wants it. Chinese has no blanks:
 * "\:" says where a line may end.
 */
static void put_text(const char *text)
{
    struct wb_slice rest = wb_slice_str(text), before = WB_NONE;
    bool begins = true;
    while (rest.n) {
        if (rest.p[0] == ' ') {
            rest = wb_slice_from(rest, 1);
            bool upper = rest.n && rest.p[0] >= 'A' && rest.p[0] <= 'Z';
            begins =
                wb_slice_ends(before, WB_S(".")) && (upper || wb_slice_starts(rest, WB_S("'")));
            putchar(begins ? '\n' : ' ');
            before = WB_NONE;
            continue;
        }
        struct wb_slice unit = wb_help_unit(rest);
        if (before.n)
            fputs("\\:", stdout);
        put_bytes(unit, begins);
        begins = false;
        before = unit;
        rest = wb_slice_from(rest, unit.n);
    }
    putchar('\n');
}

/* A line as it is typed. */
static void put_line(const char *line)
{
    put_bytes(wb_slice_str(line), true);
    putchar('\n');
}

/* ---- parts of a page ---- */

static void put_head(const char *name, const char *summary)
{
    printf(".Dd %s\n.Dt ", WHYBOUNCE_DATE);
    for (const char *p = name; *p; p++)
        putchar(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    printf(" 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", name);
    put_text(summary);
}

static void put_options(const struct wb_option *options, enum wb_language l)
{
    for (int i = 0; options && options[i].name; i++) {
        printf(".It Fl \\-%s%s%s\n", options[i].name, options[i].value ? " Ar " : "",
               options[i].value ? options[i].value : "");
        put_text(options[i].help.in[l]);
    }
}

static void put_examples(const struct wb_example *examples, enum wb_language l)
{
    fputs(".Sh EXAMPLES\n", stdout);
    for (int i = 0; examples[i].line; i++) {
        if (i)
            fputs(".Pp\n", stdout);
        put_text(examples[i].what.in[l]);
        fputs(".Bd -literal -offset indent\n", stdout);
        put_line(examples[i].line);
        fputs(".Ed\n", stdout);
    }
}

/* What is set from outside: names of variables and files, and what they do. */
struct setting {
    const char *name;
    struct wb_both what;
};

static const struct setting variables[] = {
    {"LC_ALL , LC_MESSAGES , LANG",
     WB_BOTH("The first of these that is set decides the language.", "其中第一个有值的决定语言。")},
    {"NO_COLOR", WB_BOTH("When it is not empty: no colours.", "不为空时不用颜色。")},
    {"WHYBOUNCE_CATALOGUE", WB_BOTH("A compiled catalogue that is used in place of all others.",
                                    "指定一个编译好的知识库文件，代替其他知识库。")},
    {"WHYBOUNCE_LIBEXEC", WB_BOTH("The folder of the programs that belong to whybounce.",
                                  "whybounce 附属程序所在的文件夹。")},
    {"WHYBOUNCE_KNOWLEDGE",
     WB_BOTH("The folder in which 'whybounce knowledge' finds the knowledge that is built in.",
             "whybounce knowledge 从这个文件夹读取内置知识的源文件。")},
};

static const struct setting files[] = {
    {WHYBOUNCE_RULES, WB_BOTH("Rules of your own; 'whybounce knowledge build' compiles them.",
                              "您自己的规则，由 whybounce knowledge build 编译。")},
    {WHYBOUNCE_CACHE "/catalogue.wbc",
     WB_BOTH("The catalogue that was compiled with them; when it is there, it is used.",
             "用这些规则编译出的知识库；有这个文件就用它。")},
    {WHYBOUNCE_KNOWLEDGE,
     WB_BOTH("The source of the knowledge that is built in.", "内置知识的源文件。")},
};

static void put_settings(const char *macro, const struct setting *settings, size_t n,
                         enum wb_language l)
{
    fputs(".Bl -tag -width Ds\n", stdout);
    for (size_t i = 0; i < n; i++) {
        printf(".It %s %s\n", macro, settings[i].name);
        put_text(settings[i].what.in[l]);
    }
    fputs(".El\n", stdout);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The pages of all commands, by name. */
static void put_commands_to_see(void)
{
    const char *names[64];
    size_t n = 0;
    for (; n < sizeof names / sizeof names[0] && wb_commands[n]; n++)
        names[n] = wb_commands[n]->name;
    qsort(names, n, sizeof names[0], by_name);
    for (size_t i = 0; i < n; i++)
        printf(".Xr whybounce-%s 1 ,\n", names[i]);
}

/* ---- pages ---- */

static void put_command(const struct wb_command *c, enum wb_language l)
{
    char name[64];
    snprintf(name, sizeof name, "whybounce-%s", c->name);
    put_head(name, c->summary.in[l]);
    printf(".Sh SYNOPSIS\n.Nm whybounce\n.Cm %s\n.Op Ar options\n", c->name);
    if (*c->arguments)
        put_line(c->arguments);
    fputs(".Sh DESCRIPTION\n", stdout);
    put_text(c->text.in[l]);
    fputs(".Bl -tag -width Ds\n", stdout);
    put_options(c->options, l);
    put_options(wb_common_options, l);
    fputs(".El\n.Sh EXIT STATUS\n", stdout);
    put_text(wb_help_exit_of(c, l));
    put_examples(c->examples, l);
    fputs(".Sh SEE ALSO\n.Xr whybounce 1\n", stdout);
}

static void put_program(enum wb_language l)
{
    static const struct wb_both about = WB_BOTH(
        "whybounce reads the message that comes back when a mail could not be delivered, a bare "
        "SMTP reply, a file full of them, or a mail server's log, and says for every recipient why "
        "delivery failed, whose fault it is, who must act and what to do, with the words that "
        "prove it.",
        "whybounce "
        "读取退信、服务器的一条答复、成批的退信或邮件服务器的日志，对每个收件人说明为什么没有送到、"
        "是谁的问题、"
        "该由谁处理、怎么办，并给出作为依据的原文。");
    put_head("whybounce", wb_commands[0]->summary.in[l]);
    fputs(".Sh SYNOPSIS\n.Nm\n.Ar file ...\n.Nm\n.Ar command\n.Op Ar options\n.Ar ...\n"
          ".Sh DESCRIPTION\n",
          stdout);
    put_text(about.in[l]);
    fputs(".Bl -tag -width Ds\n", stdout);
    for (int i = 0; wb_commands[i]; i++) {
        printf(".It Cm %s\n", wb_commands[i]->name);
        put_text(wb_commands[i]->summary.in[l]);
    }
    fputs(".El\n.Sh ENVIRONMENT\n", stdout);
    put_settings("Ev", variables, sizeof variables / sizeof variables[0], l);
    fputs(".Sh FILES\n", stdout);
    put_settings("Pa", files, sizeof files / sizeof files[0], l);
    fputs(".Sh EXIT STATUS\n", stdout);
    put_text(wb_help_exit.in[l]);
    put_examples(wb_commands[0]->examples, l);
    fputs(".Sh SEE ALSO\n", stdout);
    put_commands_to_see();
    fputs(".Xr libwhybounce 3\n", stdout);
}

void wb_manual(const struct wb_command *command, enum wb_language language)
{
    if (command)
        put_command(command, language);
    else
        put_program(language);
}
