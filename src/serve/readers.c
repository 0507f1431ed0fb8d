/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "serve.h"

enum { MOST_IDLE = 16 };

struct wb_readers {
    pthread_mutex_t lock;
    char *url;
    struct wb_store *idle[MOST_IDLE];
    size_t n;
};

struct wb_readers *wb_readers_open(const char *url)
{
    struct wb_readers *readers = calloc(1, sizeof *readers);
    WB_CHECK(readers);
    pthread_mutex_init(&readers->lock, NULL);
    readers->url = strdup(url);
    WB_CHECK(readers->url);
    return readers;
}

void wb_readers_close(struct wb_readers *readers)
{
    while (readers->n)
        wb_store_close(readers->idle[--readers->n]);
    free(readers->url);
    free(readers);
}

struct wb_store *wb_reader_take(struct wb_readers *readers, struct wb_status *status)
{
    struct wb_store *store = NULL;
    pthread_mutex_lock(&readers->lock);
    if (readers->n)
        store = readers->idle[--readers->n];
    pthread_mutex_unlock(&readers->lock);
    return store ? store : wb_store_open(readers->url, WB_STORE_READ, status);
}

void wb_reader_give(struct wb_readers *readers, struct wb_store *store)
{
    if (!store)
        return;
    pthread_mutex_lock(&readers->lock);
    bool room = readers->n < MOST_IDLE;
    if (room)
        readers->idle[readers->n++] = store;
    pthread_mutex_unlock(&readers->lock);
    if (!room)
        wb_store_close(store);
}
