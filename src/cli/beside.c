/* SPDX-License-Identifier: BSD-2-Clause */
/* explain --live: the checks run in a program of their own, because they need network libraries. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "beside.h"

/* Options that are handed on as they are. */
static const char *const handed_on[] = {"resolver", "port", "allow-private"};

static void become(const struct wb_invocation *inv, int input)
{
    enum { MOST = 4 + 2 * sizeof handed_on / sizeof handed_on[0] + 1 };
    const char *argv[MOST] = {"whybounce-check", "--live", "--lang",
                              wb_language_tag(inv->language)};
    char names[sizeof handed_on / sizeof handed_on[0]][32];
    int n = 4;
    for (size_t i = 0; i < sizeof handed_on / sizeof handed_on[0]; i++) {
        const char *value = wb_cli_value(inv, handed_on[i]);
        if (!value)
            continue;
        snprintf(names[i], sizeof names[i], "--%s", handed_on[i]);
        argv[n++] = names[i];
        if (*value)
            argv[n++] = value;
    }
    if (dup2(input, STDIN_FILENO) < 0)
        _exit(127);
    wb_cli_become(argv[0], (char **)argv);
    _exit(127);
}

/* The reports of one mail fit easily; a pipe that is closed early is noticed by the status. */
static bool hand_over(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t written = write(fd, p, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        p += written;
        n -= (size_t)written;
    }
    return true;
}

bool wb_cli_live(const struct wb_invocation *inv, const char *reports, size_t n)
{
    enum { NOT_RUN = 3 }; /* 0 to 2 say what was found */
    int ends[2], status = 0;
    if (pipe(ends) != 0) {
        wb_complain_of(wb_reason(errno));
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        become(inv, ends[0]);
    }
    close(ends[0]);
    bool ok = child > 0 && hand_over(ends[1], reports, n);
    close(ends[1]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return ok && WIFEXITED(status) && WEXITSTATUS(status) < NOT_RUN;
}
