/* SPDX-License-Identifier: BSD-2-Clause */
/* The mails and replies that rules are held against. */
#include "author.h"
#include "texts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "folder.h"
#include "source.h"

/* While a corpus is read. */
struct reading {
    bool replies, ok;
    wb_take_text *take;
    void *context;
};

/* A table of replies: what was said stands in the last column, and a line with '#' says something
 * of the table. */
static bool is_table(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".tsv") == 0;
}

static struct wb_slice last_column(struct wb_slice line)
{
    size_t from = line.n;
    while (from && line.p[from - 1] != '\t')
        from--;
    return line.n && line.p[0] == '#' ? wb_slice("", 0) : wb_slice_from(line, from);
}

/* One reply a line; blank lines are none. The index is that of the line, from 0 on. */
static void read_lines(struct reading *r, FILE *file, const char *name)
{
    bool table = is_table(name);
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    errno = 0;
    for (uint32_t index = 0; (n = getline(&line, &cap, file)) > 0; index++) {
        struct wb_slice text = wb_slice_trim(wb_slice(line, (size_t)n));
        if (table)
            text = last_column(text);
        struct wb_text_at at = {wb_slice_head(text, WB_MAX_DIAGNOSTIC_BYTES), name, index, true};
        if (text.n)
            r->take(r->context, &at);
    }
    if (ferror(file)) {
        wb_author_complain(name, strerror(errno));
        r->ok = false;
    }
    free(line);
}

static void read_messages(struct reading *r, int fd, const char *name)
{
    struct wb_status status = {{0}};
    struct wb_chunk chunk = {0};
    struct wb_stream *stream = wb_stream_open(fd, name, &status);
    while (stream && wb_stream_next(stream, &chunk, &status))
        for (uint32_t i = 0; i < chunk.count; i++) {
            struct wb_slice text = {chunk.bytes + chunk.messages[i].from, chunk.messages[i].n};
            struct wb_text_at at = {text, name, chunk.first_index + i, false};
            r->take(r->context, &at);
        }
    if (status.text[0]) { /* it begins with the name */
        size_t n = strlen(name);
        bool named = strncmp(status.text, name, n) == 0 && status.text[n] == ':';
        wb_author_complain(name, status.text + (named ? n + 2 : 0));
        r->ok = false;
    }
    if (stream)
        wb_stream_close(stream);
    wb_chunk_free(&chunk);
}

static void read_file(struct reading *r, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        wb_author_complain(path, strerror(errno));
        r->ok = false;
        return;
    }
    if (!r->replies && !is_table(path)) {
        read_messages(r, fd, path);
        return;
    }
    FILE *file = fdopen(fd, "r");
    if (!file) {
        close(fd);
        return;
    }
    read_lines(r, file, path);
    fclose(file);
}

static void read_folder(struct reading *r, const char *path)
{
    struct wb_names names;
    struct wb_status status = {{0}};
    if (!wb_folder_list(path, &names, &status)) {
        wb_author_complain(
            path, wb_in_both("not all of this folder could be read", "这个文件夹没有读全"));
        r->ok = false;
    }
    if (!names.n && r->ok) {
        wb_author_complain(path,
                           wb_in_both("there is no file in this folder", "这个文件夹里没有文件"));
        r->ok = false;
    }
    for (size_t i = 0; i < names.n; i++)
        read_file(r, names.name[i]);
    wb_names_free(&names);
}

bool wb_corpus_read(const char *const *paths, size_t n, bool replies, wb_take_text *take,
                    void *context)
{
    struct reading r = {replies, true, take, context};
    for (size_t i = 0; i < n; i++)
        if (wb_is_folder(paths[i]))
            read_folder(&r, paths[i]);
        else
            read_file(&r, paths[i]);
    return r.ok;
}

const struct wb_analysis *wb_analyse_at(struct wb_session *session, const struct wb_text_at *at)
{
    return at->reply ? wb_analyse_reply(session, at->text.p, at->text.n)
                     : wb_analyse_mail(session, at->text.p, at->text.n);
}
