/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image that say what units are worth. */
#ifndef WB_UNITS_H
#define WB_UNITS_H

#include "image.h"

/* What a number counts when the word behind it begins so; the longest such word says it. */
struct wb_unit {
    wb_str word;
    uint32_t bytes, seconds; /* of which one is 0 */
};

#endif
