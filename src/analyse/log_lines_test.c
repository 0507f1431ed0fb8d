/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log that somebody pasted: into the page, or as a file for "explain". */
#include "analysed.h"

#include "buf.h"

enum { MAX_SEEN = 4 };

/* What is expected of one recipient; all NULL: nothing more. */
struct seen {
    const char *kind, *recipient, *cause, *diagnostic;
};

static const struct row {
    const char *name, *text;
    struct seen seen[MAX_SEEN];
} rows[] = {
    {"Postfix: delivery",
     "Nov 13 14:25:00 mx1 postfix/smtp[25100]: 4TvX1Q2rs3z9rw1: to=<b@b.example>, "
     "relay=mx.b.example[192.0.2.9]:25, delay=0.9, delays=0.1/0/0.3/0.5, dsn=5.1.1, "
     "status=bounced (host mx.b.example[192.0.2.9] said: 550 5.1.1 User unknown (in reply to RCPT "
     "TO command))",
     {{"bounce", "b@b.example", "user-unknown",
       "host mx.b.example[192.0.2.9] said: 550 5.1.1 User unknown (in reply to RCPT TO command)"}}},
    {"Postfix: no client is let in without a name",
     "Nov  4 11:22:30 mx1 postfix/smtpd[22314]: NOQUEUE: reject: RCPT from unknown[192.0.2.55]: "
     "450 "
     "4.7.25 Client host rejected: cannot find your hostname, [192.0.2.55]; from=<a@a.example> "
     "to=<b@b.example> proto=ESMTP helo=<mail.a.example>",
     {{"delay", "b@b.example", "sender-dns",
       "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.55]"}}},
    {"Postfix: a reply with a semicolon",
     "Nov  4 11:22:30 mx1 postfix/smtpd[22314]: NOQUEUE: reject: RCPT from m.example[192.0.2.5]: "
     "554 "
     "5.7.1 Service unavailable; Client host [192.0.2.5] blocked using zen.spamhaus.org; "
     "from=<a@a.example> to=<b@b.example> proto=ESMTP helo=<m.example>",
     {{"bounce", "b@b.example", "blocklisted",
       "554 5.7.1 Service unavailable; Client host [192.0.2.5] blocked using zen.spamhaus.org"}}},
    {"Postfix: before any sender is named",
     "2026-11-04T11:22:30.100000+08:00 mx1 postfix/smtpd[22314]: NOQUEUE: reject: CONNECT from "
     "m.example[192.0.2.5]: 554 5.7.1 Client host blocked using zen.spamhaus.org; proto=SMTP",
     {{"bounce", "", "blocklisted", "554 5.7.1 Client host blocked using zen.spamhaus.org"}}},
    {"Postfix: a filter's answer",
     "Nov  4 11:41:40 mx1 postfix/cleanup[22507]: 4TpMJh3Tj7z9rvX: milter-reject: END-OF-MESSAGE "
     "from m.example[192.0.2.57]: 4.7.1 Try again later; from=<a@a.example> to=<b@b.example> "
     "proto=ESMTP helo=<m.example>",
     {{"delay", "b@b.example", "greylisted", "4.7.1 Try again later"}}},
    {"Postfix: a check of the header",
     "Nov  4 11:41:40 mx1 postfix/cleanup[22507]: 4TpMJh3Tj7z9rvX: reject: header Subject: [x]: y "
     "from m.example[192.0.2.57]; from=<a@a.example> to=<b@b.example> proto=ESMTP "
     "helo=<m.example>: 5.7.1 virus found",
     {{"bounce", "b@b.example", "virus-detected", "5.7.1 virus found"}}},
    {"Postfix: what it would have refused is read as the reply alone",
     "Nov  4 11:22:30 mx1 postfix/smtpd[22314]: NOQUEUE: reject_warning: RCPT from "
     "m.example[192.0.2.5]: 550 5.1.1 <b@b.example>: user unknown; from=<a@a.example> "
     "to=<b@b.example> proto=ESMTP helo=<m.example>",
     {{"bounce", "b@b.example", "user-unknown", NULL}}},
    {"Exim: a recipient",
     "2026-11-05 08:22:18 H=(m.example) [192.0.2.91] F=<a@a.example> rejected RCPT <b@b.example>: "
     "Sender verify failed",
     {{"bounce", "b@b.example", "sender-rejected", "Sender verify failed"}}},
    {"Exim: for the time being",
     "2026-11-05 08:22:18 H=(m.example) [192.0.2.91] F=<a@a.example> temporarily rejected RCPT "
     "<b@b.example>: greylisted",
     {{"delay", "b@b.example", "greylisted", "greylisted"}}},
    {"Exim: after the data",
     "2026-11-05 08:20:31 1rhPJT-0003Ra-1w H=m.example [192.0.2.3] F=<a@a.example> rejected after "
     "DATA: This message contains malware (Eicar-Test)",
     {{"bounce", "", "virus-detected", "This message contains malware (Eicar-Test)"}}},
    {"Sendmail: a failure without the line of the sender",
     "Nov  6 07:09:50 mail sendmail[4450]: 42675nYc004450: to=<b@b.example>, delay=00:00:01, "
     "mailer=esmtp, pri=30295, relay=mx.b.example. [192.0.2.1], dsn=5.1.1, reply=550 5.1.1 "
     "<b@b.example>... User unknown, stat=User unknown",
     {{"bounce", "b@b.example", "user-unknown", "550 5.1.1 <b@b.example>... User unknown"}}},
    {"Sendmail: access",
     "Nov  6 07:09:50 mail sendmail[4450]: 42675nYc004450: ruleset=check_rcpt, arg1=<b@b.example>, "
     "relay=m.example [192.0.2.66], reject=550 5.7.1 <b@b.example>... Relaying denied",
     {{"bounce", "b@b.example", "relay-denied", "550 5.7.1 <b@b.example>... Relaying denied"}}},
    {"Sendmail: a filter's answer",
     "Nov  6 07:09:50 mail sm-mta[4450]: 42675nYc004450: Milter: to=<b@b.example>, reject=451 "
     "4.7.1 "
     "Greylisting in action",
     {{"delay", "b@b.example", "greylisted", "451 4.7.1 Greylisting in action"}}},
    {"qmail: whose message it was is not said",
     "@4000000065e7f1b0302010ff delivery 8820: deferral: "
     "Sorry,_I_wasn't_able_to_establish_an_SMTP_connection._(#4.4.1)/",
     {{"delay", "", "no-response",
       "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)"}}},
    {"qmail: but the reply names it",
     "1709700050.654321 delivery 8840: failure: 192.0.2.9_does_not_like_recipient./"
     "Remote_host_said:_550_<b@b.example>_user_unknown/Giving_up_on_192.0.2.9./",
     {{"bounce", "b@b.example", "user-unknown",
       "192.0.2.9 does not like recipient.\nRemote host said: 550 <b@b.example> user unknown\n"
       "Giving up on 192.0.2.9."}}},
    {"broken by a window, quoted, and behind a sentence",
     "> Please have a look:\n>\n"
     "> Nov 13 14:25:00 mx1 postfix/smtp[25100]: 4TvX1Q2rs3z9rw1: to=<b@b.example>,\n"
     ">     relay=mx.b.example[192.0.2.9]:25, delay=0.9, dsn=5.2.2, status=bounced (host\n"
     ">     mx.b.example[192.0.2.9] said: 552 5.2.2 Over quota (in reply to DATA command))\n",
     {{"bounce", "b@b.example", "mailbox-full",
       "host mx.b.example[192.0.2.9] said: 552 5.2.2 Over quota (in reply to DATA command)"}}},
    {"the last word counts",
     "Nov 13 14:25:00 mx1 postfix/smtp[5]: 4TvX1Q2rs3z9rw1: to=<b@b.example>, relay=none, "
     "delay=0.9, dsn=4.4.1, status=deferred (connect to mx.b.example[192.0.2.9]:25: Connection "
     "timed out)\n"
     "Nov 13 14:25:00 mx1 postfix/smtp[5]: 4TvX1Q2rs3z9rw1: to=<c@c.example>, "
     "relay=mx.c.example[192.0.2.10]:25, delay=0.9, dsn=5.1.1, status=bounced (host "
     "mx.c.example[192.0.2.10] said: 550 5.1.1 User unknown (in reply to RCPT TO command))\n"
     "Nov 13 14:55:00 mx1 postfix/smtp[6]: 4TvX1Q2rs3z9rw1: to=<b@b.example>, "
     "relay=mx.b.example[192.0.2.9]:25, delay=1800, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n",
     {{"delivered", "b@b.example", NULL, "250 2.0.0 Ok"},
      {"bounce", "c@c.example", "user-unknown", NULL}}},
    {"PowerMTA: a record below the names of its columns",
     "type,timeLogged,orig,rcpt,dsnAction,dsnStatus,dsnDiag,dsnMta\n"
     "b,2026-11-02 10:00:01+0800,a@a.example,b@b.example,failed,5.1.1 (bad destination mailbox "
     "address),smtp;550 5.1.1 user unknown,mx.b.example (192.0.2.9)\n",
     {{"bounce", "b@b.example", "user-unknown", "550 5.1.1 user unknown"}}},
    {"no format that is known",
     "2026-11-11T07:41:02+01:00 gw smtpd[8831]: [queue] from=<a@a.example> to=<b@b.example> "
     "status=BOUNCE reason=\"550 5.1.1 user unknown\"",
     {{"bounce", "b@b.example", "user-unknown", NULL}}},
    {"a report below a line that tells of nobody",
     "Nov 13 14:25:00 mx1 postfix/qmgr[7]: 4TvX1Q2rs3z9rw1: removed\n\n"
     "Your message could not be delivered.\n\n"
     "<b@b.example>: host mx.b.example[192.0.2.9] said: 550 5.1.1 User unknown\n",
     {{"bounce", "b@b.example", "user-unknown", NULL}}},
    {"a log that tells of no mail",
     "Nov 13 14:25:00 mx1 postfix/qmgr[7]: 4TvX1Q2rs3z9rw1: removed\n"
     "Nov 13 14:25:00 mx1 postfix/anvil[7]: statistics: max connection rate 1/60s\n",
     {{"not-a-report", "", NULL, NULL}}},
};

