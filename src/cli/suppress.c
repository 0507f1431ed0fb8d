/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce suppress: needs a database, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"reason", "TEXT", WB_BOTH("why; add and release need it", "原因，add 和 release 必须写")},
    {"format", "NAME",
     WB_BOTH("of list and export: csv (without it), postfix, exim, sendmail",
             "list 和 export 的格式：csv（默认）、postfix、exim、sendmail")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce suppress add --reason 'asked by phone' wang@example.org",
     WB_BOTH("write no more to this address", "不再给这个地址发信")},
    {"whybounce suppress release --reason 'new mailbox' wang@example.org",
     WB_BOTH("write to it again", "恢复发信")},
    {"whybounce suppress export --format postfix > /etc/postfix/suppressed",
     WB_BOTH("for check_recipient_access of Postfix", "供 Postfix 的 check_recipient_access 使用")},
    {NULL},
};

const struct wb_command wb_command_suppress = {
    .name = "suppress",
    .arguments = "list|add ADDRESS|release ADDRESS|import|export",
    .summary = WB_BOTH("addresses that are no longer written to", "管理不再发信的地址"),
    .text = WB_BOTH(
        "The policy suppresses addresses by itself (doc/policy.md); this is for doing so by hand. "
        "A released address is on probation: one further strike suppresses it again. import reads "
        "lines of ADDRESS or ADDRESS,REASON from standard input. export leaves out addresses that "
        "a map of a mail server could misread.",
        "策略会自动停发地址（见 "
        "doc/"
        "policy."
        "md），这个命令用来手工处理。恢复以后有一段观察期，期间再有一次不利记录就重新停发。import "
        "从标准输入读取，每行一个地址，或者“地址,原因”。export 会略过可能让邮件服务器误读的地址。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
