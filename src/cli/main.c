/* SPDX-License-Identifier: BSD-2-Clause */
/* Which command it is. A first word that is none is taken for a file to explain. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct wb_command *command_named(const char *name)
{
    for (int i = 0; wb_commands[i]; i++)
        if (strcmp(wb_commands[i]->name, name) == 0)
            return wb_commands[i];
    return NULL;
}

/* --lang counts for complaints about the command line, too. */
static enum wb_language language_of(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            return wb_language_of_tag(argv[i] + 7);
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            return wb_language_of_tag(argv[i + 1]);
    }
    return wb_language_of_locale();
}

/* Programs with dependencies of their own stand beside this one and are run by name, as git does. */
static int run_program(const struct wb_command *command, char **argv)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    while (n > 0 && path[n - 1] != '/')
        n--;
    if (n > 0) /* beside this program: it has not been installed */
        snprintf(path + n, sizeof path - (size_t)n, "%s", command->program);
    const char *libexec = getenv("WHYBOUNCE_LIBEXEC");
    if (n <= 0 || access(path, X_OK) != 0)
        snprintf(path, sizeof path, "%s/%s", libexec ? libexec : WHYBOUNCE_LIBEXEC,
                 command->program);
    execv(path, argv);
    wb_complain("%s: %s; is the package with this command installed?",
                "%s：%s；带这个命令的软件包安装了吗？", path, strerror(errno));
    return WB_EXIT_TROUBLE;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

static int run(const struct wb_command *command, int argc, char **argv)
{
    struct wb_invocation inv = {.command = command, .language = language_of(argc, argv)};
    if (command->program && !asks_help(argc, argv))
        return run_program(command, argv);
    if (!wb_cli_read(&inv, argc, argv))
        return WB_EXIT_USAGE;
    if (wb_cli_has(&inv, "help"))
        return wb_help_command(command, inv.language);
    return command->run(&inv);
}

static int version(void)
{
    printf("whybounce %s\n", wb_version());
    return fflush(stdout) == 0 ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is noticed where it is written to */
    enum wb_language language = language_of(argc, argv);
    wb_complain_in(language);
    bool nothing = argc < 2 || (argc == 3 && strcmp(argv[1], "--lang") == 0) ||
                   (argc == 2 && strncmp(argv[1], "--lang=", 7) == 0);
    if (nothing && isatty(STDIN_FILENO))
        return wb_help_all(language);
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return version();
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return wb_help_all(language);
    const struct wb_command *command = argc > 1 ? command_named(argv[1]) : NULL;
    if (command)
        return run(command, argc - 1, argv + 1);
    return run(wb_commands[0], argc, argv); /* whybounce FILE: explain it */
}
