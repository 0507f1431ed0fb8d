/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processor has, asked once: the system's own answer takes ten steps each time, and most
 * texts that are looked at are short. WB_NO_AVX2, WB_NO_AVX512: as if it did not have that.
 */
#ifndef WB_PROCESSOR_H
#define WB_PROCESSOR_H

#include <stdbool.h>

/* Set before main, and then never changed; until then false, which is slower and no less right. */
extern struct wb_processor {
    bool avx2, avx512;
} wb_processor;

#endif
