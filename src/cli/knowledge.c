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
     WB_BOTH("new: read replies, or returned mails, from a file; -: from standard input",
             "new：从文件读取答复或退信；写 - 表示标准输入")},
    {"output", "FILE",
     WB_BOTH("build: where to write the compiled knowledge", "build：编译好的知识库写到哪里")},
    {"base", "FOLDER",
     WB_BOTH("the knowledge that your own lies on; else what is installed",
             "以哪个文件夹的知识为基础；不写就用安装时自带的")},
    {"unneeded", NULL,
     WB_BOTH("lint, test: list the entries without which nothing is read otherwise",
             "lint、test：列出去掉以后对任何结论都没有影响的规则")},
    {"corpus", "PATH",
     WB_BOTH("lint --unneeded: further mails, or tables of replies (.tsv), that may need an entry; "
             "may be repeated",
             "lint --unneeded：再用这些邮件或答复表格（.tsv）检验，可以写多次")},
    {"strict", NULL,
     WB_BOTH("lint: hints count as faults, with --unneeded entries that nothing needs",
             "lint：有提示也算不合格；和 --unneeded 一起用时，有多余的规则就算不合格")},
    {"replies", NULL,
     WB_BOTH("unknown, diff, --corpus: the files hold replies, one a line, not mails",
             "unknown、diff、--corpus：文件里是答复，每行一条，不是邮件")},
    {"json", NULL,
     WB_BOTH("unknown, diff: JSON, one object for each group",
             "unknown、diff：用 JSON 输出，每组一行")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce knowledge new --cause spam-content '550 Rejected by ACME filter'",
     WB_BOTH("write an entry for a reply", "为一条答复写一条规则")},
    {"whybounce knowledge new --cause user-unknown --from bounce.eml",
     WB_BOTH("write an entry for each kind of failure in a mail", "为退信里的每种失败写一条规则")},
    {"whybounce knowledge test rules/",
     WB_BOTH("run the examples of own entries", "检查自己写的规则")},
    {"whybounce knowledge build",
     WB_BOTH("from now on use the entries that are in " WHYBOUNCE_RULES,
             "启用 " WHYBOUNCE_RULES " 里的规则")},
    {"whybounce knowledge unknown Maildir/",
     WB_BOTH("the replies that no rule decides, the most frequent first",
             "列出没有规则能判断的答复，最多的排在最前面")},
    {"whybounce knowledge diff old.wbc rules/ Maildir/",
     WB_BOTH("what a change of rules changes on these mails",
             "规则改动以后，这些邮件的结论有哪些变化")},
    {NULL},
};

const struct wb_command wb_command_knowledge = {
    .name = "knowledge",
    .arguments = "new|lint|test|build|diff|unknown [REPLY|FOLDER|PATH...]",
    .summary = WB_BOTH("add rules of your own", "添加自己的规则"),
    .text = WB_BOTH(
        "For people who add causes, providers, dialects or single entries. new writes an entry "
        "for a reply, ready to be put into FOLDER/causes/ID.yaml; lint checks the entries of the "
        "folders and hints at expressions that cost much, bring little or have no example; test "
        "runs every example of every entry through the whole classifier; build "
        "compiles the folders on top of what is built in, and from then on that is used. Without "
        "FOLDER: " WHYBOUNCE_RULES ". unknown PATH... shows in families which replies no phrase "
        "decides. diff OLD NEW PATH... says which mails two catalogues read otherwise, and why; "
        "OLD "
        "and NEW are files that build has written, or folders. Its exit status is 0 when nothing "
        "changes, 1 when something does, 2 on trouble.",
        "供需要自己添加原因、服务商、退信格式或单条规则的人使用。new 为一条答复写出一条规则，"
        "可以直接放进 文件夹/causes/原因.yaml；lint 检查文件夹里的规则，"
        "并指出哪些写法代价大、用处小或没有例子；test "
        "用每条规则自带的例子检验全部规则；"
        "build "
        "把这些文件夹和内置的知识编译在一起，以后就用编译的结果。不写文件夹时用 " WHYBOUNCE_RULES
        "。unknown 路径… 把没有规则能判断的答复分类列出。diff 旧 新 路径… "
        "比较两个知识库对同一批邮件的结论有什么不同、为什么；旧和新可以是 build "
        "写的文件，也可以是文件夹。结论都一样时退出状态为 0，有变化为 1，出错为 2。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-knowledge",
};
