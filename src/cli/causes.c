/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce causes: the catalogue in the terminal. */
#include <string.h>

#include "cli.h"

static void join(struct wb_buf *words, char **arguments, int n)
{
    for (int i = 0; i < n; i++)
        wb_buf_printf(words, "%s%s", i ? " " : "", arguments[i]);
    wb_buf_byte(words, '\0');
}

/* Names the id that was probably meant: the list of all causes has one in front of each line. */
static void complain_unknown(struct wb_session *session, const char *words)
{
    struct wb_suggestion near;
    wb_suggest_begin(&near, words);
    struct wb_string all = wb_describe_causes(session, "", "text");
    struct wb_buf ids = {0};
    wb_buf_put(&ids, wb_slice(all.text, all.length));
    wb_buf_byte(&ids, '\0');
    for (char *line = ids.p, *next; (next = strchr(line, '\n')); line = next + 1) {
        line[strcspn(line, " \n")] = '\0';
        wb_suggest(&near, line);
    }
    if (near.name)
        wb_complain("no cause has to do with '%s'; did you mean '%s'?",
                    "没有找到和“%s”有关的退信原因；您是不是想查 %s？", words, near.name);
    else
        wb_complain("no cause has to do with '%s'; 'whybounce causes' lists all",
                    "没有找到和“%s”有关的退信原因；用 whybounce causes 查看全部", words);
    wb_buf_free(&ids);
}

static int run(const struct wb_invocation *inv)
{
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    struct wb_session *session = catalogue ? wb_cli_session(inv, catalogue, 0) : NULL;
    if (!session) {
        wb_catalogue_free(catalogue);
        return WB_EXIT_TROUBLE;
    }
    struct wb_buf words = {0};
    join(&words, inv->arguments, inv->count);
    struct wb_string text =
        wb_describe_causes(session, words.p, wb_cli_has(inv, "json") ? "json" : "text");
    bool ok = text.length && wb_cli_write(text.text, text.length);
    if (!text.length)
        complain_unknown(session, words.p);
    wb_buf_free(&words);
    wb_session_free(session);
    wb_catalogue_free(catalogue);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

static const struct wb_option options[] = {
    {"json", NULL, WB_BOTH("JSON, one object for each cause", "用 JSON 输出，每个原因一行")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce causes", WB_BOTH("list all causes", "列出全部原因")},
    {"whybounce causes mailbox-full", WB_BOTH("all about one cause", "查看一个原因的详情")},
    {"whybounce causes over quota",
     WB_BOTH("find the cause that some words stand for", "按退信里的字样查找原因")},
    {NULL},
};

const struct wb_command wb_command_causes = {
    .name = "causes",
    .arguments = "[ID|WORDS...]",
    .summary = WB_BOTH("look up the causes of bounces", "查询退信的各种原因"),
    .text = WB_BOTH(
        "Lists the causes that whybounce knows, or those that an id or some words "
        "lead to, with what they mean and what to do.",
        "列出 whybounce 知道的退信原因；写上编号或退信里的字样，就显示相关原因的含义和处理办法。"),
    .options = options,
    .examples = examples,
    .run = run,
};
