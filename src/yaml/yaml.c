/* SPDX-License-Identifier: BSD-2-Clause */
#include "yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

struct wb_yaml_file {
    struct fy_document *document;
    char *text; /* what a document parsed from memory points into; NULL for files */
    char *name;
    struct wb_yaml_file *next;
};

static void on_output(struct fy_diag *diag, void *user, const char *text, size_t n)
{
    (void)diag;
    struct wb_yaml *yaml = user;
    wb_buf_put(&yaml->log, wb_slice(text, n));
}

static struct fy_diag *new_diag(struct wb_yaml *yaml)
{
    struct fy_diag_cfg cfg;
    fy_diag_cfg_default(&cfg);
    cfg.fp = NULL;
    cfg.output_fn = on_output;
    cfg.user = yaml;
    cfg.colorize = false;
    return fy_diag_create(&cfg);
}

/*
 * What is parsed from memory libfyaml calls by the place where it lies: "<memory-@0x...>:2:28". It
 * has a name, and the place is nobody's business.
 */
static void name_it(struct wb_yaml *yaml, const char *name, size_t log_before)
{
    struct wb_buf said = {0};
    wb_buf_put(&said, wb_slice_from(wb_buf_slice(&yaml->log), log_before));
    yaml->log.n = log_before;
    struct wb_slice rest = wb_buf_slice(&said), line;
    while (wb_slice_line(&rest, &line)) {
        if (wb_slice_starts(line, WB_S("<memory-@"))) {
            wb_buf_put(&yaml->log, wb_slice_str(name));
            line = wb_slice_from(line, wb_slice_chr(line, '>') + 1);
        }
        wb_buf_put(&yaml->log, line);
        wb_buf_byte(&yaml->log, '\n');
    }
    wb_buf_free(&said);
}

/* Of some files, the empty one among them, libfyaml says only that it failed. */
static void unreadable(struct wb_yaml *yaml, const char *name, size_t log_before)
{
    struct wb_slice said = wb_slice_from(wb_buf_slice(&yaml->log), log_before);
    yaml->errors++;
    if (wb_slice_find(said, WB_S(": error: ")) < said.n)
        return;
    yaml->log.n = log_before;
    wb_buf_printf(&yaml->log, "%s: the file is empty, or no YAML\n", name);
}

/*
 * An alias (*name) would be read as an empty text. It is refused rather than followed: each line
 * of knowledge says all that it means, and a complaint about it has one place.
 */
static void refuse_aliases(struct wb_yaml *yaml, struct fy_node *node)
{
    void *place = NULL;
    struct fy_node *item, *key, *value;
    if (!node)
        return;
    if (fy_node_is_alias(node))
        wb_yaml_error(yaml, node, "aliases are not followed: write the value here");
    else if (fy_node_is_sequence(node))
        while ((item = fy_node_sequence_iterate(node, &place)))
            refuse_aliases(yaml, item);
    else
        while (wb_yaml_pair(node, &place, &key, &value)) {
            refuse_aliases(yaml, key);
            refuse_aliases(yaml, value);
        }
}

static struct fy_node *keep(struct wb_yaml *yaml, struct fy_document *document, char *text,
                            const char *name, size_t log_before)
{
    if (!document) {
        unreadable(yaml, name, log_before);
        free(text);
        return NULL;
    }
    struct wb_yaml_file *file = calloc(1, sizeof *file);
    WB_CHECK(file);
    *file = (struct wb_yaml_file){document, text, strdup(name), yaml->files};
    WB_CHECK(file->name);
    yaml->files = file;
    struct fy_node *root = fy_document_root(document);
    if (!root || !fy_node_is_mapping(root)) {
        yaml->errors++;
        wb_buf_printf(&yaml->log, "%s: a mapping is expected at the top\n", name);
        return NULL;
    }
    refuse_aliases(yaml, root);
    return root;
}

static struct fy_parse_cfg config(struct wb_yaml *yaml)
{
    return (struct fy_parse_cfg){.search_path = "", .diag = new_diag(yaml)};
}

struct fy_node *wb_yaml_load(struct wb_yaml *yaml, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        yaml->errors++;
        wb_buf_printf(&yaml->log, "%s: %m\n", path);
        return NULL;
    }
    fclose(file);
    size_t log_before = yaml->log.n;
    struct fy_parse_cfg cfg = config(yaml);
    struct fy_document *document = fy_document_build_from_file(&cfg, path);
    fy_diag_unref(cfg.diag);
    return keep(yaml, document, NULL, path, log_before);
}

struct fy_node *wb_yaml_parse(struct wb_yaml *yaml, struct wb_slice text, const char *name)
{
    char *copy = malloc(text.n + 1);
    WB_CHECK(copy);
    memcpy(copy, text.p, text.n);
    size_t log_before = yaml->log.n;
    struct fy_parse_cfg cfg = config(yaml);
    struct fy_document *document = fy_document_build_from_string(&cfg, copy, text.n);
    fy_diag_unref(cfg.diag);
    name_it(yaml, name, log_before);
    return keep(yaml, document, copy, name, log_before);
}

