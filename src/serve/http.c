/* SPDX-License-Identifier: BSD-2-Clause */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "auth.h"
#include "channel.h"
#include "check.h"
#include "metrics.h"
#include "utf8.h"
#include "watch.h"

enum {
    THREADS = 4, /* a live check holds one (api_check.c) */
    MOST_CONNECTIONS = 1024,
    IDLE_SECONDS = 30,           /* nothing comes or goes at all; the rest is for watch.c */
    HANDSHAKE_MS = 5000,         /* for TLS to come to an end that began with the old certificate */
    DRAIN_MS = 20000,            /* for what is under way when the service ends */
    CONNECTION_BYTES = 32 << 10, /* a request's line and header */
    MOST_BODIES = 256 << 20,     /* bytes of bodies that are being received, all together */
    MOST_SKIPPED = 4 * WB_MAX_BODY,
    MOST_TLS_FILE = 1 << 20,
};

/*
 * One daemon of libmicrohttpd: another takes its place with a new certificate. Those of its
 * connections whose answer comes later are suspended; none may be when it is stopped.
 */
struct door {
    struct wb_http *http;
    struct MHD_Daemon *daemon;
    atomic_uint suspended;
    atomic_bool closing; /* from now on nobody is suspended */
};

struct wb_http {
    struct wb_service *service;
    struct door *door;
    struct wb_watch *watch;
    atomic_size_t bodies;
    char *certificate, *key;
};

/* What belongs to one request from its first line on. */
struct exchange {
    struct door *door;
    struct wb_request request;
    bool waits; /* for an answer that another thread brings */
    struct wb_watched *watched;
    struct timespec begun;
    unsigned refused; /* the status with which the body is no longer read; 0: all is well */
    size_t counted;   /* of wb_http.bodies */
    size_t skipped;   /* bytes that came after the refusal */
};

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static const char *header(const struct wb_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

/* ---- whom the request is for ---- */

static bool is_ip(struct wb_slice host)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = wb_slice(host.p + 1, host.n - 2);
    if (host.n >= sizeof text)
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = 0;
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/*
 * A page of somebody else may lead its own name to this address (DNS rebinding): only names that
 * are ours are answered, and addresses, which cannot be led anywhere.
 */
static bool is_our_host(const struct wb_request *r)
{
    struct wb_slice host = wb_slice_str(header(r, "Host") ? header(r, "Host") : ""), name;
    struct wb_slice ours = wb_slice_str(r->service->settings.config.hosts);
    size_t n = host.n;
    while (n && host.p[n - 1] >= '0' && host.p[n - 1] <= '9')
        n--;
    if (n && n < host.n && host.p[n - 1] == ':' &&
        memchr(host.p, ']', host.n) != host.p + host.n - 1)
        host = wb_slice_head(host, n - 1);
    if (is_ip(host) || wb_slice_eqi(host, WB_S("localhost")))
        return true;
    while (ours.n) {
        const char *comma = memchr(ours.p, ',', ours.n);
        size_t length = comma ? (size_t)(comma - ours.p) : ours.n;
        name = wb_slice_trim(wb_slice_head(ours, length));
        if (name.n && wb_slice_eqi(name, host))
            return true;
        ours = wb_slice_from(ours, length + 1);
    }
    return false;
}

/* Matches "/v1/events/{}/raw"; what stands in the place of {} goes into r->part. */
static bool fits(struct wb_request *r, const char *pattern)
{
    const char *hole = strstr(pattern, "{}");
    if (!hole)
        return strcmp(pattern, r->path) == 0;
    size_t before = (size_t)(hole - pattern), after = strlen(hole + 2), n = strlen(r->path);
    if (n <= before + after || strncmp(pattern, r->path, before) != 0 ||
        strcmp(r->path + n - after, hole + 2) != 0 || n - before - after >= WB_MAX_PATH_PART)
        return false;
    memcpy(r->part, r->path + before, n - before - after);
    r->part[n - before - after] = 0;
    return true;
}

static const struct wb_route *find_route(struct wb_request *r)
{
    const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
    size_t n = 0;
    for (const struct wb_route *route = wb_routes; route->method; route++) {
        if (!fits(r, route->path))
            continue;
        if (strcmp(route->method, method) == 0)
            return route;
        n += (size_t)snprintf(r->allowed + n, sizeof r->allowed - n, "%s%s", n ? ", " : "",
                              strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method);
    }
    if (n)
        wb_answer_problem(r, MHD_HTTP_METHOD_NOT_ALLOWED, "%s is not possible here.", r->method);
    else
        wb_answer_problem(r, MHD_HTTP_NOT_FOUND, "There is nothing here.");
    return NULL;
}

static bool is_text(const char *p)
{
    struct wb_slice s = wb_slice_str(p ? p : "");
    return wb_utf8_valid(s) == s.n;
}

static enum MHD_Result check_argument(void *own, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    bool *good = own;
    (void)kind;
    *good = *good && is_text(name) && is_text(value);
    return MHD_YES;
}

/* The store and JSON take nothing else. */
static bool is_utf8(const struct wb_request *r)
{
    bool good = is_text(r->path);
    MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, check_argument, &good);
    return good;
}

