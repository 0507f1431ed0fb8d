/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce knowledge: a program of its own, because it needs a YAML library. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"cause", "ID",
     WB_BOTH("new: the cause of this reply; 'whybounce causes' lists all",
             "new：这条答复的原因；用 whybounce causes 查看全部原因")},
    {"id", "NAME",
     WB_BOTH("new: a name for the entry; else made from the words of the reply",
             "new：规则的名称；不写就取答复里的几个词")},
    {"provider", "ID", WB_BOTH("new: an entry for this provider only", "new：只用于这个服务商")},
    {"from", "FILE",
     WB_BOTH("new: read the reply from a file; -: from standard input",
             "new：从文件读取答复；写 - 表示标准输入")},
    {"output", "FILE",
     WB_BOTH("build: where to write the compiled knowledge", "build：编译好的知识库写到哪里")},
    {"base", "FOLDER",
     WB_BOTH("the knowledge that your own lies on; else what is installed",
             "以哪个文件夹的知识为基础；不写就用安装时自带的")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce knowledge new --cause spam-content '550 Rejected by ACME filter'",
     WB_BOTH("write an entry for a reply", "为一条答复写一条规则")},
    {"whybounce knowledge test rules/",
     WB_BOTH("run the examples of own entries", "检查自己写的规则")},
    {"whybounce knowledge build",
     WB_BOTH("from now on use the entries that are in " WHYBOUNCE_RULES,
             "启用 " WHYBOUNCE_RULES " 里的规则")},
    {NULL},
};

const struct wb_command wb_command_knowledge = {
    .name = "knowledge",
    .arguments = "new|lint|test|build [REPLY|FOLDER...]",
    .summary = WB_BOTH("add rules of your own", "添加自己的规则"),
    .text = WB_BOTH(
        "For people who add causes, providers, dialects or single entries. new writes an entry "
        "for a reply, ready to be put into FOLDER/causes/ID.yaml; lint checks the entries of the "
        "folders; test runs every example of every entry through the whole classifier; build "
        "compiles the folders on top of what is built in, and from then on that is used. Without "
        "FOLDER: " WHYBOUNCE_RULES ".",
        "供需要自己添加原因、服务商、退信格式或单条规则的人使用。new 为一条答复写出一条规则，"
        "可以直接放进 文件夹/causes/原因.yaml；lint 检查文件夹里的规则；test "
        "用每条规则自带的例子检验全部规则；"
        "build "
        "把这些文件夹和内置的知识编译在一起，以后就用编译的结果。不写文件夹时用 " WHYBOUNCE_RULES
        "。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-knowledge",
};
