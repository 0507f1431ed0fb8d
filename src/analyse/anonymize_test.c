/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounce without its people. In every mail below the sender is Zhangsan Example
 * <zsender@corp.example>, the recipient <wrecipient@firm.example>, the subject "Confidential
 * quarterly figures" and the text "private words inside": none of these words may be left, in no
 * encoding, and the verdict must be the same.
 */
#include "whybounce.h"

#include "unit.h"

static struct wb_session *session;

#define RETURNED                                                                                   \
    "Received: from pc.corp.example by mail.corp.example for <wrecipient@firm.example>; Mon, 2 "   \
    "Mar 2026 09:40:01 +0800\n"                                                                    \
    "Message-ID: <1@corp.example>\nFrom: Zhangsan Example <zsender@corp.example>\n"                \
    "To: <wrecipient@firm.example>\nSubject: Confidential quarterly figures\n"                     \
    "Content-Type: text/plain\n\nprivate words inside\n"
#define HEAD(content)                                                                              \
    "Return-Path: <>\nFrom: MAILER-DAEMON@mail.corp.example (Mail Delivery System)\n"              \
    "To: zsender@corp.example\nSubject: Undelivered Mail Returned to Sender\n"                     \
    "MIME-Version: 1.0\nContent-Type: " content "\n\n"
#define REPORT HEAD("multipart/report; report-type=delivery-status; boundary=b")
#define FIELDS                                                                                     \
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.corp.example\n\n"      \
    "Final-Recipient: rfc822; wrecipient@firm.example\nAction: failed\nStatus: 5.1.1\n"            \
    "Diagnostic-Code: smtp; 550 5.1.1 <wrecipient@firm.example>: User unknown\n\n"
#define TEXT                                                                                       \
    "--b\nContent-Type: text/plain\n\n"                                                            \
    "<wrecipient@firm.example>: host mx.firm.example[192.0.2.1] said: 550 5.1.1 User unknown\n\n"

