/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce token: for programs that talk to the service. */
#include "cli.h"

static const struct wb_option options[] = {
    {"scopes", "LIST",
     WB_BOTH("what it lets its owner do: analyse (without it only that), read, write, admin",
             "权限：analyse（不写时只有它）、read、write、admin，用逗号隔开")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce token create --scopes analyse,write mailer",
     WB_BOTH("for the program that hands in bounces", "给提交退信的程序用")},
    {"whybounce token login", WB_BOTH("a link to log in to the page", "生成登录网页的链接")},
    {"whybounce token list", WB_BOTH("who has one", "查看都发给了谁")},
    {"whybounce token revoke 3", WB_BOTH("number 3 is no longer valid", "作废 3 号令牌")},
    {NULL},
};

const struct wb_command wb_command_token = {
    .name = "token",
    .arguments = "create NAME|login|list|revoke ID",
    .summary = WB_BOTH("give programs access to the service", "管理程序访问服务用的令牌"),
    .text = WB_BOTH(
        "A token is shown once, when it is made; kept is only its SHA-256. A program sends it with "
        "each call: Authorization: Bearer wb_...",
        "令牌只在生成时显示一次，保存的只是它的 SHA-256。程序每次访问时带上：Authorization: Bearer "
        "wb_…"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
