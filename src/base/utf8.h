/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UTF-8 (RFC 3629): reading, checking, writing, and how many columns a character takes on a
 * terminal. No allocation; any thread.
 */
#ifndef WB_UTF8_H
#define WB_UTF8_H

#include <stdint.h>

#include "slice.h"

#define WB_REPLACEMENT 0xFFFDu

/*
 * Reads one character at the front of s (which must not be empty) and says how many bytes it
 * took. Bytes that are no character read as U+FFFD and take 1.
 */
uint32_t wb_utf8_get(struct wb_slice s, size_t *taken_out);

/* Writes a character, 1 to 4 bytes; surrogates and what is beyond U+10FFFF become U+FFFD. */
size_t wb_utf8_put(uint32_t rune, char out[4]);

/* How many bytes from the front are valid; s.n when all are. */
size_t wb_utf8_valid(struct wb_slice s);

/* How many bytes from the front are ASCII. */
size_t wb_utf8_ascii(struct wb_slice s);

/* How many are ASCII and no escape byte, which opens a charset of ISO 2022. */
size_t wb_utf8_unmarked(struct wb_slice s);

/* Nothing but ASCII that is printed, and not that byte. */
bool wb_utf8_printable(struct wb_slice s, char without);

/* True when s is valid UTF-8 and has no escape byte. */
bool wb_utf8_is_plain(struct wb_slice s);

/* s cut to at most n bytes without splitting a character. */
struct wb_slice wb_utf8_head(struct wb_slice s, size_t n);

/* Terminal columns: 0 for combining marks, 2 for East Asian wide characters, else 1. */
int wb_utf8_width(uint32_t rune);

/*
 * True for what must never reach a terminal or a page from a mail: C0 and C1 controls, DEL, the
 * bidirectional controls, invisible format characters, line and paragraph separators.
 */
bool wb_utf8_unsafe(uint32_t rune);

#endif
