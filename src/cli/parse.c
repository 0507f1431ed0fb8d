/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce parse: many messages in, one line a recipient out. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "pool.h"

enum { BATCH = 64, LARGE_FILE = 1 << 20 };

struct feeder {
    struct wb_pool *pool;
    char **names; /* a batch of small files that is being filled */
    size_t n;
    bool trouble;
};

static void flush_batch(struct feeder *f)
{
    if (f->n)
        wb_pool_files(f->pool, f->names, f->n);
    f->names = NULL;
    f->n = 0;
}

static void add_file(struct feeder *f, char *name)
{
    if (!f->names)
        f->names = calloc(BATCH, sizeof *f->names);
    WB_CHECK(f->names && name);
    f->names[f->n++] = name;
    if (f->n == BATCH)
        flush_batch(f);
}

static void trouble(struct feeder *f, const char *text)
{
    wb_complain("%s", text);
    f->trouble = true;
}

/* Reads a large file, or standard input, here and hands out its messages in chunks. */
static void feed_stream(struct feeder *f, int fd, const char *name)
{
    struct wb_status status = {{0}};
    struct wb_chunk chunk = {0};
    uint64_t found = 0;
    flush_batch(f);
    struct wb_stream *stream = wb_stream_open(fd, name, &status);
    while (wb_stream_next(stream, &chunk, &status)) {
        found += chunk.count;
        if (chunk.count)
            wb_pool_chunk(f->pool, &chunk, name);
    }
    if (!found && !status.text[0])
        wb_trouble(&status, "%s: the input is empty", name);
    if (status.text[0])
        trouble(f, status.text);
    wb_stream_close(stream);
    wb_chunk_free(&chunk);
}

static void feed_folder(struct feeder *f, const char *path)
{
    struct wb_names names;
    struct wb_status status = {{0}};
    if (!wb_folder_list(path, &names, &status))
        trouble(f, status.text);
    else if (!names.n) {
        wb_trouble(&status, "%s: there is no file in this folder", path);
        trouble(f, status.text);
    }
    for (size_t i = 0; i < names.n; i++) {
        add_file(f, names.name[i]);
        names.name[i] = NULL;
    }
    wb_names_free(&names);
}

static void feed_path(struct feeder *f, const char *path)
{
    struct stat st;
    struct wb_status status = {{0}};
    if (strcmp(path, "-") == 0) {
        feed_stream(f, dup(STDIN_FILENO), "-");
        return;
    }
    if (stat(path, &st) < 0) {
        wb_trouble(&status, "%s: %s", path, strerror(errno));
        trouble(f, status.text);
    } else if (S_ISDIR(st.st_mode)) {
        feed_folder(f, path);
    } else if (S_ISREG(st.st_mode) && st.st_size < LARGE_FILE) {
        add_file(f, strdup(path));
    } else {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            feed_stream(f, fd, path);
            return;
        }
        wb_trouble(&status, "%s: %s", path, strerror(errno));
        trouble(f, status.text);
    }
}

static void render_json(const struct wb_analysis *analysis, struct wb_session *session, void *tally,
                        struct wb_buf *out)
{
    (void)tally;
    struct wb_string json = wb_analysis_json(session, analysis);
    wb_buf_put(out, wb_slice(json.text, json.length));
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"jobs", required_argument, NULL, 'J'},
                                            {"keep-header", required_argument, NULL, 'k'},
                                            {0}};
    struct wb_pool_options po = {.threads = (int)sysconf(_SC_NPROCESSORS_ONLN),
                                 .render = render_json};
    int c;
    while ((c = getopt_long(argc, argv, "j", options, NULL)) != -1) {
        switch (c) {
        case 'j': break;
        case 'J': po.threads = atoi(optarg); break;
        case 'k': po.keep_headers = optarg; break;
        default: return WB_EXIT_USAGE;
        }
    }
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    if (!catalogue)
        return WB_EXIT_TROUBLE;
    po.catalogue = catalogue;
    struct feeder f = {.pool = wb_pool_new(&po)};
    for (int i = optind; i < argc; i++)
        feed_path(&f, argv[i]);
    flush_batch(&f);
    bool ok = wb_pool_finish(f.pool, NULL, NULL) && !f.trouble;
    wb_catalogue_free(catalogue);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

const struct wb_command wb_command_parse = {"parse", run};
