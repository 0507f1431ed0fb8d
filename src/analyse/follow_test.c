/* SPDX-License-Identifier: BSD-2-Clause */
/* A report that somebody passes on is answered for, when that is asked for. */
#include "analysed.h"

static void follow(void **state)
{
    (void)state;
    char mail[4000];
    snprintf(mail, sizeof mail,
             "From: ann@example.com\nTo: help@example.com\nSubject: what is this?\n"
             "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=f\n\n"
             "--f\nContent-Type: text/plain\n\nI got this, see below.\n\n"
             "--f\nContent-Type: message/rfc822\n\n%s\n--f--\n",
             UNKNOWN);
    assert_text(field(first(mail), WB_REPORT_KIND), "not-a-report");
    wb_session_follow(session, 1);
    const struct wb_report *r = first(mail);
    assert_text(field(r, WB_REPORT_KIND), "bounce");
    assert_text(field(r, WB_REPORT_RECIPIENT), "a@b.example");
    wb_session_follow(session, 0);
    assert_text(field(first(mail), WB_REPORT_KIND), "not-a-report");
}

/* What a scanner has put into another message is read as the message itself, by whoever reads. */
static void wrapped(void **state)
{
    (void)state;
    static const char *const from = "From: mailer-daemon@mx.example.com\n";
    static const struct {
        const char *from, *id, *kind, *recipient;
    } rows[] = {
        {"mailer-daemon@mx.example.com", "<1@mx.example.com>", "bounce", "a@b.example"},
        {"mailer-daemon@mx.example.com", "<2@mx.example.com>", "not-a-report", ""},
        {"ann@example.com", "<1@mx.example.com>", "not-a-report", ""},
    };
    char mail[4000];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(mail, sizeof mail,
                 "From: %s\nTo: ann@example.com\nSubject: *****SPAM***** hello\n"
                 "Message-ID: %s\n"
                 "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=f\n\n"
                 "--f\nContent-Type: text/plain\n\n"
                 "This may be spam. The original message has been attached to this.\n\n"
                 "--f\nContent-Type: message/rfc822\n\nMessage-ID: <1@mx.example.com>\n%s"
                 "To: ann@example.com\nSubject: failure notice\n\n"
                 "Hi. This is the qmail-send program at mx.example.com.\n"
                 "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
                 "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
                 "<a@b.example>:\nRemote host said: 550 5.2.2 mailbox full\n\n--f--\n",
                 rows[i].from, rows[i].id, from);
        const struct wb_report *r = first(mail);
        assert_text(field(r, WB_REPORT_KIND), rows[i].kind);
        assert_text(field(r, WB_REPORT_RECIPIENT), rows[i].recipient);
    }
}

/* Many mail programs attach a saved message as bytes of any kind; its name says what it is. */
static void follow_file(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *kind;
    } rows[] = {
        {"Content-Type: application/octet-stream; name=\"Undelivered.eml\"\n", "bounce"},
        {"Content-Type: application/octet-stream\n"
         "Content-Disposition: attachment; filename*=utf-8''Zustellung%20fehlgeschlagen.EML\n",
         "bounce"},
        {"Content-Type: application/octet-stream; name=\"Undelivered.zip\"\n", "not-a-report"},
        {"Content-Type: application/octet-stream\n", "not-a-report"},
    };
    char mail[4000];
    wb_session_follow(session, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(mail, sizeof mail,
                 "From: ann@example.com\nTo: help@example.com\nSubject: what is this?\n"
                 "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=f\n\n"
                 "--f\nContent-Type: text/plain\n\nI got this, see below.\n\n"
                 "--f\n%s\n%s\n--f--\n",
                 rows[i].fields, UNKNOWN);
        assert_text(field(first(mail), WB_REPORT_KIND), rows[i].kind);
    }
    wb_session_follow(session, 0);
}

