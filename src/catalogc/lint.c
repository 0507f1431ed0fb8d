/* SPDX-License-Identifier: BSD-2-Clause */
/* What can only be judged when all files have been read. */
#define _GNU_SOURCE /* qsort_r */
#include "catalogc.h"

#include <stdlib.h>

#include "check.h"

static void one_cause_of_role(struct wb_model *model, enum wb_cause_role role, const char *name)
{
    int found = 0;
    for (uint32_t i = 0; i < model->causes.n; i++)
        found += WB_ROW(model->causes, struct wb_cause, i)->role == role;
    if (found == 1)
        return;
    wb_buf_printf(&model->yaml.log, "causes: %d causes have the role '%s', one is needed\n", found,
                  name);
    model->yaml.errors++;
}

static void one_general_dialect(struct wb_model *model)
{
    int found = 0;
    for (uint32_t i = 0; i < model->dialects.n; i++)
        if (WB_ROW(model->dialects, struct wb_dialect, i)->flags & WB_DIALECT_GENERAL)
            found++;
    if (found == 1)
        return;
    wb_buf_printf(&model->yaml.log, "dialects: %d are general, one is needed\n", found);
    model->yaml.errors++;
}

static const struct wb_entry *entry_at(const struct wb_model *model, uint32_t i)
{
    return WB_ROW(model->entries, struct wb_entry, i);
}

static int by_pattern(const void *a, const void *b, void *model)
{
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    wb_str p = entry_at(model, i)->pattern, q = entry_at(model, j)->pattern;
    return p != q ? (p > q) - (p < q) : (i > j) - (i < j);
}

static bool are_twins(const struct wb_entry *a, const struct wb_entry *b)
{
    return a->pattern == b->pattern && a->provider == b->provider && a->stages == b->stages &&
           a->classes == b->classes && a->status.subject == b->status.subject &&
           a->status.detail == b->status.detail && a->fact == b->fact;
}

/* Two entries with the same expression: the second could never be told from the first. */
static void no_twins(struct wb_model *model)
{
    uint32_t n = model->entries.n, first = 0;
    uint32_t *order = malloc((n + 1) * sizeof *order);
    WB_CHECK(order);
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, by_pattern, model);
    for (uint32_t i = 1; i < n; i++) {
        const struct wb_entry *entry = entry_at(model, order[i]);
        if (entry_at(model, order[first])->pattern != entry->pattern)
            first = i;
        for (uint32_t j = first; j < i; j++)
            if (are_twins(entry, entry_at(model, order[j])))
                wb_yaml_error(&model->yaml, *WB_ROW(model->entry_nodes, struct fy_node *, order[i]),
                              "the same expression stands at %.*s already",
                              WB_F(wb_model_text(model, entry_at(model, order[j])->rule)));
    }
    free(order);
}

static bool at_most(struct wb_model *model, const char *what, size_t n, int most)
{
    if (n <= (size_t)most)
        return true;
    wb_buf_printf(&model->yaml.log, "%s: more than %d\n", what, most);
    model->yaml.errors++;
    return false;
}

void wb_knowledge_lint(struct wb_model *model)
{
    one_cause_of_role(model, WB_CAUSE_UNKNOWN, "unknown");
    one_general_dialect(model);
    if (at_most(model, "entries", model->entries.n, WB_NO_INDEX)) /* see WB_FOUND_ENTRY */
        no_twins(model);
    at_most(model, "signs", model->signs.n, WB_NO_INDEX);
    at_most(model, "causes", model->causes.n, WB_MAX_CAUSES);
    at_most(model, "names of fields of reports", model->fields.n, WB_MAX_NAMES);
    at_most(model, "names of header fields in signs", model->headers.n, WB_MAX_NAMES);
}
