/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to DNS through c-ares: it sends, waits, repeats and takes TCP for long answers. */
#include "dns_int.h"

#include <ares.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include "check.h"
#include "ip.h"
#include "limit_check.h"

enum { TRIES = 2, EDNS_BYTES = 1232 };

int64_t wb_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct wb_slice wb_dns_status_name(enum wb_dns_status status)
{
    static const char *const names[] = {
#define X(id, name) name,
        WB_DNS_STATUSES(X)
#undef X
    };
    return wb_slice_str(names[status]);
}

static const char *type_name(uint16_t type)
{
    switch (type) {
#define X(name, number)                                                                            \
    case number: return #name;
        WB_DNS_TYPES(X)
#undef X
    default: return "DNS";
    }
}

/* ---- one question ---- */

struct pending {
    struct wb_dns *dns;
    struct wb_dns_question *q;
    int *open;
};

static enum wb_dns_status status_of(int code)
{
    switch (code) {
    case ARES_SUCCESS: return WB_DNS_OK;
    case ARES_ENODATA: return WB_DNS_NODATA;
    case ARES_ENOTFOUND: return WB_DNS_NXDOMAIN;
    case ARES_ESERVFAIL: return WB_DNS_SERVFAIL;
    case ARES_EREFUSED: return WB_DNS_REFUSED;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
    case ARES_ECONNREFUSED: return WB_DNS_TIMEOUT;
    default: return WB_DNS_BROKEN;
    }
}

static void answered(void *setting, int status, int timeouts, unsigned char *packet, int length)
{
    struct pending *p = setting;
    (void)timeouts;
    --*p->open;
    p->q->status = status_of(status);
    /* also without data there may be an alias to tell of */
    bool read = status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND;
    if (read && packet && length > 0)
        wb_dns_read(p->dns->arena, wb_slice((const char *)packet, (size_t)length), p->q);
}

static void wait_for_answers(ares_channel channel, const int *open, int64_t deadline)
{
    while (*open > 0) {
        ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
        struct pollfd fds[ARES_GETSOCK_MAXNUM];
        int bits = ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM), n = 0;
        int64_t left = deadline - wb_now();
        struct timeval most = {.tv_sec = left > 0 ? left / 1000 : 0,
                               .tv_usec = left > 0 ? left % 1000 * 1000 : 0};
        if (left <= 0) {
            ares_cancel(channel); /* every question gets its status */
            return;
        }
        for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
            /* c-ares' own macros shift a bit out of an int */
            bool in = (unsigned)bits >> i & 1,
                 out = (unsigned)bits >> (i + ARES_GETSOCK_MAXNUM) & 1;
            short events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
            if (events)
                fds[n++] = (struct pollfd){.fd = sockets[i], .events = events};
        }
        struct timeval *wait = ares_timeout(channel, &most, &most);
        poll(fds, (nfds_t)n, (int)(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1));
        for (int i = 0; i < n; i++)
            ares_process_fd(channel, fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
                            fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* what has waited too long */
    }
}

static bool is_refusal(const struct wb_dns_question *q)
{
    return q->status == WB_DNS_SERVFAIL || q->status == WB_DNS_REFUSED;
}

static void send_and_wait(struct wb_dns *dns, struct wb_dns_question *questions, size_t n,
                          bool refused_only, int64_t deadline)
{
    enum { IN = 1 };
    struct pending pending[WB_MAX_DNS_QUESTIONS];
    int open = 0;
    for (size_t i = 0; i < n; i++)
        open += !refused_only || is_refusal(&questions[i]);
    for (size_t i = 0; i < n; i++) {
        if (refused_only && !is_refusal(&questions[i]))
            continue;
        pending[i] = (struct pending){dns, &questions[i], &open};
        ares_query(dns->channel, questions[i].name, IN, questions[i].type, answered, &pending[i]);
    }
    wait_for_answers(dns->channel, &open, deadline);
}

/* Puts the first server behind the others; false when there is only one. */
static bool next_server(ares_channel channel)
{
    struct ares_addr_port_node *first = NULL, *last;
    if (ares_get_servers_ports(channel, &first) != ARES_SUCCESS || !first || !first->next) {
        ares_free_data(first);
        return false;
    }
    struct ares_addr_port_node *second = first->next;
    for (last = second; last->next; last = last->next)
        ;
    last->next = first;
    first->next = NULL;
    bool ok = ares_set_servers_ports(channel, second) == ARES_SUCCESS;
    last->next = NULL;
    first->next = second;
    ares_free_data(first);
    return ok;
}

