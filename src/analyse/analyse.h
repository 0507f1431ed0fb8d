/* SPDX-License-Identifier: BSD-2-Clause */
/* The session and the analysis behind the public header, for the files of this folder. */
#ifndef WB_ANALYSE_H
#define WB_ANALYSE_H

#include "buf.h"
#include "render.h"

enum { WB_MAX_KEPT = 16 };

struct wb_analysis {
    struct wb_report *reports; /* WB_MAX_RECIPIENTS of them */
    uint32_t count;
};

struct wb_session {
    const struct wb_catalogue *cat;
    struct wb_catalogue *own; /* to be closed with the session; NULL: the caller's */
    struct wb_matcher *matcher;
    struct wb_arena arena;
    wb_limit_set limits;
    struct wb_mail mail;
    struct wb_extract extract;
    struct wb_cache *cache; /* what is known of texts seen before */
    struct wb_classifier classifier;
    struct wb_analysis analysis;
    struct wb_evidence reply; /* of a bare reply */
    struct wb_buf out;
    struct wb_style style;
    bool follow;             /* answer for a report that the message carries */
    struct wb_buf carried;   /* that report, copied out of the message */
    struct wb_buf converted; /* the mail, if it came in another form */
    wb_limit_set raw_limits; /* hit when it was made */
    struct wb_buf source;
    uint32_t index;
    struct wb_buf kept_text; /* the names, as one text */
    struct wb_slice kept_names[WB_MAX_KEPT];
    struct wb_slice kept_values[WB_MAX_KEPT];
    uint32_t kept;
    uint16_t scheme; /* see struct wb_report */
};

/* The message that the last one has attached or quotes; empty: none. Valid until the next one. */
struct wb_slice wb_carried_message(struct wb_session *s);
/*
 * The same of one that the last one is but a wrapper of: its author and its Message-ID are those of
 * the message that it has attached. Scanners on the way do that to what they doubt.
 */
struct wb_slice wb_wrapped_message(struct wb_session *s);
/*
 * The same of one in the last one's text that a ruled line or a header introduces; *above_out is
 * what stands before that, untouched where there is none.
 */
struct wb_slice wb_introduced_message(struct wb_session *s, struct wb_slice *above_out);

/* A new analysis begins; the last one's memory is taken back. */
void wb_analysis_begin(struct wb_session *s);
/* Adds the finished report on a recipient that a line of a log names; NULL: too many. */
struct wb_report *wb_analysis_logged(struct wb_session *s, const struct wb_evidence *e);

/* Whether the text is lines of a log, and says what became of a mail; then it is analysed. */
bool wb_analyse_log_lines(struct wb_session *s, struct wb_slice raw);

/* The catalogue that is built in. */
struct wb_slice wb_embedded_image(void);

#endif
