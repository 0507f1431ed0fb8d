/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the knowledge compiler refuses, and what it says then. The column of a quoted text is that
 * of its first letter.
 */
#define _GNU_SOURCE
#include "knowledge_kit.h"

static const struct refusal_row {
    const char *name, *file, *text;
    const char *said; /* stands in the log */
} refusal_rows[] = {
    /* YAML itself */
    {"broken YAML", "causes/x.yaml", "title: {en: [\n", "causes/x.yaml:2:1: error: "},
    {"a tab", "causes/x.yaml", "title:\n\ten: x\n", "causes/x.yaml:2:1: error: tab"},
    {"a key twice", "causes/x.yaml", CAUSE "fault: sender\n",
     "causes/x.yaml:8:1: error: duplicate key"},
    {"a list at the top", "causes/x.yaml", "- a\n", "causes/x.yaml: a mapping is expected"},
    {"a node that is no UTF-8", "status-codes.yaml", "codes:\n  - \x9f\xe5\"\n",
     "status-codes.yaml: error: the key 'code' is missing"},
    {"an empty file", "causes/x.yaml", "", "causes/x.yaml: the file is empty, or no YAML"},
    {"a list where a text is due", "causes/x.yaml",
     CAUSE PHRASES ENTRY("[a]") MATCH("abcdef") EX("abcdef") OWN,
     "causes/x.yaml:9:9: error: a text is expected here"},
    {"an alias", "causes/x.yaml", "title: &t {en: x, zh: x}\nkeywords: *t\n" DEFAULTS ADVICE,
     "causes/x.yaml:2:12: error: aliases are not followed"},
    {"an alias inside a list", "causes/x.yaml",
     CAUSE PHRASES ENTRY("&a one") MATCH("abcdef") "    examples: [*a]\n" OWN,
     "causes/x.yaml:11:17: error: aliases are not followed"},
    /* classes */
    {"a scheme that is not there", "causes/x.yaml", CAUSE "classes: {acme: gone}\n",
     "causes/x.yaml:8:11: error: there is no scheme 'acme'"},
    {"a scheme without source", "schemes.yaml", "schemes:\n  - {id: acme, name: Acme}\n",
     "schemes.yaml:2:5: error: the key 'source' is missing"},
    {"a cause without class", "schemes.yaml", "schemes:\n  - {id: acme, name: Acme, source: own}\n",
     "causes/full.yaml:1:1: error: the cause has no class in the scheme 'acme'"},
    /* causes */
    {"unknown key", "causes/x.yaml", CAUSE "colour: red\n",
     "causes/x.yaml:8:1: error: unknown key 'colour'"},
    {"no title", "causes/x.yaml", DEFAULTS ADVICE,
     "causes/x.yaml:1:1: error: the key 'title' is missing"},
    {"title in one language", "causes/x.yaml", "title: {en: x}\n" DEFAULTS ADVICE,
     "causes/x.yaml:1:8: error: the key 'zh' is missing"},
    {"no permanence", "causes/x.yaml",
     TITLE "fault: sender\nresponsible: sender\nrecommendation: none\nsuppress: never\n" ADVICE,
     "causes/x.yaml:1:1: error: the key 'permanence' is missing"},
    {"no suppress", "causes/x.yaml",
     TITLE "permanence: permanent\nfault: sender\nresponsible: sender\n"
           "recommendation: none\n" ADVICE,
     "causes/x.yaml:1:1: error: the key 'suppress' is missing"},
    {"a value that is none", "causes/x.yaml",
     TITLE "permanence: forever\nfault: sender\nresponsible: sender\nrecommendation: none\n"
           "suppress: never\n" ADVICE,
     "causes/x.yaml:2:13: error: there is no such permanence"},
    {"suppress that is none", "causes/x.yaml",
     TITLE "permanence: permanent\nfault: sender\nresponsible: sender\nrecommendation: none\n"
           "suppress: always\n" ADVICE,
     "causes/x.yaml:6:11: error: 'always' is none of the values"},
    {"never suppresses, but recommends it", "causes/x.yaml",
     TITLE "permanence: permanent\nfault: sender\nresponsible: sender\n"
           "recommendation: suppress\nsuppress: never\n" ADVICE,
     "causes/x.yaml:1:1: error: a cause that never suppresses may not recommend it"},
    {"no advice", "causes/x.yaml", TITLE DEFAULTS,
     "causes/x.yaml:1:1: error: a cause needs advice in both languages"},
    {"no Chinese advice", "causes/x.yaml", TITLE DEFAULTS "advice: {en: {why: x}}\n",
     "causes/x.yaml:7:9: error: advice in 'zh' is missing"},
    {"no English advice", "causes/x.yaml", TITLE DEFAULTS "advice: {zh: {why: x}}\n",
     "causes/x.yaml:7:9: error: advice in 'en' is missing"},
    {"advice in a third language", "causes/x.yaml",
     TITLE DEFAULTS "advice: {en: {why: x}, zh: {why: x}, fr: {why: x}}\n",
     "causes/x.yaml:7:38: error: unknown key 'fr'"},
    {"advice in an unknown slot", "causes/x.yaml",
     TITLE DEFAULTS "advice: {en: {why: x, who: x}, zh: {why: x}}\n",
     "causes/x.yaml:7:23: error: unknown key 'who'"},
    {"advice with an unknown place", "causes/x.yaml",
     TITLE DEFAULTS "advice: {en: {why: 'a {colour}'}, zh: {why: x}}\n",
     "causes/x.yaml:7:21: error: advice knows no {colour}"},
    {"advice with an unknown condition", "causes/x.yaml",
     TITLE DEFAULTS "advice: {en: {why: [{if: raining, text: x}]}, zh: {why: x}}\n",
     "causes/x.yaml:7:26: error: there is no condition 'raining'"},
    {"a parent that is none", "causes/x.yaml", CAUSE "parent: nobody\n",
     "causes/x.yaml:8:9: error: there is no cause 'nobody'"},
    {"a parent that is the cause itself", "causes/x.yaml", CAUSE "parent: x\n",
     "causes/x.yaml:8:9: error: a cause cannot stand below itself"},
    {"a unit of nothing", "facts.yaml", "units:\n  - {words: [m]}\n",
     "facts.yaml:2:5: error: a unit is so many bytes, or so many seconds, at most 2^31"},
    {"a unit of both", "facts.yaml", "units:\n  - {words: [m], bytes: 2, seconds: 3}\n",
     "facts.yaml:2:5: error: a unit is so many bytes, or so many seconds, at most 2^31"},
    {"a unit of too much", "facts.yaml", "units:\n  - {words: [t], bytes: 1099511627776}\n",
     "facts.yaml:2:5: error: a unit is so many bytes, or so many seconds, at most 2^31"},
    {"a unit of less than nothing", "facts.yaml", "units:\n  - {words: [t], seconds: -60}\n",
     "facts.yaml:2:5: error: a unit is so many bytes, or so many seconds, at most 2^31"},
    {"a host without a name", "providers/p.yaml", "name: {en: P, zh: P}\nhosts: [\"\"]\n",
     "providers/p.yaml:2:10: error: the name of a host or domain is expected here"},
    {"a reply code twice", "reply-codes.yaml",
     "codes:\n  - {code: 552, title: {en: x, zh: x}}\n  - {code: 552, title: {en: x, zh: x}}\n",
     "reply-codes.yaml:3:5: error: this code has a row already"},
    {"a status code twice", "status-codes.yaml",
     "codes:\n  - {code: X.1.1, title: {en: x, zh: x}, trust: low}\n"
     "  - {code: X.1.1, title: {en: y, zh: y}, trust: low}\n",
     "status-codes.yaml:3:5: error: this code has a row already"},
    {"a provider's status code twice", "providers/post.yaml",
     "name: {en: P, zh: P}\nhosts: [example.org]\nstatuses:\n"
     "  - {code: 5.7.1, cause: full, source: own}\n  - {code: 5.7.1, cause: full, source: own}\n",
     "providers/post.yaml:5:5: error: this code has a row already"},
    {"two causes of the unknown", "causes/x.yaml", CAUSE "role: unknown\n",
     "2 causes have the role 'unknown', one is needed"},
    /* entries */
    {"unknown key of an entry", "causes/x.yaml", ONE("abcdef") "    colour: red\n",
     "causes/x.yaml:13:5: error: unknown key 'colour'"},
    {"no id", "causes/x.yaml", CAUSE PHRASES "  - match: 'abcdef'\n" EX("abcdef") OWN,
     "causes/x.yaml:9:5: error: the key 'id' is missing"},
    {"no match", "causes/x.yaml", CAUSE PHRASES ENTRY("one") EX("abcdef") OWN,
     "causes/x.yaml:9:5: error: the key 'match' is missing"},
    {"no example", "causes/x.yaml", CAUSE PHRASES ENTRY("one") MATCH("abcdef") OWN,
     "causes/x.yaml:9:5: error: an entry needs at least one example"},
    {"no source", "causes/x.yaml", CAUSE PHRASES ENTRY("one") MATCH("abcdef") EX("abcdef"),
     "causes/x.yaml:9:5: error: the key 'source' is missing"},
    {"a source of no kind", "causes/x.yaml",
     CAUSE PHRASES ENTRY("one") MATCH("abcdef") EX("abcdef") "    source: hearsay\n",
     "causes/x.yaml:12:13: error: a source begins with"},
    {"the same id twice", "causes/x.yaml",
     ONE("abcdef") ENTRY("one") MATCH("ghijkl") EX("ghijkl") OWN,
     "causes/x.yaml:13:5: error: there is an entry 'x/one' already"},
    {"a cause that is none", "causes/x.yaml", ONE("abcdef") "    cause: nobody\n",
     "causes/x.yaml:13:12: error: there is no cause 'nobody'"},
    {"an alternative that is none", "causes/x.yaml",
     ONE("abcdef") "    alternatives: {nobody: 0.3}\n",
     "causes/x.yaml:13:20: error: there is no cause 'nobody'"},
    {"an alternative without weight", "causes/x.yaml",
     ONE("abcdef") "    alternatives: {full: x}\n", "causes/x.yaml:13:20: error: at most"},
    {"beats a cause that is none", "causes/x.yaml", ONE("abcdef") "    over: [full, nobody]\n",
     "causes/x.yaml:13:18: error: there is no cause 'nobody'"},
    {"a stage that is none", "causes/x.yaml", ONE("abcdef") "    when: {stage: dinner}\n",
     "causes/x.yaml:13:19: error: there is no such stage"},
    {"a status that is none", "causes/x.yaml", ONE("abcdef") "    when: {status: 5.7}\n",
     "causes/x.yaml:13:20: error: a status code like"},
    {"a class of replies that is none", "causes/x.yaml", ONE("abcdef") "    when: {reply: 55}\n",
     "causes/x.yaml:13:19: error: the first digit of a reply"},
    {"a fact that is none", "causes/x.yaml", ONE("abcdef") "    fact: weather\n",
     "causes/x.yaml:13:11: error: there is no fact 'weather'"},
    {"a fault that is none", "causes/x.yaml", ONE("abcdef") "    fault: mine\n",
     "causes/x.yaml:13:12: error: there is no such fault"},
    {"true or false", "causes/x.yaml", ONE("abcdef") "    general: perhaps\n",
     "causes/x.yaml:13:14: error: true or false"},
    /* expressions */
    {"a letter beyond ASCII in a class of a line", "dialects/acme.yaml",
     "name: Acme\nsource: own test\nlines:\n  field:\n"
     "    - '(?:主题|subject)[:：](?<subject>.+)$'\n",
     "dialects/acme.yaml:5:8: error: only ASCII inside [...]"},
    {"without bound", "causes/x.yaml", ONE("abc.*def"),
     "causes/x.yaml:10:13: error: without bound: write .{0,40} instead of .*"},
    {"without bound, +", "causes/x.yaml", ONE("abc.+def"), "causes/x.yaml:10:13: error: without"},
    {"without bound, a class of all others", "causes/x.yaml", ONE("abc[^,]*def"),
     "causes/x.yaml:10:13: error: without bound"},
    {"without bound, open range", "causes/x.yaml", ONE("abc.{3,}def"),
     "causes/x.yaml:10:13: error: without bound"},
    {"too broad", "causes/x.yaml", ONE("a"), "causes/x.yaml:10:13: error: matches almost anything"},
    {"too broad in one alternative", "causes/x.yaml", ONE("(?:mailbox is closed|a)"),
     "causes/x.yaml:10:13: error: matches almost anything"},
    {"too broad: all is optional", "causes/x.yaml", ONE("(?:abcdef)?"),
     "causes/x.yaml:10:13: error: matches almost anything"},
    {"too broad: anything bounded", "causes/x.yaml", ONE(".{0,40}"),
     "causes/x.yaml:10:13: error: matches almost anything"},
    {"bad expression", "causes/x.yaml", ONE("abc(def"),
     "causes/x.yaml:10:13: error: bad expression: missing closing parenthesis"},
    {"unknown escape", "causes/x.yaml", ONE("abc\\qdef"),
     "causes/x.yaml:10:13: error: the escape \\q is not known"},
    {"unknown word list", "causes/x.yaml", ONE("{nobody} abcdef"),
     "causes/x.yaml:10:13: error: there is no word list 'nobody'"},
    {"Chinese in a class", "causes/x.yaml", ONE("abcdef[中文]"),
     "causes/x.yaml:10:13: error: only ASCII inside [...]"},
    {"a boundary beside a Chinese letter", "causes/x.yaml", ONE("\\b满abcdef"),
     "causes/x.yaml:10:13: error: \\b before a letter that is not ASCII"},
    {"a boundary beside a Chinese letter in an alternative", "causes/x.yaml",
     ONE("\\b(?:éab|满)cdef"), "causes/x.yaml:10:13: error: \\b before a letter that is not ASCII"},
    {"the same expression twice", "causes/x.yaml",
     ONE("abcdef") ENTRY("two") MATCH("abcdef") EX("abcdef") OWN,
     "causes/x.yaml:14:13: error: the same expression stands at x/one already"},
    {"the same expression in other case", "causes/x.yaml",
     ONE("abcdef") ENTRY("two") MATCH("ABCdef") EX("abcdef") OWN,
     "causes/x.yaml:14:13: error: the same expression stands at x/one already"},
    {"the second of several expressions", "causes/x.yaml",
     CAUSE PHRASES ENTRY("one") "    match:\n      - 'abcdef'\n      - 'abc.*'\n" EX("abcdef") OWN,
     "causes/x.yaml:12:10: error: without bound"},
    /* the other files */
    {"no file of words", "words.yaml", NULL, "words.yaml: No such file or directory"},
    {"a status without a title", "status-codes.yaml", "codes:\n  - {code: X.1.1, trust: high}\n",
     "status-codes.yaml:2:5: error: the key 'title' is missing"},
    {"a status without trust", "status-codes.yaml",
     "codes:\n  - {code: X.1.1, title: {en: x, zh: x}}\n",
     "status-codes.yaml:2:5: error: the key 'trust' is missing"},
    {"a status that is no code", "status-codes.yaml",
     "codes:\n  - {code: 5.1, title: {en: x, zh: x}, trust: high}\n",
     "status-codes.yaml:2:5: error: a code like"},
    {"a reply with an unknown stage", "reply-codes.yaml",
     "codes:\n  - {code: 550, title: {en: x, zh: x}, stage: dinner}\n",
     "reply-codes.yaml:2:47: error: there is no such stage"},
    {"blocklists without a cause", "blocklists.yaml", "lists: []\n",
     "blocklists.yaml:1:1: error: the key 'cause' is missing"},
    {"a blocklist without a name", "blocklists.yaml",
     "cause: full\nlists:\n  - {id: a, match: abcdef}\n",
     "blocklists.yaml:3:5: error: the key 'name' is missing"},
    {"two blocklists of one id", "blocklists.yaml",
     "cause: full\nlists:\n  - {id: a, name: a, match: abcdef}\n"
     "  - {id: a, name: a, match: ghijkl}\n",
     "blocklists.yaml:4:5: error: there is an entry 'blocklist/a' already"},
    {"a field that means nothing known", "fields.yaml",
     "fields:\n  - {name: x, means: weather, title: {en: x, zh: x}}\n",
     "fields.yaml:2:22: error: a field cannot mean this"},
    {"a mark of the weather", "marks.yaml", "marks: [{means: sunny, words: [x], source: own}]\n",
     "marks.yaml:1:17: error: a mark cannot mean this"},
    {"a provider's code without a cause", "providers/p.yaml",
     "name: {en: P, zh: P}\nstatuses:\n  - {code: 5.7.1, source: own test}\n",
     "providers/p.yaml:3:5: error: the key 'cause' is missing"},
    {"a provider without a name", "providers/p.yaml", "hosts: [example.org]\n",
     "providers/p.yaml:1:1: error: the key 'name' is missing"},
    {"a comma that ends a source", "kinds/delay.yaml",
     "signs:\n  - {text: 'not yet', weight: 3, source: source Sendmail, Postfix}\n",
     "kinds/delay.yaml:2:59: error: the sign 'Postfix' has no expression"},
    {"a kind that is none", "kinds/gossip.yaml", "signs: []\n",
     "kinds/gossip.yaml:1:1: error: 'gossip' is no kind of report"},
    {"a dialect without a source", "dialects/x.yaml", "name: x\n",
     "dialects/x.yaml:1:1: error: the key 'source' is missing"},
    {"a dialect with an unknown property", "dialects/x.yaml",
     "name: x\nsource: own test\nis: [nice]\n",
     "dialects/x.yaml:3:6: error: there is no such property"},
    {"a dialect with an unknown role of a line", "dialects/x.yaml",
     "name: x\nsource: own test\nlines: {weather: '^rain'}\n",
     "dialects/x.yaml:3:9: error: a line cannot have this role"},
    {"a dialect with an unknown group", "dialects/x.yaml",
     "name: x\nsource: own test\nlines:\n  recipient: '^(?<weather>rain)'\n",
     "dialects/x.yaml:4:15: error: a group has a name that is not known"},
    {"a dialect with an unknown reach", "dialects/x.yaml",
     "name: x\nsource: own test\nlines:\n  recipient: {match: '^x', reach: far}\n",
     "dialects/x.yaml:4:35: error: there is no such reach"},
    {"two general dialects", "dialects/x.yaml", "name: x\nsource: own test\nis: [general]\n",
     "dialects: 2 are general, one is needed"},
    /* what lies on top */
    {"disables what is not there", "+causes/full.yaml", "disable: [is-empty]\n",
     "causes/full.yaml:1:11: error: there is no entry 'full/is-empty' to disable"},
    {"changes a built-in cause", "+causes/full.yaml", "permanence: permanent\n",
     "causes/full.yaml:1:1: error: the cause is there already: 'permanence' cannot be changed"},
    {"renames a built-in provider", "+providers/post.yaml", "name: {en: Q, zh: Q}\n",
     "providers/post.yaml:1:1: error: the provider is there already: 'name' cannot be changed"},
    {"another page of a built-in provider", "+providers/post.yaml", "page: https://example.org/\n",
     "providers/post.yaml:1:1: error: the provider is there already: 'page' cannot be changed"},
    {"a new cause without a title", "+causes/x.yaml", DEFAULTS ADVICE,
     "causes/x.yaml:1:1: error: the key 'title' is missing"},
    {"the same id twice on top", "+causes/full.yaml",
     PHRASES ENTRY("a") MATCH("abcdef") EX("abcdef") OWN ENTRY("a") MATCH("ghijkl") EX("ghijkl")
         OWN,
     "causes/full.yaml:6:5: error: there is an entry 'full/a' already"},
    {"an expression that is built in", "+causes/full.yaml",
     PHRASES ENTRY("a") MATCH("mailbox is full") EX("mailbox is full") OWN,
     "causes/full.yaml:3:13: error: the same expression stands at full/is-full already"},
};

