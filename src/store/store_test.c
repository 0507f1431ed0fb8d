/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: what store.h promises. */
#include <unistd.h>

#include "unit.h"

#include "store.h"
#include "store_read.h"

static struct wb_status status;
static char url[200];

#define OK(call)                                                                                   \
    do {                                                                                           \
        status.text[0] = '\0';                                                                     \
        if (!(call)) {                                                                             \
            print_error("%s: %s\n", #call, status.text);                                           \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

static bool seen(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)place;
    assert_slice(record->cause, WB_S("mailbox-full"));
    assert_slice(record->document, WB_S("{}"));
    ++*(int *)own;
    return true;
}

static void smoke(void **state)
{
    (void)state;
    snprintf(url, sizeof url, "sqlite:/tmp/store-test.%d.db", getpid());
    struct wb_store *store = wb_store_open(url, WB_STORE_WRITE, &status);
    if (!store)
        fail_msg("%s", status.text);
    struct wb_record record = {.report_id = WB_S("00112233445566778899aabbccddeeff"),
                               .failure_key = WB_S("00112233445566778899aabbccddee00"),
                               .kind = WB_S("bounce"),
                               .recipient = WB_S("Wang@Example.cn"),
                               .cause = WB_S("mailbox-full"),
                               .document = WB_S("{}"),
                               .diagnostic = WB_S("552 5.2.2 Mailbox FULL"),
                               .at = 1700000000};
    struct wb_message message = {WB_S("From: x\n\nhello"), WB_S("api"), 1700000001, &record, 1};
    struct wb_added added;
    OK(wb_store_begin(store, &status));
    OK(wb_store_add(store, &message, 1, NULL, &added, &status));
    OK(wb_store_add(store, &message, 1, NULL, &added, &status));
    assert_int_equal(added.duplicates, 1);
    OK(wb_store_commit(store, &status));
    int n = 0;
    struct wb_cursor next;
    struct wb_filter filter = {.address = WB_S("wang@example.cn"), .words = WB_S("mailbox full")};
    OK(wb_store_events(store, &filter, (struct wb_cursor){0}, 50, seen, &n, &next, &status));
    assert_int_equal(n, 1);
    bool found;
    OK(wb_store_report(store, record.report_id, seen, &n, &found, &status));
    assert_true(found);
    struct wb_buf raw = {0};
    OK(wb_store_raw(store, record.report_id, &raw, &found, &status));
    assert_slice(wb_buf_slice(&raw), message.raw);
    OK(wb_store_history(store, record.report_id, seen, &n, &status));
    assert_int_equal(n, 3);
    wb_buf_free(&raw);
    wb_store_close(store);
    unlink(url + 7);
}

int main(void)
{
    UNIT_ONE(smoke, "adds and reads");
    return unit_run();
}
