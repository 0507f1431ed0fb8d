/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the store share: a fresh store, by default in a file of SQLite, in PostgreSQL
 * when WHYBOUNCE_POSTGRES names a server (test/postgres.py), and small steps.
 */
#ifndef WB_STORE_KIT_H
#define WB_STORE_KIT_H

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

#include "made_reports.h"
#include "store.h"
#include "store_address.h"
#include "store_keep.h"
#include "store_notice.h"
#include "store_read.h"
#include "store_token.h"

enum { DAY = 86400 };
static const int64_t KIT_T0 = 1772000000; /* 2026-02-25T06:13:20Z */

static struct wb_status kit_status;
static char kit_folder[100], kit_url[300], kit_file[200];
static struct wb_policy *kit_policy;
enum { KIT_MADE = 3000 };
/* Of made reports, within the time for which hours are counted: kit_open says from when on. */
static struct made_shape kit_shape = {
    .per_second = 0.002, .domains = 40, .servers = 60, .providers = 6};

#define OK(call)                                                                                   \
    do {                                                                                           \
        kit_status.text[0] = '\0';                                                                 \
        if (!(call)) {                                                                             \
            print_error("%s: %s\n", #call, kit_status.text);                                       \
            _fail(__FILE__, __LINE__);                                                             \
        }                                                                                          \
    } while (0)
#define S       &kit_status
#define T(text) wb_slice_str(text)

static inline bool kit_is_postgres(void)
{
    return getenv("WHYBOUNCE_POSTGRES") != NULL;
}

static inline void kit_postgres(const char *sql)
{
    PGconn *conn = PQconnectdb(getenv("WHYBOUNCE_POSTGRES"));
    PGresult *result = PQexec(conn, "SET client_min_messages = error");
    PQclear(result);
    result = PQexec(conn, sql);
    ExecStatusType code = PQresultStatus(result);
    if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}

static inline void kit_sqlite(const char *path, const char *sql)
{
    sqlite3 *file;
    char *why = NULL;
    assert_int_equal(sqlite3_open(path, &file), SQLITE_OK);
    if (sqlite3_exec(file, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    sqlite3_close(file);
}

/* Behind the back of the store. */
static inline void kit_execute(const char *sql)
{
    if (kit_is_postgres())
        kit_postgres(sql);
    else
        kit_sqlite(kit_file, sql);
}

/* The folder of the tests' files; all of it goes at the end. */
static inline void kit_remove(void)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", kit_folder);
    if (*kit_folder && system(command) != 0)
        fprintf(stderr, "%s could not be removed\n", kit_folder);
    wb_policy_free(kit_policy);
}

static inline void kit_open(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(kit_folder, sizeof kit_folder, "%s/wb-store.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(kit_folder))
        abort();
    atexit(kit_remove);
    snprintf(kit_file, sizeof kit_file, "%s/store.db", kit_folder);
    if (kit_is_postgres())
        snprintf(kit_url, sizeof kit_url, "%s", getenv("WHYBOUNCE_POSTGRES"));
    else
        snprintf(kit_url, sizeof kit_url, "sqlite:%s", kit_file);
    kit_shape.first = time(NULL) - 20 * DAY;
    kit_policy = wb_policy_open(NULL, &kit_status);
    if (!kit_policy)
        fprintf(stderr, "%s\n", kit_status.text), abort();
}

static inline void kit_fresh(void)
{
    char other[220];
    if (kit_is_postgres()) {
        kit_postgres("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        return;
    }
    unlink(kit_file);
    snprintf(other, sizeof other, "%s-wal", kit_file);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", kit_file);
    unlink(other);
}

static inline struct wb_store *kit_again(enum wb_store_mode mode)
{
    struct wb_store *store = wb_store_open(kit_url, mode, S);
    if (!store)
        fail_msg("%s", kit_status.text);
    return store;
}

static inline struct wb_store *kit_store(void)
{
    kit_fresh();
    return kit_again(WB_STORE_WRITE);
}

/* A batch of one message; what was added. */
static inline struct wb_added kit_add(struct wb_store *store, const struct wb_message *message)
{
    struct wb_added added;
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, message, 1, kit_policy, &added, S));
    OK(wb_store_commit(store, S));
    return added;
}

/* n made reports, in batches; the caller frees them. */
static inline struct made *kit_made(struct wb_store *store, const struct made_shape *shape,
                                    size_t n)
{
    struct made *made = malloc(n * sizeof *made);
    struct wb_message messages[100];
    for (size_t first = 0; first < n; first += 100) {
        size_t count = n - first < 100 ? n - first : 100;
        for (size_t i = 0; i < count; i++) {
            made_report(made + first + i, shape, first + i);
            messages[i] = made[first + i].message;
            messages[i].records = &made[first + i].record;
        }
        OK(wb_store_begin(store, S));
        OK(wb_store_add(store, messages, count, NULL, NULL, S));
        OK(wb_store_commit(store, S));
    }
    return made;
}

static inline struct wb_slice kit_domain(struct wb_slice address)
{
    return wb_slice_from(address, wb_slice_chr(address, '@') + 1);
}

/* Empty: any. */
static inline bool kit_has(struct wb_slice want, struct wb_slice got)
{
    return !want.n || wb_slice_eqi(want, got);
}

/* Different ids out of a number. */
static inline struct wb_slice kit_id(char out[33], unsigned n)
{
    snprintf(out, 33, "%08x%016x%08x", n * 2654435761u, n ^ 77, n);
    return wb_slice(out, 32);
}

/* Keeps copies of what a page shows. */
struct kit_page {
    size_t n, pages;
    struct wb_cursor next;
    struct {
        char report_id[33];
        char cause[40];
        int64_t at;
    } rows[3000];
};

static inline bool kit_take(void *own, const struct wb_record *record, struct wb_cursor place)
{
    struct kit_page *page = own;
    (void)place;
    if (page->n == sizeof page->rows / sizeof page->rows[0])
        abort();
    snprintf(page->rows[page->n].report_id, 33, "%.*s", WB_F(record->report_id));
    snprintf(page->rows[page->n].cause, 40, "%.*s", WB_F(record->cause));
    page->rows[page->n++].at = record->at;
    return true;
}

/* All pages of a filter, one behind the other. */
static inline void kit_events(struct wb_store *store, const struct wb_filter *filter,
                              unsigned limit, struct kit_page *page)
{
    page->n = page->pages = 0;
    page->next = (struct wb_cursor){0};
    do {
        OK(wb_store_events(store, filter, page->next, limit, kit_take, page, &page->next, S));
        page->pages++;
    } while (page->next.id);
}

static inline size_t kit_count(struct wb_store *store, struct wb_filter filter)
{
    static struct kit_page page;
    kit_events(store, &filter, 50, &page);
    return page.n;
}

/* The row of one address; state is WB_ADDRESS_STATES when it is not known. */
struct kit_address {
    enum wb_address_state state;
    int64_t since, until, last_failure, last_delivery;
    unsigned strikes, pauses;
    char cause[40], why[200], address[600];
};

static inline bool kit_take_address(void *own, const struct wb_address_row *row,
                                    struct wb_cursor place)
{
    struct kit_address *out = own;
    (void)place;
    *out = (struct kit_address){row->state,         row->since,   row->until, row->last_failure,
                                row->last_delivery, row->strikes, row->pauses};
    snprintf(out->cause, sizeof out->cause, "%.*s", WB_F(row->cause));
    snprintf(out->why, sizeof out->why, "%.*s", WB_F(row->why));
    snprintf(out->address, sizeof out->address, "%.*s", WB_F(row->address));
    return true;
}

static inline struct kit_address kit_address(struct wb_store *store, const char *address)
{
    struct kit_address out = {WB_ADDRESS_STATES};
    struct wb_slice one = T(address);
    OK(wb_store_lookup(store, &one, 1, kit_take_address, &out, S));
    return out;
}

/* ---- a report with every member ---- */

static inline struct wb_record kit_record(void)
{
    return (struct wb_record){
        .report_id = T("00112233445566778899aabbccddeeff"),
        .failure_key = T("ffeeddccbbaa99887766554433221100"),
        .kind = T("bounce"),
        .recipient = T("Wang@Example.CN"),
        .action = T("failed"),
        .cause = T("user-unknown"),
        .detail = T("some-detail"),
        .confidence = T("certain"),
        .permanence = T("permanent"),
        .fault = T("recipient"),
        .responsible = T("sender"),
        .recommendation = T("suppress"),
        .status = T("5.1.1"),
        .stage = T("rcpt"),
        .provider = T("some-provider"),
        .dialect = T("postfix"),
        .reporting_mta = T("out.example.com"),
        .remote_mta = T("MX.example.cn"),
        .remote_ip = T("192.0.2.1"),
        .rule = T("user-unknown/x"),
        .diagnostic = T("550 5.1.1 <Wang@Example.CN>: User UNKNOWN 查无此人"),
        .message_id = T("1@example.com"),
        .envelope_from = T("news@example.com"),
        .subject = T("三月报价单"),
        .document = T("{\"schema\":1,\"x\":\"查无此人\"}"),
        .reply_code = 550,
        .at = KIT_T0,
        .proof = WB_PROOF_MESSAGE_ID,
    };
}

static inline void kit_same(const struct wb_record *a, const struct wb_record *b)
{
#define SAME(name) assert_slice(a->name, b->name)
    SAME(report_id), SAME(failure_key), SAME(kind), SAME(recipient), SAME(action), SAME(cause);
    SAME(detail), SAME(confidence), SAME(permanence), SAME(fault), SAME(responsible);
    SAME(recommendation), SAME(status), SAME(stage), SAME(provider), SAME(dialect);
    SAME(reporting_mta), SAME(remote_mta), SAME(remote_ip), SAME(rule), SAME(diagnostic);
    SAME(message_id), SAME(envelope_from), SAME(subject), SAME(document);
#undef SAME
    assert_int_equal(a->reply_code, b->reply_code);
    assert_int_equal(a->at, b->at);
    assert_int_equal(a->proof, b->proof);
}

/* own is the record that it must be. */
static inline bool kit_compare(void *own, const struct wb_record *record, struct wb_cursor place)
{
    assert_int_equal(place.at, record->at);
    kit_same(record, own);
    return true;
}

/* ---- counts ---- */

/* How many were counted in all. */
static inline bool kit_sum(void *own, const struct wb_count *count)
{
    assert_true(count->count > 0);
    *(uint64_t *)own += count->count;
    return true;
}

static inline bool kit_one_more(void *own, const struct wb_template *row, struct wb_cursor place)
{
    (void)row, (void)place;
    ++*(unsigned *)own;
    return true;
}

static inline unsigned kit_templates(struct wb_store *store)
{
    unsigned n = 0;
    OK(wb_store_templates(store, (struct wb_cursor){0}, 9, kit_one_more, &n, S));
    return n;
}

static inline uint64_t kit_total(struct wb_store *store, struct wb_statistics what)
{
    uint64_t total = 0;
    OK(wb_store_statistics(store, &what, kit_sum, &total, S));
    return total;
}

/* ---- one bounce that may count, and the audit ---- */

static inline struct wb_record kit_bounce(char id[33], unsigned n, const char *recipient,
                                          const char *cause, const char *wish, int64_t at)
{
    return (struct wb_record){.report_id = kit_id(id, n),
                              .failure_key = wb_slice(id, 32),
                              .kind = T("bounce"),
                              .action = T("failed"),
                              .recipient = T(recipient),
                              .cause = T(cause),
                              .recommendation = T(wish),
                              .diagnostic = T("550 no"),
                              .document = T("{}"),
                              .at = at,
                              .proof = WB_PROOF_TAG};
}

/* Adds it; what has changed. */
static inline struct wb_added kit_strike(struct wb_store *store, unsigned n, const char *recipient,
                                         const char *cause, const char *wish, int64_t at)
{
    char id[33];
    struct wb_record record = kit_bounce(id, n, recipient, cause, wish, at);
    struct wb_message message = {WB_NONE, T("api"), at + 10, &record, 1};
    return kit_add(store, &message);
}

/* Lines are put behind those that are there. */
static char kit_audit[4000];

static inline bool kit_take_audit(void *own, const struct wb_audit_row *row, struct wb_cursor place)
{
    (void)own;
    size_t n = strlen(kit_audit);
    snprintf(kit_audit + n, sizeof kit_audit - n, "%.*s %.*s %.*s %.*s>%.*s %.20s\n",
             WB_F(row->who), WB_F(row->action), WB_F(row->address), WB_F(row->before),
             WB_F(row->after),
             row->why.n > 20 ? "(report)"
             : row->why.n    ? row->why.p
                             : "");
    assert_true(place.id > 0 && row->at > 1700000000);
    return true;
}

#endif
