/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Talking to the person at the terminal: in which language, what was probably meant, what went
 * wrong, and what becomes of a run that a signal stops. Complaints may come from any thread.
 */
#ifndef WB_TALK_H
#define WB_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "language.h"
#include "status.h"

/* ---- what a mistyped word may have meant ---- */

struct wb_suggestion {
    const char *word;
    const char *name; /* the nearest so far; NULL: none is near */
    size_t distance;
};

void wb_suggest_begin(struct wb_suggestion *s, const char *word);
void wb_suggest(struct wb_suggestion *s, const char *name);
/* The command that the word resembles, or NULL. */
const char *wb_suggest_command(const char *word);

/* ---- being stopped by a signal ---- */

/* From here on SIGINT, SIGTERM and SIGHUP stop the reading, not the program. */
void wb_interrupt_catch(void);
bool wb_interrupted(void);
/* When all is written: says so and dies of the signal, if there was one. */
void wb_interrupt_end(void);

/* ---- talking to the person ---- */

/* The language in which complaints are made; set once the command line is read. */
void wb_complain_in(enum wb_language language);

/* A sentence on standard error, with the program's name in front. */
void wb_complain(const char *format_en, const char *format_zh, ...);

/*
 * A sentence that the library or the system made: its reason is translated where it is known, and
 * a "-" in front becomes "standard input".
 */
void wb_complain_of(const char *sentence);
/* The system's words for an error, in the language of complaints. */
const char *wb_reason(int error);

/* Writes to standard output; false, after one complaint, when that is not possible any more. */
bool wb_cli_write(const char *p, size_t n) WB_MUST_CHECK;

#endif
