/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: what others are told, as a queue. */
#include "store_kit.h"

#include "store_int.h"

/* Puts a notice of all that it is told of; a line of what it was told. */
static char told_lines[4000];

static void put(struct wb_store *store, const char *endpoint, const char *kind,
                struct wb_slice about, struct wb_slice body, int64_t at)
{
    static unsigned char n;
    struct wb_notice notice = {.endpoint = T(endpoint),
                               .kind = T(kind),
                               .about = about,
                               .body = body,
                               .at = at,
                               .message = {++n, 7}};
    wb_notice_put(store, &notice);
}

static void tell_report(const struct wb_teller *teller, struct wb_store *store,
                        const struct wb_record *record)
{
    (void)teller;
    put(store, "one", "report", record->report_id, record->document, record->at);
    put(store, "two", "report", record->report_id, record->document, record->at);
}

static void tell_transition(const struct wb_teller *teller, struct wb_store *store,
                            const struct wb_transition *t)
{
    (void)teller;
    size_t n = strlen(told_lines);
    snprintf(told_lines + n, sizeof told_lines - n, "%.*s %.*s %.*s %d>%d %s %s\n",
             WB_F(t->address), WB_F(t->who), WB_F(t->action), (int)t->before, (int)t->after,
             t->record ? "report" : "-", t->until > t->at ? "ends" : "-");
    put(store, "one", "address", t->address, WB_S("{\"a\":1}"), t->at);
}

static const struct wb_teller teller = {tell_report, tell_transition};

/* The queue of an endpoint: kind, what about, tries, error of each. */
static char queue_text[4000];
static struct wb_notice_row last;
static char last_body[200];

static bool take(void *own, const struct wb_notice_row *row, struct wb_cursor place)
{
    (void)own;
    size_t n = strlen(queue_text);
    snprintf(queue_text + n, sizeof queue_text - n, "%.*s %.*s %u %.*s\n", WB_F(row->notice.kind),
             WB_F(row->notice.about), row->tries, WB_F(row->error));
    last = *row;
    snprintf(last_body, sizeof last_body, "%.*s", WB_F(row->notice.body));
    assert_int_equal(place.id, row->id);
    return true;
}

static const char *due(struct wb_store *store, const char *endpoint, int64_t now)
{
    *queue_text = 0;
    OK(wb_store_notices_due(store, T(endpoint), now, 50, take, NULL, S));
    return queue_text;
}

static struct wb_store *telling_store(void)
{
    struct wb_store *store = kit_store();
    *told_lines = 0;
    wb_store_tell(store, &teller);
    return store;
}

static void stand_in_the_batch(void **state)
{
    (void)state;
    struct wb_store *store = telling_store();
    struct wb_record record = kit_record();
    struct wb_message message = {T("raw"), T("api"), KIT_T0, &record, 1};
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, &message, 1, kit_policy, NULL, S));
    wb_store_undo(store);
    assert_string_equal(due(store, "one", INT64_MAX), "");
    OK(wb_store_begin(store, S));
    OK(wb_store_commit(store, S)); /* nothing of the batch that was undone comes with another */
    assert_string_equal(due(store, "one", INT64_MAX), "");
    kit_add(store, &message);
    assert_string_equal(due(store, "two", INT64_MAX),
                        "report 00112233445566778899aabbccddeeff 0 \n");
    assert_slice(T(last_body), record.document);
    assert_int_equal(last.notice.at, KIT_T0);
    assert_int_equal(kit_add(store, &message).duplicates, 1); /* and is told of no more */
    assert_string_equal(due(store, "two", INT64_MAX),
                        "report 00112233445566778899aabbccddeeff 0 \n");
    wb_store_close(store);
}

static char endpoint_text[1000];

