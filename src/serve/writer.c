/* SPDX-License-Identifier: BSD-2-Clause */
#include "writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"

enum {
    MOST_AT_ONCE = 1000,
    /*
     * What one commit costs, others can share: where the last batch was of several, those who are
     * about to come are waited for. One alone never waits.
     */
    GATHER_NS = 1000000,
};

/* One who waits; on his stack, or of its own where he goes on meanwhile. */
struct wish {
    wb_change_call change; /* NULL: a message is to be added */
    wb_writer_then then;   /* NULL: its owner waits for `done` */
    void *own;
    const struct wb_message *message;
    struct wb_added added;
    struct wb_status status;
    bool ok, done;
    bool own_batch; /* it begins and commits itself */
    struct wish *next;
};

struct wb_writer {
    pthread_mutex_t lock;
    pthread_cond_t came, done;
    pthread_t thread;
    struct wish *first, **last;
    size_t waiting;
    size_t last_batch; /* how many it had */
    bool ending;
    struct wb_store *store;
    struct wb_policy *policy;
    struct wb_policy *fresh; /* takes the policy's place in front of the next batch */
    /* of the messages that are added in one call */
    struct wb_message messages[MOST_AT_ONCE];
    struct wb_added added[MOST_AT_ONCE];
};

/* ---- the thread ---- */

static bool fulfil(struct wb_writer *w, struct wish *wish)
{
    wish->status.text[0] = 0;
    wish->ok = wish->change ? wish->change(w->store, w->policy, wish->own, &wish->status)
                            : wb_store_add(w->store, wish->message, 1, w->policy, &wish->added,
                                           &wish->status);
    return wish->ok;
}

static bool commit(struct wb_writer *w, struct wish *first, size_t n)
{
    struct wb_status status = {{0}};
    if (wb_store_commit(w->store, &status))
        return true;
    for (struct wish *wish = first; n--; wish = wish->next) {
        wish->ok = false;
        wish->status = status;
    }
    return false;
}

/*
 * A batch of one: whoever spoils a larger one is found so. False when not even that can be begun:
 * it is no fault of this one.
 */
static bool alone(struct wb_writer *w, struct wish *wish)
{
    if (wish->own_batch) {
        fulfil(w, wish);
        return true;
    }
    if (!(wish->ok = wb_store_begin(w->store, &wish->status)))
        return false;
    if (fulfil(w, wish))
        commit(w, wish, 1);
    else
        wb_store_undo(w->store);
    return true;
}

/* The messages at the front go into the store in one call, which costs much less; how many. */
static size_t fulfil_messages(struct wb_writer *w, struct wish *first, size_t n, bool *ok)
{
    struct wb_status status = {{0}}; /* who spoils it is found when each is tried alone */
    struct wish *wish = first;
    size_t some = 0;
    for (; some < n && !wish->change; some++, wish = wish->next)
        w->messages[some] = *wish->message;
    if (some)
        *ok = wb_store_add(w->store, w->messages, some, w->policy, w->added, &status);
    wish = first;
    for (size_t i = 0; i < some; i++, wish = wish->next) {
        wish->ok = *ok;
        wish->added = w->added[i];
    }
    return some;
}

static bool fulfil_all(struct wb_writer *w, struct wish *wish, size_t n)
{
    bool ok = true;
    for (size_t done = 0; ok && done < n;) {
        size_t some = fulfil_messages(w, wish, n - done, &ok);
        if (!some) {
            ok = fulfil(w, wish);
            some = 1;
        }
        for (done += some; some--;)
            wish = wish->next;
    }
    return ok;
}

/* Nobody is tried any more: one who holds the store would be waited for again and again. */
static void refuse(struct wish *wish, size_t n, const struct wb_status *status)
{
    for (; n--; wish = wish->next) {
        wish->ok = false;
        wish->status = *status;
    }
}

static void write_batch(struct wb_writer *w, struct wish *first, size_t n)
{
    struct wb_status status = {{0}};
    if (n > 1) {
        if (!wb_store_begin(w->store, &status)) {
            refuse(first, n, &status);
            return;
        }
        if (fulfil_all(w, first, n) && commit(w, first, n))
            return;
        wb_store_undo(w->store);
    }
    for (struct wish *wish = first; n; wish = wish->next, n--)
        if (!alone(w, wish)) {
            status = wish->status;
            refuse(wish, n, &status);
            return;
        }
}

/* What has come, at most so many, and what makes its own batch alone; the queue is locked. */
static struct wish *take_batch(struct wb_writer *w, size_t *n_out)
{
    struct wish *first = w->first, *last = first;
    size_t n = 1;
    for (; n < MOST_AT_ONCE && last->next && !first->own_batch && !last->next->own_batch; n++)
        last = last->next;
    w->first = last->next;
    if (!w->first)
        w->last = &w->first;
    last->next = NULL;
    *n_out = n;
    return first;
}

static void renew_policy(struct wb_writer *w)
{
    if (!w->fresh)
        return;
    wb_policy_free(w->policy);
    w->policy = w->fresh;
    w->fresh = NULL;
}

