/* SPDX-License-Identifier: BSD-2-Clause */
/* gzip by zlib, xz by liblzma, zstd by libzstd; everything else as it is. */
#include "inflate.h"

#include <errno.h>
#include <lzma.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "check.h"
#include "source.h"

enum {
    IN_BYTES = 64 << 10,
    MEMORY_LIMIT = 128 << 20,
    PATIENCE = 200, /* ms between two looks at whether reading has been stopped */
};

enum packing { PLAIN, GZIP, XZ, ZSTD };

struct wb_inflate {
    int fd;
    const char *name;
    enum packing packing;
    bool regular;
    bool eof;      /* nothing more in the file */
    bool finished; /* the packed data has come to its proper end */
    bool damaged;  /* to be told when what came before it has been delivered */
    unsigned long long bytes;
    const char *in; /* the room below, or a file's bytes that are at hand */
    size_t from, n; /* what of `in` is not yet used */
    z_stream gzip;
    lzma_stream xz;
    ZSTD_DStream *zstd;
    char room[]; /* IN_BYTES */
};

static volatile sig_atomic_t stopped;

void wb_source_stop(void)
{
    stopped = 1;
}

/* Whether there is something to read, be it the end: false when reading has been stopped. */
static bool wait_for_bytes(const struct wb_inflate *in)
{
    struct pollfd wanted = {.fd = in->fd, .events = POLLIN};
    int ready = 0;
    while (!stopped && (ready == 0 || (ready < 0 && errno == EINTR)))
        ready = poll(&wanted, 1, PATIENCE);
    return !stopped;
}

/* A pipe may have nothing for long; a file always has something, or its end. */
static bool read_once(struct wb_inflate *in, char *out, size_t n, size_t *got_out,
                      struct wb_status *status)
{
    ssize_t got;
    do {
        if (!in->regular && !wait_for_bytes(in))
            return wb_trouble(status, "%s: %s", in->name, strerror(EINTR));
        got = read(in->fd, out, n);
    } while (got < 0 && errno == EINTR && !stopped);
    if (got < 0)
        return wb_trouble(status, "%s: %s", in->name, strerror(errno));
    *got_out = (size_t)got;
    in->bytes += (size_t)got;
    in->eof = got == 0;
    return true;
}

static bool fill(struct wb_inflate *in, struct wb_status *status)
{
    if (in->n || in->eof)
        return true;
    in->from = 0;
    return read_once(in, in->room, IN_BYTES, &in->n, status);
}

static enum packing packing_of(struct wb_slice head)
{
    if (wb_slice_starts(head, WB_S("\x1F\x8B")))
        return GZIP;
    if (wb_slice_starts(head, WB_S("\xFD"
                                   "7zXZ")))
        return XZ;
    return wb_slice_starts(head, WB_S("\x28\xB5\x2F\xFD")) ? ZSTD : PLAIN;
}

static void open_packing(struct wb_inflate *in)
{
    if (in->packing == GZIP)
        WB_CHECK(inflateInit2(&in->gzip, 15 + 16) == Z_OK);
    if (in->packing == XZ)
        WB_CHECK(lzma_stream_decoder(&in->xz, MEMORY_LIMIT, LZMA_CONCATENATED) == LZMA_OK);
    if (in->packing == ZSTD)
        WB_CHECK((in->zstd = ZSTD_createDStream()) != NULL);
}

static struct wb_inflate *new_inflate(int fd, const char *name, size_t room)
{
    struct wb_inflate *in = malloc(sizeof *in + room);
    WB_CHECK(in);
    *in = (struct wb_inflate){.fd = fd, .name = name, .in = in->room, .xz = LZMA_STREAM_INIT};
    return in;
}

struct wb_inflate *wb_inflate_open(int fd, const char *name)
{
    struct wb_inflate *in = new_inflate(fd, name, IN_BYTES);
    struct wb_status status;
    struct stat st;
    in->regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (fill(in, &status)) /* a failing read fails again, and is reported, at the first use */
        in->packing = packing_of(wb_slice(in->in, in->n));
    open_packing(in);
    /* most files fit at once: nothing more is asked for */
    if (in->packing == PLAIN && in->regular && in->n && in->n == (size_t)st.st_size)
        in->eof = true;
    return in;
}

static void close_packing(struct wb_inflate *in)
{
    if (in->packing == GZIP)
        inflateEnd(&in->gzip);
    if (in->packing == XZ)
        lzma_end(&in->xz);
    if (in->packing == ZSTD)
        ZSTD_freeDStream(in->zstd);
}

struct wb_inflate *wb_inflate_over(struct wb_slice bytes, const char *name)
{
    struct wb_inflate *in = new_inflate(-1, name, 0);
    wb_inflate_over_next(in, bytes, name);
    return in;
}

