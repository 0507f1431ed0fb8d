/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in a file of SQLite. Write-ahead log, synchronous=FULL: a commit is on the disk when
 * it returns. One connection a store; statements are prepared once and kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "db.h"
#include "limit.h"
#include "schema.h"

enum { APPLICATION = 0x5742, BUSY_MS = 20000, LOOK_NS = 1000000 };

struct wb_db {
    sqlite3 *file;
    struct wb_sqlite_statement {
        const struct wb_sql *sql;
        sqlite3_stmt *stmt;
        int places[WB_SQL_PARAMETERS]; /* of $1, $2 ...: SQLite numbers names as it meets them */
    } kept[WB_SQL_STATEMENTS];
    struct wb_cell row[WB_SQL_PARAMETERS];
    int64_t waits_since; /* for another who holds the file */
    char path[];
};

static const char *reason(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_READONLY: return "it may not be written";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process has held it for too long";
    case SQLITE_CANTOPEN: return "it cannot be opened";
    case SQLITE_NOTADB: return "it is no store";
    case SQLITE_CORRUPT: return "it is damaged";
    case SQLITE_IOERR: return "the disk does not read or write as it should";
    default: return NULL;
    }
}

/* SQLite cannot open its log beside a file that may not be written, and says only that. */
static bool may_not_be_written(const char *path)
{
    return access(path, F_OK) == 0 && access(path, W_OK) != 0;
}

static bool trouble(struct wb_db *db, struct wb_status *status)
{
    int code = sqlite3_extended_errcode(db->file);
    const char *why = reason(code);
    if ((code & 0xff) == SQLITE_CANTOPEN && may_not_be_written(db->path))
        why = reason(SQLITE_READONLY);
    return wb_trouble(status, "%s: %s", db->path, why ? why : sqlite3_errmsg(db->file));
}

static bool script(struct wb_db *db, const char *text, struct wb_status *status)
{
    return sqlite3_exec(db->file, text, NULL, NULL, NULL) == SQLITE_OK || trouble(db, status);
}

static void find_places(struct wb_sqlite_statement *kept)
{
    for (int i = 0; kept->sql->in[i]; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        kept->places[i] = sqlite3_bind_parameter_index(kept->stmt, name);
    }
}

static struct wb_sqlite_statement *prepared(struct wb_db *db, const struct wb_sql *sql,
                                            struct wb_status *status)
{
    size_t at = ((uintptr_t)sql / sizeof *sql) % WB_SQL_STATEMENTS;
    for (size_t i = 0; i < WB_SQL_STATEMENTS; i++, at = (at + 1) % WB_SQL_STATEMENTS) {
        struct wb_sqlite_statement *kept = db->kept + at;
        if (kept->sql == sql)
            return kept;
        if (kept->sql)
            continue;
        if (sqlite3_prepare_v3(db->file, sql->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &kept->stmt,
                               NULL) != SQLITE_OK) {
            trouble(db, status);
            return NULL;
        }
        kept->sql = sql;
        find_places(kept);
        return kept;
    }
    WB_CHECK(!"more statements than WB_SQL_STATEMENTS");
    return NULL;
}

static void bind(const struct wb_sqlite_statement *kept, const struct wb_cell *cells)
{
    const char *types = kept->sql->in;
    for (int i = 0; types[i]; i++) {
        const struct wb_cell *cell = cells + i;
        int at = kept->places[i];
        if (!at)
            continue;
        if (cell->null)
            sqlite3_bind_null(kept->stmt, at);
        else if (types[i] == 'i')
            sqlite3_bind_int64(kept->stmt, at, cell->i);
        else if (types[i] == 't')
            sqlite3_bind_text64(kept->stmt, at, cell->s.n ? cell->s.p : "", cell->s.n,
                                SQLITE_STATIC, SQLITE_UTF8);
        else
            sqlite3_bind_blob64(kept->stmt, at, cell->s.n ? cell->s.p : "", cell->s.n,
                                SQLITE_STATIC);
    }
}

