/* SPDX-License-Identifier: BSD-2-Clause */
#include "json.h"
#include "unit.h"

static const struct get_row {
    const char *name, *object, *member, *value;
} get_rows[] = {
    {"a string", "{\"a\":\"b\"}", "a", "\"b\""},
    {"a number", "{\"a\":1.5e3,\"b\":2}", "a", "1.5e3"},
    {"behind an object", "{\"x\":{\"a\":1,\"y\":[{},[]]},\"a\":2}", "a", "2"},
    {"an object", "{\"a\":{\"b\":[1,\"]\"]}}", "a", "{\"b\":[1,\"]\"]}"},
    {"blanks everywhere", " { \"a\" : null , \"b\" : true } ", "b", "true"},
    {"another case", "{\"Message-Id\":\"x\"}", "message-ID", "\"x\""},
    {"quotes in a name before", "{\"\\\"a\\\":1\":2,\"a\":3}", "a", "3"},
    {"not there", "{\"a\":1}", "b", ""},
    {"cut in a string", "{\"a\":\"b", "a", ""},
    {"cut in an object", "{\"a\":{\"b\":1", "a", ""},
    {"cut in an escape", "{\"a\":\"\\", "a", ""},
    {"too many brackets", "{\"a\":]}", "a", ""},
    {"no object", "[1,2]", "a", ""},
    {"nothing", "", "a", ""},
};

static void get(void **state)
{
    const struct get_row *row = *state;
    struct wb_slice object = unit_exact(wb_slice_str(row->object));
    assert_text(wb_log_json_get(object, wb_slice_str(row->member)), row->value);
    free((char *)object.p);
}

static const struct text_row {
    const char *name, *value, *text;
} text_rows[] = {
    {"plain", "\"abc\"", "abc"},
    {"escapes", "\"a\\\"b\\\\c\\/d\\n\"", "a\"b\\c/d\n"},
    {"a character", "\"\\u7528\\u6237\"", "用户"},
    {"beyond 16 bits", "\"\\ud83d\\ude00\"", "😀"},
    {"half a pair", "\"\\ud83dx\"", "\xEF\xBF\xBDx"},
    {"no digits", "\"\\uzzzz\"", "\xEF\xBF\xBD"},
    {"cut", "\"\\u12\"", "\xEF\xBF\xBD"},
    {"a number is no text", "12", ""},
    {"null is no text", "null", ""},
};

static void text(void **state)
{
    const struct text_row *row = *state;
    struct wb_logbook *book = wb_logbook_new(NULL);
    struct wb_slice value = unit_exact(wb_slice_str(row->value));
    assert_text(wb_log_json_text(book, value), row->text);
    free((char *)value.p);
    wb_logbook_free(book);
}

/* A thousand brackets are read without a stack of their depth. */
static void deep(void **state)
{
    static char object[20010] = "{\"a\":";
    (void)state;
    memset(object + 5, '[', 10000);
    memset(object + 10005, ']', 10000);
    strcpy(object + 20005, "}");
    assert_int_equal(wb_log_json_get(wb_slice_str(object), WB_S("a")).n, 20000);
}

static void items(void **state)
{
    struct wb_slice rest = WB_S("[\"a\", {\"b\":1} ,3]"), item;
    (void)state;
    assert_true(wb_log_json_item(&rest, &item));
    assert_text(item, "\"a\"");
    assert_true(wb_log_json_item(&rest, &item));
    assert_text(item, "{\"b\":1}");
    assert_true(wb_log_json_item(&rest, &item));
    assert_text(item, "3");
    assert_false(wb_log_json_item(&rest, &item));
}

int main(void)
{
    UNIT_ROWS(get, get_rows);
    UNIT_ROWS(text, text_rows);
    UNIT_ONE(deep, "ten thousand brackets");
    UNIT_ONE(items, "items of a list");
    return unit_run();
}