static void same(const struct wb_report *r, enum wb_report_field id, const char *want)
{
    if (want)
        assert_text(field(r, id), want);
}

static void hold(const struct wb_analysis *a, const struct row *row)
{
    size_t n = 0;
    while (n < MAX_SEEN && row->seen[n].kind)
        n++;
    assert_int_equal(wb_analysis_count(a), n);
    for (size_t i = 0; i < n; i++) {
        const struct wb_report *r = wb_analysis_report(a, i);
        same(r, WB_REPORT_KIND, row->seen[i].kind);
        same(r, WB_REPORT_RECIPIENT, row->seen[i].recipient);
        same(r, WB_REPORT_CAUSE, row->seen[i].cause);
        same(r, WB_REPORT_DIAGNOSTIC, row->seen[i].diagnostic);
    }
}

static void pasted(void **state)
{
    const struct row *row = *state;
    struct wb_slice given = unit_exact(wb_slice_str(row->text));
    hold(wb_analyse_mail(session, given.p, given.n), row);
    free((char *)given.p);
}

/* One line is also taken as a reply: the page cannot tell them apart. */
static void as_reply(void **state)
{
    const struct row *row = *state;
    if (strchr(row->text, '\n'))
        return;
    struct wb_slice given = unit_exact(wb_slice_str(row->text));
    hold(wb_analyse_reply(session, given.p, given.n), row);
    free((char *)given.p);
}

