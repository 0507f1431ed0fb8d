/* SPDX-License-Identifier: BSD-2-Clause */
/* Marks of quotation: what stands in front of the lines of a text that was copied or forwarded. */
#ifndef WB_QUOTED_H
#define WB_QUOTED_H

#include "mail.h"

/*
 * A text without the ">" and blanks in front of all its lines, in the arena; itself where there are
 * none, where it has more than WB_MAX_TEXT_BYTES, or without memory.
 */
struct wb_slice wb_mail_unquoted(struct wb_mail *mail, struct wb_slice text);

/* One ">" less in front of each line that has one; itself without memory. */
struct wb_slice wb_mail_less_quoted(struct wb_mail *mail, struct wb_slice text);

#endif
