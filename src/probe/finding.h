/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a check found: a status, the key of the words for it, and what the words name. The words
 * are data (knowledge/live.yaml). Texts may be raw, from DNS or from a peer: whoever writes them
 * makes them harmless.
 */
#ifndef WB_FINDING_H
#define WB_FINDING_H

#include "arena.h"

enum wb_found { WB_FOUND_OK, WB_FOUND_TROUBLE, WB_FOUND_UNKNOWN };

struct wb_finding {
    enum wb_found status;
    const char *key;      /* "sender.no-mx" */
    struct wb_slice a, b; /* what fills {a} and {b} */
};

enum { WB_MOST_FINDINGS = 128 };

struct wb_findings {
    struct wb_finding one[WB_MOST_FINDINGS];
    size_t n;
};

static inline void wb_find(struct wb_findings *f, enum wb_found status, const char *key,
                           struct wb_slice a, struct wb_slice b)
{
    if (f->n < WB_MOST_FINDINGS)
        f->one[f->n++] = (struct wb_finding){status, key, a, b};
}

#endif
