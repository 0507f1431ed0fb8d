/* SPDX-License-Identifier: BSD-2-Clause */
/* What is of SQLite alone: files that are no store, full and read-only disks, plans of queries. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "store_kit.h"

#include "events.h"

static void file_with(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void is_refused(const char *url, const char *why)
{
    for (int mode = 0; mode < 2; mode++) {
        assert_null(wb_store_open(url, (enum wb_store_mode)mode, S));
        if (!strstr(kit_status.text, why))
            fail_msg("got: %s", kit_status.text);
    }
}

static void files_that_are_no_store(void **state)
{
    (void)state;
    kit_fresh();
    file_with(kit_file, "this is some text of more than a few bytes, and it is no database at all, "
                        "whatever anybody says of it; there are 100 bytes needed.\n");
    is_refused(kit_url, "it is no store");
    unlink(kit_file);
    kit_execute("CREATE TABLE reports (x)");
    is_refused(kit_url, "it is a database of another program");
    is_refused("sqlite:/no/such/folder/store.db", "/no/such/folder/store.db: ");
    is_refused("mysql://me:secret@x", "mysql: a store is sqlite:FILE or postgresql://...");
    assert_null(strstr(kit_status.text, "secret"));
    is_refused("store.db", "store.db: a store is sqlite:FILE or postgresql://...");
    kit_fresh();
    assert_null(wb_store_open(kit_url, WB_STORE_READ, S));
    assert_non_null(strstr(kit_status.text, "there is no store"));
}

static void nobody_else_reads_it(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct stat file;
    char path[220];
    assert_int_equal(stat(kit_file, &file), 0);
    assert_int_equal(file.st_mode & 077, 0);
    snprintf(path, sizeof path, "%s-wal", kit_file);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 077, 0);
    wb_store_close(store);
}

/* A page that somebody else wrote over. */
static void damaged_files(void **state)
{
    (void)state;
    struct made_shape shape = {
        .first = 1772000000, .per_second = 1, .domains = 5, .servers = 5, .raw = true};
    struct wb_store *store = kit_store();
    free(kit_made(store, &shape, 200));
    wb_store_close(store);
    kit_execute("UPDATE reports SET body = x'0102030405'");
    store = kit_again(WB_STORE_READ);
    static struct kit_page page;
    struct wb_cursor next;
    assert_false(wb_store_events(store, &(struct wb_filter){0}, (struct wb_cursor){0}, 50, kit_take,
                                 &page, &next, S));
    assert_non_null(strstr(kit_status.text, "damaged"));
    wb_store_close(store);
    int fd = open(kit_file, O_WRONLY);
    for (int at = 4096; at < 400000; at += 4096)
        assert_true(pwrite(fd, "garbage garbage", 15, at) == 15);
    close(fd);
    store = wb_store_open(kit_url, WB_STORE_READ, S);
    bool ok = store && wb_store_events(store, &(struct wb_filter){0}, (struct wb_cursor){0}, 50,
                                       kit_take, &page, &next, S);
    assert_false(ok);
    assert_non_null(strstr(kit_status.text, "it is damaged"));
    wb_store_close(store);
}

/* ---- disks that are full, or may not be written ---- */

static char disk[120];

