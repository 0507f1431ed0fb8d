/* SPDX-License-Identifier: BSD-2-Clause */
/* knowledge/kinds and knowledge/dialects: how reports are recognised and their prose is read. */
#include "read.h"

#include "check.h"
#include "match.h"

/* ---- signs ---- */

/* A field has one name, however it is spelt: so signs can be told by it. */
static wb_str want_header(struct wb_model *model, struct wb_slice name)
{
    for (uint32_t i = 0; i < model->headers.n; i++) {
        wb_str known = *WB_ROW(model->headers, wb_str, i);
        if (wb_slice_eqi(wb_model_text(model, known), name))
            return known;
    }
    wb_str ref = wb_model_str(model, name);
    *(wb_str *)wb_list_add(&model->headers) = ref;
    return ref;
}

static void add_sign(struct wb_model *model, struct fy_node *node, uint16_t group,
                     enum wb_sign_place place, wb_str pattern)
{
    struct wb_sign *sign = wb_list_add(&model->signs);
    *sign = (struct wb_sign){.group = group, .place = (uint8_t)place, .pattern = pattern};
    *(struct fy_node **)wb_list_add(&model->sign_nodes) = node;
    struct wb_sign_group *row = WB_ROW(model->groups, struct wb_sign_group, group);
    struct wb_pattern_shape shape = wb_pattern_shape(wb_model_text(model, pattern));
    row->needed++;
    row->specificity = (uint16_t)(row->specificity + shape.literals);
}

static void header_sign(struct wb_model *model, uint16_t group, struct wb_slice name,
                        struct fy_node *node)
{
    wb_str pattern =
        wb_pattern_expand(model, node, wb_yaml_text(&model->yaml, node), WB_FOR_FOLDED);
    add_sign(model, node, group, WB_SIGN_HEADER, pattern);
    WB_ROW(model->signs, struct wb_sign, model->signs.n - 1)->header = want_header(model, name);
}

/* {from: ..., subject: ..., text: ...}: all of them together */
static void read_group(struct wb_model *model, struct fy_node *map, uint16_t group)
{
    void *place = NULL;
    struct fy_node *key, *value;
    while (wb_yaml_pair(map, &place, &key, &value)) {
        struct wb_slice name = wb_yaml_text(&model->yaml, key);
        if (wb_slice_eq(name, WB_S("weight")) || wb_slice_eq(name, WB_S("detail")) ||
            wb_slice_eq(name, WB_S("origin")) || wb_slice_eq(name, WB_S("source")))
            continue;
        void *each = NULL;
        struct fy_node *item;
        bool said = false;
        while ((item = wb_yaml_next(value, &each))) {
            said |= wb_yaml_text(&model->yaml, item).n > 0;
            if (!wb_slice_eq(name, WB_S("text"))) {
                header_sign(model, group, name, item);
                continue;
            }
            wb_str pattern =
                wb_pattern_expand(model, item, wb_yaml_text(&model->yaml, item), WB_FOR_FOLDED);
            add_sign(model, item, group, WB_SIGN_TEXT, pattern);
        }
        if (!said)
            wb_yaml_error(
                &model->yaml, key,
                "the sign '%.*s' has no expression; is a text with a comma not in quotes?",
                WB_F(name));
    }
}

static uint16_t add_group(struct wb_model *model, const struct wb_sign_group *preset)
{
    *(struct wb_sign_group *)wb_list_add(&model->groups) = *preset;
    return (uint16_t)(model->groups.n - 1);
}

static void read_kind_words(struct wb_model *model, struct fy_node *root, enum wb_kind kind)
{
    struct wb_kind_words words = {.first_line = model->lines.n};
    if (wb_yaml_get(root, "title"))
        wb_read_title(model, wb_yaml_get(root, "title"), words.title);
    words.lines = wb_read_advice(model, wb_yaml_get(root, "advice"));
    if (words.title[0])
        *WB_ROW(model->kind_words, struct wb_kind_words, kind) = words;
}

