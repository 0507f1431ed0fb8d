/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages through a socket between processes, in as few system calls as it takes: usually one to
 * send, one to receive.
 */
#ifndef WB_CHANNEL_H
#define WB_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "buf.h"
#include "status.h"

/* Milliseconds of a clock that only goes forward. */
int64_t wb_serve_now(void);

/* No call on the socket waits longer than that. */
void wb_channel_patience(int fd, int milliseconds);

/*
 * False when the other side is gone, a call has waited too long, or the moment has passed (0: no
 * bound). The parts are spoilt.
 */
bool wb_channel_send(int fd, struct iovec *parts, size_t n, int64_t by) WB_MUST_CHECK;
/* Receives until buf holds n bytes, counted from its start; more may have come. */
bool wb_channel_receive(int fd, struct wb_buf *buf, size_t n, int64_t by) WB_MUST_CHECK;

#endif
