/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "v=DKIM1; k=rsa; p=MIIB": the lists of tags of DKIM (RFC 6376 3.2), which DMARC uses too. Reads
 * in place; nothing is taken from anywhere.
 */
#ifndef WB_TAGS_H
#define WB_TAGS_H

#include "slice.h"

struct wb_tag {
    struct wb_slice name, value; /* without white space around them */
};

/* Takes the next tag; false at the end. A piece without "=" has an empty name. */
bool wb_tag_next(struct wb_slice *rest, struct wb_tag *tag_out);
/* The value of a tag; false when it is not there. */
bool wb_tag_find(struct wb_slice list, struct wb_slice name, struct wb_slice *value_out);
/* False when a piece is no tag, or a name comes twice. */
bool wb_tags_valid(struct wb_slice list);

#endif
