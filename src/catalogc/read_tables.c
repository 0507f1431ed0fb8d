/* SPDX-License-Identifier: BSD-2-Clause */
/* The knowledge that is one table in one file. */
#include "read.h"

#include "check.h"
#include "match.h"

static void put_word(struct wb_model *model, struct wb_buf *list, const char *between, wb_str word)
{
    wb_buf_put(list, wb_slice_str(between));
    wb_buf_put(list, wb_model_text(model, word));
}

void wb_read_words(struct wb_model *model, struct fy_node *root)
{
    void *place = NULL;
    struct fy_node *key, *value;
    while (wb_yaml_pair(root, &place, &key, &value)) {
        struct wb_macro macro = {.name = wb_yaml_text(&model->yaml, key)};
        void *each = NULL;
        struct fy_node *item;
        const char *between = "(?:";
        while ((item = wb_yaml_next(value, &each))) {
            struct wb_slice word = wb_yaml_text(&model->yaml, item);
            /* lists may use lists that stand above them */
            int errors = model->yaml.errors;
            wb_str text = wb_pattern_expand(model, item, word, WB_FOR_FOLDED);
            put_word(model, &macro.text, between, text);
            if (model->yaml.errors == errors) /* one complaint is enough */
                text = wb_pattern_expand(model, item, word, WB_FOR_LINES);
            put_word(model, &macro.as_is, between, text);
            between = "|";
        }
        wb_buf_lit(&macro.text, ")");
        wb_buf_lit(&macro.as_is, ")");
        *(struct wb_macro *)wb_list_add(&model->macros) = macro;
    }
}

static void read_entries(struct wb_model *model, struct fy_node *list, struct wb_slice owner,
                         const struct wb_entry *preset)
{
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place)))
        wb_read_entry(model, item, owner, preset);
}

/* What stands behind a number begins with one of the words: so many bytes, or seconds. */
static void read_unit(struct wb_model *model, struct fy_node *node)
{
    enum { MOST = INT32_MAX };
    static const char *const keys[] = {"words", "bytes", "seconds", NULL};
    struct wb_yaml *yaml = &model->yaml;
    void *place = NULL;
    struct fy_node *item, *words = wb_yaml_must(yaml, node, "words");
    wb_yaml_allow(yaml, node, keys);
    long long bytes = wb_yaml_number(yaml, node, "bytes", 0);
    long long seconds = wb_yaml_number(yaml, node, "seconds", 0);
    if (!bytes == !seconds || bytes < 0 || seconds < 0 || bytes > MOST || seconds > MOST)
        wb_yaml_error(yaml, node, "a unit is so many bytes, or so many seconds, at most 2^31");
    struct wb_unit row = {.bytes = (uint32_t)bytes, .seconds = (uint32_t)seconds};
    while ((item = wb_yaml_next(words, &place))) {
        char folded[32]; /* as the text is that it is held against */
        size_t n = wb_fold_plain(wb_yaml_text(yaml, item), folded, sizeof folded);
        row.word = wb_model_str(model, wb_slice(folded, n));
        *(struct wb_unit *)wb_list_add(&model->units) = row;
    }
}

void wb_read_facts(struct wb_model *model, struct fy_node *root)
{
    static const char *const keys[] = {"units", "facts", NULL};
    struct wb_entry preset = {.cause = WB_NO_INDEX,
                              .provider = WB_NO_INDEX,
                              .blocklist = WB_NO_INDEX,
                              .tier = WB_TIER_FACT};
    void *place = NULL;
    struct fy_node *unit, *units = wb_yaml_get(root, "units");
    wb_yaml_allow(&model->yaml, root, keys);
    while ((unit = wb_yaml_next(units, &place)))
        read_unit(model, unit);
    read_entries(model, wb_yaml_get(root, "facts"), WB_S("fact"), &preset);
}

