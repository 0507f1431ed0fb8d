/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where messages come from: single mails, mboxes (mboxo and mboxrd; Content-Length is ignored, it
 * lies), plain or compressed with gzip, xz or zstd. Folders of them: folder.h.
 *
 * A stream reads one file front to back in chunks of whole messages, so a chunk can be handed to
 * another thread while the next one is read. Its memory does not depend on the file's size: of a
 * message longer than the limit message-bytes only the beginning is kept.
 *
 * A stream or chunk belongs to one thread at a time. Functions that return bool fail on trouble
 * with the file and then describe it in the status.
 */
#ifndef WB_SOURCE_H
#define WB_SOURCE_H

#include <stdint.h>
#include <sys/types.h>

#include "limit.h"
#include "slice.h"
#include "status.h"

/*
 * Whole messages, one behind the other. Of a stream over bytes a chunk may be these bytes: then it
 * is valid as long as they are.
 */
struct wb_chunk {
    const char *bytes; /* what n counts: in `room`, or those of the stream */
    size_t n;
    char *room; /* of the chunk, cap bytes */
    size_t cap;
    struct wb_span {
        size_t from, n;
        bool cut; /* the message goes on beyond the limit */
    } * messages;
    uint32_t count, message_cap;
    uint32_t first_index; /* of the first message in its file */
};

void wb_chunk_free(struct wb_chunk *chunk);

struct wb_stream;

/*
 * A stream over an open file, which it closes in the end. The name is for messages about trouble
 * and is copied. NULL, with a status, when the file cannot be read at all.
 */
struct wb_stream *wb_stream_open(int fd, const char *name, struct wb_status *status);
/* The same over the bytes of a whole file, which stay the caller's, as does the name. */
struct wb_stream *wb_stream_over(struct wb_slice bytes, const char *name);
/* Makes such a stream one over other bytes. */
void wb_stream_over_next(struct wb_stream *stream, struct wb_slice bytes, const char *name);
void wb_stream_close(struct wb_stream *stream);

/*
 * The next chunk, in the memory of the chunk given (all zero at first). False at the end, with an
 * empty status, or on trouble; what was read whole before the trouble has been delivered.
 */
bool wb_stream_next(struct wb_stream *stream, struct wb_chunk *chunk,
                    struct wb_status *status) WB_MUST_CHECK;

/*
 * From now on no read waits for more, whichever thread it is in: the stream ends there, with
 * trouble. For a signal's handler.
 */
void wb_source_stop(void);

/* Whether the file is an mbox; known from the first chunk on. */
bool wb_stream_is_mbox(const struct wb_stream *stream);

/* Bytes read from the file so far: for showing progress. */
uint64_t wb_stream_bytes(const struct wb_stream *stream);

/* ---- lines of logs ---- */

struct wb_lines;

/* A file of lines, packed or not, or "-" for standard input. NULL when it cannot be opened. */
struct wb_lines *wb_lines_open(const char *path, struct wb_status *status);
void wb_lines_close(struct wb_lines *lines);

/*
 * Whole lines, many at once, each with its "\n"; valid until the next call. Of a line beyond the
 * limit log-line-bytes only a beginning that is just longer is given. False at the end, with an
 * empty status, or on trouble. What stands behind the last "\n" is given at the end, too; but not
 * while the file is followed: the rest of the line is still to come.
 */
bool wb_lines_next(struct wb_lines *lines, bool follow, struct wb_slice *block_out,
                   struct wb_status *status) WB_MUST_CHECK;

/*
 * Behind the end: whether there is more by now. The file has grown, or was emptied and written
 * anew (copytruncate), or another one stands in its place (rename and create) and has begun to be
 * written, so that the old one is complete. False for pipes and packed files.
 */
bool wb_lines_again(struct wb_lines *lines);

/* When the file was last changed (Unix time); 0: not a file. */
int64_t wb_lines_modified(const struct wb_lines *lines);
/* Bytes read of the file: for showing progress. */
uint64_t wb_lines_bytes(const struct wb_lines *lines);

#endif
