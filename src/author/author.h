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

/* A comparison has changes, a check has faults: that is no trouble, yet not nothing. */
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

/* ---- texts ---- */

/* One message of a corpus, or one reply. */
struct wb_text_at {
    struct wb_slice text;
    const char *source;
    uint32_t index; /* of the message in the source, or of the line */
    bool reply;
};

typedef void wb_take_text(void *context, const struct wb_text_at *at);

/*
 * Everything under the paths: mails, mboxes, Maildirs, packed or not; with replies, files with one
 * reply a line. False when something could not be read; it has been complained about.
 */
bool wb_corpus_read(const char *const *paths, size_t n, bool replies, wb_take_text *take,
                    void *context);

const struct wb_analysis *wb_analyse_at(struct wb_session *session, const struct wb_text_at *at);

/*
 * A reply as a family: folded as the classifier folds, and digits, names of hosts and ids as marks:
 * "550 5.1.1 <@>: no such user in db#".
 */
void wb_family(struct wb_slice reply, struct wb_buf *out);

/* The pieces of a folded text that make it a family. */
enum wb_piece { WB_PIECE_PLAIN, WB_PIECE_NUMBER, WB_PIECE_HOST, WB_PIECE_ID, WB_PIECE_URL };
/* The piece at the front, and what it is; before: the byte in front of it. */
enum wb_piece wb_next_piece(struct wb_slice text, char before, size_t *n_out);

/* ---- counting ---- */

/* What was seen of one sort: how often, and what is to be told of it. */
struct wb_bin {
    struct wb_buf key;
    struct wb_buf note; /* the caller's, filled when the bin is new */
    uint64_t n;
};

/* Bins by key; all zero at first. */
struct wb_bins {
    struct wb_bin *bin;
    size_t n, cap;
    uint32_t *slot; /* hash table of places + 1 */
    size_t slots;
};

/* Counts one more of that key; the bin is valid until the next call. */
struct wb_bin *wb_bins_count(struct wb_bins *bins, struct wb_slice key);
/* The most frequent first, equal ones by their keys; no more counting then. */
void wb_bins_sort(struct wb_bins *bins);
void wb_bins_free(struct wb_bins *bins);

/* ---- checks over all entries: they complain into the model's log ---- */

/* What the examples tell of each expression. */
void wb_check_costs(struct wb_loaded *loaded, uint8_t layer);
/* Entries without which nothing changes. */
bool wb_check_needs(struct wb_loaded *loaded, const struct wb_settings *s, uint8_t layer);

extern const struct wb_tool wb_tool_new, wb_tool_lint, wb_tool_test, wb_tool_build, wb_tool_diff,
    wb_tool_unknown;

#endif
