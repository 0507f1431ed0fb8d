/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and names that a reply states, taken from entries of the catalogue that matched. */
#ifndef WB_FACTS_H
#define WB_FACTS_H

#include "classify.h"
#include "scanned.h"

/* The piece of the source text that stands for a piece of its folded form. */
struct wb_slice wb_unfold(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                          struct wb_slice piece);

/* Those facts that matter for the cause; false: the text tells none. */
bool wb_take_facts(const struct wb_classifier *cl, const struct wb_scanned *scanned, uint16_t cause,
                   struct wb_facts *facts);

/*
 * Whether a match stands, if only in part, in words that do not say that it is so: "if the user is
 * unknown", "unknown user or policy", a web address; those that are known for the cause.
 */
bool wb_in_doubt(const struct wb_classifier *cl, const struct wb_scanned *scanned, uint16_t cause,
                 const struct wb_match *match);

/* False of a text in which no web address can stand. */
bool wb_may_link(struct wb_slice text);

/* The first few web addresses in the text. */
void wb_take_urls(struct wb_slice text, struct wb_facts *facts);

#endif
