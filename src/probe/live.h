/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the trouble that a bounce tells of still stand? Which checks a cause needs is data
 * (knowledge/live.yaml). What the bounce names, its IP and its list, comes first; what is only
 * guessed is never asked.
 */
#ifndef WB_LIVE_H
#define WB_LIVE_H

#include "datum.h"
#include "dns.h"
#include "finding.h"

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

struct wb_live_options {
    struct wb_dns *dns;
    struct wb_arena *arena;
    unsigned port;    /* of mail servers */
    unsigned ns_port; /* of name servers asked directly */
    bool allow_private;
    int64_t deadline;
};

struct wb_live {
    bool known;            /* there are checks for this cause */
    enum wb_found verdict; /* OK: mended; TROUBLE: it stands; UNKNOWN: nobody can tell */
    const char *words;     /* key of the verdict's words: "live/host-unknown/mended" */
    struct wb_findings findings;
};

void wb_live_check(const struct wb_live_options *options, const struct wb_live_case *that,
                   struct wb_live *out);

/* An address, as text, on all blocklists. */
void wb_live_lists(const struct wb_live_options *options, struct wb_slice ip,
                   struct wb_findings *out);

/* The words of a key in a language ("en", "zh"), with {a} and {b}; NULL: there are none. */
const char *wb_live_words(struct wb_slice key, const char *language);
extern const struct wb_datum wb_data_live[];

#endif