void wb_yaml_close(struct wb_yaml *yaml)
{
    while (yaml->files) {
        struct wb_yaml_file *file = yaml->files;
        yaml->files = file->next;
        fy_document_destroy(file->document);
        free(file->text);
        free(file->name);
        free(file);
    }
    wb_buf_free(&yaml->log);
}

static const char *name_of(const struct wb_yaml *yaml, const struct fy_document *document)
{
    const struct wb_yaml_file *file = yaml->files;
    while (file && file->document != document)
        file = file->next;
    return file ? file->name : "?";
}

/* libfyaml says nothing of a node that it cannot show, for instance one that is no UTF-8. */
static void complain(struct wb_yaml *yaml, struct fy_node *node, enum fy_error_type type,
                     const char *format, va_list args)
{
    char text[1024];
    size_t before = yaml->log.n;
    va_list again;
    va_copy(again, args);
    vsnprintf(text, sizeof text, format, again);
    va_end(again);
    fy_node_vreport(node, type, format, args);
    const char *name = name_of(yaml, fy_node_document(node));
    if (yaml->log.n > before)
        name_it(yaml, name, before);
    else
        wb_buf_printf(&yaml->log, "%s: %s: %s\n", name, type == FYET_ERROR ? "error" : "warning",
                      text);
}

void wb_yaml_error(struct wb_yaml *yaml, struct fy_node *node, const char *format, ...)
{
    va_list args;
    WB_CHECK(node != NULL);
    va_start(args, format);
    complain(yaml, node, FYET_ERROR, format, args);
    va_end(args);
    yaml->errors++;
}

void wb_yaml_warn(struct wb_yaml *yaml, struct fy_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(yaml, node, FYET_WARNING, format, args);
    va_end(args);
    yaml->warnings++;
}

bool wb_yaml_is_map(struct fy_node *node)
{
    return node && fy_node_is_mapping(node);
}

bool wb_yaml_is_list(struct fy_node *node)
{
    return node && fy_node_is_sequence(node);
}

struct fy_node *wb_yaml_get(struct fy_node *map, const char *key)
{
    return wb_yaml_is_map(map) ? fy_node_mapping_lookup_by_string(map, key, FY_NT) : NULL;
}

void wb_yaml_allow(struct wb_yaml *yaml, struct fy_node *map, const char *const *keys)
{
    void *place = NULL;
    struct fy_node *key, *value;
    while (wb_yaml_pair(map, &place, &key, &value)) {
        struct wb_slice name = wb_yaml_text(yaml, key);
        bool known = false;
        for (const char *const *k = keys; *k && !known; k++)
            known = wb_slice_eq(name, wb_slice_str(*k));
        if (!known)
            wb_yaml_error(yaml, key, "unknown key '%.*s'", WB_F(name));
    }
}

struct wb_slice wb_yaml_text(struct wb_yaml *yaml, struct fy_node *node)
{
    if (!node)
        return WB_NONE;
    if (!fy_node_is_scalar(node)) {
        wb_yaml_error(yaml, node, "a text is expected here");
        return WB_NONE;
    }
    size_t n = 0;
    const char *text = fy_node_get_scalar(node, &n);
    return text ? wb_slice(text, n) : WB_NONE;
}

struct fy_node *wb_yaml_must(struct wb_yaml *yaml, struct fy_node *map, const char *key)
{
    struct fy_node *node = wb_yaml_get(map, key);
    if (!node)
        wb_yaml_error(yaml, map, "the key '%s' is missing", key);
    return node;
}

struct wb_slice wb_yaml_need(struct wb_yaml *yaml, struct fy_node *map, const char *key)
{
    return wb_yaml_text(yaml, wb_yaml_must(yaml, map, key));
}

bool wb_yaml_true(struct wb_yaml *yaml, struct fy_node *map, const char *key)
{
    struct fy_node *node = wb_yaml_get(map, key);
    struct wb_slice text = wb_yaml_text(yaml, node);
    bool yes = wb_slice_eq(text, WB_S("true"));
    if (node && !yes && !wb_slice_eq(text, WB_S("false")))
        wb_yaml_error(yaml, node, "true or false is expected here");
    return yes;
}

long long wb_yaml_number(struct wb_yaml *yaml, struct fy_node *map, const char *key,
                         long long otherwise)
{
    struct fy_node *node = wb_yaml_get(map, key);
    struct wb_slice text = wb_yaml_text(yaml, node);
    bool negative = wb_slice_starts(text, WB_S("-"));
    long long n = otherwise;
    if (node && !wb_slice_number(wb_slice_from(text, negative), &n))
        wb_yaml_error(yaml, node, "a number is expected here");
    return node && negative ? -n : n;
}

struct fy_node *wb_yaml_next(struct fy_node *list, void **place)
{
    if (!list)
        return NULL;
    if (fy_node_is_sequence(list))
        return fy_node_sequence_iterate(list, place);
    if (*place)
        return NULL;
    *place = list;
    return list;
}

bool wb_yaml_pair(struct fy_node *map, void **place, struct fy_node **key_out,
                  struct fy_node **value_out)
{
    if (!wb_yaml_is_map(map))
        return false;
    struct fy_node_pair *pair = fy_node_mapping_iterate(map, place);
    if (!pair)
        return false;
    *key_out = fy_node_pair_key(pair);
    *value_out = fy_node_pair_value(pair);
    return true;
}
