/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a command line by the command's table of options. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cli.h"

const struct wb_option wb_common_options[] = {
    {"lang", "TAG",
     WB_BOTH("the language of the answer, zh or en; without it that of the locale",
             "回答用的语言，zh 或 en；不写就按系统语言")},
    {"color", "WHEN",
     WB_BOTH("colours: auto (on a terminal), always or never",
             "颜色：auto（在终端上才用）、always 或 never")},
    {"help", NULL, WB_BOTH("show this help", "显示这份帮助")},
    {NULL},
};

/* What getopt gives back for the options of the table, apart from its own '?' and ':'. */
enum { FIRST_OPTION = 256, SHORT_HELP = 'h' };

static int count(const struct wb_option *options)
{
    int n = 0;
    while (options && options[n].name)
        n++;
    return n;
}

const char *wb_cli_value(const struct wb_invocation *inv, const char *option)
{
    int own = count(inv->command->options);
    for (int i = 0; i < own; i++)
        if (strcmp(inv->command->options[i].name, option) == 0)
            return inv->value[i];
    for (int i = 0; wb_common_options[i].name; i++)
        if (strcmp(wb_common_options[i].name, option) == 0)
            return inv->value[own + i];
    WB_CHECK(false); /* a command asks only for what its table has */
    return NULL;
}

bool wb_cli_number(const struct wb_invocation *inv, const char *option, long min, long max,
                   long fallback, long *number_out)
{
    const char *text = wb_cli_value(inv, option);
    char *end;
    *number_out = fallback;
    if (!text)
        return true;
    *number_out = strtol(text, &end, 10);
    if (*text && !*end && *number_out >= min && *number_out <= max)
        return true;
    wb_complain("--%s takes a number from %ld to %ld, not '%s'",
                "--%s 后面应当是 %ld 到 %ld 的数字，不能是“%s”", option, min, max, text);
    return false;
}

static void fill(struct option *out, const struct wb_option *options, int first)
{
    for (int i = 0; options && options[i].name; i++)
        out[first + i] =
            (struct option){options[i].name, options[i].value ? required_argument : no_argument,
                            NULL, FIRST_OPTION + first + i};
}

/* An option that is not there: the nearest one is named. */
static void complain_unknown(const struct wb_invocation *inv, const char *word)
{
    struct wb_suggestion near;
    char name[64];
    size_t n = strspn(word, "-"), length = strcspn(word + n, "=");
    if (length >= sizeof name)
        length = 0;
    memcpy(name, word + n, length);
    name[length] = '\0';
    wb_suggest_begin(&near, name);
    for (int i = 0; inv->command->options[i].name; i++)
        wb_suggest(&near, inv->command->options[i].name);
    for (int i = 0; wb_common_options[i].name; i++)
        wb_suggest(&near, wb_common_options[i].name);
    if (near.name && length > 1)
        wb_complain("%s has no option '%s'; did you mean '--%s'?",
                    "%s 没有选项“%s”；您是不是想用 --%s？", inv->command->name, word, near.name);
    else
        wb_complain("%s has no option '%s'; 'whybounce %s --help' shows all",
                    "%s 没有选项“%s”；用 whybounce %s --help 查看全部选项", inv->command->name,
                    word, inv->command->name);
}

static void complain_wrong(const struct wb_invocation *inv, int found, const char *word)
{
    char letter[] = {'-', (char)optopt, '\0'};
    if (found == ':')
        wb_complain("the option '%s' needs a value; see 'whybounce %s --help'",
                    "选项“%s”后面缺少内容；见 whybounce %s --help", word, inv->command->name);
    else if (optopt >= FIRST_OPTION)
        wb_complain("the option '%s' takes no value; see 'whybounce %s --help'",
                    "选项“%s”后面不能带内容；见 whybounce %s --help", word, inv->command->name);
    else
        complain_unknown(inv, optopt ? letter : word);
}

static bool check_colour(const struct wb_invocation *inv)
{
    const char *when = wb_cli_value(inv, "color");
    if (!when || strcmp(when, "auto") == 0 || strcmp(when, "always") == 0 ||
        strcmp(when, "never") == 0)
        return true;
    wb_complain("--color takes auto, always or never, not '%s'",
                "--color 后面只能是 auto、always 或 never，不能是“%s”", when);
    return false;
}

bool wb_cli_read(struct wb_invocation *inv, int argc, char **argv)
{
    struct option table[WB_MAX_OPTIONS + 1] = {0};
    int own = count(inv->command->options), all = own + count(wb_common_options), found;
    const int help = all - 1; /* the last of the common ones */
    WB_CHECK(all <= WB_MAX_OPTIONS);
    fill(table, inv->command->options, 0);
    fill(table, wb_common_options, own);
    opterr = 0;
    optind = 0; /* argv is read anew for every command (glibc) */
    while ((found = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (found == '?' || found == ':') {
            complain_wrong(inv, found, argv[optind - 1]);
            return false;
        }
        int place = found == SHORT_HELP ? help : found - FIRST_OPTION;
        inv->value[place] = optarg ? optarg : "";
    }
    inv->arguments = argv + optind;
    inv->count = argc - optind;
    return check_colour(inv);
}
