/* SPDX-License-Identifier: BSD-2-Clause */
#include "limit.h"

#include "check.h"

const char *wb_limit_name(enum wb_limit limit)
{
    static const char *const names[] = {
#define X(id, name, value) [WB_LIMIT_##id] = name,
        WB_LIMITS(X)
#undef X
    };
    WB_CHECK(limit < WB_LIMIT_COUNT);
    return names[limit];
}
