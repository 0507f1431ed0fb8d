/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: tokens. */
#include "store_kit.h"

static bool take_token(void *own, const struct wb_token_row *row)
{
    struct wb_token_row *out = own;
    *out = *row;
    out->name = unit_exact(row->name);
    return true;
}

static void tokens(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    unsigned char one[32] = "one", two[32] = "two";
    int64_t id, other;
    bool found;
    OK(wb_store_begin(store, S));
    OK(wb_store_token_add(store, T("of the shop"), 5, one, &id, S));
    OK(wb_store_token_add(store, T("x"), 1, two, &other, S));
    OK(wb_store_commit(store, S));
    assert_int_not_equal(id, other);
    struct wb_token_row row = {0};
    OK(wb_store_token_find(store, one, take_token, &row, &found, S));
    assert_true(found);
    assert_int_equal(row.id, id);
    assert_int_equal(row.scopes, 5);
    assert_text(row.name, "of the shop");
    assert_int_equal(row.last_used, 0);
    OK(wb_store_begin(store, S));
    OK(wb_store_token_used(store, id, KIT_T0, S));
    OK(wb_store_token_used(store, id, KIT_T0 - 5, S));
    OK(wb_store_token_revoke(store, other, &found, S));
    assert_true(found);
    OK(wb_store_token_revoke(store, other, &found, S)); /* it is so already */
    assert_false(found);
    OK(wb_store_token_revoke(store, 12345, &found, S));
    assert_false(found);
    OK(wb_store_commit(store, S));
    OK(wb_store_token_find(store, two, take_token, &row, &found, S));
    assert_false(found);
    OK(wb_store_token_find(store, one, take_token, &row, &found, S));
    assert_int_equal(row.last_used, KIT_T0);
    OK(wb_store_tokens(store, take_token, &row, S));
    assert_int_equal(row.id, other);
    assert_true(row.revoked);
    wb_store_close(store);
}

int main(void)
{
    kit_open();
    UNIT_ONE(tokens, "added, found, used, revoked");
    return unit_run();
}
