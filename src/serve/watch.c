/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "channel.h"
#include "check.h"

/* Milliseconds that a state may last: as a rule, and when three quarters of the room are taken. */
static const int64_t patience[WB_WATCH_STATES][2] = {
    [WB_WATCH_SILENT] = {30000, 3000},
    [WB_WATCH_SENDS] = {60000, 10000},
    [WB_WATCH_WORKED] = {INT64_MAX, INT64_MAX},
    [WB_WATCH_FETCHES] = {600000, 30000},
};

enum { LOOK_MS = 500 };

struct wb_watched {
    int fd; /* -1: the place is free */
    atomic_int state;
    atomic_llong since;
    struct wb_watched *next; /* of the free places */
};

struct wb_watch {
    pthread_mutex_t lock;
    pthread_cond_t end;
    pthread_t thread;
    bool ending;
    size_t most, used;
    struct wb_watched *free;
    struct wb_watched places[];
};

/* The connection is not closed here, only ended: it belongs to others, who see it and close it. */
static void look(struct wb_watch *w)
{
    int crowded = w->used >= w->most / 4 * 3;
    int64_t now = wb_serve_now();
    for (size_t i = 0; i < w->most; i++) {
        struct wb_watched *one = &w->places[i];
        int state = atomic_load(&one->state); /* before `since`, which is noted before it */
        if (one->fd >= 0 && now - atomic_load(&one->since) > patience[state][crowded])
            shutdown(one->fd, SHUT_RDWR);
    }
}

static void *work(void *own)
{
    struct wb_watch *w = own;
    pthread_mutex_lock(&w->lock);
    while (!w->ending) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += LOOK_MS * 1000000L;
        t.tv_sec += t.tv_nsec / 1000000000L;
        t.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&w->end, &w->lock, &t);
        look(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct wb_watch *wb_watch_open(size_t most)
{
    struct wb_watch *w = calloc(1, sizeof *w + most * sizeof w->places[0]);
    WB_CHECK(w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->end, NULL);
    w->most = most;
    for (size_t i = 0; i < most; i++) {
        w->places[i].fd = -1;
        w->places[i].next = w->free;
        w->free = &w->places[i];
    }
    WB_CHECK(pthread_create(&w->thread, NULL, work, w) == 0);
    return w;
}

void wb_watch_close(struct wb_watch *w)
{
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    pthread_cond_signal(&w->end);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    free(w);
}

void wb_watch_note(struct wb_watched *one, enum wb_watch_state state)
{
    if (!one)
        return;
    atomic_store(&one->since, wb_serve_now());
    atomic_store(&one->state, (int)state);
}

struct wb_watched *wb_watch_begin(struct wb_watch *w, int fd)
{
    pthread_mutex_lock(&w->lock);
    struct wb_watched *one = w->free;
    if (one) {
        w->free = one->next;
        w->used++;
        one->fd = fd;
        wb_watch_note(one, WB_WATCH_SILENT);
    }
    pthread_mutex_unlock(&w->lock);
    return one;
}

void wb_watch_end(struct wb_watch *w, struct wb_watched *one)
{
    if (!one)
        return;
    pthread_mutex_lock(&w->lock);
    one->fd = -1;
    one->next = w->free;
    w->free = one;
    w->used--;
    pthread_mutex_unlock(&w->lock);
}

bool wb_watch_busy(struct wb_watch *w)
{
    bool busy = false;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < w->most; i++)
        busy = busy || (w->places[i].fd >= 0 && w->places[i].state != WB_WATCH_SILENT);
    pthread_mutex_unlock(&w->lock);
    return busy;
}