/* Who wrote it, and what about, is told by other words than those of a header. */
static void follow_author(void **state)
{
    (void)state;
    static const struct {
        const char *mail, *kind, *recipient;
    } rows[] = {
        {"From: ann@example.com\nTo: help@example.com\n"
         "Subject: Re: AW: Request to mailing list Choir rejected\n\nWhy?\n\n"
         "On 3 May 2026 10:13, choir-bounces@lists.example.org wrote:\n"
         "> Your request to the choir@lists.example.org mailing list\n>\n"
         ">     Posting of your message titled \"Song\"\n>\n"
         "> has been rejected by the list moderator.  The moderator gave the\n"
         "> following reason for rejecting your request:\n>\n"
         "> \"Non-members are not allowed to post messages to this list.\"\n",
         "bounce", "choir@lists.example.org"},
        {"From: ann@example.com\nTo: help@example.com\nSubject: WG: x\n\nBitte.\n\n"
         "Betreff: Mail an a@b.example nicht zugestellt\nDatum: 3.5.2026\n"
         "Von: mailer-daemon@mx.example.com\nAn: ann@example.com\n\n"
         "I could not deliver your message to the following addresses:\n\n"
         "<a@b.example>: 550 5.1.1 User unknown\n",
         "bounce", "a@b.example"},
        {"From: ann@example.com\nTo: help@example.com\nSubject: x\n\n看看\n\n"
         "发件人: \"System Administrator\";\n发送时间: 2026年5月3日\n"
         "收件人: \"ann@example.com\";\n主题: Undeliverable: Offer\n\n"
         "Your message did not reach some or all of the intended recipients.\n\n"
         "The following recipient(s) cannot be reached:\n\n"
         "      'a@b.example' on 5/3/2026 10:12 AM\n            550 5.7.1 Unable to relay\n",
         "bounce", "a@b.example"},
        /* Exchange's words in other languages count only where it speaks */
        {"From: ann@example.com\nTo: help@example.com\nSubject: x\n\n看看\n\n"
         "发件人: Microsoft Outlook\n发送时间: 2026年5月3日\n收件人: ann@example.com\n"
         "主题: 未送达: 报价\n\n未能向以下收件人或组传递邮件:\n\n"
         "a@b.example\n找不到您输入的电子邮件地址。\n",
         "bounce", "a@b.example"},
        /* Outlook calls everybody by name */
        {"From: ann@example.com\nTo: help@example.com\nSubject: WG: x\n\nBitte.\n\n"
         "Von: Microsoft Outlook\nGesendet: Sonntag, 3. Mai 2026 10:12\nAn: Berg, Ann\n"
         "Betreff: Undeliverable: Offer\n\n"
         "Delivery has failed to these recipients or groups:\n\n"
         "a@b.example\nThe mailbox of the recipient is full.\n",
         "bounce", "a@b.example"},
        /* a further line without an address is no author */
        {"From: ann@example.com\nTo: help@example.com\nSubject: WG: x\n\nBitte.\n\n"
         "Betreff: Request to mailing list Choir rejected\nDatum: 3.5.2026\n"
         "Von: choir-bounces@lists.example.org\nAn: ann@example.com\nWichtigkeit: hoch\n\n"
         "Your request to the choir@lists.example.org mailing list\n\n"
         "    Posting of your message titled \"Song\"\n\n"
         "has been rejected by the list moderator.  The moderator gave the\n"
         "following reason for rejecting your request:\n\n"
         "\"Non-members are not allowed to post messages to this list.\"\n",
         "bounce", "choir@lists.example.org"},
        /* the question alone sounds like a report that names nobody */
        {"I got this back, what is wrong?\n\n-----Original Message-----\n"
         "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n"
         "Hi. This is the qmail-send program at mx.example.net.\n"
         "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
         "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
         "<a@b.example>:\nRemote host said: 550 5.2.2 mailbox full\n",
         "bounce", "a@b.example"},
        /* a report of nobody, for no reason: what came back with it is no answer to that */
        {"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: ann@example.com\n"
         "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
         "Content-Type: multipart/mixed; boundary=f\n\n"
         "--f\nContent-Type: text/plain\n\nYour message could not be delivered.\n\n"
         "--f\nContent-Type: message/rfc822\n\nFrom: ann@example.com\nSubject: Re: x\n"
         "Auto-Submitted: auto-replied (vacation)\n\nI am out of the office.\n\n--f--\n",
         "bounce", ""},
        /* words that count only from a list; whoever is named without a colon wrote none of them */
        {"From: ann@example.com\nTo: help@example.com\nSubject: Re: Song\n\nWhy?\n\n"
         "On 3 May 2026 10:13, choir-bounces@lists.example.org wrote:\n"
         "> Via mesaĝo al la dissendolisto choir@lists.example.org estis malakceptita:\n>\n"
         "> No non-members.\n",
         "bounce", "choir@lists.example.org"},
        {"From: ann@example.com\nTo: help@example.com\nSubject: Re: Song\n\n"
         "Should I write to choir-bounces@lists.example.org?\n\n"
         "> Via mesaĝo al la dissendolisto choir@lists.example.org estis malakceptita:\n>\n"
         "> No non-members.\n",
         "not-a-report", ""},
        {"From: ann@example.com\nTo: help@example.com\nSubject: Re: Song\n\nYes.\n\n"
         "On 3 May 2026 10:13, carl@example.org wrote:\n> When do we sing?\n",
         "not-a-report", ""},
    };
    wb_session_follow(session, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct wb_report *r = first(rows[i].mail);
        assert_text(field(r, WB_REPORT_KIND), rows[i].kind);
        assert_text(field(r, WB_REPORT_RECIPIENT), rows[i].recipient);
    }
    wb_session_follow(session, 0);
}

