/* SPDX-License-Identifier: BSD-2-Clause */
/* How much a text of JSON may become: in memory a value takes up to a hundred times its bytes. */
#ifndef WB_JSON_SMALL_H
#define WB_JSON_SMALL_H

#include "slice.h"
#include "status.h"

enum { WB_MAX_JSON_VALUES = 20000 }; /* of a body; 10,000 addresses are the most that any has */

/* At most so many values; asked before it is read. A text that is no JSON may be either. */
bool wb_json_is_small(struct wb_slice text, size_t most) WB_MUST_CHECK;

#endif
