/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>

bool wb_trouble(struct wb_status *status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(status->text, sizeof status->text, format, args);
    va_end(args);
    return false;
}
