/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders and Maildirs. */
#define _GNU_SOURCE
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "unit.h"

/* What to make, one a word: "a/" a folder, "a" a file, "a>b" a link to b; and what is listed. */
static const struct folder_row {
    const char *name, *made, *listed;
} folder_rows[] = {
    {"files, sorted", "b a c", "a b c"},
    {"names that begin alike",
     "m-2 m-12345678-2 m-1 m- m m-12345678-1 m-12345678 m-12345678\xE4 m-\xE4",
     "m m- m-1 m-12345678 m-12345678-1 m-12345678-2 m-12345678\xE4 m-2 m-\xE4"},
    {"a single file", "m", "m"},
    {"folders in it", "x/ x/b a x/y/ x/y/c", "a x/b x/y/c"},
    {"hidden ones", ".a b .x/ .x/c", "b"},
    {"nothing", "", ""},
    {"only folders", "x/ x/y/", ""},
    {"a Maildir", "cur/ new/ tmp/ cur/2:2,S new/1 tmp/3", "cur/2:2,S new/1"},
    {"a Maildir's own files", "cur/ new/ tmp/ cur/1 dovecot-uidlist", "cur/1"},
    {"a Maildir in a folder", "x/ x/cur/ x/new/ x/tmp/ x/cur/1 x/tmp/2 a", "a x/cur/1"},
    {"tmp of what is no Maildir", "tmp/ tmp/a", "tmp/a"},
    {"a link to a file", "a b>a", "a b"},
    {"a link to a folder may go round", "x/ x/a x/up>..", "x/a"},
    {"a broken link: whoever opens it tells", "a b>none", "a b"},
    {"names with blanks and dashes are below", "-a", "-a"},
};

static char top[] = "/tmp/whybounce-test-XXXXXX";

static void make(const char *words)
{
    char copy[500];
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *link = strchr(word, '>');
        if (link) {
            *link = '\0';
            assert_int_equal(symlink(link + 1, word), 0);
        } else if (word[strlen(word) - 1] == '/') {
            assert_int_equal(mkdir(word, 0700), 0);
        } else {
            FILE *file = fopen(word, "w");
            assert_non_null(file);
            fclose(file);
        }
    }
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type;
    return ftw->level ? remove(path) : 0;
}

static void folder(void **state)
{
    const struct folder_row *row = *state;
    struct wb_names names;
    struct wb_status status = {{0}};
    char got[500] = "";
    make(row->made);
    assert_true(wb_folder_list(top, &names, &status));
    for (size_t i = 0; i < names.n; i++) {
        assert_true(wb_slice_starts(wb_slice_str(names.name[i]), wb_slice_str(top)));
        sprintf(got + strlen(got), "%s%s", i ? " " : "", names.name[i] + strlen(top) + 1);
    }
    wb_names_free(&names);
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
    assert_string_equal(got, row->listed);
}

static void missing(void **state)
{
    (void)state;
    struct wb_names names;
    struct wb_status status = {{0}};
    assert_false(wb_folder_list("/tmp/whybounce-test-none", &names, &status));
    assert_string_equal(status.text, "/tmp/whybounce-test-none: No such file or directory");
    assert_int_equal(names.n, 0);
    wb_names_free(&names);
}

/* As many as a Maildir has, which differ at every place of what tells them apart. */
static void many(void **state)
{
    (void)state;
    enum { FILES = 600 };
    struct wb_names names;
    struct wb_status status = {{0}};
    for (unsigned i = 0; i < FILES; i++) {
        char name[40]; /* a third of them has the same eight bytes */
        unsigned mixed = i * 2654435761u;
        snprintf(name, sizeof name, "%08x.%u", i % 3 ? mixed : 0x12345678, mixed);
        make(name);
    }
    assert_true(wb_folder_list(top, &names, &status));
    assert_int_equal(names.n, FILES);
    for (size_t i = 1; i < names.n; i++)
        assert_true(strcmp(names.name[i - 1], names.name[i]) < 0);
    wb_names_free(&names);
    nftw(top, drop, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    if (!mkdtemp(top) || chdir(top) != 0)
        return 1;
    UNIT_ROWS(folder, folder_rows);
    UNIT_ONE(many, "many files");
    UNIT_ONE(missing, "named with the reason");
    int failed = unit_run();
    rmdir(top);
    return failed;
}
