/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in PostgreSQL, in a database of its own. Batches go over as arrays: one statement for
 * all rows. Values go and come in binary form. One writer at a time, by an advisory lock.
 *
 * A connection that was lost is opened again with the next statement outside of a transaction.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "db.h"
#include "schema.h"

enum { OID_INT = 20, OID_TEXT = 25, OID_BYTES = 17 };
enum { OID_INTS = 1016, OID_TEXTS = 1009, OID_BYTESES = 1001 };
enum { LOCK = 0x57424e43 /* any number that nobody else uses */ };

struct wb_db {
    PGconn *conn;
    enum wb_store_mode mode;
    bool in_transaction;
    const struct wb_sql *prepared[WB_SQL_STATEMENTS];
    struct wb_buf values[WB_SQL_PARAMETERS];
    struct wb_cell row[WB_SQL_PARAMETERS];
};

/* ---- trouble ---- */

/* libpq's complaint is of several lines; the first one says it. */
static bool trouble(struct wb_db *db, const PGresult *result, struct wb_status *status)
{
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    struct wb_slice all = wb_slice_str(text ? text : PQerrorMessage(db->conn)), line;
    if (!wb_slice_line(&all, &line) || !line.n)
        line = WB_S("it does not answer");
    return wb_trouble(status, "PostgreSQL: %.*s", WB_F(line));
}

static bool script(struct wb_db *db, const char *text, struct wb_status *status)
{
    PGresult *result = PQexec(db->conn, text);
    ExecStatusType code = PQresultStatus(result);
    bool ok = code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK;
    if (!ok)
        trouble(db, result, status);
    PQclear(result);
    return ok;
}

static void ignore_notice(void *own, const PGresult *result)
{
    (void)own, (void)result;
}

/* As long as for SQLite's file, where the database, the role or the URL do not say how long. */
#define WAIT_FOR_OTHERS                                                                            \
    "SELECT set_config('lock_timeout', '20s', false) WHERE current_setting('lock_timeout') = '0'"

/* What holds for each connection. */
static bool greet(struct wb_db *db, struct wb_status *status)
{
    memset(db->prepared, 0, sizeof db->prepared);
    PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return trouble(db, NULL, status);
    return script(db,
                  db->mode == WB_STORE_READ
                      ? "SET client_encoding = 'UTF8'; SET default_transaction_read_only = on"
                      : "SET client_encoding = 'UTF8';" WAIT_FOR_OTHERS,
                  status);
}

static bool connected(struct wb_db *db, struct wb_status *status)
{
    if (PQstatus(db->conn) == CONNECTION_OK)
        return true;
    if (db->in_transaction)
        return trouble(db, NULL, status);
    PQreset(db->conn);
    return greet(db, status);
}

/* ---- values ---- */

static void put_int(struct wb_buf *out, int64_t n, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        wb_buf_byte(out, (char)((uint64_t)n >> shift));
}

static int64_t get_int(const char *p, int bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < bytes; i++)
        n = n << 8 | (unsigned char)p[i];
    return bytes == 4 ? (int32_t)n : (int64_t)n;
}

static void put_value(struct wb_buf *out, char type, const struct wb_cell *cell)
{
    if (type == 'i')
        put_int(out, cell->i, 8);
    else
        wb_buf_put(out, cell->s);
}

static size_t size_of(char type, const struct wb_cell *cell)
{
    return type == 'i' ? 8 : cell->s.n;
}

static Oid type_of(char type, bool is_array)
{
    switch (type) {
    case 'i': return is_array ? OID_INTS : OID_INT;
    case 't': return is_array ? OID_TEXTS : OID_TEXT;
    default: return is_array ? OID_BYTESES : OID_BYTES;
    }
}

/* A column of all rows: dimensions, has nulls, type, length, lower bound; then each value. */
static void put_array(struct wb_buf *out, char type, const struct wb_cell *cells, size_t columns,
                      size_t n)
{
    put_int(out, 1, 4);
    put_int(out, 1, 4);
    put_int(out, (int64_t)type_of(type, false), 4);
    put_int(out, (int64_t)n, 4);
    put_int(out, 1, 4);
    for (size_t i = 0; i < n; i++) {
        const struct wb_cell *cell = cells + i * columns;
        put_int(out, cell->null ? -1 : (int64_t)size_of(type, cell), 4);
        if (!cell->null)
            put_value(out, type, cell);
    }
}

/* ---- statements ---- */

static const char *text_of(const struct wb_sql *sql)
{
    return sql->postgres ? sql->postgres : sql->sqlite;
}

static bool takes_arrays(const struct wb_sql *sql)
{
    return strstr(text_of(sql), "unnest(") != NULL;
}

static void name_of(const struct wb_sql *sql, char name[32])
{
    snprintf(name, 32, "s%zx", (size_t)(uintptr_t)sql);
}

