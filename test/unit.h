/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows as tests, for the x_test.c beside the x.c. A table is an array of structs whose first
 * member is the row's name; each row becomes one test of one TAP stream, so that a failing row is
 * known by its name and the others still run.
 *
 *     static void folds(void **state) { const struct row *row = *state; ... }
 *     int main(void) { UNIT_ROWS(folds, rows); return unit_run(); }
 */
#ifndef WB_UNIT_H
#define WB_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "slice.h"

enum { UNIT_MAX_TESTS = 1024, UNIT_MAX_NAME = 120 };

static struct CMUnitTest unit_tests[UNIT_MAX_TESTS];
static char unit_names[UNIT_MAX_TESTS][UNIT_MAX_NAME];
static size_t unit_count;

static inline void unit_add(const char *group, const char *name, CMUnitTestFunction check,
                            const void *row)
{
    if (unit_count == UNIT_MAX_TESTS)
        abort();
    snprintf(unit_names[unit_count], UNIT_MAX_NAME, "%s: %s", group, name);
    unit_tests[unit_count] = (struct CMUnitTest){
        .name = unit_names[unit_count], .test_func = check, .initial_state = (void *)row};
    unit_count++;
}

static inline void unit_add_rows(const char *group, CMUnitTestFunction check, const void *rows,
                                 size_t size, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *row = (const char *)rows + i * size;
        const char *name;
        memcpy(&name, row, sizeof name);
        unit_add(group, name, check, row);
    }
}

/* Every row of a table, checked by the function. */
#define UNIT_ROWS(check, rows)                                                                     \
    unit_add_rows(#check, check, rows, sizeof(rows)[0], sizeof(rows) / sizeof(rows)[0])
/* One test without rows. */
#define UNIT_ONE(check, name) unit_add(#check, name, check, NULL)

static inline int unit_run(void)
{
    return _cmocka_run_group_tests("", unit_tests, unit_count, NULL, NULL);
}

/* A text as one line that can be read: controls and bytes above ASCII as C escapes. */
static inline char *unit_shown(struct wb_slice s, char *out, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n + 8 < cap; i++) {
        unsigned char c = (unsigned char)s.p[i];
        const char *format = c == '\n' ? "\\n" : c < 32 || c == 127 ? "\\x%02x" : "%c";
        n += (size_t)snprintf(out + n, cap - n, format, c);
    }
    out[n] = '\0';
    return out;
}

static inline void unit_same_text(struct wb_slice got, struct wb_slice want, const char *file,
                                  int line)
{
    char a[1500], b[1500];
    if (wb_slice_eq(got, want))
        return;
    print_error("got  [%s]\n", unit_shown(got, a, sizeof a));
    print_error("want [%s]\n", unit_shown(want, b, sizeof b));
    _fail(file, line);
}

#define assert_text(got, want)  unit_same_text(got, wb_slice_str(want), __FILE__, __LINE__)
#define assert_slice(got, want) unit_same_text(got, want, __FILE__, __LINE__)

/* What is kept for the life of a test: a sanitizer sees that nobody has lost it. */
static inline void unit_keep(void *p)
{
    static void **kept;
    static size_t n;
    if ((n & (n - 1)) == 0) /* full: there is room for a power of two */
        kept = realloc(kept, (n ? 2 * n : 1) * sizeof *kept);
    kept[n++] = p;
}

/* The bytes at the end of their own memory, so that a sanitizer sees a read beyond them. */
static inline struct wb_slice unit_exact(struct wb_slice s)
{
    char *copy = malloc(s.n ? s.n : 1);
    unit_keep(copy);
    if (s.n)
        memcpy(copy, s.p, s.n);
    return wb_slice(copy, s.n);
}

#endif