void wb_read_kind(struct wb_model *model, struct fy_node *root, struct wb_slice id)
{
    static const char *const keys[] = {"title", "advice", "signs", "classes", NULL};
    struct wb_yaml *yaml = &model->yaml;
    wb_yaml_allow(yaml, root, keys);
    enum wb_kind kind = wb_kind_named(id);
    if (!kind) {
        wb_yaml_error(yaml, root, "'%.*s' is no kind of report", WB_F(id));
        return;
    }
    read_kind_words(model, root, kind);
    wb_read_classes(model, wb_yaml_get(root, "classes"), (uint16_t)kind, true);
    void *place = NULL;
    struct fy_node *item, *signs = wb_yaml_get(root, "signs");
    for (int i = 0; (item = wb_yaml_next(signs, &place)); i++) {
        struct wb_sign_group preset = {
            .owner = WB_OWNER_KIND,
            .kind = (uint8_t)kind,
            .weight = (int8_t)wb_yaml_number(yaml, item, "weight", 0),
            .origin = (int8_t)wb_yaml_number(yaml, item, "origin", 0),
            .dialect = WB_NO_INDEX,
            .rule = wb_model_strf(model, "%.*s/%d", WB_F(id), i + 1),
            .detail = wb_model_str(model, wb_yaml_text(yaml, wb_yaml_get(item, "detail"))),
        };
        read_group(model, item, add_group(model, &preset));
    }
}

/* ---- dialects ---- */

static int name_index(struct wb_slice name, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (wb_slice_eq(name, wb_slice_str(names[i])))
            return i;
    return -1;
}

static const char *const role_names[] = {
#define X(id, name) name,
    WB_ROLES(X)
#undef X
        NULL};

static const char *const reach_names[] = {
#define X(id, name) name,
    WB_REACHES(X)
#undef X
        NULL};

static const char *const capture_names[] = {
#define X(id, name) name,
    WB_CAPTURES(X)
#undef X
        NULL};

static void find_captures(struct wb_model *model, struct fy_node *node, struct wb_line_pattern *row)
{
    struct wb_status status;
    struct wb_regex *regex =
        wb_regex_new(wb_model_text(model, row->pattern), WB_REGEX_CASELESS, &status);
    if (!regex)
        return; /* complained about already */
    int named = 0;
    for (int i = 0; i < WB_CAPTURE_COUNT; i++) {
        row->capture[i] = (uint8_t)wb_regex_group(regex, capture_names[i]);
        named += row->capture[i] != 0;
    }
    wb_regex_free(regex);
    struct wb_slice text = wb_model_text(model, row->pattern);
    int written = 0;
    for (size_t at = 0; (at += wb_slice_find(wb_slice_from(text, at), WB_S("(?<"))) < text.n; at++)
        written++;
    if (written != named)
        wb_yaml_error(&model->yaml, node, "a group has a name that is not known");
}

static void read_marks(struct wb_yaml *yaml, struct fy_node *map, struct wb_line_pattern *row)
{
    row->next = wb_yaml_true(yaml, map, "next");
    row->weak = wb_yaml_true(yaml, map, "weak");
    row->ahead = wb_yaml_true(yaml, map, "ahead");
    row->own = wb_yaml_true(yaml, map, "own");
    row->home = wb_yaml_true(yaml, map, "home");
}

/* A pattern is a text, or {match: ..., reach: ..., next: true}. */
static void add_line_pattern(struct wb_model *model, struct fy_node *node, int role)
{
    static const char *const keys[] = {"match", "reach", "next", "stage", "weak",
                                       "ahead", "own",   "home", NULL};
    struct wb_yaml *yaml = &model->yaml;
    bool map = wb_yaml_is_map(node);
    if (map)
        wb_yaml_allow(yaml, node, keys);
    struct wb_slice text = map ? wb_yaml_need(yaml, node, "match") : wb_yaml_text(yaml, node);
    struct wb_line_pattern row = {.role = (uint8_t)role, .reach = WB_REACH_BLOCK};
    struct fy_node *reach = wb_yaml_get(map ? node : NULL, "reach");
    if (reach) {
        int value = name_index(wb_yaml_text(yaml, reach), reach_names);
        if (value < 0)
            wb_yaml_error(yaml, reach, "there is no such reach");
        row.reach = (uint8_t)(value < 0 ? 0 : value);
    }
    struct fy_node *stage = wb_yaml_get(map ? node : NULL, "stage");
    row.stage = (uint8_t)wb_stage_named(wb_yaml_text(yaml, stage));
    if (stage && !row.stage)
        wb_yaml_error(yaml, stage, "there is no such stage of SMTP");
    if (map)
        read_marks(yaml, node, &row);
    /* all of a line's patterns begin at its start: what does not is made to */
    struct wb_buf anchored = {0};
    bool start = wb_slice_starts(text, WB_S("^"));
    wb_buf_printf(&anchored, "%s(?:%.*s)", start ? "^" : "^.*?", WB_F(wb_slice_from(text, start)));
    row.pattern = wb_pattern_expand(model, node, wb_buf_slice(&anchored), WB_FOR_LINES);
    wb_buf_free(&anchored);
    find_captures(model, node, &row);
    *(struct wb_line_pattern *)wb_list_add(&model->patterns) = row;
    *(struct fy_node **)wb_list_add(&model->pattern_nodes) = node;
}

