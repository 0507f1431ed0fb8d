/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON documents, by RFC 8259 and by what document.h promises beyond it. */
#include "document.h"

#include "unit.h"

static struct wb_arena arena;
static wb_limit_set limits;

/* The tree as JSON again: names and strings as they are meant, without blanks. */
static void show(char *out, size_t cap, const struct wb_value *v)
{
    size_t n = strlen(out);
    bool list = v->type == WB_VALUE_LIST, object = v->type == WB_VALUE_OBJECT;
    if (v->name.n)
        n += (size_t)snprintf(out + n, cap - n, "%.*s=", WB_F(v->name));
    if (!list && !object) {
        const char *mark = v->type == WB_VALUE_STRING ? "'" : v->type == WB_VALUE_REAL ? "~" : "";
        snprintf(out + n, cap - n, "%s%.*s%s", mark, WB_F(v->text), mark);
        return;
    }
    snprintf(out + n, cap - n, "%s", list ? "[" : "{");
    for (const struct wb_value *item = v->first; item; item = item->next) {
        show(out, cap, item);
        snprintf(out + strlen(out), cap - strlen(out), "%s", item->next ? "," : "");
    }
    snprintf(out + strlen(out), cap - strlen(out), "%s", list ? "]" : "}");
}

static const struct document_row {
    const char *name, *text, *shown; /* NULL: no document */
} documents_rows[] = {
    {"an object", " {\"a\" : 1, \"b\":\"x\"}", "{a=1,b='x'}"},
    {"a list", "[ 1,\t2 , [ ] ,{ } ]\r\n", "[1,2,[],{}]"},
    {"words", "[true,false,null]", "[true,false,null]"},
    {"nested", "{\"a\":{\"b\":[{\"c\":\"d\"}]}}", "{a={b=[{c='d'}]}}"},
    {"nothing", "", NULL},
    {"a value alone", "\"x\"", NULL},
    {"a number alone", "12", NULL},
    {"not closed", "{\"a\":1", NULL},
    {"closed by another", "[1}", NULL},
    {"a comma too many", "[1,]", NULL},
    {"a comma too many in an object", "{\"a\":1,}", NULL},
    {"a comma in front", "[,1]", NULL},
    {"no comma", "[1 2]", NULL},
    {"no colon", "{\"a\" 1}", NULL},
    {"no value", "{\"a\":}", NULL},
    {"a name without quotes", "{a:1}", NULL},
    {"a word in capitals", "[True]", NULL},
    {"a word that goes on", "[nullx]", NULL},
    {"another word", "[undefined]", NULL},
    {"single quotes", "['x']", NULL},
    {"a comment", "[1/*x*/]", NULL},
    {"a form feed", "[\f1]", NULL},
    /* strings */
    {"escapes", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "['\"\\/\b\f\n\r\t']"},
    {"another escape", "[\"\\a\"]", NULL},
    {"an escape at the end", "[\"\\", NULL},
    {"a character by its number", "[\"\\u7528\\u00E9\"]", "['用é']"},
    {"one beyond U+FFFF", "[\"\\uD83D\\uDE00\"]", "['\xF0\x9F\x98\x80']"},
    {"its first half", "[\"\\uD83D\"]", NULL},
    {"its first half and another", "[\"\\uD83D\\u0041\"]", NULL},
    {"its second half", "[\"\\uDE00\"]", NULL},
    {"NUL", "[\"\\u0000\"]", NULL},
    {"three digits", "[\"\\u123\"]", NULL},
    {"UTF-8", "[\"用户\"]", "['用户']"},
    {"no UTF-8", "[\"\xE7\x94\"]", NULL},
    {"no UTF-8 behind long ASCII", "[\"0123456789012345678901234567890123456789\xFF\"]", NULL},
    {"a line end in a string", "[\"a\nb\"]", NULL},
    {"a control at the end of a long string", "[\"0123456789012345678901234567\x1F\"]", NULL},
    {"DEL", "[\"\x7F\"]", "['\x7F']"},
    {"a long string", "[\"0123456789 0123456789 \\\" 0123456789\"]",
     "['0123456789 0123456789 \" 0123456789']"},
    {"a string not closed", "[\"0123456789 0123456789", NULL},
    /* numbers */
    {"integers", "[0,-0,-12,9223372036854775807]", "[0,-0,-12,9223372036854775807]"},
    {"larger than 64 bits", "[18446744073709551616,-10000000000000000000000000]",
     "[18446744073709551616,-10000000000000000000000000]"},
    {"a zero in front", "[01]", NULL},
    {"only a sign", "[-]", NULL},
    {"a plus", "[+1]", NULL},
    {"real numbers", "[1.5,-0.0,1e3,1E+3,2e-3]", "[~1.5~,~-0.0~,~1e3~,~1E+3~,~2e-3~]"},
    {"no digit behind the point", "[1.]", NULL},
    {"no digit before the point", "[.5]", NULL},
    {"no digit of an exponent", "[1e]", NULL},
    {"no digit of an exponent with a sign", "[1e+]", NULL},
    {"two signs", "[1e+-1]", NULL},
    {"two points", "[1.5.1]", NULL},
    {"larger than a double", "[1e99999999999,0e999,1e-999]", "[~1e99999999999~,~0e999~,~1e-999~]"},
};

