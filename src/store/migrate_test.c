/* SPDX-License-Identifier: BSD-2-Clause */
/* Stores of earlier versions (test/store) are brought up to date; over every database. */
#include "store_kit.h"

/* What the store of each version must hold afterwards. */
struct old {
    const char *name;
    int version;
    size_t reports;
};
static const struct old olds[] = {{"version 1", 1, 8}, {"version 2", 2, 8}};

static char *read_dump(int version)
{
    char path[600];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(path, sizeof path, "%.*s/../../test/store/v%d.%s.sql", (int)(slash - __FILE__),
             __FILE__, version, kit_is_postgres() ? "postgres" : "sqlite");
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing", path);
    char *text = calloc(1, 1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, file);
    assert_true(n > 0);
    fclose(file);
    return text;
}

static void load(int version)
{
    char *text = read_dump(version);
    kit_fresh();
    kit_execute(text);
    free(text);
}

static bool ignore_token(void *own, const struct wb_token_row *row)
{
    (void)own, (void)row;
    return true;
}

static void is_brought_up_to_date(void **state)
{
    const struct old *old = *state;
    static struct kit_page page;
    unsigned char hash[32] = {0};
    bool found;
    load(old->version);
    assert_null(wb_store_open(kit_url, WB_STORE_READ, S)); /* a reader changes nothing */
    assert_non_null(strstr(kit_status.text, "open it for writing once"));
    wb_store_close(kit_again(WB_STORE_WRITE));
    struct wb_store *store = kit_again(WB_STORE_WRITE);
    kit_events(store, &(struct wb_filter){0}, 3, &page);
    assert_int_equal(page.n, old->reports);
    for (size_t i = 0; i < page.n; i++) {
        struct wb_buf raw = {0};
        OK(wb_store_raw(store, T(page.rows[i].report_id), &raw, &found, S));
        assert_true(found);
        assert_true(wb_slice_starts(wb_buf_slice(&raw), WB_S("Return-Path: <>\r\n")));
        wb_buf_free(&raw);
    }
    for (int by = 0; by < WB_BY_COUNT; by++)
        for (int step = 0; step <= WB_STEP_WEEK; step++)
            assert_int_equal(kit_total(store, (struct wb_statistics){.by = by, .step = step}),
                             old->reports);
    OK(wb_store_token_find(store, hash, ignore_token, NULL, &found, S));
    assert_true(found);
    /* and it is written to as any other; the first ones are those that are there */
    struct made_shape shape = {.first = 1772000000, .per_second = 1, .domains = 5, .servers = 5};
    free(kit_made(store, &shape, 20));
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 20);
    wb_store_close(store);
}

static void later_versions(void **state)
{
    (void)state;
    wb_store_close(kit_store());
    kit_execute(kit_is_postgres() ? "UPDATE counters SET value = 99 WHERE name = 'version'"
                                  : "PRAGMA user_version = 99");
    for (int mode = 0; mode < 2; mode++) {
        assert_null(wb_store_open(kit_url, (enum wb_store_mode)mode, S));
        assert_non_null(strstr(kit_status.text, "of version 99, made by a later program"));
    }
}

int main(void)
{
    kit_open();
    UNIT_ROWS(is_brought_up_to_date, olds);
    UNIT_ONE(later_versions, "are left alone");
    return unit_run();
}
