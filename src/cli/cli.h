/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line program: one file a command, each exporting one struct wb_command that
 * commands.c lists. The program is an ordinary client of the library.
 *
 * Exit status of every command: 0 all is well; 1 something could not be read or written (a
 * sentence on standard error says what; the rest was done); 2 the command line is wrong.
 */
#ifndef WB_CLI_H
#define WB_CLI_H

#include <stdbool.h>

#include "whybounce.h"

#include "buf.h"
#include "status.h"

enum wb_exit { WB_EXIT_OK = 0, WB_EXIT_TROUBLE = 1, WB_EXIT_USAGE = 2 };

enum wb_language { WB_ENGLISH, WB_CHINESE };

struct wb_command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const struct wb_command wb_command_explain, wb_command_parse, wb_command_reply;

/* ---- talking to the person ---- */

/* A sentence on standard error, with the program's name in front. */
void wb_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Opens the catalogue to be used, or complains and returns NULL. */
struct wb_catalogue *wb_cli_catalogue(void);

/* Writes to standard output; false, after one complaint, when that is not possible any more. */
bool wb_cli_write(const char *p, size_t n);

#endif
