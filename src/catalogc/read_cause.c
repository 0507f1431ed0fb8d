/* SPDX-License-Identifier: BSD-2-Clause */
/* knowledge/causes and knowledge/providers. */
#include "read.h"

#include "match.h"

/* forwarded: {fault: ..., responsible: ...} */
static void read_elsewhere(struct wb_yaml *yaml, struct fy_node *map, uint8_t *fault_out,
                           uint8_t *responsible_out)
{
    static const char *const keys[] = {"fault", "responsible", NULL};
    if (!map)
        return;
    wb_yaml_allow(yaml, map, keys);
    *fault_out = (uint8_t)wb_fault_named(wb_yaml_need(yaml, map, "fault"));
    *responsible_out = (uint8_t)wb_responsible_named(wb_yaml_need(yaml, map, "responsible"));
    if (!*fault_out || !*responsible_out)
        wb_yaml_error(yaml, map, "a fault and a responsible that exist are expected");
}

#define CAUSE_VOCABULARY(word)                                                                     \
    do {                                                                                           \
        cause->word = (uint8_t)wb_##word##_named(wb_yaml_need(yaml, root, #word));                 \
        if (!cause->word && wb_yaml_get(root, #word))                                              \
            wb_yaml_error(yaml, wb_yaml_get(root, #word), "there is no such %s", #word);           \
    } while (0)

static uint8_t one_of(struct wb_yaml *yaml, struct fy_node *node, const char *const *names)
{
    struct wb_slice text = wb_yaml_text(yaml, node);
    for (uint8_t i = 0; node && names[i]; i++)
        if (wb_slice_eq(text, wb_slice_str(names[i])))
            return i;
    if (node)
        wb_yaml_error(yaml, node, "'%.*s' is none of the values known here", WB_F(text));
    return 0;
}

static void read_keywords(struct wb_model *model, struct fy_node *list, struct wb_cause *cause)
{
    uint32_t first = model->keywords.n;
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place))) {
        char folded[256];
        struct wb_slice shown = wb_yaml_text(&model->yaml, item);
        size_t n = wb_fold_plain(shown, folded, sizeof folded);
        wb_str text = wb_model_str(model, wb_slice(folded, n));
        *(struct wb_keyword *)wb_list_add(&model->keywords) =
            (struct wb_keyword){text, wb_model_str(model, shown)};
    }
    cause->first_keyword = first;
    cause->keywords = model->keywords.n - first;
}

/*
 * A cause without its phrases: they may name other causes, so they are read when all are known.
 * The causes are read in the order of their ids.
 */
static const char *const cause_keys[] = {
    "title",     "section",       "permanence",     "follows-code", "fault",
    "parent",    "responsible",   "recommendation", "suppress",     "role",
    "rank",      "keywords",      "advice",         "phrases",      "disable",
    "forwarded", "about-another", "own-server",     "classes",      NULL};

void wb_read_cause(struct wb_model *model, struct fy_node *root, struct wb_slice id)
{
    static const char *const suppress[] = {"never", "alone", "repeated", NULL};
    static const char *const roles[] = {"plain", "unknown", NULL};
    struct wb_yaml *yaml = &model->yaml;
    struct wb_cause row = {0}, *cause = &row;
    row.id = wb_model_str(model, id);
    wb_read_title(model, wb_yaml_must(yaml, root, "title"), row.title);
    row.section = (uint8_t)wb_yaml_number(yaml, root, "section", 0);
    CAUSE_VOCABULARY(permanence);
    CAUSE_VOCABULARY(fault);
    CAUSE_VOCABULARY(responsible);
    CAUSE_VOCABULARY(recommendation);
    read_elsewhere(yaml, wb_yaml_get(root, "forwarded"), &row.forwarded_fault,
                   &row.forwarded_responsible);
    read_elsewhere(yaml, wb_yaml_get(root, "own-server"), &row.own_fault, &row.own_responsible);
    row.follows_code = wb_yaml_true(yaml, root, "follows-code");
    row.suppress = one_of(yaml, wb_yaml_must(yaml, root, "suppress"), suppress);
    if (wb_yaml_get(root, "role"))
        row.role = one_of(yaml, wb_yaml_get(root, "role"), roles);
    row.rank = (uint8_t)wb_yaml_number(yaml, root, "rank", 1);
    row.parent = WB_NO_INDEX;
    row.about_another = wb_yaml_true(yaml, root, "about-another");
    read_keywords(model, wb_yaml_get(root, "keywords"), &row);
    row.first_line = model->lines.n;
    row.lines = wb_read_advice(model, wb_yaml_get(root, "advice"));
    if (!row.lines)
        wb_yaml_error(yaml, root, "a cause needs advice in both languages");
    *(struct wb_cause *)wb_list_add(&model->causes) = row;
    *(struct fy_node **)wb_list_add(&model->cause_nodes) = root;
    if (row.suppress == WB_SUPPRESS_NEVER && row.recommendation == WB_RECOMMENDATION_SUPPRESS)
        wb_yaml_error(yaml, root, "a cause that never suppresses may not recommend it");
}

/* The keys of a file: all for a new cause; few for one that a lower folder has. */
static void check_cause_keys(struct wb_model *model, struct fy_node *root, uint16_t cause)
{
    static const char *const more[] = {"phrases", "disable", "parent", "classes", NULL};
    void *place = NULL;
    struct fy_node *key, *value;
    wb_yaml_allow(&model->yaml, root, cause_keys);
    if (*WB_ROW(model->cause_nodes, struct fy_node *, cause) == root)
        return;
    while (wb_yaml_pair(root, &place, &key, &value)) {
        struct wb_slice name = wb_yaml_text(&model->yaml, key);
        bool known = false;
        for (const char *const *k = more; *k && !known; k++)
            known = wb_slice_eq(name, wb_slice_str(*k));
        if (!known)
            wb_yaml_error(&model->yaml, key,
                          "the cause is there already: '%.*s' cannot be changed here", WB_F(name));
    }
}

static void read_parent(struct wb_model *model, struct fy_node *node, uint16_t cause)
{
    if (!node)
        return;
    uint16_t parent = wb_model_cause(model, node);
    for (uint16_t above = parent; above != WB_NO_INDEX;
         above = WB_ROW(model->causes, struct wb_cause, above)->parent)
        if (above == cause) {
            wb_yaml_error(&model->yaml, node, "a cause cannot stand below itself");
            return;
        }
    WB_ROW(model->causes, struct wb_cause, cause)->parent = parent;
}

void wb_read_cause_phrases(struct wb_model *model, struct fy_node *root, struct wb_slice id)
{
    struct wb_entry preset = {
        .cause = wb_model_find(model, &model->causes, id),
        .provider = WB_NO_INDEX,
        .blocklist = WB_NO_INDEX,
        .tier = WB_TIER_PHRASE,
    };
    void *place = NULL;
    struct fy_node *item, *phrases = wb_yaml_get(root, "phrases");
    if (preset.cause == WB_NO_INDEX)
        return; /* its first file cannot be read, and that has been said */
    check_cause_keys(model, root, preset.cause);
    while ((item = wb_yaml_next(phrases, &place)))
        wb_read_entry(model, item, id, &preset);
    wb_read_disabled(model, root, id);
    wb_read_classes(model, wb_yaml_get(root, "classes"), preset.cause, false);
    read_parent(model, wb_yaml_get(root, "parent"), preset.cause);
}

/* ---- providers ---- */

static void add_domains(struct wb_model *model, struct fy_node *list, uint16_t provider,
                        enum wb_domain_use use)
{
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place))) {
        struct wb_slice name = wb_yaml_text(&model->yaml, item);
        if (!name.n) {
            wb_yaml_error(&model->yaml, item, "the name of a host or domain is expected here");
            continue;
        }
        struct wb_domain *row = wb_list_add(&model->domains);
        row->name = wb_model_str(model, name);
        row->provider = provider;
        row->uses = (uint8_t)use;
    }
}

