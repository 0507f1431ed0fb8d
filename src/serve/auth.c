/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth.h"

#include <microhttpd.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "check.h"
#include "store_token.h"

enum {
    RANDOM_BYTES = 32,
    MOST_KNOWN = 256,
    COOKIE_SECONDS = 12 * 3600,
    TOKEN_SECONDS = 5, /* a revoked token is believed no longer than that */
};

/* Somebody who has shown a token of the store, or has a cookie. */
struct known {
    unsigned char sha256[32];
    struct wb_caller caller; /* by_cookie tells the two apart */
    int64_t until;           /* seconds of the monotonic clock; 0: the place is free */
    int64_t id;              /* of the token in the store, also of who logged in with it; or 0 */
    /* of a cookie that a token was given for: it ends with the token */
    unsigned char token[32];
    int64_t checked;
};

struct wb_sessions {
    pthread_rwlock_t lock;
    struct known known[MOST_KNOWN];
    char link[WB_TOKEN_TEXT];
    unsigned char link_sha256[32];
};

static const struct {
    const char *name;
    unsigned bit;
} scopes[] = {{"analyse", WB_SCOPE_ANALYSE},
              {"read", WB_SCOPE_READ},
              {"write", WB_SCOPE_WRITE},
              {"admin", WB_SCOPE_ADMIN}};
enum { SCOPES = sizeof scopes / sizeof scopes[0] };

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1; /* never 0 */
}

/* ---- tokens ---- */

void wb_token_hash(struct wb_slice text, unsigned char sha256[32])
{
    WB_CHECK(EVP_Digest(text.p, text.n, sha256, NULL, EVP_sha256(), NULL) == 1);
}

/* RFC 4648 5, without padding. */
void wb_token_make(char text[WB_TOKEN_TEXT], unsigned char sha256[32])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[RANDOM_BYTES + 1] = {0};
    size_t n = 0;
    WB_CHECK(getrandom(bytes, RANDOM_BYTES, 0) == RANDOM_BYTES);
    memcpy(text, "wb_", 3);
    for (unsigned bit = 0; bit < RANDOM_BYTES * 8; bit += 6) {
        unsigned two = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        text[3 + n++] = letters[two >> (10 - bit % 8) & 63];
    }
    text[3 + n] = 0;
    wb_token_hash(wb_slice_str(text), sha256);
}

unsigned wb_scopes_read(struct wb_slice text)
{
    unsigned bits = 0;
    while (text.n) {
        const char *comma = memchr(text.p, ',', text.n);
        struct wb_slice word = wb_slice_head(text, comma ? (size_t)(comma - text.p) : text.n);
        unsigned bit = 0;
        text = wb_slice_from(text, word.n + 1);
        word = wb_slice_trim(word);
        for (size_t i = 0; i < SCOPES; i++)
            if (wb_slice_eq(word, wb_slice_str(scopes[i].name)))
                bit = scopes[i].bit;
        if (!bit)
            return 0;
        bits |= bit;
    }
    return bits;
}

void wb_scopes_text(unsigned bits, char out[WB_SCOPES_TEXT])
{
    int n = 0;
    *out = 0;
    for (size_t i = 0; i < SCOPES; i++)
        if (bits & scopes[i].bit)
            n += snprintf(out + n, (size_t)(WB_SCOPES_TEXT - n), "%s%s", n ? "," : "",
                          scopes[i].name);
}

/* ---- who is known already ---- */

struct wb_sessions *wb_sessions_open(void)
{
    struct wb_sessions *s = calloc(1, sizeof *s);
    WB_CHECK(s);
    pthread_rwlock_init(&s->lock, NULL);
    wb_token_make(s->link, s->link_sha256);
    return s;
}

void wb_sessions_close(struct wb_sessions *s)
{
    free(s);
}

const char *wb_sessions_link(const struct wb_sessions *s)
{
    return s->link;
}

