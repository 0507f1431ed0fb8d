/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of findings: a table made from knowledge/checks.yaml at build time, by name. */
#ifndef WB_WORDS_H
#define WB_WORDS_H

#include "buf.h"
#include "blocklist.h"
#include "findings.h"

enum wb_tongue { WB_IN_ENGLISH, WB_IN_CHINESE, WB_TONGUES };

struct wb_check_words {
    const char *id; /* NULL at the end */
    const char *text[WB_TONGUES];
};

extern const struct wb_check_words wb_check_words[];
extern const char *const wb_well_known[];
extern const struct wb_blocklist wb_blocklists[];

/* The sentence of a finding, safe to be shown; its id where it has no words. */
void wb_put_finding(struct wb_buf *out, const struct wb_finding *finding, enum wb_tongue tongue);

#endif