static bool prepare(struct wb_db *db, const struct wb_sql *sql, struct wb_status *status)
{
    size_t at = ((uintptr_t)sql / sizeof *sql) % WB_SQL_STATEMENTS, tried = 0;
    for (; db->prepared[at] && tried < WB_SQL_STATEMENTS; tried++) {
        if (db->prepared[at] == sql)
            return true;
        at = (at + 1) % WB_SQL_STATEMENTS;
    }
    WB_CHECK(tried < WB_SQL_STATEMENTS);
    Oid types[WB_SQL_PARAMETERS];
    char name[32];
    int n = (int)strlen(sql->in);
    for (int i = 0; i < n; i++)
        types[i] = type_of(sql->in[i], takes_arrays(sql));
    name_of(sql, name);
    PGresult *result = PQprepare(db->conn, name, text_of(sql), n, types);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (ok)
        db->prepared[at] = sql;
    else
        trouble(db, result, status);
    PQclear(result);
    return ok;
}

/* Executes for n rows as arrays, or for the one row at cells. NULL: trouble. */
static PGresult *execute(struct wb_db *db, const struct wb_sql *sql, const struct wb_cell *cells,
                         size_t n, struct wb_status *status)
{
    const char *values[WB_SQL_PARAMETERS];
    int lengths[WB_SQL_PARAMETERS], formats[WB_SQL_PARAMETERS];
    size_t columns = strlen(sql->in);
    char name[32];
    if (!prepare(db, sql, status))
        return NULL;
    for (size_t i = 0; i < columns; i++) {
        struct wb_buf *value = db->values + i;
        wb_buf_clear(value);
        wb_buf_reserve(value, 1);
        if (takes_arrays(sql))
            put_array(value, sql->in[i], cells + i, columns, n);
        else
            put_value(value, sql->in[i], cells + i);
        bool is_null = !takes_arrays(sql) && cells[i].null;
        values[i] = is_null ? NULL : value->p;
        lengths[i] = (int)value->n;
        formats[i] = 1;
    }
    name_of(sql, name);
    PGresult *result = PQexecPrepared(db->conn, name, (int)columns, values, lengths, formats, 1);
    ExecStatusType code = PQresultStatus(result);
    if (code == PGRES_TUPLES_OK || code == PGRES_COMMAND_OK)
        return result;
    trouble(db, result, status);
    PQclear(result);
    return NULL;
}

/* The same; a connection that is found to be lost is opened again, but not within a batch. */
static PGresult *ask(struct wb_db *db, const struct wb_sql *sql, const struct wb_cell *cells,
                     size_t n, struct wb_status *status)
{
    if (!connected(db, status))
        return NULL;
    PGresult *result = execute(db, sql, cells, n, status);
    if (!result && PQstatus(db->conn) != CONNECTION_OK && !db->in_transaction &&
        connected(db, status))
        result = execute(db, sql, cells, n, status);
    return result;
}

static bool postgres_run(struct wb_db *db, const struct wb_sql *sql, const struct wb_rows *rows,
                         uint64_t *changed_out, struct wb_status *status)
{
    size_t columns = strlen(sql->in), n = wb_rows_count(rows, sql);
    size_t times = takes_arrays(sql) && n ? 1 : n;
    uint64_t changed = 0;
    for (size_t i = 0; i < times; i++) {
        PGresult *result = ask(db, sql, wb_rows_cells(rows) + i * columns, n, status);
        if (!result)
            return false;
        changed += strtoull(PQcmdTuples(result), NULL, 10);
        PQclear(result);
    }
    if (changed_out)
        *changed_out = changed;
    return true;
}

static void read_row(struct wb_db *db, const PGresult *result, int row, int first,
                     const char *types)
{
    for (int i = 0; types[i]; i++) {
        const char *p = PQgetvalue(result, row, first + i);
        int n = PQgetlength(result, row, first + i);
        bool is_null = PQgetisnull(result, row, first + i);
        db->row[i] = (struct wb_cell){.null = is_null};
        if (types[i] == 'i')
            db->row[i].i = is_null ? 0 : get_int(p, n);
        else
            db->row[i].s = is_null ? WB_NONE : wb_slice(p, (size_t)n);
    }
}

static bool postgres_find(struct wb_db *db, const struct wb_sql *sql, const struct wb_rows *rows,
                          wb_row_callback callback, void *own, struct wb_status *status)
{
    size_t columns = strlen(sql->in), n = wb_rows_count(rows, sql);
    bool is_keyed = takes_arrays(sql), more = true;
    size_t times = is_keyed && n ? 1 : n;
    for (size_t i = 0; i < times && more; i++) {
        PGresult *result = ask(db, sql, wb_rows_cells(rows) + i * columns, n, status);
        if (!result)
            return false;
        for (int row = 0; row < PQntuples(result) && more; row++) {
            size_t key = is_keyed ? (size_t)get_int(PQgetvalue(result, row, 0), 8) - 1 : i;
            read_row(db, result, row, is_keyed, sql->out);
            more = callback(own, key, db->row);
        }
        PQclear(result);
    }
    return true;
}

/* ---- transactions ---- */