static bool take_endpoint(void *own, const struct wb_endpoint_row *row)
{
    (void)own;
    size_t n = strlen(endpoint_text);
    snprintf(endpoint_text + n, sizeof endpoint_text - n, "%.*s %d %d %d %d %d %.*s\n",
             WB_F(row->name), (int)row->waiting, (int)row->dead, (int)row->delivered,
             (int)row->last_delivery, (int)row->last_failure, WB_F(row->error));
    return true;
}

static const char *endpoints(struct wb_store *store)
{
    *endpoint_text = 0;
    OK(wb_store_endpoints(store, take_endpoint, NULL, S));
    return endpoint_text;
}

/* More than are kept in memory: they are written before, and undone with the batch all the same. */
static void very_many(void **state)
{
    (void)state;
    enum { N = 2500 };
    struct wb_store *store = telling_store();
    char address[40];
    for (int round = 0; round < 2; round++) {
        OK(wb_store_begin(store, S));
        for (int i = 0; i < N; i++) {
            snprintf(address, sizeof address, "a%d@example.org", i);
            OK(wb_store_set_state(store, T(address), WB_ADDRESS_SUPPRESSED, 0, T("x"), T("y"), S));
        }
        assert_true(store->notices.cells.n < 1200 * 6 * sizeof(struct wb_cell));
        if (round == 0)
            wb_store_undo(store);
        else
            OK(wb_store_commit(store, S));
        assert_string_equal(endpoints(store), round == 0 ? "" : "one 2500 0 0 0 0 \n");
    }
    wb_store_close(store);
}

static void transitions(void **state)
{
    (void)state;
    struct wb_store *store = telling_store();
    int64_t now = time(NULL);
    kit_strike(store, 1, "Li@Example.org", "user-unknown", "suppress", now - 100);
    kit_strike(store, 2, "li@example.org", "user-unknown", "suppress", now - 90);
    assert_string_equal(told_lines, "li@example.org policy suppress 0>2 report ends\n");
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("LI@example.org"), WB_ADDRESS_OK, 0, T("root"), T("x"), S));
    OK(wb_store_set_state(store, T("LI@example.org"), WB_ADDRESS_OK, 0, T("root"), T("x"), S));
    OK(wb_store_commit(store, S));
    assert_string_equal(told_lines, "li@example.org policy suppress 0>2 report ends\n"
                                    "li@example.org root state 2>0 - -\n");
    *told_lines = 0;
    for (unsigned day = 3; day > 0; day--)
        kit_strike(store, 10 + day, "ma@example.org", "mailbox-full", "pause", now - day * DAY);
    OK(wb_store_begin(store, S));
    OK(wb_store_delivered(store, T("Ma@example.org"), now, S));
    OK(wb_store_commit(store, S));
    assert_string_equal(told_lines, "ma@example.org policy pause 0>1 report ends\n"
                                    "ma@example.org policy delivery 1>0 - -\n");
    assert_non_null(strstr(due(store, "one", INT64_MAX), "address li@example.org 0 \n"));
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("zhao@example.org"), WB_ADDRESS_SUPPRESSED, now - 5, T("root"),
                          T("x"), S));
    OK(wb_store_commit(store, S));
    *told_lines = 0;
    uint64_t rows;
    OK(wb_store_retain(store, 0, 0, &rows, S));
    assert_string_equal(told_lines, "zhao@example.org policy expire 2>3 - -\n");
    wb_store_close(store);
}

static void try_last(struct wb_store *store, const char *error, int64_t at, int64_t next)
{
    struct wb_notice_try one = {
        .id = last.id, .endpoint = T("one"), .error = T(error), .at = at, .due = next};
    memcpy(one.message, last.notice.message, WB_NOTICE_ID);
    OK(wb_store_begin(store, S));
    OK(wb_store_notice_tried(store, &one, 1, S));
    OK(wb_store_commit(store, S));
}

static void put_three(struct wb_store *store)
{
    OK(wb_store_begin(store, S));
    put(store, "one", "alarm", T("a"), T("{}"), 100);
    put(store, "one", "alarm", T("b"), T("{}"), 90);
    put(store, "two", "alarm", T("c"), T("{}"), 90);
    OK(wb_store_commit(store, S));
}

