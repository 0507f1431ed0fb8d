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
        statuses, replies, dialects, groups, signs, patterns, stage_words, json_shapes, json_fields,
        marks, fields, headers, blocklists, schemes, classes, units;
    struct wb_list class_rows;    /* classes as they are read */
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
    uint32_t indexed;            /* how many of its places are used */
    struct wb_list disabled;     /* struct wb_disabled */
    uint8_t top_layer;
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

/* A class and whose it is, until all files are read. */
struct wb_class_row {
    struct wb_line line; /* slot: the scheme */
    uint16_t owner;      /* a cause or kind */
    bool of_kind;
    uint8_t layer;
};

struct wb_macro {
    struct wb_slice name;
    struct wb_buf text;  /* a group in parentheses, for folded text */
    struct wb_buf as_is; /* the same for lines as they stand: capitals of all letters */
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

#endif