/* A small disk of our own, in a name space of our own: it goes with this process. */
static bool has_disk(void)
{
    static int known = -1;
    if (known >= 0)
        return known;
    snprintf(disk, sizeof disk, "%s/disk", kit_folder);
    uid_t uid = getuid();
    known = (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mkdir(disk, 0700) == 0 &&
            mount("none", disk, "tmpfs", 0, "size=6m") == 0;
    if (!known)
        printf("# user %d gets no disk of its own: full and read-only ones are left out\n",
               (int)uid);
    return known;
}

static bool add_some(struct wb_store *store, unsigned first, unsigned n)
{
    static struct made made[100];
    static struct wb_message messages[100];
    struct made_shape shape = {
        .first = 1772000000, .per_second = 1, .domains = 50, .servers = 5, .raw = true};
    for (unsigned i = 0; i < n; i++) {
        made_report(made + i, &shape, first + i);
        messages[i] = made[i].message;
        messages[i].records = &made[i].record;
    }
    return wb_store_begin(store, S) && wb_store_add(store, messages, n, kit_policy, NULL, S) &&
           wb_store_commit(store, S);
}

static void a_full_disk(void **state)
{
    (void)state;
    char url[200], filler[200], copy[200];
    snprintf(url, sizeof url, "sqlite:%s/full.db", disk);
    snprintf(filler, sizeof filler, "%s/filler", disk);
    file_with(filler, "");
    assert_int_equal(truncate(filler, 0), 0);
    int fd = open(filler, O_WRONLY);
    assert_int_equal(posix_fallocate(fd, 0, 3 << 20), 0);
    close(fd);
    struct wb_store *store = wb_store_open(url, WB_STORE_WRITE, S);
    assert_non_null(store);
    unsigned n = 0;
    while (n < 20000 && add_some(store, n, 100))
        n += 100;
    assert_true(n > 0 && n < 20000);
    assert_non_null(strstr(kit_status.text, "full.db: the disk is full"));
    /* still there, still answering; nothing of the failed batch */
    assert_int_equal(kit_count(store, (struct wb_filter){0}), n);
    assert_false(add_some(store, n, 100));
    assert_int_equal(kit_count(store, (struct wb_filter){0}), n);
    snprintf(copy, sizeof copy, "%s/copy.db", disk);
    assert_false(wb_store_backup(store, copy, S));
    assert_int_not_equal(access(copy, F_OK), 0);
    unlink(filler);
    OK(wb_store_backup(store, copy, S));
    unlink(copy);
    assert_true(add_some(store, n, 100));
    assert_int_equal(kit_count(store, (struct wb_filter){0}), n + 100);
    wb_store_close(store);
    unlink(url + 7);
}

static void a_disk_that_may_not_be_written(void **state)
{
    (void)state;
    char url[200], bound[200], bound_url[260];
    snprintf(url, sizeof url, "sqlite:%s/here.db", disk);
    struct wb_store *store = wb_store_open(url, WB_STORE_WRITE, S);
    assert_non_null(store);
    OK(add_some(store, 0, 10));
    wb_store_close(store);
    snprintf(bound, sizeof bound, "%s/bound", kit_folder);
    assert_int_equal(mkdir(bound, 0700), 0);
    assert_int_equal(mount(disk, bound, NULL, MS_BIND, NULL), 0);
    assert_int_equal(mount(NULL, bound, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), 0);
    snprintf(bound_url, sizeof bound_url, "sqlite:%s/here.db", bound);
    store = wb_store_open(bound_url, WB_STORE_WRITE, S);
    bool written = store && add_some(store, 10, 10);
    assert_false(written);
    if (!strstr(kit_status.text, "may not be written"))
        fail_msg("got: %s", kit_status.text);
    wb_store_close(store);
    snprintf(bound_url, sizeof bound_url, "sqlite:%s/new.db", bound);
    assert_null(wb_store_open(bound_url, WB_STORE_WRITE, S));
    if (!strstr(kit_status.text, "new.db: "))
        fail_msg("got: %s", kit_status.text);
    umount2(bound, MNT_DETACH);
    store = wb_store_open(url, WB_STORE_WRITE, S);
    assert_non_null(store);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 10);
    assert_true(add_some(store, 10, 10));
    wb_store_close(store);
}

/* ---- how it looks for things ---- */

static int plan_of(void *own, int n, char **values, char **names)
{
    (void)n, (void)names;
    strncat(own, values[3], 900 - strlen(own));
    strncat(own, "\n", 900 - strlen(own));
    return 0;
}

static void pages_are_neighbours_of_an_index(void **state)
{
    (void)state;
    sqlite3 *file;
    wb_store_close(kit_store());
    assert_int_equal(sqlite3_open(kit_file, &file), SQLITE_OK);
    for (size_t i = 0; i < wb_event_walk_count; i++) {
        char sql[600], plan[1000] = "";
        snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", wb_event_walks[i].sqlite);
        if (sqlite3_exec(file, sql, plan_of, plan, NULL) != SQLITE_OK)
            fail_msg("%s", sqlite3_errmsg(file));
        if (!strstr(plan, "SEARCH reports USING") || strstr(plan, "SCAN") ||
            strstr(plan, "TEMP B-TREE"))
            fail_msg("%s: %s", sql, plan);
    }
    sqlite3_close(file);
}

int main(void)
{
    kit_open();
    UNIT_ONE(files_that_are_no_store, "are refused");
    UNIT_ONE(nobody_else_reads_it, "not even the log");
    UNIT_ONE(damaged_files, "are called so");
    if (has_disk()) {
        UNIT_ONE(a_full_disk, "undoes the batch, and all goes on when there is room");
        UNIT_ONE(a_disk_that_may_not_be_written, "is called so");
    }
    UNIT_ONE(pages_are_neighbours_of_an_index, "nothing is scanned or sorted");
    int failed = unit_run();
    if (*disk)
        umount2(disk, MNT_DETACH);
    return failed;
}
