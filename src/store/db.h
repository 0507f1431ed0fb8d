/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the store asks of a database, and all that it knows of one. The rules of the store stand
 * above, once; a driver (sqlite.c, postgres.c) only carries statements and rows.
 *
 * Statements run for many rows at once: SQLite takes them one by one, PostgreSQL as arrays in one
 * go, with a text of its own. All values are bound, none is ever part of a text.
 *
 * Every call may meet trouble of the world: false and one sentence. Then the transaction is to be
 * rolled back; nothing else may be asked before.
 */
#ifndef WB_DB_H
#define WB_DB_H

#include "buf.h"
#include "store.h"

enum { WB_SQL_PARAMETERS = 16, WB_SQL_STATEMENTS = 192 };

/*
 * Types: i a whole number, t a text (UTF-8 without NUL), b bytes. Parameters are $1, $2 ... in
 * both. A text for PostgreSQL with unnest takes arrays, the same for all rows at once; where it
 * gives rows, the number of the row that asked (from 1) is the first column.
 */
struct wb_sql {
    const char *sqlite;
    const char *postgres; /* NULL: the same text */
    const char *in, *out; /* types of the parameters and of the columns that it gives */
};

struct wb_cell {
    struct wb_slice s; /* t, b */
    int64_t i;         /* i */
    bool null;
};

/* Parameters of a statement, row by row; texts are borrowed. Zero is empty. */
struct wb_rows {
    struct wb_buf cells;
};

/* The columns of a row that was found; key is the number of the row that asked, from 0. */
typedef bool (*wb_row_callback)(void *own, size_t key, const struct wb_cell *row);

struct wb_db;

struct wb_driver {
    const char *scheme; /* of the URL: "sqlite" */
    struct wb_db *(*open)(const char *url, enum wb_store_mode mode, struct wb_status *status);
    void (*close)(struct wb_db *db);
    /* Once for each row; changed_out, when not NULL, is how many rows of tables it changed. */
    bool (*run)(struct wb_db *db, const struct wb_sql *sql, const struct wb_rows *rows,
                uint64_t *changed_out, struct wb_status *status);
    /* All that each row finds; a callback that returns false ends it, which is no trouble. */
    bool (*find)(struct wb_db *db, const struct wb_sql *sql, const struct wb_rows *rows,
                 wb_row_callback callback, void *own, struct wb_status *status);
    /* Waits until no other writes. */
    bool (*begin)(struct wb_db *db, struct wb_status *status);
    bool (*commit)(struct wb_db *db, struct wb_status *status);
    void (*undo)(struct wb_db *db);
    /* Wipes what is left of rows that are gone; false: not now, somebody still reads it. */
    bool (*wipe)(struct wb_db *db);
    bool (*backup)(struct wb_db *db, const char *path, struct wb_status *status);
};

#define WB_DRIVERS(X)                                                                              \
    X(sqlite)                                                                                      \
    X(postgres)
#define X(name) extern const struct wb_driver wb_driver_##name;
WB_DRIVERS(X)
#undef X

/* The driver of a file whose functions have its name in front of theirs. */
#define WB_DRIVER(name, scheme)                                                                    \
    const struct wb_driver wb_driver_##name = {                                                    \
        scheme,       name##_open,   name##_close, name##_run,  name##_find,                       \
        name##_begin, name##_commit, name##_undo,  name##_wipe, name##_backup}

static inline void wb_rows_put(struct wb_rows *rows, struct wb_cell cell)
{
    wb_buf_put(&rows->cells, wb_slice((const char *)&cell, sizeof cell));
}

static inline void wb_rows_int(struct wb_rows *rows, int64_t i)
{
    wb_rows_put(rows, (struct wb_cell){.i = i});
}

static inline void wb_rows_text(struct wb_rows *rows, struct wb_slice s)
{
    wb_rows_put(rows, (struct wb_cell){.s = s});
}

/* 0 stands for absent. */
static inline void wb_rows_id(struct wb_rows *rows, int64_t id)
{
    wb_rows_put(rows, (struct wb_cell){.i = id, .null = id == 0});
}

static inline void wb_rows_clear(struct wb_rows *rows)
{
    wb_buf_clear(&rows->cells);
}

static inline const struct wb_cell *wb_rows_cells(const struct wb_rows *rows)
{
    return (const struct wb_cell *)(const void *)rows->cells.p;
}

/* How many rows for this statement; one without parameters runs once. */
static inline size_t wb_rows_count(const struct wb_rows *rows, const struct wb_sql *sql)
{
    size_t columns = strlen(sql->in);
    return columns ? rows->cells.n / sizeof(struct wb_cell) / columns : 1;
}

#endif
