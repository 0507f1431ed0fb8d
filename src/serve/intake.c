/* SPDX-License-Identifier: BSD-2-Clause */
#include "intake.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "parcel.h"
#include "folder.h"
#include "source.h"
#include "store_keep.h"
#include "whybounce.h"

enum {
    RING = 8, /* chunks under way */
    MOST_THREADS = 16,
    /*
     * Messages of one commit: the more there are, the more of them share the pages that it writes.
     * Who else writes into the store waits so long, and gets his turn in the pause behind it.
     */
    BATCH = 5000,
    PAUSE_NS = 2000000,
    PATIENCE_NS = 50000000, /* for more, with a batch that is begun */
    SECOND_NS = 1000000000,
    LONGEST_PATH = 4096,
};

enum state { EMPTY, READ, BEING_PARSED, PARSED };

/* The messages of a job as the store takes them; grows and is used again. */
struct rows {
    struct wb_record *records;
    struct wb_message *messages;
    struct wb_added *added;
    size_t record_cap, message_cap;
};

/* Some messages of one file, with what became of them. */
struct job {
    enum state state;
    char name[LONGEST_PATH];
    struct wb_chunk chunk;
    struct wb_buf packed; /* the records, which point into it */
    struct rows rows;
    uint32_t *counts; /* records of each message */
    size_t counts_cap;
};

struct intake {
    const struct wb_intake_settings *s;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job ring[RING];
    size_t put, taken, parsed; /* numbers of jobs: read, given to a parser, written */
    bool read_all, broken;
    char **paths;
    size_t n;
    struct wb_catalogue *catalogue;
    struct wb_intake_count *count;
};

/* ---- reading files ---- */

static struct job *free_job(struct intake *in)
{
    struct job *job = NULL;
    pthread_mutex_lock(&in->lock);
    while (in->put - in->parsed == RING && !in->broken)
        pthread_cond_wait(&in->changed, &in->lock);
    if (!in->broken)
        job = &in->ring[in->put % RING];
    pthread_mutex_unlock(&in->lock);
    return job;
}

static void give_job(struct intake *in, struct job *job)
{
    pthread_mutex_lock(&in->lock);
    job->state = READ;
    in->put++;
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
}

static void complain(struct intake *in, const char *text)
{
    wb_serve_complain("%s", text);
    in->count->trouble = true;
}

/* False when nothing more is wanted. */
static bool read_stream(struct intake *in, int fd, const char *name)
{
    struct wb_status status = {{0}};
    struct wb_stream *stream = wb_stream_open(fd, name, &status);
    struct job *job = NULL;
    if (!stream)
        complain(in, status.text);
    while (stream && (job = free_job(in))) {
        snprintf(job->name, sizeof job->name, "%s", name);
        if (!wb_stream_next(stream, &job->chunk, &status))
            break;
        give_job(in, job);
    }
    if (stream && *status.text)
        complain(in, status.text);
    if (stream)
        wb_stream_close(stream);
    return !stream || job;
}

static bool read_path(struct intake *in, const char *path)
{
    struct stat st;
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        wb_serve_complain("%s: %s", path, strerror(errno));
        in->count->trouble = true;
        return true;
    }
    if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
        return read_stream(in, fd, path);
    close(fd);
    struct wb_status status = {{0}};
    struct wb_names names = {0};
    bool more = true;
    if (!wb_folder_list(path, &names, &status))
        complain(in, status.text);
    for (size_t i = 0; i < names.n && more; i++)
        more = read_path(in, names.name[i]);
    wb_names_free(&names);
    return more;
}

static void *read_files(void *own)
{
    struct intake *in = own;
    for (size_t i = 0; i < in->n && read_path(in, in->paths[i]); i++)
        ;
    pthread_mutex_lock(&in->lock);
    in->read_all = true;
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
    return NULL;
}

/* ---- reading mails ---- */

