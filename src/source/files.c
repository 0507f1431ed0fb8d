/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many small files: opened and read several at a time.
 *
 *     open open open ...     AT_ONCE of them in one call, and in another one those that could be
 *     read read read ...     opened are read. The next ones that are opened take their places,
 *                            which closes them.
 *
 * What fails, or does not fit into its room, is opened the usual way, which finds out and tells
 * what is wrong.
 */
#define _GNU_SOURCE /* O_NOATIME */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "check.h"

enum {
    AT_ONCE = 32,    /* what is usually in them fits the second-level cache */
    ROOM = 64 << 10, /* for each; larger files gain little */
    /* from one to the next: with powers of two all would lie in the same places of the cache */
    STRIDE = ROOM + (8 << 10),
    /* what begins at the start of a page is copied faster to the start of another */
    PAGE = 4 << 10,
};

struct wb_files {
    char *const *paths;
    size_t n, next;
    size_t from, to;      /* those that were read at once */
    struct wb_buf folder; /* of the last file, with its final "/" and NUL */
    int folder_fd;        /* -1: not open */
    struct io_uring ring;
    bool has_ring; /* or files are opened one by one */
    int flags;     /* with which several are opened */
    char *room;
    int got[AT_ONCE];         /* bytes, or what went wrong, below 0 */
    struct wb_stream *over;   /* over what was read at once, made anew for each of them */
    struct wb_stream *opened; /* over the last file, when that was opened by itself */
};

static bool open_ring(struct io_uring *ring)
{
    struct io_uring_params params = {.flags =
                                         IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
    if (io_uring_queue_init_params(AT_ONCE, ring, &params) < 0)
        return false;
    if (io_uring_register_files_sparse(ring, AT_ONCE) == 0)
        return true;
    io_uring_queue_exit(ring);
    return false;
}

struct wb_files *wb_files_new(void)
{
    struct wb_files *files = calloc(1, sizeof *files);
    WB_CHECK(files);
    files->folder_fd = -1;
    files->has_ring = open_ring(&files->ring);
    files->flags = O_RDONLY | O_NOATIME;
    if (files->has_ring)
        WB_CHECK((files->room = aligned_alloc(PAGE, (size_t)AT_ONCE * STRIDE)));
    return files;
}

static void close_ring(struct wb_files *files)
{
    if (files->has_ring)
        io_uring_queue_exit(&files->ring);
    files->has_ring = false;
}

static void close_opened(struct wb_files *files)
{
    wb_stream_close(files->opened);
    files->opened = NULL;
}

void wb_files_free(struct wb_files *files)
{
    if (!files)
        return;
    close_ring(files);
    close_opened(files);
    wb_stream_close(files->over);
    if (files->folder_fd >= 0)
        close(files->folder_fd);
    wb_buf_free(&files->folder);
    free(files->room);
    free(files);
}

void wb_files_set(struct wb_files *files, char *const *paths, size_t n)
{
    close_opened(files);
    files->paths = paths;
    files->n = n;
    files->next = files->from = files->to = 0;
}

/* ---- by way of their folder, so that the system need not walk the whole path each time ---- */

/* The path up to its last "/"; nothing when it is only a name. */
static struct wb_slice folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? wb_slice_span(path, slash + 1) : wb_slice(path, 0);
}

static bool lies_in(const char *path, struct wb_slice folder)
{
    return strncmp(path, folder.p, folder.n) == 0 && path[folder.n] &&
           !strchr(path + folder.n, '/');
}

