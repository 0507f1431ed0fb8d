/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "hash.h"

void *wb_list_add(struct wb_list *list)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 64;
        list->p = realloc(list->p, list->cap * list->row);
        WB_CHECK(list->p);
    }
    return memset(list->p + list->n++ * list->row, 0, list->row);
}

void *wb_list_at(const struct wb_list *list, uint32_t i)
{
    WB_CHECK(i < list->n);
    return list->p + i * list->row;
}

static void list_open(struct wb_list *list, size_t row)
{
    *list = (struct wb_list){.row = row};
}

#define LISTS(X)                                                                                   \
    X(causes, struct wb_cause)                                                                     \
    X(keywords, struct wb_keyword)                                                                 \
    X(entries, struct wb_entry)                                                                    \
    X(lines, struct wb_line)                                                                       \
    X(kind_words, struct wb_kind_words)                                                            \
    X(words, struct wb_word)                                                                       \
    X(providers, struct wb_provider)                                                               \
    X(domains, struct wb_domain)                                                                   \
    X(statuses, struct wb_status_meaning)                                                          \
    X(replies, struct wb_reply_meaning)                                                            \
    X(dialects, struct wb_dialect)                                                                 \
    X(groups, struct wb_sign_group)                                                                \
    X(signs, struct wb_sign)                                                                       \
    X(patterns, struct wb_line_pattern)                                                            \
    X(stage_words, struct wb_stage_words)                                                          \
    X(json_shapes, struct wb_json_shape)                                                           \
    X(json_fields, struct wb_json_field)                                                           \
    X(fields, struct wb_field_name)                                                                \
    X(marks, struct wb_mark_words)                                                                 \
    X(headers, wb_str)                                                                             \
    X(blocklists, struct wb_blocklist)                                                             \
    X(schemes, struct wb_scheme)                                                                   \
    X(classes, struct wb_line)                                                                     \
    X(units, struct wb_unit)                                                                       \
    X(class_rows, struct wb_class_row)                                                             \
    X(cause_nodes, struct fy_node *)                                                               \
    X(entry_nodes, struct fy_node *)                                                               \
    X(pattern_nodes, struct fy_node *)                                                             \
    X(sign_nodes, struct fy_node *)                                                                \
    X(status_layers, uint8_t)                                                                      \
    X(reply_layers, uint8_t)                                                                       \
    X(examples, struct wb_example)                                                                 \
    X(disabled, struct wb_disabled)                                                                \
    X(macros, struct wb_macro)                                                                     \
    X(string_index, wb_str)

enum { INDEX_SIZE = 1 << 16 }; /* to begin with; doubled when half of it is used */

static void open_index(struct wb_model *model, uint32_t size)
{
    struct wb_list *index = &model->string_index;
    index->p = calloc(size, index->row);
    WB_CHECK(index->p);
    index->n = index->cap = size;
}

void wb_model_open(struct wb_model *model)
{
    *model = (struct wb_model){0};
#define X(name, type) list_open(&model->name, sizeof(type));
    LISTS(X)
#undef X
    for (int kind = 0; kind < WB_KIND_COUNT; kind++) /* also those that no file speaks of */
        wb_list_add(&model->kind_words);
    open_index(model, INDEX_SIZE);
    uint32_t empty[2] = {0, 0};
    wb_buf_put(&model->strings, wb_slice((const char *)empty, sizeof empty));
}

void wb_model_close(struct wb_model *model)
{
    for (uint32_t i = 0; i < model->macros.n; i++) {
        wb_buf_free(&WB_ROW(model->macros, struct wb_macro, i)->text);
        wb_buf_free(&WB_ROW(model->macros, struct wb_macro, i)->as_is);
    }
#define X(name, type) free(model->name.p);
    LISTS(X)
#undef X
    wb_buf_free(&model->strings);
    wb_buf_free(&model->prose);
    wb_buf_free(&model->inputs);
    wb_yaml_close(&model->yaml);
}

struct wb_slice wb_model_text(const struct wb_model *model, wb_str ref)
{
    uint32_t n;
    memcpy(&n, model->strings.p + ref, sizeof n);
    return wb_slice(model->strings.p + ref + sizeof n, n);
}

