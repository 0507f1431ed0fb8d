/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: what goes in, connections that are lost, kill -9. */
#include <signal.h>
#include <sys/wait.h>

#include "store_int.h"
#include "store_kit.h"

/* ---- reports ---- */

static void keeps_all_members(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = kit_record();
    struct wb_message message = {T("From: x\r\n\r\nhello\0there"), T("api"), KIT_T0 + 9, &record,
                                 1};
    message.raw.n = 22;
    bool found;
    assert_int_equal(kit_add(store, &message).reports, 1);
    OK(wb_store_report(store, record.report_id, kit_compare, &record, &found, S));
    assert_true(found);
    OK(wb_store_report(store, T("00112233445566778899aabbccddee00"), kit_compare, &record, &found,
                       S));
    assert_false(found);
    OK(wb_store_report(store, T("' OR 1=1 --"), kit_compare, &record, &found, S));
    assert_false(found);
    struct wb_buf raw = {0};
    OK(wb_store_raw(store, record.report_id, &raw, &found, S));
    assert_true(found);
    assert_slice(wb_buf_slice(&raw), message.raw);
    OK(wb_store_raw(store, record.report_id, NULL, &found, S));
    assert_true(found);
    wb_buf_free(&raw);
    wb_store_close(store);
    store = kit_again(WB_STORE_READ);
    OK(wb_store_report(store, record.report_id, kit_compare, &record, &found, S));
    assert_true(found);
    OK(wb_store_ready(store, S));
    wb_store_close(store);
}

static void keeps_a_report_once(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record records[2] = {kit_record(), kit_record()};
    records[1].report_id = T("10112233445566778899aabbccddeeff");
    records[1].recipient = T("li@example.cn");
    struct wb_message messages[3] = {{T("raw"), T("a"), KIT_T0, records, 1},
                                     {T("raw"), T("b"), KIT_T0, records, 2},
                                     {T("raw"), T("c"), KIT_T0, records, 2}};
    struct wb_added added[3];
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, messages, 3, NULL, added, S));
    assert_int_equal(added[0].reports, 1);
    assert_int_equal(added[1].reports, 1);
    assert_int_equal(added[1].duplicates, 1);
    assert_int_equal(added[2].reports, 0);
    assert_int_equal(added[2].duplicates, 2);
    OK(wb_store_add(store, messages, 3, NULL, added, S));
    assert_int_equal(added[0].duplicates + added[1].duplicates + added[2].duplicates, 5);
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_add(store, &messages[1]).duplicates, 2);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 2);
    /* the second report came with the mail that was there */
    struct wb_buf raw = {0};
    bool found;
    OK(wb_store_raw(store, records[1].report_id, &raw, &found, S));
    assert_true(found);
    wb_buf_free(&raw);
    wb_store_close(store);
}

static void undo_leaves_nothing(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = kit_record();
    struct wb_message message = {T("raw"), T("api"), KIT_T0, &record, 1};
    struct wb_added added;
    record.cause = T("unknown"); /* one that is counted as a template, too */
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, &message, 1, kit_policy, &added, S));
    wb_store_undo(store);
    record.cause = T("user-unknown");
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 0);
    assert_int_equal(kit_address(store, "wang@example.cn").state, WB_ADDRESS_STATES);
    /* a report that cannot be kept undoes the batch, too, and the store works on */
    struct wb_record bad = kit_record();
    bad.report_id = T("nonsense");
    struct wb_message both[2] = {message, {T("raw"), T("api"), KIT_T0, &bad, 1}};
    OK(wb_store_begin(store, S));
    assert_false(wb_store_add(store, both, 2, kit_policy, NULL, S));
    assert_string_not_equal(kit_status.text, "");
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 0);
    assert_int_equal(kit_add(store, &message).reports, 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.provider = T("some-provider")}), 1);
    assert_int_equal(kit_total(store, (struct wb_statistics){.step = WB_STEP_DAY}), 1);
    assert_int_equal(kit_templates(store), 0);
    wb_store_close(store);
}

/* Times that nobody can mean are kept at the ends of those that fit. */
static void impossible_times(void **state)
{
    (void)state;
    static const int64_t times[] = {INT64_MAX, (int64_t)1 << 40, 1772000000, -5, INT64_MIN};
    enum { N = sizeof times / sizeof times[0] };
    static struct kit_page page;
    struct wb_store *store = kit_store();
    char id[33];
    for (unsigned i = 0; i < N; i++) {
        struct wb_record record = kit_record();
        record.report_id = kit_id(id, i);
        record.at = times[i];
        struct wb_message message = {WB_NONE, T("api"), 0, &record, 1};
        kit_add(store, &message);
    }
    kit_events(store, &(struct wb_filter){0}, 2, &page);
    assert_int_equal(page.n, N);
    assert_int_equal(page.rows[2].at, 1772000000);
    assert_int_equal(kit_count(store, (struct wb_filter){.from = 1772000000}), 3);
    assert_int_equal(kit_count(store, (struct wb_filter){.to = 1772000000}), 2);
    wb_store_close(store);
}

