/* SPDX-License-Identifier: BSD-2-Clause */
/* All bytes of a message through a socket, however often it takes. */
#ifndef WB_CHANNEL_H
#define WB_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds of a clock that only goes forward. */
int64_t wb_serve_now(void);

/* False when the other side is gone or the moment has passed (0: no bound). */
bool wb_send_all(int fd, const void *bytes, size_t n, int64_t by);
bool wb_receive_all(int fd, void *bytes, size_t n, int64_t by);

#endif
