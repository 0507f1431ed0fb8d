/* SPDX-License-Identifier: BSD-2-Clause */
/* The parent's side of the workers: who is free, who has died, and a new one in its place. */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "channel.h"
#include "worker.h"

enum {
    MOST_WORKERS = 64,
    ANSWER_TIME = 10000,      /* milliseconds; the slowest mail of our tests takes 200 */
    MOST_TEXT = 64 << 20,     /* bytes of an answer: more is not believed */
    MOST_RECORDS = 256 << 20, /* WB_MAX_PARCELS of 2 KiB */
    MOST_KEPT = 16 << 20,     /* bytes that a thread keeps for its next call */
    WORKER_FD = 3,
};

struct place {
    pid_t pid; /* 0: nobody */
    int fd;
    bool busy;
};

/* A worker that is wanted. */
struct birth {
    struct place *place;
    struct wb_status *status;
    bool ok, done;
};

struct wb_pool {
    /*
     * A worker ends with the thread that started it (PR_SET_PDEATHSIG), and threads of http.c end
     * when a certificate is renewed: so one thread of the pool starts them all.
     */
    pthread_t starter;
    pthread_mutex_t starting; /* of what follows */
    pthread_cond_t wanted, born;
    struct birth *birth; /* NULL: nobody wants one */
    bool ending;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    pthread_cond_t quiet; /* for who waits for one certain worker: a reload */
    unsigned waiting;     /* for any worker */
    bool reloading;
    struct place places[MOST_WORKERS];
    unsigned n;
    char *catalogue;
    uint64_t restarts;
};

extern char **environ;

/* It stays busy: who holds it goes on with it. */
static void nobody(struct place *place)
{
    place->pid = 0;
    place->fd = -1;
}

/* A new process of this program, with nothing open but its socket and standard error. */
static bool start_here(struct wb_pool *pool, struct place *place, struct wb_status *status)
{
    int ends[2];
    posix_spawn_file_actions_t actions;
    char *argv[] = {(char *)"whybounce-worker", pool->catalogue, NULL};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return wb_trouble(status, "a worker cannot be started: %m");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], WORKER_FD);
    posix_spawn_file_actions_addclosefrom_np(&actions, WORKER_FD + 1);
    int found = posix_spawn(&place->pid, "/proc/self/exe", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (found == 0) {
        place->fd = ends[0];
        wb_channel_patience(place->fd, ANSWER_TIME);
        return true;
    }
    close(ends[0]);
    nobody(place);
    errno = found;
    return wb_trouble(status, "a worker cannot be started: %m");
}

static void *start_all(void *own)
{
    struct wb_pool *pool = own;
    pthread_mutex_lock(&pool->starting);
    while (!pool->ending) {
        struct birth *birth = pool->birth;
        if (birth) {
            birth->ok = start_here(pool, birth->place, birth->status);
            birth->done = true;
            pool->birth = NULL;
            pthread_cond_broadcast(&pool->born);
        } else {
            pthread_cond_wait(&pool->wanted, &pool->starting);
        }
    }
    pthread_mutex_unlock(&pool->starting);
    return NULL;
}

static void await(struct wb_pool *pool, struct birth *birth)
{
    pthread_mutex_lock(&pool->starting);
    while (pool->birth)
        pthread_cond_wait(&pool->born, &pool->starting);
    pool->birth = birth;
    pthread_cond_signal(&pool->wanted);
    while (!birth->done)
        pthread_cond_wait(&pool->born, &pool->starting);
    pthread_mutex_unlock(&pool->starting);
}

static bool start(struct wb_pool *pool, struct place *place, struct wb_status *status)
{
    struct birth birth = {.place = place, .status = status};
    await(pool, &birth);
    return birth.ok;
}

