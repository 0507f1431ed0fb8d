/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_small.h"

/* In front of each value but the first one of all stands one of these. */
bool wb_json_is_small(struct wb_slice text, size_t most)
{
    bool quoted = false;
    size_t n = 1;
    for (size_t i = 0; i < text.n && n <= most; i++) {
        char c = text.p[i];
        if (c == '\\' && quoted)
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted)
            n += c == ',' || c == '[' || c == '{';
    }
    return n <= most;
}
