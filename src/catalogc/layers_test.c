/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders of knowledge on top of each other: what comes of them, and what their examples show. */
#define _GNU_SOURCE
#include "knowledge_kit.h"

#include "analyse.h"

static const struct layer_row {
    const char *name, *file, *text;
    const char *rules; /* in their order */
    int passed, failed;
    const char *said; /* by the examples; NULL: nothing */
} layer_rows[] = {
    {"the base", "causes/full.yaml", base[9].text, "full/is-full", 1, 0, NULL},
    {"nothing on top", "+notes.txt", "x", "full/is-full", 1, 0, NULL},
    {"an entry is added", "+causes/full.yaml",
     PHRASES ENTRY("own") MATCH("no room here") EX("552 no room here") OWN, "full/is-full full/own",
     2, 0, NULL},
    {"an entry is overridden", "+causes/full.yaml",
     PHRASES ENTRY("is-full") MATCH("no room here") EX("552 no room here") OWN, "full/is-full", 1,
     0, NULL},
    {"an entry is disabled", "+causes/full.yaml", "disable: [is-full]\n", "", 0, 0, NULL},
    {"a list of one need not be a list", "+causes/full.yaml", "disable: is-full\n", "", 0, 0, NULL},
    {"a cause is added", "+causes/x.yaml",
     CAUSE PHRASES ENTRY("one") MATCH("abcdef") EX("550 abcdef") OWN, "full/is-full x/one", 2, 0,
     NULL},
    {"a cause is added under a parent", "+causes/x.yaml",
     CAUSE "parent: full\n" PHRASES ENTRY("one") MATCH("abcdef") EX("550 abcdef") OWN,
     "full/is-full x/one", 2, 0, NULL},
    {"an overridden expression may come back", "+causes/full.yaml",
     "disable: [is-full]\n" PHRASES ENTRY("own") MATCH("mailbox is full") EX("mailbox is full") OWN,
     "full/own", 1, 0, NULL},
    {"a code is added to a provider", "+providers/post.yaml",
     "codes:\n  - {id: c, cause: full, match: 'p4711', examples: ['552 host mx.example.org said: "
     "552 P4711'], source: own test}\n",
     "full/is-full post/c", 2, 0, NULL},
    {"a blocklist is added", "+blocklists.yaml",
     "cause: full\nlists:\n  - {id: a, name: a, match: abcdef, examples: ['550 abcdef']}\n",
     "full/is-full blocklist/a", 2, 0, NULL},
    {"Chinese on top", "+causes/full.yaml",
     PHRASES ENTRY("own") MATCH("邮箱(?:已)?满") EX("552 邮箱满") OWN, "full/is-full full/own", 2,
     0, NULL},
    /* examples as tests */
    {"an entry that does not win its example", "causes/x.yaml",
     CAUSE PHRASES ENTRY("one") MATCH("abcdef") EX("550 something else") OWN, "full/is-full x/one",
     1, 1, "causes/x.yaml:11:17: error: x/one does not win its example: no rule does"},
    {"an entry that another swallows", "causes/x.yaml",
     CAUSE PHRASES ENTRY("one") MATCH("is full") EX("550 mailbox is full") OWN,
     "full/is-full x/one", 1, 1,
     "causes/x.yaml:11:17: error: x/one does not win its example: full/is-full does"},
    {"an entry that swallows another", "causes/x.yaml",
     CAUSE PHRASES ENTRY("one") MATCH("52 mailbox is full") EX("552 mailbox is full") OWN,
     "full/is-full x/one", 1, 1,
     "causes/full.yaml:11:17: error: full/is-full does not win its example: x/one does"},
    {"an entry that wins what it must not", "causes/x.yaml",
     CAUSE PHRASES ENTRY("one") MATCH("abcdef") EX("550 abcdef") "    not: ['550 no abcdef']\n" OWN,
     "full/is-full x/one", 2, 1, "causes/x.yaml:12:12: error: x/one wins what it must not"},
};

static void layered(void **state)
{
    const struct layer_row *row = *state;
    struct wb_model model;
    struct wb_buf image = {0};
    char rules[500] = "";
    bool ok = compile(&model, row->file, row->text, &image);
    if (!ok)
        fail_msg("%.*s", (int)model.yaml.log.n, model.yaml.log.p);
    for (uint32_t i = 0; i < model.entries.n; i++) {
        struct wb_slice rule =
            wb_model_text(&model, WB_ROW(model.entries, struct wb_entry, i)->rule);
        sprintf(rules + strlen(rules), "%s%.*s", i ? " " : "", WB_F(rule));
    }
    assert_string_equal(rules, row->rules);
    struct wb_catalogue *catalogue;
    struct wb_status status;
    assert_true(wb_catalogue_open_image(wb_buf_slice(&image), &catalogue, &status));
    struct wb_knowledge_tally tally = wb_knowledge_test(&model, catalogue, NULL);
    assert_int_equal(tally.passed, row->passed);
    assert_int_equal(tally.failed, row->failed);
    if (row->said)
        must_say(&model, row->said);
    else
        assert_int_equal(model.yaml.log.n, 0);
    wb_catalogue_close(catalogue);
    wb_model_close(&model);
    wb_buf_free(&image);
}

