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
 *         struct wb_string cause = wb_report_string(wb_analysis_report(a, i), WB_REPORT_CAUSE);
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
#ifdef __GNUC__
#pragma GCC visibility push(default) /* these are seen from outside, and nothing else is */
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

/* The name of the i-th scheme of classes, from 0 on; empty behind the last. */
struct wb_string wb_scheme_name(const struct wb_catalogue *catalogue, size_t i);

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

/*
 * Reports also carry the class that another program gives to such a failure, "powermta" for
 * instance. 0 when the catalogue has no scheme of that name; then nothing changes.
 */
int wb_session_classes(struct wb_session *session, const char *scheme);

/* Where the next messages come from: shown in reports as source and index. Copied. */
void wb_session_source(struct wb_session *session, const char *source, uint32_t index);

/*
 * The language of texts for people: a BCP 47 tag, "zh-CN" or "en"; what is not known is English.
 */
void wb_session_language(struct wb_session *session, const char *tag);

/* How texts for people are set: columns of the terminal (0: 80), and any of enum wb_text_style. */
enum wb_text_style {
    WB_TEXT_COLOUR = 1,  /* ECMA-48 colours */
    WB_TEXT_ASCII = 2,   /* marks in ASCII, for terminals without UTF-8 */
    WB_TEXT_DETAILS = 4, /* also what is only for the technically minded */
    WB_TEXT_ANNOTATE = 8 /* the message line by line, with its meaning beside it */
};
void wb_session_text(struct wb_session *session, int columns, unsigned style);

/*
 * With on not 0: a message that is no report itself but has one attached, or quotes one as a
 * forwarded mail, is answered for that report. For people who hand in what they were sent; not for
 * a mailbox of reports, where a discussion of a bounce is no bounce.
 */
void wb_session_follow(struct wb_session *session, int on);

/*
 * The session then knows of texts what `from` has found out about them: a second one on the same
 * catalogue need not find it out again. No answer changes. The session is in nobody else's use
 * meanwhile, as always; `from` is only read, so several may learn from it at once while it rests.
 * 0 when the catalogues differ; then nothing changes.
 */
int wb_session_learn(struct wb_session *session, const struct wb_session *from);

/* Opens everything that is usually opened on first use: before a process locks itself in. */
void wb_session_preload(struct wb_session *session);

/* ---- analysing ---- */

/*
 * A whole message, as a server delivered it or a person saved or pasted it, also in UTF-16 with its
 * mark, or as Outlook saves it ([MS-OXMSG], .msg); evidence.offset is then a place in the mail that
 * was made of it. Without a header it may also be some lines of a log in a format of
 * wb_log_format_name: up to 256 KB, 200 recipients, the last word on each.
 */
const struct wb_analysis *wb_analyse_mail(struct wb_session *session, const void *bytes,
                                          size_t length);

/*
 * An SMTP reply, or what a mail program or server showed of it: "550 5.1.1 User unknown"; or a line
 * of a log, as above.
 */
const struct wb_analysis *wb_analyse_reply(struct wb_session *session, const void *text,
                                           size_t length);

/* How many reports: one for each recipient, and at least one. */
size_t wb_analysis_count(const struct wb_analysis *analysis);
const struct wb_report *wb_analysis_report(const struct wb_analysis *analysis, size_t i);

/* ---- one report ---- */

/*
 * doc/report.schema.json says what each field means; the names here are those of its members.
 * Absent is the empty string, of numbers 0, and -1 for evidence.offset.
 */
#define WB_STRING_FIELDS(X)                                                                        \
    X(REPORT_ID, "report_id")                                                                      \
    X(FAILURE_KEY, "failure_key")                                                                  \
    X(KIND, "kind")                                                                                \
    X(RECIPIENT, "recipient")                                                                      \
    X(ORIGINAL_RECIPIENT, "original_recipient")                                                    \
    X(ACTION, "action")                                                                            \
    X(CAUSE, "cause")                                                                              \
    X(DETAIL, "detail")                                                                            \
    X(CONFIDENCE, "confidence")                                                                    \
    X(PERMANENCE, "permanence")                                                                    \
    X(FAULT, "fault")                                                                              \
    X(RESPONSIBLE, "responsible")                                                                  \
    X(RECOMMENDATION, "recommendation")                                                            \
    X(STATUS, "status")                                                                            \
    X(STAGE, "stage")                                                                              \
    X(DIAGNOSTIC, "diagnostic")                                                                    \
    X(EVIDENCE_RULE, "evidence.rule")                                                              \
    X(EVIDENCE_TEXT, "evidence.text")                                                              \
    X(DIALECT, "dialect")                                                                          \
    X(PROVIDER, "provider")                                                                        \
    X(REPORTING_MTA, "reporting_mta")                                                              \
    X(REMOTE_MTA, "remote_mta")                                                                    \
    X(REMOTE_IP, "remote_ip")                                                                      \
    X(BLOCKLIST, "facts.blocklist")                                                                \
    X(CLIENT_IP, "facts.client_ip")                                                                \
    X(PROVIDER_CODE, "facts.provider_code")                                                        \
    X(QUEUE_ID, "queue_id")                                                                        \
    X(MESSAGE_ID, "original.message_id")                                                           \
    X(SUBJECT, "original.subject")                                                                 \
    X(ENVELOPE_FROM, "original.envelope_from")                                                     \
    X(CLASS, "class") /* see wb_session_classes */

