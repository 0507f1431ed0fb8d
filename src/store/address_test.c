/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: addresses, strikes, audit, forgetting. */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "store_kit.h"

#include "decide.h"

static struct wb_record bounce(char id[33], unsigned n, const char *recipient, const char *cause,
                               const char *wish, int64_t at)
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

static struct wb_added strike(struct wb_store *store, unsigned n, const char *recipient,
                              const char *cause, const char *wish, int64_t at)
{
    char id[33];
    struct wb_record record = bounce(id, n, recipient, cause, wish, at);
    struct wb_message message = {WB_NONE, T("api"), at + 10, &record, 1};
    return kit_add(store, &message);
}

/* ---- the policy, through the store ---- */

static void a_clear_report_suppresses(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    assert_int_equal(
        strike(store, 1, "Wang@Example.cn", "user-unknown", "suppress", now - 50).changes, 1);
    struct kit_address row = kit_address(store, "wANG@example.CN");
    assert_string_equal(row.address, "wang@example.cn");
    assert_int_equal(row.state, WB_ADDRESS_SUPPRESSED);
    assert_string_equal(row.cause, "user-unknown");
    char id[33];
    assert_slice(T(row.why), kit_id(id, 1));
    assert_int_equal(row.since, now - 50);
    assert_int_equal(row.until, now - 50 + 365 * DAY);
    assert_int_equal(row.last_failure, now - 50);
    assert_int_equal(row.strikes, 1);
    /* once suppressed, nothing more happens */
    assert_int_equal(
        strike(store, 2, "wang@example.cn", "user-unknown", "suppress", now - 5).changes, 0);
    wb_store_close(store);
}

static void full_three_times(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t day = time(NULL) / DAY * DAY - 3 * DAY;
    unsigned changes = 0;
    for (unsigned i = 0; i < 8; i++) /* four on each of two days */
        changes += strike(store, i, "li@example.cn", "mailbox-full", "pause", day + i / 4 * DAY + i)
                       .changes;
    assert_int_equal(changes, 0);
    assert_int_equal(kit_address(store, "li@example.cn").strikes, 2);
    assert_int_equal(
        strike(store, 9, "li@example.cn", "mailbox-full", "pause", day + 2 * DAY).changes, 1);
    struct kit_address row = kit_address(store, "li@example.cn");
    assert_int_equal(row.state, WB_ADDRESS_PAUSED);
    assert_int_equal(row.until, day + 2 * DAY + 7 * DAY);
    assert_int_equal(row.pauses, 1);
    /* a delivery takes it all back */
    OK(wb_store_begin(store, S));
    OK(wb_store_delivered(store, T("LI@example.cn"), day + 2 * DAY + 60, S));
    OK(wb_store_delivered(store, T("nobody@knows.example"), day + 2 * DAY + 60, S));
    OK(wb_store_commit(store, S));
    row = kit_address(store, "li@example.cn");
    assert_int_equal(row.state, WB_ADDRESS_OK);
    assert_int_equal(row.strikes, 0);
    assert_int_equal(row.pauses, 0);
    assert_int_equal(row.last_delivery, day + 2 * DAY + 60);
    assert_int_equal(kit_address(store, "nobody@knows.example").state, WB_ADDRESS_STATES);
    /* what failed before that delivery says nothing more */
    assert_int_equal(strike(store, 20, "li@example.cn", "user-unknown", "suppress", day).changes,
                     0);
    assert_int_equal(kit_address(store, "li@example.cn").strikes, 0);
    wb_store_close(store);
}

