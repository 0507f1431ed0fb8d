/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How fast is the store? Reports that are all different go in, in batches; then each kind of page
 * is asked for.
 *
 * usage: store-bench URL N [--raw] [--days D] [--pages] [--bare | --copy FILE | --mbox]
 *   --raw    each with its mail of some 3 KB
 *   --batch, --first  reports in a batch (1000); from which one on, where others are there already
 *   --days   spread over so many days (90)
 *   --pages  time the pages and the statistics, after all is in (N 0: of what is there)
 *   --bare   into a table of its own with the same columns, nothing packed, by plain SQLite
 *   --copy FILE  the rows of that store into the tables of a new one, by plain SQLite
 *   --mbox   the mails to standard output, in the order of time; URL is of no matter
 */
#include <sqlite3.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "made_reports.h"
#include "store.h"
#include "store_address.h"
#include "store_keep.h"
#include "store_read.h"

enum { BATCH = 1000, MOST = 5000 };
static size_t batch_size = BATCH;
static unsigned long long begin; /* reports before that are there already */

static struct made made[MOST];
static struct wb_message messages[MOST];
static struct wb_status status;

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s: %s\n", what, status.text);
    exit(1);
}

static struct made_shape shape_of(unsigned long long n, double days, bool raw)
{
    double span = days * 86400;
    return (struct made_shape){.first = time(NULL) - (time_t)span - 60,
                               .per_second = (double)n / span,
                               .domains = n < 100000 ? 5000 : 200000,
                               .servers = 50000,
                               .providers = 40,
                               .raw = raw};
}

static size_t make_batch(const struct made_shape *shape, unsigned long long first,
                         unsigned long long n)
{
    size_t count = n - first < batch_size ? (size_t)(n - first) : batch_size;
    for (size_t i = 0; i < count; i++) {
        made_report(made + i, shape, first + i);
        messages[i] = made[i].message;
        messages[i].records = &made[i].record;
    }
    return count;
}

static void say(const char *what, unsigned long long n, double wall, double cpu)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%-10s %9llu rows  %7.1f s wall  %7.1f s CPU  %7.0f rows/s  %5.1f us CPU each  %ld MB\n",
           what, n, wall, cpu, (double)n / wall, cpu * 1e6 / (double)n, usage.ru_maxrss / 1024);
    fflush(stdout);
}

/* Making the reports is not counted. */
static void fill(const char *url, unsigned long long n, const struct made_shape *shape)
{
    struct wb_store *store = wb_store_open(url, WB_STORE_WRITE, &status);
    need(store != NULL, url);
    struct wb_policy *policy = wb_policy_open(NULL, &status);
    need(policy != NULL, "policy");
    double wall = 0, cpu = 0, slowest = 0;
    for (unsigned long long first = begin; first < n; first += batch_size) {
        size_t count = make_batch(shape, first, n);
        double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
        need(wb_store_begin(store, &status) &&
                 wb_store_add(store, messages, count, policy, NULL, &status) &&
                 wb_store_commit(store, &status),
             "batch");
        double took = seconds(CLOCK_MONOTONIC) - w;
        slowest = took > slowest ? took : slowest;
        wall += took;
        cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - c;
        if (first / 500000 != (first + count) / 500000)
            say("so far", first + count - begin, wall, cpu);
    }
    say("store", n - begin, wall, cpu);
    printf("slowest batch %.0f ms\n", slowest * 1000);
    bool more = true;
    double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
    while (more)
        need(wb_store_summarise(store, &more, &status), "lists of the days");
    printf("lists of the days: %.1f s wall, %.1f s CPU\n", seconds(CLOCK_MONOTONIC) - w,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - c);
    wb_policy_free(policy);
    wb_store_close(store);
}

/* For `ingest`: lines end as in a file. */
static void write_mbox(unsigned long long n, const struct made_shape *shape)
{
    for (unsigned long long i = begin; i < n; i++) {
        made_report(made, shape, i);
        const char *p = made->message.raw.p, *end = p + made->message.raw.n;
        fputs("From MAILER-DAEMON Mon Mar  2 09:40:00 2026\n", stdout);
        for (; p < end; p++)
            if (*p != '\r')
                putc_unlocked(*p, stdout);
        putc_unlocked('\n', stdout);
    }
    if (fflush(stdout) != 0)
        exit(1);
}