/* A blocklist is a name, a page and the patterns by which a reply names it. */
static void read_blocklist(struct wb_model *model, struct fy_node *node, uint16_t listed)
{
    static const char *const keys[] = {"id",     "name",     "zone",   "page",   "match",
                                       "kind",   "answers",  "errors", "source", "examples",
                                       "seen",   "not",      "query",  "cause",  "detail",
                                       "closed", "harmless", "ask",    NULL};
    struct wb_yaml *yaml = &model->yaml;
    wb_yaml_allow(yaml, node, keys);
    struct wb_slice id = wb_yaml_need(yaml, node, "id");
    struct wb_blocklist row = {
        .id = wb_model_str(model, id),
        .name = wb_model_str(model, wb_yaml_need(yaml, node, "name")),
        .zone = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "zone"))),
        .page = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "page"))),
    };
    *(struct wb_blocklist *)wb_list_add(&model->blocklists) = row;
    struct wb_entry entry = {
        .cause = listed,
        .provider = WB_NO_INDEX,
        .blocklist = (uint16_t)(model->blocklists.n - 1),
        .tier = WB_TIER_PHRASE,
        .fact = WB_FACT_BLOCKLIST,
        .page = row.page,
        .rule = wb_model_strf(model, "blocklist/%.*s", WB_F(id)),
        .status.subject = 0xFFFF,
        .layer = model->layer,
    };
    wb_check_rule(model, node, entry.rule);
    if (wb_yaml_get(node, "cause"))
        entry.cause = wb_model_cause(model, wb_yaml_get(node, "cause"));
    entry.detail = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "detail")));
    void *place = NULL;
    struct fy_node *item, *match = wb_yaml_get(node, "match");
    while ((item = wb_yaml_next(match, &place))) {
        struct wb_entry *added = wb_list_add(&model->entries);
        *added = entry;
        added->pattern = wb_pattern_expand(model, item, wb_yaml_text(yaml, item), WB_FOR_FOLDED);
        added->specificity =
            (uint16_t)wb_pattern_shape(wb_model_text(model, added->pattern)).literals;
        *(struct fy_node **)wb_list_add(&model->entry_nodes) = item;
    }
    place = NULL;
    struct fy_node *examples = wb_yaml_get(node, "examples");
    while ((item = wb_yaml_next(examples, &place))) {
        struct wb_example *example = wb_list_add(&model->examples);
        *example = (struct wb_example){
            .node = item,
            .text = wb_yaml_text(yaml, item),
            .rule = entry.rule,
            .cause = entry.cause,
            .layer = model->layer,
        };
    }
}

void wb_read_blocklists(struct wb_model *model, struct fy_node *root)
{
    static const char *const keys[] = {"cause", "lists", NULL};
    wb_yaml_allow(&model->yaml, root, keys);
    uint16_t cause = wb_model_cause(model, wb_yaml_must(&model->yaml, root, "cause"));
    void *place = NULL;
    struct fy_node *item, *lists = wb_yaml_get(root, "lists");
    while ((item = wb_yaml_next(lists, &place)))
        read_blocklist(model, item, cause);
}

static uint8_t trust_of(struct wb_model *model, struct fy_node *node)
{
    struct wb_slice text = wb_yaml_text(&model->yaml, node);
    static const char *const names[] = {"none", "low", "mid", "high"};
    for (uint8_t i = 0; i < 4; i++)
        if (wb_slice_eq(text, wb_slice_str(names[i])))
            return i;
    if (node)
        wb_yaml_error(&model->yaml, node, "trust is none, low, mid or high");
    return 0;
}

void wb_read_statuses(struct wb_model *model, struct fy_node *root)
{
    static const char *const root_keys[] = {"codes", NULL};
    static const char *const keys[] = {"code",  "title",  "rfc",          "cause",
                                       "trust", "detail", "alternatives", NULL};
    struct wb_yaml *yaml = &model->yaml;
    void *place = NULL;
    struct fy_node *node, *list = wb_yaml_get(root, "codes");
    wb_yaml_allow(&model->yaml, root, root_keys);
    while ((node = wb_yaml_next(list, &place))) {
        struct wb_status_meaning row = {.provider = WB_NO_INDEX, .cause = WB_NO_INDEX};
        wb_yaml_allow(yaml, node, keys);
        struct wb_slice text = wb_yaml_need(yaml, node, "code");
        if (!wb_read_code(text, &row.code, &row.last_detail))
            wb_yaml_error(yaml, node, "a code like X.7.1 is expected");
        wb_read_title(model, wb_yaml_must(yaml, node, "title"), row.title);
        if (wb_yaml_get(node, "cause"))
            row.cause = wb_model_cause(model, wb_yaml_get(node, "cause"));
        row.trust = trust_of(model, wb_yaml_must(yaml, node, "trust"));
        row.detail = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "detail")));
        row.rule = wb_model_strf(model, "status/%.*s", WB_F(text));
        row.alternatives = wb_read_alternatives(model, wb_yaml_get(node, "alternatives"),
                                                row.alternative, row.weight);
        wb_model_add_status(model, node, &row);
    }
}