static const struct row {
    const char *name, *mail;
    const char *kept; /* some words that tell nothing about people */
} rows[] = {
    {"report with the message",
     REPORT TEXT FIELDS "--b\nContent-Type: message/rfc822\n\n" RETURNED "\n--b--\n",
     "Diagnostic-Code"},
    {"report with the header",
     REPORT TEXT FIELDS "--b\nContent-Type: text/rfc822-headers\n\n" RETURNED "\n--b--\n",
     "mx.firm.example"},
    {"a part that was pasted and reads as a reply",
     "--b\nContent-Type: text/plain\n\n550 5.1.1 wrecipient@firm.example: User unknown\n--b--\n",
     "User unknown"},
    {"qmail: the message as text",
     HEAD("text/plain") "Hi. This is the qmail-send program at mail.corp.example.\n"
                        "I'm afraid I wasn't able to deliver your message to the following "
                        "addresses.\n"
                        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
                        "<wrecipient@firm.example>:\n192.0.2.1 does not like recipient.\n"
                        "Remote host said: 550 5.1.1 No such user here\nGiving up on 192.0.2.1.\n\n"
                        "--- Below this line is a copy of the message.\n\n" RETURNED,
     "qmail-send"},
    {"the returned message in base64",
     REPORT TEXT FIELDS
     "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
     "RnJvbTogWmhhbmdzYW4gRXhhbXBsZSA8enNlbmRlckBjb3JwLmV4YW1wbGU+ClRvOiA8d3JlY2lw\n"
     "aWVudEBmaXJtLmV4YW1wbGU+ClN1YmplY3Q6IENvbmZpZGVudGlhbCBxdWFydGVybHkgZmlndXJl\n"
     "cwoKcHJpdmF0ZSB3b3JkcyBpbnNpZGUK\n--b--\n",
     "User unknown"},
    {"the text in base64",
     REPORT "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
            "PHdyZWNpcGllbnRAZmlybS5leGFtcGxlPjogNTUwIDUuMS4xIFVzZXIgdW5rbm93bgpTdWJqZWN0\n"
            "IHdhczogQ29uZmlkZW50aWFsIHF1YXJ0ZXJseSBmaWd1cmVzCg==\n" FIELDS
            "--b\nContent-Type: text/rfc822-headers\n\n" RETURNED "\n--b--\n",
     "User unknown"},
    {"the text in quoted-printable",
     REPORT "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
            "Dear =5Ahangsan Exa=\nmple: wrecip=\nient@firm.example is unknown\n" FIELDS
            "--b\nContent-Type: text/rfc822-headers\n\n" RETURNED "\n--b--\n",
     "is unknown"},
    {"the subject and the name in encoded words",
     REPORT TEXT FIELDS
     "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@corp.example>\n"
     "From: =?utf-8?B?WmhhbmdzYW4gRXhhbXBsZQ==?= <zsender@corp.example>\n"
     "To: =?utf-8?Q?Wrecipient?= <wrecipient@firm.example>\n"
     "Subject: =?utf-8?B?Q29uZmlkZW50aWFsIHF1YXJ0ZXJs?=\n =?utf-8?Q?y_figures?=\n\n--b--\n",
     "User unknown"},
    {"the subject repeated outside",
     "From: postmaster@firm.example\nTo: Zhangsan Example <zsender@corp.example>\n"
     "Subject: Undeliverable: Confidential quarterly figures\nMIME-Version: 1.0\n"
     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
     "--b\nContent-Type: text/plain\n\nYour message\n\n  To: wrecipient@firm.example\n"
     "  Subject: Confidential quarterly figures\n\ncould not be delivered.\n\n" FIELDS
     "--b\nContent-Type: message/rfc822\n\n" RETURNED "\n--b--\n",
     "Undeliverable:"},
    {"VERP and traces",
     "Return-Path: <>\nDelivered-To: news+wrecipient=firm.example@corp.example\n"
     "X-Failed-Recipients: wrecipient@firm.example\nFrom: MAILER-DAEMON@mail.corp.example\n"
     "To: news+wrecipient=firm.example@corp.example\nSubject: Undelivered Mail\n"
     "MIME-Version: 1.0\n"
     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" TEXT FIELDS
     "--b\nContent-Type: message/rfc822\n\nReturn-Path: "
     "<news+wrecipient=firm.example@corp.example>\n"
     "Thread-Topic: Confidential quarterly figures\nX-Envelope-To: "
     "wrecipient@firm.example\n" RETURNED "\n--b--\n",
     "User unknown"},
    {"a complaint",
     "From: fbl@firm.example\nTo: abuse@corp.example\nSubject: FW: Confidential quarterly figures\n"
     "MIME-Version: 1.0\n"
     "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
     "--b\nContent-Type: text/plain\n\nAn abuse report.\n\n"
     "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: X/1\n"
     "Version: 1\nOriginal-Mail-From: <zsender@corp.example>\n"
     "Original-Rcpt-To: <wrecipient@firm.example>\n\n"
     "--b\nContent-Type: message/rfc822\n\n" RETURNED "\n--b--\n",
     "Feedback-Type: abuse"},
    {"an attachment in the returned message",
     REPORT TEXT FIELDS
     "--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@corp.example>\n"
     "From: Zhangsan Example <zsender@corp.example>\nTo: wrecipient@firm.example\n"
     "Subject: Confidential quarterly figures\nMIME-Version: 1.0\n"
     "Content-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/html\n\n"
     "<p>private words inside</p>\n--c\nContent-Type: application/octet-stream; "
     "name=\"Confidential.pdf\"\nContent-Disposition: attachment; filename=\"quarterly.pdf\"\n"
     "Content-Transfer-Encoding: base64\n\ncHJpdmF0ZSB3b3Jkcw==\n--c--\n\n--b--\n",
     "User unknown"},
    {"names of files in other forms",
     REPORT TEXT FIELDS
     "--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@corp.example>\n"
     "From: Zhangsan Example <zsender@corp.example>\nTo: wrecipient@firm.example\n"
     "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=c\n\n"
     "--c\nContent-Type: application/pdf; NAME=geheim.pdf; x=1\nContent-Description: geheim\n"
     "Content-Disposition: attachment;\n filename*0*=utf-8''geheim;\n"
     " filename*1=\"ge\\\"heim geheim.pdf\"\n\nx\n--c--\n\n--b--\n",
     "User unknown"},
    {"several recipients, each with a name",
     REPORT TEXT FIELDS
     "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@corp.example>\n"
     "From: \"Zhangsan Example\" <zsender@corp.example>\n"
     "To: Ann <wrecipient@firm.example>, \"Geheim, Bob\" <wrecipient@firm.example>,\n"
     " Zhangsan <zsender@corp.example>\nSubject: Confidential\n\n--b--\n",
     "User unknown"},
    {"a complaint without a text of its own",
     "From: fbl@firm.example\nTo: abuse@corp.example\nSubject: complaint about message from "
     "192.0.2.1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
     "--b\nContent-Type: message/rfc822\n\n" RETURNED "\n--b--\n",
     "complaint about message from 192.0.2.1"},
    {"at-signs of HTML, and quoted names",
     HEAD("text/html") "<p>Your message could not be delivered: <b>wrecipient&#64;firm.example</b> "
                       "(also &quot;x&quot;, \"zsender inside\"@corp.example): 550 5.1.1 User "
                       "unknown</p>\n",
     "User unknown"},
    {"boundaries lost", REPORT "Not delivered: <wrecipient@firm.example>\n550 5.1.1 User unknown\n",
     "User unknown"},
    {"Japanese, in which at-signs are letters",
     HEAD("text/plain; charset=iso-2022-jp") "\033$B$*Aw$j$7$?@h\033(B\n<wrecipient@firm.example>: "
                                             "550 5.1.1 User unknown\n",
     "$*Aw$j$7$?@h"},
    {"HTML only",
     HEAD("text/html") "<html><body><p>Your message to <b>wrecipient@firm.example</b> could not be "
                       "delivered:</p><p>550 5.1.1 User unknown</p><p>Subject: Confidential "
                       "quarterly figures</p>"
                       "</body></html>\n",
     "User unknown"},
};

