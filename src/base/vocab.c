/* SPDX-License-Identifier: BSD-2-Clause */
#include "vocab.h"

#include "check.h"

static int find_name(const struct wb_slice *names, int n, struct wb_slice name)
{
    for (int i = 1; i < n; i++)
        if (wb_slice_eqi(names[i], name))
            return i;
    return 0;
}

#define NAME(id, text) {text, sizeof(text) - 1},

#define V(word, WORD, LIST)                                                                        \
    static const struct wb_slice word##_names[] = {{"", 0}, LIST(NAME)};                           \
    struct wb_slice wb_##word##_name(enum wb_##word value)                                         \
    {                                                                                              \
        WB_CHECK((unsigned)value < WB_##WORD##_COUNT);                                             \
        return word##_names[value];                                                                \
    }                                                                                              \
    enum wb_##word wb_##word##_named(struct wb_slice name)                                         \
    {                                                                                              \
        return (enum wb_##word)find_name(word##_names, WB_##WORD##_COUNT, name);                   \
    }
WB_VOCABULARIES(V)
#undef V