static void read_provider_status(struct wb_model *model, struct fy_node *node, struct wb_slice id,
                                 uint16_t provider)
{
    static const char *const keys[] = {"code",   "cause",  "detail", "title", "alternatives",
                                       "advice", "source", "seen",   "trust", NULL};
    struct wb_yaml *yaml = &model->yaml;
    struct wb_status_meaning row = {.provider = provider, .trust = WB_TRUST_HIGH, .certain = 1};
    wb_yaml_allow(yaml, node, keys);
    struct wb_slice text = wb_yaml_need(yaml, node, "code");
    if (!wb_read_code(text, &row.code, &row.last_detail))
        wb_yaml_error(yaml, node, "a code like 5.7.1, X.7.1 or 5.7.606-649 is expected");
    row.cause = wb_model_cause(model, wb_yaml_must(yaml, node, "cause"));
    row.detail = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "detail")));
    row.rule = wb_model_strf(model, "%.*s/%.*s", WB_F(id), WB_F(text));
    if (wb_yaml_get(node, "title"))
        wb_read_title(model, wb_yaml_get(node, "title"), row.title);
    row.alternatives =
        wb_read_alternatives(model, wb_yaml_get(node, "alternatives"), row.alternative, row.weight);
    row.first_line = model->lines.n;
    row.lines = wb_read_advice(model, wb_yaml_get(node, "advice"));
    wb_yaml_need(yaml, node, "source");
    wb_model_add_status(model, node, &row);
}

