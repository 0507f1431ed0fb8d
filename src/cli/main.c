/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct wb_command *const commands[] = {&wb_command_parse, &wb_command_reply};

void wb_complain(const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "whybounce: %s\n", text);
}

struct wb_catalogue *wb_cli_catalogue(void)
{
    char trouble[WB_TROUBLE_TEXT];
    struct wb_catalogue *catalogue = wb_catalogue_open(NULL, trouble);
    if (!catalogue)
        wb_complain("%s", trouble);
    return catalogue;
}

bool wb_cli_write(const char *p, size_t n)
{
    while (n) {
        ssize_t written = write(STDOUT_FILENO, p, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            if (errno != EPIPE)
                wb_complain("standard output: %s", strerror(errno));
            return false;
        }
        p += written;
        n -= (size_t)written;
    }
    return true;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    fputs("usage: whybounce parse|reply ...\n", stderr);
    return WB_EXIT_USAGE;
}
