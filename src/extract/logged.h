/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of a log as a report that no mail carries. */
#ifndef WB_LOGGED_H
#define WB_LOGGED_H

#include "extract.h"

/* Begins it. The dialect may be set then: it knows by which words the server tells the stage. */
void wb_extract_log(struct wb_extract *ex, struct wb_slice line);

/* Adds what the line says of a recipient, as the log has it; NULL when there are too many. */
struct wb_evidence *wb_extract_logged(struct wb_extract *ex, struct wb_slice address,
                                      struct wb_slice diagnostic);

#endif
