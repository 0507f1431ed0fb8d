/* SPDX-License-Identifier: BSD-2-Clause */
#include "https.h"

#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "dns.h"
#include "tls.h"
#include "limit_check.h"

enum {
    MOST_BYTES = WB_MAX_POLICY_BYTES + (32 << 10), /* with the head and the marks of chunks */
    LONGEST_REQUEST = 512,
    CONNECT_TIME = WB_MAX_CONNECT_TIME / 2
};

struct fetch {
    struct wb_https *get;
    struct wb_arena *arena;
    int64_t deadline;
    int fd;
    SSL *tls;
};

/* ---- waiting ---- */

/* False when the time is over. */
static bool wait_for(const struct fetch *f, short events, int64_t until)
{
    struct pollfd fd = {.fd = f->fd, .events = events};
    int64_t left = (until < f->deadline ? until : f->deadline) - wb_now();
    int n;
    while (left > 0 && (n = poll(&fd, 1, (int)left)) != 1) {
        if (n < 0 && errno != EINTR)
            return false;
        left = (until < f->deadline ? until : f->deadline) - wb_now();
    }
    return left > 0;
}

static bool wait_for_tls(const struct fetch *f)
{
    return wait_for(f, SSL_want(f->tls) == SSL_WRITING ? POLLOUT : POLLIN, f->deadline);
}

/* ---- the connection ---- */

static bool connect_to(struct fetch *f, const struct wb_ip *ip)
{
    struct sockaddr_storage address;
    socklen_t size = wb_ip_socket(ip, f->get->port, &address), error_size = sizeof(int);
    int error = 0;
    f->fd = socket(ip->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (f->fd >= 0 &&
        (connect(f->fd, (struct sockaddr *)&address, size) == 0 ||
         (errno == EINPROGRESS && wait_for(f, POLLOUT, wb_now() + CONNECT_TIME))) &&
        getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 && error == 0)
        return true;
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    return false;
}

static bool connect_to_any(struct fetch *f)
{
    f->get->end = WB_HTTPS_UNREACHABLE;
    for (size_t i = 0; i < f->get->n; i++) {
        if (!f->get->private_too && wb_ip_is_private(&f->get->ip[i]))
            f->get->end = WB_HTTPS_FORBIDDEN;
        else if (connect_to(f, &f->get->ip[i]))
            return true;
    }
    return false;
}

/* ---- encryption ---- */

static SSL_CTX *open_context(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return NULL;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_default_verify_paths(context);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    return context;
}

static void say_why(struct fetch *f)
{
    long found = SSL_get_verify_result(f->tls);
    const char *why = found != X509_V_OK ? X509_verify_cert_error_string(found)
                                         : ERR_reason_error_string(ERR_peek_last_error());
    f->get->end = found != X509_V_OK ? WB_HTTPS_CERTIFICATE : WB_HTTPS_NO_TLS;
    f->get->reason = wb_arena_copy(f->arena, wb_slice_str(why ? why : "the connection was closed"));
}

static bool encrypt(struct fetch *f, SSL_CTX *context)
{
    struct wb_slice host = wb_slice_str(f->get->host);
    f->tls = wb_tls_client(context, f->fd, host);
    f->get->end = WB_HTTPS_NO_TLS;
    if (!f->tls || !SSL_set1_host(f->tls, f->get->host))
        return false;
    for (;;) {
        ERR_clear_error();
        int done = SSL_do_handshake(f->tls), why = SSL_get_error(f->tls, done);
        if (done == 1)
            return true;
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
            say_why(f);
            return false;
        }
        if (!wait_for_tls(f)) {
            f->get->end = WB_HTTPS_SILENT;
            return false;
        }
    }
}

/* ---- question and answer ---- */

static bool ask(struct fetch *f)
{
    char request[LONGEST_REQUEST];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: whybounce/%s\r\n"
                     "Accept: text/plain\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n",
                     f->get->path, f->get->host, WHYBOUNCE_VERSION);
    f->get->end = WB_HTTPS_BROKEN;
    if (n <= 0 || n >= LONGEST_REQUEST)
        return false;
    while (wb_tls_put(f->tls, request, (size_t)n) < 0) /* all or nothing */
        if (errno != EAGAIN || !wait_for_tls(f))
            return false;
    return true;
}

/* Takes what there is now; false when nothing will come any more. */
static bool hear(struct fetch *f, char *bytes, size_t *n)
{
    while (*n < MOST_BYTES) {
        ssize_t got = wb_tls_get(f->tls, bytes + *n, MOST_BYTES - *n);
        if (got < 0 && errno == EAGAIN)
            return true;
        if (got <= 0)
            return false;
        *n += (size_t)got;
    }
    return false;
}

static void take_answer(struct fetch *f)
{
    static const enum wb_https_end ends[] = {[WB_HTTP_WHOLE] = WB_HTTPS_ANSWERED,
                                             [WB_HTTP_BROKEN] = WB_HTTPS_BROKEN,
                                             [WB_HTTP_TOO_LARGE] = WB_HTTPS_TOO_LARGE};
    size_t n = 0;
    char *bytes = wb_arena_alloc(f->arena, MOST_BYTES);
    enum wb_http_end end = bytes ? WB_HTTP_MORE : WB_HTTP_BROKEN;
    while (end == WB_HTTP_MORE) {
        bool open = hear(f, bytes, &n);
        end = wb_http_read(f->arena, wb_slice(bytes, n), !open, &f->get->http);
        if (end == WB_HTTP_MORE && !wait_for_tls(f)) {
            f->get->end = WB_HTTPS_SILENT;
            return;
        }
    }
    f->get->end = ends[end];
}

void wb_https_get(struct wb_https *get, struct wb_arena *arena, int64_t deadline)
{
    struct fetch f = {.get = get, .arena = arena, .deadline = deadline, .fd = -1};
    SSL_CTX *context = connect_to_any(&f) ? open_context() : NULL;
    if (context && encrypt(&f, context) && ask(&f))
        take_answer(&f);
    SSL_free(f.tls);
    SSL_CTX_free(context);
    ERR_clear_error();
    if (f.fd >= 0)
        close(f.fd);
}
