/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ctrl-C and its kin in the middle of a long run: reading stops, what was read is worked off and
 * written, and only then does the signal take its usual effect. A second one ends at once.
 */
#include <signal.h>
#include <stddef.h>

#include "cli.h"
#include "source.h"

static volatile sig_atomic_t caught;

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof signals / sizeof signals[0] };

static void note(int signal)
{
    caught = signal;
    wb_source_stop();
}

void wb_interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction before;
        /* what nohup or a shell has switched off stays off */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

bool wb_interrupted(void)
{
    return caught != 0;
}

void wb_interrupt_end(void)
{
    if (!caught)
        return;
    wb_complain("stopped by a signal; what had been read until then is written",
                "收到信号，已停止；在此之前读到的内容都已输出");
    signal(caught, SIG_DFL);
    raise(caught);
}