static void read_row(struct wb_db *db, sqlite3_stmt *stmt, const char *types)
{
    for (int i = 0; types[i]; i++) {
        struct wb_cell *cell = db->row + i;
        *cell = (struct wb_cell){.null = sqlite3_column_type(stmt, i) == SQLITE_NULL};
        if (types[i] == 'i') {
            cell->i = sqlite3_column_int64(stmt, i);
        } else if (!cell->null) {
            const char *p = sqlite3_column_blob(stmt, i);
            cell->s = wb_slice(p ? p : "", (size_t)sqlite3_column_bytes(stmt, i));
        }
    }
}

static bool sqlite_find(struct wb_db *db, const struct wb_sql *sql, const struct wb_rows *rows,
                        wb_row_callback callback, void *own, struct wb_status *status)
{
    const struct wb_sqlite_statement *kept = prepared(db, sql, status);
    sqlite3_stmt *stmt = kept ? kept->stmt : NULL;
    size_t columns = strlen(sql->in), n = wb_rows_count(rows, sql);
    if (!stmt)
        return false;
    bool more = true;
    for (size_t i = 0; i < n && more; i++) {
        int code = SQLITE_ROW;
        bind(kept, wb_rows_cells(rows) + i * columns);
        while (more && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
            read_row(db, stmt, sql->out);
            more = callback(own, i, db->row);
        }
        if (code != SQLITE_DONE && code != SQLITE_ROW) {
            trouble(db, status);
            sqlite3_reset(stmt);
            return false;
        }
        sqlite3_reset(stmt);
    }
    return true;
}

static bool sqlite_run(struct wb_db *db, const struct wb_sql *sql, const struct wb_rows *rows,
                       uint64_t *changed_out, struct wb_status *status)
{
    const struct wb_sqlite_statement *kept = prepared(db, sql, status);
    sqlite3_stmt *stmt = kept ? kept->stmt : NULL;
    size_t columns = strlen(sql->in), n = wb_rows_count(rows, sql);
    uint64_t changed = 0;
    if (!stmt)
        return false;
    for (size_t i = 0; i < n; i++) {
        bind(kept, wb_rows_cells(rows) + i * columns);
        int code = sqlite3_step(stmt);
        if (code != SQLITE_DONE) {
            trouble(db, status);
            sqlite3_reset(stmt);
            return false;
        }
        changed += (uint64_t)sqlite3_changes64(db->file);
        sqlite3_reset(stmt);
    }
    if (changed_out)
        *changed_out = changed;
    return true;
}

static bool sqlite_begin(struct wb_db *db, struct wb_status *status)
{
    return script(db, "BEGIN IMMEDIATE", status);
}

static bool sqlite_commit(struct wb_db *db, struct wb_status *status)
{
    return script(db, "COMMIT", status);
}

/* After some troubles SQLite has rolled back already. */
static void sqlite_undo(struct wb_db *db)
{
    if (!sqlite3_get_autocommit(db->file))
        sqlite3_exec(db->file, "ROLLBACK", NULL, NULL, NULL);
}

