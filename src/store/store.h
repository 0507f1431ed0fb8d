/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where reports are kept: one interface, two databases. A store is named by a URL:
 * "sqlite:/var/lib/whybounce/store.db" or "postgresql://user@host/name".
 *
 * Threads. One thread at a time writes through a store. Any number of threads read, each through
 * a store of its own that was opened with WB_STORE_READ.
 *
 * Ownership. Slices that go in are borrowed for the call. What a read call hands to its callback
 * is valid until the callback returns; a callback that returns false ends the reading.
 *
 * Errors. Trouble of the world (full disk, lost connection, a file that may not be written) is a
 * status with one sentence; the batch that met it is undone, and the store works again when the
 * trouble is gone. Nothing counts as kept before wb_store_commit has returned true.
 */
#ifndef WB_STORE_H
#define WB_STORE_H

#include <stdbool.h>

#include "policy.h"
#include "record.h"
#include "status.h"

struct wb_store;

enum wb_store_mode {
    WB_STORE_WRITE, /* makes it where there is none, and brings an old one up to date */
    WB_STORE_READ,
};

struct wb_store *wb_store_open(const char *url, enum wb_store_mode mode, struct wb_status *status);
void wb_store_close(struct wb_store *store);

/* ---- writing ---- */

/* What happened to each message of a batch. */
struct wb_added {
    unsigned reports;    /* new ones */
    unsigned duplicates; /* that were there before */
    unsigned changes;    /* addresses whose state changed */
};

bool wb_store_begin(struct wb_store *store, struct wb_status *status);
bool wb_store_add(struct wb_store *store, const struct wb_message *message,
                  const struct wb_policy *policy, struct wb_added *added,
                  struct wb_status *status);
/* A delivery to this address: its strikes are forgotten. From logs; at is Unix time. */
bool wb_store_delivered(struct wb_store *store, struct wb_slice address, int64_t at,
                        struct wb_status *status);
bool wb_store_commit(struct wb_store *store, struct wb_status *status);
void wb_store_undo(struct wb_store *store);

/* ---- reading reports ---- */

struct wb_filter {
    int64_t from, to; /* Unix time, to is exclusive; 0: open */
    struct wb_slice cause, domain, provider, address, kind, remote_mta; /* empty: any */
    struct wb_slice words;                                              /* in the diagnostic */
};

/* Where a page ended: of the newest first. 0,0 is the first page. */
struct wb_cursor {
    int64_t at, id;
};

/* The fields of a record that lists show; the document is read with wb_store_report. */
typedef bool (*wb_event_callback)(void *own, const struct wb_record *record,
                                  struct wb_cursor place);
bool wb_store_events(struct wb_store *store, const struct wb_filter *filter,
                     struct wb_cursor after, unsigned limit, wb_event_callback callback, void *own,
                     struct wb_status *status);

/* One report with its document; found says whether there is one. */
bool wb_store_report(struct wb_store *store, struct wb_slice report_id,
                     wb_event_callback callback, void *own, bool *found, struct wb_status *status);
/* The mail that it stood in, as far as it is kept. Unpacked; appended to out. */
bool wb_store_raw(struct wb_store *store, struct wb_slice report_id, struct wb_buf *out,
                  bool *found, struct wb_status *status);
/* Every report of one failure: delay, failure, delivery. */
bool wb_store_history(struct wb_store *store, struct wb_slice failure_key,
                      wb_event_callback callback, void *own, struct wb_status *status);

/* ---- statistics, from roll-ups ---- */

enum wb_by { WB_BY_CAUSE, WB_BY_PROVIDER, WB_BY_DOMAIN, WB_BY_REMOTE_MTA, WB_BY_KIND };
enum wb_step { WB_STEP_HOUR, WB_STEP_DAY };

/* time is the start of the step; in the order of time. */
typedef bool (*wb_count_callback)(void *own, int64_t time, struct wb_slice name, uint64_t count);
bool wb_store_statistics(struct wb_store *store, const struct wb_filter *filter, enum wb_by by,
                         enum wb_step step, wb_count_callback callback, void *own,
                         struct wb_status *status);

