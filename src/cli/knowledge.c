/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce knowledge: a program of its own, because it needs a YAML library. */
#include "cli.h"

static const struct wb_option options[] = {{NULL}};

static const struct wb_example examples[] = {
    {"whybounce knowledge new --cause spam-content '550 Rejected by ACME filter'",
     WB_BOTH("write an entry for a reply", "为一条答复写一条规则")},
    {"whybounce knowledge test rules/", WB_BOTH("run the examples of own entries",
                                                "检查自己写的规则")},
    {"whybounce knowledge build",
     WB_BOTH("use the entries under /etc/whybounce/knowledge.d from now on",
             "启用 /etc/whybounce/knowledge.d 里的规则")},
    {NULL},
};

const struct wb_command wb_command_knowledge = {
    .name = "knowledge",
    .arguments = "new|lint|test|build ...",
    .summary = WB_BOTH("add rules of your own", "添加自己的规则"),
    .text = WB_BOTH("For people who add causes, providers, dialects or single entries. "
                    "'whybounce knowledge --help' says more.",
                    "供需要自己添加原因、服务商、退信格式或单条规则的人使用。详见 whybounce knowledge --help。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-knowledge",
};