/* Tells all, those first who wait; one who waits goes on as soon as it is done. */
static void tell(struct wb_writer *w, struct wish *wish, size_t n)
{
    struct wish *later = NULL, **last = &later;
    pthread_mutex_lock(&w->lock);
    w->waiting -= n;
    for (struct wish *next; n--; wish = next) {
        next = wish->next;
        if (wish->then) {
            *last = wish;
            last = &wish->next;
        } else {
            wish->done = true;
        }
    }
    *last = NULL;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
    while ((wish = later)) {
        later = wish->next;
        wish->then(wish->own, wish->ok, &wish->added, &wish->status);
        free(wish);
    }
}

/* The queue is locked, and not empty. */
static void gather(struct wb_writer *w)
{
    static const struct timespec moment = {.tv_nsec = GATHER_NS};
    if (w->last_batch < 2 || w->ending || w->waiting >= MOST_AT_ONCE)
        return;
    pthread_mutex_unlock(&w->lock);
    nanosleep(&moment, NULL);
    pthread_mutex_lock(&w->lock);
}

static void *work(void *own)
{
    struct wb_writer *w = own;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        size_t n;
        while (!w->first && !w->ending)
            pthread_cond_wait(&w->came, &w->lock);
        if (!w->first)
            break;
        gather(w);
        struct wish *first = take_batch(w, &n);
        w->last_batch = n;
        renew_policy(w);
        pthread_mutex_unlock(&w->lock);
        write_batch(w, first, n);
        tell(w, first, n);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* ---- the callers ---- */

/* Leaves the queue locked. */
static void put(struct wb_writer *w, struct wish *wish)
{
    pthread_mutex_lock(&w->lock);
    *w->last = wish;
    w->last = &wish->next;
    w->waiting++;
    pthread_cond_signal(&w->came);
}

static bool wait_for(struct wb_writer *w, struct wish *wish, struct wb_status *status)
{
    put(w, wish);
    while (!wish->done)
        pthread_cond_wait(&w->done, &w->lock);
    pthread_mutex_unlock(&w->lock);
    if (!wish->ok)
        *status = wish->status;
    return wish->ok;
}

bool wb_writer_do(struct wb_writer *w, wb_change_call change, void *own, struct wb_status *status)
{
    struct wish wish = {.change = change, .own = own};
    return wait_for(w, &wish, status);
}

bool wb_writer_do_alone(struct wb_writer *w, wb_change_call change, void *own,
                        struct wb_status *status)
{
    struct wish wish = {.change = change, .own = own, .own_batch = true};
    return wait_for(w, &wish, status);
}

bool wb_writer_add(struct wb_writer *w, const struct wb_message *message, struct wb_added *added,
                   struct wb_status *status)
{
    struct wish wish = {.message = message};
    bool ok = wait_for(w, &wish, status);
    *added = wish.added;
    return ok;
}

static void put_later(struct wb_writer *w, struct wish wish)
{
    struct wish *own = malloc(sizeof *own);
    WB_CHECK(own);
    *own = wish;
    put(w, own);
    pthread_mutex_unlock(&w->lock);
}

void wb_writer_add_later(struct wb_writer *w, const struct wb_message *message, wb_writer_then then,
                         void *own)
{
    put_later(w, (struct wish){.message = message, .then = then, .own = own});
}

void wb_writer_do_later(struct wb_writer *w, wb_change_call change, wb_writer_then then, void *own)
{
    put_later(w, (struct wish){.change = change, .then = then, .own = own});
}

bool wb_writer_reload(struct wb_writer *w, const char *policy, struct wb_status *status)
{
    struct wb_policy *fresh = wb_policy_open(*policy ? policy : NULL, status);
    if (!fresh)
        return false;
    pthread_mutex_lock(&w->lock);
    if (w->fresh)
        wb_policy_free(w->fresh);
    w->fresh = fresh;
    pthread_mutex_unlock(&w->lock);
    return true;
}

size_t wb_writer_waiting(struct wb_writer *w)
{
    pthread_mutex_lock(&w->lock);
    size_t n = w->waiting;
    pthread_mutex_unlock(&w->lock);
    return n;
}

struct wb_writer *wb_writer_open(const char *url, const char *policy, struct wb_status *status)
{
    struct wb_writer *w = calloc(1, sizeof *w);
    WB_CHECK(w);
    w->last = &w->first;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->came, NULL);
    pthread_cond_init(&w->done, NULL);
    w->policy = wb_policy_open(*policy ? policy : NULL, status);
    w->store = w->policy ? wb_store_open(url, WB_STORE_WRITE, status) : NULL;
    if (w->store && pthread_create(&w->thread, NULL, work, w) == 0)
        return w;
    if (w->store)
        wb_store_close(w->store);
    if (w->policy)
        wb_policy_free(w->policy);
    free(w);
    return NULL;
}

void wb_writer_close(struct wb_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    pthread_cond_signal(&w->came);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    wb_store_close(w->store);
    wb_policy_free(w->policy);
    if (w->fresh)
        wb_policy_free(w->fresh);
    free(w);
}