static void stop(struct place *place)
{
    if (!place->pid)
        return;
    kill(place->pid, SIGKILL);
    while (waitpid(place->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(place->fd);
    nobody(place);
}

struct wb_pool *wb_pool_open(unsigned n, const char *catalogue, struct wb_status *status)
{
    struct wb_pool *pool = calloc(1, sizeof *pool);
    WB_CHECK(pool);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->freed, NULL);
    pthread_cond_init(&pool->quiet, NULL);
    pthread_mutex_init(&pool->starting, NULL);
    pthread_cond_init(&pool->wanted, NULL);
    pthread_cond_init(&pool->born, NULL);
    pool->catalogue = strdup(catalogue);
    WB_CHECK(pool->catalogue);
    pool->n = n < MOST_WORKERS ? n : MOST_WORKERS;
    WB_CHECK(pthread_create(&pool->starter, NULL, start_all, pool) == 0);
    for (unsigned i = 0; i < pool->n; i++)
        if (!start(pool, &pool->places[i], status)) {
            wb_pool_close(pool);
            return NULL;
        }
    return pool;
}

void wb_pool_close(struct wb_pool *pool)
{
    for (unsigned i = 0; i < pool->n; i++)
        stop(&pool->places[i]);
    pthread_mutex_lock(&pool->starting);
    pool->ending = true;
    pthread_cond_signal(&pool->wanted);
    pthread_mutex_unlock(&pool->starting);
    pthread_join(pool->starter, NULL);
    free(pool->catalogue);
    free(pool);
}

static struct place *take_place(struct wb_pool *pool)
{
    struct place *found = NULL;
    pthread_mutex_lock(&pool->lock);
    while (!found) {
        for (unsigned i = 0; i < pool->n && !found; i++)
            if (!pool->places[i].busy)
                found = &pool->places[i];
        if (!found) {
            pool->waiting++;
            pthread_cond_wait(&pool->freed, &pool->lock);
            pool->waiting--;
        }
    }
    found->busy = true;
    pthread_mutex_unlock(&pool->lock);
    return found;
}

static void give_place(struct wb_pool *pool, struct place *place, bool replaced)
{
    pthread_mutex_lock(&pool->lock);
    place->busy = false;
    pool->restarts += replaced;
    if (pool->reloading)
        pthread_cond_broadcast(&pool->quiet);
    if (pool->waiting)
        pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

static void make_room(struct wb_work *work, size_t n)
{
    if (work->cap >= n)
        return;
    work->cap = n;
    work->records = realloc(work->records, n * sizeof *work->records);
    WB_CHECK(work->records);
}

/* What a worker says is not believed further than its lengths allow: it has read hostile mail. */
static bool exchange(struct place *place, const struct wb_question_head *head, struct wb_slice body,
                     struct wb_work *work, int64_t by, bool *sent)
{
    struct wb_answer_head out;
    struct iovec parts[] = {{(void *)head, sizeof *head}, {(void *)body.p, body.n}};
    wb_buf_clear(&work->bytes);
    *sent = wb_channel_send(place->fd, parts, 2, by);
    if (!*sent || !wb_channel_receive(place->fd, &work->bytes, sizeof out, by))
        return false;
    memcpy(&out, work->bytes.p, sizeof out);
    size_t whole = sizeof out + (size_t)out.text + out.records;
    if (out.text > MOST_TEXT || out.records > MOST_RECORDS || out.count > WB_MAX_PARCELS ||
        !wb_channel_receive(place->fd, &work->bytes, whole, by) || work->bytes.n != whole)
        return false;
    work->text = wb_slice(work->bytes.p + sizeof out, out.text);
    struct wb_slice rest = wb_slice(work->bytes.p + sizeof out + out.text, out.records);
    work->packed = rest;
    make_room(work, out.count);
    for (work->n = 0; work->n < out.count; work->n++) {
        if (!wb_parcel_take(&rest, &work->records[work->n]))
            return false;
        work->records[work->n].proof = WB_PROOF_NONE; /* not for a worker to say */
    }
    return true;
}

/* The one who was there is ended; false when there is none in his place. */
static bool replace(struct wb_pool *pool, struct place *place)
{
    struct wb_status status = {{0}};
    stop(place);
    if (start(pool, place, &status))
        return true;
    fprintf(stderr, "whybounce: %s\n", status.text);
    return false;
}

enum wb_work_end wb_pool_ask(struct wb_pool *pool, const struct wb_question_head *head,
                             struct wb_slice body, struct wb_work *work)
{
    struct wb_question_head h = *head;
    struct place *place = take_place(pool);
    int64_t by = wb_serve_now() + ANSWER_TIME;
    enum wb_work_end end = WB_WORK_DONE;
    bool sent, replaced = false;
    h.length = (uint32_t)body.n;
    work->n = 0;
    if (!place->pid && !replace(pool, place)) {
        give_place(pool, place, false);
        return WB_WORK_NONE;
    }
    bool done = exchange(place, &h, body, work, by, &sent);
    if (!done && !sent && wb_serve_now() < by) {
        /* he was gone before he had it all: it was not this message */
        if (!replace(pool, place)) {
            give_place(pool, place, true);
            return WB_WORK_NONE;
        }
        replaced = true;
        done = exchange(place, &h, body, work, by, &sent);
    }
    if (!done) {
        end = wb_serve_now() < by ? WB_WORK_DIED : WB_WORK_HUNG;
        replaced = true;
        replace(pool, place);
    }
    give_place(pool, place, replaced);
    return end;
}

bool wb_pool_reload(struct wb_pool *pool, struct wb_status *status)
{
    bool ok = true;
    for (unsigned i = 0; i < pool->n && ok; i++) {
        struct place *place = &pool->places[i];
        pthread_mutex_lock(&pool->lock);
        pool->reloading = true;
        while (place->busy)
            pthread_cond_wait(&pool->quiet, &pool->lock);
        pool->reloading = false;
        place->busy = true;
        pthread_mutex_unlock(&pool->lock);
        stop(place);
        ok = start(pool, place, status);
        give_place(pool, place, false);
    }
    return ok;
}

uint64_t wb_pool_restarts(const struct wb_pool *pool)
{
    struct wb_pool *p = (struct wb_pool *)pool;
    pthread_mutex_lock(&p->lock);
    uint64_t n = p->restarts;
    pthread_mutex_unlock(&p->lock);
    return n;
}

void wb_work_free(struct wb_work *work)
{
    wb_buf_free(&work->bytes);
    free(work->records);
}

static pthread_key_t mine;

static void drop(void *own)
{
    wb_work_free(own);
    free(own);
}

static void make_key(void)
{
    WB_CHECK(pthread_key_create(&mine, drop) == 0);
}

struct wb_work *wb_work_mine(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    struct wb_work *work = pthread_getspecific(mine);
    if (work && work->bytes.cap > MOST_KEPT) {
        wb_work_free(work);
        *work = (struct wb_work){.n = 0};
    }
    if (work)
        return work;
    work = calloc(1, sizeof *work);
    WB_CHECK(work && pthread_setspecific(mine, work) == 0);
    return work;
}
