/* SPDX-License-Identifier: BSD-2-Clause */
/* The knowledge compiler makes the catalogue, so it has none inside. */
#include "analyse.h"

struct wb_slice wb_embedded_image(void)
{
    return WB_NONE;
}
