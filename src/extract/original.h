/* SPDX-License-Identifier: BSD-2-Clause */
/* The message that came back: its header, and to whom it was sent. */
#ifndef WB_ORIGINAL_H
#define WB_ORIGINAL_H

#include "extract.h"

/* Fills in original from the returned message's header, or from its quotation in the prose. */
void wb_extract_original(struct wb_extract *ex);

/* When it was sent; few forms of answers show that, so it is read when one does. */
struct wb_time wb_original_sent(const struct wb_extract *ex);

/*
 * The address that the sender wrote to, where the failing one is another because somebody passes
 * mail on; empty where it is the same or nothing is known of it.
 */
struct wb_slice wb_extract_written_to(const struct wb_extract *ex, const struct wb_evidence *e);

/*
 * Whom the message that came back was sent to, if that is one only; empty: nobody knows. A list's
 * mail goes to others than its field To says, and one with a Cc to more: then the last server that
 * took it may have noted for whom.
 */
struct wb_slice wb_extract_sent_to(const struct wb_extract *ex);

/*
 * The address with this local part that it was sent to, or that the report's text names; empty:
 * there is none. The whole text is gone through.
 */
struct wb_slice wb_extract_sent_under(const struct wb_extract *ex, struct wb_slice local);

#endif