/* Of several messages nothing is said that holds of one only; of one it is. */
static void messages(void **state)
{
    (void)state;
    static const char sender[] =
        "Nov 13 14:25:00 mx1 postfix/qmgr[7]: 4TvX1Q2rs3z9rw1: from=<a@a.example>, size=9, nrcpt=1 "
        "(queue active)\n"
        "Nov 13 14:25:00 mx1 postfix/cleanup[7]: 4TvX1Q2rs3z9rw1: message-id=<i@a.example>\n"
        "Nov 13 14:25:00 mx1 postfix/smtp[5]: 4TvX1Q2rs3z9rw1: to=<b@b.example>, relay=none, "
        "delay=9, dsn=5.4.4, status=bounced (Host or domain name not found)\n"
        "Nov 13 14:26:00 mx1 postfix/smtp[5]: 4TvX1Q2rs3z9rw2: to=<c@c.example>, relay=none, "
        "delay=9, dsn=5.4.4, status=bounced (Host or domain name not found)\n";
    const char *last = strstr(sender, "Nov 13 14:26:00");
    const struct wb_analysis *a = wb_analyse_mail(session, sender, (size_t)(last - sender));
    assert_int_equal(wb_analysis_count(a), 1);
    struct wb_slice json = text_of(wb_analysis_render(session, a, "json"));
    assert_true(has(json, "\"message_id\":\"i@a.example\""));
    assert_false(has(json, "\"failure_key\":null"));
    a = wb_analyse_mail(session, sender, strlen(sender));
    assert_int_equal(wb_analysis_count(a), 2);
    json = text_of(wb_analysis_render(session, a, "json"));
    assert_false(has(json, "i@a.example"));
    assert_true(has(json, "\"failure_key\":null"));
}