static void what_counts_not(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char id[33];
    struct wb_record record = bounce(id, 1, "a@example.org", "user-unknown", "suppress", now - 9);
    struct wb_message message = {WB_NONE, T("api"), now, &record, 1};
    record.proof = WB_PROOF_NONE;
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = bounce(id, 2, "a@example.org", "blocklisted", "suppress", now - 9);
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = bounce(id, 3, "a@example.org", "user-unknown", "none", now - 9);
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = bounce(id, 4, "a@example.org", "user-unknown", "suppress", now - 9);
    record.kind = T("delay");
    assert_int_equal(kit_add(store, &message).changes, 0);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 0);
    /* the same failure twice, by two ways, on two days: one strike */
    record = bounce(id, 5, "a@example.org", "user-unknown", "pause", now - 3 * DAY);
    struct wb_slice key = unit_exact(record.failure_key);
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = bounce(id, 6, "a@example.org", "user-unknown", "pause", now - DAY);
    record.failure_key = key;
    assert_int_equal(kit_add(store, &message).changes, 0);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 1);
    /* another one does it: it was seen on two days */
    record = bounce(id, 7, "a@example.org", "user-unknown", "pause", now - DAY);
    assert_int_equal(kit_add(store, &message).changes, 1);
    /* a complaint */
    record = bounce(id, 8, "c@example.org", "", "suppress", now - DAY);
    record.kind = T("complaint");
    assert_int_equal(kit_add(store, &message).changes, 1);
    assert_int_equal(kit_address(store, "c@example.org").state, WB_ADDRESS_SUPPRESSED);
    wb_store_close(store);
}

static void a_delivery_notification(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char id[33];
    strike(store, 1, "a@example.org", "mailbox-full", "pause", now - 3 * DAY);
    struct wb_record record = bounce(id, 2, "a@example.org", "", "none", now - 2 * DAY);
    struct wb_message message = {WB_NONE, T("api"), now, &record, 1};
    record.kind = T("delivered");
    record.action = T("relayed"); /* nobody knows whether it arrived */
    kit_add(store, &message);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 1);
    record = bounce(id, 3, "a@example.org", "", "none", now - 2 * DAY);
    record.kind = T("delivered");
    record.action = T("delivered");
    record.proof = WB_PROOF_NONE;
    kit_add(store, &message);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 1);
    record = bounce(id, 4, "a@example.org", "", "none", now - 2 * DAY);
    record.kind = T("delivered");
    record.action = T("delivered");
    kit_add(store, &message);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 0);
    wb_store_close(store);
}

/* In one batch as in many. */
static void all_in_one_batch(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t day = time(NULL) / DAY * DAY - 8 * DAY;
    struct wb_record records[6];
    struct wb_message messages[6];
    struct wb_added added[6];
    char ids[6][33];
    for (unsigned i = 0; i < 6; i++) {
        records[i] = bounce(ids[i], i, "a@example.org", "mailbox-full", "pause", day + i * DAY);
        messages[i] = (struct wb_message){WB_NONE, T("api"), day + 8 * DAY, &records[i], 1};
    }
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, messages, 6, kit_policy, added, S));
    OK(wb_store_commit(store, S));
    assert_int_equal(added[2].changes, 1);
    assert_int_equal(added[0].changes + added[1].changes + added[3].changes + added[5].changes, 0);
    struct kit_address row = kit_address(store, "a@example.org");
    assert_int_equal(row.since, day + 2 * DAY);
    assert_int_equal(row.strikes, 3);
    wb_store_close(store);
}

/* ---- by hand ---- */

static char audit_text[4000];

static bool take_audit(void *own, const struct wb_audit_row *row, struct wb_cursor place)
{
    (void)own;
    size_t n = strlen(audit_text);
    snprintf(audit_text + n, sizeof audit_text - n, "%.*s %.*s %.*s %.*s>%.*s %.20s\n",
             WB_F(row->who), WB_F(row->action), WB_F(row->address), WB_F(row->before),
             WB_F(row->after),
             row->why.n > 20 ? "(report)"
             : row->why.n    ? row->why.p
                             : "");
    assert_true(place.id > 0 && row->at > 1700000000);
    return true;
}

static bool take_strike(void *own, const struct wb_strike_row *row)
{
    struct wb_strike_row *out = own;
    *out = *row;
    out->cause = unit_exact(row->cause);
    out->report_id = unit_exact(row->report_id);
    return true;
}

