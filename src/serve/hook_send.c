/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One thread delivers all notices, many at once (libcurl's multi interface): an endpoint that is
 * slow or dead holds up no other, and nobody who writes waits for any of them. The queue is the
 * store's; here is only what is under way.
 *
 *   store --look--> under way --finish--> results --write--> store (gone, later, or given up)
 *
 * Results that cannot be written (a full disk) wait, and nothing new is sent meanwhile: else the
 * same notices would go out again and again.
 */
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "check.h"
#include "hooks.h"
#include "limit_webhook.h"
#include "private.h"
#include "whybounce.h"

enum {
    LOOK_MS = 1000,       /* into the queue */
    NEWS_MS = 300 * 1000, /* alarms, and whether a week is over */
    END_MS = 5000,        /* for what is under way when the service ends */
    PATIENT = 3,          /* failures in a row before an endpoint is left in peace */
    LONGEST_ERROR = 300,
};

struct endpoint {
    const struct wb_webhook *hook;
    struct wb_hook_key key;
    unsigned sent;       /* under way */
    unsigned failures;   /* in a row */
    int64_t pause_until; /* Unix time */
    int64_t look_at;     /* when to look into the queue: wb_serve_now */
    atomic_ullong delivered, failed;
};

/* A notice under way, and what became of it. */
struct delivery {
    struct wb_sender *sender;
    struct endpoint *endpoint;
    CURL *easy;
    struct curl_slist *headers;
    struct wb_buf body;
    struct wb_notice_try tried;
    unsigned tries; /* before this one */
    size_t answered;
    bool is_refused; /* the address is not public */
    char why[CURL_ERROR_SIZE];
    char error[LONGEST_ERROR];
    struct delivery *next;
};

struct wb_sender {
    struct wb_service *service;
    struct wb_hook_teller teller;
    pthread_t thread;
    atomic_bool ending;
    CURLM *multi;
    struct delivery *under_way, *results;
    int64_t news_at;
    bool has_complained;
    size_t n;
    struct endpoint endpoints[];
};

/* ---- one delivery ---- */

/* What libcurl is about to connect to, whatever name led there. */
static curl_socket_t open_socket(void *own, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct delivery *d = own;
    (void)purpose;
    if (!d->endpoint->hook->allow_private && !wb_is_public_address(&address->addr)) {
        d->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Nothing of the answer is of interest; whoever says too much is cut off. */
static size_t take_answer(char *bytes, size_t size, size_t n, void *own)
{
    struct delivery *d = own;
    (void)bytes;
    d->answered += size * n;
    return d->answered > WB_MAX_WEBHOOK_ANSWER ? 0 : size * n;
}

static void add_header(struct delivery *d, const char *name, const char *value)
{
    struct wb_buf line = {0};
    wb_buf_printf(&line, "%s: %s", name, value);
    wb_buf_byte(&line, 0);
    struct curl_slist *list = curl_slist_append(d->headers, line.p);
    WB_CHECK(list);
    d->headers = list;
    wb_buf_free(&line);
}

static void sign(struct delivery *d)
{
    char id[WB_HOOK_ID_TEXT], signature[WB_HOOK_SIGNATURE], when[32];
    d->tried.at = time(NULL);
    wb_hook_id(d->tried.message, id);
    wb_hook_sign(&d->endpoint->key, id, d->tried.at, wb_buf_slice(&d->body), signature);
    snprintf(when, sizeof when, "%lld", (long long)d->tried.at);
    add_header(d, "Content-Type", "application/json");
    add_header(d, "Webhook-Id", id);
    add_header(d, "Webhook-Timestamp", when);
    add_header(d, "Webhook-Signature", signature);
}

static void configure(struct delivery *d)
{
    char agent[64];
    const struct wb_webhook *hook = d->endpoint->hook;
    snprintf(agent, sizeof agent, "whybounce/%s", wb_version());
#define SET(option, value) WB_CHECK(curl_easy_setopt(d->easy, CURLOPT_##option, value) == CURLE_OK)
    SET(URL, hook->url);
    SET(PROTOCOLS_STR, "http,https");
    SET(PROXY, ""); /* nor one of the environment: the address would be that of the proxy */
    SET(FOLLOWLOCATION, 0L);
    SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(OPENSOCKETFUNCTION, open_socket);
    SET(OPENSOCKETDATA, d);
    /* a connection to a private address is not left for those who may not use it */
    SET(FORBID_REUSE, (long)hook->allow_private);
    SET(NOSIGNAL, 1L);
    SET(CONNECTTIMEOUT, (long)WB_MAX_WEBHOOK_CONNECT);
    SET(TIMEOUT, (long)WB_MAX_WEBHOOK_TIME);
    SET(WRITEFUNCTION, take_answer);
    SET(WRITEDATA, d);
    SET(ERRORBUFFER, d->why);
    SET(USERAGENT, agent);
    SET(HTTPHEADER, d->headers);
    SET(POSTFIELDSIZE_LARGE, (curl_off_t)d->body.n);
    SET(POSTFIELDS, d->body.p);
    SET(PRIVATE, d);
#undef SET
}

static void start(struct wb_sender *sender, struct endpoint *endpoint,
                  const struct wb_notice_row *row)
{
    struct delivery *d = calloc(1, sizeof *d);
    WB_CHECK(d);
    d->sender = sender;
    d->endpoint = endpoint;
    d->tries = row->tries;
    d->tried =
        (struct wb_notice_try){.id = row->id, .endpoint = wb_slice_str(endpoint->hook->name)};
    memcpy(d->tried.message, row->notice.message, WB_NOTICE_ID);
    wb_buf_put(&d->body, row->notice.body);
    sign(d);
    d->easy = curl_easy_init();
    WB_CHECK(d->easy);
    configure(d);
    WB_CHECK(curl_multi_add_handle(sender->multi, d->easy) == CURLM_OK);
    d->next = sender->under_way;
    sender->under_way = d;
    endpoint->sent++;
}

static void free_delivery(struct delivery *d)
{
    curl_easy_cleanup(d->easy);
    curl_slist_free_all(d->headers);
    wb_buf_free(&d->body);
    free(d);
}

/* ---- the queue ---- */

struct look {
    struct wb_sender *sender;
    struct endpoint *endpoint;
    unsigned most;
};

static bool is_under_way(const struct wb_sender *sender, int64_t id)
{
    for (const struct delivery *d = sender->under_way; d; d = d->next)
        if (d->tried.id == id)
            return true;
    return false;
}

static bool take_row(void *own, const struct wb_notice_row *row, struct wb_cursor place)
{
    const struct look *look = own;
    (void)place;
    if (!is_under_way(look->sender, row->id))
        start(look->sender, look->endpoint, row);
    return look->endpoint->sent < look->most;
}

static bool look_into(struct wb_sender *sender, struct endpoint *e, struct wb_store *store,
                      struct wb_status *status)
{
    /* one that fails is tried with one notice, until that arrives */
    struct look look = {sender, e, e->failures >= PATIENT ? 1 : WB_MAX_WEBHOOK_SENT};
    unsigned before = e->sent;
    if (before >= look.most)
        return true;
    e->look_at = wb_serve_now() + LOOK_MS;
    bool ok = wb_store_notices_due(store, wb_slice_str(e->hook->name), time(NULL),
                                   before + look.most, take_row, &look, status);
    if (ok && e->sent == look.most) /* there may be more when these are done */
        e->look_at = 0;
    return ok;
}

static bool look(struct wb_sender *sender, struct wb_status *status)
{
    struct wb_store *store = NULL;
    int64_t ms = wb_serve_now(), now = time(NULL);
    bool ok = true;
    for (size_t i = 0; i < sender->n && ok; i++) {
        struct endpoint *e = &sender->endpoints[i];
        if (ms < e->look_at || now < e->pause_until || e->sent >= WB_MAX_WEBHOOK_SENT)
            continue;
        store = store ? store : wb_reader_take(sender->service->readers, status);
        ok = store && look_into(sender, e, store, status);
        if (!ok)
            e->look_at = ms + LOOK_MS;
    }
    wb_reader_give(sender->service->readers, store);
    return ok;
}

/* ---- results ---- */

/* Half of it and up to the whole, so that many do not come back at the same moment. */
static int64_t with_jitter(int64_t seconds)
{
    uint32_t random = 0;
    WB_CHECK(getrandom(&random, sizeof random, 0) == sizeof random);
    return seconds - (int64_t)((uint64_t)random * (uint64_t)(seconds / 2) >> 32);
}

static int64_t doubled(int64_t seconds, unsigned times, int64_t most)
{
    while (times-- && seconds < most)
        seconds *= 2;
    return seconds < most ? seconds : most;
}

/* What went wrong, as a sentence; nothing when it was delivered. */
static void explain(struct delivery *d, CURLcode code)
{
    long answer = 0;
    curl_easy_getinfo(d->easy, CURLINFO_RESPONSE_CODE, &answer);
    if (answer / 100 == 2)
        return; /* whatever followed: it was taken */
    if (d->is_refused)
        snprintf(d->error, sizeof d->error,
                 "its address is not one of the public Internet: see allow-private");
    else if (answer / 100 == 3)
        snprintf(d->error, sizeof d->error, "it answered %ld: redirects are not followed", answer);
    else if (answer)
        snprintf(d->error, sizeof d->error, "it answered %ld", answer);
    else
        snprintf(d->error, sizeof d->error, "%s", *d->why ? d->why : curl_easy_strerror(code));
    d->tried.error = wb_slice_str(d->error);
}

static void decide(struct delivery *d)
{
    struct endpoint *e = d->endpoint;
    curl_off_t wish = 0;
    if (!d->tried.error.n) {
        e->failures = 0;
        e->pause_until = 0;
        atomic_fetch_add(&e->delivered, 1);
        return;
    }
    atomic_fetch_add(&e->failed, 1);
    if (d->tried.at >= e->pause_until && ++e->failures >= PATIENT) /* not each of many at once */
        e->pause_until =
            d->tried.at +
            with_jitter(doubled(WB_MIN_WEBHOOK_DELAY, e->failures - PATIENT, WB_MAX_WEBHOOK_PAUSE));
    if (d->tries + 1 >= WB_MAX_WEBHOOK_TRIES)
        return; /* due stays 0: it is given up */
    int64_t delay = with_jitter(doubled(WB_MIN_WEBHOOK_DELAY, d->tries, WB_MAX_WEBHOOK_DELAY));
    curl_easy_getinfo(d->easy, CURLINFO_RETRY_AFTER, &wish);
    if (wish > delay)
        delay = wish < WB_MAX_WEBHOOK_DELAY ? wish : WB_MAX_WEBHOOK_DELAY;
    d->tried.due = d->tried.at + delay;
}

static void finish(struct wb_sender *sender, struct delivery *d, CURLcode code)
{
    struct delivery **place = &sender->under_way;
    while (*place != d)
        place = &(*place)->next;
    *place = d->next;
    explain(d, code);
    d->tried.at = time(NULL);
    decide(d);
    curl_multi_remove_handle(sender->multi, d->easy);
    d->next = sender->results;
    sender->results = d;
}

static void collect(struct wb_sender *sender)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(sender->multi, &left))) {
        char *d = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &d);
        finish(sender, (struct delivery *)(void *)d, code);
    }
}

