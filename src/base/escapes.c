/* SPDX-License-Identifier: BSD-2-Clause */
#include "escapes.h"

#include "avx2.h"
#include "avx512.h"

void wb_escapes_take(struct wb_escapes *e)
{
    if (wb_has_avx512())
        wb_escapes_avx512(e);
    else if (wb_has_avx2())
        wb_escapes_avx2(e);
}