static void dispatch(struct wb_request *r)
{
    if (!is_our_host(r)) {
        wb_answer_problem(
            r, 421, "This service does not go by that name; see 'hosts' in the configuration.");
        return;
    }
    if (!is_utf8(r)) {
        wb_answer_problem(r, MHD_HTTP_BAD_REQUEST, "The address of this call is no UTF-8.");
        return;
    }
    const struct wb_route *route = find_route(r);
    if (!route || !wb_authenticate(r))
        return;
    if (route->scopes && !(r->caller.scopes & route->scopes))
        wb_answer_problem(r, r->caller.scopes ? MHD_HTTP_FORBIDDEN : MHD_HTTP_UNAUTHORIZED,
                          r->caller.scopes ? "This token does not allow that."
                                           : "A token is needed: whybounce token create.");
    else
        route->answer(r);
}

/* ---- answers ---- */

static void put_headers(const struct wb_request *r, struct MHD_Response *response)
{
    static const char *const always[][2] = {
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"X-Frame-Options", "DENY"},
        {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "
                                    "img-src 'self' data:; connect-src 'self'; "
                                    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"},
    };
    char text[128];
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        MHD_add_response_header(response, always[i][0], always[i][1]);
    if (r->status != MHD_HTTP_NO_CONTENT)
        MHD_add_response_header(response, "Content-Type", r->type ? r->type : "application/json");
    MHD_add_response_header(response, "Cache-Control",
                            r->keep ? "public, max-age=31536000, immutable" : "no-store");
    if (r->attached) {
        snprintf(text, sizeof text, "attachment; filename=\"%s\"", r->attached);
        MHD_add_response_header(response, "Content-Disposition", text);
    }
    if (r->service->draining)
        MHD_add_response_header(response, "Connection", "close");
    if (r->retry_after) {
        snprintf(text, sizeof text, "%u", r->retry_after);
        MHD_add_response_header(response, "Retry-After", text);
    }
    if (r->set_cookie.n)
        MHD_add_response_header(response, "Set-Cookie", r->set_cookie.p);
    if (r->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", r->allowed);
    if (r->status == MHD_HTTP_UNAUTHORIZED)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
}

/* The answer's memory goes over to libmicrohttpd. */
static enum MHD_Result send_answer(struct wb_request *r)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(r->out.n, r->out.p, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    r->out = (struct wb_buf){0};
    put_headers(r, response);
    enum MHD_Result result = MHD_queue_response(r->connection, r->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- requests ---- */

static enum wb_language language_of(const struct wb_request *r)
{
    const char *tag = header(r, "Accept-Language");
    return wb_language_of_tag(tag ? tag : "en");
}

static struct wb_watched *watched(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void on_connection(void *own, struct MHD_Connection *connection, void **place,
                          enum MHD_ConnectionNotificationCode code)
{
    struct wb_http *http = ((struct door *)own)->http;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *place = info ? wb_watch_begin(http->watch, info->connect_fd) : NULL;
    else
        wb_watch_end(http->watch, *place);
}

static struct exchange *begin(struct door *door, struct MHD_Connection *connection,
                              const char *method)
{
    struct exchange *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->door = door;
    e->request.service = door->http->service;
    e->request.connection = connection;
    e->request.method = method;
    e->watched = watched(connection);
    wb_watch_note(e->watched, WB_WATCH_SENDS);
    clock_gettime(CLOCK_MONOTONIC, &e->begun);
    return e;
}

/*
 * False: the connection is to be cut. What is refused is still read to its end, so that the answer
 * arrives; but not for ever.
 */
static bool receive(struct exchange *e, const char *bytes, size_t n)
{
    struct wb_request *r = &e->request;
    if (!e->refused) {
        size_t all = atomic_fetch_add(&e->door->http->bodies, n) + n;
        e->counted += n;
        if (r->body.n + n > WB_MAX_BODY)
            e->refused = 413;
        else if (all > MOST_BODIES)
            e->refused = MHD_HTTP_SERVICE_UNAVAILABLE;
    }
    if (e->refused)
        return (e->skipped += n) < MOST_SKIPPED;
    wb_buf_put(&r->body, wb_slice(bytes, n));
    return true;
}

static struct exchange *exchange_of(struct wb_request *r)
{
    return (struct exchange *)(void *)((char *)r - offsetof(struct exchange, request));
}

/* Counted before it is asked whether the door closes, which is said before they are counted. */
bool wb_request_wait(struct wb_request *r)
{
    struct exchange *e = exchange_of(r);
    atomic_fetch_add(&e->door->suspended, 1);
    if (atomic_load(&e->door->closing)) {
        atomic_fetch_sub(&e->door->suspended, 1);
        return false;
    }
    e->waits = true;
    MHD_suspend_connection(r->connection);
    return true;
}

void wb_request_go_on(struct wb_request *r)
{
    struct door *door = exchange_of(r)->door;
    MHD_resume_connection(r->connection); /* from now on the request may be gone */
    atomic_fetch_sub(&door->suspended, 1);
}

static enum MHD_Result finish(struct exchange *e)
{
    struct wb_request *r = &e->request;
    wb_metrics_request(r->service->metrics, r->status, seconds_since(&e->begun));
    wb_watch_note(e->watched, WB_WATCH_FETCHES);
    return send_answer(r);
}

static enum MHD_Result answer(struct exchange *e, const char *url)
{
    struct wb_request *r = &e->request;
    const char *tag = NULL;
    wb_watch_note(e->watched, WB_WATCH_WORKED);
    r->path = url;
    r->language = language_of(r);
    tag = wb_query(r, "lang");
    if (tag)
        r->language = wb_language_of_tag(tag);
    if (e->refused == 413)
        wb_answer_problem(r, 413, "The limit is %d bytes.", WB_MAX_BODY);
    else if (e->refused) {
        r->retry_after = 5;
        wb_answer_problem(r, e->refused, "Too much is being handed in at the moment.");
    } else
        dispatch(r);
    return e->waits ? MHD_YES : finish(e);
}

static enum MHD_Result on_request(void *own, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **place)
{
    struct exchange *e = *place;
    (void)version;
    if (!e) { /* an answer at the first call would end keep-alive */
        *place = begin(own, connection, method);
        return *place ? MHD_YES : MHD_NO;
    }
    if (e->waits)
        return finish(e); /* what was waited for has come */
    if (!*upload_size)
        return answer(e, url);
    bool ok = receive(e, upload, *upload_size);
    *upload_size = 0;
    return ok ? MHD_YES : MHD_NO;
}

static void on_end(void *own, struct MHD_Connection *connection, void **place,
                   enum MHD_RequestTerminationCode code)
{
    struct exchange *e = *place;
    (void)own;
    (void)connection;
    (void)code;
    if (!e)
        return;
    wb_watch_note(e->watched, WB_WATCH_SILENT);
    atomic_fetch_sub(&e->door->http->bodies, e->counted);
    wb_buf_free(&e->request.body);
    wb_buf_free(&e->request.out);
    wb_buf_free(&e->request.set_cookie);
    free(e);
    *place = NULL;
}

/* ---- listening ---- */

static bool read_listen(const char *text, struct sockaddr_storage *address)
{
    char host[INET6_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    long port = colon ? strtol(colon + 1, &end, 10) : -1;
    size_t n = colon ? (size_t)(colon - text) : 0;
    bool brackets = n > 2 && text[0] == '[' && text[n - 1] == ']';
    if (!colon || end == colon + 1 || *end || port < 0 || port > 65535 || n >= sizeof host)
        return false;
    memcpy(host, text + brackets, n - 2 * (size_t)brackets);
    host[n - 2 * (size_t)brackets] = 0;
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (brackets) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
    }
    four->sin_family = AF_INET;
    four->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &four->sin_addr) == 1;
}

static char *read_file(const char *path, struct wb_status *status)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, MOST_TLS_FILE);
    WB_CHECK(text);
    if (file && fread(text, 1, MOST_TLS_FILE - 1, file) > 0) {
        fclose(file);
        return text;
    }
    wb_trouble(status, "%s: %m", path);
    if (file)
        fclose(file);
    free(text);
    return NULL;
}

static void quiet_log(void *own, const char *format, va_list arguments)
{
    (void)own; /* what clients do wrong is no news */
    (void)format;
    (void)arguments;
}

/* On a socket that listens already, or a new one (fd < 0); NULL and errno. */
static struct door *start(struct wb_http *http, const struct sockaddr_storage *address, int fd)
{
    struct door *door = calloc(1, sizeof *door);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0) |
                     (http->certificate ? MHD_USE_TLS : 0);
    struct MHD_OptionItem more[] = {
        {fd < 0 ? MHD_OPTION_SOCK_ADDR : MHD_OPTION_LISTEN_SOCKET, fd,
         fd < 0 ? (void *)address : NULL},
        {http->certificate ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, http->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, http->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL}};
    WB_CHECK(door);
    door->http = http;
    door->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, door, MHD_OPTION_EXTERNAL_LOGGER, quiet_log, NULL,
        MHD_OPTION_THREAD_POOL_SIZE, THREADS, MHD_OPTION_CONNECTION_LIMIT, MOST_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, door, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    if (door->daemon)
        return door;
    int why = errno;
    free(door);
    errno = why;
    return NULL;
}

