/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports in their outward forms. A renderer is one file that exports one struct wb_renderer;
 * src/meson.build has the list of their names. It appends to a buffer that the caller owns, and
 * never fails. What comes from a mail is made harmless for the form: valid UTF-8 in JSON, no
 * formula in CSV, no control character in text, no markup in HTML.
 */
#ifndef WB_RENDER_H
#define WB_RENDER_H

#include "advise.h"
#include "buf.h"

/* How words are to be set; JSON and CSV do not look at it. */
struct wb_style {
    enum wb_language language;
    int columns;   /* of the terminal; 0: 80 */
    bool colour;   /* ECMA-48 colours */
    bool ascii;    /* marks in ASCII: the terminal shows no UTF-8 */
    bool details;  /* also what is only for the technically minded */
    bool annotate; /* the message line by line, with its meaning beside it */
};

/* All reports of one message. */
struct wb_page {
    const struct wb_report *reports;
    size_t n;
    struct wb_adviser adviser;
    const struct wb_style *style;
};

struct wb_renderer {
    const char *name;
    /*
     * What stands before the first message, with the header fields kept, and with classes of other
     * programs or without; NULL: nothing.
     */
    void (*head)(const struct wb_slice *kept_names, uint32_t kept, bool classes,
                 struct wb_buf *out);
    void (*page)(const struct wb_page *page, struct wb_buf *out);
};

/* The renderer of that name; NULL when there is none. */
const struct wb_renderer *wb_renderer_named(struct wb_slice name);
/* The i-th one, from 0 on; NULL behind the last. */
const struct wb_renderer *wb_renderer_at(size_t i);

/* ---- shared by the files of this folder ---- */

/* A JSON string with its quotes. */
void wb_json_string(struct wb_buf *out, struct wb_slice s);
/* The object of a report without its closing brace and line feed. */
void wb_json_report(const struct wb_report *report, struct wb_buf *out);

bool wb_report_is_failure(const struct wb_report *report);
struct wb_slice wb_report_cause(const struct wb_report *report);
/* In the scheme that was asked for; empty: none was, or it has no name for this. */
struct wb_slice wb_report_class(const struct wb_report *report);
struct wb_slice wb_report_provider(const struct wb_report *report);
struct wb_slice wb_report_dialect(const struct wb_report *report);
struct wb_slice wb_report_blocklist(const struct wb_report *report);
/* What whoever gets back what they never sent needs to know; empty: nobody can ask that. */
struct wb_slice wb_report_never_sent(const struct wb_adviser *adviser,
                                     const struct wb_report *report);

/*
 * Recipients whose answer is the same stand together: how many reports from the first one on say
 * what it says.
 */
size_t wb_page_group(const struct wb_page *page, size_t first);

#endif
