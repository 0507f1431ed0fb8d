/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void wb_check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "whybounce: internal error: %s does not hold (%s:%d)\n", what, file, line);
    abort();
}
