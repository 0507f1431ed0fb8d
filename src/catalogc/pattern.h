/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions as knowledge files write them: see pattern.c. */
#ifndef WB_PATTERN_H
#define WB_PATTERN_H

#include "catalog.h"

struct wb_model;
struct fy_node;

/* How an expression is written for. */
enum wb_pattern_use { WB_FOR_FOLDED, WB_FOR_LINES };

/*
 * The expression with its {macros} replaced and, for folded text, itself folded; complains about
 * unknown macros, upper case that cannot match, and what PCRE2 would not take.
 */
wb_str wb_pattern_expand(struct wb_model *model, struct fy_node *node, struct wb_slice text,
                         enum wb_pattern_use use);

/* What an expression is like; see pattern.c. */
struct wb_pattern_shape {
    int literals;   /* letters that must stand there, on average over its alternatives */
    int least;      /* the same for its shortest alternative */
    bool unbounded; /* it has a `.*` or the like */
};
struct wb_pattern_shape wb_pattern_shape(struct wb_slice expression);

#endif
