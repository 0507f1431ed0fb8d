/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log in blocks of whole lines. What stands behind the last line end of a block is carried over
 * to the next one:
 *
 *     buffer:  [line\n line\n line\n][the beginning of a line | room ... ]
 *               given out             moved to the front, read on behind it
 */
#define _GNU_SOURCE /* memrchr */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "inflate.h"
#include "source.h"

enum { BLOCK_BYTES = 256 << 10, LONGEST = WB_MAX_LOG_LINE_BYTES + 1 };

struct wb_lines {
    struct wb_inflate *in;
    char *path;
    int fd; /* the one that `in` reads: only asked for its size */
    dev_t device;
    ino_t inode;
    bool regular;
    bool skipping;   /* the rest of a line that is too long */
    size_t given, n; /* of the buffer: bytes that were given out; bytes in it */
    char buffer[BLOCK_BYTES];
};

static bool open_file(struct wb_lines *l, struct wb_status *status)
{
    struct stat st;
    bool input = strcmp(l->path, "-") == 0;
    int fd = input ? dup(STDIN_FILENO) : open(l->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0 || (S_ISDIR(st.st_mode) && (errno = EISDIR))) {
        wb_trouble(status, "%s: %s", l->path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    wb_inflate_close(l->in);
    l->in = wb_inflate_open(fd, l->path);
    l->fd = fd;
    l->device = st.st_dev;
    l->inode = st.st_ino;
    l->regular = S_ISREG(st.st_mode);
    return true;
}

struct wb_lines *wb_lines_open(const char *path, struct wb_status *status)
{
    struct wb_lines *l = malloc(sizeof *l);
    WB_CHECK(l);
    memset(l, 0, offsetof(struct wb_lines, buffer));
    l->path = strdup(path);
    WB_CHECK(l->path);
    if (open_file(l, status))
        return l;
    wb_lines_close(l);
    return NULL;
}

void wb_lines_close(struct wb_lines *l)
{
    if (!l)
        return;
    wb_inflate_close(l->in);
    free(l->path);
    free(l);
}

/* Throws away up to and with the end of the line that was too long. */
static void skip(struct wb_lines *l)
{
    const char *end = l->skipping ? memchr(l->buffer, '\n', l->n) : NULL;
    size_t gone = end ? (size_t)(end - l->buffer) + 1 : l->skipping ? l->n : 0;
    l->n -= gone;
    memmove(l->buffer, l->buffer + gone, l->n);
    l->skipping = l->skipping && !end;
}

static struct wb_slice give(struct wb_lines *l, size_t n)
{
    l->given = n;
    return wb_slice(l->buffer, n);
}

bool wb_lines_next(struct wb_lines *l, bool follow, struct wb_slice *block_out,
                   struct wb_status *status)
{
    size_t got;
    l->n -= l->given;
    memmove(l->buffer, l->buffer + l->given, l->n);
    l->given = 0;
    status->text[0] = '\0';
    for (;;) {
        bool ok = wb_inflate_read(l->in, l->buffer + l->n, BLOCK_BYTES - l->n, &got, status);
        l->n += got;
        skip(l);
        const char *end = memrchr(l->buffer, '\n', l->n);
        if (end) {
            *block_out = give(l, (size_t)(end - l->buffer) + 1);
            return true;
        }
        if (l->n > LONGEST) {
            l->buffer[LONGEST] = '\n';
            *block_out = wb_slice(l->buffer, LONGEST + 1);
            l->given = l->n;
            l->skipping = true;
            return true;
        }
        if (!ok || (got == 0 && follow))
            return false;
        if (got == 0) {
            *block_out = give(l, l->n);
            return block_out->n;
        }
    }
}

bool wb_lines_again(struct wb_lines *l)
{
    struct stat now, there;
    struct wb_status status;
    if (!wb_inflate_may_stop(l->in) || fstat(l->fd, &now) < 0)
        return false;
    bool named = strcmp(l->path, "-") != 0 && stat(l->path, &there) == 0;
    uint64_t read = wb_inflate_bytes(l->in);
    bool moved = named && (there.st_dev != l->device || there.st_ino != l->inode);
    bool emptied = named && (uint64_t)now.st_size < read;
    if ((uint64_t)now.st_size > read) {
        wb_inflate_again(l->in);
        return true;
    }
    if (!emptied && !(moved && there.st_size > 0))
        return false;
    if (moved && fstat(l->fd, &now) == 0 && (uint64_t)now.st_size > read) {
        wb_inflate_again(l->in); /* a last line, while we were looking */
        return true;
    }
    if (!open_file(l, &status))
        return false;
    l->n = l->given = 0; /* half a line that nobody will end */
    l->skipping = false;
    return true;
}

int64_t wb_lines_modified(const struct wb_lines *l)
{
    struct stat st;
    return l->regular && fstat(l->fd, &st) == 0 ? (int64_t)st.st_mtime : 0;
}

uint64_t wb_lines_bytes(const struct wb_lines *l)
{
    return wb_inflate_bytes(l->in);
}