static bool find_known(struct wb_sessions *s, const unsigned char sha256[32], bool cookie,
                       struct known *out)
{
    bool found = false;
    int64_t moment = now();
    pthread_rwlock_rdlock(&s->lock);
    for (size_t i = 0; i < MOST_KNOWN && !found; i++) {
        struct known *k = &s->known[i];
        found = k->until > moment && k->caller.by_cookie == cookie &&
                memcmp(k->sha256, sha256, 32) == 0;
        if (found)
            *out = *k;
    }
    pthread_rwlock_unlock(&s->lock);
    return found;
}

/* In the place that is free, or that ends first. */
static void remember(struct wb_sessions *s, const struct known *one)
{
    struct known *place = s->known;
    pthread_rwlock_wrlock(&s->lock);
    for (size_t i = 1; i < MOST_KNOWN; i++)
        if (s->known[i].until < place->until)
            place = &s->known[i];
    *place = *one;
    pthread_rwlock_unlock(&s->lock);
}

/* The token of a cookie was looked up just now: it is believed for some time, or is gone. */
static void note_cookie(struct wb_sessions *s, const unsigned char sha256[32], bool good)
{
    pthread_rwlock_wrlock(&s->lock);
    for (size_t i = 0; i < MOST_KNOWN; i++) {
        struct known *k = &s->known[i];
        if (!k->caller.by_cookie || memcmp(k->sha256, sha256, 32) != 0)
            continue;
        if (good)
            k->checked = now();
        else
            k->until = 0;
    }
    pthread_rwlock_unlock(&s->lock);
}

void wb_sessions_forget_token(struct wb_sessions *s, int64_t id)
{
    pthread_rwlock_wrlock(&s->lock);
    for (size_t i = 0; i < MOST_KNOWN; i++)
        if (s->known[i].id == id)
            s->known[i].until = 0;
    pthread_rwlock_unlock(&s->lock);
}

static bool take_row(void *own, const struct wb_token_row *row)
{
    struct known *one = own;
    size_t n =
        row->name.n < sizeof one->caller.name - 1 ? row->name.n : sizeof one->caller.name - 1;
    memcpy(one->caller.name, row->name.p, n);
    one->caller.name[n] = 0;
    one->caller.scopes = row->scopes;
    one->id = row->id;
    return false;
}

static bool note_use(struct wb_store *store, const struct wb_policy *policy, void *own,
                     struct wb_status *status)
{
    (void)policy;
    return wb_store_token_used(store, *(int64_t *)own, time(NULL), status);
}

static void is_noted(void *own, bool ok, const struct wb_added *added,
                     const struct wb_status *status)
{
    (void)added;
    if (!ok)
        wb_serve_complain("%s", status->text);
    free(own);
}

/* Nobody waits for that: the store may be held by others. */
static void note_use_later(struct wb_service *service, int64_t token)
{
    int64_t *own = malloc(sizeof *own);
    WB_CHECK(own);
    *own = token;
    wb_writer_do_later(service->writer, note_use, is_noted, own);
}

/* False, after an answer, when there is trouble. */
static bool look_up(struct wb_request *r, const unsigned char sha256[32], struct known *one,
                    bool *found)
{
    struct wb_status status = {{0}};
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_token_find(store, sha256, take_row, one, found, &status);
    wb_reader_give(r->service->readers, store);
    if (!ok)
        wb_answer_trouble(r, &status);
    return ok;
}

/* The token of the login link, or one of the store; false after an answer. */
static bool check_token(struct wb_request *r, struct wb_slice text, struct known *out)
{
    struct wb_service *service = r->service;
    struct known one = {.until = now() + TOKEN_SECONDS};
    bool found = false;
    wb_token_hash(text, one.sha256);
    if (memcmp(one.sha256, service->sessions->link_sha256, 32) == 0) {
        one.caller = (struct wb_caller){.name = "login link", .scopes = WB_SCOPE_ALL};
        *out = one;
        return true;
    }
    if (find_known(service->sessions, one.sha256, false, out))
        return true;
    if (!look_up(r, one.sha256, &one, &found))
        return false;
    if (!found) {
        wb_answer_problem(r, MHD_HTTP_UNAUTHORIZED, "The token is unknown or has been revoked.");
        return false;
    }
    remember(service->sessions, &one);
    note_use_later(service, one.id);
    *out = one;
    return true;
}