static void tries(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    put_three(store);
    assert_string_equal(due(store, "one", 89), "");
    assert_string_equal(due(store, "one", 95), "alarm b 0 \n");
    assert_string_equal(due(store, "one", 100), "alarm b 0 \nalarm a 0 \n");
    assert_string_equal(endpoints(store), "one 2 0 0 0 0 \ntwo 1 0 0 0 0 \n");
    try_last(store, "500", 110, 150);
    assert_string_equal(due(store, "one", 149), "alarm b 0 \n");
    try_last(store, "", 120, 0); /* b is delivered */
    assert_string_equal(due(store, "one", 200), "alarm a 1 500\n");
    try_last(store, "no", 200, 300);
    due(store, "one", 300);
    try_last(store, "never", 300, 0); /* and given up */
    assert_string_equal(due(store, "one", INT64_MAX), "");
    assert_string_equal(endpoints(store), "one 0 1 1 120 300 never\ntwo 1 0 0 0 0 \n");
    /* what left the queue is not counted once more, nor is what took its number */
    try_last(store, "again", 400, 500);
    last.notice.message[1]++;
    try_last(store, "", 400, 0);
    assert_string_equal(endpoints(store), "one 0 1 1 120 300 never\ntwo 1 0 0 0 0 \n");
    wb_store_close(store);
    store = kit_again(WB_STORE_READ);
    assert_string_equal(endpoints(store), "one 0 1 1 120 300 never\ntwo 1 0 0 0 0 \n");
    wb_store_close(store);
}

static void the_dead(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_cursor next = {0};
    int64_t ids[3];
    bool found;
    OK(wb_store_begin(store, S));
    for (int i = 0; i < 3; i++)
        put(store, "one", "alarm", T(i == 0 ? "a" : i == 1 ? "b" : "c"), T("{}"), 100 + i);
    OK(wb_store_commit(store, S));
    for (int i = 0; i < 3; i++) {
        OK(wb_store_notices_due(store, T("one"), 100 + i, 1, take, NULL, S));
        ids[i] = last.id;
        try_last(store, "no", 500 + i / 2, 0); /* two at the same time */
    }
    *queue_text = 0;
    OK(wb_store_notices_dead(store, next, 2, take, NULL, &next, S));
    assert_string_equal(queue_text, "alarm c 1 no\nalarm b 1 no\n");
    assert_int_equal(next.id, ids[1]);
    *queue_text = 0;
    OK(wb_store_notices_dead(store, next, 2, take, NULL, &next, S));
    assert_string_equal(queue_text, "alarm a 1 no\n");
    assert_int_equal(next.id, 0);
    unsigned char before = last.notice.message[0];
    OK(wb_store_begin(store, S));
    OK(wb_store_notice_resend(store, ids[0], 900, &found, S));
    assert_true(found);
    OK(wb_store_notice_resend(store, ids[0], 900, &found, S)); /* it waits already */
    assert_false(found);
    OK(wb_store_notice_resend(store, 99999, 900, &found, S));
    assert_false(found);
    OK(wb_store_commit(store, S));
    assert_string_equal(due(store, "one", 899), "");
    assert_string_equal(due(store, "one", 900), "alarm a 0 no\n");
    assert_int_equal(last.since, 900);
    assert_int_equal(last.notice.message[0], before);
    wb_store_close(store);
}

