/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce prune: needs a database, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"dry-run", NULL, WB_BOTH("only say how much would go", "只说明会清除多少，不改动")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce prune --dry-run",
     WB_BOTH("before a shorter time is set for good", "缩短保留期限之前先看看")},
    {NULL},
};

const struct wb_command wb_command_prune = {
    .name = "prune",
    .arguments = "",
    .summary = WB_BOTH("remove what is older than the settings allow", "清除超过保留期限的数据"),
    .text = WB_BOTH(
        "The service does so by itself every hour. How long mails and reports are kept stands in "
        "the settings raw-days and days. Suppressed addresses, and counts by the day, stay.",
        "服务每小时会自动做一次。邮件和记录保留多少天，见设置 raw-days 和 "
        "days。停发的地址和按天的统计会保留。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
