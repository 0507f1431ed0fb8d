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
#include "source.h"
#include "whybounce.h"

enum {
    RING = 8, /* chunks under way */
    MOST_THREADS = 16,
    BATCH = 1000, /* messages of one commit */
    LONGEST_PATH = 4096,
};

enum state { EMPTY, READ, BEING_PARSED, PARSED };

/* Some messages of one file, with what became of them. */
struct job {
    enum state state;
    char name[LONGEST_PATH];
    struct wb_chunk chunk;
    struct wb_buf packed;
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

static void parse_job(struct job *job, struct wb_session *session)
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
        parse_job(job, session);
        pthread_mutex_lock(&in->lock);
        job->state = PARSED;
        pthread_cond_broadcast(&in->changed);
        pthread_mutex_unlock(&in->lock);
    }
    wb_session_free(session);
    return NULL;
}

/* ---- writing ---- */

/* The messages of a job as the store takes them; grows and is used again. */
struct rows {
    struct wb_record *records;
    struct wb_message *messages;
    struct wb_added *added;
    size_t record_cap, message_cap;
};

static void make_room(struct rows *rows, const struct job *job)
{
    size_t records = 0;
    for (uint32_t i = 0; i < job->chunk.count; i++)
        records += job->counts[i];
    if (rows->record_cap < records) {
        rows->record_cap = records;
        rows->records = realloc(rows->records, records * sizeof *rows->records);
        WB_CHECK(rows->records);
    }
    if (rows->message_cap < job->chunk.count) {
        rows->message_cap = job->chunk.count;
        rows->messages = realloc(rows->messages, rows->message_cap * sizeof *rows->messages);
        rows->added = realloc(rows->added, rows->message_cap * sizeof *rows->added);
        WB_CHECK(rows->messages && rows->added);
    }
}

static void unpack(const struct intake *in, const struct job *job, struct rows *rows)
{
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

static bool write_job(struct intake *in, struct wb_store *store, struct job *job, struct rows *rows,
                      struct wb_status *status)
{
    size_t n = job->chunk.count;
    unpack(in, job, rows);
    for (size_t from = 0; from < n; from += BATCH) {
        size_t some = n - from < BATCH ? n - from : BATCH;
        if (!wb_store_begin(store, status) ||
            !wb_store_add(store, rows->messages + from, some, in->s->policy, rows->added, status) ||
            !wb_store_commit(store, status))
            return false;
        for (size_t i = 0; i < some; i++) {
            in->count->mails++;
            in->count->reports += rows->added[i].reports;
            in->count->duplicates += rows->added[i].duplicates;
            in->count->changes += rows->added[i].changes;
        }
        if (in->s->progress)
            in->s->progress(in->s->own, in->count);
    }
    return true;
}

static struct job *next_to_write(struct intake *in)
{
    struct job *job = &in->ring[in->parsed % RING];
    pthread_mutex_lock(&in->lock);
    while (job->state != PARSED && !(in->read_all && in->parsed == in->put))
        pthread_cond_wait(&in->changed, &in->lock);
    if (job->state != PARSED)
        job = NULL;
    pthread_mutex_unlock(&in->lock);
    return job;
}

static bool write_all(struct intake *in, struct wb_store *store, struct wb_status *status)
{
    struct rows rows = {0};
    struct job *job;
    bool ok = true;
    while (ok && (job = next_to_write(in))) {
        ok = write_job(in, store, job, &rows, status);
        pthread_mutex_lock(&in->lock);
        job->state = EMPTY;
        in->parsed++;
        in->broken = !ok;
        pthread_cond_broadcast(&in->changed);
        pthread_mutex_unlock(&in->lock);
    }
    free(rows.records);
    free(rows.messages);
    free(rows.added);
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
    bool ok = write_all(in, store, status);
    pthread_join(reader, NULL);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(parsers[i], NULL);
    for (size_t i = 0; i < RING; i++) {
        wb_chunk_free(&in->ring[i].chunk);
        wb_buf_free(&in->ring[i].packed);
        free(in->ring[i].counts);
    }
    wb_catalogue_free(in->catalogue);
    free(in);
    return ok;
}
