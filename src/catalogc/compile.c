/* SPDX-License-Identifier: BSD-2-Clause */
/* From folders to tables: which files there are and in which order they are read. */
#define _GNU_SOURCE /* asprintf */
#include "catalogc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "read.h"

/* One file of knowledge: its id is its name. */
struct source {
    char *path;
    char *id;
    uint8_t layer; /* the folder's place: 0 is the base */
    struct fy_node *root;
};

struct sources {
    struct source *p;
    size_t n;
};

static int by_id(const void *a, const void *b)
{
    const struct source *x = a, *y = b;
    int c = strcmp(x->id, y->id);
    return c ? c : x->layer - y->layer;
}

static void add_source(struct sources *sources, char *path, const char *file, size_t layer)
{
    char *id = strndup(file, strlen(file) - strlen(".yaml"));
    sources->p = realloc(sources->p, (sources->n + 1) * sizeof *sources->p);
    WB_CHECK(id && sources->p);
    sources->p[sources->n++] = (struct source){.path = path, .id = id, .layer = (uint8_t)layer};
}

static int is_yaml(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && wb_slice_ends(wb_slice_str(entry->d_name), WB_S(".yaml"));
}

/* What the catalogue depends on: files, and folders, where a new file may appear. */
static void note_input(struct wb_model *model, const char *path)
{
    wb_buf_put(&model->inputs, wb_slice(path, strlen(path) + 1));
}

/* All files of one kind in all folders, sorted by id, and loaded. */
static struct sources load_sources(struct wb_model *model, const char *const *folders, size_t n,
                                   const char *kind)
{
    struct sources sources = {0};
    for (size_t i = 0; i < n; i++) {
        char *folder = NULL;
        WB_CHECK(asprintf(&folder, "%s/%s", folders[i], kind) >= 0);
        struct dirent **names;
        int count = scandir(folder, &names, is_yaml, alphasort);
        for (int j = 0; j < count; j++) {
            char *path = NULL;
            WB_CHECK(asprintf(&path, "%s/%s", folder, names[j]->d_name) >= 0);
            add_source(&sources, path, names[j]->d_name, i);
            free(names[j]);
        }
        if (count >= 0) {
            note_input(model, folder);
            free(names);
        }
        free(folder);
    }
    if (sources.n)
        qsort(sources.p, sources.n, sizeof *sources.p, by_id);
    for (size_t i = 0; i < sources.n; i++) {
        note_input(model, sources.p[i].path);
        sources.p[i].root = wb_yaml_load(&model->yaml, sources.p[i].path);
    }
    return sources;
}

static void free_sources(struct sources *sources)
{
    for (size_t i = 0; i < sources->n; i++) {
        free(sources->p[i].path);
        free(sources->p[i].id);
    }
    free(sources->p);
}

typedef void read_file(struct wb_model *model, struct fy_node *root, struct wb_slice id);

/* Which of the files of one id in several folders are read. */
enum which { EACH, FIRST, LAST };

static void read_sources(struct wb_model *model, const struct sources *sources, read_file *read,
                         enum which which)
{
    for (size_t i = 0; i < sources->n; i++) {
        const struct source *s = &sources->p[i];
        bool before = i > 0 && strcmp(s->id, s[-1].id) == 0;
        bool behind = i + 1 < sources->n && strcmp(s->id, s[1].id) == 0;
        model->layer = s->layer;
        if (s->root && !(which == FIRST && before) && !(which == LAST && behind))
            read(model, s->root, wb_slice_str(s->id));
    }
    model->layer = 0;
}

typedef void read_table(struct wb_model *model, struct fy_node *root);

/* A table file; the first folder must have it. False: one of them was none at all. */
static bool read_table_file(struct wb_model *model, const char *const *folders, size_t n,
                            const char *file, read_table *read)
{
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        char *path = NULL;
        WB_CHECK(asprintf(&path, "%s/%s", folders[i], file) >= 0);
        if (i == 0 || access(path, F_OK) == 0) {
            note_input(model, path);
            struct fy_node *root = wb_yaml_load(&model->yaml, path);
            model->layer = (uint8_t)i;
            if (root)
                read(model, root);
            all &= root != NULL;
        }
        free(path);
    }
    model->layer = 0;
    return all;
}

static void read_catalogue(struct wb_model *model, struct fy_node *root)
{
    static const char *const keys[] = {"version", "prose", NULL};
    struct wb_yaml *yaml = &model->yaml;
    wb_yaml_allow(yaml, root, keys);
    model->version = wb_model_str(model, wb_yaml_need(yaml, root, "version"));
    void *place = NULL;
    struct fy_node *item, *list = wb_yaml_get(root, "prose");
    while ((item = wb_yaml_next(list, &place))) {
        wb_buf_put(&model->prose, wb_yaml_text(yaml, item));
        wb_buf_byte(&model->prose, '\n');
    }
}

static void read_folders(struct wb_model *model, const char *const *folders, size_t n)
{
    struct sources causes = load_sources(model, folders, n, "causes");
    struct sources providers = load_sources(model, folders, n, "providers");
    struct sources kinds = load_sources(model, folders, n, "kinds");
    struct sources dialects = load_sources(model, folders, n, "dialects");
    read_table_file(model, folders, n, "schemes.yaml", wb_read_schemes);
    read_sources(model, &causes, wb_read_cause, FIRST);
    read_sources(model, &causes, wb_read_cause_phrases, EACH);
    read_table_file(model, folders, n, "facts.yaml", wb_read_facts);
    read_table_file(model, folders, n, "blocklists.yaml", wb_read_blocklists);
    read_table_file(model, folders, n, "status-codes.yaml", wb_read_statuses);
    read_table_file(model, folders, n, "reply-codes.yaml", wb_read_replies);
    read_table_file(model, folders, n, "fields.yaml", wb_read_field_names);
    read_table_file(model, folders, n, "marks.yaml", wb_read_marks);
    read_table_file(model, folders, n, "interface.yaml", wb_read_interface);
    read_table_file(model, folders, 1, "catalogue.yaml", read_catalogue);
    read_sources(model, &providers, wb_read_provider, EACH);
    read_sources(model, &kinds, wb_read_kind, EACH);
    read_sources(model, &dialects, wb_read_dialect, LAST);
    free_sources(&causes);
    free_sources(&providers);
    free_sources(&kinds);
    free_sources(&dialects);
}

/* Without the lists of words every expression that names one would be told as a fault. */
static void read_all(struct wb_model *model, const char *const *folders, size_t n)
{
    if (read_table_file(model, folders, n, "words.yaml", wb_read_words))
        read_folders(model, folders, n);
}

static void check_folders(struct wb_model *model, const char *const *folders, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct stat st;
        if (stat(folders[i], &st) == 0 && S_ISDIR(st.st_mode))
            continue;
        wb_buf_printf(&model->yaml.log, "%s: there is no such folder\n", folders[i]);
        model->yaml.errors++;
    }
}

bool wb_knowledge_compile(struct wb_model *model, const char *const *folders, size_t n,
                          struct wb_buf *image_out)
{
    check_folders(model, folders, n);
    if (model->yaml.errors)
        return false;
    for (size_t i = 0; i < n; i++)
        note_input(model, folders[i]);
    read_all(model, folders, n);
    model->top_layer = (uint8_t)(n - 1);
    if (model->yaml.errors == 0)
        wb_apply_layers(model);
    if (model->yaml.errors == 0)
        wb_settle_classes(model);
    if (model->yaml.errors == 0)
        wb_knowledge_lint(model);
    if (model->yaml.errors)
        return false;
    wb_image_write(model, image_out);
    return true;
}
