/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Did our own server sign the header that a bounce returns? Usually only the header comes back, so
 * the body's hash cannot be checked; what is checked is the signature over the header fields that
 * it names (RFC 6376 3.7), with our own keys.
 *
 * So it is proven that we sent a mail with these fields. Whoever got one of our mails may put its
 * header into a bounce about somebody else: only addresses in a To or Cc that is signed itself are
 * proven. doc/security.md says what is left.
 */
#ifndef WB_DKIM_PROOF_H
#define WB_DKIM_PROOF_H

#include "dkim_keys.h"

/* Appends the addresses that are proven so, with line ends between. Any thread. */
void wb_dkim_find(const struct wb_dkim_keys *keys, struct wb_slice mail, struct wb_buf *out);

#endif