static void changes_by_hand(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("A@Example.org"), WB_ADDRESS_SUPPRESSED, 0, T("meier"),
                          T("gone"), S));
    OK(wb_store_commit(store, S));
    struct kit_address row = kit_address(store, "a@example.org");
    assert_int_equal(row.state, WB_ADDRESS_SUPPRESSED);
    assert_string_equal(row.why, "gone");
    assert_true(row.since >= now && row.until == 0);
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("a@example.org"), WB_ADDRESS_PROBATION, 0, T("meier"), T("back"),
                          S));
    OK(wb_store_commit(store, S));
    /* failures from before the release are not held against it, later ones are */
    assert_int_equal(
        strike(store, 1, "a@example.org", "user-unknown", "suppress", now - DAY).changes, 0);
    assert_int_equal(
        strike(store, 2, "a@example.org", "user-unknown", "suppress", now + 60).changes, 1);
    struct wb_strike_row one;
    OK(wb_store_strikes(store, T("a@EXAMPLE.org"), take_strike, &one, S));
    char id[33];
    assert_slice(one.report_id, kit_id(id, 2));
    assert_text(one.cause, "user-unknown");
    *audit_text = '\0';
    OK(wb_store_audit(store, T("A@example.org"), (struct wb_cursor){0}, 9, take_audit, NULL, S));
    assert_string_equal(audit_text, "policy suppress a@example.org probation>suppressed (report)\n"
                                    "meier state a@example.org suppressed>probation back\n"
                                    "meier state a@example.org ok>suppressed gone\n");
    /* without an address, or undone: nothing */
    OK(wb_store_begin(store, S));
    assert_false(wb_store_set_state(store, T(" "), WB_ADDRESS_OK, 0, T("x"), T("y"), S));
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("b@example.org"), WB_ADDRESS_SUPPRESSED, 0, T("m"), T("g"), S));
    wb_store_undo(store);
    assert_int_equal(kit_address(store, "b@example.org").state, WB_ADDRESS_STATES);
    wb_store_close(store);
}

static void states_run_out(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("p@example.org"), WB_ADDRESS_PAUSED, now - 5, T("m"), T("g"),
                          S));
    OK(wb_store_set_state(store, T("s@example.org"), WB_ADDRESS_SUPPRESSED, now - 5, T("m"), T("g"),
                          S));
    OK(wb_store_set_state(store, T("q@example.org"), WB_ADDRESS_PAUSED, now + 500, T("m"), T("g"),
                          S));
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_address(store, "p@example.org").state, WB_ADDRESS_OK);
    assert_int_equal(kit_address(store, "s@example.org").state, WB_ADDRESS_PROBATION);
    assert_int_equal(kit_address(store, "s@example.org").since, now - 5);
    assert_int_equal(kit_address(store, "q@example.org").state, WB_ADDRESS_PAUSED);
    uint64_t rows;
    OK(wb_store_retain(store, 0, 0, &rows, S));
    assert_int_equal(kit_address(store, "s@example.org").state, WB_ADDRESS_PROBATION);
    *audit_text = '\0';
    OK(wb_store_audit(store, T("s@example.org"), (struct wb_cursor){0}, 1, take_audit, NULL, S));
    assert_string_equal(audit_text, "policy expire s@example.org suppressed>probation \n");
    wb_store_close(store);
}

/* ---- lists ---- */

static char listed[70000];

static bool take_listed(void *own, const struct wb_address_row *row, struct wb_cursor place)
{
    (void)place;
    size_t n = strlen(listed);
    snprintf(listed + n, sizeof listed - n, "%.*s ", WB_F(row->address));
    ++*(size_t *)own;
    return true;
}

static unsigned pages;

static size_t list(struct wb_store *store, int state, const char *words, unsigned limit)
{
    struct wb_cursor next = {0};
    size_t n = 0;
    *listed = '\0';
    pages = 0;
    do {
        OK(wb_store_addresses(store, state, T(words), next, limit, take_listed, &n, &next, S));
        pages++;
    } while (next.id);
    return n;
}

