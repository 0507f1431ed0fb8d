/* SPDX-License-Identifier: BSD-2-Clause */
/* What the session's cache knows of texts: its tags (see base/cache.h). */
#ifndef WB_CACHE_TAGS_H
#define WB_CACHE_TAGS_H

#include "cache.h"

/*
 * What is known of texts: the tags of the session's cache. A number may be added to those that are
 * written as shifts.
 */
enum wb_cache_tag {
    WB_CACHE_ENTRIES = 1,      /* a folded text: the entries that may match it */
    WB_CACHE_SIGNS = 2,        /* a text: the signs and lines that may stand in it */
    WB_CACHE_REPLY = 3,        /* a bare reply: what stands where in it */
    WB_CACHE_LAYERS = 4,       /* a diagnostic: the replies in it */
    WB_CACHE_SHOWN = 5,        /* signs in a header: which groups they make complete, */
    WB_CACHE_OPEN = 6,         /* ... with signs in a text, */
    WB_CACHE_DECIDED = 7,      /* ... and with fields that say what happened */
    WB_CACHE_FOLDED_SIGNS = 8, /* as WB_CACHE_SIGNS, of a folded text */
    WB_CACHE_ROLE = 1 << 8,    /* a line of prose, + role: whether the general dialect sees it */
    WB_CACHE_FOLDED = 1 << 12, /* a text, + the reply code that it loses: its folded form */
    WB_CACHE_HEADER = 1 << 16, /* a header value, + which field: the signs it shows */
    WB_CACHE_LINE = 1 << 20,   /* a line of prose, + dialect: the patterns that match it */
};

#endif
