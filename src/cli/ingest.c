/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce ingest: needs a database, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"log", NULL,
     WB_BOTH("the paths are logs of your own mail server", "路径是自己邮件服务器的日志")},
    {"format", "NAME",
     WB_BOTH("of the log; without it it is recognised (see whybounce log --help)",
             "日志格式，不写就自动识别（见 whybounce log --help）")},
    {"no-webhooks", NULL,
     WB_BOTH("tell no other program of it: for old mails (doc/webhooks.md)",
             "不发 webhook 通知，读旧邮件时用（见 doc/webhooks.md）")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce ingest ~/Maildir", WB_BOTH("every bounce in a Maildir", "Maildir 里的全部退信")},
    {"whybounce ingest --log /var/log/mail.log",
     WB_BOTH("what your own server says", "自己服务器的日志")},
    {NULL},
};

const struct wb_command wb_command_ingest = {
    .name = "ingest",
    .arguments = "PATH...|-",
    .summary = WB_BOTH("read mails or logs into the store", "把邮件或日志读进数据库"),
    .text = WB_BOTH("Takes the same paths as parse: mails, Maildirs, mboxes, folders, packed or "
                    "not. What is in the store already changes nothing, so an ingest that was "
                    "broken off is simply run again. The service may run at the same time. With "
                    "--log the paths are logs of your own mail server: failures count as proven, "
                    "and a delivery takes back what spoke against an address.",
                    "路径的写法和 parse "
                    "一样：邮件、Maildir、mbox、文件夹，压缩过的也可以。已经在数据库里的不会重复计"
                    "数，中断以后再运行一次就行，服务可以同时开着。加上 --log "
                    "时，路径是您自己邮件服务器的日志：里面的失败算已证实的，成功投递会清除对这个地"
                    "址的不利记录。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
