/* SPDX-License-Identifier: BSD-2-Clause */
#include "greet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns.h"
#include "limits.h"
#include "sender.h"

enum { MOST_BYTES = 512 };

struct talk {
    int fd; /* -1: over */
    bool connected;
    size_t n;
    char text[MOST_BYTES];
};

static int start(struct wb_slice ip, unsigned port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    bool v6 = ip.n == 16;
    int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (v6)
        memcpy(&six.sin6_addr, ip.p, 16);
    else
        memcpy(&four.sin_addr, ip.p, 4);
    int found = v6 ? connect(fd, (const struct sockaddr *)&six, sizeof six)
                   : connect(fd, (const struct sockaddr *)&four, sizeof four);
    if (found == 0 || errno == EINPROGRESS)
        return fd;
    close(fd);
    return -1;
}

static void end(struct talk *t, struct wb_greeting *g, enum wb_greeted result)
{
    static const char quit[] = "QUIT\r\n";
    g->result = result;
    if (result == WB_GREETED_WELL && send(t->fd, quit, sizeof quit - 1, MSG_NOSIGNAL) < 0)
        g->result = WB_GREETED_WELL; /* it has greeted, whatever it does now */
    close(t->fd);
    t->fd = -1;
}

/* What has come so far: a whole line, or more than a line may have, decides. */
static void judge(struct talk *t, struct wb_greeting *g, bool closed)
{
    struct wb_slice text = wb_slice(t->text, t->n);
    bool whole = wb_slice_find(text, WB_S("\n")) < text.n || t->n == MOST_BYTES || closed;
    if (!whole)
        return;
    bool code =
        text.n >= 4 && wb_is_digit(text.p[0]) && wb_is_digit(text.p[1]) && wb_is_digit(text.p[2]);
    end(t, g,
        !code                                ? WB_GREETED_REFUSED
        : wb_slice_starts(text, WB_S("220")) ? WB_GREETED_WELL
                                             : WB_GREETED_NO);
}

static void step(struct talk *t, struct wb_greeting *g, short events)
{
    int error = 0;
    socklen_t n = sizeof error;
    if (!events)
        return;
    if (!t->connected) {
        if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0 || error) {
            end(t, g, error == ETIMEDOUT ? WB_GREETED_GONE : WB_GREETED_REFUSED);
            return;
        }
        t->connected = true;
        return;
    }
    ssize_t got = recv(t->fd, t->text + t->n, MOST_BYTES - t->n, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    t->n += got > 0 ? (size_t)got : 0;
    judge(t, g, got <= 0);
}

static void wait_for(struct talk *talks, struct wb_greeting *greetings, size_t n, int64_t deadline)
{
    int64_t connected_by = wb_now() + WB_MAX_CONNECT_TIME;
    while (wb_now() < deadline) {
        struct pollfd fds[WB_MAX_GREETINGS];
        int64_t left = deadline - wb_now();
        bool open = false;
        for (size_t i = 0; i < n; i++) {
            if (talks[i].fd >= 0 && !talks[i].connected && wb_now() >= connected_by)
                end(&talks[i], &greetings[i], WB_GREETED_GONE);
            open |= talks[i].fd >= 0;
            fds[i] =
                (struct pollfd){.fd = talks[i].fd, .events = talks[i].connected ? POLLIN : POLLOUT};
        }
        if (!open)
            return;
        poll(fds, (nfds_t)n, left < 100 ? (int)left : 100);
        for (size_t i = 0; i < n; i++)
            if (talks[i].fd >= 0)
                step(&talks[i], &greetings[i], fds[i].revents);
    }
}

void wb_greet(struct wb_arena *arena, struct wb_greeting *greetings, size_t n, unsigned port,
              bool allow_private, int64_t deadline)
{
    struct talk *talks = wb_arena_alloc(arena, WB_MAX_GREETINGS * sizeof *talks);
    n = n < WB_MAX_GREETINGS && talks ? n : talks ? WB_MAX_GREETINGS : 0;
    for (size_t i = 0; i < n; i++) {
        bool hidden = !allow_private && wb_probe_ip_private(greetings[i].ip);
        greetings[i].result = hidden ? WB_GREETED_PRIVATE : WB_GREETED_REFUSED;
        talks[i].fd = hidden ? -1 : start(greetings[i].ip, port);
    }
    if (n)
        wait_for(talks, greetings, n, deadline);
    for (size_t i = 0; i < n; i++) {
        if (talks[i].fd >= 0)
            end(&talks[i], &greetings[i], talks[i].connected ? WB_GREETED_SILENT : WB_GREETED_GONE);
        struct wb_slice text = wb_slice(talks[i].text, talks[i].n);
        greetings[i].line = wb_slice_head(text, wb_slice_find(text, WB_S("\n")));
    }
}