/* ---- the same rows without a store ---- */

static void bind_all(sqlite3_stmt *stmt, const struct wb_message *message)
{
    const struct wb_record *r = message->records;
    const struct wb_slice texts[] = {
        r->report_id,  r->failure_key, r->kind,       r->recipient,  r->action,
        r->cause,      r->status,      r->provider,   r->dialect,    r->reporting_mta,
        r->remote_mta, r->rule,        r->diagnostic, r->message_id, r->envelope_from,
        r->subject,    r->document,    message->raw};
    int n = (int)(sizeof texts / sizeof texts[0]);
    for (int i = 0; i < n; i++)
        sqlite3_bind_text(stmt, i + 1, texts[i].p, (int)texts[i].n, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, n + 1, r->at);
}

static void bare(const char *path, unsigned long long n, const struct made_shape *shape)
{
    sqlite3 *file;
    sqlite3_stmt *stmt;
    if (sqlite3_open(path, &file) != SQLITE_OK ||
        sqlite3_exec(file,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -131072;"
                     "CREATE TABLE bare (report_id TEXT PRIMARY KEY, failure_key TEXT, kind TEXT,"
                     " recipient TEXT, action TEXT, cause TEXT, status TEXT, provider TEXT,"
                     " dialect TEXT, reporting_mta TEXT, remote_mta TEXT, rule TEXT,"
                     " diagnostic TEXT, message_id TEXT, envelope_from TEXT, subject TEXT,"
                     " document TEXT, raw BLOB, at INTEGER)",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(file, "INSERT INTO bare VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                           -1, &stmt, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(file));
        exit(1);
    }
    double wall = 0, cpu = 0;
    for (unsigned long long first = begin; first < n; first += batch_size) {
        size_t count = make_batch(shape, first, n);
        double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
        sqlite3_exec(file, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (size_t i = 0; i < count; i++) {
            bind_all(stmt, messages + i);
            if (sqlite3_step(stmt) != SQLITE_DONE)
                exit(1);
            sqlite3_reset(stmt);
        }
        if (sqlite3_exec(file, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            exit(1);
        wall += seconds(CLOCK_MONOTONIC) - w;
        cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - c;
    }
    say("bare", n, wall, cpu);
    sqlite3_finalize(stmt);
    sqlite3_close(file);
}

/* The rows that a store holds, in batches of as many reports, into the same tables and indexes. */
static void copy_rows(const char *url, const char *from)
{
    static const char *const tables[] = {"names", "addresses", "mails", "reports", "audit"};
    sqlite3 *file;
    char text[600];
    wb_store_close(wb_store_open(url, WB_STORE_WRITE, &status));
    snprintf(text, sizeof text,
             "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
             "PRAGMA wal_autocheckpoint = 32768; PRAGMA cache_size = -131072;"
             "ATTACH '%s' AS old;",
             from);
    if (sqlite3_open(strchr(url, ':') + 1, &file) != SQLITE_OK ||
        sqlite3_exec(file, text, NULL, NULL, NULL) != SQLITE_OK)
        exit(1);
    sqlite3_stmt *stmt[5], *count;
    long long rows[5], lows[5];
    for (int i = 0; i < 5; i++) {
        snprintf(text, sizeof text, "SELECT count(*), coalesce(min(id), 0) FROM old.%s", tables[i]);
        sqlite3_prepare_v2(file, text, -1, &count, NULL);
        sqlite3_step(count);
        rows[i] = sqlite3_column_int64(count, 0);
        lows[i] = sqlite3_column_int64(count, 1);
        sqlite3_finalize(count);
        snprintf(text, sizeof text,
                 "INSERT INTO main.%s SELECT * FROM old.%s WHERE id >= ? ORDER BY id LIMIT ?"
                 " RETURNING id",
                 tables[i], tables[i]);
        if (sqlite3_prepare_v2(file, text, -1, &stmt[i], NULL) != SQLITE_OK)
            fprintf(stderr, "%s\n", sqlite3_errmsg(file)), exit(1);
    }
    long long batches = (rows[3] + BATCH - 1) / BATCH;
    double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (long long batch = 0; batch < batches; batch++) {
        sqlite3_exec(file, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int i = 0; i < 5; i++) {
            long long share = i == 3 ? BATCH : (rows[i] + batches - 1) / batches;
            /* ids of names and addresses come before the rows that name them */
            sqlite3_bind_int64(stmt[i], 1, lows[i]);
            sqlite3_bind_int64(stmt[i], 2, i < 2 ? share + share / 4 : share);
            while (sqlite3_step(stmt[i]) == SQLITE_ROW)
                if (sqlite3_column_int64(stmt[i], 0) >= lows[i])
                    lows[i] = sqlite3_column_int64(stmt[i], 0) + 1;
            if (sqlite3_reset(stmt[i]) != SQLITE_OK)
                fprintf(stderr, "%s: %s\n", tables[i], sqlite3_errmsg(file)), exit(1);
        }
        if (sqlite3_exec(file, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            exit(1);
    }
    say("copy", (unsigned long long)rows[3], seconds(CLOCK_MONOTONIC) - w,
        seconds(CLOCK_PROCESS_CPUTIME_ID) - c);
    for (int i = 0; i < 5; i++)
        sqlite3_finalize(stmt[i]);
    sqlite3_close(file);
}

/* ---- pages ---- */

static int64_t newest; /* when the last report was */

static bool count_event(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)record, (void)place;
    ++*(unsigned *)own;
    return true;
}

static bool count_step(void *own, const struct wb_count *count)
{
    (void)count;
    ++*(unsigned *)own;
    return true;
}

/* The first page, and one in the middle of the time; wall and CPU time. */
static void page(struct wb_store *store, const char *what, struct wb_filter filter, double days)
{
    int64_t middle = newest - (int64_t)(days * 43200);
    const int64_t ends[][2] = {{0, 0}, {middle, middle + 3600}};
    printf("%-28s", what);
    for (size_t i = 0; i < 2; i++) {
        unsigned n = 0;
        struct wb_cursor next;
        filter.from = ends[i][0];
        filter.to = ends[i][1];
        double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
        need(wb_store_events(store, &filter, (struct wb_cursor){0}, 50, count_event, &n, &next,
                             &status),
             what);
        printf("  %s %2u rows%s %7.2f ms %7.2f CPU", i ? "middle" : "newest", n,
               next.id ? "+" : " ", (seconds(CLOCK_MONOTONIC) - w) * 1000,
               (seconds(CLOCK_PROCESS_CPUTIME_ID) - c) * 1000);
    }
    printf("\n");
}

static void statistics(struct wb_store *store, const char *what, struct wb_statistics asked)
{
    unsigned n = 0;
    double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_PROCESS_CPUTIME_ID);
    need(wb_store_statistics(store, &asked, count_step, &n, &status), what);
    printf("%-28s  %5u counts %7.2f ms %7.2f CPU\n", what, n, (seconds(CLOCK_MONOTONIC) - w) * 1000,
           (seconds(CLOCK_PROCESS_CPUTIME_ID) - c) * 1000);
}

static bool take_newest(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)own, (void)record;
    newest = place.at;
    return false;
}

static void pages(const char *url, double days)
{
    struct wb_store *store = wb_store_open(url, WB_STORE_READ, &status);
    need(store != NULL, url);
    struct wb_cursor next;
    need(wb_store_events(store, &(struct wb_filter){0}, (struct wb_cursor){0}, 1, take_newest, NULL,
                         &next, &status),
         url);
    page(store, "all", (struct wb_filter){0}, days);
    page(store, "cause (often)", (struct wb_filter){.cause = WB_S("user-unknown")}, days);
    page(store, "cause (seldom)", (struct wb_filter){.cause = WB_S("unknown")}, days);
    page(store, "domain (often)", (struct wb_filter){.domain = WB_S("d0.example.org")}, days);
    page(store, "domain (seldom)", (struct wb_filter){.domain = WB_S("d150000.example.org")}, days);
    page(store, "provider", (struct wb_filter){.provider = WB_S("provider-7")}, days);
    page(store, "address", (struct wb_filter){.address = WB_S("user77.0@d0.example.org")}, days);
    page(store, "remote_mta", (struct wb_filter){.remote_mta = WB_S("mx5.example.org")}, days);
    page(store, "kind (often)", (struct wb_filter){.kind = WB_S("bounce")}, days);
    page(store, "kind (seldom)", (struct wb_filter){.kind = WB_S("delay")}, days);
    page(store, "cause and domain",
         (struct wb_filter){.cause = WB_S("unknown"), .domain = WB_S("d3.example.org")}, days);
    page(store, "cause and provider",
         (struct wb_filter){.cause = WB_S("unknown"), .provider = WB_S("provider-31")}, days);
    page(store, "words (often)", (struct wb_filter){.words = WB_S("over quota")}, days);
    page(store, "words (never)", (struct wb_filter){.words = WB_S("no such words")}, days);
    const struct {
        const char *what;
        enum wb_by by;
    } bys[] = {{"cause", WB_BY_CAUSE},
               {"provider", WB_BY_PROVIDER},
               {"domain", WB_BY_DOMAIN},
               {"remote_mta", WB_BY_REMOTE_MTA},
               {"kind", WB_BY_KIND}};
    for (size_t i = 0; i < sizeof bys / sizeof bys[0]; i++) {
        char what[60];
        int64_t now = newest;
        snprintf(what, sizeof what, "%s, 30 days", bys[i].what);
        statistics(store, what,
                   (struct wb_statistics){
                       .from = now - 30 * 86400, .by = bys[i].by, .step = WB_STEP_DAY, .top = 20});
        snprintf(what, sizeof what, "%s, 7 days by hour", bys[i].what);
        statistics(store, what,
                   (struct wb_statistics){
                       .from = now - 7 * 86400, .by = bys[i].by, .step = WB_STEP_HOUR, .top = 20});
        snprintf(what, sizeof what, "%s, all by week", bys[i].what);
        statistics(store, what,
                   (struct wb_statistics){.by = bys[i].by, .step = WB_STEP_WEEK, .top = 20});
    }
    wb_store_close(store);
}

int main(int argc, char **argv)
{
    bool raw = false, with_pages = false, is_bare = false, is_mbox = false;
    double days = 90;
    const char *from = NULL;
    for (int i = 3; i < argc; i++) {
        raw |= strcmp(argv[i], "--raw") == 0;
        with_pages |= strcmp(argv[i], "--pages") == 0;
        is_bare |= strcmp(argv[i], "--bare") == 0;
        is_mbox |= strcmp(argv[i], "--mbox") == 0;
        if (strcmp(argv[i], "--batch") == 0 && i + 1 < argc)
            batch_size = (size_t)atoi(argv[++i]) <= MOST ? (size_t)atoi(argv[i]) : MOST;
        else if (strcmp(argv[i], "--first") == 0 && i + 1 < argc)
            begin = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--days") == 0 && i + 1 < argc)
            days = atof(argv[++i]);
        else if (strcmp(argv[i], "--copy") == 0 && i + 1 < argc)
            from = argv[++i];
    }
    if (argc < 3) {
        fputs("usage: store-bench URL N [--raw] [--days D] [--pages] [--bare] [--copy FILE] "
              "[--mbox]\n",
              stderr);
        return 2;
    }
    unsigned long long n = strtoull(argv[2], NULL, 10);
    struct made_shape shape = shape_of(n ? n : 1, days, raw || is_mbox);
    if (is_mbox)
        write_mbox(n, &shape);
    else if (from)
        copy_rows(argv[1], from);
    else if (is_bare)
        bare(argv[1], n, &shape);
    else if (n)
        fill(argv[1], n, &shape);
    if (with_pages)
        pages(argv[1], days);
    return 0;
}