/* ---- addresses ---- */

struct wb_address_row {
    struct wb_slice address;
    enum wb_address_state state;
    int64_t since, until; /* 0: no end */
    unsigned strikes, pauses;
    int64_t last_failure, last_delivery;
    struct wb_slice cause, why; /* of the state: the cause, and a report_id or the reason given */
};

typedef bool (*wb_address_callback)(void *own, const struct wb_address_row *row,
                                    struct wb_cursor place);
/* state < 0: any; words: a piece of the address. */
bool wb_store_addresses(struct wb_store *store, int state, struct wb_slice words,
                        struct wb_cursor after, unsigned limit, wb_address_callback callback,
                        void *own, struct wb_status *status);
/* The rows of the addresses that are known, of many at once. */
bool wb_store_lookup(struct wb_store *store, const struct wb_slice *addresses, size_t n,
                     wb_address_callback callback, void *own, struct wb_status *status);
/* By hand, within begin and commit. who is a user or token, reason a sentence. */
bool wb_store_set_state(struct wb_store *store, struct wb_slice address,
                        enum wb_address_state state, int64_t until, struct wb_slice who,
                        struct wb_slice reason, struct wb_status *status);
/* Everything about this address goes: reports, mails with no other recipient, history. */
bool wb_store_forget(struct wb_store *store, struct wb_slice address, struct wb_slice who,
                     uint64_t *rows, struct wb_status *status);

struct wb_audit_row {
    int64_t at;
    struct wb_slice who, action, address, before, after, why;
};
typedef bool (*wb_audit_callback)(void *own, const struct wb_audit_row *row,
                                  struct wb_cursor place);
/* address empty: of all. */
bool wb_store_audit(struct wb_store *store, struct wb_slice address, struct wb_cursor after,
                    unsigned limit, wb_audit_callback callback, void *own,
                    struct wb_status *status);

/* ---- the unknown ---- */

typedef bool (*wb_template_callback)(void *own, struct wb_slice template, uint64_t count,
                                     int64_t first, int64_t last, struct wb_slice report_id);
/* Diagnostics without a cause, with what changes in them taken out; the most frequent first. */
bool wb_store_templates(struct wb_store *store, unsigned limit, wb_template_callback callback,
                        void *own, struct wb_status *status);

/* ---- tokens; only their SHA-256 is kept ---- */

struct wb_token_row {
    int64_t id, created, last_used; /* Unix time; last_used 0: never */
    struct wb_slice name;
    unsigned scopes; /* the bits of the caller */
    bool revoked;
};
typedef bool (*wb_token_callback)(void *own, const struct wb_token_row *row);
bool wb_store_token_add(struct wb_store *store, struct wb_slice name, unsigned scopes,
                        const unsigned char sha256[32], int64_t *id_out, struct wb_status *status);
bool wb_store_token_revoke(struct wb_store *store, int64_t id, bool *found,
                           struct wb_status *status);
bool wb_store_tokens(struct wb_store *store, wb_token_callback callback, void *own,
                     struct wb_status *status);
/* The one that is not revoked. */
bool wb_store_token_find(struct wb_store *store, const unsigned char sha256[32],
                         wb_token_callback callback, void *own, bool *found,
                         struct wb_status *status);

/* ---- keeping house ---- */

/* Mails older than raw_days and reports older than days go; 0 keeps them for ever. */
bool wb_store_retain(struct wb_store *store, unsigned raw_days, unsigned days, uint64_t *rows,
                     struct wb_status *status);
/* A copy while others write (SQLite: a file; PostgreSQL says to use pg_dump). */
bool wb_store_backup(struct wb_store *store, const char *path, struct wb_status *status);
/* Every mail that is kept, oldest first, for reclassifying. */
typedef bool (*wb_raw_callback)(void *own, struct wb_slice raw, struct wb_slice source);
bool wb_store_mails(struct wb_store *store, wb_raw_callback callback, void *own,
                    struct wb_status *status);

#endif
