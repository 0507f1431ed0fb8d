/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce serve: begins, waits for signals, ends. */
#include "serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "auth.h"
#include "check.h"
#include "commands.h"
#include "edition.h"
#include "hooks.h"
#include "http.h"
#include "limit_webhook.h"
#include "metrics.h"
#include "options.h"
#include "prove.h"
#include "rates.h"
#include "store_keep.h"
#include "whybounce.h"

enum { HOUSE_SECONDS = 3600 };

/* sd_notify(3): a datagram to the socket that systemd names; nothing without it. */
static void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = path ? strlen(path) : 0;
    if (!n || n >= sizeof address.sun_path || (*path != '/' && *path != '@'))
        return;
    memcpy(address.sun_path, path, n);
    if (*path == '@')
        address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    if (fd < 0)
        return;
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length) < 0)
        wb_serve_complain("%s: %m", path);
    close(fd);
}

static void set_id(char *out, size_t room, struct wb_string text)
{
    snprintf(out, room, "%.*s", (int)text.length, text.text);
}

static struct wb_catalogue *open_catalogue(const struct wb_service *s,
                                           char trouble[WB_TROUBLE_TEXT])
{
    return wb_catalogue_open(*s->settings.catalogue ? s->settings.catalogue : NULL, trouble);
}

/* Its version, and what it calls a report of which nothing is known. */
static bool look_into(struct wb_service *s, struct wb_catalogue *catalogue)
{
    struct wb_session *session = wb_session_new(catalogue);
    struct wb_edition *edition = calloc(1, sizeof *edition);
    WB_CHECK(edition);
    if (!session) {
        wb_serve_complain("there is not enough memory");
        free(edition);
        return false;
    }
    set_id(edition->version, sizeof edition->version, wb_catalogue_version(catalogue));
    const struct wb_analysis *nothing = wb_analyse_reply(session, "", 0);
    set_id(edition->unknown, sizeof edition->unknown,
           wb_report_string(wb_analysis_report(nothing, 0), WB_REPORT_CAUSE));
    wb_session_free(session);
    edition->older = s->edition;
    s->edition = edition;
    return true;
}

static bool look_into_catalogue(struct wb_service *s)
{
    char trouble[WB_TROUBLE_TEXT];
    struct wb_catalogue *catalogue = open_catalogue(s, trouble);
    if (!catalogue) {
        wb_serve_complain("%s", trouble);
        return false;
    }
    bool ok = look_into(s, catalogue);
    wb_catalogue_free(catalogue);
    return ok;
}

static void close_editions(struct wb_edition *edition)
{
    while (edition) {
        struct wb_edition *older = edition->older;
        free(edition);
        edition = older;
    }
}

static bool begin(struct wb_service *s)
{
    struct wb_status status = {{0}};
    const struct wb_config *c = &s->settings.config;
    if (!look_into_catalogue(s))
        return false;
    s->pool = wb_pool_open((unsigned)c->workers, s->settings.catalogue, &status);
    s->writer = s->pool ? wb_writer_open(s->settings.store, c->policy, &status) : NULL;
    s->readers = wb_readers_open(s->settings.store);
    s->sessions = wb_sessions_open();
    s->rates = wb_rates_open();
    s->metrics = wb_metrics_open();
    s->prover = wb_prover_open(&s->settings, &status);
    s->sender = s->writer ? wb_sender_open(s, &status) : NULL;
    s->http = s->sender && s->prover ? wb_http_open(s, &status) : NULL;
    if (!s->http)
        wb_serve_complain("%s", status.text);
    return s->http != NULL;
}

/* In the order of what hangs on what: nobody is cut off, nothing is half written. */
static void end(struct wb_service *s)
{
    s->draining = true;
    if (s->http)
        wb_http_close(s->http);
    if (s->sender)
        wb_sender_close(s->sender);
    if (s->writer)
        wb_writer_close(s->writer);
    if (s->readers)
        wb_readers_close(s->readers);
    if (s->pool)
        wb_pool_close(s->pool);
    if (s->sessions)
        wb_sessions_close(s->sessions);
    if (s->rates)
        wb_rates_close(s->rates);
    if (s->prover)
        wb_prover_close(s->prover);
    if (s->metrics)
        wb_metrics_close(s->metrics);
    close_editions(s->edition);
}

static void greet(const struct wb_service *s)
{
    const char *tls = *s->settings.config.tls_certificate ? "https" : "http";
    const char *listen = s->settings.config.listen, *colon = strrchr(listen, ':');
    int n = (int)(colon - listen);
    bool any = (n == 7 && strncmp(listen, "0.0.0.0", 7) == 0) ||
               (n == 4 && strncmp(listen, "[::]", 4) == 0);
    printf("%s: %s://%.*s:%u/login#%s\n",
           wb_say(&s->settings, "Open this page to log in (valid until the service ends)",
                  "用浏览器打开这个地址登录（服务停止前有效）"),
           tls, any ? 9 : n, any ? "127.0.0.1" : listen, wb_http_port(s->http),
           wb_sessions_link(s->sessions));
    fflush(stdout);
}

