/* SPDX-License-Identifier: BSD-2-Clause */
#include "webhook.h"

#include <stdlib.h>

#include "check.h"
#include "find.h"
#include "limit_webhook.h"
#include "yaml.h"

static const char *const kind_names[] = {
#define X(id, name) name,
    WB_WEBHOOK_KINDS(X)
#undef X
};

const char *wb_webhook_kind_name(enum wb_webhook_kind kind)
{
    return kind_names[kind];
}

bool wb_words_take(const struct wb_words *words, struct wb_slice text)
{
    for (size_t i = 0; i < words->n; i++)
        if (wb_slice_eqi(text, wb_slice_str(words->word[i])))
            return true;
    return words->n == 0;
}

/* ---- reading ---- */

static char *copy(struct wb_slice text)
{
    char *p = malloc(text.n + 1);
    WB_CHECK(p);
    memcpy(p, text.n ? text.p : "", text.n);
    p[text.n] = 0;
    return p;
}

static char *text_of(struct wb_yaml *yaml, struct fy_node *node, const char *key)
{
    struct wb_slice text = wb_yaml_text(yaml, wb_yaml_get(node, key));
    if (text.n && memchr(text.p, 0, text.n))
        wb_yaml_error(yaml, node, "there is a NUL in this text");
    return copy(text);
}

/* One word, or a list of them. */
static void read_words(struct wb_words *words, struct wb_yaml *yaml, struct fy_node *map,
                       const char *key)
{
    struct fy_node *list = wb_yaml_get(map, key), *node;
    void *place = NULL;
    while (list && (node = wb_yaml_next(list, &place))) {
        struct wb_slice word = wb_yaml_text(yaml, node);
        if (!word.n) {
            wb_yaml_error(yaml, node, "a word is expected here");
            continue;
        }
        words->word = realloc(words->word, (words->n + 1) * sizeof *words->word);
        WB_CHECK(words->word);
        words->word[words->n++] = copy(word);
    }
}

static void free_words(struct wb_words *words)
{
    for (size_t i = 0; i < words->n; i++)
        free(words->word[i]);
    free(words->word);
}

static void read_kinds(struct wb_webhook *hook, struct wb_yaml *yaml, struct fy_node *map)
{
    struct fy_node *list = wb_yaml_get(map, "kinds"), *node;
    void *place = NULL;
    bool has_any = false;
    while (list && (node = wb_yaml_next(list, &place))) {
        struct wb_slice word = wb_yaml_text(yaml, node);
        int kind = 0;
        while (kind < WB_WEBHOOK_KIND_COUNT && !wb_slice_eq(word, wb_slice_str(kind_names[kind])))
            kind++;
        has_any = true;
        if (kind < WB_WEBHOOK_KIND_COUNT)
            hook->kinds[kind] = true;
        else
            wb_yaml_error(yaml, node, "'%.*s': a kind is report, address, alarm or digest",
                          WB_F(word));
    }
    if (!has_any)
        wb_yaml_error(yaml, map, "'kinds' is missing: report, address, alarm, digest");
}

/* It stands in tables, labels of metrics and paths. */
static bool is_name(struct wb_slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!wb_is_alpha(c) && !wb_is_digit(c) && c != '-' && c != '_' && c != '.')
            return false;
    }
    return name.n > 0 && name.n <= WB_MAX_WEBHOOK_NAME;
}

/* A password in it would be shown wherever the endpoint is. */
static bool is_url(struct wb_slice url)
{
    size_t scheme = wb_slice_starts(url, WB_S("https://"))  ? 8
                    : wb_slice_starts(url, WB_S("http://")) ? 7
                                                            : 0;
    struct wb_slice rest = wb_slice_from(url, scheme);
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] == 0x7f)
            return false;
    struct wb_slice host = wb_slice_head(rest, wb_slice_chr(rest, '/'));
    return scheme && host.n && wb_slice_chr(host, '@') == host.n;
}

static void read_hook(struct wb_webhook *hook, struct wb_yaml *yaml, struct fy_node *key,
                      struct fy_node *map)
{
    static const char *const keys[] = {"url",           "secret",    "secret-file", "kinds",
                                       "causes",        "providers", "domains",     "report-kinds",
                                       "allow-private", NULL};
    *hook = (struct wb_webhook){.name = copy(wb_yaml_text(yaml, key)),
                                .url = text_of(yaml, map, "url"),
                                .secret = text_of(yaml, map, "secret"),
                                .secret_file = text_of(yaml, map, "secret-file")};
    if (!is_name(wb_yaml_text(yaml, key)))
        wb_yaml_error(yaml, key, "a name is made of letters, digits, '-', '_' and '.'");
    if (!wb_yaml_is_map(map)) {
        wb_yaml_error(yaml, map, "a mapping with url, secret and kinds is expected here");
        return;
    }
    wb_yaml_allow(yaml, map, keys);
    if (!is_url(wb_slice_str(hook->url)))
        wb_yaml_error(yaml, wb_yaml_get(map, "url") ? wb_yaml_get(map, "url") : map,
                      "'url' is http://... or https://..., without a user");
    if ((*hook->secret != 0) == (*hook->secret_file != 0))
        wb_yaml_error(yaml, map, "either 'secret' or 'secret-file' is needed");
    read_kinds(hook, yaml, map);
    read_words(&hook->causes, yaml, map, "causes");
    read_words(&hook->providers, yaml, map, "providers");
    read_words(&hook->domains, yaml, map, "domains");
    read_words(&hook->report_kinds, yaml, map, "report-kinds");
    hook->allow_private = wb_yaml_true(yaml, map, "allow-private");
}

void wb_webhooks_read(struct wb_webhooks *hooks, struct wb_yaml *yaml, struct fy_node *map)
{
    struct fy_node *key, *value;
    void *place = NULL;
    if (map && !wb_yaml_is_map(map)) {
        wb_yaml_error(yaml, map, "names of endpoints are expected here, with a mapping each");
        return;
    }
    while (map && wb_yaml_pair(map, &place, &key, &value)) {
        if (hooks->n == WB_MAX_WEBHOOKS) {
            wb_yaml_error(yaml, key, "at most %d endpoints", WB_MAX_WEBHOOKS);
            return;
        }
        hooks->hook = realloc(hooks->hook, (hooks->n + 1) * sizeof *hooks->hook);
        WB_CHECK(hooks->hook);
        read_hook(&hooks->hook[hooks->n++], yaml, key, value);
    }
}

void wb_webhooks_free(struct wb_webhooks *hooks)
{
    for (size_t i = 0; i < hooks->n; i++) {
        struct wb_webhook *hook = &hooks->hook[i];
        free(hook->name);
        free(hook->url);
        free(hook->secret);
        free(hook->secret_file);
        free_words(&hook->causes);
        free_words(&hook->providers);
        free_words(&hook->domains);
        free_words(&hook->report_kinds);
    }
    free(hooks->hook);
    *hooks = (struct wb_webhooks){0};
}
