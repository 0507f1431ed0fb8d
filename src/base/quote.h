/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts as strings of JSON (RFC 8259 7), as far as every byte stands for itself: ASCII without
 * controls, quotes and backslashes. What has others is not for here.
 */
#ifndef WB_QUOTE_H
#define WB_QUOTE_H

#include "slice.h"

/* What must be free behind the text where it goes to, and may be overwritten. */
enum { WB_QUOTE_ROOM = 72 };

/*
 * Writes the text in quotes, null for the empty one; how many bytes that are. 0: some byte does not
 * stand for itself; then nothing has been written that is to be kept.
 */
size_t wb_quote_plain(char *to, struct wb_slice s);

/* How many bytes at the front stand for themselves, as far as whole blocks tell. */
size_t wb_plain_front(struct wb_slice s);

#endif
