/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of this folder. */
#ifndef WB_ADVISE_INT_H
#define WB_ADVISE_INT_H

#include "advise.h"

/* What is advised on: one report, and how many stand beside it in its message. */
struct wb_case {
    const struct wb_adviser *adviser;
    const struct wb_report *report;
    size_t together; /* recipients of the message */
    uint32_t holds;  /* conditions that are true: bit of enum wb_condition */
    struct wb_slice detail;
};

/* What stands for a place; a general word where the report does not say it. */
struct wb_slice wb_place_text(const struct wb_case *c, enum wb_place place);

/* A line of advice with its places filled. */
struct wb_slice wb_fill(const struct wb_case *c, struct wb_slice text);

/* Whose words a report quotes. */
struct wb_speaker {
    enum {
        WB_SPEAKER_NOBODY,
        WB_SPEAKER_OWN,    /* the sender's own server; name: its name, may be empty */
        WB_SPEAKER_NAMED,  /* the server of that name */
        WB_SPEAKER_DOMAIN, /* some server of that domain */
    } kind;
    struct wb_slice name;
    struct wb_slice ip; /* of a named server; may be empty */
};

struct wb_speaker wb_speaker_of(const struct wb_report *report);

/* "the mail server mx.example.org"; empty: nobody is known. */
struct wb_slice wb_speaker_words(const struct wb_case *c);

/* The name of the server on the other side, fit to be shown; may be empty. */
struct wb_slice wb_speaker_host(const struct wb_report *report);

/* The reply that says most, out of its wrapping, without the codes of its further lines. */
struct wb_slice wb_telling_reply(const struct wb_case *c);

/*
 * Around a {place} that is empty, or whose text is Chinese, blanks are left over: of several one
 * stays, and between two Chinese characters none. Works in place; returns the new length.
 */
size_t wb_close_up(char *p, size_t length);

/* Which conditions are true of a report. */
uint32_t wb_conditions(const struct wb_report *report);

#endif
