/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np, pipe2 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"

enum { LONGEST_PATH = 4096, CHUNK = 16 << 10 };

extern char **environ;

static bool find_program(const char *name, char path[LONGEST_PATH])
{
    ssize_t n = readlink("/proc/self/exe", path, LONGEST_PATH - 64);
    while (n > 0 && path[n - 1] != '/')
        n--;
    if (n <= 0)
        return false;
    snprintf(path + n, (size_t)(LONGEST_PATH - n), "%s", name);
    return access(path, X_OK) == 0;
}

/* As much of the input as the pipe takes; what nobody reads is dropped. */
static void feed(int *in, struct wb_slice *input, bool ready)
{
    if (ready) {
        ssize_t n = write(*in, input->p, input->n);
        *input = wb_slice_from(*input, n > 0 ? (size_t)n : errno == EAGAIN ? 0 : input->n);
    }
    if (!input->n && *in >= 0) {
        close(*in);
        *in = -1;
    }
}

/* False at the end. */
static bool take(int fd, struct wb_buf *out)
{
    wb_buf_reserve(out, CHUNK);
    ssize_t n = read(fd, out->p + out->n, CHUNK);
    out->n += n > 0 ? (size_t)n : 0;
    return n > 0 || (n < 0 && errno == EINTR);
}

/* Both ends until the program closes its output; false when that takes too long. */
static bool talk(int in, int back, struct wb_slice input, size_t most, int64_t by,
                 struct wb_buf *out)
{
    bool open = true, ok = true;
    feed(&in, &input, false);
    while (ok && open) {
        struct pollfd p[2] = {{.fd = back, .events = POLLIN}, {.fd = in, .events = POLLOUT}};
        int64_t left = by - wb_serve_now();
        ok = left > 0 && (poll(p, 2, (int)left) >= 0 || errno == EINTR);
        if (ok && in >= 0 && p[1].revents)
            feed(&in, &input, true);
        if (ok && p[0].revents)
            open = take(back, out);
        ok = ok && out->n <= most;
    }
    if (in >= 0)
        close(in);
    return ok;
}

bool wb_child_run(const char *program, const char *const *argv, struct wb_slice input, size_t most,
                  int64_t milliseconds, struct wb_buf *out, struct wb_status *status)
{
    char path[LONGEST_PATH];
    int in[2], back[2];
    pid_t pid;
    posix_spawn_file_actions_t actions;
    if (!find_program(program, path))
        return wb_trouble(status, "%s is not installed", program);
    if (pipe2(in, O_CLOEXEC) != 0)
        return wb_trouble(status, "%s: %m", program);
    if (pipe2(back, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return wb_trouble(status, "%s: %m", program);
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, back[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    int found = posix_spawn(&pid, path, &actions, NULL, (char **)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(back[1]);
    bool ok = false;
    if (found == 0) {
        fcntl(in[1], F_SETFL, O_NONBLOCK);
        ok = talk(in[1], back[0], input, most, wb_serve_now() + milliseconds, out);
        if (!ok)
            kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    } else
        close(in[1]);
    close(back[0]);
    errno = found;
    return ok || (found ? wb_trouble(status, "%s: %m", program)
                        : wb_trouble(status, "%s did not end in time", program));
}
