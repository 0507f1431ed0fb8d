/* SPDX-License-Identifier: BSD-2-Clause */
/* Growing lists of rows of one size; a row's place changes when the list grows. */
#ifndef WB_LIST_H
#define WB_LIST_H

#include <stdint.h>

/* A growing list of rows of one size. */
struct wb_list {
    char *p;
    size_t row;
    uint32_t n, cap;
};

void *wb_list_add(struct wb_list *list);
void *wb_list_at(const struct wb_list *list, uint32_t i);
#define WB_ROW(list, type, i) ((type *)wb_list_at(&(list), i))

#endif
