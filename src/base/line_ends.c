/* SPDX-License-Identifier: BSD-2-Clause */
#include "line_ends.h"

#include "avx2.h"
#include "avx512.h"
#include "block.h"

static void note_block(struct wb_lines *lines, const char *p, size_t there)
{
    wb_note_ends(&lines->scan, lines->place, wb_places_in_block(p, '\r'),
                 wb_places_in_block(p, '\n'), there);
}

static void note_blocks(struct wb_lines *lines)
{
    while (wb_ends_block_left(&lines->scan))
        note_block(lines, lines->scan.at, WB_ENDS_BLOCK);
}

/* Of the bytes behind the last whole block. */
static void note_rest(struct wb_lines *lines, size_t n)
{
    char block[WB_ENDS_BLOCK] = {0};
    /* some are left: NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
    memcpy(block, lines->scan.at, n);
    note_block(lines, block, n);
}

void wb_lines_seek(struct wb_lines *lines)
{
    struct wb_ends_scan *s = &lines->scan;
    lines->taken = 0;
    s->count = 0;
    if (s->at == s->end)
        return;
    if (wb_has_avx512()) {
        wb_ends_avx512(lines);
        return;
    }
    (wb_has_avx2() ? wb_ends_avx2 : note_blocks)(lines);
    size_t left = (size_t)(s->end - s->at);
    if (left && left < WB_ENDS_BLOCK && s->count < WB_ENDS_AT_ONCE)
        note_rest(lines, left);
}
