/* SPDX-License-Identifier: BSD-2-Clause */
/* What the patterns of a scanner need: for who wants to know beforehand that none can match. */
#ifndef WB_NEEDED_H
#define WB_NEEDED_H

#include "match.h"

/*
 * Names the words under which patterns are listed: no pattern is a candidate of a folded text in
 * which none of its own stands. The empty word: it needs none.
 */
typedef void (*wb_note_word)(void *to, uint32_t id, struct wb_slice word);
void wb_scanner_words(const struct wb_scanner *scanner, wb_note_word note, void *to);

#endif
