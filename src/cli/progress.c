/* SPDX-License-Identifier: BSD-2-Clause */
#include "progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 20, ROOM = 68 }; /* the columns of the bar, and of a whole line with one */
static const uint64_t SECOND = 1000000000, PAUSE = 200000000;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

void wb_progress_begin(struct wb_progress *p, enum wb_language language)
{
    uint64_t total = p->total;
    *p = (struct wb_progress){
        .shown = isatty(STDERR_FILENO), .language = language, .total = total, .begun = now()};
    p->last = p->begun;
}

/* A line that wraps could not be wiped: on a narrow terminal the bar is left out. */
static bool has_room(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col || size.ws_col >= ROOM;
}

static void put_time_left(const struct wb_progress *p, uint64_t done, double seconds)
{
    if (!p->total || !done || done >= p->total)
        return;
    unsigned left = (unsigned)(seconds * (double)(p->total - done) / (double)done + 0.5);
    const char *format = p->language == WB_CHINESE ? "  还要 %u:%02u" : "  %u:%02u left";
    fprintf(stderr, format, left / 60, left % 60);
}

void wb_progress_show(struct wb_progress *p, uint64_t done_bytes, uint64_t messages)
{
    uint64_t t = p->shown ? now() : 0;
    if (!p->shown || t - p->last < PAUSE)
        return;
    p->last = t;
    double seconds = (double)(t - p->begun) / (double)SECOND;
    fputs("\r\033[K", stderr);
    if (p->total) {
        uint64_t done = done_bytes < p->total ? done_bytes : p->total;
        int full = (int)(done * BAR / p->total);
        if (has_room()) {
            putc('[', stderr);
            for (int i = 0; i < BAR; i++)
                putc(i < full ? '#' : '.', stderr);
            fputs("] ", stderr);
        }
        fprintf(stderr, "%3d %%  ", (int)(done * 100 / p->total));
    }
    fprintf(stderr, p->language == WB_CHINESE ? "%llu 封，每秒 %.0f 封" : "%llu mails, %.0f/s",
            (unsigned long long)messages, (double)messages / seconds);
    put_time_left(p, done_bytes, seconds);
    fflush(stderr);
}

void wb_progress_end(struct wb_progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}