/* It failed when it came, or it would stand above all others until then. */
static void from_the_future(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = kit_record(), kept = record;
    struct wb_message message = {WB_NONE, T("api"), KIT_T0 - 1, &record, 1};
    bool found;
    kept.at = KIT_T0 - 1;
    kit_add(store, &message);
    OK(wb_store_report(store, record.report_id, kit_compare, &kept, &found, S));
    assert_true(found);
    assert_int_equal(kit_count(store, (struct wb_filter){.to = KIT_T0}), 1);
    wb_store_close(store);
}

static void hostile_texts(void **state)
{
    (void)state;
    static char longest[5000];
    memset(longest, 'a', sizeof longest - 1);
    struct wb_store *store = kit_store();
    struct wb_record record = kit_record();
    record.recipient = wb_slice("x';DROP TABLE reports;--\0\xff@\xc3.org", 32);
    record.cause = T("no'such\"cause");
    record.provider = T(longest);
    record.remote_mta = wb_slice(longest, 4000);
    record.diagnostic = wb_slice("\0\xff\xfe'", 4);
    struct wb_message message = {WB_NONE, wb_slice("\0'\xff", 3), KIT_T0, &record, 1};
    bool found;
    kit_add(store, &message);
    OK(wb_store_report(store, record.report_id, kit_compare, &record, &found, S));
    assert_true(found);
    assert_int_equal(kit_count(store, (struct wb_filter){.cause = record.cause}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.address = record.recipient}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.remote_mta = record.remote_mta}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.provider = T("' OR '1'='1")}), 0);
    struct wb_record longer = kit_record();
    longer.report_id = T("20112233445566778899aabbccddeeff");
    longer.recipient = T(longest);
    message.records = &longer;
    kit_add(store, &message);
    assert_int_equal(kit_count(store, (struct wb_filter){.address = longer.recipient}), 1);
    wb_store_close(store);
}

static void readers_see_what_is_committed(void **state)
{
    (void)state;
    struct wb_store *store = kit_store(), *reader = kit_again(WB_STORE_READ);
    struct wb_record record = kit_record();
    struct wb_message message = {T("raw"), T("api"), KIT_T0, &record, 1};
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, &message, 1, kit_policy, NULL, S));
    assert_int_equal(kit_count(reader, (struct wb_filter){0}), 0);
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_count(reader, (struct wb_filter){0}), 1);
    /* a reader writes nothing */
    bool began = wb_store_begin(reader, S);
    assert_false(began && wb_store_add(reader, &message, 1, NULL, NULL, S) &&
                 wb_store_set_state(reader, T("a@b"), WB_ADDRESS_OK, 0, T("x"), T("y"), S));
    wb_store_close(reader);
    wb_store_close(store);
}

/* ---- a connection that is lost ---- */

static void hang_up(void)
{
    kit_postgres("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
    usleep(200000);
}

static void lost_connections(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = kit_record();
    struct wb_message message = {T("raw"), T("api"), KIT_T0, &record, 1};
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, &message, 1, kit_policy, NULL, S));
    hang_up();
    assert_false(wb_store_commit(store, S));
    assert_non_null(strstr(kit_status.text, "PostgreSQL: "));
    /* nothing of it is there; readers and writers are connected again */
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 0);
    hang_up();
    assert_int_equal(kit_add(store, &message).reports, 1);
    hang_up();
    OK(wb_store_ready(store, S));
    OK(wb_store_begin(store, S));
    hang_up();
    assert_false(wb_store_add(store, &message, 1, kit_policy, NULL, S));
    assert_int_equal(kit_add(store, &message).duplicates, 1);
    wb_store_close(store);
}

static bool put_text(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    wb_buf_put(own, row->s);
    return true;
}

static void waits_for(struct wb_store *store, const char *how_long)
{
    static const struct wb_sql sql = {"SELECT current_setting('lock_timeout')", NULL, "", "t"};
    struct wb_buf text = {0};
    OK(wb_find_one(store, &sql, NULL, put_text, &text, S));
    assert_slice(wb_buf_slice(&text), wb_slice_str(how_long));
    wb_buf_free(&text);
}

