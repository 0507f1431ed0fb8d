/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: addresses, strikes, audit. */
#include <time.h>

#include "store_kit.h"

#include "events.h"
#include "judge.h"

/* ---- the policy, through the store ---- */

static bool take_strike(void *own, const struct wb_strike_row *row)
{
    struct wb_strike_row *out = own;
    *out = *row;
    out->cause = unit_exact(row->cause);
    out->report_id = unit_exact(row->report_id);
    return true;
}

static void a_clear_report_suppresses(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    assert_int_equal(
        kit_strike(store, 1, "Wang@Example.cn", "user-unknown", "suppress", now - 50).changes, 1);
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
        kit_strike(store, 2, "wang@example.cn", "user-unknown", "suppress", now - 5).changes, 0);
    wb_store_close(store);
}

static void full_three_times(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t day = time(NULL) / DAY * DAY - 3 * DAY;
    unsigned changes = 0;
    for (unsigned i = 0; i < 8; i++) /* four on each of two days */
        changes +=
            kit_strike(store, i, "li@example.cn", "mailbox-full", "pause", day + i / 4 * DAY + i)
                .changes;
    assert_int_equal(changes, 0);
    assert_int_equal(kit_address(store, "li@example.cn").strikes, 2);
    assert_int_equal(
        kit_strike(store, 9, "li@example.cn", "mailbox-full", "pause", day + 2 * DAY).changes, 1);
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
    assert_int_equal(
        kit_strike(store, 20, "li@example.cn", "user-unknown", "suppress", day).changes, 0);
    assert_int_equal(kit_address(store, "li@example.cn").strikes, 0);
    wb_store_close(store);
}

static void what_counts_not(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char id[33];
    struct wb_record record =
        kit_bounce(id, 1, "a@example.org", "user-unknown", "suppress", now - 9);
    struct wb_message message = {WB_NONE, T("api"), now, &record, 1};
    record.proof = WB_PROOF_NONE;
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = kit_bounce(id, 2, "a@example.org", "blocklisted", "suppress", now - 9);
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = kit_bounce(id, 3, "a@example.org", "user-unknown", "none", now - 9);
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = kit_bounce(id, 4, "a@example.org", "user-unknown", "suppress", now - 9);
    record.kind = T("delay");
    assert_int_equal(kit_add(store, &message).changes, 0);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 0);
    /* the same failure twice, by two ways, on two days: one strike */
    record = kit_bounce(id, 5, "a@example.org", "user-unknown", "pause", now - 3 * DAY);
    struct wb_slice key = unit_exact(record.failure_key);
    assert_int_equal(kit_add(store, &message).changes, 0);
    record = kit_bounce(id, 6, "a@example.org", "user-unknown", "pause", now - DAY);
    record.failure_key = key;
    assert_int_equal(kit_add(store, &message).changes, 0);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 1);
    /* another one does it: it was seen on two days */
    record = kit_bounce(id, 7, "a@example.org", "user-unknown", "pause", now - DAY);
    assert_int_equal(kit_add(store, &message).changes, 1);
    /* a complaint */
    record = kit_bounce(id, 8, "c@example.org", "", "suppress", now - DAY);
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
    kit_strike(store, 1, "a@example.org", "mailbox-full", "pause", now - 3 * DAY);
    struct wb_record record = kit_bounce(id, 2, "a@example.org", "", "none", now - 2 * DAY);
    struct wb_message message = {WB_NONE, T("api"), now, &record, 1};
    record.kind = T("delivered");
    record.action = T("relayed"); /* nobody knows whether it arrived */
    kit_add(store, &message);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 1);
    record = kit_bounce(id, 3, "a@example.org", "", "none", now - 2 * DAY);
    record.kind = T("delivered");
    record.action = T("delivered");
    record.proof = WB_PROOF_NONE;
    kit_add(store, &message);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 1);
    record = kit_bounce(id, 4, "a@example.org", "", "none", now - 2 * DAY);
    record.kind = T("delivered");
    record.action = T("delivered");
    kit_add(store, &message);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 0);
    wb_store_close(store);
}

static void deliver(struct wb_store *store, const char *address, int64_t at)
{
    OK(wb_store_begin(store, S));
    OK(wb_store_delivered(store, T(address), at, S));
    OK(wb_store_commit(store, S));
}