static void documents(void **state)
{
    const struct document_row *row = *state;
    char out[400] = "";
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    wb_arena_reset(&arena);
    const struct wb_value *v = wb_document_read(&arena, text, true);
    assert_int_equal(v != NULL, row->shown != NULL);
    if (v) {
        show(out, sizeof out, v);
        assert_string_equal(out, row->shown);
    }
    free((char *)text.p);
}

static void assert_says(const struct wb_value *v, const char *text)
{
    assert_non_null(v);
    assert_int_equal(v->text.n, strlen(text));
    assert_memory_equal(v->text.p, text, v->text.n);
}

static void stops_behind_it(void **state)
{
    (void)state;
    wb_arena_reset(&arena);
    assert_non_null(wb_document_read(&arena, WB_S("[1] and more"), false));
    assert_null(wb_document_read(&arena, WB_S("[1] and more"), true));
}

static void finds_members(void **state)
{
    (void)state;
    wb_arena_reset(&arena);
    const struct wb_value *v =
        wb_document_read(&arena, WB_S("{\"a\":1,\"b\":[7,8],\"a\":2}"), true);
    assert_says(wb_value_member(v, WB_S("a")), "2"); /* the last one counts */
    assert_null(wb_value_member(v, WB_S("A")));
    assert_null(wb_value_item(v, 0));
    const struct wb_value *list = wb_value_member(v, WB_S("b"));
    assert_says(wb_value_item(list, 1), "8");
    assert_null(wb_value_item(list, 2));
    assert_null(wb_value_member(list, WB_S("a")));
    assert_null(wb_value_member(NULL, WB_S("a")));
}

/* As deep as is allowed, and one deeper; whatever is in the innermost counts, too. */
static void nests_so_deep(void **state)
{
    (void)state;
    static char text[2 * WB_MAX_VALUE_DEPTH + 8];
    for (size_t deep = WB_MAX_VALUE_DEPTH; deep <= WB_MAX_VALUE_DEPTH + 1; deep++) {
        memset(text, '[', deep);
        memset(text + deep, ']', deep);
        wb_arena_reset(&arena);
        bool read = wb_document_read(&arena, wb_slice(text, 2 * deep), true);
        assert_int_equal(read, deep == WB_MAX_VALUE_DEPTH);
    }
}

int main(void)
{
    if (!wb_arena_open(&arena, 1 << 20, &limits))
        return 1;
    UNIT_ROWS(documents, documents_rows);
    UNIT_ONE(stops_behind_it, "and what may stand there");
    UNIT_ONE(finds_members, "by name and number");
    UNIT_ONE(nests_so_deep, "and not deeper");
    int failed = unit_run();
    wb_arena_close(&arena);
    return failed;
}
