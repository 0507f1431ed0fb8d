/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * YAML files as trees, read by libfyaml (only in yaml.c): knowledge, configuration, policy. Every
 * complaint names file, line and column and shows the line; it is collected in a log, and reading
 * goes on, so that one run tells an author everything.
 *
 * Nodes belong to the library of documents they were loaded into, and live as long as it.
 */
#ifndef WB_YAML_H
#define WB_YAML_H

#include "buf.h"
#include "status.h"

struct fy_node;
struct wb_yaml_file;

/* The documents of one compilation and what is wrong with them. */
struct wb_yaml {
    struct wb_yaml_file *files;
    struct wb_buf log; /* complaints, as text for a person */
    int errors;
    int warnings;
};

void wb_yaml_close(struct wb_yaml *yaml);

/* The root mapping of a file; NULL, and a complaint in the log, when it cannot be read. */
struct fy_node *wb_yaml_load(struct wb_yaml *yaml, const char *path);
/* The same from memory; name stands for the file in complaints. */
struct fy_node *wb_yaml_parse(struct wb_yaml *yaml, struct wb_slice text, const char *name);

/* Complains about a node. Errors forbid the compilation, warnings do not. */
void wb_yaml_error(struct wb_yaml *yaml, struct fy_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void wb_yaml_warn(struct wb_yaml *yaml, struct fy_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The value of a key; NULL when the key is not there. node may be NULL. */
struct fy_node *wb_yaml_get(struct fy_node *map, const char *key);
/* Complains about every key that is not listed; the list ends with NULL. */
void wb_yaml_allow(struct wb_yaml *yaml, struct fy_node *map, const char *const *keys);

bool wb_yaml_is_map(struct fy_node *node);
bool wb_yaml_is_list(struct fy_node *node);

/* The same with a complaint when the key is missing. */
struct fy_node *wb_yaml_must(struct wb_yaml *yaml, struct fy_node *map, const char *key);
/* A scalar's text; empty for NULL. Complains about what is no scalar. */
struct wb_slice wb_yaml_text(struct wb_yaml *yaml, struct fy_node *node);
/* The scalar under a key; complains when the key is missing. */
struct wb_slice wb_yaml_need(struct wb_yaml *yaml, struct fy_node *map, const char *key);
bool wb_yaml_true(struct wb_yaml *yaml, struct fy_node *map, const char *key);
/* A number under a key, `otherwise` when the key is not there. */
long long wb_yaml_number(struct wb_yaml *yaml, struct fy_node *map, const char *key,
                         long long otherwise);

/* The next item of a list, or the node itself once when it is no list; NULL at the end. */
struct fy_node *wb_yaml_next(struct fy_node *list, void **place);
/* The next pair of a mapping; false at the end. */
bool wb_yaml_pair(struct fy_node *map, void **place, struct fy_node **key_out,
                  struct fy_node **value_out);

#endif