static bool postgres_begin(struct wb_db *db, struct wb_status *status)
{
    char text[80];
    snprintf(text, sizeof text, "BEGIN; SELECT pg_advisory_xact_lock(%d)", LOCK);
    if (!connected(db, status))
        return false;
    if (!script(db, text, status) && (PQstatus(db->conn) == CONNECTION_OK ||
                                      !connected(db, status) || !script(db, text, status))) {
        script(db, "ROLLBACK", &(struct wb_status){0});
        return false;
    }
    db->in_transaction = true;
    return true;
}

static bool postgres_commit(struct wb_db *db, struct wb_status *status)
{
    /* COMMIT of a transaction that has failed answers ROLLBACK and calls it a success */
    if (PQtransactionStatus(db->conn) != PQTRANS_INTRANS)
        return wb_trouble(status, "PostgreSQL: the batch has failed before");
    if (!script(db, "COMMIT", status))
        return false;
    db->in_transaction = false;
    return true;
}

static void postgres_undo(struct wb_db *db)
{
    if (PQstatus(db->conn) == CONNECTION_OK)
        script(db, "ROLLBACK", &(struct wb_status){0});
    db->in_transaction = false;
}

/* Autovacuum does it; the bytes in the files go when their space is used again. */
static bool postgres_wipe(struct wb_db *db)
{
    (void)db;
    return true;
}

static bool postgres_backup(struct wb_db *db, const char *path, struct wb_status *status)
{
    (void)db;
    return wb_trouble(status,
                      "a store in PostgreSQL is copied by pg_dump: pg_dump --format=custom "
                      "--file=%s URL",
                      path);
}

/* ---- opening ---- */

static void postgres_close(struct wb_db *db)
{
    PQfinish(db->conn);
    for (size_t i = 0; i < WB_SQL_PARAMETERS; i++)
        wb_buf_free(&db->values[i]);
    free(db);
}

/* 0: nothing is there yet. */
static bool read_version(struct wb_db *db, int *version, struct wb_status *status)
{
    PGresult *result = PQexec(db->conn, "SELECT coalesce((SELECT value FROM counters"
                                        " WHERE name = 'version'), 0)");
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool is_missing = state && strcmp(state, "42P01") == 0; /* undefined_table */
    bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;
    *version = ok ? (int)strtol(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    if (!ok && !is_missing)
        trouble(db, result, status);
    PQclear(result);
    return ok || is_missing;
}

/* What zstd has packed is not packed once more. */
static const char as_it_is[] = "ALTER TABLE mails ALTER COLUMN raw SET STORAGE EXTERNAL;"
                               "ALTER TABLE reports ALTER COLUMN body SET STORAGE EXTERNAL;";

static bool step(struct wb_db *db, int version, struct wb_status *status)
{
    static const struct wb_schema_word words[] = {
        {"INTEGER", "bigint"},
        {"BLOB", "bytea"},
        {"TEXT", "text COLLATE \"C\""},
        {"IDENTITY", "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"},
        {" WITHOUT ROWID", ""},
        {0}};
    struct wb_buf text = {0};
    wb_schema_step(version, words, &text);
    text.n--;
    if (version == 0)
        wb_buf_put(&text, wb_slice_str(as_it_is));
    wb_buf_printf(&text,
                  "INSERT INTO counters VALUES ('version', %d)"
                  " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                  version + 1);
    wb_buf_byte(&text, '\0');
    bool ok = script(db, text.p, status);
    wb_buf_free(&text);
    return ok;
}

static bool migrate(struct wb_db *db, struct wb_status *status)
{
    int version;
    do {
        /* asked for before the transaction: a table that is missing would end it */
        if (!read_version(db, &version, status) ||
            !wb_schema_known("PostgreSQL", version, status) || !postgres_begin(db, status))
            return false;
        PGresult *there = PQexec(db->conn, "SELECT to_regclass('counters') IS NOT NULL");
        bool is_there = PQntuples(there) == 1 && PQgetvalue(there, 0, 0)[0] == 't';
        PQclear(there);
        if (is_there && !read_version(db, &version, status))
            version = -1; /* the status says it */
        bool is_due = version >= 0 && version < wb_schema_version();
        if (version < 0 || (is_due && !step(db, version, status)) || !postgres_commit(db, status)) {
            postgres_undo(db);
            return false;
        }
    } while (version + 1 < wb_schema_version());
    return true;
}

static bool check(struct wb_db *db, struct wb_status *status)
{
    int version;
    if (!read_version(db, &version, status) || !wb_schema_known("PostgreSQL", version, status))
        return false;
    if (version == 0)
        return wb_trouble(status, "PostgreSQL: there is no store in this database");
    return version == wb_schema_version() ||
           wb_trouble(status,
                      "PostgreSQL: the store is of version %d and this program of %d: open it"
                      " for writing once",
                      version, wb_schema_version());
}

static struct wb_db *postgres_open(const char *url, enum wb_store_mode mode,
                                   struct wb_status *status)
{
    struct wb_db *db = calloc(1, sizeof *db);
    WB_CHECK(db != NULL);
    db->mode = mode;
    db->conn = PQconnectdb(url);
    if (greet(db, status) && (mode == WB_STORE_READ ? check(db, status) : migrate(db, status)))
        return db;
    postgres_close(db);
    return NULL;
}

WB_DRIVER(postgres, "postgresql");
