/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a check has found out: facts with a state, no sentences. Each id has its words in
 * knowledge/checks.yaml; what stands before its dot names the group.
 *
 * Owner: whoever opened the arena; findings and their texts live there. One thread at a time.
 * Values come from DNS and from peers as they are: whoever shows them makes them safe.
 */
#ifndef WB_FINDINGS_H
#define WB_FINDINGS_H

#include "arena.h"
#include "limit_check.h"

/* From good to bad: the worst of several is the greatest. */
enum wb_finding_state {
    WB_FINDING_OK,
    WB_FINDING_NOTE,    /* neither good nor bad */
    WB_FINDING_UNKNOWN, /* it could not be checked */
    WB_FINDING_TROUBLE,
};

enum { WB_FINDING_VALUES = 2 };

struct wb_finding {
    const char *id; /* "mx.null" */
    enum wb_finding_state state;
    struct wb_slice subject; /* the domain, host or address that it is about */
    struct wb_slice value[WB_FINDING_VALUES];
};

struct wb_findings {
    struct wb_arena *arena;
    struct wb_finding *items;
    size_t n;
    struct wb_slice transcript; /* of all talks, as telnet would have shown them; or nothing */
};

/* False when the arena is full. */
bool wb_findings_open(struct wb_findings *findings, struct wb_arena *arena);
/* Adds one; values may be absent and are copied. More than WB_MAX_FINDINGS are left out. */
void wb_found(struct wb_findings *findings, enum wb_finding_state state, const char *id,
              struct wb_slice subject, struct wb_slice a, struct wb_slice b);
/* The worst from one on: trouble, else unknown, else ok; unknown when there is none. */
enum wb_finding_state wb_findings_worst(const struct wb_findings *findings, size_t from);

#endif
