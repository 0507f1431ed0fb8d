/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

int64_t wb_serve_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits only when a bound is set; without one the call itself waits. */
static bool ready(int fd, short events, int64_t by)
{
    struct pollfd p = {.fd = fd, .events = events};
    int64_t left = by - wb_serve_now();
    if (!by)
        return true;
    return left > 0 && (poll(&p, 1, (int)left) > 0 || errno == EINTR);
}

bool wb_send_all(int fd, const void *bytes, size_t n, int64_t by)
{
    const char *p = bytes;
    while (n) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL | (by ? MSG_DONTWAIT : 0));
        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
        } else if (sent == 0 || (errno != EINTR && (errno != EAGAIN || !ready(fd, POLLOUT, by)))) {
            return false;
        }
    }
    return true;
}

bool wb_receive_all(int fd, void *bytes, size_t n, int64_t by)
{
    char *p = bytes;
    while (n) {
        if (by && !ready(fd, POLLIN, by))
            return false;
        ssize_t got = recv(fd, p, n, 0);
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
            return false;
        }
    }
    return true;
}
