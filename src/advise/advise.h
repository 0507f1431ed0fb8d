/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verdict to words: what a report means for the person who got it, in one language, filled with
 * the facts of this very case. The sentences are the catalogue's; nothing is worded here.
 *
 * Takes finished reports and writes texts into the arena; they are valid until it is reset or
 * released. The texts may hold bytes of the mail: whoever shows them makes them safe. Nothing
 * fails; a text that does not fit any more is cut. Any thread, one arena each.
 */
#ifndef WB_ADVISE_H
#define WB_ADVISE_H

#include "language.h"
#include "report.h"

enum { WB_MAX_STEPS = 8 };

struct wb_advice {
    struct wb_slice title; /* the cause in some words, or the kind of report */
    struct wb_slice why;
    struct wb_slice again; /* "Send it again?": yes, no, not yet, and why */
    struct wb_slice step[WB_MAX_STEPS];
    int steps;
    struct wb_slice admin[WB_MAX_STEPS]; /* the same for whoever runs the server */
    int admins;
    struct wb_slice forward; /* a paragraph to pass on; may be empty */
};

/* A reader: the language, and where the words are put. */
struct wb_adviser {
    const struct wb_catalogue *cat;
    struct wb_arena *arena;
    enum wb_language language;
};

void wb_advise(const struct wb_adviser *a, const struct wb_report *report,
               struct wb_advice *advice_out);

/* What to think of a report of a message that the reader never sent. */
struct wb_slice wb_advise_never_sent(const struct wb_adviser *a, const struct wb_report *report);

/*
 * What another program calls the cause of this report, or its kind where it is no failure: scheme
 * is a row of the catalogue's schemes. Empty where that program has no name for it.
 */
struct wb_slice wb_advise_class(const struct wb_report *report, uint16_t scheme);

/* The title alone. */
struct wb_slice wb_advise_title(const struct wb_adviser *a, const struct wb_report *report);

/* The first sentence of an answer: which message this is about. reports are all of one message. */
struct wb_slice wb_advise_headline(const struct wb_adviser *a, const struct wb_report *reports,
                                   size_t n);

/* A text of the interface, and "name.value" for a word of a vocabulary. */
struct wb_slice wb_advise_word(const struct wb_adviser *a, const char *id);
struct wb_slice wb_advise_named(const struct wb_adviser *a, const char *group,
                                struct wb_slice name);

/* A text of the interface with its {places} filled: name and value by turns. */
struct wb_slice wb_advise_filled(const struct wb_adviser *a, const char *id, int places, ...);

/* "2 March 09:40" in the zone in which it was written; with the year where year is not its own. */
struct wb_slice wb_advise_time(const struct wb_adviser *a, struct wb_time t, int year);

/* Who said what is quoted as proof, when, and how sure the verdict is; for a failure. */
struct wb_slice wb_advise_proof(const struct wb_adviser *a, const struct wb_report *report);

/* The meaning of a status code in words; empty when nobody has one. The second: of the verdict's.
 */
struct wb_slice wb_advise_code(const struct wb_adviser *a, const struct wb_report *report,
                               struct wb_code code);
struct wb_slice wb_advise_status(const struct wb_adviser *a, const struct wb_report *report);

/* The page that the deciding rule, or the blocklist, refers to; empty: none. */
struct wb_slice wb_advise_page(const struct wb_adviser *a, const struct wb_report *report);

#endif
