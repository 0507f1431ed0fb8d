/* SPDX-License-Identifier: BSD-2-Clause */
/* Which command it is. A first word that is none is taken for a file to explain. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beside.h"

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

int wb_cli_become(const char *program, char **argv)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    while (n > 0 && path[n - 1] != '/')
        n--;
    if (n > 0) /* beside this program: it has not been installed */
        snprintf(path + n, sizeof path - (size_t)n, "%s", program);
    const char *libexec = getenv("WHYBOUNCE_LIBEXEC");
    if (n <= 0 || access(path, X_OK) != 0)
        snprintf(path, sizeof path, "%s/%s", libexec ? libexec : WHYBOUNCE_LIBEXEC, program);
    execv(path, argv);
    wb_complain("%s: %s; is the package with this command installed?",
                "%s：%s；带这个命令的软件包安装了吗？", path, wb_reason(errno));
    return WB_EXIT_TROUBLE;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run(const struct wb_command *command, int argc, char **argv)
{
    struct wb_invocation inv = {.command = command, .language = language_of(argc, argv)};
    if (command->program && !asks_help(argc, argv))
        return wb_cli_become(command->program, argv);
    if (!wb_cli_read(&inv, argc, argv))
        return WB_EXIT_USAGE;
    if (wb_cli_has(&inv, "help"))
        return wb_help_command(command, inv.language);
    return command->run(&inv);
}

static int version(void)
{
    printf("whybounce %s\n", wb_version());
    return wb_help_end();
}

/*
 * A file opened in the place of a closed standard stream would be taken for it. Reading such an
 * input finds it empty, writing such an output fails.
 */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            abort();
}

/* The first word that is no option common to all commands: "whybounce --lang zh parse". */
static int first_word(int argc, char **argv)
{
    int i = 1;
    while (i < argc) {
        if (strcmp(argv[i], "--lang") == 0 || strcmp(argv[i], "--color") == 0)
            i += 2;
        else if (strncmp(argv[i], "--lang=", 7) == 0 || strncmp(argv[i], "--color=", 8) == 0)
            i++;
        else
            break;
    }
    return i < argc ? i : argc;
}

/* The options in front of the command's name go behind it. */
static void name_first(char **argv, int at)
{
    char *name = argv[at];
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
    argv[1] = name;
}

/* A word that is neither a command nor a file, and resembles a command or a server's reply. */
static bool complain_unknown_word(const char *word)
{
    struct stat st;
    const char *near = wb_suggest_command(word);
    bool reply = strspn(word, "0123456789") == 3 && (word[3] == ' ' || word[3] == '-');
    if (word[0] == '-' || lstat(word, &st) == 0 || (!near && !reply))
        return false;
    if (reply)
        wb_complain("'%s' is no file; for a server's reply: whybounce reply '%s'",
                    "没有“%s”这个文件；要解释服务器的答复，请用 whybounce reply '%s'", word, word);
    else
        wb_complain("'%s' is neither a file nor a command; did you mean 'whybounce %s'?",
                    "“%s”既不是文件也不是命令；您是不是想用 whybounce %s？", word, near);
    return true;
}

int main(int argc, char **argv)
{
    hold_standard_streams();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is noticed where it is written to */
    enum wb_language language = language_of(argc, argv);
    wb_complain_in(language);
    int at = first_word(argc, argv);
    const char *word = at < argc ? argv[at] : "";
    if (at == argc && isatty(STDIN_FILENO))
        return wb_help_all(language);
    if (strcmp(word, "--version") == 0)
        return version();
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return wb_help_all(language);
    const struct wb_command *command = command_named(word);
    if (command) {
        name_first(argv, at);
        return run(command, argc - 1, argv + 1);
    }
    if (complain_unknown_word(word))
        return WB_EXIT_USAGE;
    return run(wb_commands[0], argc, argv); /* whybounce FILE: explain it */
}
