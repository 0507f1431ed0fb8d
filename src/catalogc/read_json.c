/* SPDX-License-Identifier: BSD-2-Clause */
/* `json:` of a dialect: notifications of sending services. */
#include "read.h"

static void read_fields_of(struct wb_model *model, struct fy_node *map, struct wb_json_shape *shape)
{
    void *place = NULL;
    struct fy_node *key, *value, *item;
    shape->first_field = model->json_fields.n;
    while (wb_yaml_pair(map, &place, &key, &value)) {
        uint32_t meaning = wb_read_field_name(model, key);
        void *each = NULL;
        while ((item = wb_yaml_next(value, &each))) {
            struct wb_json_field *field = wb_list_add(&model->json_fields);
            field->meaning = meaning;
            field->path = wb_model_str(model, wb_yaml_text(&model->yaml, item));
        }
    }
    shape->fields = model->json_fields.n - shape->first_field;
}

static void read_shape(struct wb_model *model, struct fy_node *node, uint16_t dialect)
{
    static const char *const keys[] = {"unwrap", "when", "is",     "kind",
                                       "action", "each", "fields", NULL};
    struct wb_yaml *yaml = &model->yaml;
    wb_yaml_allow(yaml, node, keys);
    struct fy_node *kind = wb_yaml_get(node, "kind");
    struct wb_json_shape shape = {
        .unwrap = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "unwrap"))),
        .test = wb_model_str(model, wb_yaml_need(yaml, node, "when")),
        .expected = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "is"))),
        .each = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "each"))),
        .dialect = dialect,
        .kind = (uint8_t)wb_kind_named(wb_yaml_text(yaml, kind)),
        .action = (uint8_t)wb_action_named(wb_yaml_text(yaml, wb_yaml_get(node, "action"))),
    };
    if (!shape.kind)
        wb_yaml_error(yaml, node, "a shape needs a kind");
    read_fields_of(model, wb_yaml_get(node, "fields"), &shape);
    *(struct wb_json_shape *)wb_list_add(&model->json_shapes) = shape;
}

void wb_read_json_shapes(struct wb_model *model, struct fy_node *json, uint16_t dialect)
{
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(json, &place)))
        read_shape(model, item, dialect);
}
