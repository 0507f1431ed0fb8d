/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: what store.h promises. */
#include <unistd.h>

#include "unit.h"

#include "store.h"
#include "store_address.h"
#include "store_read.h"
#include "store_token.h"

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

static bool print_address(void *own, const struct wb_address_row *row, struct wb_cursor place)
{
    (void)place;
    ++*(int *)own;
    printf("# %.*s state %.*s since %ld until %ld strikes %u pauses %u cause %.*s why %.*s lastf "
           "%ld\n",
           WB_F(row->address), WB_F(wb_address_state_name(row->state)), row->since, row->until,
           row->strikes, row->pauses, WB_F(row->cause), WB_F(row->why), row->last_failure);
    return true;
}

static bool print_audit(void *own, const struct wb_audit_row *row, struct wb_cursor place)
{
    (void)place;
    ++*(int *)own;
    printf("# %.*s %.*s %.*s %.*s -> %.*s %.*s\n", WB_F(row->who), WB_F(row->action),
           WB_F(row->address), WB_F(row->before), WB_F(row->after), WB_F(row->why));
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
                               .recommendation = WB_S("pause"),
                               .proof = WB_PROOF_LOG,
                               .recipient = WB_S("Wang@Example.cn"),
                               .cause = WB_S("mailbox-full"),
                               .document = WB_S("{}"),
                               .diagnostic = WB_S("552 5.2.2 Mailbox FULL"),
                               .at = 1700000000};
    struct wb_message message = {WB_S("From: x\n\nhello"), WB_S("api"), 1700000001, &record, 1};
    struct wb_added added;
    OK(wb_store_begin(store, &status));
    struct wb_policy *policy = wb_policy_open(NULL, &status);
    if (!policy)
        fail_msg("%s", status.text);
    OK(wb_store_add(store, &message, 1, policy, &added, &status));
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
    OK(wb_store_begin(store, &status));
    OK(wb_store_set_state(store, WB_S("X@y.org"), WB_ADDRESS_SUPPRESSED, 0, WB_S("me"), WB_S("so"),
                          &status));
    record.recommendation = WB_S("suppress");
    record.cause = WB_S("user-unknown");
    record.report_id = WB_S("10112233445566778899aabbccddeeff");
    record.failure_key = WB_S("10112233445566778899aabbccddeeff");
    OK(wb_store_add(store, &message, 1, policy, &added, &status));
    printf("# added %u dup %u\n", added.reports, added.duplicates);
    n = 0;
    OK(wb_store_audit(store, WB_NONE, (struct wb_cursor){0}, 5, print_audit, &n, &status));
    assert_int_equal(added.changes, 1);
    unsigned char hash[32] = "x";
    int64_t token;
    OK(wb_store_token_add(store, WB_S("t"), 3, hash, &token, &status));
    OK(wb_store_token_revoke(store, token, &found, &status));
    OK(wb_store_commit(store, &status));
    n = 0;
    OK(wb_store_addresses(store, -1, WB_S("wa"), (struct wb_cursor){0}, 5, print_address, &n, &next,
                          &status));
    OK(wb_store_addresses(store, -1, WB_S("@exa"), (struct wb_cursor){0}, 5, print_address, &n,
                          &next, &status));
    OK(wb_store_addresses(store, WB_ADDRESS_SUPPRESSED, WB_S(""), (struct wb_cursor){0}, 5,
                          print_address, &n, &next, &status));
    assert_int_equal(n, 3);
    OK(wb_store_audit(store, WB_NONE, (struct wb_cursor){0}, 5, print_audit, &n, &status));
    wb_policy_free(policy);
    wb_store_close(store);
    unlink(url + 7);
}

int main(void)
{
    UNIT_ONE(smoke, "adds and reads");
    return unit_run();
}
