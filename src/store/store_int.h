/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the store share: the store itself, and small steps that all take. */
#ifndef WB_STORE_INT_H
#define WB_STORE_INT_H

#include "db.h"
#include "map.h"
#include "pack.h"
#include "room.h"

/* Which number a report, a name, an address or a line of the audit gets next. */
enum wb_counter { WB_NEXT_REPORT, WB_NEXT_NAME, WB_NEXT_ADDRESS, WB_NEXT_AUDIT, WB_COUNTERS };

/* A report as the columns of its row. */
struct wb_report_numbers {
    int64_t at;
    int64_t kind, proof, cause, provider, domain, remote_mta; /* 0: absent */
};

struct wb_store {
    const struct wb_driver *driver;
    struct wb_db *db;
    struct wb_packer *packer;
    struct wb_packer *thread_packer; /* of the thread that packs what is added: add.c */
    struct wb_room thread_room;
    bool writing;        /* between begin and commit or undo */
    bool has_forgotten;  /* what is left of it is to be wiped after the commit */
    struct wb_map names; /* ids of names that were met; 0: asked for and not known yet */
    struct wb_room room; /* of the call */
    int64_t next[WB_COUNTERS];
    int64_t first_hour;      /* older reports are counted by the day only */
    struct wb_map counts;    /* of the batch: rollup.c */
    struct wb_map templates; /* of the batch; places in template_rows: template.c */
    struct wb_buf template_rows;
    const struct wb_teller *teller; /* NULL: nobody is told */
    struct wb_rows notices;         /* of the batch: notice.c */
    struct wb_room notice_room;     /* their texts */
};

/* A report's key in the tables: schema.c. Times outside of what fits become the nearest. */
enum { WB_KEY_BITS = 28 };
int64_t wb_report_key(int64_t at, int64_t number);
static inline int64_t wb_key_time(int64_t key)
{
    return key >> WB_KEY_BITS;
}

/* 32 hexadecimal digits as 16 bytes. */
bool wb_id_bytes(struct wb_slice hex, unsigned char out[16]);
struct wb_slice wb_id_hex(struct wb_slice bytes, char out[32]);
/* What is kept of a failure key: its first 63 bits; 0 for none. */
int64_t wb_failure_number(struct wb_slice failure_key);

/* As it is kept: UTF-8 without NUL, at most so many bytes, in the room. */
struct wb_slice wb_clean_text(struct wb_room *room, struct wb_slice s, size_t most);
/* An address as it is compared: clean, in lower case; its domain, empty when it has none. */
struct wb_slice wb_plain_address(struct wb_room *room, struct wb_slice address,
                                 struct wb_slice *domain_out);

/* The names in wanted (slices), known or made; then wb_name_id tells their numbers. */
void wb_name_want(struct wb_store *store, struct wb_slice name);
bool wb_names_resolve(struct wb_store *store, struct wb_status *status);
/* 0: the empty name. */
int64_t wb_name_id(struct wb_store *store, struct wb_slice name);

/* One row of one statement: `run` and `find` with cells that stand in the code. */
bool wb_run_one(struct wb_store *store, const struct wb_sql *sql, const struct wb_cell *cells,
                struct wb_status *status);
bool wb_find_one(struct wb_store *store, const struct wb_sql *sql, const struct wb_cell *cells,
                 wb_row_callback callback, void *own, struct wb_status *status);
#define WB_INT(n)  ((struct wb_cell){.i = (n)})
#define WB_ID(n)   ((struct wb_cell){.i = (n), .null = (n) == 0})
#define WB_TEXT(t) ((struct wb_cell){.s = (t)})
/* A wb_row_callback: the number in the first column into the int64_t at own. */
bool wb_take_number(void *own, size_t key, const struct wb_cell *row);

/* What tellers put in this batch: notice.c. */
bool wb_notices_write(struct wb_store *store, struct wb_status *status);
/* The same in the middle of a large batch, when there are many. */
bool wb_notices_flush(struct wb_store *store, struct wb_status *status);
void wb_notices_clear(struct wb_store *store);

/* A failed call undoes the batch: `return wb_give_up(store)`. */
bool wb_give_up(struct wb_store *store);

#endif
