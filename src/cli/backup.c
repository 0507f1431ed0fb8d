/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce backup: needs a database, so it is a program of its own. */
#include "cli.h"

/* The program reads them itself; they stand here for the help. */
static const struct wb_option options[] = {
    {"config", "FILE",
     WB_BOTH("the file of settings (doc/config.md)", "设置文件（见 doc/config.md）")},
    {NULL},
};

static const struct wb_example examples[] = {
    {"whybounce backup /var/backups/whybounce.db",
     WB_BOTH("a copy of all that is kept", "备份全部数据")},
    {NULL},
};

const struct wb_command wb_command_backup = {
    .name = "backup",
    .arguments = "FILE",
    .summary = WB_BOTH("copy the store while it is in use", "在使用中备份数据库"),
    .text = WB_BOTH(
        "Writes a new file with a consistent copy of the store in SQLite; the service may run at "
        "the same time. A file that is there is not written over. The settings and the key of the "
        "sender tags (verp.key in the state folder) are to be kept as well. The copy of a store in "
        "PostgreSQL is made by pg_dump. To go back, stop the service and put the copy in the place "
        "of store.db, without store.db-wal and store.db-shm.",
        "把 SQLite "
        "数据库在同一时刻的完整内容写到一个新文件里，服务可以同时开着。文件已经存在时不会覆盖。设置"
        "文件和发件人标记的密钥（数据文件夹里的 verp.key）也要一起保存。用 PostgreSQL 时请用 "
        "pg_dump 备份。恢复时先停服务，把备份放到 store.db 的位置，并删掉 store.db-wal 和 "
        "store.db-shm。"),
    .options = options,
    .examples = examples,
    .program = "whybounce-serve",
};