/* Whatever byte of an image is another one, nothing is read by it, be it of the header. */
static void damaged_image(void **state)
{
    (void)state;
    struct wb_model model;
    struct wb_buf image = {0};
    struct wb_catalogue *catalogue;
    struct wb_status status;
    assert_true(compile(&model, "+causes/x.yaml", CAUSE, &image));
    const size_t header = sizeof(struct wb_image_header), step = image.n / 100;
    for (size_t at = 0; at < image.n; at += at < header ? 1 : step) {
        image.p[at] ^= 0x10;
        assert_false(wb_catalogue_open_image(wb_buf_slice(&image), &catalogue, &status));
        image.p[at] ^= 0x10;
    }
    for (size_t n = 0; n < image.n; n += n < header ? 1 : step) {
        struct wb_slice exact = unit_exact(wb_slice(image.p, n));
        assert_false(wb_catalogue_open_image(exact, &catalogue, &status));
        free((char *)exact.p);
    }
    wb_model_close(&model);
    wb_buf_free(&image);
}

static void parent(void **state)
{
    (void)state;
    struct wb_model model;
    struct wb_buf image = {0};
    assert_true(compile(&model, "+causes/x.yaml", CAUSE "parent: full\n", &image));
    uint16_t x = wb_model_find(&model, &model.causes, WB_S("x"));
    uint16_t full = wb_model_find(&model, &model.causes, WB_S("full"));
    assert_int_equal(WB_ROW(model.causes, struct wb_cause, x)->parent, full);
    assert_int_equal(WB_ROW(model.causes, struct wb_cause, full)->parent, WB_NO_INDEX);
    wb_model_close(&model);
    wb_buf_free(&image);
}

/* What a further folder says of a code takes the place of what the base says. */
static void codes(void **state)
{
    (void)state;
    struct wb_model model;
    wb_model_open(&model);
    struct fy_node *node = NULL;
    struct wb_reply_meaning reply = {.code = 552, .cause = 0};
    struct wb_status_meaning status = {.code = {5, 2, 2}, .last_detail = 2, .cause = 0};
    wb_model_add_reply(&model, node, &reply);
    wb_model_add_status(&model, node, &status);
    model.layer = reply.cause = status.cause = 1;
    wb_model_add_reply(&model, node, &reply);
    wb_model_add_status(&model, node, &status);
    reply.stages = 1;       /* another one */
    status.last_detail = 3; /* a range */
    wb_model_add_reply(&model, node, &reply);
    wb_model_add_status(&model, node, &status);
    assert_int_equal(model.replies.n, 2);
    assert_int_equal(model.statuses.n, 2);
    assert_int_equal(WB_ROW(model.replies, struct wb_reply_meaning, 0)->cause, 1);
    assert_int_equal(WB_ROW(model.statuses, struct wb_status_meaning, 0)->cause, 1);
    wb_model_close(&model);
}

/* A dialect of a further folder takes the place of the built-in one. */
static void dialect(void **state)
{
    (void)state;
    struct wb_model model;
    struct wb_buf image = {0};
    assert_true(compile(&model, "+dialects/acme.yaml", "name: Anew\nsource: own test\n", &image));
    assert_int_equal(model.dialects.n, 2);
    uint16_t acme = wb_model_find(&model, &model.dialects, WB_S("acme"));
    assert_text(wb_model_text(&model, WB_ROW(model.dialects, struct wb_dialect, acme)->name),
                "Anew");
    wb_model_close(&model);
    wb_buf_free(&image);
}

/* Whoever asks for the words of a kind finds a row, even if no file speaks of that kind. */
static void kinds(void **state)
{
    (void)state;
    struct wb_model model;
    struct wb_buf image = {0};
    make_folders();
    assert_true(compile_folders(&model, &image));
    assert_int_equal(model.kind_words.n, WB_KIND_COUNT);
    wb_model_close(&model);
    wb_buf_free(&image);
}

/* A blocklist takes the place of the built-in one as well: its old expressions are gone. */
static void blocklist(void **state)
{
    (void)state;
    struct wb_model model;
    struct wb_buf image = {0};
    make_folders();
    write_file("base", "blocklists.yaml",
               "cause: full\nlists: [{id: b, name: b, match: [abcdef, ghijkl]}]\n");
    write_file("more", "blocklists.yaml", "cause: full\nlists: [{id: b, name: b, match: mnop}]\n");
    assert_true(compile_folders(&model, &image));
    assert_int_equal(model.entries.n, 2); /* and that of the cause */
    for (uint32_t i = 0; i < model.entries.n; i++) {
        const struct wb_entry *entry = WB_ROW(model.entries, struct wb_entry, i);
        if (entry->blocklist != WB_NO_INDEX)
            assert_text(wb_model_text(&model, entry->pattern), "mnop");
    }
    wb_model_close(&model);
    wb_buf_free(&image);
}

int main(void)
{
    UNIT_ROWS(layered, layer_rows);
    UNIT_ONE(damaged_image, "is not opened");
    UNIT_ONE(codes, "of a code said anew");
    UNIT_ONE(parent, "of an added cause");
    UNIT_ONE(dialect, "is replaced as a whole");
    UNIT_ONE(blocklist, "is replaced by its id");
    UNIT_ONE(kinds, "all have a row");
    return run_with_folders();
}
