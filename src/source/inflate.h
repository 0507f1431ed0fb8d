/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes of a file, unpacked if it is packed: what lies below a stream. */
#ifndef WB_INFLATE_H
#define WB_INFLATE_H

#include "slice.h"
#include "status.h"

struct wb_inflate;

/* Looks at the first bytes to see how the file is packed. Takes over the descriptor. */
struct wb_inflate *wb_inflate_open(int fd, const char *name);
/* The same over the bytes of a whole file, which stay the caller's; and then over others. */
struct wb_inflate *wb_inflate_over(struct wb_slice bytes, const char *name);
void wb_inflate_over_next(struct wb_inflate *in, struct wb_slice bytes, const char *name);
void wb_inflate_close(struct wb_inflate *in);
const char *wb_inflate_name(const struct wb_inflate *in);

/* Fills up to n bytes; *got_out is 0 only at the end. */
bool wb_inflate_read(struct wb_inflate *in, char *out, size_t n, size_t *got_out,
                     struct wb_status *status) WB_MUST_CHECK;

/* What was given and is not yet read; empty when it is packed, or a file is read. */
struct wb_slice wb_inflate_given(const struct wb_inflate *in);
/* Reads all of that. */
void wb_inflate_skip_given(struct wb_inflate *in);

/* The file has grown behind its end: reading goes on. For plain files. */
void wb_inflate_again(struct wb_inflate *in);

/* Bytes of the file itself that were read. */
unsigned long long wb_inflate_bytes(const struct wb_inflate *in);
/* True when the end may be left unread: a regular file that is not packed. */
bool wb_inflate_may_stop(const struct wb_inflate *in);

#endif