static bool enter_folder(struct wb_files *files, struct wb_slice folder)
{
    if (!folder.n)
        return false;
    if (files->folder.n == folder.n + 1 && memcmp(files->folder.p, folder.p, folder.n) == 0)
        return files->folder_fd >= 0;
    if (files->folder_fd >= 0)
        close(files->folder_fd);
    wb_buf_clear(&files->folder);
    wb_buf_put(&files->folder, folder);
    wb_buf_byte(&files->folder, '\0');
    files->folder_fd = open(files->folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return files->folder_fd >= 0;
}

static struct wb_stream *open_one(struct wb_files *files, const char *path,
                                  struct wb_status *status)
{
    struct wb_slice folder = folder_of(path);
    int fd = enter_folder(files, folder)
                 ? openat(files->folder_fd, path + folder.n, O_RDONLY | O_CLOEXEC)
                 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return wb_stream_open(fd, path, status);
    wb_trouble(status, "%s: %s", path, strerror(errno));
    return NULL;
}

/* ---- several at a time ---- */

/* How many of the next files lie in the folder of the first of them. */
static size_t neighbours(const struct wb_files *files, struct wb_slice folder)
{
    size_t n = 0;
    while (n < AT_ONCE && files->next + n < files->n &&
           lies_in(files->paths[files->next + n], folder))
        n++;
    return n;
}

static struct io_uring_sqe *request(struct wb_files *files, size_t i)
{
    struct io_uring_sqe *asked = io_uring_get_sqe(&files->ring);
    WB_CHECK(asked);
    asked->user_data = i;
    return asked;
}

static void ask_to_open(struct wb_files *files, size_t i, const char *name)
{
    io_uring_prep_openat_direct(request(files, i), files->folder_fd, name, files->flags, 0,
                                (unsigned)i);
}

static void ask_to_read(struct wb_files *files, size_t i)
{
    struct io_uring_sqe *asked = request(files, i);
    io_uring_prep_read(asked, (int)i, files->room + i * STRIDE, ROOM, 0);
    asked->flags |= IOSQE_FIXED_FILE;
}

/* False when the system did not do all that was asked: then nothing more is asked in this way. */
static bool await(struct wb_files *files, unsigned asked)
{
    int taken = io_uring_submit_and_wait(&files->ring, asked);
    for (int done = 0; done < taken; done++) {
        struct io_uring_cqe *told;
        int rc;
        while ((rc = io_uring_wait_cqe(&files->ring, &told)) == -EINTR)
            ;
        WB_CHECK(rc == 0);
        files->got[told->user_data] = told->res;
        io_uring_cqe_seen(&files->ring, told);
    }
    return taken == (int)asked;
}

/*
 * Where a file could not be opened, the one before it may still be in its place: it is not read.
 * Only the owner of a file may ask that the system does not note when it was read (open(2)): those
 * of somebody else are asked for without that from then on.
 */
static bool read_opened(struct wb_files *files, size_t n)
{
    unsigned asked = 0;
    for (size_t i = 0; i < n; i++)
        if (files->got[i] == 0) {
            files->got[i] = -1;
            ask_to_read(files, i);
            asked++;
        } else if (files->got[i] == -EPERM) {
            files->flags = O_RDONLY;
        }
    return asked == 0 || await(files, asked);
}

static void read_neighbours(struct wb_files *files)
{
    struct wb_slice folder = folder_of(files->paths[files->next]);
    size_t n = neighbours(files, folder);
    if (n < 2 || !enter_folder(files, folder))
        return;
    for (size_t i = 0; i < n; i++) {
        files->got[i] = -1;
        ask_to_open(files, i, files->paths[files->next + i] + folder.n);
    }
    if (!await(files, (unsigned)n) || !read_opened(files, n))
        close_ring(files);
    files->from = files->next;
    files->to = files->next + n;
}

/* Nothing is allocated for a small file. */
static struct wb_stream *over_next(struct wb_files *files, struct wb_slice bytes, const char *name)
{
    if (files->over)
        wb_stream_over_next(files->over, bytes, name);
    else
        files->over = wb_stream_over(bytes, name);
    return files->over;
}

struct wb_stream *wb_files_next(struct wb_files *files, struct wb_status *status)
{
    size_t i = files->next;
    close_opened(files);
    if (i >= files->to && files->has_ring)
        read_neighbours(files);
    files->next++;
    int got = i < files->to ? files->got[i - files->from] : 0;
    if (got > 0 && got < ROOM) /* or it is not whole, or there is trouble to be told */
        return over_next(files, wb_slice(files->room + (i - files->from) * STRIDE, (size_t)got),
                         files->paths[i]);
    files->opened = open_one(files, files->paths[i], status);
    return files->opened;
}