void wb_inflate_over_next(struct wb_inflate *in, struct wb_slice bytes, const char *name)
{
    if (in->packing != PLAIN) {
        close_packing(in);
        *in = (struct wb_inflate){.fd = -1, .xz = LZMA_STREAM_INIT};
    }
    in->name = name;
    in->in = bytes.p;
    in->from = 0;
    in->n = in->bytes = bytes.n;
    in->regular = in->eof = true;
    in->finished = in->damaged = false;
    in->packing = packing_of(bytes);
    open_packing(in);
}

void wb_inflate_close(struct wb_inflate *in)
{
    if (!in)
        return;
    close_packing(in);
    if (in->fd >= 0)
        close(in->fd);
    free(in);
}

unsigned long long wb_inflate_bytes(const struct wb_inflate *in)
{
    return in->bytes - in->n;
}

/* All of `in` but so many bytes has been used. */
static void take(struct wb_inflate *in, size_t left)
{
    in->from += in->n - left;
    in->n = left;
}

struct wb_slice wb_inflate_given(const struct wb_inflate *in)
{
    bool given = in->fd < 0 && in->packing == PLAIN;
    return given ? wb_slice(in->in + in->from, in->n) : WB_NONE;
}

void wb_inflate_skip_given(struct wb_inflate *in)
{
    take(in, 0);
}

void wb_inflate_again(struct wb_inflate *in)
{
    in->eof = false;
}

const char *wb_inflate_name(const struct wb_inflate *in)
{
    return in->name;
}

bool wb_inflate_may_stop(const struct wb_inflate *in)
{
    return in->regular && in->packing == PLAIN;
}

/* ---- one step of each: takes from `in`, gives to `out`; false when the data is damaged ---- */

static bool step_gzip(struct wb_inflate *in, char *out, size_t n, size_t *got_out)
{
    in->gzip.next_in = (Bytef *)in->in + in->from;
    in->gzip.avail_in = (uInt)in->n;
    in->gzip.next_out = (Bytef *)out;
    in->gzip.avail_out = (uInt)(n < UINT32_MAX ? n : UINT32_MAX);
    size_t room = in->gzip.avail_out;
    int status = inflate(&in->gzip, Z_NO_FLUSH);
    take(in, in->gzip.avail_in);
    *got_out = room - in->gzip.avail_out;
    in->finished = status == Z_STREAM_END;
    if (in->finished && in->n) /* several gzip members in a row are one file */
        inflateReset(&in->gzip);
    return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
}

static bool step_xz(struct wb_inflate *in, char *out, size_t n, size_t *got_out)
{
    in->xz.next_in = (const uint8_t *)in->in + in->from;
    in->xz.avail_in = in->n;
    in->xz.next_out = (uint8_t *)out;
    in->xz.avail_out = n;
    lzma_ret status = lzma_code(&in->xz, in->eof ? LZMA_FINISH : LZMA_RUN);
    take(in, in->xz.avail_in);
    *got_out = n - in->xz.avail_out;
    in->finished = status == LZMA_STREAM_END;
    return status == LZMA_OK || status == LZMA_STREAM_END || status == LZMA_BUF_ERROR;
}

static bool step_zstd(struct wb_inflate *in, char *out, size_t n, size_t *got_out)
{
    ZSTD_inBuffer from = {in->in + in->from, in->n, 0};
    ZSTD_outBuffer to = {out, n, 0};
    size_t status = ZSTD_decompressStream(in->zstd, &to, &from);
    take(in, from.size - from.pos);
    *got_out = to.pos;
    if (from.pos || to.pos) /* between frames, and at the end, it asks for a further one */
        in->finished = status == 0;
    return !ZSTD_isError(status);
}

static bool step_plain(struct wb_inflate *in, char *out, size_t n, size_t *got_out)
{
    *got_out = n < in->n ? n : in->n;
    memcpy(out, in->in + in->from, *got_out);
    take(in, in->n - *got_out);
    in->finished = in->eof;
    return true;
}

bool wb_inflate_read(struct wb_inflate *in, char *out, size_t n, size_t *got_out,
                     struct wb_status *status)
{
    static bool (*const steps[])(struct wb_inflate *, char *, size_t,
                                 size_t *) = {step_plain, step_gzip, step_xz, step_zstd};
    *got_out = 0;
    while (*got_out == 0) {
        if (in->packing == PLAIN && !in->n && !in->eof) /* straight to where they are wanted */
            return read_once(in, out, n, got_out, status);
        if (!fill(in, status))
            return false;
        if (in->damaged || !steps[in->packing](in, out, n, got_out)) {
            in->damaged = true;
            return *got_out || wb_trouble(status, "%s: the compressed data is damaged", in->name);
        }
        if (*got_out || (in->eof && in->finished && !in->n))
            return true;
        if (in->eof && !in->n)
            return wb_trouble(status, "%s: the compressed data ends too early", in->name);
    }
    return true;
}
