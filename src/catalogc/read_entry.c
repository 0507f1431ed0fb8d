/* SPDX-License-Identifier: BSD-2-Clause */
/* The shapes that occur in every kind of knowledge file: titles, advice, entries with examples. */
#include "read.h"

#include "check.h"
#include "reader.h"

static const char *const language_keys[WB_LANGUAGES] = {"en", "zh"};

void wb_read_title(struct wb_model *model, struct fy_node *node, wb_str out[WB_LANGUAGES])
{
    static const char *const keys[] = {"en", "zh", NULL};
    if (!node)
        return;
    wb_yaml_allow(&model->yaml, node, keys);
    for (int i = 0; i < WB_LANGUAGES; i++)
        out[i] = wb_model_str(model, wb_yaml_need(&model->yaml, node, language_keys[i]));
}

/* ---- advice ---- */

static int condition_named(struct wb_slice name)
{
    static const char *const names[] = {
#define X(id, text) text,
        WB_CONDITIONS(X)
#undef X
    };
    for (int i = 0; i < WB_IF_COUNT; i++)
        if (wb_slice_eq(name, wb_slice_str(names[i])))
            return i;
    return -1;
}

/* "temporary !size-limit detail:spf" */
void wb_read_condition(struct wb_model *model, struct fy_node *node, struct wb_line *line)
{
    struct wb_slice rest = wb_yaml_text(&model->yaml, node);
    while (rest.n) {
        struct wb_slice word = wb_slice_cut(&rest, ' ');
        bool negated = wb_slice_starts(word, WB_S("!"));
        word = wb_slice_from(word, negated);
        if (wb_slice_starts(word, WB_S("detail:"))) {
            wb_str *to = negated ? &line->other : &line->detail;
            if (*to)
                wb_yaml_error(&model->yaml, node, "a line can name only one detail");
            *to = wb_model_str(model, wb_slice_from(word, 7));
            continue;
        }
        int condition = condition_named(word);
        if (condition < 0)
            wb_yaml_error(&model->yaml, node, "there is no condition '%.*s'", WB_F(word));
        else if (negated)
            line->forbid |= 1u << condition;
        else
            line->need |= 1u << condition;
    }
}

static bool is_place(struct wb_slice name)
{
    static const char *const names[] = {
#define X(id, text) text,
        WB_PLACES(X)
#undef X
    };
    for (int i = 0; i < WB_PLACE_COUNT; i++)
        if (wb_slice_eq(name, wb_slice_str(names[i])))
            return true;
    return false;
}

static void check_places(struct wb_model *model, struct fy_node *node, struct wb_slice text)
{
    size_t open;
    while ((open = wb_slice_chr(text, '{')) < text.n) {
        text = wb_slice_from(text, open + 1);
        struct wb_slice name = wb_slice_head(text, wb_slice_chr(text, '}'));
        if (!is_place(name))
            wb_yaml_error(&model->yaml, node, "advice knows no {%.*s}", WB_F(name));
    }
}

static void read_line(struct wb_model *model, struct fy_node *node, enum wb_slot slot, int language)
{
    static const char *const keys[] = {"if", "text", NULL};
    struct wb_line line = {.slot = (uint8_t)slot, .language = (uint8_t)language};
    if (wb_yaml_is_map(node)) {
        wb_yaml_allow(&model->yaml, node, keys);
        wb_read_condition(model, wb_yaml_get(node, "if"), &line);
        line.text = wb_model_str(model, wb_yaml_need(&model->yaml, node, "text"));
    } else {
        line.text = wb_model_str(model, wb_yaml_text(&model->yaml, node));
    }
    check_places(model, node, wb_model_text(model, line.text));
    *(struct wb_line *)wb_list_add(&model->lines) = line;
}

static uint32_t read_slots(struct wb_model *model, struct fy_node *map, int language)
{
    static const char *const slots[] = {
#define X(id, name) name,
        WB_SLOTS(X)
#undef X
            NULL};
    uint32_t before = model->lines.n;
    wb_yaml_allow(&model->yaml, map, slots);
    for (int slot = 0; slot < WB_SLOT_COUNT; slot++) {
        struct fy_node *node = wb_yaml_get(map, slots[slot]), *item;
        void *place = NULL;
        while ((item = wb_yaml_next(node, &place)))
            read_line(model, item, (enum wb_slot)slot, language);
    }
    return model->lines.n - before;
}