/* c-ares asks another server when one is silent; one that refuses or fails may have a better one
 * behind it, too: a resolver that serves only its own network, for instance. */
static void ask_channel(struct wb_dns *dns, struct wb_dns_question *questions, size_t n,
                        int64_t deadline)
{
    bool refused = false;
    send_and_wait(dns, questions, n, false, deadline);
    for (size_t i = 0; i < n; i++)
        refused = refused || is_refusal(&questions[i]);
    if (refused && wb_now() < deadline && next_server(dns->channel))
        send_and_wait(dns, questions, n, true, deadline);
}

static void close_channel(struct wb_dns *dns)
{
    ares_destroy(dns->channel);
}

/* ---- opening ---- */

static bool library_ready;

static void start_library(void)
{
    library_ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
}

/* c-ares takes the worst for an address: "1.2.3", an unclosed bracket, any port. */
static bool is_resolver(struct wb_slice text)
{
    struct wb_ip ip;
    long long port = 0;
    if (wb_ip_read(text, &ip))
        return true;
    size_t end = text.n;
    while (end > 0 && text.p[end - 1] != ':')
        end--;
    struct wb_slice host = wb_slice(text.p, end ? end - 1 : 0);
    if (!end || !wb_slice_number(wb_slice_from(text, end), &port) || port < 1 || port > UINT16_MAX)
        return false;
    if (wb_slice_starts(host, WB_S("[")) && wb_slice_ends(host, WB_S("]")))
        host = wb_slice(host.p + 1, host.n - 2);
    return wb_ip_read(host, &ip);
}

struct wb_dns *wb_dns_open(const struct wb_dns_options *options, struct wb_arena *arena,
                           struct wb_status *status)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct wb_dns *dns = wb_arena_alloc(arena, sizeof *dns);
    struct ares_options o = {.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS |
                                      ARES_FLAG_NOCHECKRESP, /* a refusal is an answer */
                             .timeout = WB_MAX_DNS_TRY,
                             .tries = TRIES,
                             .ednspsz = EDNS_BYTES};
    ares_channel channel;
    pthread_once(&once, start_library);
    if (!dns || !library_ready) {
        wb_trouble(status, "DNS: there is not enough memory");
        return NULL;
    }
    int found = ares_init_options(
        &channel, &o, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ);
    if (found != ARES_SUCCESS) {
        wb_trouble(status, "DNS: %s", ares_strerror(found));
        return NULL;
    }
    if (options->resolver &&
        (!is_resolver(wb_slice_str(options->resolver)) ||
         ares_set_servers_ports_csv(channel, options->resolver) != ARES_SUCCESS)) {
        wb_trouble(status, "%s: this is no address of a resolver", options->resolver);
        ares_destroy(channel);
        return NULL;
    }
    *dns = (struct wb_dns){.arena = arena,
                           .ask = ask_channel,
                           .close = close_channel,
                           .asking = options->asking,
                           .channel = channel};
    return dns;
}

void wb_dns_ask(struct wb_dns *dns, struct wb_dns_question *questions, size_t n, int64_t deadline)
{
    for (size_t i = 0; i < n; i++) {
        struct wb_dns_question *q = &questions[i];
        *q = (struct wb_dns_question){.name = q->name, .type = q->type, .status = WB_DNS_TIMEOUT};
    }
    if (dns->asking && n)
        dns->asking(type_name(questions->type), wb_slice_str(questions->name), n - 1);
    for (size_t i = 0; i < n; i += WB_MAX_DNS_QUESTIONS)
        dns->ask(dns, questions + i, n - i < WB_MAX_DNS_QUESTIONS ? n - i : WB_MAX_DNS_QUESTIONS,
                 deadline);
}

struct wb_dns_question wb_dns_ask_one(struct wb_dns *dns, const char *name, uint16_t type,
                                      int64_t deadline)
{
    struct wb_dns_question q = {.name = name, .type = type};
    wb_dns_ask(dns, &q, 1, deadline);
    return q;
}

void wb_dns_close(struct wb_dns *dns)
{
    if (dns && dns->close)
        dns->close(dns);
}