/* Of a provider that a lower folder has, these would do nothing. */
static void check_provider_keys(struct wb_model *model, struct fy_node *root)
{
    if (wb_yaml_get(root, "name"))
        wb_yaml_error(&model->yaml, root,
                      "the provider is there already: 'name' cannot be changed here");
    if (wb_yaml_get(root, "page"))
        wb_yaml_error(&model->yaml, root,
                      "the provider is there already: 'page' cannot be changed here");
}

void wb_read_provider(struct wb_model *model, struct fy_node *root, struct wb_slice id)
{
    static const char *const keys[] = {"name",     "hosts", "domains", "page",
                                       "statuses", "codes", "disable", NULL};
    struct wb_yaml *yaml = &model->yaml;
    struct wb_provider row = {.id = wb_model_str(model, id)};
    uint16_t index = wb_model_find(model, &model->providers, id);
    wb_yaml_allow(yaml, root, keys);
    if (index == WB_NO_INDEX) {
        index = (uint16_t)model->providers.n;
        wb_read_title(model, wb_yaml_must(yaml, root, "name"), row.name);
        row.page = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(root, "page")));
        *(struct wb_provider *)wb_list_add(&model->providers) = row;
    } else {
        row = *WB_ROW(model->providers, struct wb_provider, index);
        check_provider_keys(model, root);
    }
    add_domains(model, wb_yaml_get(root, "hosts"), index, WB_DOMAIN_HOST);
    add_domains(model, wb_yaml_get(root, "domains"), index, WB_DOMAIN_RECIPIENT);
    struct wb_entry preset = {
        .cause = WB_NO_INDEX,
        .provider = index,
        .blocklist = WB_NO_INDEX,
        .tier = WB_TIER_DOCUMENTED,
        .page = row.page,
    };
    void *place = NULL;
    struct fy_node *item, *list = wb_yaml_get(root, "codes");
    while ((item = wb_yaml_next(list, &place)))
        wb_read_entry(model, item, id, &preset);
    place = NULL;
    list = wb_yaml_get(root, "statuses");
    while ((item = wb_yaml_next(list, &place)))
        read_provider_status(model, item, id, index);
    wb_read_disabled(model, root, id);
}