uint32_t wb_read_advice(struct wb_model *model, struct fy_node *advice)
{
    static const char *const keys[] = {"en", "zh", NULL};
    if (!advice)
        return 0;
    wb_yaml_allow(&model->yaml, advice, keys);
    uint32_t counts[WB_LANGUAGES], sum = 0;
    for (int i = 0; i < WB_LANGUAGES; i++) {
        struct fy_node *map = wb_yaml_get(advice, language_keys[i]);
        counts[i] = map ? read_slots(model, map, i) : 0;
        sum += counts[i];
        if (!counts[i])
            wb_yaml_error(&model->yaml, advice, "advice in '%s' is missing", language_keys[i]);
    }
    return sum;
}

/* ---- parts of an entry ---- */

uint8_t wb_read_alternatives(struct wb_model *model, struct fy_node *map,
                             uint16_t cause[WB_MAX_ALTERNATIVES],
                             uint16_t weight[WB_MAX_ALTERNATIVES])
{
    uint8_t n = 0;
    void *place = NULL;
    struct fy_node *key, *value;
    while (wb_yaml_pair(map, &place, &key, &value)) {
        struct wb_slice text = wb_yaml_text(&model->yaml, value);
        long long hundredths = 0;
        bool ok = wb_slice_starts(text, WB_S("0.")) && text.n <= 4 &&
                  wb_slice_number(wb_slice_from(text, 2), &hundredths);
        if (!ok || n == WB_MAX_ALTERNATIVES) {
            wb_yaml_error(&model->yaml, key, "at most %d causes with weights like 0.25",
                          WB_MAX_ALTERNATIVES);
            return n;
        }
        cause[n] = wb_model_cause(model, key);
        weight[n++] = (uint16_t)(text.n == 3 ? hundredths * 10 : hundredths);
    }
    return n;
}

uint16_t wb_read_stages(struct wb_model *model, struct fy_node *node)
{
    uint16_t stages = 0;
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(node, &place))) {
        enum wb_stage stage = wb_stage_named(wb_yaml_text(&model->yaml, item));
        if (stage == WB_STAGE_ABSENT)
            wb_yaml_error(&model->yaml, item, "there is no such stage of SMTP");
        stages = (uint16_t)(stages | 1u << stage);
    }
    return stages;
}

bool wb_read_code(struct wb_slice text, struct wb_code *code_out, uint16_t *last_out)
{
    struct wb_reader r = wb_reader(text);
    int class = 0, subject = 0, detail = 0, last;
    if (!wb_reader_accept(&r, 'X') && !wb_reader_digits(&r, 1, &class))
        return false;
    if (!wb_reader_accept(&r, '.') || !wb_reader_digits(&r, 3, &subject) ||
        !wb_reader_accept(&r, '.') || !wb_reader_digits(&r, 3, &detail))
        return false;
    last = detail;
    if (wb_reader_accept(&r, '-') && !wb_reader_digits(&r, 3, &last))
        return false;
    *code_out = (struct wb_code){(uint8_t) class, (uint16_t)subject, (uint16_t)detail};
    *last_out = (uint16_t)last;
    return wb_reader_left(&r) == 0;
}

static void read_when(struct wb_model *model, struct fy_node *when, struct wb_entry *entry)
{
    static const char *const keys[] = {"stage", "reply", "status", "here", "coded", NULL};
    entry->status.subject = 0xFFFF;
    if (!when)
        return;
    wb_yaml_allow(&model->yaml, when, keys);
    entry->stages = wb_read_stages(model, wb_yaml_get(when, "stage"));
    long long class = wb_yaml_number(&model->yaml, when, "reply", 0);
    if (class >= 2 && class <= 5)
        entry->classes = (uint8_t)(1u << class);
    else if (class)
        wb_yaml_error(&model->yaml, wb_yaml_get(when, "reply"),
                      "the first digit of a reply: 2 to 5");
    struct fy_node *status = wb_yaml_get(when, "status");
    uint16_t last;
    if (status && !wb_read_code(wb_yaml_text(&model->yaml, status), &entry->status, &last))
        wb_yaml_error(&model->yaml, status, "a status code like 5.7.1 or X.7.1 is expected");
    if (wb_yaml_true(&model->yaml, when, "here"))
        entry->flags |= WB_ENTRY_ONLY_HERE;
    if (wb_yaml_true(&model->yaml, when, "coded"))
        entry->flags |= WB_ENTRY_ONLY_CODED;
}

