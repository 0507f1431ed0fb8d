/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that other programs have for causes. schemes.yaml lists those programs; the file of a
 * cause or a kind says under `classes:` what it is called there. A cause without a name of its own
 * has that of its parent; each cause must have one in each scheme, whatever the case.
 */
#include "read.h"

enum { MOST_SCHEMES = 64 };

/* Names, one a line. */
static wb_str joined(struct wb_model *model, struct fy_node *list)
{
    struct wb_buf names = {0};
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place))) {
        if (names.n)
            wb_buf_byte(&names, '\n');
        wb_buf_put(&names, wb_yaml_text(&model->yaml, item));
    }
    wb_str ref = wb_model_str(model, wb_buf_slice(&names));
    wb_buf_free(&names);
    return ref;
}

static wb_str class_name(struct wb_model *model, struct fy_node *node)
{
    struct wb_slice name = wb_yaml_text(&model->yaml, node);
    bool plain = true;
    for (size_t i = 0; i < name.n; i++)
        plain &= wb_is_alnum(name.p[i]) || (name.p[i] && strchr(" -_/.:", name.p[i]));
    if (!plain)
        wb_yaml_error(&model->yaml, node, "a class is letters, digits, blanks and -_/.:");
    return wb_model_str(model, name);
}

static void read_scheme(struct wb_model *model, struct fy_node *node)
{
    static const char *const keys[] = {"id", "name", "hard", "otherwise", "source", NULL};
    struct wb_yaml *yaml = &model->yaml;
    wb_yaml_allow(yaml, node, keys);
    struct wb_slice id = wb_yaml_need(yaml, node, "id");
    wb_yaml_need(yaml, node, "source");
    if (wb_model_find(model, &model->schemes, id) != WB_NO_INDEX)
        wb_yaml_error(yaml, node, "there is a scheme '%.*s' already", WB_F(id));
    else if (model->schemes.n == MOST_SCHEMES)
        wb_yaml_error(yaml, node, "more than %d schemes", MOST_SCHEMES);
    else
        *(struct wb_scheme *)wb_list_add(&model->schemes) = (struct wb_scheme){
            .id = wb_model_str(model, id),
            .name = wb_model_str(model, wb_yaml_need(yaml, node, "name")),
            .hard = joined(model, wb_yaml_get(node, "hard")),
            .otherwise = class_name(model, wb_yaml_get(node, "otherwise")),
        };
}

void wb_read_schemes(struct wb_model *model, struct fy_node *root)
{
    static const char *const keys[] = {"schemes", NULL};
    void *place = NULL;
    struct fy_node *item, *list = wb_yaml_get(root, "schemes");
    wb_yaml_allow(&model->yaml, root, keys);
    while ((item = wb_yaml_next(list, &place)))
        read_scheme(model, item);
}

/* A name, or a mapping with a name and the condition under which it is the right one. */
static void read_class(struct wb_model *model, struct fy_node *node, struct wb_class_row *row)
{
    static const char *const keys[] = {"if", "class", NULL};
    struct fy_node *name = node;
    if (wb_yaml_is_map(node)) {
        wb_yaml_allow(&model->yaml, node, keys);
        wb_read_condition(model, wb_yaml_get(node, "if"), &row->line);
        name = wb_yaml_must(&model->yaml, node, "class");
    }
    row->line.text = class_name(model, name);
}

void wb_read_classes(struct wb_model *model, struct fy_node *map, uint16_t owner, bool of_kind)
{
    void *place = NULL;
    struct fy_node *key, *value, *item;
    while (wb_yaml_pair(map, &place, &key, &value)) {
        struct wb_slice id = wb_yaml_text(&model->yaml, key);
        uint16_t scheme = wb_model_find(model, &model->schemes, id);
        void *at = NULL;
        if (scheme == WB_NO_INDEX) {
            wb_yaml_error(&model->yaml, key, "there is no scheme '%.*s'", WB_F(id));
            continue;
        }
        while ((item = wb_yaml_next(value, &at))) {
            struct wb_class_row row = {.owner = owner, .of_kind = of_kind, .layer = model->layer};
            row.line.slot = (uint8_t)scheme;
            read_class(model, item, &row);
            *(struct wb_class_row *)wb_list_add(&model->class_rows) = row;
        }
    }
}

/* ---- when all files are read ---- */

/* Adds the classes of an owner in a scheme, those of the highest layer first. */
static uint32_t take(struct wb_model *model, uint16_t owner, bool of_kind, uint32_t scheme,
                     bool *always_out)
{
    uint32_t before = model->classes.n;
    for (int layer = model->top_layer; layer >= 0; layer--)
        for (uint32_t i = 0; i < model->class_rows.n; i++) {
            const struct wb_class_row *row = WB_ROW(model->class_rows, struct wb_class_row, i);
            const struct wb_line *line = &row->line;
            if (row->layer != layer || row->owner != owner || row->of_kind != of_kind ||
                line->slot != scheme)
                continue;
            *(struct wb_line *)wb_list_add(&model->classes) = *line;
            *always_out |= !line->need && !line->forbid && !line->detail && !line->other;
        }
    return model->classes.n - before;
}

static void settle_cause(struct wb_model *model, uint16_t cause)
{
    struct wb_cause *row = WB_ROW(model->causes, struct wb_cause, cause);
    row->first_class = model->classes.n;
    for (uint32_t scheme = 0; scheme < model->schemes.n; scheme++) {
        uint16_t from = cause;
        bool always = false;
        while (from != WB_NO_INDEX && !take(model, from, false, scheme, &always))
            from = WB_ROW(model->causes, struct wb_cause, from)->parent;
        const struct wb_scheme *s = WB_ROW(model->schemes, struct wb_scheme, scheme);
        if (always)
            continue;
        if (s->otherwise) {
            *(struct wb_line *)wb_list_add(&model->classes) =
                (struct wb_line){.text = s->otherwise, .slot = (uint8_t)scheme};
            continue;
        }
        wb_yaml_error(&model->yaml, *WB_ROW(model->cause_nodes, struct fy_node *, cause),
                      "the cause has no class in the scheme '%.*s' of schemes.yaml: give it one, "
                      "or a parent",
                      WB_F(wb_model_text(model, s->id)));
    }
    row->classes = model->classes.n - row->first_class;
}

void wb_settle_classes(struct wb_model *model)
{
    bool always = false;
    for (uint32_t cause = 0; cause < model->causes.n; cause++)
        settle_cause(model, (uint16_t)cause);
    for (int kind = 0; kind < WB_KIND_COUNT; kind++) {
        struct wb_kind_words *words =
            WB_ROW(model->kind_words, struct wb_kind_words, (uint32_t)kind);
        words->first_class = model->classes.n;
        for (uint32_t scheme = 0; scheme < model->schemes.n; scheme++)
            take(model, (uint16_t)kind, true, scheme, &always);
        words->classes = model->classes.n - words->first_class;
    }
}
