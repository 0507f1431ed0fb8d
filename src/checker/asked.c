/* SPDX-License-Identifier: BSD-2-Clause */
#include "asked.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { COLUMNS = 78, NAME = COLUMNS - 40, LINE = 256 };

static bool chinese;
static atomic_bool shown;
static atomic_size_t answered;

/* As printable ASCII, which a name in DNS has: but who names it may have put anything there. */
static void take_name(struct wb_slice name, char out[NAME + 1])
{
    size_t n = name.n < NAME ? name.n : NAME;
    for (size_t i = 0; i < n; i++)
        out[i] = name.p[i] > ' ' && name.p[i] < 127 ? name.p[i] : '?';
    out[n] = 0;
}

static void show(const char *what, struct wb_slice name, size_t others)
{
    char line[LINE], more[32] = "", done[48] = "", clean[NAME + 1];
    size_t n = answered;
    take_name(name, clean);
    if (others)
        snprintf(more, sizeof more, chinese ? " 等 %zu 项" : " and %zu more",
                 chinese ? others + 1 : others);
    if (n)
        snprintf(done, sizeof done, chinese ? "已完成 %zu 项，" : "%zu done, ", n);
    int written = snprintf(line, sizeof line, "\r\033[K%s%s %s %s%s", done,
                           chinese ? "正在查询" : "asking", what, clean, more);
    shown = true;
    if (written > 0 && write(STDERR_FILENO, line, (size_t)written) < 0)
        shown = false;
}

void wb_asked_open(struct wb_check_settings *s)
{
    chinese = s->language == WB_CHINESE;
    if (s->progress)
        s->probe.dns.asking = show;
}

void wb_asked_done(size_t n)
{
    answered = n;
}

void wb_asked_wipe(void)
{
    static const char wipe[] = "\r\033[K";
    if (atomic_exchange(&shown, false) && write(STDERR_FILENO, wipe, sizeof wipe - 1) < 0)
        shown = false;
}
