/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains in other scripts, as DNS knows them: 例子.中国 is xn--fsqu00a.xn--fiqs8s (RFC 5890,
 * UTS 46). The dots of Chinese and Japanese keyboards count as dots.
 */
#ifndef WB_IDN_H
#define WB_IDN_H

#include "arena.h"

/* The domain in ASCII, in lower case, in the arena; absent when it is none or too long. */
struct wb_slice wb_idn_ascii(struct wb_arena *arena, struct wb_slice domain);

#endif