static void refused(void **state)
{
    const struct refusal_row *row = *state;
    struct wb_model model;
    struct wb_buf image = {0};
    bool ok = compile(&model, row->file, row->text, &image);
    assert_false(ok);
    must_say(&model, row->said);
    assert_true(model.yaml.errors > 0);
    wb_model_close(&model);
    wb_buf_free(&image);
}

static void missing_folder(void **state)
{
    (void)state;
    char base_folder[100];
    for (int i = 0; i < 2; i++) {
        struct wb_model model;
        struct wb_buf image = {0};
        make_folders();
        snprintf(base_folder, sizeof base_folder, "%s/base", top);
        const char *folders[2] = {base_folder, base_folder};
        folders[i] = "/tmp/whybounce-test-none";
        wb_model_open(&model);
        assert_false(wb_knowledge_compile(&model, folders, 2, &image));
        assert_text(wb_buf_slice(&model.yaml.log),
                    "/tmp/whybounce-test-none: there is no such folder\n");
        wb_model_close(&model);
        wb_buf_free(&image);
    }
}

/* These complaints and no others; the last is NULL. */
static void says_only(const char *file, const char *text, const char *const *said)
{
    int n = 0;
    struct wb_model model;
    struct wb_buf image = {0};
    assert_false(compile(&model, file, text, &image));
    for (; said[n]; n++)
        must_say(&model, said[n]);
    assert_int_equal(model.yaml.errors, n);
    wb_model_close(&model);
    wb_buf_free(&image);
}

