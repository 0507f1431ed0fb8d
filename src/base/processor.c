/* SPDX-License-Identifier: BSD-2-Clause */
#include "processor.h"

struct wb_processor wb_processor;

#if defined(__x86_64__)
/* The files for each are compiled for all of these, which a virtual machine may hide. */
static __attribute__((constructor)) void ask(void)
{
    __builtin_cpu_init();
    wb_processor.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                        __builtin_cpu_supports("popcnt");
    wb_processor.avx512 = wb_processor.avx2 && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512vbmi") &&
                          __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
}
#endif
