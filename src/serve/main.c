/* SPDX-License-Identifier: BSD-2-Clause */
/* One program for serve and the commands around it: whybounce runs it by the command's name. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "worker.h"

enum { WORKER_FD = 3 };

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"serve", wb_serve_command},           {"ingest", wb_ingest_command},
    {"report", wb_report_command},         {"suppress", wb_suppress_command},
    {"token", wb_token_command},           {"verp", wb_verp_command},
    {"reclassify", wb_reclassify_command}, {"forget", wb_forget_command},
    {"prune", wb_prune_command},           {"backup", wb_backup_command},
};

int wb_usage(const struct wb_settings *settings, const char *command)
{
    wb_serve_complain(wb_say(settings, "the command line is wrong; see 'whybounce %s --help'",
                             "命令写得不对；见 whybounce %s --help"),
                      command);
    return 2;
}

int main(int argc, char **argv)
{
    const char *name = argc ? argv[0] : "";
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(name, "whybounce-worker") == 0)
        wb_worker_run(WORKER_FD, argc > 1 ? argv[1] : "");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(argc, argv);
    wb_serve_complain("this program is run by whybounce: whybounce serve");
    return 2;
}
