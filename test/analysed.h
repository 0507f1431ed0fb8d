/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of the library share: a session, a returned mail to make, and what is said of it. */
#ifndef WB_ANALYSED_H
#define WB_ANALYSED_H

#include "unit.h"
#include "whybounce.h"

/* Of the test program: opened by its main. */
static struct wb_session *session;

#define REPORT(to, reply, subject)                                                                 \
    "From: MAILER-DAEMON@mail.example.com\nTo: sender@example.com\n"                               \
    "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"                            \
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"                  \
    "--b\nContent-Type: text/plain\n\nNot delivered.\n\n"                                          \
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.com\n\n"       \
    "Final-Recipient: rfc822; " to "\nAction: failed\nStatus: 5.0.0\n"                             \
    "Diagnostic-Code: smtp; " reply "\n\n"                                                         \
    "--b\nContent-Type: text/rfc822-headers\n\nFrom: sender@example.com\nTo: " to "\n"             \
    "Message-ID: <1@example.com>\nX-Campaign: spring\nSubject: " subject "\n\n--b--\n"

static const char UNKNOWN[] = REPORT("a@b.example", "550 5.1.1 User unknown", "Offer");

static inline struct wb_slice text_of(struct wb_string s)
{
    assert_non_null(s.text);
    return wb_slice(s.text, s.length);
}

/* The first report on a mail. */
static inline const struct wb_report *first(const char *mail)
{
    const struct wb_analysis *a = wb_analyse_mail(session, mail, strlen(mail));
    assert_true(wb_analysis_count(a) >= 1);
    return wb_analysis_report(a, 0);
}

static inline struct wb_slice field(const struct wb_report *r, enum wb_report_field id)
{
    return text_of(wb_report_string(r, id));
}

/* A copy of the JSON of a mail, to be freed. */
static inline char *json_of(struct wb_session *s, const char *mail)
{
    struct wb_string json = wb_mail_json(s, mail, strlen(mail));
    return strndup(json.text, json.length);
}

static inline bool has(struct wb_slice text, const char *piece)
{
    return wb_slice_find(text, wb_slice_str(piece)) < text.n;
}

#endif
