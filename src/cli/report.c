/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce report: needs a database, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"days", "N", WB_BOTH("the last N days; 30 without it", "最近 N 天，默认 30")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce report --days 7", WB_BOTH("the last week", "最近一周")},
    {NULL},
};

const struct wb_command wb_command_report = {
    .name = "report",
    .arguments = "",
    .summary = WB_BOTH("show what the store holds, with bars", "用条形图显示数据库里的统计"),
    .text = WB_BOTH(
        "Bounces by cause, by provider and by the recipients' domains; then alarms of today, "
        "and what got worse since last week.",
        "按原因、服务商和收件人域名统计退信，再列出今天的警报和比上周变差的。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