static void make_room(struct rows *rows, const struct job *job)
{
    size_t records = 0;
    for (uint32_t i = 0; i < job->chunk.count; i++)
        records += job->counts[i];
    if (rows->record_cap < records) {
        rows->record_cap = records;
        rows->records = reallocarray(rows->records, records, sizeof *rows->records);
        WB_CHECK(rows->records);
    }
    if (rows->message_cap < job->chunk.count) {
        rows->message_cap = job->chunk.count;
        rows->messages = reallocarray(rows->messages, rows->message_cap, sizeof *rows->messages);
        rows->added = reallocarray(rows->added, rows->message_cap, sizeof *rows->added);
        WB_CHECK(rows->messages && rows->added);
    }
}

static void unpack(const struct intake *in, struct job *job)
{
    struct rows *rows = &job->rows;
    struct wb_slice rest = wb_buf_slice(&job->packed);
    int64_t now = time(NULL);
    make_room(rows, job);
    struct wb_record *record = rows->records;
    for (uint32_t i = 0; i < job->chunk.count; i++) {
        struct wb_span span = job->chunk.messages[i];
        struct wb_slice mail = wb_slice(job->chunk.bytes + span.from, span.n);
        rows->messages[i] =
            (struct wb_message){.raw = in->s->settings->config.raw_days ? mail : WB_NONE,
                                .source = wb_slice_str(job->name),
                                .received = now,
                                .records = record,
                                .n = job->counts[i]};
        for (uint32_t k = 0; k < job->counts[i]; k++) {
            WB_CHECK(wb_parcel_take(&rest, &record[k]));
            wb_record_date(&record[k], mail, now);
        }
        wb_prove(in->s->prover, mail, record, job->counts[i]);
        record += job->counts[i];
    }
}

static void parse_job(const struct intake *in, struct job *job, struct wb_session *session)
{
    wb_buf_clear(&job->packed);
    if (job->counts_cap < job->chunk.count) {
        job->counts_cap = job->chunk.count;
        job->counts = realloc(job->counts, job->counts_cap * sizeof *job->counts);
        WB_CHECK(job->counts);
    }
    for (uint32_t i = 0; i < job->chunk.count; i++) {
        struct wb_span span = job->chunk.messages[i];
        wb_session_source(session, job->name, job->chunk.first_index + i);
        const struct wb_analysis *analysis =
            wb_analyse_mail(session, job->chunk.bytes + span.from, span.n);
        job->counts[i] = wb_parcel_put(session, analysis, WB_MAX_PARCELS, &job->packed);
    }
    unpack(in, job);
}

static struct job *next_to_parse(struct intake *in)
{
    struct job *job = NULL;
    pthread_mutex_lock(&in->lock);
    while (in->taken == in->put && !in->read_all && !in->broken)
        pthread_cond_wait(&in->changed, &in->lock);
    if (in->taken < in->put && !in->broken) {
        job = &in->ring[in->taken++ % RING];
        job->state = BEING_PARSED;
    }
    pthread_mutex_unlock(&in->lock);
    return job;
}

static void *parse_mails(void *own)
{
    struct intake *in = own;
    struct wb_session *session = wb_session_new(in->catalogue);
    struct job *job;
    WB_CHECK(session);
    while ((job = next_to_parse(in))) {
        parse_job(in, job, session);
        pthread_mutex_lock(&in->lock);
        job->state = PARSED;
        pthread_cond_broadcast(&in->changed);
        pthread_mutex_unlock(&in->lock);
    }
    wb_session_free(session);
    return NULL;
}

/* ---- writing ---- */

/* What is written but not yet on the disk. */
struct batch {
    bool is_open;
    struct wb_intake_count count;
};

static bool add_job(struct intake *in, struct wb_store *store, struct job *job, struct batch *batch,
                    struct wb_status *status)
{
    const struct rows *rows = &job->rows;
    size_t n = job->chunk.count;
    batch->is_open = batch->is_open || wb_store_begin(store, status);
    if (!batch->is_open ||
        !wb_store_add(store, rows->messages, n, in->s->policy, rows->added, status))
        return false;
    for (size_t i = 0; i < n; i++) {
        batch->count.reports += rows->added[i].reports;
        batch->count.duplicates += rows->added[i].duplicates;
        batch->count.changes += rows->added[i].changes;
    }
    batch->count.mails += n;
    return true;
}