/* Where the text stands in the index, or the free place where it belongs. */
static wb_str *slot_of(const struct wb_model *model, struct wb_slice text)
{
    const struct wb_list *index = &model->string_index; /* its size is a power of two */
    uint32_t at = (uint32_t)wb_hash_bytes(text).low;
    for (;; at++) {
        wb_str *slot = wb_list_at(index, at & (index->n - 1));
        if (!*slot || wb_slice_eq(wb_model_text(model, *slot), text))
            return slot;
    }
}

static void double_index(struct wb_model *model)
{
    struct wb_list old = model->string_index;
    open_index(model, 2 * old.n);
    for (uint32_t i = 0; i < old.n; i++) {
        wb_str ref = *WB_ROW(old, wb_str, i);
        if (ref)
            *slot_of(model, wb_model_text(model, ref)) = ref;
    }
    free(old.p);
}

static wb_str add_string(struct wb_model *model, struct wb_slice text)
{
    static const char zeros[8];
    const wb_str ref = (wb_str)model->strings.n;
    uint32_t n = (uint32_t)text.n;
    if (++model->indexed > model->string_index.n / 2)
        double_index(model);
    *slot_of(model, text) = ref;
    wb_buf_put(&model->strings, wb_slice((const char *)&n, sizeof n));
    wb_buf_put(&model->strings, text);
    wb_buf_put(&model->strings, wb_slice(zeros, 4 - model->strings.n % 4)); /* a NUL at least */
    return ref;
}

wb_str wb_model_str(struct wb_model *model, struct wb_slice text)
{
    wb_str known = text.n ? *slot_of(model, text) : 0;
    return known || !text.n ? known : add_string(model, text);
}

wb_str wb_model_strf(struct wb_model *model, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return wb_model_str(model, wb_slice_str(text));
}

uint16_t wb_model_find(const struct wb_model *model, const struct wb_list *list, struct wb_slice id)
{
    for (uint32_t i = 0; i < list->n; i++) {
        wb_str ref; /* every such row begins with its id */
        memcpy(&ref, wb_list_at(list, i), sizeof ref);
        if (wb_slice_eq(wb_model_text(model, ref), id))
            return (uint16_t)i;
    }
    return WB_NO_INDEX;
}

uint16_t wb_model_cause(struct wb_model *model, struct fy_node *node)
{
    if (!node)
        return WB_NO_INDEX;
    struct wb_slice id = wb_yaml_text(&model->yaml, node);
    uint16_t cause = wb_model_find(model, &model->causes, id);
    if (cause == WB_NO_INDEX)
        wb_yaml_error(&model->yaml, node, "there is no cause '%.*s'", WB_F(id));
    return cause;
}

/* Puts a row at its place in a table, where `at` is that of the one it repeats, or the end. */
static void put_row(struct wb_model *model, struct fy_node *node, struct wb_list *list,
                    struct wb_list *layers, uint32_t at, const void *row)
{
    if (at < layers->n && *WB_ROW(*layers, uint8_t, at) == model->layer) {
        wb_yaml_error(&model->yaml, node, "this code has a row already");
        return;
    }
    if (at == layers->n) {
        wb_list_add(list);
        wb_list_add(layers);
    }
    memcpy(wb_list_at(list, at), row, list->row);
    *WB_ROW(*layers, uint8_t, at) = model->layer;
}

void wb_model_add_status(struct wb_model *model, struct fy_node *node,
                         const struct wb_status_meaning *row)
{
    uint32_t at = 0;
    for (; at < model->statuses.n; at++) {
        const struct wb_status_meaning *other =
            WB_ROW(model->statuses, struct wb_status_meaning, at);
        if (other->provider == row->provider && other->code.class == row->code.class &&
            other->code.subject == row->code.subject && other->code.detail == row->code.detail &&
            other->last_detail == row->last_detail)
            break;
    }
    put_row(model, node, &model->statuses, &model->status_layers, at, row);
}

void wb_model_add_reply(struct wb_model *model, struct fy_node *node,
                        const struct wb_reply_meaning *row)
{
    uint32_t at = 0;
    for (; at < model->replies.n; at++) {
        const struct wb_reply_meaning *other = WB_ROW(model->replies, struct wb_reply_meaning, at);
        if (other->code == row->code && other->stages == row->stages)
            break;
    }
    put_row(model, node, &model->replies, &model->reply_layers, at, row);
}
