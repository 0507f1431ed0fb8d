/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce knowledge: the command line. A folder of rules has the shape of knowledge/:
 * causes/ID.yaml, providers/ID.yaml, dialects/ID.yaml.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>

#include "author.h"
#include "language.h"

static const char help_en[] = "Usage: whybounce knowledge new|lint|test|build|diff|unknown ...; "
                              "'whybounce help knowledge' explains it\n";

static const char help_zh[] = "用法：whybounce knowledge new|lint|test|build|diff|unknown ...；"
                              "详见 whybounce help knowledge\n";

static const struct wb_tool *const actions[] = {&wb_tool_new,   &wb_tool_lint, &wb_tool_test,
                                                &wb_tool_build, &wb_tool_diff, &wb_tool_unknown};

static int run(const char *name, struct wb_settings *s, int argc, char **argv)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(actions[i]->name, name) == 0)
            return actions[i]->run(s, argc, argv);
    wb_author_complain(
        name, wb_in_both("there is no such action; it is new, lint, test, build, diff or unknown",
                         "没有这个操作；可用的有 new、lint、test、build、diff、unknown"));
    return WB_EXIT_USAGE;
}

/* What was said on standard output must have arrived. */
static int end(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return wb_author_complain(wb_in_both("standard output", "标准输出"), strerror(errno));
}

static const struct option options[] = {{"base", required_argument, NULL, 'b'},
                                        {"output", required_argument, NULL, 'o'},
                                        {"cause", required_argument, NULL, 'c'},
                                        {"id", required_argument, NULL, 'i'},
                                        {"provider", required_argument, NULL, 'p'},
                                        {"from", required_argument, NULL, 'f'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"replies", no_argument, NULL, 'r'},
                                        {"strict", no_argument, NULL, 's'},
                                        {"unneeded", no_argument, NULL, 'u'},
                                        {"corpus", required_argument, NULL, 'C'},
                                        {"help", no_argument, NULL, 'h'},
                                        {"lang", required_argument, NULL, 'l'},
                                        {"color", required_argument, NULL, 'k'},
                                        {0}};

/* An option with a value; false: there is no room for more. */
static bool take_value(struct wb_settings *s, int option)
{
    switch (option) {
    case 'b': s->folders[0] = optarg; break;
    case 'o': s->output = optarg; break;
    case 'c': s->cause = optarg; break;
    case 'i': s->id = optarg; break;
    case 'p': s->provider = optarg; break;
    case 'f': s->from = optarg; break;
    case 'l': wb_talk_in(wb_language_of_tag(optarg)); break;
    case 'C':
        if (s->corpora == WB_MAX_FOLDERS)
            return false;
        s->corpus[s->corpora++] = optarg;
        break;
    default: break; /* --color: nothing here is coloured */
    }
    return true;
}

static void take_mark(struct wb_settings *s, int option)
{
    s->json |= option == 'j';
    s->replies |= option == 'r';
    s->strict |= option == 's';
    s->unneeded |= option == 'u';
}

int main(int argc, char **argv)
{
    const char *base = getenv("WHYBOUNCE_KNOWLEDGE");
    struct wb_settings s = {.output = WHYBOUNCE_CACHE "/catalogue.wbc", .n = 1};
    s.folders[0] = base ? base : WHYBOUNCE_KNOWLEDGE;
    int found;
    bool wants_help = false;
    wb_talk_in(wb_language_of_locale());
    opterr = 0;
    signal(SIGPIPE, SIG_IGN);
    while ((found = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (found == '?') {
            wb_author_complain(
                argv[optind - 1],
                wb_in_both("there is no such option, or its value is missing; see --help",
                           "没有这个选项，或者后面缺少内容；请看 --help"));
            return WB_EXIT_USAGE;
        }
        wants_help |= found == 'h';
        take_mark(&s, found);
        if (optarg && !take_value(&s, found)) {
            wb_author_complain(optarg, wb_in_both("too many folders", "文件夹太多"));
            return WB_EXIT_USAGE;
        }
    }
    if (wants_help)
        return end(fputs(wb_in_both(help_en, help_zh), stdout) < 0 ? WB_EXIT_TROUBLE : WB_EXIT_OK);
    if (optind == argc)
        return fputs(wb_in_both(help_en, help_zh), stderr) < 0 ? WB_EXIT_TROUBLE : WB_EXIT_USAGE;
    return end(run(argv[optind], &s, argc - optind - 1, argv + optind + 1));
}