static void read_lines(struct wb_model *model, struct fy_node *map)
{
    void *place = NULL;
    struct fy_node *key, *value, *item;
    while (wb_yaml_pair(map, &place, &key, &value)) {
        int role = name_index(wb_yaml_text(&model->yaml, key), role_names);
        if (role < 0) {
            wb_yaml_error(&model->yaml, key, "a line cannot have this role");
            continue;
        }
        void *each = NULL;
        while ((item = wb_yaml_next(value, &each)))
            add_line_pattern(model, item, role);
    }
}

/* Up to a "*", which stands for any word. */
static struct wb_slice longest_word(struct wb_slice words)
{
    struct wb_slice rest = wb_slice_head(words, wb_slice_chr(words, '*')), best = WB_NONE;
    while (rest.n) {
        struct wb_slice word = wb_slice_cut(&rest, ' ');
        if (word.n > best.n)
            best = word;
    }
    return best;
}

static size_t count_in(struct wb_slice text, struct wb_slice word)
{
    size_t n = 0, at;
    while ((at = wb_slice_findi(text, word)) < text.n) {
        text = wb_slice_from(text, at + 1);
        n++;
    }
    return n;
}

/* The bytes of a word that a sieve sees: the first are often those of a common one, "user". */
static struct wb_slice rarest_bytes(struct wb_slice prose, struct wb_slice word)
{
    struct wb_slice best = wb_slice_head(word, WB_SIEVE_BYTES);
    size_t fewest = count_in(prose, best), n;
    for (size_t i = 1; i + WB_SIEVE_BYTES <= word.n; i++) {
        struct wb_slice bytes = wb_slice(word.p + i, WB_SIEVE_BYTES);
        if ((n = count_in(prose, bytes)) < fewest) {
            fewest = n;
            best = bytes;
        }
    }
    return best;
}

/* What a dialect's sieve seeks: the bytes in each bucket. */
struct sought {
    struct wb_slice bytes[WB_SIEVE_BUCKETS];
    unsigned n;
};

/*
 * A bucket for these bytes: that which has them already, else one of its own as long as there is
 * one. Then the sieve tells words with other bytes apart, and nobody seeks what does not stand
 * there.
 */
static int bucket_for(struct sought *sought, struct wb_slice bytes)
{
    unsigned i = 0;
    while (i < sought->n && i < WB_SIEVE_BUCKETS && !wb_slice_eqi(sought->bytes[i], bytes))
        i++;
    if (i == sought->n || i == WB_SIEVE_BUCKETS) {
        i = sought->n++ % WB_SIEVE_BUCKETS;
        sought->bytes[i] = bytes;
    }
    return (int)i;
}

static void add_stage_words(struct wb_model *model, struct fy_node *item, enum wb_stage stage,
                            struct wb_dialect *dialect, struct sought *sought)
{
    struct wb_slice words = wb_yaml_text(&model->yaml, item);
    bool start = wb_slice_starts(words, WB_S("^"));
    words = wb_slice_from(words, start);
    struct wb_slice anchor = longest_word(words);
    if (wb_slice_trim(words).n < 3 || wb_is_space(words.p[0]) || !anchor.n || words.n > UINT8_MAX) {
        wb_yaml_error(&model->yaml, item, "these words say too little, or too much");
        return;
    }
    struct wb_slice rarest = rarest_bytes(wb_buf_slice(&model->prose), anchor);
    int bucket = bucket_for(sought, rarest);
    dialect->stage_words++;
    wb_sieve_add(&dialect->stage_sieve, rarest, bucket, start);
    *(struct wb_stage_words *)wb_list_add(&model->stage_words) =
        (struct wb_stage_words){.words = wb_model_str(model, words),
                                .stage = (uint8_t)stage,
                                .at_start = start,
                                .anchor_at = (uint8_t)(anchor.p - words.p),
                                .anchor_n = (uint8_t)anchor.n,
                                .bucket = (uint8_t)bucket};
}