/* Words of people, subject and text. */
static const char *const secrets[] = {"zhangsan",     "zsender",   "wrecipient",
                                      "confidential", "quarterly", "figures",
                                      "private",      "inside",    "geheim"};

static bool masked_of(struct wb_slice text, const char *where)
{
    bool good = true;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (wb_slice_hasi(text, wb_slice_str(secrets[i]))) {
            print_error("\"%s\" is left %s\n", secrets[i], where);
            good = false;
        }
    return good;
}

static const enum wb_report_field verdict[] = {
    WB_REPORT_KIND,          WB_REPORT_CAUSE,          WB_REPORT_CONFIDENCE, WB_REPORT_PERMANENCE,
    WB_REPORT_FAULT,         WB_REPORT_RECOMMENDATION, WB_REPORT_STATUS,     WB_REPORT_DIALECT,
    WB_REPORT_EVIDENCE_RULE, WB_REPORT_REPORTING_MTA,  WB_REPORT_ACTION,
};
enum { FIELDS_OF_VERDICT = sizeof verdict / sizeof verdict[0] };

struct seen {
    size_t count;
    char fields[FIELDS_OF_VERDICT][100];
};

static void look(struct wb_slice mail, struct seen *out)
{
    const struct wb_analysis *a = wb_analyse_mail(session, mail.p, mail.n);
    out->count = wb_analysis_count(a);
    for (size_t i = 0; i < FIELDS_OF_VERDICT; i++) {
        struct wb_string s = wb_report_string(wb_analysis_report(a, 0), verdict[i]);
        snprintf(out->fields[i], sizeof out->fields[i], "%.*s", (int)s.length, s.text);
    }
}

static size_t count_of(struct wb_slice text, const char *piece)
{
    size_t n = 0, at;
    struct wb_slice p = wb_slice_str(piece);
    while ((at = wb_slice_findi(text, p)) < text.n) {
        n++;
        text = wb_slice_from(text, at + p.n);
    }
    return n;
}

