/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce check: a program of its own, because it needs the network. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"json", NULL, WB_BOTH("one JSON object a line (doc/check.md)", "输出 JSON，每项一行")},
    {"verbose", NULL,
     WB_BOTH("also what was said, as telnet would show it (also -v)",
             "同时显示与服务器的对话，和 telnet 看到的一样（也可写 -v）")},
    {"dns-only", NULL, WB_BOTH("ask only DNS, talk to no mail server", "只查 DNS，不连邮件服务器")},
    {"rcpt", NULL,
     WB_BOTH("also ask each server with RCPT TO whether it knows the address; no mail is sent. Off "
             "by default: asked often, it looks like collecting addresses, and gets one blocked",
             "再用 RCPT TO 问服务器有没有这个邮箱（不会真的发信）。默认不问：问多了像是在收集地址，"
             "可能被对方拉黑")},
    {"control", "HOST",
     WB_BOTH("a mail server that surely works: tells whether one's own network blocks port 25",
             "一台肯定正常的邮件服务器，用来判断是不是自己的网络封了 25 端口")},
    {"from", "DOMAIN",
     WB_BOTH("look at the sender's side instead: the domain's DNS, SPF, DMARC, its servers",
             "改为检查发件方：这个域名的 DNS、SPF、DMARC 和服务器")},
    {"ip", "IP",
     WB_BOTH("--from: the address that the domain sends from: its name, SPF for it, blocklists",
             "--from：发信服务器的 IP，检查反向解析、SPF 和黑名单")},
    {"selector", "NAME",
     WB_BOTH("--from: the DKIM key of this selector", "--from：检查这个选择器的 DKIM 公钥")},
    {"resolver", "IP[:PORT]",
     WB_BOTH("the DNS resolver to ask; else that of the system",
             "用哪台 DNS 服务器；不写就用系统的")},
    {"trust-anchor", "FILE",
     WB_BOTH("the keys that DNSSEC begins at; else those of the root zone that the system has",
             "DNSSEC 从哪些密钥开始验证；不写就用系统里根区的密钥")},
    {"helo", "NAME",
     WB_BOTH("the name to greet with; else that of this machine",
             "问候时用的主机名；不写就用本机的名字")},
    {"port", "N",
     WB_BOTH("the port of the mail servers, 25 without it", "邮件服务器的端口，默认 25")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {"allow-private", NULL,
     WB_BOTH("also connect to addresses that are not public", "也连接内网等非公网地址")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce check wang@example.org",
     WB_BOTH("can mail reach this address?", "这个地址收得到信吗")},
    {"whybounce check -v example.org",
     WB_BOTH("the same for a domain, with the talk", "检查一个域名，并显示对话")},
    {"whybounce check 198.51.100.7",
     WB_BOTH("is the address of my own server in order, or on a blocklist?",
             "自己服务器的 IP 正不正常，有没有被拉黑")},
    {"whybounce check --from example.com --ip 198.51.100.7",
     WB_BOTH("is what others look at in order: DNS, SPF, DMARC, the address?",
             "别人会查的这些正不正常：DNS、SPF、DMARC、发信 IP")},
    {"whybounce check --control smtp.example.com example.org",
     WB_BOTH("is it their server or my network?", "是对方的问题还是我的网络")},
    {"whybounce check --json - < domains.txt",
     WB_BOTH("many, one a line, answers in order", "批量检查，每行一个，按顺序输出")},
    {NULL},
};

const struct wb_command wb_command_check = {
    .name = "check",
    .arguments = "ADDRESS|DOMAIN|IP|-...",
    .summary = WB_BOTH("see whether a domain can get mail, or an IP is on a blocklist",
                       "检查域名能不能收信、IP 有没有被拉黑"),
    .text = WB_BOTH(
        "Does by itself what is else done by hand: looks up the mail servers (MX) of the domain, "
        "connects to port 25 of each and waits for the greeting, looks at what they offer, at "
        "their certificates, and at what the domain promises of them (MTA-STS, DANE). Of an IP "
        "address it tells whether it has a name that leads back to "
        "it, and "
        "which blocklists have it. It asks DNS, these servers and "
        "the domain's own policy host, nobody else. A check takes at "
        "most 10 "
        "seconds.",
        "自动完成平时要手工做的检查：查域名的邮件服务器（MX），逐台连接 25 端口等待问候，"
        "看它们支持什么、证书是否有效、是否符合域名公布的要求（MTA-STS、DANE）。给出 IP "
        "时，检查它的正反向解析是否一致、在不在黑名单上。只访问 DNS、"
        "这些服务器和该域名自己的策略主机。一次检查最多 10 "
        "秒。"),
    .exit =
        WB_BOTH("0 all is well; 1 there is trouble; 2 it could not be told, or the command line "
                "is wrong.",
                "0 一切正常；1 有问题；2 查不清楚，或者命令行写错了。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-check",
};
