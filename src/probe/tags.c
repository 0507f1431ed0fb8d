/* SPDX-License-Identifier: BSD-2-Clause */
#include "tags.h"

bool wb_tag_next(struct wb_slice *rest, struct wb_tag *tag_out)
{
    while (rest->n) {
        struct wb_slice piece = wb_slice_trim(wb_slice_cut(rest, ';'));
        if (!piece.n)
            continue;
        size_t at = wb_slice_find(piece, WB_S("="));
        bool named = at < piece.n;
        tag_out->name = named ? wb_slice_rtrim(wb_slice_head(piece, at)) : WB_NONE;
        tag_out->value = wb_slice_ltrim(wb_slice_from(piece, named ? at + 1 : 0));
        return true;
    }
    return false;
}

bool wb_tag_find(struct wb_slice list, struct wb_slice name, struct wb_slice *value_out)
{
    struct wb_tag tag;
    while (wb_tag_next(&list, &tag))
        if (wb_slice_eq(tag.name, name)) {
            *value_out = tag.value;
            return true;
        }
    return false;
}

/* RFC 6376 3.2: a letter, then letters, digits and "_". */
static bool is_name(struct wb_slice s)
{
    if (!s.n || !wb_is_alpha(s.p[0]))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!wb_is_alnum(s.p[i]) && s.p[i] != '_')
            return false;
    return true;
}

static bool is_value(struct wb_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!wb_is_space(s.p[i]) && (s.p[i] < 0x21 || s.p[i] > 0x7E))
            return false;
    return true;
}

bool wb_tags_valid(struct wb_slice list)
{
    enum { MOST = 32 }; /* known are some 12 */
    struct wb_slice seen[MOST];
    struct wb_tag tag;
    size_t n = 0;
    while (wb_tag_next(&list, &tag)) {
        if (n == MOST || !is_name(tag.name) || !is_value(tag.value))
            return false;
        for (size_t i = 0; i < n; i++)
            if (wb_slice_eq(seen[i], tag.name))
                return false;
        seen[n++] = tag.name;
    }
    return true;
}
