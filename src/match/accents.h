/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters without their accents, as texts are folded; see match.h. */
#ifndef WB_ACCENTS_H
#define WB_ACCENTS_H

#include <stddef.h>

/*
 * A small letter of U+0080 to U+07FF without its accent, in UTF-8, and how many bytes that are; the
 * letter itself if it has none, which takes 2. 0: it is an accent by itself.
 */
size_t wb_without_accent(unsigned rune, char out[4]);

/* The ASCII letter below the accents of a letter of Vietnamese from U+1EA0 on; NUL: it is none. */
char wb_vietnamese_base(unsigned rune);

#endif
