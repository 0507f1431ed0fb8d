/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a command line by the command's table of options. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cli.h"

const struct wb_option wb_common_options[] = {
    {"lang", "TAG", WB_BOTH("the language of the answer, zh or en; without it that of the locale",
                            "回答用的语言，zh 或 en；不写就按系统语言")},
    {"color", "WHEN", WB_BOTH("colours: auto (on a terminal), always or never",
                              "颜色：auto（在终端上才用）、always 或 never")},
    {"help", NULL, WB_BOTH("show this help", "显示这份帮助")},
    {NULL},
};

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
        out[first + i] = (struct option){
            options[i].name, options[i].value ? required_argument : no_argument, NULL, first + i};
}

bool wb_cli_read(struct wb_invocation *inv, int argc, char **argv)
{
    struct option table[WB_MAX_OPTIONS + 1] = {0};
    int own = count(inv->command->options), all = own + count(wb_common_options), found;
    WB_CHECK(all <= WB_MAX_OPTIONS);
    fill(table, inv->command->options, 0);
    fill(table, wb_common_options, own);
    opterr = 0;
    optind = 0; /* argv is read anew for every command (glibc) */
    while ((found = getopt_long(argc, argv, ":", table, NULL)) != -1) {
        if (found == '?' || found == ':') {
            const char *word = argv[optind - 1];
            if (found == '?')
                wb_complain("%s has no option '%s'; 'whybounce %s --help' shows all",
                            "%s 没有选项“%s”；用 whybounce %s --help 查看全部选项",
                            inv->command->name, word, inv->command->name);
            else
                wb_complain("the option '%s' needs a value; see 'whybounce %s --help'",
                            "选项“%s”后面缺少内容；见 whybounce %s --help", word,
                            inv->command->name);
            return false;
        }
        inv->value[found] = optarg ? optarg : "";
    }
    inv->arguments = argv + optind;
    inv->count = argc - optind;
    return true;
}
