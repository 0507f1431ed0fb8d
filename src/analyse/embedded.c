/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyse.h"

extern const char wb_embedded_begin[], wb_embedded_end[];

struct wb_slice wb_embedded_image(void)
{
    return wb_slice_span(wb_embedded_begin, wb_embedded_end);
}