/* secure_delete has zeroed what went; older pages may still stand in the log. */
static bool sqlite_wipe(struct wb_db *db)
{
    return sqlite3_wal_checkpoint_v2(db->file, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
           SQLITE_OK;
}

static void sqlite_close(struct wb_db *db)
{
    for (size_t i = 0; i < WB_SQL_STATEMENTS; i++)
        sqlite3_finalize(db->kept[i].stmt);
    sqlite3_close(db->file);
    free(db);
}

/* ---- opening ---- */

static bool number(struct wb_db *db, const char *text, int *out, struct wb_status *status)
{
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(db->file, text, -1, &stmt, NULL) == SQLITE_OK &&
              sqlite3_step(stmt) == SQLITE_ROW;
    if (ok)
        *out = sqlite3_column_int(stmt, 0);
    else
        trouble(db, status);
    sqlite3_finalize(stmt);
    return ok;
}

static bool identify(struct wb_db *db, int *version, struct wb_status *status)
{
    int application, tables;
    if (!number(db, "PRAGMA application_id", &application, status) ||
        !number(db, "PRAGMA user_version", version, status) ||
        !number(db, "SELECT count(*) FROM sqlite_master", &tables, status))
        return false;
    if (tables > 0 && application != APPLICATION)
        return wb_trouble(status, "%s: it is a database of another program", db->path);
    return wb_schema_known(db->path, *version, status);
}

static bool step(struct wb_db *db, int version, struct wb_status *status)
{
    static const struct wb_schema_word words[] = {{"IDENTITY", "INTEGER PRIMARY KEY"}, {0}};
    struct wb_buf text = {0};
    wb_schema_step(version, words, &text);
    text.n--;
    wb_buf_printf(&text, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION,
                  version + 1);
    wb_buf_byte(&text, '\0');
    bool ok = script(db, text.p, status);
    wb_buf_free(&text);
    return ok;
}

/* Step by step, each in a transaction of its own: a file is always of one version or another. */
static bool migrate(struct wb_db *db, int version, struct wb_status *status)
{
    for (; version < wb_schema_version(); version++) {
        int now; /* another process may be at it, too */
        if (!sqlite_begin(db, status))
            return false;
        if (!number(db, "PRAGMA user_version", &now, status) ||
            (now == version && !step(db, version, status)) || !sqlite_commit(db, status)) {
            sqlite_undo(db);
            return false;
        }
    }
    return true;
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * SQLite's own handler looks ten times a second whether the file is free. One who writes batch
 * after batch pauses for a moment after each: who waits must look more often to get in.
 */
static int wait_a_moment(void *own, int tries)
{
    static const struct timespec moment = {.tv_nsec = LOOK_NS};
    struct wb_db *db = own;
    if (tries == 0)
        db->waits_since = milliseconds();
    nanosleep(&moment, NULL);
    return milliseconds() - db->waits_since < BUSY_MS;
}

static bool prepare_file(struct wb_db *db, enum wb_store_mode mode, struct wb_status *status)
{
    int version;
    sqlite3_busy_handler(db->file, wait_a_moment, db);
    if (!script(db, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY", status) ||
        !identify(db, &version, status))
        return false;
    if (mode == WB_STORE_READ) {
        if (version != wb_schema_version())
            return wb_trouble(status,
                              "%s: it is of version %d and this program of %d: open it for "
                              "writing once",
                              db->path, version, wb_schema_version());
        return script(db, "PRAGMA mmap_size = 268435456", status);
    }
    if (sqlite3_db_readonly(db->file, "main") == 1) /* and would stay so when the trouble is gone */
        return wb_trouble(status, "%s: it may not be written", db->path);
    return script(db,
                  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                  "PRAGMA secure_delete = ON; PRAGMA cache_size = -131072;"
                  "PRAGMA wal_autocheckpoint = 32768",
                  status) &&
           migrate(db, version, status);
}

/*
 * Mails of others: nobody else reads them. The log of a file gets the file's permissions. Only a
 * new file is opened here: closing one that is in use would take the locks of this process away.
 */
static bool make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd >= 0 && close(fd) == 0;
}

static struct wb_db *sqlite_open(const char *url, enum wb_store_mode mode, struct wb_status *status)
{
    const char *path = strchr(url, ':') + 1;
    int flags = SQLITE_OPEN_NOMUTEX |
                (mode == WB_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    if (access(path, F_OK) != 0 && (mode == WB_STORE_READ || !make_private(path))) {
        wb_trouble(status, "%s: %s", path,
                   errno == ENOENT && mode == WB_STORE_READ ? "there is no store"
                                                            : strerror(errno));
        return NULL;
    }
    struct wb_db *db = calloc(1, sizeof *db + strlen(path) + 1);
    WB_CHECK(db != NULL);
    memcpy(db->path, path, strlen(path) + 1);
    if (sqlite3_open_v2(path, &db->file, flags, NULL) != SQLITE_OK)
        trouble(db, status);
    else if (prepare_file(db, mode, status))
        return db;
    sqlite_close(db);
    return NULL;
}

static bool sqlite_backup(struct wb_db *db, const char *path, struct wb_status *status)
{
    static const struct wb_sql copy = {"VACUUM INTO $1", NULL, "t", ""};
    struct wb_rows rows = {0};
    if (!make_private(path))
        return wb_trouble(status, "%s: %m", path);
    wb_rows_text(&rows, wb_slice_str(path));
    bool ok = sqlite_run(db, &copy, &rows, NULL, status);
    wb_buf_free(&rows.cells);
    if (!ok) /* half a copy is none, and would be in the way of the next one */
        unlink(path);
    return ok;
}

WB_DRIVER(sqlite, "sqlite");
