/* SPDX-License-Identifier: BSD-2-Clause */
/* Many files, read several at a time, and one by one where the system does not do that. */
#define _GNU_SOURCE
#include "files.h"

#include <fcntl.h>
#include <ftw.h>
#include <liburing.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

enum { MANY = 40 }; /* more than are read at once */

static char top[] = "/tmp/whybounce-test-XXXXXX";

/*
 * What each word makes: "a=30" a file of 30 bytes, "b/" a folder, "c" nothing; and what is told of
 * it. Of "+x/" a folder is made, and nothing asked.
 */
static const struct files_row {
    const char *name, *made, *told;
} files_rows[] = {
    {"one", "a=1", "1"},
    {"several", "a=1 b=20 c=300", "1 20 300"},
    {"one is missing", "a=1 b c=3", "1 No such file or directory 3"},
    {"the first is missing", "a b=2 c=3", "No such file or directory 2 3"},
    {"all are missing", "a b", "No such file or directory No such file or directory"},
    {"one is empty", "a=1 b=0 c=3", "1 empty 3"},
    {"as much as there is room for, and a byte less and more", "a=65535 b=65536 c=65537",
     "65535 65536 65537"},
    {"a large one", "a=1 b=3000000 c=3", "1 3000000 3"},
    {"a folder", "a=1 b/ c=3", "1 Is a directory 3"},
    {"of two folders", "+x/ x/a=1 x/b=2 +y/ y/a=3 y/b=4", "1 2 3 4"},
    {"of two folders in turn", "+x/ +y/ x/a=1 y/a=2 x/b=3 y/b=4", "1 2 3 4"},
    {"a folder that is not there", "x/a x/b a=3",
     "No such file or directory No such file or directory 3"},
};

/* Byte i of a file of n bytes, so that no two files, and no two places in one, are alike. */
static char byte_at(size_t i, size_t n)
{
    return (char)('a' + (i * 7 + i / 26 + n) % 26);
}

static void make_file(const char *path, size_t n)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < n; i++)
        fputc(byte_at(i, n), file);
    assert_int_equal(fclose(file), 0);
}

/* Makes what a row says; the paths of it, in paths_out, are the caller's. */
static size_t make(const char *words, char **paths_out)
{
    char copy[500];
    size_t n = 0;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *size = strchr(word, '=');
        if (size)
            *size = '\0';
        char *path;
        bool asked = *word != '+';
        assert_true(asprintf(&path, "%s/%s", top, word + !asked) > 0);
        if (size)
            make_file(path, (size_t)atoi(size + 1));
        if (path[strlen(path) - 1] == '/') {
            path[strlen(path) - 1] = '\0';
            assert_int_equal(mkdir(path, 0700), 0);
        }
        if (asked)
            paths_out[n++] = path;
        else
            free(path);
    }
    return n;
}

/* What the next file is: its size, if it is as made, or why not. */
static void tell_next(struct wb_files *files, const char *path, char *out)
{
    struct wb_status status = {{0}};
    struct wb_chunk chunk = {0};
    struct wb_stream *stream = wb_files_next(files, &status);
    if (stream && wb_stream_next(stream, &chunk, &status)) {
        assert_int_equal(chunk.count, 1);
        size_t n = chunk.messages[0].n;
        for (size_t i = 0; i < n; i++)
            assert_int_equal(chunk.bytes[chunk.messages[0].from + i], byte_at(i, n));
        sprintf(out, "%zu", n);
    } else if (status.text[0]) {
        size_t name = strlen(path);
        assert_memory_equal(status.text, path, name);
        assert_memory_equal(status.text + name, ": ", 2);
        strcpy(out, status.text + name + 2);
    } else {
        strcpy(out, "empty");
    }
    wb_chunk_free(&chunk);
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type;
    return ftw->level ? remove(path) : 0;
}

static void tell_all(struct wb_files *files, const struct files_row *row)
{
    char *paths[MANY], told[600] = "";
    size_t n = make(row->made, paths);
    wb_files_set(files, paths, n);
    for (size_t i = 0; i < n; i++) {
        strcat(told, i ? " " : "");
        tell_next(files, paths[i], told + strlen(told));
    }
    for (size_t i = 0; i < n; i++)
        free(paths[i]);
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
    assert_string_equal(told, row->told);
}

/* A reader of files on a system that has no io_uring: no descriptor is left for one. */
static struct wb_files *one_by_one(void)
{
    struct rlimit before, none;
    int next = dup(0);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct wb_files *files = wb_files_new();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    return files;
}

static void files(void **state)
{
    struct wb_files *readers[] = {wb_files_new(), one_by_one()};
    for (int i = 0; i < 2; i++) {
        tell_all(readers[i], *state);
        tell_all(readers[i], *state); /* and once more with what it has kept */
        wb_files_free(readers[i]);
    }
}

static bool system_reads_many(void)
{
    struct io_uring ring;
    bool able = io_uring_queue_init(4, &ring, 0) == 0;
    if (able)
        io_uring_queue_exit(&ring);
    return able;
}

/* Files that are gone by the time that they are asked for: those that were read at once are told.
 */
static int told_of_gone(struct wb_files *reader)
{
    char *paths[MANY], told[100];
    int n = 0;
    for (size_t i = 0; i < MANY; i++) {
        assert_true(asprintf(&paths[i], "%s/%02zu", top, i) > 0);
        make_file(paths[i], i + 1);
    }
    wb_files_set(reader, paths, MANY);
    tell_next(reader, paths[0], told);
    assert_string_equal(told, "1");
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
    for (int i = 1; i < MANY; i++) {
        tell_next(reader, paths[i], told);
        n += atoi(told) == i + 1;
    }
    for (size_t i = 0; i < MANY; i++)
        free(paths[i]);
    wb_files_free(reader);
    return n;
}

static void ahead(void **state)
{
    (void)state;
    if (!system_reads_many())
        skip();
    assert_int_equal(told_of_gone(wb_files_new()), 31);
}

static void not_ahead(void **state)
{
    (void)state;
    assert_int_equal(told_of_gone(one_by_one()), 0);
}

/* Of files of somebody else the system notes when they are read, and may not be asked not to. */
static void of_somebody_else(void **state)
{
    enum { NOBODY = 65534 };
    (void)state;
    char *paths[MANY], told[100];
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < MANY; i++) {
        assert_true(asprintf(&paths[i], "%s/%02zu", top, i) > 0);
        make_file(paths[i], i + 1);
        assert_int_equal(chmod(paths[i], 0644), 0);
    }
    assert_int_equal(chmod(top, 0755), 0);
    assert_int_equal(seteuid(NOBODY), 0);
    struct wb_files *reader = wb_files_new();
    wb_files_set(reader, paths, MANY);
    for (size_t i = 0; i < MANY; i++) {
        tell_next(reader, paths[i], told);
        assert_int_equal(atoi(told), i + 1);
        free(paths[i]);
    }
    wb_files_free(reader);
    assert_int_equal(seteuid(0), 0);
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    if (!mkdtemp(top))
        return 1;
    UNIT_ROWS(files, files_rows);
    UNIT_ONE(ahead, "thirty-two are read by one call");
    UNIT_ONE(not_ahead, "none without io_uring");
    UNIT_ONE(of_somebody_else, "who is not asked");
    int failed = unit_run();
    rmdir(top);
    return failed;
}
