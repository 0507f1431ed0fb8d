/* SPDX-License-Identifier: BSD-2-Clause */
#include "findings.h"
#include "limit_check.h"

bool wb_findings_open(struct wb_findings *findings, struct wb_arena *arena)
{
    *findings = (struct wb_findings){.arena = arena};
    findings->items = wb_arena_alloc(arena, WB_MAX_FINDINGS * sizeof *findings->items);
    return findings->items != NULL;
}

static struct wb_slice kept(struct wb_findings *findings, struct wb_slice value)
{
    return wb_arena_copy(findings->arena, wb_slice_head(value, WB_MAX_FINDING_BYTES));
}

void wb_found(struct wb_findings *findings, enum wb_finding_state state, const char *id,
              struct wb_slice subject, struct wb_slice a, struct wb_slice b)
{
    if (findings->n == WB_MAX_FINDINGS)
        return;
    findings->items[findings->n++] = (struct wb_finding){
        id, state, kept(findings, subject), {kept(findings, a), kept(findings, b)}};
}

enum wb_finding_state wb_findings_worst(const struct wb_findings *findings, size_t from)
{
    enum wb_finding_state worst = WB_FINDING_OK;
    for (size_t i = from; i < findings->n; i++)
        if (findings->items[i].state > worst)
            worst = findings->items[i].state;
    if (from >= findings->n)
        return WB_FINDING_UNKNOWN;
    return worst == WB_FINDING_NOTE ? WB_FINDING_OK : worst;
}
