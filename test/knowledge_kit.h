/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small base of knowledge for tests of the knowledge compiler. It is written to a folder; a test
 * replaces or adds one file there, or in a second folder that lies on top ("+"), and compiles both.
 */
#ifndef WB_KNOWLEDGE_KIT_H
#define WB_KNOWLEDGE_KIT_H

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogc.h"
#include "unit.h"

#define TITLE "title: {en: Cause, zh: 原因}\n"
#define DEFAULTS                                                                                   \
    "permanence: temporary\nfault: recipient\nresponsible: recipient\nrecommendation: pause\n"     \
    "suppress: never\n"
#define ADVICE    "advice: {en: {why: x}, zh: {why: x}}\n"
#define CAUSE     TITLE DEFAULTS ADVICE /* 8 lines */
#define ENTRY(id) "  - id: " id "\n"
#define OWN       "    source: own test\n"
#define EX(text)  "    examples: ['" text "']\n"
#define MATCH(re) "    match: '" re "'\n"
#define PHRASES   "phrases:\n" /* line 9; the first entry begins in line 10 */
#define ONE(re)   CAUSE PHRASES ENTRY("one") MATCH(re) EX("550 abcdef") OWN

static const struct base_file {
    const char *file, *text;
} base[] = {
    {"catalogue.yaml", "version: 2026.1.1\n"},
    {"words.yaml", "who: [user, mailbox]\n"},
    {"facts.yaml", "facts: []\n"},
    {"blocklists.yaml", "cause: full\nlists: []\n"},
    {"status-codes.yaml", "codes: []\n"},
    {"reply-codes.yaml", "codes: []\n"},
    {"fields.yaml", "fields: []\n"},
    {"interface.yaml", "yes: {en: 'Yes', zh: 是}\n"},
    {"causes/unknown.yaml", TITLE "permanence: unknown\nfault: unknown\nresponsible: nobody\n"
                                  "recommendation: none\nsuppress: never\nrole: unknown\n" ADVICE},
    {"causes/full.yaml",
     CAUSE PHRASES ENTRY("is-full") MATCH("mailbox is full") EX("552 mailbox is full") OWN},
    {"dialects/general.yaml", "name: general\nis: [general]\nsource: own test\n"},
    {"providers/post.yaml", "name: {en: P, zh: P}\nhosts: [example.org]\n"},
    {"dialects/acme.yaml", "name: Acme\nsource: own test\nlines:\n  end: '^no {who}$'\n"},
    {"schemes.yaml", "schemes: []\n"},
    {"marks.yaml", "marks: []\n"},
};

static char top[] = "/tmp/whybounce-test-XXXXXX";

static void write_file(const char *folder, const char *file, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s/%s", top, folder, file);
    unlink(path);
    if (!text)
        return;
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type;
    return ftw->level ? remove(path) : 0;
}

static void make_folders(void)
{
    static const char *const names[] = {"", "/causes", "/dialects", "/kinds", "/providers"};
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
    for (int i = 0; i < 10; i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s%s", top, i < 5 ? "base" : "more", names[i % 5]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (size_t i = 0; i < sizeof base / sizeof base[0]; i++)
        write_file("base", base[i].file, base[i].text);
}

static bool compile_folders(struct wb_model *model, struct wb_buf *image)
{
    static char folders[2][100];
    snprintf(folders[0], sizeof folders[0], "%s/base", top);
    snprintf(folders[1], sizeof folders[1], "%s/more", top);
    wb_model_open(model);
    return wb_knowledge_compile(model, (const char *const[]){folders[0], folders[1]}, 2, image);
}

/* Writes the row's file, compiles both folders. */
static bool compile(struct wb_model *model, const char *file, const char *text,
                    struct wb_buf *image)
{
    make_folders();
    if (file[0] == '+')
        write_file("more", file + 1, text);
    else
        write_file("base", file, text);
    return compile_folders(model, image);
}

static void must_say(const struct wb_model *model, const char *said)
{
    struct wb_slice log = wb_slice(model->yaml.log.p, model->yaml.log.n);
    if (wb_slice_find(log, wb_slice_str(said)) == log.n)
        fail_msg("it says:\n%.*s\nand not: %s", WB_F(log), said);
}

/* Runs the tests that are noted, and takes the folders away again. */
static int run_with_folders(void)
{
    if (!mkdtemp(top))
        return 1;
    int failed = unit_run();
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
    rmdir(top);
    return failed;
}

#endif