static void grow_old(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    put_three(store);
    OK(wb_store_notices_retain(store, 90, 50, 1000, S));
    assert_string_equal(endpoints(store), "one 2 0 0 0 0 \ntwo 1 0 0 0 0 \n");
    OK(wb_store_notices_retain(store, 95, 50, 1000, S)); /* b and c have waited too long */
    assert_string_equal(endpoints(store), "one 1 1 0 0 0 \ntwo 0 1 0 0 0 \n");
    struct wb_cursor next;
    *queue_text = 0;
    OK(wb_store_notices_dead(store, (struct wb_cursor){0}, 9, take, NULL, &next, S));
    assert_string_equal(queue_text, "alarm c 0 it waited too long\nalarm b 0 it waited too long\n");
    OK(wb_store_notices_retain(store, 0, 1000, 2000, S));
    assert_string_equal(endpoints(store), "one 1 1 0 0 0 \ntwo 0 1 0 0 0 \n");
    OK(wb_store_notices_retain(store, 0, 1001, 2000, S));
    assert_string_equal(endpoints(store), "one 1 0 0 0 0 \n");
    wb_store_close(store);
}

static bool is_told(struct wb_store *store, const char *subject, int64_t from, int64_t now)
{
    bool is_new;
    OK(wb_store_begin(store, S));
    OK(wb_store_told(store, T(subject), from, now, &is_new, S));
    OK(wb_store_commit(store, S));
    return !is_new;
}

static void told_once(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    bool is_new;
    int64_t at;
    OK(wb_store_told_at(store, T("rate x"), &at, S));
    assert_int_equal(at, 0);
    assert_false(is_told(store, "rate x", 1000, 1100));
    OK(wb_store_told_at(store, T("rate x"), &at, S));
    assert_int_equal(at, 1100);
    assert_true(is_told(store, "rate x", 1000, 1200));
    assert_true(is_told(store, "rate x", 1100, 1200));
    assert_false(is_told(store, "rate y", 1000, 1200));
    assert_false(is_told(store, "rate x", 1101, 1300)); /* another day */
    OK(wb_store_begin(store, S));
    OK(wb_store_told(store, T("rate z"), 5, 9, &is_new, S));
    wb_store_undo(store);
    assert_false(is_told(store, "rate z", 5, 9));
    wb_store_close(store);
}

static void forgotten(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    uint64_t rows;
    OK(wb_store_begin(store, S));
    OK(wb_store_set_state(store, T("a\"b@example.org"), WB_ADDRESS_SUPPRESSED, 0, T("x"), T("y"),
                          S));
    OK(wb_store_set_state(store, T("unknown"), WB_ADDRESS_SUPPRESSED, 0, T("x"), T("y"), S));
    put(store, "one", "report", T("1"), T("{\"to\":\"A\\\"b@example.ORG\"}"), 1);
    put(store, "one", "report", T("2"), T("{\"to\":\"c@example.org\",\"cause\":\"is-unknown\"}"),
        1);
    put(store, "one", "report", T("3"), T("{\"to\":\"unknown\"}"), 1);
    OK(wb_store_commit(store, S));
    assert_false(is_told(store, "burst a\"b@example.org", 10, 11));
    OK(wb_store_begin(store, S));
    OK(wb_store_forget(store, T("a\"b@example.org"), T("x"), &rows, S));
    OK(wb_store_commit(store, S));
    assert_string_equal(due(store, "one", 9), "report 2 0 \nreport 3 0 \n");
    assert_false(is_told(store, "burst a\"b@example.org", 10, 11));
    OK(wb_store_begin(store, S));
    OK(wb_store_forget(store, T("unknown"), T("x"), &rows, S));
    OK(wb_store_commit(store, S));
    assert_string_equal(due(store, "one", 9), "report 2 0 \n");
    wb_store_close(store);
}

int main(void)
{
    kit_open();
    UNIT_ONE(stand_in_the_batch, "notices are there with what they tell of, or not at all");
    UNIT_ONE(very_many, "of one batch");
    UNIT_ONE(transitions, "a state that changes is told of, one that stays is not");
    UNIT_ONE(tries, "delivered, later, given up");
    UNIT_ONE(the_dead, "by pages, and sent once more");
    UNIT_ONE(grow_old, "what waits too long is given up, and goes in the end");
    UNIT_ONE(told_once, "of a time");
    UNIT_ONE(forgotten, "with the address that they name");
    return unit_run();
}
