/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages as Outlook saves them (.msg, [MS-OXMSG]). */
#ifndef WB_OUTLOOK_H
#define WB_OUTLOOK_H

#include "buf.h"

/*
 * Appends the mail that the file holds. False when it is none. What this takes, and gives, is
 * bounded by the file's size (see compound.h).
 */
bool wb_mail_from_outlook(struct wb_slice file, struct wb_buf *out);

#endif