static bool write_tries(struct wb_store *store, const struct wb_policy *policy, void *own,
                        struct wb_status *status)
{
    (void)policy;
    for (const struct delivery *d = own; d; d = d->next)
        if (!wb_store_notice_tried(store, &d->tried, 1, status))
            return false;
    return true;
}

static bool write_results(struct wb_sender *sender, struct wb_status *status)
{
    if (!sender->results)
        return true;
    if (!wb_writer_do(sender->service->writer, write_tries, sender->results, status))
        return false;
    while (sender->results) {
        struct delivery *d = sender->results;
        sender->results = d->next;
        d->endpoint->sent--;
        free_delivery(d);
    }
    return true;
}

/* ---- the thread ---- */

/* Once for each trouble, not each second. */
static void complain(struct wb_sender *sender, bool ok, const struct wb_status *status)
{
    if (!ok && !sender->has_complained)
        wb_serve_complain("webhooks: %s", status->text);
    sender->has_complained = !ok;
}

static bool round_of(struct wb_sender *sender)
{
    struct wb_status status = {{0}};
    int64_t now = wb_serve_now();
    bool ok = write_results(sender, &status);
    if (ok && !sender->ending && now >= sender->news_at) {
        ok = wb_hooks_news(sender->service, &status);
        sender->news_at = now + (ok ? NEWS_MS : LOOK_MS);
    }
    if (ok && !sender->ending)
        ok = look(sender, &status);
    complain(sender, ok, &status);
    return ok;
}