/* No new worker for knowledge that cannot be read: it would end at once, and each after it. */
static void reload_knowledge(struct wb_service *s)
{
    char trouble[WB_TROUBLE_TEXT];
    struct wb_status status = {{0}};
    struct wb_catalogue *catalogue = open_catalogue(s, trouble);
    if (!catalogue)
        wb_serve_complain(
            wb_say(&s->settings, "the old knowledge stays: %s", "继续使用原来的知识库：%s"),
            trouble);
    else if (!wb_pool_reload(s->pool, &status))
        wb_serve_complain("%s", status.text);
    else
        look_into(s, catalogue); /* else the old one is named, which is no harm */
    if (catalogue)
        wb_catalogue_free(catalogue);
}

static void reload(struct wb_service *s)
{
    struct wb_status status = {{0}};
    notify("RELOADING=1");
    if (!wb_writer_reload(s->writer, s->settings.config.policy, &status))
        wb_serve_complain(
            wb_say(&s->settings, "the old policy stays: %s", "继续使用原来的策略：%s"),
            status.text);
    reload_knowledge(s);
    if (!wb_prover_reload(s->prover, &s->settings, &status))
        wb_serve_complain(
            wb_say(&s->settings, "the old DKIM keys stay: %s", "继续使用原来的 DKIM 公钥：%s"),
            status.text);
    if (!wb_http_renew(s->http, &status))
        wb_serve_complain(
            wb_say(&s->settings, "the old certificate stays: %s", "继续使用原来的证书：%s"),
            status.text);
    notify("READY=1");
}

/* What is older than the settings say goes. */
static bool retain(struct wb_store *store, const struct wb_policy *policy, void *own,
                   struct wb_status *status)
{
    const struct wb_config *c = own;
    int64_t now = time(NULL);
    uint64_t rows;
    (void)policy;
    return wb_store_retain(store, (unsigned)(c->raw_days ? c->raw_days : 1), (unsigned)c->days,
                           &rows, status) &&
           wb_store_notices_retain(store, now - WB_MAX_WEBHOOK_WAIT, now - c->webhook_days * WB_DAY,
                                   now, status);
}

static bool summarise(struct wb_store *store, const struct wb_policy *policy, void *own,
                      struct wb_status *status)
{
    (void)policy;
    return wb_store_summarise(store, own, status);
}

static bool is_called(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

/* Day by day, so that others write in between. */
static void keep_lists(struct wb_service *s)
{
    struct wb_status status = {{0}};
    bool more = true, ok = true;
    while (ok && more && !is_called())
        ok = wb_writer_do_alone(s->writer, summarise, &more, &status);
    if (!ok)
        wb_serve_complain("%s", status.text);
}

static void keep_house(struct wb_service *s)
{
    struct wb_status status = {{0}};
    if (!wb_writer_do_alone(s->writer, retain, &s->settings.config, &status))
        wb_serve_complain("%s", status.text);
    keep_lists(s);
}

/* Until SIGTERM or SIGINT. The hour is a timer's: one who reloads often does not put it off. */
static void wait_for_end(struct wb_service *s, const sigset_t *signals)
{
    static const struct itimerval hourly = {.it_interval.tv_sec = HOUSE_SECONDS,
                                            .it_value.tv_sec = HOUSE_SECONDS};
    WB_CHECK(setitimer(ITIMER_REAL, &hourly, NULL) == 0);
    for (;;) {
        int found = sigwaitinfo(signals, NULL);
        if (found == SIGHUP)
            reload(s);
        else if (found == SIGTERM || found == SIGINT)
            return;
        else if (found == SIGALRM)
            keep_house(s);
    }
}

int wb_serve_command(int argc, char **argv)
{
    static struct wb_service service;
    const char *listen = NULL;
    sigset_t signals;
    int first, result;
    const struct wb_serve_option options[] = {{"listen", true, &listen}, {NULL, false, NULL}};
    if (!wb_serve_options(&service.settings, argc, argv, options, &first, &result))
        return result;
    if (first < argc) {
        wb_settings_close(&service.settings);
        return wb_usage(&service.settings, "serve");
    }
    if (listen) {
        free(service.settings.config.listen);
        service.settings.config.listen = strdup(listen);
    }
    /* all threads leave these signals to this one */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    bool ok = begin(&service);
    if (ok) {
        greet(&service);
        notify("READY=1");
        keep_lists(&service); /* of a store that had none yet, or was filled meanwhile */
        wait_for_end(&service, &signals);
        notify("STOPPING=1");
    }
    end(&service);
    wb_settings_close(&service.settings);
    return ok ? 0 : 1;
}