/* Whose mail was refused, and nothing of times whose zone nobody told. */
static const struct sender_row {
    const char *text;
} sender_rows[] = {
    {"2026-11-04T11:22:30 mx1 postfix/smtpd[2]: NOQUEUE: reject: RCPT from m.example[192.0.2.5]: "
     "550 "
     "5.1.1 no such user; from=<a@a.example> to=<b@b.example> proto=ESMTP helo=<m.example>"},
    {"2026-11-05 08:22:18 H=m.example [192.0.2.91] F=<a@a.example> rejected RCPT <b@b.example>: no "
     "such user"},
    {"Nov  6 07:09:50 mail sendmail[4]: 42675nYc004450: ruleset=check_mail, arg1=<a@a.example>, "
     "relay=m.example [192.0.2.66], reject=553 5.1.8 <a@a.example>... Domain does not exist"},
    {"Nov  6 07:09:50 mail sm-mta[4]: 42675nYc004450: Milter: from=<a@a.example>, reject=550 5.7.1 "
     "refused"},
};

static void of_sender(void **state)
{
    const struct sender_row *row = *state;
    const struct wb_analysis *a = wb_analyse_mail(session, row->text, strlen(row->text));
    struct wb_slice json = text_of(wb_analysis_render(session, a, "json"));
    assert_true(has(json, "\"envelope_from\":\"a@a.example\""));
    assert_true(has(json, "\"last_attempt_date\":null"));
    assert_true(has(json, "\"arrival_date\":null"));
}

/* More recipients than are told are no secret. */
static void many(void **state)
{
    enum { TOLD = 200 };
    (void)state;
    struct wb_buf text = {0};
    for (int i = 0; i <= TOLD; i++)
        wb_buf_printf(&text,
                      "Nov 13 14:25:00 mx1 postfix/smtp[5]: 4TvX1Q2rs3z9rw1: to=<u%d@b.example>, "
                      "relay=none, delay=9, dsn=5.4.4, status=bounced (Host not found)\n",
                      i);
    const struct wb_analysis *a = wb_analyse_mail(session, text.p, text.n);
    assert_int_equal(wb_analysis_count(a), TOLD);
    struct wb_slice json = text_of(wb_analysis_render(session, a, "json"));
    assert_true(has(json, "\"limits_hit\":[\"recipients\"]"));
    wb_buf_free(&text);
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ROWS(pasted, rows);
    UNIT_ROWS(as_reply, rows);
    UNIT_ONE(messages, "what is said of a message");
    UNIT_ROWS(of_sender, sender_rows);
    UNIT_ONE(many, "more recipients than are told");
    int failed = unit_run();
    wb_session_free(session);
    return failed;
}
