/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are certainly no mail: what people give by mistake. */
#ifndef WB_FOREIGN_H
#define WB_FOREIGN_H

#include "slice.h"

/* Why a file that begins so is no mail, and what to do instead; NULL: it may be one. */
const char *wb_foreign(struct wb_slice bytes);

#endif