#define WB_NUMBER_FIELDS(X)                                                                        \
    X(REPLY_CODE, "reply_code")                                                                    \
    X(SIZE_LIMIT, "facts.size_limit")     /* bytes */                                              \
    X(MESSAGE_SIZE, "facts.message_size") /* bytes */                                              \
    X(RECIPIENT_LIMIT, "facts.recipient_limit")                                                    \
    X(RETRY_AFTER, "facts.retry_after")   /* seconds */                                            \
    X(EVIDENCE_OFFSET, "evidence.offset") /* bytes from the start of the message */                \
    X(LAST_ATTEMPT, "last_attempt_date")  /* seconds since 1970-01-01T00:00:00Z */

/* WB_REPORT_CAUSE and so on; values never change, new ones come at the end. */
enum wb_report_field {
#define X(id, name) WB_REPORT_##id,
    WB_STRING_FIELDS(X)
#undef X
};

enum wb_report_amount {
#define X(id, name) WB_REPORT_##id,
    WB_NUMBER_FIELDS(X)
#undef X
};

struct wb_string wb_report_string(const struct wb_report *report, enum wb_report_field field);
int64_t wb_report_number(const struct wb_report *report, enum wb_report_amount field);

/* ---- whole answers; the texts are the session's, valid until its next call ---- */

/*
 * All reports in a form: "json" (one object a line), "words" (the same, with the answer for a
 * person in it), "csv", "text", "html", "sisimai" (JSON with the names of Sisimai). Empty when
 * there is no such form.
 */
struct wb_string wb_analysis_render(struct wb_session *session, const struct wb_analysis *analysis,
                                    const char *form);

/*
 * The same behind the *length bytes that stand in *text, a block from malloc(3) with room for *room
 * bytes, which becomes larger as that of getline(3) does; NULL, 0 and 0 at first. So the answers of
 * many messages come together and none is copied. The block is the caller's, who frees it.
 */
void wb_analysis_append(struct wb_session *session, const struct wb_analysis *analysis,
                        const char *form, char **text, size_t *length, size_t *room);

/* The name of the i-th form, from 0 on; NULL behind the last. */
const char *wb_form_name(size_t i);

/* What a file of that form begins with: the line of column names of "csv". */
struct wb_string wb_form_head(struct wb_session *session, const char *form);

/* From bytes to JSON in one call. */
struct wb_string wb_mail_json(struct wb_session *session, const void *bytes, size_t length);

/*
 * The message with people, subject and returned text masked, and with the same verdict: a bounce
 * that can be shown to others.
 */
struct wb_string wb_mail_anonymize(struct wb_session *session, const void *bytes, size_t length);

/*
 * What the catalogue says of causes, in the session's language: those that the words lead to (an
 * id, a word of the help page, a piece of a reply), best first; of empty words all. form is
 * "text" or "json". Empty when nothing fits.
 */
struct wb_string wb_describe_causes(struct wb_session *session, const char *words,
                                    const char *form);

/*
 * The providers that the catalogue knows, a line of JSON each: provider, name in the session's
 * language, page, domains of addresses.
 */
struct wb_string wb_describe_providers(struct wb_session *session);

/* ---- logs of mail servers ---- */

/*
 * A log, read line by line. What lines say of one message is kept together by its queue id, in a
 * table of fixed bounds: about 40 MB when it is full. A log belongs to one thread at a time.
 *
 *     struct wb_log *log = wb_log_new(NULL);
 *     wb_log_file(log, modified, 0);
 *     while (next_line(&line)) {
 *         const struct wb_analysis *a = wb_log_line(log, session, line.text, line.length);
 *         ... a is NULL for nearly all lines ...
 *     }
 *     wb_log_free(log);
 */
struct wb_log;

/*
 * format: one of wb_log_format_name; NULL: recognised in each file. NULL when there is no such
 * format, or no memory.
 */
struct wb_log *wb_log_new(const char *format);
void wb_log_free(struct wb_log *log);

/*
 * Another file begins. Many logs write dates without a year: such a line is of the last year in
 * which it is not later than modified, the file's last change (Unix time). With a year given, the
 * first line is of that year. With both 0 those lines have no date.
 */
void wb_log_file(struct wb_log *log, int64_t modified, int year);
/* The file of before has got longer. */
void wb_log_grown(struct wb_log *log, int64_t modified);

/*
 * Lines without a time zone: zone says how many minutes east of UTC a clock on the wall is that
 * shows `wall`, in seconds since 1970 as if it were UTC (with NULL, and at first, it is UTC).
 */
typedef int (*wb_zone)(int64_t wall);
void wb_log_zone(struct wb_log *log, wb_zone zone);

/*
 * Answers only lines on this sender and recipient, each an address, "@domain", or NULL for any,
 * and not before since (Unix time; 0: any). With deliveries not 0, also of what was delivered.
 * The strings must stay as long as the log.
 */
void wb_log_only(struct wb_log *log, const char *sender, const char *recipient, int64_t since,
                 int deliveries);

/*
 * One line, with or without its end: reports on the recipients of whom it says that delivery has
 * failed (kind "bounce") or waits ("delay"); NULL when it says that of nobody. They are reports
 * like those of a returned mail, and valid as long: of the same failure both have the same
 * failure_key where the log names the Message-ID.
 */
const struct wb_analysis *wb_log_line(struct wb_log *log, struct wb_session *session,
                                      const void *line, size_t length);

/* 1 when all that the last line said had been said of these recipients before: still waiting. */
int wb_log_repeats(const struct wb_log *log);

/* The format of the file; empty as long as no line has shown it. */
struct wb_string wb_log_format(const struct wb_log *log);
/* The name of the i-th format, from 0 on; NULL behind the last. */
const char *wb_log_format_name(size_t i);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
