/* SPDX-License-Identifier: BSD-2-Clause */
/* The block of programs as it lies in memory. */
#ifndef WB_READY_INT_H
#define WB_READY_INT_H

#include "program.h"

enum wb_ready_part {
    WB_READY_ROWS,   /* wb_ready_row, by number */
    WB_READY_STEPS,  /* wb_step, of one program behind the other */
    WB_READY_SETS,   /* wb_byte_set; the first is WB_ANY_SET */
    WB_READY_TABLES, /* uint32_t */
    WB_READY_STARTS, /* wb_starts */
    WB_READY_NAMED,  /* wb_named */
    WB_READY_TEXT,   /* bytes, and room behind them */
    WB_READY_PARTS
};

struct wb_ready_layout {
    uint32_t count; /* of rows */
    uint32_t at[WB_READY_PARTS];
};

struct wb_ready_row {
    uint32_t steps; /* the first; WB_NO_BOUND: there is no program */
    uint32_t starts, named;
    struct wb_program_head head;
};

/* False: there is none of that number. */
bool wb_ready_program(struct wb_slice bytes, uint32_t number, struct wb_program *program_out);

#endif
