/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: forgetting an address. */
#include "store_kit.h"

static bool keep_record(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)place;
    snprintf(own, 500, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", WB_F(record->recipient),
             WB_F(record->message_id), WB_F(record->diagnostic), WB_F(record->subject),
             WB_F(record->envelope_from), WB_F(record->document));
    return true;
}

/* Of the last one. */
static bool keep_source(void *own, const struct wb_mail_row *row, struct wb_cursor place)
{
    (void)place;
    snprintf(own, 500, "%.*s", WB_F(row->source));
    return true;
}

/* Do the files hold these bytes, in capitals or not? */
static bool files_hold(const char *bytes)
{
    char command[600];
    if (kit_is_postgres()) {
        kit_postgres("VACUUM FULL");
        kit_postgres("CHECKPOINT");
        return false; /* the log of PostgreSQL keeps them for a while: doc/policy.md */
    }
    snprintf(command, sizeof command, "grep -qaiF '%s' '%s'/store.db*", bytes, kit_folder);
    return system(command) == 0;
}

static void nothing_is_left(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char ids[40][33], text[500];
    struct wb_record records[2];
    uint64_t rows;
    bool found;
    for (unsigned i = 0; i < 40; i++) {
        records[0] = kit_bounce(ids[i], i, i % 4 ? "Forget.Me@example.org" : "other@example.org",
                                i % 2 ? "user-unknown" : "unknown", "pause", now - i * DAY);
        records[0].diagnostic =
            i % 4 ? T("550 5.1.1 <forget.me@example.org> strange") : T("550 strange");
        struct wb_message message = {i % 4 ? T("To: FORGET.me@example.org\r\n") : T("To: other"),
                                     T("forget.me@example.org.mbox"), now, records, 1};
        kit_add(store, &message);
    }
    char id[33], sibling[33];
    records[0] = kit_bounce(id, 100, "forget.me@example.org", "user-unknown", "suppress", now);
    records[1] = kit_bounce(sibling, 101, "stays@example.org", "user-unknown", "suppress", now);
    records[1].document = T("{\"to\":\"stays@example.org, Forget.me@Example.org\"}");
    records[1].message_id = T("1.forget.me@example.org");
    records[1].diagnostic = T("550 FORGET.ME@example.org, forget.me@example.org");
    records[1].subject = T("To forget.me@example.org");
    records[1].envelope_from = T("forget.me@example.org");
    struct wb_message message = {T("To: both\r\n"), T("api"), now, records, 2};
    kit_add(store, &message);
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("stays@example.org"), WB_ADDRESS_OK, 0, T("m"),
                          T("as forget.me@example.org said"), S));
    OK(wb_store_commit(store, S));
    assert_true(kit_is_postgres() || files_hold("forget.me@example.org"));
    OK(wb_store_begin(store, S));
    OK(wb_store_forget(store, T("forget.ME@example.org"), T("meier"), &rows, S));
    OK(wb_store_commit(store, S));
    assert_true(rows > 31);
    assert_false(files_hold("forget.me@example.org"));
    assert_int_equal(kit_address(store, "forget.me@example.org").state, WB_ADDRESS_STATES);
    assert_int_equal(kit_count(store, (struct wb_filter){.address = T("forget.me@example.org")}),
                     0);
    assert_int_equal(kit_count(store, (struct wb_filter){.address = T("other@example.org")}), 10);
    OK(wb_store_report(store, T(id), keep_record, text, &found, S));
    assert_false(found);
    OK(wb_store_report(store, T(sibling), keep_record, text, &found, S));
    assert_string_equal(text,
                        "stays@example.org|1.*********************|550 *********************, "
                        "*********************|To *********************|*********************|"
                        "{\"to\":\"stays@example.org, *********************\"}");
    OK(wb_store_raw(store, T(sibling), NULL, &found, S));
    assert_false(found);
    *kit_audit = '\0';
    OK(wb_store_audit(store, WB_NONE, (struct wb_cursor){0}, 2, kit_take_audit, NULL, S));
    assert_string_equal(kit_audit, "meier forget  > \nm state stays@example.org suppressed>ok \n");
    /* who is not known is forgotten easily */
    OK(wb_store_begin(store, S));
    OK(wb_store_forget(store, T("nobody@example.org"), T("meier"), &rows, S));
    OK(wb_store_commit(store, S));
    assert_int_equal(rows, 0);
    /* and a name that comes again is a new one */
    records[0].report_id = kit_id(id, 200);
    message =
        (struct wb_message){T("To: other"), T("forget.me@example.org.mbox"), now + 9, records, 1};
    kit_add(store, &message);
    *text = '\0';
    OK(wb_store_mails(store, (struct wb_cursor){0}, 100, keep_source, text, S));
    assert_string_equal(text, "forget.me@example.org.mbox");
    wb_store_close(store);
}