#define READ_VOCABULARY(word)                                                                      \
    do {                                                                                           \
        struct fy_node *value = wb_yaml_get(node, #word);                                          \
        entry->word = (uint8_t)wb_##word##_named(wb_yaml_text(&model->yaml, value));               \
        if (value && !entry->word)                                                                 \
            wb_yaml_error(&model->yaml, value, "there is no such %s", #word);                      \
    } while (0)

static void read_overrides(struct wb_model *model, struct fy_node *node, struct wb_entry *entry)
{
    READ_VOCABULARY(permanence);
    READ_VOCABULARY(fault);
    READ_VOCABULARY(responsible);
    READ_VOCABULARY(recommendation);
    void *place = NULL;
    struct fy_node *item, *over = wb_yaml_get(node, wb_yaml_get(node, "for") ? "for" : "over");
    while ((item = wb_yaml_next(over, &place))) {
        uint16_t cause = wb_model_cause(model, item);
        if (cause != WB_NO_INDEX)
            entry->over |= (uint64_t)1 << cause;
    }
    entry->alternatives = wb_read_alternatives(model, wb_yaml_get(node, "alternatives"),
                                               entry->alternative, entry->weight);
}

static enum wb_fact read_fact(struct wb_model *model, struct fy_node *node)
{
    struct wb_slice name = wb_yaml_text(&model->yaml, node);
    static const char *const names[WB_FACT_COUNT] = {
        "",          "size-limit",    "message-size", "recipient-limit", "retry-after", "blocklist",
        "client-ip", "provider-code", "own-server",   "reversible",      "doubt"};
    for (int i = 1; i < WB_FACT_COUNT; i++)
        if (wb_slice_eq(name, wb_slice_str(names[i])))
            return (enum wb_fact)i;
    wb_yaml_error(&model->yaml, node, "there is no fact '%.*s'", WB_F(name));
    return WB_FACT_NONE;
}

/* Where an entry comes from: one of these words, then where exactly. */
static void read_source(struct wb_model *model, struct fy_node *node, struct wb_entry *entry)
{
    static const char *const origins[] = {"seed", "rfc",      "page", "source", "corpus",
                                          "lab",  "recalled", "own",  NULL};
    struct wb_slice text = wb_yaml_need(&model->yaml, node, "source");
    struct wb_slice rest = text, origin = wb_slice_cut(&rest, ' ');
    bool known = false;
    for (const char *const *o = origins; *o && !known; o++)
        known = wb_slice_eqi(origin, wb_slice_str(*o));
    if (text.n && !known)
        wb_yaml_error(&model->yaml, wb_yaml_get(node, "source"),
                      "a source begins with seed, rfc, page, source, corpus, lab, recalled or own");
    entry->unsure = wb_slice_eqi(origin, WB_S("recalled"));
}

static void add_examples(struct wb_model *model, struct fy_node *list, enum wb_example_use use,
                         const struct wb_entry *entry)
{
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place))) {
        struct wb_example *example = wb_list_add(&model->examples);
        *example = (struct wb_example){
            .node = item,
            .text = wb_yaml_text(&model->yaml, item),
            .rule = entry->rule,
            .cause = entry->cause,
            .use = (uint8_t)use,
            .layer = model->layer,
        };
    }
}

static void add_pattern(struct wb_model *model, struct fy_node *node, const struct wb_entry *entry)
{
    struct wb_entry *row = wb_list_add(&model->entries);
    *row = *entry;
    row->pattern = wb_pattern_expand(model, node, wb_yaml_text(&model->yaml, node), WB_FOR_FOLDED);
    struct wb_pattern_shape shape = wb_pattern_shape(wb_model_text(model, row->pattern));
    row->specificity = (uint16_t)shape.literals;
    if (shape.unbounded)
        wb_yaml_error(&model->yaml, node, "without bound: write .{0,40} instead of .*");
    if (shape.least < 2 && !entry->classes && !entry->stages && entry->status.subject == 0xFFFF)
        wb_yaml_error(&model->yaml, node, "matches almost anything: 3 letters at least");
    *(struct fy_node **)wb_list_add(&model->entry_nodes) = node;
}