void wb_read_replies(struct wb_model *model, struct fy_node *root)
{
    static const char *const root_keys[] = {"codes", NULL};
    static const char *const keys[] = {"code",         "title", "stage", "cause",
                                       "alternatives", "login", NULL};
    struct wb_yaml *yaml = &model->yaml;
    void *place = NULL;
    struct fy_node *node, *list = wb_yaml_get(root, "codes");
    wb_yaml_allow(&model->yaml, root, root_keys);
    while ((node = wb_yaml_next(list, &place))) {
        struct wb_reply_meaning row = {.cause = WB_NO_INDEX};
        wb_yaml_allow(yaml, node, keys);
        row.code = (uint16_t)wb_yaml_number(yaml, node, "code", 0);
        wb_read_title(model, wb_yaml_must(yaml, node, "title"), row.title);
        row.stages = wb_read_stages(model, wb_yaml_get(node, "stage"));
        if (wb_yaml_get(node, "cause"))
            row.cause = wb_model_cause(model, wb_yaml_get(node, "cause"));
        row.login = wb_yaml_true(yaml, node, "login");
        row.rule = wb_model_strf(model, "reply/%d", row.code);
        row.alternatives = wb_read_alternatives(model, wb_yaml_get(node, "alternatives"),
                                                row.alternative, row.weight);
        wb_model_add_reply(model, node, &row);
    }
}

uint32_t wb_read_field_name(struct wb_model *model, struct fy_node *node)
{
    static const char *const names[] = {"",
#define X(id, name) name,
                                        WB_FIELDS(X)
#undef X
                                            NULL};
    struct wb_slice text = wb_yaml_text(&model->yaml, node);
    for (uint32_t i = 1; names[i]; i++)
        if (wb_slice_eq(text, wb_slice_str(names[i])))
            return i;
    if (node)
        wb_yaml_error(&model->yaml, node, "a field cannot mean this");
    return 0;
}

void wb_read_field_names(struct wb_model *model, struct fy_node *root)
{
    static const char *const root_keys[] = {"fields", NULL};
    static const char *const keys[] = {"name", "means", "title", "source", NULL};
    void *place = NULL;
    struct fy_node *node, *list = wb_yaml_get(root, "fields");
    wb_yaml_allow(&model->yaml, root, root_keys);
    while ((node = wb_yaml_next(list, &place))) {
        struct wb_field_name row = {0};
        wb_yaml_allow(&model->yaml, node, keys);
        row.name = wb_model_str(model, wb_yaml_need(&model->yaml, node, "name"));
        row.meaning = wb_read_field_name(model, wb_yaml_must(&model->yaml, node, "means"));
        wb_read_title(model, wb_yaml_must(&model->yaml, node, "title"), row.title);
        *(struct wb_field_name *)wb_list_add(&model->fields) = row;
    }
}

static uint32_t read_mark_meaning(struct wb_model *model, struct fy_node *node)
{
    static const char *const names[] = {
#define X(id, name) name,
        WB_MARKS(X)
#undef X
    };
    struct wb_slice text = wb_yaml_text(&model->yaml, node);
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (wb_slice_eq(text, wb_slice_str(names[i])))
            return i + 1;
    if (node)
        wb_yaml_error(&model->yaml, node, "a mark cannot mean this");
    return WB_MARK_NONE;
}

/* Empty words would stand everywhere. */
static void add_mark(struct wb_model *model, struct fy_node *word, uint32_t meaning)
{
    struct wb_slice text = wb_slice_trim(wb_yaml_text(&model->yaml, word));
    if (!text.n)
        wb_yaml_error(&model->yaml, word, "words are expected here");
    *(struct wb_mark_words *)wb_list_add(&model->marks) =
        (struct wb_mark_words){wb_model_str(model, text), meaning};
}

void wb_read_marks(struct wb_model *model, struct fy_node *root)
{
    static const char *const root_keys[] = {"marks", NULL};
    static const char *const keys[] = {"means", "words", "source", NULL};
    struct wb_yaml *yaml = &model->yaml;
    void *place = NULL;
    struct fy_node *node, *word, *list = wb_yaml_get(root, "marks");
    wb_yaml_allow(yaml, root, root_keys);
    while ((node = wb_yaml_next(list, &place))) {
        wb_yaml_allow(yaml, node, keys);
        wb_yaml_need(yaml, node, "source");
        uint32_t meaning = read_mark_meaning(model, wb_yaml_must(yaml, node, "means"));
        void *at = NULL;
        struct fy_node *words = wb_yaml_must(yaml, node, "words");
        while ((word = wb_yaml_next(words, &at)))
            add_mark(model, word, meaning);
    }
}

void wb_read_interface(struct wb_model *model, struct fy_node *root)
{
    void *place = NULL;
    struct fy_node *key, *value;
    while (wb_yaml_pair(root, &place, &key, &value)) {
        struct wb_word row = {.id = wb_model_str(model, wb_yaml_text(&model->yaml, key))};
        wb_read_title(model, value, row.text);
        *(struct wb_word *)wb_list_add(&model->words) = row;
    }
}