/*
 * {connect: ["connect to"], named: ["in reply to"]}: words that tell a stage, or behind which the
 * command stands that was answered.
 */
static void read_stage_words(struct wb_model *model, struct fy_node *map,
                             struct wb_dialect *dialect)
{
    void *place = NULL;
    struct fy_node *key, *value, *item;
    struct sought sought = {.n = 0};
    dialect->first_stage_words = model->stage_words.n;
    while (wb_yaml_pair(map, &place, &key, &value)) {
        struct wb_slice name = wb_yaml_text(&model->yaml, key);
        enum wb_stage stage = wb_stage_named(name);
        if (!stage && !wb_slice_eq(name, WB_S("named"))) {
            wb_yaml_error(&model->yaml, key, "there is no such stage of SMTP");
            continue;
        }
        void *each = NULL;
        while ((item = wb_yaml_next(value, &each)))
            add_stage_words(model, item, stage, dialect, &sought);
    }
}

static uint8_t read_flags(struct wb_model *model, struct fy_node *list)
{
    static const char *const names[] = {"general",   "status-empty", "prose-first", "from-reader",
                                        "from-list", "in-subject",   NULL};
    uint8_t flags = 0;
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place))) {
        int flag = name_index(wb_yaml_text(&model->yaml, item), names);
        if (flag < 0)
            wb_yaml_error(&model->yaml, item, "there is no such property of a dialect");
        else
            flags = (uint8_t)(flags | 1u << flag);
    }
    return flags;
}

static void add_report_examples(struct wb_model *model, struct fy_node *list, wb_str id)
{
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place))) {
        static const char *const keys[] = {"report", "recipients", "cause", NULL};
        struct wb_example *example = wb_list_add(&model->examples);
        wb_yaml_allow(&model->yaml, item, keys);
        *example = (struct wb_example){
            .node = item, .rule = id, .use = WB_EXAMPLE_REPORT, .layer = model->layer};
        example->text = wb_yaml_need(&model->yaml, item, "report");
    }
}

/* Texts, a line each. */
static wb_str read_texts(struct wb_model *model, struct fy_node *list)
{
    struct wb_buf texts = {0};
    void *place = NULL;
    struct fy_node *item;
    while ((item = wb_yaml_next(list, &place))) {
        wb_buf_put(&texts, wb_yaml_text(&model->yaml, item));
        wb_buf_byte(&texts, '\n');
    }
    wb_str ref = wb_model_str(model, wb_buf_slice(&texts));
    wb_buf_free(&texts);
    return ref;
}

void wb_read_dialect(struct wb_model *model, struct fy_node *root, struct wb_slice id)
{
    static const char *const keys[] = {"name",   "kind",     "is",   "detect",   "lines",
                                       "source", "prose-if", "seen", "examples", "json",
                                       "stages", "joins",    NULL};
    struct wb_yaml *yaml = &model->yaml;
    uint16_t index = (uint16_t)model->dialects.n;
    struct wb_dialect row = {.id = wb_model_str(model, id)};
    wb_yaml_allow(yaml, root, keys);
    row.name = wb_model_str(model, wb_yaml_need(yaml, root, "name"));
    row.flags = read_flags(model, wb_yaml_get(root, "is"));
    row.prose_if = read_texts(model, wb_yaml_get(root, "prose-if"));
    row.joins = read_texts(model, wb_yaml_get(root, "joins"));
    struct fy_node *kind = wb_yaml_get(root, "kind");
    row.kind = (uint8_t)wb_kind_named(wb_yaml_text(yaml, kind));
    if (kind && !row.kind)
        wb_yaml_error(yaml, kind, "there is no such kind");
    wb_yaml_need(yaml, root, "source");
    row.first_pattern = model->patterns.n;
    read_lines(model, wb_yaml_get(root, "lines"));
    row.patterns = model->patterns.n - row.first_pattern;
    read_stage_words(model, wb_yaml_get(root, "stages"), &row);
    *(struct wb_dialect *)wb_list_add(&model->dialects) = row;
    wb_read_json_shapes(model, wb_yaml_get(root, "json"), index);
    void *place = NULL;
    struct fy_node *item, *detect = wb_yaml_get(root, "detect");
    while ((item = wb_yaml_next(detect, &place))) {
        struct wb_sign_group preset = {.owner = WB_OWNER_DIALECT, .dialect = index, .rule = row.id};
        read_group(model, item, add_group(model, &preset));
    }
    add_report_examples(model, wb_yaml_get(root, "examples"), row.id);
}
