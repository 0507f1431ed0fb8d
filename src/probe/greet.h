/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do mail servers answer? Connects to all addresses at once and waits for the greeting, no more:
 * nothing is said but QUIT. At most WB_MAX_GREETINGS addresses; no more is read than 512 bytes of
 * each. An address that is private is refused unless that is allowed.
 */
#ifndef WB_GREET_H
#define WB_GREET_H

#include "arena.h"

enum { WB_MAX_GREETINGS = 16 };

enum wb_greeted {
    WB_GREETED_WELL,    /* 220 */
    WB_GREETED_NO,      /* another code: it answers, and refuses */
    WB_GREETED_SILENT,  /* connected, no greeting in time: nobody can tell */
    WB_GREETED_GONE,    /* nobody takes the connection in time */
    WB_GREETED_REFUSED, /* refused, unreachable, or closed without a greeting */
    WB_GREETED_PRIVATE, /* not tried */
};

struct wb_greeting {
    struct wb_slice ip; /* 4 or 16 bytes: given */
    struct wb_slice host;
    enum wb_greeted result;
    struct wb_slice line; /* of the greeting, raw */
};

void wb_greet(struct wb_arena *arena, struct wb_greeting *greetings, size_t n, unsigned port,
              bool allow_private, int64_t deadline);

#endif
