/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Knowledge in layers: the built-in one, and on it what an administrator adds. An entry of a
 * higher layer replaces one of a lower layer with the same id; `disable:` takes one away.
 */
#include "read.h"

void wb_read_disabled(struct wb_model *model, struct fy_node *root, struct wb_slice owner)
{
    void *place = NULL;
    struct fy_node *item, *list = wb_yaml_get(root, "disable");
    while ((item = wb_yaml_next(list, &place))) {
        struct wb_slice id = wb_yaml_text(&model->yaml, item);
        *(struct wb_disabled *)wb_list_add(&model->disabled) = (struct wb_disabled){
            .rule = wb_model_strf(model, "%.*s/%.*s", WB_F(owner), WB_F(id)),
            .layer = model->layer,
            .node = item,
        };
    }
}

/* Disabling what is not there is a slip of the pen. */
static void check_disabled(struct wb_model *model)
{
    for (uint32_t i = 0; i < model->disabled.n; i++) {
        const struct wb_disabled *d = WB_ROW(model->disabled, struct wb_disabled, i);
        bool found = false;
        for (uint32_t j = 0; j < model->entries.n; j++) {
            const struct wb_entry *e = WB_ROW(model->entries, struct wb_entry, j);
            found |= e->rule == d->rule && e->layer < d->layer;
        }
        if (!found)
            wb_yaml_error(&model->yaml, d->node, "there is no entry '%.*s' to disable",
                          WB_F(wb_model_text(model, d->rule)));
    }
}

static bool is_covered(const struct wb_model *model, wb_str rule, uint8_t layer)
{
    if (layer == model->top_layer) /* most of what an administrator adds: thousands, perhaps */
        return false;
    for (uint32_t i = 0; i < model->disabled.n; i++) {
        const struct wb_disabled *d = WB_ROW(model->disabled, struct wb_disabled, i);
        if (d->rule == rule && layer < d->layer)
            return true;
    }
    for (uint32_t i = 0; i < model->entries.n; i++) {
        const struct wb_entry *e = WB_ROW(model->entries, struct wb_entry, i);
        if (e->rule == rule && layer < e->layer)
            return true;
    }
    return false;
}

void wb_apply_layers(struct wb_model *model)
{
    uint32_t kept = 0;
    check_disabled(model);
    for (uint32_t i = 0; i < model->examples.n; i++) {
        struct wb_example *example = WB_ROW(model->examples, struct wb_example, i);
        if (!is_covered(model, example->rule, example->layer))
            *WB_ROW(model->examples, struct wb_example, kept++) = *example;
    }
    model->examples.n = kept;
    kept = 0;
    for (uint32_t i = 0; i < model->entries.n; i++) {
        struct wb_entry *entry = WB_ROW(model->entries, struct wb_entry, i);
        if (is_covered(model, entry->rule, entry->layer))
            continue;
        *WB_ROW(model->entry_nodes, struct fy_node *, kept) =
            *WB_ROW(model->entry_nodes, struct fy_node *, i);
        *WB_ROW(model->entries, struct wb_entry, kept++) = *entry;
    }
    model->entries.n = model->entry_nodes.n = kept;
}
