/* SPDX-License-Identifier: BSD-2-Clause */
#include "idn.h"

#include <idn2.h>

enum { LONGEST_DOMAIN = 253, LONGEST_WRITTEN = 1024 /* bytes of UTF-8 that can come to that */ };

struct wb_slice wb_idn_ascii(struct wb_arena *arena, struct wb_slice domain)
{
    char copy[LONGEST_WRITTEN + 1], *ascii = NULL;
    struct wb_slice out = WB_NONE;
    if (domain.n == 0 || domain.n > LONGEST_WRITTEN || memchr(domain.p, '\0', domain.n))
        return WB_NONE;
    memcpy(copy, domain.p, domain.n);
    copy[domain.n] = '\0';
    if (idn2_to_ascii_8z(copy, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
        return WB_NONE;
    if (strlen(ascii) <= LONGEST_DOMAIN + 1)
        out = wb_arena_lower(arena, wb_slice_str(ascii));
    idn2_free(ascii);
    return out;
}
