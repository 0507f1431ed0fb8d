/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a bounce ours? Anybody can send a mail that looks like one. Proven is what carries a tag that
 * only we can have made, returns a header that we have signed (dkim_proof.h), or names a Message-ID
 * of ours.
 *
 * A tagged envelope sender: "bounce+wang=example.cn-k3v5w7x2a4b6c8d2@example.com" for a mail to
 * wang@example.cn. Whoever gets that mail knows the tag for his own address and for no other.
 */
#ifndef WB_PROVE_H
#define WB_PROVE_H

#include "buf.h"
#include "record.h"
#include "settings.h"

struct wb_prover;

/* Reads the key, and makes it when there is none yet: STATE/verp.key. */
struct wb_prover *wb_prover_open(const struct wb_settings *settings, struct wb_status *status);
/* Reads the keys of DKIM anew; with trouble the old ones stay. Any thread. */
bool wb_prover_reload(struct wb_prover *prover, const struct wb_settings *settings,
                      struct wb_status *status) WB_MUST_CHECK;
void wb_prover_close(struct wb_prover *prover);

/* Sets the proof of each record of this mail. Any thread. */
void wb_prove(struct wb_prover *prover, struct wb_slice mail, struct wb_record *records, size_t n);

/* The tagged form of sender for a mail to recipient; false when one of them is no plain address. */
bool wb_prover_tag(const struct wb_prover *prover, struct wb_slice sender,
                   struct wb_slice recipient, struct wb_buf *out) WB_MUST_CHECK;
/* The recipient in a tagged sender; false when the tag is not ours. */
bool wb_prover_read(const struct wb_prover *prover, struct wb_slice tagged,
                    struct wb_buf *recipient) WB_MUST_CHECK;

#endif
