/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: keeping house, and judging anew. */
#include <time.h>

#include "store_kit.h"

static void old_things_go(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char ids[4][33];
    for (unsigned i = 0; i < 4; i++) {
        char address[30];
        struct wb_record record = kit_record();
        snprintf(address, sizeof address, "a%u@example.org", i);
        record.report_id = kit_id(ids[i], i);
        record.recipient = T(address);
        record.recommendation = i == 3 ? T("suppress") : T("none");
        record.at = now - (i + 1) * 10 * DAY;
        struct wb_message message = {T("a mail"), T("api"), record.at + 5, &record, 1};
        kit_add(store, &message);
    }
    uint64_t rows, mails;
    bool found;
    OK(wb_store_outdated(store, 15, 0, &mails, &rows, S));
    assert_true(mails == 3 && rows == 0);
    OK(wb_store_outdated(store, 0, 25, &mails, &rows, S)); /* a mail goes with its reports */
    assert_true(mails == 2 && rows == 2);
    OK(wb_store_outdated(store, 35, 25, &mails, &rows, S));
    assert_true(mails == 2 && rows == 2);
    OK(wb_store_outdated(store, 0, 0, &mails, &rows, S));
    assert_true(mails == 0 && rows == 0);
    /* what is older than three weeks is counted by the day only */
    assert_int_equal(kit_total(store, (struct wb_statistics){.step = WB_STEP_DAY}), 4);
    assert_int_equal(kit_total(store, (struct wb_statistics){.step = WB_STEP_HOUR}), 2);
    OK(wb_store_retain(store, 15, 0, &rows, S));
    assert_int_equal(rows, 3);
    OK(wb_store_raw(store, T(ids[0]), NULL, &found, S));
    assert_true(found);
    OK(wb_store_raw(store, T(ids[1]), NULL, &found, S));
    assert_false(found);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 4);
    OK(wb_store_retain(store, 15, 25, &rows, S));
    assert_int_equal(rows, 2);
    OK(wb_store_outdated(store, 15, 25, &mails, &rows, S));
    assert_true(mails == 0 && rows == 0);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 2);
    /* of whom nothing else is known is gone; who is suppressed stays so */
    assert_int_equal(kit_address(store, "a2@example.org").state, WB_ADDRESS_STATES);
    assert_int_equal(kit_address(store, "a3@example.org").state, WB_ADDRESS_SUPPRESSED);
    /* what was counted stays counted by the day */
    assert_int_equal(kit_total(store, (struct wb_statistics){.step = WB_STEP_DAY}), 4);
    assert_int_equal(kit_total(store, (struct wb_statistics){.step = WB_STEP_HOUR}), 2);
    OK(wb_store_retain(store, 0, 0, &rows, S));
    assert_int_equal(rows, 0);
    wb_store_close(store);
}

/* An address goes with its last report, but not when anything else is known of it. */
static void what_is_known_stays(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL), old = now - 40 * DAY;
    uint64_t rows;
    kit_strike(store, 1, "strike@example.org", "mailbox-full", "pause", old);
    kit_strike(store, 2, "delivered@example.org", "user-unknown", "none", old);
    kit_strike(store, 3, "hand@example.org", "user-unknown", "none", old);
    kit_strike(store, 4, "young@example.org", "mailbox-full", "pause", now - 5 * DAY);
    kit_strike(store, 5, "nothing@example.org", "unknown", "none", old);
    kit_strike(store, 6, "young@example.org", "unknown", "none", now - 5 * DAY);
    OK(wb_store_begin(store, S));
    OK(wb_store_delivered(store, T("delivered@example.org"), now, S));
    OK(wb_store_set_state(store, T("hand@example.org"), WB_ADDRESS_OK, 0, T("m"), T("why"), S));
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_address(store, "strike@example.org").strikes, 1);
    OK(wb_store_retain(store, 0, 25, &rows, S));
    assert_int_equal(rows, 4);
    assert_int_equal(kit_address(store, "nothing@example.org").state, WB_ADDRESS_STATES);
    assert_int_equal(kit_address(store, "delivered@example.org").last_delivery, now);
    assert_string_equal(kit_address(store, "hand@example.org").why, "why");
    /* strikes go with their reports; their lines of the audit stay, and with these the address */
    assert_int_equal(kit_address(store, "strike@example.org").state, WB_ADDRESS_OK);
    assert_int_equal(kit_address(store, "strike@example.org").strikes, 0);
    assert_int_equal(kit_address(store, "young@example.org").strikes, 1);
    wb_store_close(store);
}