/* One run tells all, and each once: a word list is read in two forms, or is no list at all. */
static void all_at_once(void **state)
{
    static const char *const three[] = {"unknown key 'colour'", "without bound",
                                        "needs at least one example", NULL},
                             *const one[] = {"there is no word list 'nobody'", NULL},
                             *const twice[] = {"words.yaml:2:1: error: duplicate key", NULL};
    (void)state;
    says_only("causes/x.yaml", CAUSE "colour: red\n" PHRASES ENTRY("one") MATCH("abc.*def") OWN,
              three);
    says_only("words.yaml", "who: ['{nobody}']\n", one);
    says_only("words.yaml", "who: [user]\nwho: [mailbox]\n", twice);
}

/* Their numbers have sixteen bits, and what is beyond would be taken for another one. */
static void too_many_entries(void **state)
{
    static const char *const said[] = {"entries: more than 65535", NULL};
    struct wb_buf text = {0};
    (void)state;
    wb_buf_lit(&text, "cause: full\nlists:\n  - {id: b, name: b, match: [x0000");
    for (int i = 1; i < 65536; i++)
        wb_buf_printf(&text, ", x%04x", i);
    wb_buf_lit(&text, "]}\n");
    wb_buf_byte(&text, '\0');
    says_only("+blocklists.yaml", text.p, said);
    wb_buf_free(&text);
}

