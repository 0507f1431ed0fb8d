/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Patterns and text to hits, in two steps: a scanner looks for the words of all patterns in one
 * pass and linear time, whatever the text; for the few patterns whose words are all there the
 * expression then decides, and finds place and captures: as a program of our own or by PCRE2, which
 * is used only in this folder.
 *
 * Scanners and regexes are immutable once made and shared by all threads; a struct wb_matcher
 * (scratch memory) belongs to one thread. Compiling fails only on a bad pattern; matching never
 * fails: a pattern that runs into PCRE2's match limit, too, counts as not matching.
 */
#ifndef WB_MATCH_H
#define WB_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "slice.h"
#include "status.h"

/* ---- folding: the form of a text that patterns are written for ---- */

/*
 * Folded text: lower case, no accents, white space as single blanks, typographic quotes and dashes
 * and full-width letters as ASCII, every mail address as "@" and every IP address as "%". So one
 * pattern fits what servers write in many shapes, and no pattern can be caught by an address.
 *
 * code is the reply code with which the text begins, 0 for none: servers that join the lines of a
 * reply leave "550-5.7.1" in the middle of its words, and there it is dropped.
 *
 * Writes at most cap bytes to out and returns how many. map, unless NULL, holds for each byte
 * written where in `text` it came from (cap + 1 entries; the last is the end).
 */
size_t wb_fold(struct wb_slice text, int code, char *out, size_t cap, uint32_t *map);

/* The same without the marks for addresses: for header fields. */
size_t wb_fold_plain(struct wb_slice text, char *out, size_t cap);

/* ---- all patterns in one pass ---- */

/*
 * A scanner says which of thousands of expressions may match a text. Each expression is reduced to
 * the words that it needs (see literals.h); all those words are sought in one pass, and an
 * expression is a candidate when all its sets of words have been seen. Whoever asks confirms
 * the few candidates with wb_regex_find: so the cost of a text does not depend on how the
 * expressions are written.
 */
struct wb_scanner;
struct wb_matcher;

struct wb_pattern {
    struct wb_slice text; /* the expression */
    uint32_t id;          /* what a candidate is reported as */
    bool unfolded;        /* written for text as it stands, though the scanner sees it folded */
};

/*
 * Makes a scanner, to be freed with wb_scanner_free. sample is text like that which will be
 * scanned: words that are common in it are avoided. *free_out counts the expressions that need no
 * word at all and so are always candidates.
 */
struct wb_scanner *wb_scanner_new(const struct wb_pattern *patterns, size_t n,
                                  struct wb_slice sample, size_t *free_out);
void wb_scanner_free(struct wb_scanner *scanner);

/* The scanner as bytes (to be freed with free). */
char *wb_scanner_save(const struct wb_scanner *scanner, size_t *n_out);
/* And back; the bytes must stay where they are, aligned to 16. */
struct wb_scanner *wb_scanner_load(struct wb_slice bytes);

/* Scratch memory that fits all the given scanners; NULL when there is no memory. */
struct wb_matcher *wb_matcher_new(struct wb_scanner *const *scanners, size_t n);
void wb_matcher_free(struct wb_matcher *matcher);

/* A candidate; sure: it needs no confirmation, its words are all there is to it. */
struct wb_candidate {
    uint32_t id;
    bool sure;
};

/* The candidates, each once, in no particular order; at most max. */
size_t wb_scan(const struct wb_scanner *scanner, struct wb_matcher *matcher, struct wb_slice text,
               struct wb_candidate *candidates, size_t max);

/* ---- one pattern ---- */

struct wb_regex;

enum {
    WB_REGEX_CASELESS = 1,
    WB_REGEX_NAMED_ONLY = 2, /* groups without a name are not noted: for who asks only whether */
};

/* Compiles; NULL when the expression is bad, and then the status says why. */
struct wb_regex *wb_regex_new(struct wb_slice expression, int flags, struct wb_status *status);
void wb_regex_free(struct wb_regex *regex);

enum { WB_MAX_GROUPS = 12 };

struct wb_groups {
    struct wb_slice whole;
    struct wb_slice group[WB_MAX_GROUPS]; /* [1..]; empty where it took no part */
};

/* False at once for a text whose first byte cannot begin a match of an anchored expression. */
bool wb_regex_may_start(const struct wb_regex *regex, struct wb_slice text);

/* Searches the text. */
bool wb_regex_find(const struct wb_regex *regex, struct wb_matcher *matcher, struct wb_slice text,
                   struct wb_groups *groups_out);

/* Number of the group with that name, 0 when there is none. */
int wb_regex_group(const struct wb_regex *regex, const char *name);

#endif
