/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the trouble that a bounce tells of still stand? Which checks a cause needs is data
 * (knowledge/checks.yaml). What the bounce names, its address and its list, comes first; what is
 * only guessed is never asked.
 */
#ifndef WB_LIVE_H
#define WB_LIVE_H

#include "probe.h"

/* What a bounce says; absent members are not known. */
struct wb_live_case {
    struct wb_slice cause;
    struct wb_slice recipient;   /* an address */
    struct wb_slice sender;      /* the envelope's, else that of From */
    struct wb_slice client_ip;   /* text: of the server that was refused */
    struct wb_slice list;        /* id of a blocklist */
    struct wb_slice remote_host; /* that refused */
    struct wb_slice remote_ip;   /* text */
};

struct wb_live {
    bool known;                  /* there are checks for this cause */
    enum wb_finding_state state; /* ok: mended; trouble: it stands; unknown: nobody can tell */
    const char *words;           /* id of the sentence: "live.host-unknown-mended" */
};

void wb_live_check(const struct wb_probe *probe, const struct wb_live_case *that,
                   struct wb_live *out, struct wb_findings *findings);

#endif
