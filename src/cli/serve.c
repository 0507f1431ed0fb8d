/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce serve: a program of its own, because it needs a database and a network. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"listen", "IP:PORT",
     WB_BOTH("where to listen; 127.0.0.1:3464 without it",
             "监听的地址和端口，默认 127.0.0.1:3464")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce serve", WB_BOTH("with a page for this machine; prints the link to log in",
                                "在本机打开网页服务，并显示登录地址")},
    {"whybounce serve --listen 0.0.0.0:3464",
     WB_BOTH("for others too; set 'hosts' and a certificate first",
             "供别的机器使用；请先设置 hosts 和证书")},
    {NULL},
};

const struct wb_command wb_command_serve = {
    .name = "serve",
    .arguments = "",
    .summary = WB_BOTH("keep reports, decide about addresses, show them on a page",
                       "保存退信、判断地址是否还能用、在网页上查看"),
    .text = WB_BOTH(
        "Runs until it is stopped. Without any settings it keeps its data in "
        "~/.local/state/whybounce, for root in " WHYBOUNCE_STATE
        ", and listens on this machine only. Programs talk to it by HTTP with a token (whybounce "
        "token), people by the page. Messages are read in processes that can open nothing. SIGHUP "
        "reads knowledge, policy, DKIM keys and certificate anew, SIGTERM ends it when all that "
        "was accepted is stored.",
        "一直运行，直到停止。不做任何设置时，数据放在 ~/.local/state/whybounce（root "
        "用户放在 " WHYBOUNCE_STATE
        "），只在本机监听。程序用令牌通过 HTTP 访问（见 whybounce token），人用网页。"
        "邮件由打不开任何文件的进程来读。收到 SIGHUP 时重新读取知识库、策略、DKIM "
        "公钥和证书，收到 SIGTERM 时把已经收下的都存好再退出。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