static void too_many_signs(void **state)
{
    static const char *const said[] = {"signs: more than 65535", NULL};
    struct wb_buf text = {0};
    (void)state;
    wb_buf_lit(&text, "name: x\nsource: own\ndetect:\n");
    for (int i = 0; i < 65536; i++)
        wb_buf_printf(&text, "  - {text: x%04xyz}\n", i);
    wb_buf_byte(&text, '\0');
    says_only("dialects/x.yaml", text.p, said);
    wb_buf_free(&text);
}

/* The index of strings grows, and knows those of before. */
static void many_strings(void **state)
{
    enum { STRINGS = 150000 };
    struct wb_model model;
    char text[16];
    wb_str *refs = calloc(STRINGS, sizeof *refs);
    (void)state;
    assert_non_null(refs);
    wb_model_open(&model);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < STRINGS; i++) {
            struct wb_slice one = wb_slice(text, (size_t)snprintf(text, sizeof text, "%d", i));
            wb_str ref = wb_model_str(&model, one);
            assert_slice(wb_model_text(&model, ref), one);
            assert_true(round ? ref == refs[i] : !i || ref > refs[i - 1]);
            refs[i] = ref;
        }
    wb_model_close(&model);
    free(refs);
}

int main(void)
{
    UNIT_ROWS(refused, refusal_rows);
    UNIT_ONE(missing_folder, "is named, the first or a further one");
    UNIT_ONE(all_at_once, "every fault of a file");
    UNIT_ONE(too_many_entries, "more than have a number");
    UNIT_ONE(too_many_signs, "more than have a number");
    UNIT_ONE(many_strings, "more than the index has places for");
    return run_with_folders();
}
