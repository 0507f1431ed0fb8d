/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce knowledge: the tools of people who write rules. A program of its own, because it needs
 * a YAML library; the command line starts it. Each action is one file that exports one struct
 * wb_tool; program.c has the list.
 *
 * What stands in rules, mails and names of files is shown harmless. Trouble is one sentence on
 * standard error and the status of trouble; the tools go on with the rest.
 */
#ifndef WB_AUTHOR_H
#define WB_AUTHOR_H

#include <stdio.h>

#include "whybounce.h"

#include "analyse.h"
#include "catalogc.h"

enum wb_exit { WB_EXIT_OK = 0, WB_EXIT_TROUBLE = 1, WB_EXIT_USAGE = 2 };

enum { WB_MAX_FOLDERS = 16 };

/* The command line. */
struct wb_settings {
    const char *folders[WB_MAX_FOLDERS + 1]; /* of knowledge; the first one is the base */
    size_t n;
    const char *output;
    const char *cause, *id, *provider, *from;
    bool json, replies, unneeded, strict;
    const char *corpus[WB_MAX_FOLDERS]; /* further texts for a check */
    size_t corpora;
};

struct wb_tool {
    const char *name;
    int (*run)(struct wb_settings *s, int argc, char **argv);
};

/* ---- talking ---- */

/* Which of two texts: by the language of --lang, else of the locale. */
const char *wb_in_both(const char *english, const char *chinese);
void wb_talk_in(bool chinese);

/* One sentence on standard error; the status of trouble. */
int wb_author_complain(const char *what, const char *why);

/* Nothing in the text may act on a terminal. */
void wb_put_safe(FILE *out, struct wb_slice text);
/* The same cut to that many characters, on one line. */
void wb_put_short(struct wb_buf *out, struct wb_slice text, size_t most);

/* ---- compiled knowledge ---- */

/* Knowledge in memory that belongs to the caller. */
struct wb_loaded {
    struct wb_model model; /* of folders; else empty */
    bool has_model;
    struct wb_buf image;
    struct wb_catalogue *catalogue;
};

bool wb_is_folder(const char *path);
/* Adds folders of rules to the base; those that are usual when none is named. */
bool wb_take_folders(struct wb_settings *s, int argc, char **argv);
/*
 * Compiles folders, one on top of the other; false after complaints. What the compiler warns of
 * stays in the model's log.
 */
bool wb_load_folders(struct wb_loaded *loaded, const char *const *folders, size_t n);
/* A compiled catalogue, a folder of all knowledge, or one of rules for the base. */
bool wb_load_any(struct wb_loaded *loaded, const struct wb_settings *s, const char *path);
void wb_unload(struct wb_loaded *loaded);
/* The catalogue that whybounce uses; NULL with a sentence of WB_TROUBLE_TEXT bytes. */
struct wb_catalogue *wb_usual_catalogue(char *trouble);

/* ---- checks over all entries: they complain into the model's log ---- */

/* What the examples tell of each expression. */
void wb_check_costs(struct wb_loaded *loaded, uint8_t layer);
/* Entries without which nothing changes: they are told, and a fault when it must be strict. */
bool wb_check_needs(struct wb_loaded *loaded, const struct wb_settings *s, uint8_t layer);

extern const struct wb_tool wb_tool_new, wb_tool_lint, wb_tool_test, wb_tool_build, wb_tool_diff,
    wb_tool_unknown;

#endif
