/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who holds a connection without getting on: a header or a body that trickles, an answer that is
 * not fetched. Such connections are cut; sooner when there is little room left for others.
 */
#ifndef WB_WATCH_H
#define WB_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct wb_watch;
struct wb_watched;

/* What a connection is at. */
enum wb_watch_state {
    WB_WATCH_SILENT,  /* no request, or not the whole of its header */
    WB_WATCH_SENDS,   /* a body is coming */
    WB_WATCH_WORKED,  /* it is being answered: never cut */
    WB_WATCH_FETCHES, /* the answer is on its way */
    WB_WATCH_STATES
};

/* Room for so many connections; a thread of its own looks after them. */
struct wb_watch *wb_watch_open(size_t most);
void wb_watch_close(struct wb_watch *watch);

/* A new connection; NULL when there is no room. */
struct wb_watched *wb_watch_begin(struct wb_watch *watch, int fd);
/* In front of closing it. */
void wb_watch_end(struct wb_watch *watch, struct wb_watched *one);
/* Any thread; takes no lock. NULL is allowed. */
void wb_watch_note(struct wb_watched *one, enum wb_watch_state state);

/* Is a request under way? */
bool wb_watch_busy(struct wb_watch *watch);

#endif