/* Counts by the hour are kept for three weeks; what is younger, and the days, stay. */
static void old_hours_go(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char id[33], sql[200];
    uint64_t rows;
    for (unsigned i = 0; i < 2; i++) {
        struct wb_record record = kit_record();
        record.report_id = kit_id(id, i);
        record.at = now - i * 5 * 3600;
        struct wb_message message = {WB_NONE, T("api"), now, &record, 1};
        kit_add(store, &message);
    }
    snprintf(sql, sizeof sql,
             "UPDATE counts SET time = time - 21 * 86400 WHERE step = 0 AND time < %lld",
             (long long)now - 2 * 3600);
    kit_execute(sql);
    assert_int_equal(kit_total(store, (struct wb_statistics){.step = WB_STEP_HOUR}), 2);
    OK(wb_store_retain(store, 0, 0, &rows, S));
    assert_int_equal(rows, 0);
    for (int by = 0; by < WB_BY_COUNT; by++) {
        struct wb_statistics hours = {.by = by, .step = WB_STEP_HOUR};
        struct wb_statistics days = {.by = by, .step = WB_STEP_DAY};
        assert_int_equal(kit_total(store, hours), 1);
        assert_int_equal(kit_total(store, days), 2);
    }
    wb_store_close(store);
}

static bool take_mail(void *own, const struct wb_mail_row *row, struct wb_cursor place)
{
    struct wb_buf *out = own;
    wb_buf_put(out, row->raw);
    wb_buf_printf(out, "|%.*s|%lld\n", WB_F(row->source), (long long)row->received);
    assert_int_equal(place.at, row->received);
    *(struct wb_cursor *)(void *)(out + 1) = place;
    return true;
}

static void all_mails_once_more(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct {
        struct wb_buf buf;
        struct wb_cursor last;
    } out = {0};
    char id[33], raw[20];
    for (unsigned i = 0; i < 5; i++) {
        struct wb_record record = kit_record();
        record.report_id = kit_id(id, i);
        snprintf(raw, sizeof raw, "mail %u", i);
        struct wb_message message = {i == 2 ? WB_NONE : T(raw), T("box"), KIT_T0 + 100 - i % 2,
                                     &record, 1};
        kit_add(store, &message);
    }
    OK(wb_store_mails(store, out.last, 2, take_mail, &out, S));
    OK(wb_store_mails(store, out.last, 1, take_mail, &out, S));
    OK(wb_store_mails(store, out.last, 9, take_mail, &out, S));
    assert_text(wb_buf_slice(&out.buf), "mail 1|box|1772000099\nmail 3|box|1772000099\n"
                                        "mail 0|box|1772000100\nmail 4|box|1772000100\n");
    wb_buf_free(&out.buf);
    wb_store_close(store);
}

static void old_templates_go(void **state)
{
    (void)state;
    static const char *const texts[] = {"550 young words", "550 old words"};
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    uint64_t rows;
    char id[33];
    for (unsigned i = 0; i < 2; i++) {
        struct wb_record record =
            kit_bounce(id, i, "a@example.org", "unknown", "none", now - (1 + i * 39) * DAY);
        record.diagnostic = T(texts[i]);
        struct wb_message message = {WB_NONE, T("api"), now, &record, 1};
        kit_add(store, &message);
    }
    assert_int_equal(kit_templates(store), 2);
    OK(wb_store_retain(store, 0, 25, &rows, S));
    assert_int_equal(kit_templates(store), 1);
    wb_store_close(store);
}

