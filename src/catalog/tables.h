/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of the catalogue: each an array of rows in the image. */
#ifndef WB_TABLES_H
#define WB_TABLES_H

#include "advice.h"
#include "codes.h"
#include "fields.h"
#include "prose.h"
#include "rules.h"
#include "signs.h"
#include "units.h"

struct wb_catalogue;

/* wb_cat_causes(cat, &n) and so on: a table and how many rows it has. */
#define WB_TABLES(T)                                                                               \
    T(causes, wb_cause, CAUSES)                                                                    \
    T(keywords, wb_keyword, KEYWORDS)                                                              \
    T(entries, wb_entry, ENTRIES)                                                                  \
    T(lines, wb_line, LINES)                                                                       \
    T(kind_words, wb_kind_words, KIND_WORDS)                                                       \
    T(words, wb_word, WORDS)                                                                       \
    T(providers, wb_provider, PROVIDERS)                                                           \
    T(domains, wb_domain, DOMAINS)                                                                 \
    T(statuses, wb_status_meaning, STATUSES)                                                       \
    T(replies, wb_reply_meaning, REPLIES)                                                          \
    T(dialects, wb_dialect, DIALECTS)                                                              \
    T(groups, wb_sign_group, GROUPS)                                                               \
    T(signs, wb_sign, SIGNS)                                                                       \
    T(patterns, wb_line_pattern, PATTERNS)                                                         \
    T(stage_words, wb_stage_words, STAGE_WORDS)                                                    \
    T(json_shapes, wb_json_shape, JSON_SHAPES)                                                     \
    T(json_fields, wb_json_field, JSON_FIELDS)                                                     \
    T(fields, wb_field_name, FIELDS)                                                               \
    T(headers, uint32_ref, HEADERS)                                                                \
    T(marks, wb_mark_words, MARKS)                                                                 \
    T(blocklists, wb_blocklist, BLOCKLISTS)                                                        \
    T(schemes, wb_scheme, SCHEMES)                                                                 \
    T(classes, wb_line, CLASSES)                                                                   \
    T(units, wb_unit, UNITS)

struct uint32_ref {
    wb_str ref;
};

#define T(name, type, section)                                                                     \
    const struct type *wb_cat_##name(const struct wb_catalogue *cat, uint32_t *n_out);
WB_TABLES(T)
#undef T

#endif
