/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce reclassify: needs a database, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"apply", NULL, WB_BOTH("do it, after showing it", "显示以后立即改动")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce reclassify",
     WB_BOTH("after new rules: what would change", "有了新规则以后，先看看会有什么变化")},
    {"whybounce reclassify --apply", WB_BOTH("and do it", "确认后改动")},
    {NULL},
};

const struct wb_command wb_command_reclassify = {
    .name = "reclassify",
    .arguments = "",
    .summary = WB_BOTH("judge the kept mails anew with the rules of today",
                       "用现在的规则重新判断保存的邮件"),
    .text =
        WB_BOTH("Reads every mail that the store still has and says how many reports would change "
                "and how: cause, kind, recommendation, each with the id of an example. Nothing is "
                "changed without --apply. With it the reports are replaced and counted anew, in "
                "short batches; the service may run at the same time. What was decided of "
                "addresses stays: the policy's dry run on the page shows what it would decide "
                "today. Mails that are no longer kept, replies and lines of logs stay as they are.",
                "把数据库里还保存着的邮件重新判断一遍，列出会有多少条记录改变、怎么变：原因、类型、"
                "建议，每种变化给一条例子的编号。不加 --apply "
                "不会改动任何数据；加上以后分小批替换记录、重新统计，服务可以同时开着。对地址已经做"
                "出的决定不变，想知道现在会怎么决定，请用网页上的策略试算。没有保存原文的邮件、单条"
                "答复和日志行保持原样。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