static void *work(void *own)
{
    struct wb_sender *sender = own;
    int64_t end = 0;
    for (;;) {
        int running = 0;
        bool ok = round_of(sender);
        curl_multi_perform(sender->multi, &running);
        collect(sender);
        if (sender->ending) {
            end = end ? end : wb_serve_now() + END_MS;
            if ((!sender->under_way && !sender->results) || wb_serve_now() > end)
                return NULL;
        }
        if (!sender->results || !ok)
            curl_multi_poll(sender->multi, NULL, 0, LOOK_MS, NULL);
    }
}

/* What the service writes from now on is told of. */
static bool attach(struct wb_store *store, const struct wb_policy *policy, void *own,
                   struct wb_status *status)
{
    struct wb_sender *sender = own;
    (void)policy, (void)status;
    wb_hooks_tell(&sender->teller, &sender->service->settings.config.webhooks, store);
    return true;
}

struct wb_sender *wb_sender_open(struct wb_service *service, struct wb_status *status)
{
    const struct wb_webhooks *hooks = &service->settings.config.webhooks;
    struct wb_sender *sender = calloc(1, sizeof *sender + hooks->n * sizeof sender->endpoints[0]);
    WB_CHECK(sender);
    sender->service = service;
    sender->n = hooks->n;
    for (size_t i = 0; i < hooks->n; i++) {
        sender->endpoints[i].hook = &hooks->hook[i];
        if (!wb_hook_key(&hooks->hook[i], &sender->endpoints[i].key, status)) {
            free(sender);
            return NULL;
        }
    }
    if (!sender->n)
        return sender;
    WB_CHECK(wb_writer_do_alone(service->writer, attach, sender, status));
    WB_CHECK(curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK);
    sender->multi = curl_multi_init();
    WB_CHECK(sender->multi && pthread_create(&sender->thread, NULL, work, sender) == 0);
    return sender;
}