static void judged_anew(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = kit_record(), today = kit_record(), strange = kit_record();
    record.cause = T("unknown");
    record.recommendation = T("none");
    today.cause = T("mailbox-full");
    today.recommendation = T("pause");
    today.provider = T("new-provider");
    today.document = T("{\"new\":1}");
    today.proof = WB_PROOF_NONE;
    today.at = KIT_T0 - 5 * DAY;
    today.recipient = T("somebody@else.example");
    today.failure_key = T("0feeddccbbaa99887766554433221100");
    strange.report_id = T("90112233445566778899aabbccddeeff");
    struct wb_message message = {T("raw"), T("api"), KIT_T0, &record, 1};
    kit_add(store, &message);
    assert_int_equal(kit_templates(store), 1);
    struct wb_message messages[] = {{T("raw"), T("api"), KIT_T0, &today, 1},
                                    {T("raw"), T("api"), KIT_T0, &strange, 1}};
    uint64_t changed;
    bool found;
    OK(wb_store_begin(store, S));
    OK(wb_store_replace(store, messages, 2, &changed, S));
    assert_int_equal(changed, 1);
    OK(wb_store_replace(store, messages, 2, &changed, S));
    assert_int_equal(changed, 0);
    OK(wb_store_commit(store, S));
    today.proof = record.proof; /* that is not the catalogue's to say */
    today.at = record.at;
    today.recipient = record.recipient;
    today.failure_key = record.failure_key;
    OK(wb_store_report(store, record.report_id, kit_compare, &today, &found, S));
    assert_true(found);
    assert_int_equal(kit_count(store, (struct wb_filter){.cause = T("unknown")}), 0);
    assert_int_equal(kit_count(store, (struct wb_filter){.cause = T("mailbox-full")}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.provider = T("new-provider")}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 1);
    const struct wb_statistics all = {.step = WB_STEP_DAY};
    const struct wb_statistics full = {.step = WB_STEP_DAY, .cause = T("mailbox-full")};
    assert_int_equal(kit_total(store, all), 1);
    assert_int_equal(kit_total(store, full), 1);
    assert_int_equal(kit_templates(store), 0);
    wb_store_close(store);
}

static void a_copy(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = kit_record();
    struct wb_message message = {T("raw"), T("api"), KIT_T0, &record, 1};
    char path[200], url[220];
    kit_add(store, &message);
    snprintf(path, sizeof path, "%s/copy.db", kit_folder);
    if (kit_is_postgres()) {
        assert_false(wb_store_backup(store, path, S));
        assert_non_null(strstr(kit_status.text, "pg_dump"));
    } else {
        OK(wb_store_backup(store, path, S));
        assert_false(wb_store_backup(store, path, S)); /* none is written over */
        snprintf(url, sizeof url, "sqlite:%s", path);
        struct wb_store *copy = wb_store_open(url, WB_STORE_WRITE, S);
        assert_non_null(copy);
        assert_int_equal(kit_count(copy, (struct wb_filter){0}), 1);
        wb_store_close(copy);
    }
    wb_store_close(store);
}

int main(void)
{
    kit_open();
    UNIT_ONE(old_things_go, "mails, reports, addresses, hours");
    UNIT_ONE(what_is_known_stays, "of an address, when its reports go");
    UNIT_ONE(old_hours_go, "and days stay");
    UNIT_ONE(old_templates_go, "with their last report");
    UNIT_ONE(all_mails_once_more, "in pages");
    UNIT_ONE(judged_anew, "replaced and counted anew");
    UNIT_ONE(a_copy, "while it is open");
    return unit_run();
}
