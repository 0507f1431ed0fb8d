/* SPDX-License-Identifier: BSD-2-Clause */
/* A reason while it is read, line by line, and whom it is given to. */
#ifndef WB_REASON_H
#define WB_REASON_H

#include "prose_int.h"

/* Lines as one text, with single blanks between them. */
struct wb_slice wb_join_lines(struct wb_extract *ex, const struct wb_slice *lines, int n);

/* Begins one, with what of it stands on the pattern's line; owner NULL: it is shared. */
void wb_open_reason(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                    struct wb_slice begin, struct wb_evidence *owner);
void wb_add_reason_line(struct wb_prose_reader *rd, struct wb_slice line);

/* Ends the reason that is being read, if one is. */
void wb_close_reason(struct wb_prose_reader *rd);

/* A reason that belongs to nobody in particular: for all who wait for one, else for all. */
void wb_share_reason(struct wb_prose_reader *rd, struct wb_slice reason);

/* A line without a role: more of the open reason, or its end. */
void wb_plain_line(struct wb_prose_reader *rd, struct wb_slice line, bool blank);

#endif