/* It takes back what was before it, and says nothing of why an address is suppressed. */
static void a_delivery_in_between(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    kit_strike(store, 1, "a@example.org", "mailbox-full", "pause", now - 5 * DAY);
    kit_strike(store, 2, "a@example.org", "mailbox-full", "pause", now - DAY);
    deliver(store, "a@example.org", now - 3 * DAY);
    struct wb_strike_row left;
    OK(wb_store_strikes(store, T("a@example.org"), take_strike, &left, S));
    assert_int_equal(left.at, now - DAY);
    assert_int_equal(kit_address(store, "a@example.org").strikes, 1);
    kit_strike(store, 3, "b@example.org", "user-unknown", "suppress", now - 5 * DAY);
    deliver(store, "b@example.org", now - DAY);
    struct kit_address row = kit_address(store, "b@example.org");
    assert_int_equal(row.state, WB_ADDRESS_SUPPRESSED);
    assert_int_equal(row.last_delivery, now - DAY);
    assert_string_equal(row.cause, "user-unknown");
    assert_int_equal(strlen(row.why), 32);
    wb_store_close(store);
}

/* Of very many strikes the last ones are looked at, and no more than there is room for. */
static void very_many_strikes(void **state)
{
    (void)state;
    struct {
        struct wb_history history;
        char behind[8 * sizeof(struct wb_strike)];
    } room = {0};
    struct wb_history *history = &room.history;
    static const char nothing[sizeof room.behind];
    enum { MANY = WB_MAX_STORED_STRIKES + 6 };
    struct wb_store *store = kit_store();
    struct wb_policy *patient = wb_policy_parse(
        T("rules:\n- {causes: mailbox-full, strikes: 64, within: 99, then: suppress}\n"
          "- {causes: host-unknown, strikes: 64, within: 99, then: suppress}\n"),
        "p.yaml", S);
    assert_non_null(patient);
    int64_t day = time(NULL) / DAY * DAY - 90 * DAY, id;
    for (unsigned i = 0; i < MANY; i++) {
        char hex[33];
        struct wb_record record =
            kit_bounce(hex, i, "a@example.org", i % 2 ? "mailbox-full" : "host-unknown", "pause",
                       day + i * DAY);
        struct wb_message message = {WB_NONE, T("api"), day + 99 * DAY, &record, 1};
        OK(wb_store_begin(store, S));
        OK(wb_store_add(store, &message, 1, patient, NULL, S));
        OK(wb_store_commit(store, S));
    }
    assert_int_equal(kit_address(store, "a@example.org").strikes, MANY);
    assert_int_equal(kit_address(store, "a@example.org").state, WB_ADDRESS_OK);
    OK(wb_address_number(store, T("a@example.org"), &id, S));
    OK(wb_histories_read(store, &id, &history, 1, S));
    assert_int_equal(history->n, WB_MAX_STORED_STRIKES);
    for (size_t i = 0; i < history->n; i++)
        assert_int_equal(history->strikes[i].at, day + (int64_t)(i + 6) * DAY);
    assert_memory_equal(room.behind, nothing, sizeof nothing);
    wb_policy_free(patient);
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
        records[i] = kit_bounce(ids[i], i, "a@example.org", "mailbox-full", "pause", day + i * DAY);
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
        kit_strike(store, 1, "a@example.org", "user-unknown", "suppress", now - DAY).changes, 0);
    assert_int_equal(
        kit_strike(store, 2, "a@example.org", "user-unknown", "suppress", now + 60).changes, 1);
    struct wb_strike_row one;
    OK(wb_store_strikes(store, T("a@EXAMPLE.org"), take_strike, &one, S));
    char id[33];
    assert_slice(one.report_id, kit_id(id, 2));
    assert_text(one.cause, "user-unknown");
    *kit_audit = '\0';
    OK(wb_store_audit(store, T("A@example.org"), (struct wb_cursor){0}, 9, kit_take_audit, NULL,
                      S));
    assert_string_equal(kit_audit, "policy suppress a@example.org probation>suppressed (report)\n"
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
    OK(wb_store_set_state(store, T("e@example.org"), WB_ADDRESS_SUPPRESSED, 0, T("m"), T("g"), S));
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_address(store, "p@example.org").state, WB_ADDRESS_OK);
    assert_int_equal(kit_address(store, "s@example.org").state, WB_ADDRESS_PROBATION);
    assert_int_equal(kit_address(store, "s@example.org").since, now - 5);
    assert_int_equal(kit_address(store, "q@example.org").state, WB_ADDRESS_PAUSED);
    uint64_t rows, suppressed, paused;
    OK(wb_store_address_counts(store, &suppressed, &paused, S));
    assert_true(suppressed == 2 && paused == 1); /* s counts until house is kept */
    OK(wb_store_retain(store, 0, 0, &rows, S));
    OK(wb_store_address_counts(store, &suppressed, &paused, S));
    assert_true(suppressed == 1 && paused == 1);
    OK(wb_store_suppressed(store, 0, &suppressed, S));
    assert_int_equal(suppressed, 1);
    OK(wb_store_suppressed(store, now + 100, &suppressed, S));
    assert_int_equal(suppressed, 0);
    assert_int_equal(kit_address(store, "s@example.org").state, WB_ADDRESS_PROBATION);
    assert_int_equal(kit_address(store, "e@example.org").state, WB_ADDRESS_SUPPRESSED);
    *kit_audit = '\0';
    OK(wb_store_audit(store, T("s@example.org"), (struct wb_cursor){0}, 1, kit_take_audit, NULL,
                      S));
    assert_string_equal(kit_audit, "policy expire s@example.org suppressed>probation \n");
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
    kit_strike(store, 1, "gone@example.org", "user-unknown", "suppress", now - 5 * DAY);
    kit_strike(store, 2, "full@example.org", "mailbox-full", "pause", now - 3 * DAY);
    kit_strike(store, 3, "full@example.org", "mailbox-full", "pause", now - 2 * DAY);
    kit_strike(store, 4, "other@example.org", "blocklisted", "fix-sender", now - 2 * DAY);
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("hand@example.org"), WB_ADDRESS_SUPPRESSED, 0, T("m"), T("g"),
                          S));
    OK(wb_store_commit(store, S));
    kit_strike(store, 5, "hand@example.org", "mailbox-full", "pause", now - 4 * DAY);
    /* a delivery between two strikes, by a log and by a notification */
    kit_strike(store, 6, "log@example.org", "mailbox-full", "pause", now - 6 * DAY);
    deliver(store, "log@example.org", now - 4 * DAY);
    kit_strike(store, 7, "log@example.org", "mailbox-full", "pause", now - 3 * DAY);
    kit_strike(store, 8, "told@example.org", "host-unknown", "pause", now - 6 * DAY);
    char id[33];
    struct wb_record told = kit_bounce(id, 9, "told@example.org", "", "none", now - 4 * DAY);
    struct wb_message message = {WB_NONE, T("api"), now, &told, 1};
    told.kind = told.action = T("delivered");
    kit_add(store, &message);
    kit_strike(store, 10, "told@example.org", "host-unknown", "pause", now - 3 * DAY);
    told = kit_bounce(id, 11, "told@example.org", "", "none", now - DAY);
    told.kind = told.action = T("delivered");
    kit_add(store, &message);
    char text[1000] = "";
    OK(wb_store_dry_run(store, kit_policy, now - 30 * DAY, take_change, text, S));
    assert_string_equal(text, "");
    struct wb_policy *strict =
        wb_policy_parse(T("rules: [{causes: mailbox-full, strikes: 2, within: 9,"
                          " then: pause, pause: 30}, {causes: host-unknown, strikes: 2,"
                          " within: 9, then: suppress}]"),
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

int main(void)
{
    kit_open();
    UNIT_ONE(a_clear_report_suppresses, "at once");
    UNIT_ONE(full_three_times, "on different days: a pause; a delivery takes it back");
    UNIT_ONE(what_counts_not, "unproven, forbidden, delayed, twice the same");
    UNIT_ONE(a_delivery_notification, "resets, if it is one and proven");
    UNIT_ONE(a_delivery_in_between, "takes back what was before");
    UNIT_ONE(very_many_strikes, "of one address");
    UNIT_ONE(all_in_one_batch, "as in many");
    UNIT_ONE(changes_by_hand, "with their audit");
    UNIT_ONE(states_run_out, "pauses and suppressions");
    UNIT_ONE(lists_of_addresses, "by state, by beginning, in pages");
    UNIT_ONE(another_policy, "tried on what is there");
    return unit_run();
}
