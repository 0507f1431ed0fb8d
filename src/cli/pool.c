/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "check.h"
#include "files.h"

enum {
    QUEUE_PER_THREAD = 3,
    FILES = 64,             /* that a worker takes at once, or fewer when others would have none: */
    FEWEST_FILES = 16,      /* opened and read by the same calls */
    FLUSH_BYTES = 1 << 20,  /* output kept back before a worker waits for its turn */
    CHUNK_BYTES = 12 << 20, /* in all chunks at once: the largest mails go one by one */
    LARGE_CHUNK = 1 << 20,  /* larger than chunks of usual mails */
    MOMENT = 100000000,     /* ns that the caller waits before it shows how far it is */
    SECOND = 1000000000,
    LESSONS = 1000,       /* messages that the first worker reads alone: most texts that recur */
    LESSON = 100000000,   /* ns that the others wait for that at most */
    HEAP_SLACK = 4 << 20, /* so that chunks of usual mails are not given back and fetched again */
};

struct job {
    struct wb_pool_stream *stream; /* either this: it stays the first until it has ended */
    struct wb_names names;         /* or these: until somebody has begun with the last of them */
    size_t begun;
    int in_hand; /* how many workers have some of them */
    struct job *next;
};

/* What one thread writes to for each message shares no line of the cache with another's. */
enum { APART = 128 };

struct worker {
    _Alignas(APART) struct wb_pool *pool;
    pthread_t thread;
    struct wb_session *session;
    struct wb_buf out;
    void *tally;
    struct wb_chunk chunk;  /* what it has just read */
    struct wb_files *files; /* made when there are some */
    bool at_work;           /* or it waits for what the first one learns */
    uint64_t turn;          /* of the job in hand */
    _Atomic uint64_t messages;
};

struct wb_pool {
    struct wb_pool_options options;
    struct worker workers[WB_MAX_THREADS];
    int threads;
    pthread_mutex_t lock;
    pthread_cond_t filled; /* workers wait for jobs, or for another to have read a stream's chunk */
    pthread_cond_t emptied; /* who brings them for room in the queue, or for a stream to end, */
    pthread_cond_t turned;  /* workers that have output for their turn, */
    pthread_cond_t taught;  /* and those that do not work yet for what the first one learns */
    struct job *first, **last;
    int queued;
    size_t files_waiting;
    size_t chunk_bytes; /* of streams, in work: see CHUNK_BYTES */
    bool reading;       /* someone reads the stream */
    bool closed;
    bool teaching; /* the first worker is learning for all */
    int pupils;    /* who are about to take over what it has learnt */
    struct timespec lesson_end;
    uint64_t next_turn;    /* to be given to the next piece */
    uint64_t current_turn; /* whose output is being written */
    atomic_bool trouble;
    atomic_bool broken; /* standard output cannot be written any more */
};

/* ---- output in turn ---- */