/* Among many others, whose rows have moved about in the pages of the file. */
static void nothing_is_left_among_many(void **state)
{
    (void)state;
    static struct made made[1000];
    static struct wb_message messages[1000];
    struct made_shape shape = {.first = time(NULL) - 90 * DAY,
                               .per_second = 0.01,
                               .domains = 500,
                               .servers = 50,
                               .raw = true};
    struct wb_store *store = kit_store();
    for (unsigned n = 0; n < 6; n++) {
        for (unsigned i = 0; i < 1000; i++) {
            made_report(made + i, &shape, made_mix(n * 1000 + i) % 100000);
            messages[i] = made[i].message;
            messages[i].records = &made[i].record;
        }
        OK(wb_store_begin(store, S));
        OK(wb_store_add(store, messages, 1000, kit_policy, NULL, S));
        OK(wb_store_commit(store, S));
    }
    for (unsigned i = 0; i < 1000; i += 50) {
        uint64_t rows;
        char address[100];
        snprintf(address, sizeof address, "%.*s", WB_F(made[i].record.recipient));
        assert_true(kit_is_postgres() || files_hold(address));
        OK(wb_store_begin(store, S));
        OK(wb_store_forget(store, T(address), T("meier"), &rows, S));
        OK(wb_store_commit(store, S));
        assert_true(rows >= 2);
        assert_false(!kit_is_postgres() && files_hold(address));
    }
    wb_store_close(store);
}

/* Of a mail a second recipient is found later: the first report belongs to both. */
static void found_later(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char ids[2][33], text[500];
    uint64_t rows;
    bool found;
    struct wb_record records[] = {
        kit_bounce(ids[0], 1, "stays@example.org", "user-unknown", "suppress", now),
        kit_bounce(ids[1], 2, "forget.me@example.org", "user-unknown", "suppress", now)};
    records[0].document = T("{\"to\":\"forget.me@example.org\"}");
    struct wb_message message = {T("To: both\r\n"), T("api"), now, records, 1};
    kit_add(store, &message);
    message.n = 2;
    assert_int_equal(kit_add(store, &message).reports, 1);
    OK(wb_store_begin(store, S));
    OK(wb_store_forget(store, T("forget.me@example.org"), T("Forget.Me@example.org"), &rows, S));
    OK(wb_store_commit(store, S));
    *kit_audit = '\0';
    OK(wb_store_audit(store, WB_NONE, (struct wb_cursor){0}, 1, kit_take_audit, NULL, S));
    assert_string_equal(kit_audit, "********************* forget  > \n");
    OK(wb_store_report(store, T(ids[0]), keep_record, text, &found, S));
    assert_string_equal(text, "stays@example.org||550 no|||{\"to\":\"*********************\"}");
    OK(wb_store_raw(store, T(ids[0]), NULL, &found, S));
    assert_false(found);
    wb_store_close(store);
}

/* An address without a domain is a word that stands in other texts, too. */
static void words_are_left(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char text[500], ids[2][33];
    uint64_t rows;
    bool found;
    struct wb_record records[] = {
        kit_bounce(ids[0], 1, "unknown", "user-unknown", "suppress", now),
        kit_bounce(ids[1], 2, "stays@example.org", "user-unknown", "suppress", now)};
    struct wb_message messages[] = {{WB_NONE, T("api"), now, &records[0], 1},
                                    {WB_NONE, T("unknown.mbox"), now, &records[1], 1}};
    kit_add(store, &messages[0]);
    kit_add(store, &messages[1]);
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("b@example.org"), WB_ADDRESS_PAUSED, 0, T("m"), T("unknown"),
                          S));
    OK(wb_store_forget(store, T("Unknown"), T("meier"), &rows, S));
    OK(wb_store_commit(store, S));
    assert_true(rows > 2);
    assert_int_equal(kit_address(store, "unknown").state, WB_ADDRESS_STATES);
    OK(wb_store_report(store, T(ids[0]), keep_record, text, &found, S));
    assert_false(found);
    assert_int_equal(kit_count(store, (struct wb_filter){.cause = T("user-unknown")}), 1);
    assert_string_equal(kit_address(store, "stays@example.org").cause, "user-unknown");
    assert_string_equal(kit_address(store, "b@example.org").why, "unknown");
    wb_store_close(store);
}

int main(void)
{
    kit_open();
    UNIT_ONE(nothing_is_left, "of an address that is forgotten");
    UNIT_ONE(nothing_is_left_among_many, "others");
    UNIT_ONE(found_later, "in a mail that was there");
    UNIT_ONE(words_are_left, "where an address is no more than one");
    return unit_run();
}