static bool read_certificate(struct wb_http *http, struct wb_status *status)
{
    const struct wb_config *c = &http->service->settings.config;
    http->certificate = http->key = NULL;
    return !*c->tls_certificate || ((http->certificate = read_file(c->tls_certificate, status)) &&
                                    (http->key = read_file(c->tls_key, status)));
}

struct wb_http *wb_http_open(struct wb_service *service, struct wb_status *status)
{
    const struct wb_config *c = &service->settings.config;
    struct sockaddr_storage address = {0};
    struct wb_http *http = calloc(1, sizeof *http);
    WB_CHECK(http);
    http->service = service;
    http->watch = wb_watch_open(MOST_CONNECTIONS);
    bool ok = read_listen(c->listen, &address) ||
              wb_trouble(status, "listen: \"%s\" is no IP:PORT", c->listen);
    ok = ok && read_certificate(http, status);
    if (ok && !(http->door = start(http, &address, -1)))
        ok = wb_trouble(status, "%s: cannot listen there%s: %m", c->listen,
                        http->certificate ? ", or the certificate and its key are none" : "");
    if (ok)
        return http;
    wb_http_close(http);
    return NULL;
}

unsigned wb_http_port(const struct wb_http *http)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(http->door->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

static bool is_empty(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info && info->num_connections == 0;
}

/*
 * What is under way is answered, but nobody is waited for without end; and for so many
 * milliseconds there may come requests through the connections that there are.
 */
static void stop(struct wb_http *http, struct door *door, int64_t open)
{
    static const struct timespec moment = {.tv_nsec = 20000000};
    int64_t begun = wb_serve_now();
    while (!is_empty(door->daemon) && wb_serve_now() - begun < DRAIN_MS &&
           (wb_serve_now() - begun < open || wb_watch_busy(http->watch)))
        nanosleep(&moment, NULL);
    atomic_store(&door->closing, true);
    while (atomic_load(&door->suspended)) /* the writer brings each its answer */
        nanosleep(&moment, NULL);
    MHD_stop_daemon(door->daemon);
    free(door);
}

/* The socket goes on listening while one daemon takes the place of another. */
bool wb_http_renew(struct wb_http *http, struct wb_status *status)
{
    struct sockaddr_storage address = {0};
    struct door *old = http->door;
    char *certificate = http->certificate, *key = http->key;
    if (!certificate || !read_listen(http->service->settings.config.listen, &address))
        return true;
    bool ok = read_certificate(http, status);
    int fd = ok ? MHD_quiesce_daemon(old->daemon) : -1;
    if (fd >= 0 && !(http->door = start(http, &address, dup(fd)))) /* which takes it */
        ok = wb_trouble(status, "the certificate and its key cannot be used");
    if (!ok) {
        free(http->certificate);
        free(http->key);
        http->certificate = certificate;
        http->key = key;
        if (fd >= 0)
            WB_CHECK((http->door = start(http, &address, dup(fd))) != NULL);
    }
    if (fd >= 0) {
        close(fd);
        stop(http, old, HANDSHAKE_MS);
    }
    if (ok) {
        free(certificate);
        free(key);
    }
    return ok;
}

void wb_http_close(struct wb_http *http)
{
    if (http->door) {
        int fd = MHD_quiesce_daemon(http->door->daemon); /* no new connections */
        if (fd >= 0)
            close(fd);
        stop(http, http->door, 0);
    }
    wb_watch_close(http->watch);
    free(http->certificate);
    free(http->key);
    free(http);
}