/* Another one writes, and does not come to an end. */
static void held_for_too_long(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    waits_for(store, "20s");
    setenv("PGOPTIONS", "-c lock_timeout=100", 1);
    struct wb_store *other = kit_again(WB_STORE_WRITE);
    unsetenv("PGOPTIONS");
    waits_for(other, "100ms");
    struct wb_record record = kit_record();
    struct wb_message message = {T("raw"), T("api"), KIT_T0, &record, 1};
    OK(wb_store_begin(store, S));
    assert_false(wb_store_begin(other, S));
    assert_non_null(strstr(kit_status.text, "lock timeout"));
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_add(other, &message).reports, 1);
    wb_store_close(other);
    wb_store_close(store);
}

/* ---- kill -9 ---- */

enum { KILL_BATCH = 50 };

/* Writes batches for ever and says after each commit, by a byte, that it is kept. */
static void write_until_killed(int out, unsigned first)
{
    static struct made made[KILL_BATCH];
    struct wb_message messages[KILL_BATCH];
    struct wb_store *store = wb_store_open(kit_url, WB_STORE_WRITE, S);
    struct made_shape with_raw = kit_shape;
    with_raw.raw = true;
    for (unsigned n = first; store; n += KILL_BATCH) {
        for (unsigned i = 0; i < KILL_BATCH; i++) {
            made_report(made + i, &with_raw, n + i);
            messages[i] = made[i].message;
            messages[i].records = &made[i].record;
        }
        if (!wb_store_begin(store, S) ||
            !wb_store_add(store, messages, KILL_BATCH, kit_policy, NULL, S) ||
            !wb_store_commit(store, S) || write(out, "", 1) != 1)
            break;
    }
    _exit(1);
}

/* Whole batches are there, as many as were acknowledged or one more, and the counts fit. */
static void check_whole(unsigned acknowledged, unsigned *batches)
{
    struct wb_store *store = kit_again(WB_STORE_WRITE);
    struct made_shape with_raw = kit_shape;
    struct made made;
    with_raw.raw = true;
    size_t n = kit_count(store, (struct wb_filter){0});
    assert_int_equal(n % KILL_BATCH, 0);
    assert_in_range(n / KILL_BATCH, acknowledged, acknowledged + 1);
    *batches = (unsigned)(n / KILL_BATCH);
    for (unsigned i = 0; i < n; i += 7) {
        struct wb_buf raw = {0};
        bool found;
        made_report(&made, &with_raw, i);
        OK(wb_store_raw(store, made.record.report_id, &raw, &found, S));
        assert_true(found);
        assert_slice(wb_buf_slice(&raw), made.message.raw);
        wb_buf_free(&raw);
    }
    assert_int_equal(
        kit_total(store, (struct wb_statistics){.by = WB_BY_KIND, .step = WB_STEP_WEEK}), n);
    wb_store_close(store);
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    unsigned batches = 0;
    wb_store_close(kit_store());
    for (unsigned round = 0; round < 12 && batches < 50; round++) {
        int ends[2];
        char byte;
        if (pipe(ends) != 0)
            fail();
        pid_t child = fork();
        if (child == 0)
            write_until_killed(ends[1], batches * KILL_BATCH);
        close(ends[1]);
        unsigned acknowledged = batches;
        for (unsigned i = 0; i < 2 && read(ends[0], &byte, 1) == 1; i++)
            acknowledged++;
        usleep((useconds_t)(made_mix(round) % 6000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(ends[0], &byte, 1) == 1)
            acknowledged++;
        close(ends[0]);
        check_whole(acknowledged, &batches);
    }
    assert_true(batches > 0);
}

int main(void)
{
    kit_open();
    UNIT_ONE(keeps_all_members, "a report and its mail");
    UNIT_ONE(keeps_a_report_once, "however often it comes");
    UNIT_ONE(undo_leaves_nothing, "by hand and after a fault");
    UNIT_ONE(impossible_times, "are the first or the last");
    UNIT_ONE(from_the_future, "it failed when it came");
    UNIT_ONE(hostile_texts, "quotes, zeros, bytes that are no text, long ones");
    UNIT_ONE(readers_see_what_is_committed, "and write nothing");
    if (kit_is_postgres()) {
        UNIT_ONE(lost_connections, "are made again");
        UNIT_ONE(held_for_too_long, "it is said, and goes on when it is free");
    }
    UNIT_ONE(killed_at_any_moment, "all of a batch or nothing");
    return unit_run();
}
