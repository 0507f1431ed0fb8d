/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the files: each function adds rows to the model, and complaints to its log. */
#ifndef WB_READ_H
#define WB_READ_H

#include "model.h"

void wb_read_words(struct wb_model *model, struct fy_node *root);
void wb_read_cause(struct wb_model *model, struct fy_node *root, struct wb_slice id);
void wb_read_cause_phrases(struct wb_model *model, struct fy_node *root, struct wb_slice id);
void wb_read_provider(struct wb_model *model, struct fy_node *root, struct wb_slice id);
void wb_read_kind(struct wb_model *model, struct fy_node *root, struct wb_slice id);
void wb_read_dialect(struct wb_model *model, struct fy_node *root, struct wb_slice id);
void wb_read_facts(struct wb_model *model, struct fy_node *root);
void wb_read_blocklists(struct wb_model *model, struct fy_node *root);
void wb_read_statuses(struct wb_model *model, struct fy_node *root);
void wb_read_replies(struct wb_model *model, struct fy_node *root);
void wb_read_json_shapes(struct wb_model *model, struct fy_node *json, uint16_t dialect);
void wb_read_schemes(struct wb_model *model, struct fy_node *root);
void wb_read_field_names(struct wb_model *model, struct fy_node *root);
void wb_read_marks(struct wb_model *model, struct fy_node *root);
void wb_read_interface(struct wb_model *model, struct fy_node *root);

/* An entry of a cause, provider, blocklist or the facts; preset holds what its place says. */
void wb_read_entry(struct wb_model *model, struct fy_node *node, struct wb_slice owner,
                   const struct wb_entry *preset);
/* Complains when this layer has an entry of that rule: it is overridden and reported by its rule.
 */
void wb_check_rule(struct wb_model *model, struct fy_node *node, wb_str rule);
/* disable: [id, ...]: entries of that owner in lower layers go. */
void wb_read_disabled(struct wb_model *model, struct fy_node *root, struct wb_slice owner);
/* Drops what a higher layer disables or has anew. */
void wb_apply_layers(struct wb_model *model);
/* Advice under `advice:`; returns how many lines were added. */
uint32_t wb_read_advice(struct wb_model *model, struct fy_node *advice);
/* "permanent !size-limit detail:spf" into a line's conditions; nothing for NULL */
void wb_read_condition(struct wb_model *model, struct fy_node *node, struct wb_line *line);
/* classes: {scheme: name, ...} of a cause or kind; nothing for NULL */
void wb_read_classes(struct wb_model *model, struct fy_node *map, uint16_t owner, bool of_kind);
/* Gives each cause its classes, its own or its parent's; complains where one is missing. */
void wb_settle_classes(struct wb_model *model);
/* {en: ..., zh: ...}; nothing for NULL */
void wb_read_title(struct wb_model *model, struct fy_node *node, wb_str out[WB_LANGUAGES]);
/* alternatives: {cause: 0.3, ...}; returns how many. */
uint8_t wb_read_alternatives(struct wb_model *model, struct fy_node *map,
                             uint16_t cause[WB_MAX_ALTERNATIVES],
                             uint16_t weight[WB_MAX_ALTERNATIVES]);
/* A status code like 5.7.26, X.7.1 or 5.7.606-649. */
bool wb_read_code(struct wb_slice text, struct wb_code *code_out, uint16_t *last_out);
/* The enum wb_field of a name like "final-recipient"; complains when there is none. */
uint32_t wb_read_field_name(struct wb_model *model, struct fy_node *node);
/* Set of stages named under a node: bits of enum wb_stage. */
uint16_t wb_read_stages(struct wb_model *model, struct fy_node *node);

#endif