static bool end_batch(struct intake *in, struct wb_store *store, struct batch *batch,
                      struct wb_status *status)
{
    static const struct timespec pause = {.tv_nsec = PAUSE_NS};
    if (!batch->is_open)
        return true;
    if (!wb_store_commit(store, status))
        return false;
    in->count->mails += batch->count.mails;
    in->count->reports += batch->count.reports;
    in->count->duplicates += batch->count.duplicates;
    in->count->changes += batch->count.changes;
    *batch = (struct batch){.is_open = false};
    if (in->s->progress)
        in->s->progress(in->s->own, in->count);
    nanosleep(&pause, NULL);
    return true;
}

static bool wait_a_moment(struct intake *in)
{
    struct timespec by;
    clock_gettime(CLOCK_REALTIME, &by);
    by.tv_nsec += PATIENCE_NS;
    by.tv_sec += by.tv_nsec / SECOND_NS;
    by.tv_nsec %= SECOND_NS;
    return pthread_cond_timedwait(&in->changed, &in->lock, &by) == 0;
}

/* NULL: that was the last, or, while a batch is open, the next one takes too long. */
static struct job *next_to_write(struct intake *in, bool is_open, bool *end_out)
{
    struct job *job = &in->ring[in->parsed % RING];
    bool patient = true;
    pthread_mutex_lock(&in->lock);
    while (patient && job->state != PARSED && !(in->read_all && in->parsed == in->put)) {
        if (is_open)
            patient = wait_a_moment(in);
        else
            pthread_cond_wait(&in->changed, &in->lock);
    }
    *end_out = job->state != PARSED && in->read_all && in->parsed == in->put;
    if (job->state != PARSED)
        job = NULL;
    pthread_mutex_unlock(&in->lock);
    return job;
}

static void release(struct intake *in, struct job *job)
{
    pthread_mutex_lock(&in->lock);
    job->state = EMPTY;
    in->parsed++;
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
}

/* What is asked for of the days that have come. */
static bool keep_lists(struct wb_store *store, struct wb_status *status)
{
    bool more = true, ok = true;
    while (ok && more)
        ok = wb_store_summarise(store, &more, status);
    return ok;
}

static bool write_all(struct intake *in, struct wb_store *store, struct wb_status *status)
{
    struct batch batch = {.is_open = false};
    bool ok = true, end = false;
    while (ok && !end) {
        struct job *job = next_to_write(in, batch.is_open, &end);
        if (job) {
            ok = add_job(in, store, job, &batch, status);
            release(in, job);
        }
        if (ok && (!job || batch.count.mails >= BATCH))
            ok = end_batch(in, store, &batch, status);
    }
    pthread_mutex_lock(&in->lock);
    in->broken = !ok;
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
    return ok;
}

bool wb_intake(const struct wb_intake_settings *s, struct wb_store *store, char **paths, size_t n,
               struct wb_intake_count *count, struct wb_status *status)
{
    char trouble[WB_TROUBLE_TEXT];
    const char *path = *s->settings->catalogue ? s->settings->catalogue : NULL;
    unsigned threads = s->threads < MOST_THREADS ? s->threads : MOST_THREADS;
    pthread_t reader, parsers[MOST_THREADS];
    struct intake *in = calloc(1, sizeof *in);
    WB_CHECK(in);
    in->s = s;
    in->paths = paths;
    in->n = n;
    in->count = count;
    in->catalogue = wb_catalogue_open(path, trouble);
    if (!in->catalogue) {
        free(in);
        return wb_trouble(status, "%s", trouble);
    }
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->changed, NULL);
    WB_CHECK(pthread_create(&reader, NULL, read_files, in) == 0);
    for (unsigned i = 0; i < threads; i++)
        WB_CHECK(pthread_create(&parsers[i], NULL, parse_mails, in) == 0);
    bool ok = write_all(in, store, status) && keep_lists(store, status);
    pthread_join(reader, NULL);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(parsers[i], NULL);
    for (size_t i = 0; i < RING; i++) {
        wb_chunk_free(&in->ring[i].chunk);
        wb_buf_free(&in->ring[i].packed);
        free(in->ring[i].counts);
        free(in->ring[i].rows.records);
        free(in->ring[i].rows.messages);
        free(in->ring[i].rows.added);
    }
    wb_catalogue_free(in->catalogue);
    free(in);
    return ok;
}