void wb_sender_close(struct wb_sender *sender)
{
    if (sender->n) {
        sender->ending = true;
        curl_multi_wakeup(sender->multi);
        pthread_join(sender->thread, NULL);
        while (sender->under_way) {
            struct delivery *d = sender->under_way;
            sender->under_way = d->next;
            curl_multi_remove_handle(sender->multi, d->easy);
            free_delivery(d);
        }
        while (sender->results) {
            struct delivery *d = sender->results;
            sender->results = d->next;
            free_delivery(d);
        }
        curl_multi_cleanup(sender->multi);
        curl_global_cleanup();
    }
    free(sender);
}

void wb_sender_put(struct wb_sender *sender, struct wb_buf *out)
{
    wb_buf_lit(out, "# TYPE whybounce_webhook_tries_total counter\n");
    for (size_t i = 0; i < sender->n; i++) {
        const struct endpoint *e = &sender->endpoints[i];
        const char *name = e->hook->name;
        wb_buf_printf(out,
                      "whybounce_webhook_tries_total{endpoint=\"%s\",result=\"delivered\"} %llu\n"
                      "whybounce_webhook_tries_total{endpoint=\"%s\",result=\"failed\"} %llu\n",
                      name, (unsigned long long)e->delivered, name, (unsigned long long)e->failed);
    }
}
