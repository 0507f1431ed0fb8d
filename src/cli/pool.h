/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Analysing many messages with several threads, with the output in the order of the input.
 *
 * The caller hands in work: a list of files, or a stream of messages. Workers read both themselves,
 * a stream in turns, chunk by chunk, so that a thread finds in its cache what it has just read.
 * Each piece has a turn. A worker keeps its output back until its turn has come, then
 * writes it, and from then on directly: so memory is bounded however much there is to say.
 *
 * The first worker begins alone, for a moment: what it has found out about texts the others need
 * not find out again.
 */
#ifndef WB_POOL_H
#define WB_POOL_H

#include "cli.h"
#include "folder.h"
#include "source.h"

struct wb_pool;

enum { WB_MAX_THREADS = 64 };

/*
 * What is done with one message's analysis: appends to out. setting is shared by all workers and
 * only read, tally is the worker's own.
 */
typedef void wb_render_fn(const struct wb_analysis *analysis, struct wb_session *session,
                          const void *setting, void *tally, struct wb_buf *out);

struct wb_pool_options {
    int threads;
    const struct wb_catalogue *catalogue;
    const char *keep_headers; /* NULL: none */
    const char *classes;      /* the scheme of classes to be given; NULL: none */
    const char *language;     /* of texts for people */
    wb_render_fn *render;
    const void *setting;
    size_t tally_size; /* bytes of each worker's tally, zero at first */
};

struct wb_pool *wb_pool_new(const struct wb_pool_options *options);

/* One with the same settings, the pool's: the caller's until it brings work. */
struct wb_session *wb_pool_session(const struct wb_pool *pool);

/* Files for the workers to open and read, some at a time; takes over the names. */
void wb_pool_files(struct wb_pool *pool, const struct wb_names *names);

/*
 * Waits a moment until workers have begun with all files, for showing progress between; true when
 * they have. waiting becomes how many they have not begun with.
 */
bool wb_pool_begun(struct wb_pool *pool, size_t *waiting);

/* The last four are the workers': to be looked at when it has ended. */
struct wb_pool_stream {
    struct wb_stream *stream; /* the caller's, who closes it in the end */
    const char *source;       /* its name in reports; must live until wb_pool_finish */
    uint64_t found;           /* messages */
    uint64_t bytes;           /* read of the file */
    struct wb_status status;  /* empty, or what trouble it ended with */
    bool ended;
};

/* For the workers to read; struct and stream belong to them until wb_pool_wait has said true. */
void wb_pool_stream(struct wb_pool *pool, struct wb_pool_stream *stream);

/*
 * Waits a moment for the stream to end, for showing progress between; true when it has. bytes
 * becomes what has been read of it so far.
 */
bool wb_pool_wait(struct wb_pool *pool, const struct wb_pool_stream *stream, uint64_t *bytes);

/* True when the output cannot be written any more: further work is in vain. */
bool wb_pool_broken(const struct wb_pool *pool);

/* Messages analysed so far: for showing progress. */
uint64_t wb_pool_messages(const struct wb_pool *pool);

/*
 * Waits until all is done. merge is called for each worker's tally (may be NULL). Returns false
 * when something could not be read or written; it has been complained about.
 */
bool wb_pool_finish(struct wb_pool *pool, void (*merge)(void *into, const void *tally), void *into);

#endif
