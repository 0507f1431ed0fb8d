/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The knowledge while it is being compiled: the tables of the image as growing lists, the texts,
 * and for each entry where it stands and what its examples are.
 */
#ifndef WB_MODEL_H
#define WB_MODEL_H

#include "catalog.h"
#include "list.h"
#include "pattern.h"
#include "yaml.h"

enum wb_example_use {
    WB_EXAMPLE_REPLY,  /* a reply or a line of a report that this entry must decide */
    WB_EXAMPLE_NOT,    /* one that it must not decide */
    WB_EXAMPLE_REPORT, /* a whole report */
};

/* One example of an entry, to be run through the whole classifier. */
struct wb_example {
    struct fy_node *node;
    struct wb_slice text;
    wb_str rule; /* the entry it belongs to */
    uint16_t cause;
    uint8_t use;
    uint8_t layer;
};

struct wb_model {
    struct wb_yaml yaml;
    struct wb_list causes, keywords, entries, lines, kind_words, words, providers, domains,
        statuses, replies, dialects, groups, signs, patterns, json_shapes, json_fields, fields,
        headers, blocklists;
    struct wb_list cause_nodes;   /* the root of the file that a cause is from, beside causes */
    struct wb_list entry_nodes;   /* struct fy_node *, beside entries */
    struct wb_list pattern_nodes; /* the same beside patterns */
    struct wb_list sign_nodes;
    struct wb_list status_layers; /* uint8_t, beside statuses */
    struct wb_list reply_layers;  /* the same beside replies */
    struct wb_list examples;
    struct wb_list macros; /* struct wb_macro */
    struct wb_buf strings;
    struct wb_list string_index; /* hash table of wb_str */
    struct wb_list disabled;     /* struct wb_disabled */
    uint8_t layer; /* of the file that is being read: 0 the base, then what lies on it */
    wb_str version;
    struct wb_buf prose;  /* a sample of what reports read like, folded, a paragraph a line */
    struct wb_buf inputs; /* files and folders that were read, each with its NUL */
};

/* An entry of a lower layer that is not wanted. */
struct wb_disabled {
    wb_str rule;
    uint8_t layer;
    struct fy_node *node;
};

struct wb_macro {
    struct wb_slice name;
    struct wb_buf text; /* a group in parentheses */
};

void wb_model_open(struct wb_model *model);
void wb_model_close(struct wb_model *model);

/* The place of a text in the section of strings; equal texts have one place. */
wb_str wb_model_str(struct wb_model *model, struct wb_slice text);
struct wb_slice wb_model_text(const struct wb_model *model, wb_str ref);
/* A formatted text. */
wb_str wb_model_strf(struct wb_model *model, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Adds what a code means, at the node. In a higher layer it takes the place of what a lower one
 * says of the same code; twice in one layer is refused.
 */
void wb_model_add_status(struct wb_model *model, struct fy_node *node,
                         const struct wb_status_meaning *row);
void wb_model_add_reply(struct wb_model *model, struct fy_node *node,
                        const struct wb_reply_meaning *row);

/* Index of the cause, provider or dialect of that id; WB_NO_INDEX, no complaint, without one. */
uint16_t wb_model_find(const struct wb_model *model, const struct wb_list *list,
                       struct wb_slice id);
/* The same with a complaint at the node; none for NULL. */
uint16_t wb_model_cause(struct wb_model *model, struct fy_node *node);

/* ---- reading the files; each adds rows and complaints ---- */

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
void wb_read_field_names(struct wb_model *model, struct fy_node *root);
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
