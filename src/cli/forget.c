/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce forget: needs a database, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce forget wang@example.org",
     WB_BOTH("somebody asks to be forgotten", "有人要求删除他的数据")},
    {NULL},
};

const struct wb_command wb_command_forget = {
    .name = "forget",
    .arguments = "ADDRESS...",
    .summary = WB_BOTH("remove everything about an address from the store",
                       "从数据库里清除一个地址的全部记录"),
    .text = WB_BOTH(
        "Removes the address's reports, the mails that they stood in, what was decided about it "
        "and who decided it, also whether it is suppressed. In reports about other recipients of "
        "the same mails it is masked. That somebody forgot an address is noted, not which. SQLite "
        "overwrites what it frees; with PostgreSQL run VACUUM FULL afterwards. Mails about other "
        "people that quote the address, and backups, are not touched.",
        "清除这个地址的记录、涉及它的邮件原文、对它的决定和操作历史，包括是否停发。同一封邮件里其他"
        "收件人的记录保留，其中的这个地址会被遮盖。操作历史里只记下有人清除过地址，不记是哪个。SQLi"
        "te 会覆盖释放的空间；用 PostgreSQL 时请随后运行 VACUUM "
        "FULL。别人的邮件里引用到的这个地址，以及备份，不会处理。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