void wb_check_rule(struct wb_model *model, struct fy_node *node, wb_str rule)
{
    for (uint32_t i = 0; i < model->entries.n; i++) {
        const struct wb_entry *other = WB_ROW(model->entries, struct wb_entry, i);
        if (other->rule != rule || other->layer != model->layer)
            continue;
        wb_yaml_error(&model->yaml, node, "there is an entry '%.*s' already",
                      WB_F(wb_model_text(model, rule)));
        return;
    }
}

/* What a phrase is worth, and how far it reaches. */
static void read_marks(struct wb_yaml *yaml, struct fy_node *node, struct wb_entry *entry)
{
    if (wb_yaml_true(yaml, node, "general"))
        entry->tier = WB_TIER_GENERAL;
    if (wb_yaml_true(yaml, node, "hint"))
        entry->tier = WB_TIER_HINT;
    if (wb_yaml_true(yaml, node, "quoting"))
        entry->flags |= WB_ENTRY_QUOTING;
    if (wb_yaml_true(yaml, node, "wrapping"))
        entry->flags |= WB_ENTRY_WRAPPING;
    struct fy_node *documented = wb_yaml_get(node, "documented");
    if (documented && !wb_yaml_true(yaml, node, "documented"))
        entry->tier = WB_TIER_PHRASE;
}

void wb_read_entry(struct wb_model *model, struct fy_node *node, struct wb_slice owner,
                   const struct wb_entry *preset)
{
    static const char *const keys[] = {"id",           "match",
                                       "when",         "cause",
                                       "detail",       "page",
                                       "code",         "over",
                                       "alternatives", "permanence",
                                       "fault",        "responsible",
                                       "fact",         "recommendation",
                                       "general",      "hint",
                                       "quoting",      "wrapping",
                                       "for",          "not",
                                       "advice",       "examples",
                                       "source",       "seen",
                                       "documented",   NULL};
    struct wb_yaml *yaml = &model->yaml;
    struct wb_entry entry = *preset;
    entry.layer = model->layer;
    wb_yaml_allow(yaml, node, keys);
    struct wb_slice id = wb_yaml_need(yaml, node, "id");
    entry.rule = wb_model_strf(model, "%.*s/%.*s", WB_F(owner), WB_F(id));
    wb_check_rule(model, node, entry.rule);
    struct fy_node *cause = wb_yaml_get(node, "cause");
    if (cause)
        entry.cause = wb_model_cause(model, cause);
    if (wb_yaml_get(node, "fact"))
        entry.fact = (uint8_t)read_fact(model, wb_yaml_get(node, "fact"));
    if (entry.cause == WB_NO_INDEX && !entry.fact)
        wb_yaml_error(yaml, node, "an entry needs a cause or a fact");
    entry.detail = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "detail")));
    entry.code = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "code")));
    if (wb_yaml_get(node, "page"))
        entry.page = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(node, "page")));
    read_marks(yaml, node, &entry);
    read_when(model, wb_yaml_get(node, "when"), &entry);
    read_overrides(model, node, &entry);
    read_source(model, node, &entry);
    entry.certain = entry.tier == WB_TIER_DOCUMENTED && !entry.unsure;
    entry.first_line = model->lines.n;
    entry.lines = wb_read_advice(model, wb_yaml_get(node, "advice"));
    struct fy_node *match = wb_yaml_get(node, "match"), *item;
    void *place = NULL;
    while ((item = wb_yaml_next(match, &place)))
        add_pattern(model, item, &entry);
    if (!match)
        wb_yaml_error(yaml, node, "the key 'match' is missing");
    if (entry.tier != WB_TIER_FACT && !wb_yaml_get(node, "examples"))
        wb_yaml_error(yaml, node, "an entry needs at least one example");
    add_examples(model, wb_yaml_get(node, "examples"), WB_EXAMPLE_REPLY, &entry);
    add_examples(model, wb_yaml_get(node, "not"), WB_EXAMPLE_NOT, &entry);
}
