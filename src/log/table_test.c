/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered, and what is forgotten first. */
#include "book.h"
#include "unit.h"

static struct wb_log_table table;

static int open_table(void **state)
{
    (void)state;
    table = (struct wb_log_table){0};
    assert_true(wb_log_table_open(&table));
    return 0;
}

static struct wb_log_message *message(size_t i, bool make)
{
    char id[32];
    int n = snprintf(id, sizeof id, "id-%zu", i);
    return wb_log_table_find(&table, wb_slice(id, (size_t)n), make);
}

static void texts(void **state)
{
    open_table(state);
    struct wb_log_message *m = message(1, true);
    static const char *const rounds[][3] = {
        {"sender@example.com", "", "envelope"}, {"", "id@example.com", "e"}, {"x", "y", ""}};
    for (size_t r = 0; r < 3; r++) {
        for (int i = 0; i < 3; i++)
            wb_log_set_text(&table, m, &m->texts, i, wb_slice_str(rounds[r][i]));
        for (int i = 0; i < 3; i++)
            assert_text(wb_log_text(&m->texts, i), rounds[r][i]);
        assert_text(wb_log_text(&m->texts, WB_LOG_ID), "id-1");
    }
    wb_log_table_close(&table);
}

static void forgets_the_oldest(void **state)
{
    open_table(state);
    for (size_t i = 0; i < WB_MAX_LOG_MESSAGES; i++)
        message(i, true);
    assert_non_null(message(0, false)); /* heard of again: it is the newest now */
    message(WB_MAX_LOG_MESSAGES, true);
    assert_non_null(message(0, false));
    assert_null(message(1, false));
    assert_non_null(message(2, false));
    assert_non_null(message(WB_MAX_LOG_MESSAGES, false));
    wb_log_table_close(&table);
}

static void ids_come_again(void **state)
{
    open_table(state);
    struct wb_log_message *m = message(7, true);
    wb_log_set_text(&table, m, &m->texts, WB_LOG_SENDER, WB_S("old@example.com"));
    wb_log_table_recipient(&table, m, WB_S("a@example.org"), true);
    wb_log_table_drop(&table, m);
    assert_null(message(7, false));
    m = message(7, true);
    assert_text(wb_log_text(&m->texts, WB_LOG_SENDER), "");
    assert_null(wb_log_table_recipient(&table, m, WB_S("a@example.org"), false));
    wb_log_table_close(&table);
}

static void recipients(void **state)
{
    open_table(state);
    struct wb_log_message *m = message(1, true);
    struct wb_log_recipient *a = wb_log_table_recipient(&table, m, WB_S("a@b.example"), true);
    struct wb_log_recipient *c = wb_log_table_recipient(&table, m, WB_S("c@d.example"), true);
    assert_ptr_equal(wb_log_table_recipient(&table, m, WB_S("a@b.example"), true), a);
    assert_ptr_equal(m->recipients, a); /* in the order in which they came */
    assert_ptr_equal(a->next, c);
    wb_log_table_forget(&table, m, a);
    assert_null(wb_log_table_recipient(&table, m, WB_S("a@b.example"), false));
    for (size_t i = 0; i < WB_MAX_RECIPIENTS * 2; i++) {
        char address[32];
        int n = snprintf(address, sizeof address, "u%zu@e.example", i);
        wb_log_table_recipient(&table, m, wb_slice(address, (size_t)n), true);
    }
    assert_int_equal(m->count, WB_MAX_RECIPIENTS);
    wb_log_table_close(&table);
}

/* Recipients that wait are bounded over all messages, too. */
static void all_recipients(void **state)
{
    open_table(state);
    for (size_t i = 0; i <= WB_MAX_LOG_RECIPIENTS; i++) {
        struct wb_log_message *m = message(i / 2, true);
        char address[2] = {(char)('a' + i % 2), 0};
        assert_non_null(wb_log_table_recipient(&table, m, wb_slice_str(address), true));
    }
    assert_null(message(0, false));
    assert_non_null(message(1, false));
    wb_log_table_close(&table);
}

static void bytes(void **state)
{
    static char large[4096];
    open_table(state);
    memset(large, 'x', sizeof large);
    for (size_t i = 0; i < WB_MAX_LOG_MESSAGES; i++) {
        struct wb_log_message *m = message(i, true);
        for (int t = 0; t < WB_LOG_ID; t++)
            wb_log_set_text(&table, m, &m->texts, t, wb_slice(large, sizeof large));
        assert_true(table.bytes <= WB_MAX_LOG_BYTES + sizeof large * 16);
    }
    assert_null(message(0, false));
    assert_non_null(message(WB_MAX_LOG_MESSAGES - 1, false));
    wb_log_table_close(&table);
}

int main(void)
{
    UNIT_ONE(texts, "texts of any length, in any order");
    UNIT_ONE(forgets_the_oldest, "the message heard of last stays");
    UNIT_ONE(ids_come_again, "a queue id that comes again is another message");
    UNIT_ONE(recipients, "recipients of a message, up to a bound");
    UNIT_ONE(all_recipients, "recipients of all messages, up to a bound");
    UNIT_ONE(bytes, "bytes of all texts, up to a bound");
    return unit_run();
}