static void wait_for_turn(struct worker *w)
{
    struct wb_pool *pool = w->pool;
    pthread_mutex_lock(&pool->lock);
    while (pool->current_turn != w->turn)
        pthread_cond_wait(&pool->turned, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static void write_out(struct worker *w)
{
    wait_for_turn(w);
    if (w->out.n && !atomic_load(&w->pool->broken) && !wb_cli_write(w->out.p, w->out.n)) {
        atomic_store(&w->pool->broken, true);
        atomic_store(&w->pool->trouble, true);
    }
    wb_buf_clear(&w->out);
}

/* Waking who brings jobs costs as much as bringing one: it is done when several have room. */
static void tell_of_room(struct wb_pool *pool)
{
    if (pool->queued <= pool->threads * (QUEUE_PER_THREAD / 2))
        pthread_cond_signal(&pool->emptied);
}

/* Whether chunks in work take so much that none should be read beside them. */
static bool is_full(const struct wb_pool *pool)
{
    return pool->chunk_bytes > CHUNK_BYTES - LARGE_CHUNK;
}

static void end_turn(struct worker *w, size_t chunk_bytes)
{
    struct wb_pool *pool = w->pool;
    write_out(w);
    pthread_mutex_lock(&pool->lock);
    if (is_full(pool)) /* someone may wait before reading another chunk */
        pthread_cond_signal(&pool->filled);
    pool->current_turn++;
    pool->chunk_bytes -= chunk_bytes;
    pthread_cond_broadcast(&pool->turned);
    pthread_mutex_unlock(&pool->lock);
}

/* ---- work ---- */

static void analyse(struct worker *w, const char *p, size_t n, const char *source, uint32_t index)
{
    wb_session_source(w->session, source, index);
    const struct wb_analysis *analysis = wb_analyse_mail(w->session, p, n);
    w->pool->options.render(analysis, w->session, w->pool->options.setting, w->tally, &w->out);
    uint64_t messages = atomic_load_explicit(&w->messages, memory_order_relaxed);
    atomic_store_explicit(&w->messages, messages + 1, memory_order_relaxed);
    if (w->out.n > FLUSH_BYTES)
        write_out(w);
}

static void analyse_chunk(struct worker *w, const struct wb_chunk *chunk, const char *source)
{
    for (uint32_t i = 0; i < chunk->count && !atomic_load(&w->pool->broken); i++)
        analyse(w, chunk->bytes + chunk->messages[i].from, chunk->messages[i].n, source,
                chunk->first_index + i);
}

static void complain_in_turn(struct worker *w, const char *text)
{
    write_out(w);
    wb_complain_of(text);
    atomic_store(&w->pool->trouble, true);
}

static void analyse_next_file(struct worker *w, const char *name)
{
    struct wb_status status;
    status.text[0] = '\0'; /* it is long */
    struct wb_stream *stream = wb_files_next(w->files, &status);
    uint64_t found = 0;
    while (stream && wb_stream_next(stream, &w->chunk, &status)) {
        found += w->chunk.count;
        analyse_chunk(w, &w->chunk, name);
    }
    if (!found && !status.text[0])
        wb_trouble(&status, "%s: the file is empty", name);
    if (status.text[0])
        complain_in_turn(w, status.text);
}

static void remove_first(struct wb_pool *pool)
{
    pool->first = pool->first->next;
    if (!pool->first)
        pool->last = &pool->first;
    pool->queued--;
}

/*
 * With the lock, which others may have while the chunk is read. False when the stream has ended;
 * then it is no longer among the jobs.
 */
static bool read_chunk(struct worker *w, struct wb_pool_stream *s)
{
    struct wb_pool *pool = w->pool;
    bool more = false;
    pool->reading = true;
    pthread_mutex_unlock(&pool->lock);
    if (!wb_interrupted() && !atomic_load(&pool->broken))
        more = wb_stream_next(s->stream, &w->chunk, &s->status);
    pthread_mutex_lock(&pool->lock);
    pool->reading = false;
    s->bytes = wb_stream_bytes(s->stream);
    s->found += more ? w->chunk.count : 0;
    if (more) {
        pool->chunk_bytes += w->chunk.cap;
        pthread_cond_signal(&pool->filled);
        return true;
    }
    struct job *job = pool->first;
    remove_first(pool);
    free(job);
    s->ended = true;
    pthread_cond_signal(&pool->emptied);
    pthread_cond_broadcast(&pool->filled);
    return false;
}

/* Whether there is nothing for another worker to do just now. */
static bool must_wait(const struct wb_pool *pool)
{
    if (!pool->first)
        return !pool->closed;
    return pool->first->stream && (pool->reading || is_full(pool));
}

/* Some files of a job. */
struct part {
    struct job *job;
    size_t from, n;
};

/* How many of those left one worker should take. */
static size_t share(const struct wb_pool *pool, size_t left)
{
    size_t n = left / (size_t)pool->threads / 2;
    n = n < FEWEST_FILES ? FEWEST_FILES : n < FILES ? n : FILES;
    return n < left ? n : left;
}

/* With the lock, from the first job. Who is told to stop takes all that is left, to leave it. */
static struct part take_files(struct wb_pool *pool)
{
    struct job *job = pool->first;
    bool stop = wb_interrupted() || atomic_load(&pool->broken);
    size_t left = job->names.n - job->begun;
    struct part part = {job, job->begun, stop ? left : share(pool, left)};
    job->begun += part.n;
    job->in_hand++;
    pool->files_waiting -= part.n;
    if (part.n == left) {
        remove_first(pool);
        tell_of_room(pool);
    }
    if (stop)
        part.n = 0;
    return part;
}

/* The last one who has files of a job in hand is the last one to need their names. */
static void end_files(struct wb_pool *pool, struct job *job)
{
    pthread_mutex_lock(&pool->lock);
    bool ended = --job->in_hand == 0 && job->begun == job->names.n;
    pthread_mutex_unlock(&pool->lock);
    if (!ended)
        return;
    wb_names_free(&job->names);
    free(job);
}

enum piece { NOTHING, CHUNK, SOME_FILES };

/* The next piece of work, with its turn; NOTHING: all is done. */
static enum piece take_piece(struct worker *w, struct part *files, const char **source)
{
    struct wb_pool *pool = w->pool;
    enum piece piece = NOTHING;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (must_wait(pool))
            pthread_cond_wait(&pool->filled, &pool->lock);
        struct job *job = pool->first;
        if (!job)
            break;
        if (!job->stream) {
            *files = take_files(pool);
            piece = SOME_FILES;
            break;
        }
        *source = job->stream->source;
        if (read_chunk(w, job->stream)) {
            piece = CHUNK;
            break;
        }
    }
    w->turn = pool->next_turn;
    pool->next_turn += piece != NOTHING;
    pthread_mutex_unlock(&pool->lock);
    return piece;
}

static void analyse_files(struct worker *w, struct part files)
{
    char *const *names = files.job->names.name + files.from;
    if (!w->files)
        w->files = wb_files_new();
    wb_files_set(w->files, names, files.n);
    for (size_t i = 0; i < files.n && !atomic_load(&w->pool->broken); i++)
        analyse_next_file(w, names[i]);
    end_files(w->pool, files.job);
    end_turn(w, 0);
}

/* Room for a large mail goes back before others may read one. */
static void analyse_of_stream(struct worker *w, const char *source)
{
    size_t bytes = w->chunk.cap;
    analyse_chunk(w, &w->chunk, source);
    if (bytes > LARGE_CHUNK)
        wb_chunk_free(&w->chunk);
    end_turn(w, bytes);
}

/* ---- the first lesson ---- */

static int count_waiting(const struct wb_pool *pool)
{
    int n = 0;
    for (int i = 1; i < pool->threads; i++)
        n += !pool->workers[i].at_work;
    return n;
}

/* The first worker has learnt enough, or the input ends: then nobody needs it any more. */
static void teach(struct worker *first, bool input_ends)
{
    struct wb_pool *pool = first->pool;
    uint64_t messages = atomic_load_explicit(&first->messages, memory_order_relaxed);
    pthread_mutex_lock(&pool->lock);
    if (pool->teaching && (input_ends || messages >= LESSONS)) {
        pool->teaching = false;
        pool->pupils = input_ends ? 0 : count_waiting(pool);
        pthread_cond_broadcast(&pool->taught);
    }
    while (pool->pupils) /* they copy what this one must not change meanwhile */
        pthread_cond_wait(&pool->taught, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

/*
 * What a text means is found out once by each session, and most texts come soon and often. So the
 * first worker begins alone, and then the others take over what it knows. Slow input, or large, is
 * no reason to wait for long.
 */
static void wait_for_lesson(struct worker *w)
{
    struct wb_pool *pool = w->pool;
    int late = 0;
    pthread_mutex_lock(&pool->lock);
    while (pool->teaching && !late)
        late = pthread_cond_timedwait(&pool->taught, &pool->lock, &pool->lesson_end);
    w->at_work = true;
    if (!pool->teaching && pool->pupils) {
        pthread_mutex_unlock(&pool->lock);
        wb_session_learn(w->session, pool->workers[0].session);
        pthread_mutex_lock(&pool->lock);
        if (--pool->pupils == 0)
            pthread_cond_broadcast(&pool->taught);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *argument)
{
    struct worker *w = argument;
    bool first = w == w->pool->workers;
    struct part files = {0};
    const char *source = "";
    enum piece piece;
    if (!first)
        wait_for_lesson(w);
    while ((piece = take_piece(w, &files, &source)) != NOTHING) {
        if (piece == SOME_FILES)
            analyse_files(w, files);
        else
            analyse_of_stream(w, source);
        if (first)
            teach(w, false);
    }
    if (first)
        teach(w, true);
    wb_files_free(w->files);
    return NULL;
}

/* ---- the caller's side ---- */

/* The time in so many ns, less than a second. */
static struct timespec time_in(long ns)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ns;
    until.tv_sec += until.tv_nsec / SECOND;
    until.tv_nsec %= SECOND;
    return until;
}

static void add_job(struct wb_pool *pool, struct job job)
{
    struct job *added = malloc(sizeof *added);
    WB_CHECK(added);
    *added = job;
    pthread_mutex_lock(&pool->lock);
    while (pool->queued >= pool->threads * QUEUE_PER_THREAD)
        pthread_cond_wait(&pool->emptied, &pool->lock);
    *pool->last = added;
    pool->last = &added->next;
    pool->queued++;
    pool->files_waiting += added->names.n;
    if (added->names.n > FEWEST_FILES)
        pthread_cond_broadcast(&pool->filled);
    else
        pthread_cond_signal(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
}

void wb_pool_files(struct wb_pool *pool, const struct wb_names *names)
{
    add_job(pool, (struct job){.names = *names});
}

bool wb_pool_begun(struct wb_pool *pool, size_t *waiting)
{
    struct timespec until = time_in(MOMENT);
    pthread_mutex_lock(&pool->lock);
    while (pool->files_waiting && pthread_cond_timedwait(&pool->emptied, &pool->lock, &until) == 0)
        ;
    *waiting = pool->files_waiting;
    pthread_mutex_unlock(&pool->lock);
    return !*waiting;
}

void wb_pool_stream(struct wb_pool *pool, struct wb_pool_stream *stream)
{
    add_job(pool, (struct job){.stream = stream});
}

bool wb_pool_wait(struct wb_pool *pool, const struct wb_pool_stream *stream, uint64_t *bytes)
{
    struct timespec until = time_in(MOMENT);
    pthread_mutex_lock(&pool->lock);
    while (!stream->ended && pthread_cond_timedwait(&pool->emptied, &pool->lock, &until) == 0)
        ;
    bool ended = stream->ended;
    *bytes = stream->bytes;
    pthread_mutex_unlock(&pool->lock);
    return ended;
}

bool wb_pool_broken(const struct wb_pool *pool)
{
    return atomic_load(&pool->broken);
}

uint64_t wb_pool_messages(const struct wb_pool *pool)
{
    uint64_t sum = 0;
    for (int i = 0; i < pool->threads; i++)
        sum += atomic_load_explicit(&pool->workers[i].messages, memory_order_relaxed);
    return sum;
}

static void start_worker(struct wb_pool *pool, struct worker *w)
{
    w->pool = pool;
    w->session = wb_session_new(pool->options.catalogue);
    w->tally = calloc(1, pool->options.tally_size + 1);
    WB_CHECK(w->session && w->tally);
    wb_session_language(w->session, pool->options.language);
    if (pool->options.keep_headers)
        wb_session_keep_headers(w->session, pool->options.keep_headers);
    if (pool->options.classes)
        wb_session_classes(w->session, pool->options.classes);
    /* signals go to the thread that reads: it can stop */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    WB_CHECK(pthread_create(&w->thread, NULL, work, w) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/*
 * Large chunks go back to the system when they are freed. Left to itself glibc keeps blocks of up
 * to 32 MiB once it has seen such, and what grows between them leaves holes that nothing fits. What
 * a heap has beyond that is asked for at once, not in steps of a page: it costs when it is touched.
 */
static void give_back_large_chunks(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, LARGE_CHUNK);
    mallopt(M_TRIM_THRESHOLD, HEAP_SLACK);
    mallopt(M_TOP_PAD, LARGE_CHUNK);
#endif
}

struct wb_pool *wb_pool_new(const struct wb_pool_options *options)
{
    give_back_large_chunks();
    struct wb_pool *pool = aligned_alloc(APART, sizeof *pool);
    WB_CHECK(pool);
    memset(pool, 0, sizeof *pool);
    pool->options = *options;
    pool->threads = options->threads < WB_MAX_THREADS ? options->threads : WB_MAX_THREADS;
    pool->last = &pool->first;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->filled, NULL);
    pthread_cond_init(&pool->emptied, NULL);
    pthread_cond_init(&pool->turned, NULL);
    pthread_cond_init(&pool->taught, NULL);
    pool->teaching = true;
    pool->lesson_end = time_in(LESSON);
    for (int i = 0; i < pool->threads; i++)
        start_worker(pool, &pool->workers[i]);
    return pool;
}

struct wb_session *wb_pool_session(const struct wb_pool *pool)
{
    return pool->workers[0].session;
}

bool wb_pool_finish(struct wb_pool *pool, void (*merge)(void *into, const void *tally), void *into)
{
    pthread_mutex_lock(&pool->lock);
    pool->closed = true;
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->threads; i++) {
        struct worker *w = &pool->workers[i];
        pthread_join(w->thread, NULL);
        if (merge)
            merge(into, w->tally);
        wb_session_free(w->session);
        wb_buf_free(&w->out);
        wb_chunk_free(&w->chunk);
        free(w->tally);
    }
    bool ok = !atomic_load(&pool->trouble);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->filled);
    pthread_cond_destroy(&pool->emptied);
    pthread_cond_destroy(&pool->turned);
    pthread_cond_destroy(&pool->taught);
    free(pool);
    return ok;
}
