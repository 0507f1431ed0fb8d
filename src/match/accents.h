/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters without their accents, as texts are folded; see match.h. */
#ifndef WB_ACCENTS_H
#define WB_ACCENTS_H

#include <stddef.h>
#include <string.h>

#define WB_AS_IT_IS ((size_t)-1)

/*
 * The small letter without its accent, in UTF-8; how many bytes. 0: it is an accent itself.
 * WB_AS_IT_IS: nothing is changed.
 */
size_t wb_without_accent(unsigned rune, char out[3]);

/* Of a whole text, in its place; its new length. */
size_t wb_drop_accents(char *text, size_t n);

#endif
