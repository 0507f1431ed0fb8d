/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "progress.h"

enum {
    BATCH = 64,           /* small files that are handed on at once */
    LARGE_FILE = 1 << 20, /* from here on a file is read in chunks that workers share */
    USUAL_FILE = 8 << 10, /* what a file of a folder counts for in the progress */
};

struct feeder {
    struct wb_pool *pool;
    struct wb_names names; /* a batch that is being filled */
    struct wb_progress progress;
    uint64_t done; /* bytes handed on */
    bool ok;
};

static void flush_batch(struct feeder *f)
{
    if (f->names.n)
        wb_pool_files(f->pool, &f->names);
    else
        wb_names_free(&f->names);
    f->names = (struct wb_names){0};
    wb_progress_show(&f->progress, f->done, wb_pool_messages(f->pool));
}

static void add_file(struct feeder *f, char *name, uint64_t bytes)
{
    wb_names_add(&f->names, name);
    f->done += bytes;
    if (f->names.n == BATCH)
        flush_batch(f);
}

static void trouble(struct feeder *f, const struct wb_status *status)
{
    wb_progress_end(&f->progress);
    wb_complain_of(status->text);
    f->ok = false;
}

static bool go_on(const struct feeder *f)
{
    return !wb_pool_broken(f->pool) && !wb_interrupted();
}

/* A large file, or standard input: workers share its messages. */
static void feed_stream(struct feeder *f, int fd, const char *name)
{
    struct wb_pool_stream stream = {.source = name};
    uint64_t before = f->done, bytes = 0;
    bool ended;
    flush_batch(f);
    stream.stream = wb_stream_open(fd, name, &stream.status);
    wb_pool_stream(f->pool, &stream);
    do {
        ended = wb_pool_wait(f->pool, &stream, &bytes);
        f->done = before + bytes;
        wb_progress_show(&f->progress, f->done, wb_pool_messages(f->pool));
    } while (!ended);
    if (!stream.found && !stream.status.text[0] && go_on(f))
        wb_trouble(&stream.status, "%s: the input is empty", name);
    if (stream.status.text[0] && !wb_interrupted())
        trouble(f, &stream.status);
    wb_stream_close(stream.stream);
}

static void feed_folder(struct feeder *f, const char *path)
{
    struct wb_names names;
    struct wb_status status = {{0}};
    if (!wb_folder_list(path, &names, &status) ||
        (!names.n && !wb_trouble(&status, "%s: there is no file in this folder", path)))
        trouble(f, &status);
    f->progress.total += names.n * USUAL_FILE;
    f->done += names.n * USUAL_FILE;
    flush_batch(f);
    f->names = names;
    flush_batch(f);
    size_t waiting;
    while (!wb_pool_begun(f->pool, &waiting))
        wb_progress_show(&f->progress, f->done - waiting * USUAL_FILE, wb_pool_messages(f->pool));
}

static void feed_path(struct feeder *f, char *path)
{
    struct stat st;
    struct wb_status status = {{0}};
    if (strcmp(path, "-") == 0) {
        feed_stream(f, dup(STDIN_FILENO), "-");
        return;
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        feed_folder(f, path);
        return;
    }
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < LARGE_FILE) {
        add_file(f, path, (uint64_t)st.st_size);
        return;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        feed_stream(f, fd, path);
        return;
    }
    wb_trouble(&status, "%s: %s", path, strerror(errno));
    trouble(f, &status);
}

/* The size of all named files; folders are added when they are listed. */
static uint64_t total_size(char *const *paths, int n)
{
    uint64_t total = 0;
    struct stat st;
    for (int i = 0; i < n; i++) {
        if (stat(paths[i], &st) == 0 && S_ISREG(st.st_mode))
            total += (uint64_t)st.st_size;
        else if (strcmp(paths[i], "-") == 0)
            return 0;
    }
    return total;
}

bool wb_feed(struct wb_pool *pool, char *const *paths, int n, enum wb_language language)
{
    struct feeder f = {.pool = pool, .ok = true};
    f.progress.total = total_size(paths, n);
    wb_progress_begin(&f.progress, language);
    for (int i = 0; i < n && go_on(&f); i++)
        feed_path(&f, paths[i]);
    flush_batch(&f);
    wb_progress_end(&f.progress);
    return f.ok;
}
