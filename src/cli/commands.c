/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of commands. */
#include "cli.h"

extern const struct wb_command wb_command_explain, wb_command_parse, wb_command_reply,
    wb_command_causes, wb_command_anonymize, wb_command_knowledge, wb_command_help;

const struct wb_command *const wb_commands[] = {
    &wb_command_explain,   &wb_command_parse,     &wb_command_reply, &wb_command_causes,
    &wb_command_anonymize, &wb_command_knowledge, &wb_command_help,  NULL,
};