static void anonymize(void **state)
{
    const struct row *row = *state;
    struct seen before, after;
    struct wb_slice mail = wb_slice_str(row->mail);
    look(mail, &before);
    struct wb_string out = wb_mail_anonymize(session, mail.p, mail.n);
    char *copy = strndup(out.text, out.length);
    struct wb_slice masked = wb_slice(copy, out.length);
    bool good = masked_of(masked, "in the bytes");
    struct wb_string json = wb_mail_json(session, masked.p, masked.n);
    good &= masked_of(wb_slice(json.text, json.length), "in what is read");
    look(masked, &after);
    for (size_t i = 0; i < FIELDS_OF_VERDICT; i++)
        if (strcmp(before.fields[i], after.fields[i]) != 0) {
            print_error("field %zu: %s became %s\n", i, before.fields[i], after.fields[i]);
            good = false;
        }
    assert_int_equal(before.count, after.count);
    assert_int_equal(count_of(mail, "\n--b"), count_of(masked, "\n--b"));
    assert_int_equal(count_of(mail, "\nContent-Type:"), count_of(masked, "\nContent-Type:"));
    assert_true(wb_slice_find(masked, wb_slice_str(row->kept)) < masked.n);
    assert_true(good);
    free(copy);
}

/* What stands around an address stays, and so does a word that makes it a mailing list's. */
static const struct {
    const char *name, *text, *masked;
} around_rows[] = {
    {"an address in a link", "see http://a.example/?id=li@x.example",
     "see http://a.example/?id=user2@x.example"},
    {"a Chinese label", "收件人：li@x.example 邮箱已满", "收件人：user2@x.example 邮箱已满"},
    {"a label without a mark", "收件人li@x.example", "收件人user2@x.example"},
    {"a sentence around it", "用户“li@x.example”不存在", "用户“user2@x.example”不存在"},
    {"a Chinese local part", "<李四@x.example>", "<user2@x.example>"},
    {"one that touches a sentence", "联系李四@x.example", "user2@x.example"},
    {"a Chinese label in GBK", "\xCA\xD5\xBC\xFE\xC8\xCB li@x.example",
     "\xCA\xD5\xBC\xFE\xC8\xCB user2@x.example"},
    {"quotes", "'li@x.example'", "'user2@x.example'"},
    {"owner", "choir-owner@x.example, choir@x.example", "user2-owner@x.example, user2@x.example"},
    {"bounces of one", "choir-bounces+li=y.example@x.example",
     "user2-bounces+user3=y.example@x.example"},
    {"a number behind the word", "choir-return-77@x.example", "user2-return@x.example"},
    {"a name that only begins so", "li-ownerson@x.example", "user2@x.example"},
};

static void around(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof around_rows / sizeof around_rows[0]; i++) {
        char mail[1000];
        int n = snprintf(mail, sizeof mail, "From: a@b.example\n\n%s\n", around_rows[i].text);
        struct wb_string out = wb_mail_anonymize(session, mail, (size_t)n);
        struct wb_slice body = wb_slice(out.text, out.length);
        body = wb_slice_trim(wb_slice_from(body, wb_slice_find(body, WB_S("\n\n"))));
        if (!wb_slice_eq(body, wb_slice_str(around_rows[i].masked)))
            fail_msg("%s: %.*s", around_rows[i].name, WB_F(body));
    }
}

/* The same address gets the same name, another one another. */
static void names(void **state)
{
    static const char MAIL[] = REPORT
        "--b\nContent-Type: text/plain\n\nNot delivered.\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; m.example\n\n"
        "Final-Recipient: rfc822; one@firm.example\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; two@firm.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n";
    (void)state;
    struct wb_string out = wb_mail_anonymize(session, MAIL, sizeof MAIL - 1);
    char *copy = strndup(out.text, out.length);
    const struct wb_analysis *a = wb_analyse_mail(session, copy, strlen(copy));
    assert_int_equal(wb_analysis_count(a), 2);
    struct wb_string one = wb_report_string(wb_analysis_report(a, 0), WB_REPORT_RECIPIENT);
    struct wb_string two = wb_report_string(wb_analysis_report(a, 1), WB_REPORT_RECIPIENT);
    assert_true(one.length && two.length);
    assert_false(wb_slice_eq(wb_slice(one.text, one.length), wb_slice(two.text, two.length)));
    assert_true(wb_slice_ends(wb_slice(one.text, one.length), WB_S("@firm.example")));
    free(copy);
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ROWS(anonymize, rows);
    UNIT_ONE(around, "what stands around an address");
    UNIT_ONE(names, "one address, one name");
    int failed = unit_run();
    wb_session_free(session);
    return failed;
}
