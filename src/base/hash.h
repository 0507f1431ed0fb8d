/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identity of bytes: a 128-bit hash (XXH3) for report ids, failure keys and checksums. It tells
 * things apart; it does not prove who made them. Any thread.
 */
#ifndef WB_HASH_H
#define WB_HASH_H

#include <stdint.h>

#include "slice.h"

struct wb_hash {
    uint64_t high, low;
};

struct wb_hash wb_hash_bytes(struct wb_slice s);

/* The hash of what came before and s: order matters, {a}{bc} differs from {ab}{c}. */
struct wb_hash wb_hash_more(struct wb_hash before, struct wb_slice s);

/* 32 lower-case hexadecimal digits, without a final NUL. */
void wb_hash_hex(struct wb_hash hash, char out[32]);

#endif