static void lists_of_addresses(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    for (unsigned i = 0; i < 300; i++) {
        char address[40];
        snprintf(address, sizeof address, "u%03u@d%u.example.org", i, i % 3);
        OK(wb_store_begin(store, S));
        OK(wb_store_set_state(store, T(address), i % 2 ? WB_ADDRESS_SUPPRESSED : WB_ADDRESS_OK, 0,
                              T("m"), T("g"), S));
        OK(wb_store_commit(store, S));
    }
    for (unsigned limit = 1; limit < 400; limit = limit * 3 + 5) {
        assert_int_equal(list(store, -1, "", limit), 300);
        assert_int_equal(list(store, WB_ADDRESS_SUPPRESSED, "", limit), 150);
        assert_int_equal(list(store, WB_ADDRESS_OK, "", limit), 150);
        assert_int_equal(list(store, WB_ADDRESS_PAUSED, "", limit), 0);
        assert_int_equal(list(store, -1, "U01", limit), 10);
        assert_int_equal(list(store, WB_ADDRESS_SUPPRESSED, "u01", limit), 5);
        assert_int_equal(list(store, -1, "@d2.", limit), 100);
        assert_int_equal(list(store, -1, "x", limit), 0);
    }
    /* the last page says that it is the last one, be it full or not */
    for (unsigned limit = 5; limit < 9; limit++) {
        list(store, -1, "u01", limit);
        assert_int_equal(pages, (10 + limit - 1) / limit);
        list(store, WB_ADDRESS_SUPPRESSED, "", limit);
        assert_int_equal(pages, (150 + limit - 1) / limit);
    }
    list(store, -1, "u00", 4);
    assert_string_equal(listed, "u000@d0.example.org u001@d1.example.org u002@d2.example.org "
                                "u003@d0.example.org u004@d1.example.org u005@d2.example.org "
                                "u006@d0.example.org u007@d1.example.org u008@d2.example.org "
                                "u009@d0.example.org ");
    /* many at once, known ones and others */
    static char texts[400][40];
    static struct wb_slice many[400];
    for (unsigned i = 0; i < 400; i++) {
        snprintf(texts[i], sizeof texts[i], "U%03u@D%u.example.org", i, i % 3);
        many[i] = T(texts[i]);
    }
    size_t n = 0;
    OK(wb_store_lookup(store, many, 400, take_listed, &n, S));
    assert_int_equal(n, 300);
    wb_store_close(store);
}

/* ---- forgetting ---- */

static bool keep_record(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)place;
    snprintf(own, 500, "%.*s|%.*s|%.*s", WB_F(record->recipient), WB_F(record->message_id),
             WB_F(record->document));
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
        records[0] = bounce(ids[i], i, i % 4 ? "Forget.Me@example.org" : "other@example.org",
                            i % 2 ? "user-unknown" : "unknown", "pause", now - i * DAY);
        records[0].diagnostic =
            i % 4 ? T("550 5.1.1 <forget.me@example.org> strange") : T("550 strange");
        struct wb_message message = {i % 4 ? T("To: FORGET.me@example.org\r\n") : T("To: other"),
                                     T("forget.me@example.org.mbox"), now, records, 1};
        kit_add(store, &message);
    }
    char id[33], sibling[33];
    records[0] = bounce(id, 100, "forget.me@example.org", "user-unknown", "suppress", now);
    records[1] = bounce(sibling, 101, "stays@example.org", "user-unknown", "suppress", now);
    records[1].document = T("{\"to\":\"stays@example.org, Forget.me@Example.org\"}");
    records[1].message_id = T("1.forget.me@example.org");
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
    assert_string_equal(text, "stays@example.org|1.*********************|"
                              "{\"to\":\"stays@example.org, *********************\"}");
    OK(wb_store_raw(store, T(sibling), NULL, &found, S));
    assert_false(found);
    *audit_text = '\0';
    OK(wb_store_audit(store, WB_NONE, (struct wb_cursor){0}, 2, take_audit, NULL, S));
    assert_string_equal(audit_text, "meier forget  > \nm state stays@example.org suppressed>ok \n");
    /* who is not known is forgotten easily */
    OK(wb_store_begin(store, S));
    OK(wb_store_forget(store, T("nobody@example.org"), T("meier"), &rows, S));
    OK(wb_store_commit(store, S));
    assert_int_equal(rows, 0);
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
        bounce(ids[0], 1, "stays@example.org", "user-unknown", "suppress", now),
        bounce(ids[1], 2, "forget.me@example.org", "user-unknown", "suppress", now)};
    records[0].document = T("{\"to\":\"forget.me@example.org\"}");
    struct wb_message message = {T("To: both\r\n"), T("api"), now, records, 1};
    kit_add(store, &message);
    message.n = 2;
    assert_int_equal(kit_add(store, &message).reports, 1);
    OK(wb_store_begin(store, S));
    OK(wb_store_forget(store, T("forget.me@example.org"), T("meier"), &rows, S));
    OK(wb_store_commit(store, S));
    OK(wb_store_report(store, T(ids[0]), keep_record, text, &found, S));
    assert_string_equal(text, "stays@example.org||{\"to\":\"*********************\"}");
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
        bounce(ids[0], 1, "unknown", "user-unknown", "suppress", now),
        bounce(ids[1], 2, "stays@example.org", "user-unknown", "suppress", now)};
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

