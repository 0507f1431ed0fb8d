/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of findings: a table made from knowledge/checks.yaml at build time. */
#ifndef WB_WORDS_H
#define WB_WORDS_H

#include "buf.h"
#include "findings.h"
#include "language.h"

/* The words of an id, with their places; the id itself where there are none. */
const char *wb_words(const char *id, enum wb_language language);
/* The sentence of a finding, safe to be shown. */
void wb_put_finding(struct wb_buf *out, const struct wb_finding *finding,
                    enum wb_language language);

#endif
