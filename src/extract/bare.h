/* SPDX-License-Identifier: BSD-2-Clause */
/* A reply that no mail carries. */
#ifndef WB_BARE_H
#define WB_BARE_H

#include "extract.h"

/* A bare reply as a failure of one recipient; the mail is then only the text. */
void wb_extract_reply(struct wb_extract *ex, struct wb_slice text);

/* Keeps what was read of it, if that is worth it. */
void wb_extract_keep_reply(struct wb_extract *ex, struct wb_slice text);

/* The same of a reply that was read before, if it is known still; false: it is not. */
bool wb_extract_reply_again(struct wb_extract *ex, struct wb_slice text);

#endif