/* ---- another policy ---- */

static bool take_change(void *own, const struct wb_change *change)
{
    size_t n = strlen(own);
    snprintf((char *)own + n, 900 - n, "%.*s %.*s>%.*s %.*s\n", WB_F(change->address),
             WB_F(wb_address_state_name(change->before)),
             WB_F(wb_address_state_name(change->after)), WB_F(change->cause));
    return true;
}

static void another_policy(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    strike(store, 1, "gone@example.org", "user-unknown", "suppress", now - 5 * DAY);
    strike(store, 2, "full@example.org", "mailbox-full", "pause", now - 3 * DAY);
    strike(store, 3, "full@example.org", "mailbox-full", "pause", now - 2 * DAY);
    strike(store, 4, "other@example.org", "blocklisted", "fix-sender", now - 2 * DAY);
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("hand@example.org"), WB_ADDRESS_SUPPRESSED, 0, T("m"), T("g"),
                          S));
    OK(wb_store_commit(store, S));
    strike(store, 5, "hand@example.org", "mailbox-full", "pause", now - 4 * DAY);
    char text[1000] = "";
    OK(wb_store_dry_run(store, kit_policy, now - 30 * DAY, take_change, text, S));
    assert_string_equal(text, "");
    struct wb_policy *strict =
        wb_policy_parse(T("rules: [{causes: mailbox-full, strikes: 2, within: 9,"
                          " then: pause, pause: 30}]"),
                        "p.yaml", S);
    assert_non_null(strict);
    OK(wb_store_dry_run(store, strict, now - 30 * DAY, take_change, text, S));
    assert_string_equal(text, "gone@example.org suppressed>ok \n"
                              "full@example.org ok>paused mailbox-full\n");
    *text = '\0';
    OK(wb_store_dry_run(store, strict, now - 60, take_change, text, S));
    assert_string_equal(text, "");
    assert_int_equal(kit_address(store, "full@example.org").state, WB_ADDRESS_OK);
    wb_policy_free(strict);
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

int main(void)
{
    kit_open();
    UNIT_ONE(a_clear_report_suppresses, "at once");
    UNIT_ONE(full_three_times, "on different days: a pause; a delivery takes it back");
    UNIT_ONE(what_counts_not, "unproven, forbidden, delayed, twice the same");
    UNIT_ONE(a_delivery_notification, "resets, if it is one and proven");
    UNIT_ONE(all_in_one_batch, "as in many");
    UNIT_ONE(changes_by_hand, "with their audit");
    UNIT_ONE(states_run_out, "pauses and suppressions");
    UNIT_ONE(lists_of_addresses, "by state, by beginning, in pages");
    UNIT_ONE(nothing_is_left, "of an address that is forgotten");
    UNIT_ONE(nothing_is_left_among_many, "others");
    UNIT_ONE(found_later, "in a mail that was there");
    UNIT_ONE(words_are_left, "where an address is no more than one");
    UNIT_ONE(another_policy, "tried on what is there");
    return unit_run();
}
