/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

enum { CHUNK = 64 << 10 };

int64_t wb_serve_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void wb_channel_patience(int fd, int milliseconds)
{
    struct timeval t = {milliseconds / 1000, milliseconds % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

/* After a call that did not go through: once more? */
static bool again(ssize_t result, int64_t by)
{
    return result < 0 && errno == EINTR && (!by || wb_serve_now() < by);
}

/* What was sent is cut off the front. */
static void advance(struct iovec **parts, size_t *n, size_t sent)
{
    while (*n && sent >= (*parts)->iov_len) {
        sent -= (*parts)->iov_len;
        ++*parts;
        --*n;
    }
    if (*n) {
        (*parts)->iov_base = (char *)(*parts)->iov_base + sent;
        (*parts)->iov_len -= sent;
    }
}

bool wb_channel_send(int fd, struct iovec *parts, size_t n, int64_t by)
{
    advance(&parts, &n, 0);
    while (n) {
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = n};
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent > 0)
            advance(&parts, &n, (size_t)sent);
        else if (!again(sent, by))
            return false;
        if (n && by && wb_serve_now() >= by)
            return false;
    }
    return true;
}

bool wb_channel_receive(int fd, struct wb_buf *buf, size_t n, int64_t by)
{
    while (buf->n < n) {
        wb_buf_reserve(buf, n - buf->n > CHUNK ? n - buf->n : CHUNK);
        ssize_t got = recv(fd, buf->p + buf->n, buf->cap - buf->n, 0);
        if (got > 0)
            buf->n += (size_t)got;
        else if (!again(got, by))
            return false;
        if (buf->n < n && by && wb_serve_now() >= by)
            return false;
    }
    return true;
}
