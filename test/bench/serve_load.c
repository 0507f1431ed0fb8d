/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients of the service, all in one thread: each hands in a mail, waits for the answer and hands
 * in the next one through the same connection. Mails are all different.
 *
 * usage: serve-load PORT TOKEN CLIENTS REQUESTS FIRST [QUERY]
 *   FIRST  the number of the first mail; QUERY  "store=true"
 * Prints requests a second and percentiles of the latency; fails when an answer is not 200.
 */
#define _GNU_SOURCE /* strcasestr */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "made_reports.h"

enum { MOST_CLIENTS = 1000, MOST_REQUEST = 1 << 16, MOST_ANSWER = 1 << 16 };

struct client {
    int fd;
    size_t sent, length, got;
    double begun;
    char request[MOST_REQUEST], answer[MOST_ANSWER];
};

static struct client clients[MOST_CLIENTS];
static const char *token, *query;
static unsigned long long next, last;
static double *latencies;
static size_t done, refused;
static struct made made;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

_Noreturn static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void send_rest(struct client *c)
{
    while (c->sent < c->length) {
        ssize_t n = send(c->fd, c->request + c->sent, c->length - c->sent, MSG_NOSIGNAL);
        if (n <= 0)
            fail("send");
        c->sent += (size_t)n;
    }
}

/* False: all are under way. */
static bool ask(struct client *c)
{
    static const struct made_shape shape = {.first = 1772000000,
                                            .per_second = 1,
                                            .domains = 5000,
                                            .servers = 5000,
                                            .providers = 40,
                                            .raw = true};
    if (next == last)
        return false;
    made_report(&made, &shape, next++);
    struct wb_slice raw = made.message.raw;
    int n =
        snprintf(c->request, sizeof c->request,
                 "POST /v1/analyse?%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                 "Content-Type: message/rfc822\r\nContent-Length: %zu\r\n\r\n%.*s",
                 query, token, raw.n, WB_F(raw));
    if (n < 0 || (size_t)n >= sizeof c->request)
        fail("a mail is too long");
    c->length = (size_t)n;
    c->sent = c->got = 0;
    c->begun = now();
    send_rest(c);
    return true;
}

/* Is the whole answer there? */
static bool is_whole(struct client *c)
{
    c->answer[c->got] = 0;
    const char *end = strstr(c->answer, "\r\n\r\n");
    const char *length = end ? strcasestr(c->answer, "\r\ncontent-length:") : NULL;
    return length && c->got >= (size_t)(end + 4 - c->answer) + strtoul(length + 17, NULL, 10);
}

static void receive(struct client *c)
{
    ssize_t n = recv(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got, 0);
    if (n <= 0)
        fail("recv");
    c->got += (size_t)n;
    if (!is_whole(c))
        return;
    bool stored = !strstr(query, "store=true") || strstr(c->answer, "\"stored\":{\"reports\":1,");
    if (strncmp(c->answer, "HTTP/1.1 200", 12) != 0 || !stored) {
        if (!refused++)
            fprintf(stderr, "%.600s\n", c->answer);
    }
    latencies[done++] = now() - c->begun;
    if (!ask(c))
        c->length = 0;
}

static void begin(struct client *c, int port, int poll)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event) != 0)
        fail("connect");
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    if (argc < 6)
        return 2;
    token = argv[2];
    query = argc > 6 ? argv[6] : "store=false";
    int n = atoi(argv[3]) < MOST_CLIENTS ? atoi(argv[3]) : MOST_CLIENTS;
    size_t all = strtoul(argv[4], NULL, 10);
    next = strtoull(argv[5], NULL, 10);
    last = next + all;
    latencies = calloc(all, sizeof *latencies);
    int poll = epoll_create1(0);
    for (int i = 0; i < n; i++)
        begin(clients + i, atoi(argv[1]), poll);
    double begun = now();
    for (int i = 0; i < n; i++)
        ask(clients + i);
    while (done < all) {
        struct epoll_event events[64];
        int found = epoll_wait(poll, events, 64, 30000);
        if (found <= 0)
            fail("no answer for 30 seconds");
        for (int i = 0; i < found; i++)
            receive(events[i].data.ptr);
    }
    double took = now() - begun;
    qsort(latencies, all, sizeof *latencies, by_size);
    printf("%zu requests, %d clients: %.0f/s, p50 %.2f ms, p99 %.2f ms, max %.2f ms, %zu refused\n",
           all, n, (double)all / took, latencies[all / 2] * 1e3, latencies[all * 99 / 100] * 1e3,
           latencies[all - 1] * 1e3, refused);
    return refused ? 1 : 0;
}
