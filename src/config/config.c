/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "yaml.h"

static const char *const keys[] = {
#define X(name, key, ...) key,
    WB_CONFIG_TEXTS(X) WB_CONFIG_NUMBERS(X) WB_CONFIG_FLAGS(X)
#undef X
        "webhooks",
    NULL,
};

static char *copy(struct wb_slice text)
{
    char *p = malloc(text.n + 1);
    WB_CHECK(p);
    memcpy(p, text.p, text.n);
    p[text.n] = 0;
    return p;
}

/* A setting that is not there, or empty, has its default. */
static char *text_of(struct wb_yaml *yaml, struct fy_node *root, const char *key,
                     const char *otherwise)
{
    struct fy_node *node = wb_yaml_get(root, key);
    struct wb_slice text = wb_yaml_text(yaml, node);
    if (memchr(text.p, 0, text.n))
        wb_yaml_error(yaml, node, "there is a NUL in this text");
    return copy(text.n ? text : wb_slice_str(otherwise));
}

/* A file in which everything is commented out sets nothing; libfyaml would call it empty. */
static bool sets_nothing(const char *path)
{
    FILE *file = fopen(path, "r");
    int c;
    bool comment = false, nothing = file != NULL;
    while (nothing && (c = getc(file)) != EOF) {
        comment = c != '\n' && (comment || c == '#');
        nothing = comment || wb_is_space((char)c) || c == '\n';
    }
    if (file)
        fclose(file);
    return nothing;
}

static long number_of(struct wb_yaml *yaml, struct fy_node *root, const char *key, long otherwise,
                      long least, long most)
{
    struct fy_node *node = wb_yaml_get(root, key);
    long long n = wb_yaml_number(yaml, root, key, otherwise);
    if (n >= least && n <= most)
        return (long)n;
    wb_yaml_error(yaml, node, "a number from %ld to %ld is expected here", least, most);
    return otherwise;
}

static bool flag_of(struct wb_yaml *yaml, struct fy_node *root, const char *key, bool otherwise)
{
    return wb_yaml_get(root, key) ? wb_yaml_true(yaml, root, key) : otherwise;
}

/* Every setting from the mapping; with root NULL its default. */
static void fill(struct wb_config *config, struct wb_yaml *yaml, struct fy_node *root)
{
#define X(name, key, otherwise) config->name = text_of(yaml, root, key, otherwise);
    WB_CONFIG_TEXTS(X)
#undef X
#define X(name, key, otherwise, least, most)                                                       \
    config->name = number_of(yaml, root, key, otherwise, least, most);
    WB_CONFIG_NUMBERS(X)
#undef X
#define X(name, key, otherwise) config->name = flag_of(yaml, root, key, otherwise);
    WB_CONFIG_FLAGS(X)
#undef X
    wb_webhooks_read(&config->webhooks, yaml, wb_yaml_get(root, "webhooks"));
}

static bool read_file(struct wb_config *config, const char *path, struct wb_status *status)
{
    struct wb_yaml yaml = {0};
    struct fy_node *root = sets_nothing(path) ? NULL : wb_yaml_load(&yaml, path);
    if (root)
        wb_yaml_allow(&yaml, root, keys);
    fill(config, &yaml, root);
    bool ok = yaml.errors == 0;
    if (!ok) {
        struct wb_slice log = wb_slice_trim(wb_buf_slice(&yaml.log));
        wb_trouble(status, "%.*s", WB_F(log));
        wb_config_free(config);
    }
    wb_yaml_close(&yaml);
    return ok;
}

bool wb_config_read(struct wb_config *config, const char *path, const char *usual,
                    struct wb_status *status)
{
    struct wb_yaml none = {0};
    *config = (struct wb_config){0};
    if (!path)
        path = getenv("WHYBOUNCE_CONFIG");
    if (path || access(usual, F_OK) == 0)
        return read_file(config, path ? path : usual, status);
    fill(config, &none, NULL);
    return true;
}

void wb_config_free(struct wb_config *config)
{
#define X(name, key, otherwise) free(config->name);
    WB_CONFIG_TEXTS(X)
#undef X
    wb_webhooks_free(&config->webhooks);
    *config = (struct wb_config){0};
}
