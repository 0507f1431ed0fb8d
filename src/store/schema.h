/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables, as the steps that lead to them: step 0 makes version 1 out of nothing, step n brings
 * version n to n + 1. A step that was in a release never changes again. How tables are laid out,
 * and why, stands in schema.c.
 */
#ifndef WB_SCHEMA_H
#define WB_SCHEMA_H

#include "buf.h"
#include "status.h"

int wb_schema_version(void);
/* Refuses a store of a later program. */
bool wb_schema_known(const char *store, int version, struct wb_status *status);

/* A word of the steps and what a database has for it; a list ends with NULL. */
struct wb_schema_word {
    const char *ours, *theirs;
};

/* The step from this version to the next, in the words of a database; ends with NUL. */
void wb_schema_step(int version, const struct wb_schema_word *words, struct wb_buf *out);

#endif
