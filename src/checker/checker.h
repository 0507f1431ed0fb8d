/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce check, a program of its own because it needs the network: what it was asked for, and
 * the answer of one check.
 */
#ifndef WB_CHECKER_H
#define WB_CHECKER_H

#include "probe.h"
#include "words.h"

/* Exit status of one check, and of all: the worst, where trouble is worse than not knowing. */
enum wb_check_exit {
    WB_CHECK_HEALTHY = 0,
    WB_CHECK_TROUBLE = 1,
    WB_CHECK_UNKNOWN = 2,
    WB_CHECK_NOT_RUN = 3, /* of --live: the reports could not be read, or the answer not written */
};

struct wb_check_settings {
    struct wb_probe_options probe;
    const char *from, *ip, *selector; /* of the sender's side; NULL: not given */
    const char *helo;                 /* that was given; NULL: none */
    const char *config;               /* the file of settings; NULL: the usual one */
    enum wb_language language;
    bool json, verbose, colour, progress, live;
};

/* What stands above the findings. */
struct wb_answer {
    struct wb_slice subject;
    enum wb_finding_state result;
    struct wb_slice cause; /* of the bounce; absent: it is about none */
    const char *words;     /* of a bounce: id of the sentence that sums up */
};

/* A sentence on standard error. */
void wb_check_complain(const struct wb_check_settings *s, const char *what, const char *english,
                       const char *chinese);

/* A probe with memory of its own and a deadline from now on; false after a complaint. */
struct wb_check_run {
    struct wb_arena arena;
    wb_limit_set limits;
    struct wb_probe probe;
    struct wb_findings findings;
};
bool wb_check_begin(const struct wb_check_settings *s, struct wb_check_run *run) WB_MUST_CHECK;
void wb_check_end(struct wb_check_run *run);

/* Checks one subject, an address, a domain or an IP address, and writes the answer. */
enum wb_check_exit wb_check_one(const struct wb_check_settings *s, struct wb_slice subject,
                                struct wb_buf *out);
/* The sender's side of the domain in the settings. */
enum wb_check_exit wb_check_from(const struct wb_check_settings *s, struct wb_buf *out);
/* Checks one subject a line of standard input, several at a time, answers in order. */
enum wb_check_exit wb_check_lines(const struct wb_check_settings *s);
/* Reads reports (the JSON of whybounce parse, a line each): does their trouble still stand? */
enum wb_check_exit wb_check_reports(const struct wb_check_settings *s);

/* The worst of two. */
enum wb_check_exit wb_check_worse(enum wb_check_exit a, enum wb_check_exit b);
enum wb_check_exit wb_check_exit_of(enum wb_finding_state state);

/* The answer in its form. */
void wb_put_answer(const struct wb_check_settings *s, const struct wb_answer *answer,
                   const struct wb_findings *findings, struct wb_buf *out);

/* All of the buffer to standard output; false when that is not possible any more. */
bool wb_check_write(const struct wb_check_settings *s, struct wb_buf *out) WB_MUST_CHECK;

#endif
