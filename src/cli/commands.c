/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of commands; src/meson.build has the names: WB_COMMANDS is X(explain)X(parse)... */
#include "cli.h"

#define X(name) extern const struct wb_command wb_command_##name;
WB_COMMANDS
#undef X

const struct wb_command *const wb_commands[] = {
#define X(name) &wb_command_##name,
    WB_COMMANDS
#undef X
        NULL,
};