/* What is pasted into the page: somebody's words above the report, or the report above a mail. */
static void follow_pasted(void **state)
{
    (void)state;
    static const struct {
        const char *text, *recipient, *cause;
    } rows[] = {
        {"请帮忙看一下这个退信：\n\n---------- 转发的邮件 ---------\n"
         "发件人： Mail System <mailer-daemon@mx.example.com>\n日期： 2026年3月3日 10:11\n"
         "主题： Failure\n收件人： <ann@example.com>\n\n"
         "I could not deliver your message to the following addresses:\n\n"
         "<a@b.example>: 552 5.2.2 mailbox full\n",
         "a@b.example", "mailbox-full"},
        {"Begin forwarded message:\n\n> From: MAILER-DAEMON (Mail System)\n"
         "> Date: March 3, 2026 at 10:11:12 GMT+8\n> To: ann@example.com\n"
         "> Subject: Undelivered Mail Returned to Sender\n>\n"
         "> I could not deliver your message to the following addresses:\n>\n"
         "> <a@b.example>: 550 5.1.1 User unknown\n",
         "a@b.example", "user-unknown"},
        {"I wrote to a@b.example and this came back:\n\n----- Original Message -----\n"
         "From: MAILER-DAEMON@mx.example.com\nSubject: failure notice\n\n"
         "I could not deliver your message to the following addresses:\n\n"
         "<a@b.example>: 550 5.1.1 User unknown\n",
         "a@b.example", "user-unknown"},
        /* a report of a mail that passed on an older one */
        {"Your message could not be delivered to <a@b.example>: 552 5.2.2 mailbox full\n\n"
         "----- Original Message -----\nFrom: MAILER-DAEMON@old.example.com\nDate: 3 March 2026\n"
         "Subject: failure notice\n\n"
         "I could not deliver your message to the following addresses:\n\n"
         "<c@d.example>: 550 5.1.1 User unknown\n",
         "a@b.example", "mailbox-full"},
        /* and one of a mail that answered by itself */
        {"Your message could not be delivered to <a@b.example>.\n\n"
         "----- Original Message -----\nFrom: ann@example.com\nDate: 3 March 2026\n"
         "Subject: Automatic reply: Offer\n\nI am out of the office until Monday.\n",
         "a@b.example", "unknown"},
        /* a mail with its header is the report itself */
        {"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.com\nTo: ann@example.com\n"
         "Subject: failure notice\n\nYour message could not be delivered to <a@b.example>.\n\n"
         "----- Original Message -----\nFrom: MAILER-DAEMON@old.example.com\nDate: 3 March 2026\n"
         "Subject: failure notice\n\n"
         "I could not deliver your message to the following addresses:\n\n"
         "<c@d.example>: 550 5.1.1 User unknown\n",
         "a@b.example", "unknown"},
    };
    wb_session_follow(session, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct wb_report *r = first(rows[i].text);
        assert_text(field(r, WB_REPORT_RECIPIENT), rows[i].recipient);
        assert_text(field(r, WB_REPORT_CAUSE), rows[i].cause);
    }
    wb_session_follow(session, 0);
}

/* "De : ... Envoyé : ... À : ...": in which language a mail program speaks is all one. */
static void follow_header(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "De : Mail System <mailer-daemon@mx.example.com>\nEnvoyé : jeudi 6 février 2025\n"
        "À : ann@example.com\nObjet : Undelivered Mail\n\n",
        "发件人： Mail Delivery System\n发送时间： 2025-12-01 10:01\n收件人： ann\n"
        "主题： Undelivered Mail\n",
        "-------- Doorgestuurd bericht --------\nOnderwerp: \tUndelivered Mail\nDatum: \tMon, 1 "
        "Dec "
        "2025\nVan: \tMail System <mailer-daemon@mx.example.com>\nAan: \tann@example.com\n\n",
    };
    static const char reason[] = "I could not deliver your message to the following addresses:\n\n"
                                 "<a@b.example>: 550 5.1.1 User unknown\n";
    static const char head[] = "From: ann@example.com\nTo: help@example.com\nSubject: TR: retour\n"
                               "Content-Type: text/plain; charset=utf-8\n\nVoyez.\n\n";
    char mail[2000];
    wb_session_follow(session, 1);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        snprintf(mail, sizeof mail, "%s%s%s", head, headers[i], reason);
        const struct wb_analysis *a = wb_analyse_mail(session, mail, strlen(mail));
        assert_int_equal(wb_analysis_count(a), 1);
        assert_text(field(wb_analysis_report(a, 0), WB_REPORT_KIND), "bounce");
        assert_text(field(wb_analysis_report(a, 0), WB_REPORT_RECIPIENT), "a@b.example");
    }
    snprintf(mail, sizeof mail, "%sDate: 3 May\nPlace: a@b.example\nWhat: 550 User unknown\n",
             head);
    assert_text(field(first(mail), WB_REPORT_KIND), "not-a-report");
    wb_session_follow(session, 0);
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ONE(follow, "an attached report");
    UNIT_ONE(follow_file, "a report attached as a file");
    UNIT_ONE(follow_author, "a report whose author is told otherwise");
    UNIT_ONE(wrapped, "a report that a scanner has wrapped");
    UNIT_ONE(follow_pasted, "a report that was pasted with other words");
    UNIT_ONE(follow_header, "a report behind a header in the text");
    int failed = unit_run();
    wb_session_free(session);
    return failed;
}
