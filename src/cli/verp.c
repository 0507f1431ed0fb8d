/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce verp: needs OpenSSL, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"from", "SENDER", WB_BOTH("the address that bounces go to", "接收退信的地址")},
    {"check", NULL,
     WB_BOTH("the other way: whose mail bounced? Exit status 1 when the tag is not yours",
             "反过来查：这个地址是发给谁的。标记不对时退出状态为 1")},
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce verp --from bounce@example.com wang@example.org",
     WB_BOTH("for a mail to this recipient", "发给这个收件人时使用")},
    {"whybounce verp --check bounce+wang=example.org-k3v5w7x2a4b6c8d2@example.com",
     WB_BOTH("from a bounce", "从退信里查收件人")},
    {NULL},
};

const struct wb_command wb_command_verp = {
    .name = "verp",
    .arguments = "ADDRESS...",
    .summary =
        WB_BOTH("envelope senders that prove a bounce to be yours", "生成能证明退信真伪的发信地址"),
    .text = WB_BOTH("Anybody can send a mail that looks like a bounce, so bounces that are not "
                    "proven change no address. A sender made by this command carries a tag that "
                    "only you can make: send each mail with the one for its recipient, and its "
                    "bounce proves itself. The key is kept in the folder of the service.",
                    "谁都能伪造一封看起来像退信的邮件，所以没有证实的退信不会影响任何地址的状态。用"
                    "这个命令生成的发信地址带有只有您能生成的标记：发给谁就用谁的那个，退回来的退信"
                    "就能自证。密钥保存在服务的数据文件夹里。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
