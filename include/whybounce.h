/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libwhybounce: why did this mail come back?
 *
 * Takes a returned mail (bounce, DSN, NDR, 退信), a bare SMTP reply or a line of a mail server's
 * log, and says for every recipient why delivery failed, whose fault it is, who must act and what
 * to do, with the words that prove it.
 *
 *     struct wb_session *s = wb_session_new(NULL);
 *     const struct wb_analysis *a = wb_analyse_mail(s, bytes, length);
 *     for (size_t i = 0; i < wb_analysis_count(a); i++) {
 *         struct wb_string cause = wb_report_string(wb_analysis_report(a, i), WB_CAUSE);
 *         printf("%.*s\n", (int)cause.length, cause.text);
 *     }
 *     wb_session_free(s);
 *
 * Ownership. A catalogue is the compiled knowledge: immutable, shared by any number of sessions
 * and threads, freed by its owner after the last of them. A session belongs to one thread at a
 * time; its memory is taken when it is created, and analysing a message takes no more. An
 * analysis, its reports and every string in them belong to the session and are valid until its
 * next call of a wb_analyse_ function. Strings are UTF-8, not NUL-terminated; an absent one has
 * the length 0 and is never a null pointer.
 *
 * Errors. A mail cannot make a call fail: what is no report is reported as such, limits that were
 * reached are named in the report. Functions that can meet a missing file or missing memory return
 * NULL and describe the trouble in one sentence. A broken precondition ends the process.
 *
 * The library opens no files but those it is told to, uses no network, no clock, no locale and no
 * global state; it never writes to standard output or error. This header only grows.
 */
#ifndef WHYBOUNCE_H
#define WHYBOUNCE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wb_catalogue;
struct wb_session;
struct wb_analysis;
struct wb_report;

/* A run of UTF-8 bytes that somebody else owns. */
struct wb_string {
    const char *text; /* not NUL-terminated, never NULL */
    size_t length;    /* bytes; 0 is "absent" */
};

/* The version of the library, "0.1.0". */
const char *wb_version(void);

/* ---- the catalogue ---- */

enum { WB_TROUBLE_TEXT = 512 };

/*
 * Opens a catalogue that "whybounce knowledge build" wrote, or, with path NULL, the one that is
 * built into the library. On failure returns NULL and, unless trouble is NULL, writes a sentence
 * of at most WB_TROUBLE_TEXT bytes with the final NUL.
 */
struct wb_catalogue *wb_catalogue_open(const char *path, char *trouble);
void wb_catalogue_free(struct wb_catalogue *catalogue);

/* The version of the knowledge, "2026.12.1". */
struct wb_string wb_catalogue_version(const struct wb_catalogue *catalogue);

/* ---- sessions ---- */

/*
 * A session on a catalogue; with NULL, on the built-in one, which it then owns. NULL when there
 * is no memory.
 */
struct wb_session *wb_session_new(const struct wb_catalogue *catalogue);
void wb_session_free(struct wb_session *session);

/*
 * Names, separated by commas, of header fields of the returned message that reports are to carry
 * ("X-Campaign,X-User-Id"); at most 16. Valid for the session's further life.
 */
void wb_session_keep_headers(struct wb_session *session, const char *names);

/* Where the next messages come from: shown in reports as source and index. Copied. */
void wb_session_source(struct wb_session *session, const char *source, uint32_t index);

/* Opens everything that is usually opened on first use: before a process locks itself in. */
void wb_session_preload(struct wb_session *session);

/* ---- analysing ---- */

/* A whole message, as a server delivered it or a person saved or pasted it. */
const struct wb_analysis *wb_analyse_mail(struct wb_session *session, const void *bytes,
                                          size_t length);

/* An SMTP reply, or what a mail program or server showed of it: "550 5.1.1 User unknown". */
const struct wb_analysis *wb_analyse_reply(struct wb_session *session, const void *text,
                                           size_t length);

/* How many reports: one for each recipient, and at least one. */
size_t wb_analysis_count(const struct wb_analysis *analysis);
const struct wb_report *wb_analysis_report(const struct wb_analysis *analysis, size_t i);

/* ---- one report ---- */

/* doc/report.schema.json says what each field means; the names here are those there. */
enum wb_string_field {
    WB_REPORT_ID,
    WB_FAILURE_KEY,
    WB_KIND,
    WB_RECIPIENT,
    WB_ORIGINAL_RECIPIENT,
    WB_ACTION,
    WB_CAUSE,
    WB_DETAIL,
    WB_CONFIDENCE,
    WB_PERMANENCE,
    WB_FAULT,
    WB_RESPONSIBLE,
    WB_RECOMMENDATION,
    WB_STATUS,
    WB_STAGE,
    WB_DIAGNOSTIC,
    WB_EVIDENCE_RULE,
    WB_EVIDENCE_TEXT,
    WB_DIALECT,
    WB_PROVIDER,
    WB_REPORTING_MTA,
    WB_REMOTE_MTA,
    WB_REMOTE_IP,
    WB_BLOCKLIST,
    WB_CLIENT_IP,
    WB_PROVIDER_CODE,
    WB_QUEUE_ID,
    WB_MESSAGE_ID,
    WB_SUBJECT,
    WB_ENVELOPE_FROM
};

enum wb_number_field {
    WB_REPLY_CODE,      /* 0: none */
    WB_SIZE_LIMIT,      /* bytes, 0: not stated */
    WB_MESSAGE_SIZE,    /* bytes, 0: not stated */
    WB_RECIPIENT_LIMIT, /* 0: not stated */
    WB_RETRY_AFTER,     /* seconds, 0: not stated */
    WB_EVIDENCE_OFFSET  /* bytes from the start of the message, -1: not verbatim in it */
};

struct wb_string wb_report_string(const struct wb_report *report, enum wb_string_field field);
int64_t wb_report_number(const struct wb_report *report, enum wb_number_field field);

/* ---- whole answers ---- */

/* All reports as JSON, one object a line. */
struct wb_string wb_analysis_json(struct wb_session *session, const struct wb_analysis *analysis);

/* From bytes to JSON in one call. */
struct wb_string wb_mail_json(struct wb_session *session, const void *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