/* Whose cookie it is; nobody when its token is gone. False after an answer. */
static bool check_cookie(struct wb_request *r, const char *cookie)
{
    struct wb_sessions *sessions = r->service->sessions;
    struct known one, again = {.id = 0};
    unsigned char sha256[32];
    bool found = false;
    wb_token_hash(wb_slice_str(cookie), sha256);
    if (!find_known(sessions, sha256, true, &one))
        return true;
    if (one.id && now() - one.checked >= TOKEN_SECONDS) {
        if (!look_up(r, one.token, &again, &found))
            return false;
        note_cookie(sessions, sha256, found);
        if (!found)
            return true;
    }
    r->caller = one.caller;
    return true;
}

/* ---- requests ---- */

static const char *header(const struct wb_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

/* Browsers say which page a call comes from; programs that are none do not. */
static bool is_of_our_page(const struct wb_request *r, bool otherwise)
{
    const char *site = header(r, "Sec-Fetch-Site"), *origin = header(r, "Origin");
    const char *host = header(r, "Host");
    if (site)
        return strcmp(site, "same-origin") == 0;
    if (!origin)
        return otherwise;
    const char *named = strstr(origin, "://");
    return named && host && strcmp(named + 3, host) == 0;
}

/*
 * A cookie goes along with every call of the browser, also one that a page of somebody else makes:
 * what changes something must come from our page.
 */
static bool is_harmless(const struct wb_request *r)
{
    return strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0 ||
           is_of_our_page(r, false);
}

static bool refuse_page(struct wb_request *r)
{
    wb_answer_problem(r, MHD_HTTP_FORBIDDEN,
                      "This call does not come from the page of this service.");
    return false;
}

bool wb_authenticate(struct wb_request *r)
{
    struct known one;
    const char *bearer = header(r, "Authorization");
    const char *cookie = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, "whybounce");
    r->caller = (struct wb_caller){
        .scopes = r->service->settings.config.public_analyse ? WB_SCOPE_ANALYSE : 0};
    if (bearer) {
        if (strncasecmp(bearer, "Bearer ", 7) == 0) {
            if (!check_token(r, wb_slice_trim(wb_slice_str(bearer + 7)), &one))
                return false;
            r->caller = one.caller;
            return true;
        }
        wb_answer_problem(r, MHD_HTTP_UNAUTHORIZED,
                          "Only tokens are known here: Authorization: Bearer wb_...");
        return false;
    }
    if (!cookie)
        return true;
    if (!check_cookie(r, cookie))
        return false;
    return !r->caller.by_cookie || is_harmless(r) || refuse_page(r);
}

/* Another page may hand in a token of its own, so that what people then enter is another's. */
bool wb_session_begin(struct wb_request *r, struct wb_slice token, char *cookie, size_t room)
{
    char text[WB_TOKEN_TEXT];
    struct known one;
    if (!is_of_our_page(r, true))
        return refuse_page(r);
    if (!check_token(r, token, &one))
        return false;
    memcpy(one.token, one.sha256, sizeof one.token);
    one.until = now() + COOKIE_SECONDS;
    one.checked = now();
    one.caller.by_cookie = true;
    wb_token_make(text, one.sha256);
    remember(r->service->sessions, &one);
    snprintf(cookie, room, "whybounce=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s", text,
             COOKIE_SECONDS, *r->service->settings.config.tls_certificate ? "; Secure" : "");
    return true;
}

void wb_session_end(struct wb_request *r)
{
    unsigned char sha256[32];
    const char *cookie = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, "whybounce");
    if (!cookie)
        return;
    wb_token_hash(wb_slice_str(cookie), sha256);
    note_cookie(r->service->sessions, sha256, false);
}
