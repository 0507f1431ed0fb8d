/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of this program, run by their names. Their help stands in src/cli. Exit status: 0
 * all is well, 1 trouble, 2 the command line is wrong.
 */
#ifndef WB_COMMANDS_H
#define WB_COMMANDS_H

#include "settings.h"

int wb_serve_command(int argc, char **argv);
int wb_ingest_command(int argc, char **argv);
int wb_report_command(int argc, char **argv);
int wb_suppress_command(int argc, char **argv);
int wb_token_command(int argc, char **argv);
int wb_verp_command(int argc, char **argv);
int wb_reclassify_command(int argc, char **argv);
int wb_forget_command(int argc, char **argv);
int wb_prune_command(int argc, char **argv);
int wb_backup_command(int argc, char **argv);

/* What getopt_long could not read. */
int wb_usage(const struct wb_settings *settings, const char *command);

#endif
