/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies, and what mail programs show of them. */
#include "analysed.h"

static struct wb_slice given; /* a copy of its own, so that no byte behind it is read */

/* The report on a reply, which stays until the next one. */
static const struct wb_report *answered(const char *text)
{
    free((char *)given.p);
    given = unit_exact(wb_slice_str(text));
    const struct wb_analysis *a = wb_analyse_reply(session, given.p, given.n);
    assert_int_equal(wb_analysis_count(a), 1);
    return wb_analysis_report(a, 0);
}

static const struct reply_row {
    const char *name, *text;
    const char *cause, *recipient, *stage, *fault, *responsible; /* NULL: not asked */
    int code;
} reply_rows[] = {
    {"the help page's title", "SMTP error, RCPT TO: 550 Relay Deny", "relay-denied", "", "rcpt",
     "sender-server", "sender", 550},
    {"Outlook Express",
     "The message could not be sent because one of the recipients was rejected by the server. The "
     "rejected e-mail address was 'a@b.example'. Subject 'Offer', Account: 'mail.example.com', "
     "Server: 'mail.example.com', Protocol: SMTP, Server Response: '550 5.7.1 Unable to relay', "
     "Port: 25, Secure(SSL): No, Server Error: 550, Error Number: 0x800CCC79",
     "relay-denied", "a@b.example", NULL, "sender-server", "sender", 550},
    {"Outlook Express in Chinese",
     "由于服务器拒绝收件人之一，无法发送邮件。被拒绝的电子邮件地址是“a@b.example”。 主题 '报价', "
     "帐户: 'mail.example.com', 服务器: 'mail.example.com', 协议: SMTP, 服务器响应: '550 5.7.1 "
     "Unable to relay', 端口: 25, 安全(SSL): 否, 服务器错误: 550, 错误号: 0x800CCC79",
     "relay-denied", "a@b.example", NULL, "sender-server", "sender", 550},
    {"Thunderbird",
     "An error occurred while sending mail. The mail server responded:  5.7.1 <a@b.example>: Relay "
     "access denied. Please check the message recipient \"a@b.example\" and try again.",
     "relay-denied", "a@b.example", NULL, "sender-server", "sender", 0},
    {"Foxmail", "SMTP 服务器错误: MAIL FROM: 553 authentication is required", "auth-required", "",
     NULL, "sender", NULL, 553},
    {"the other side's server", "550 5.1.1 <a@b.example>: User unknown", "user-unknown",
     "a@b.example", NULL, "recipient", "sender", 550},
    {"a failure behind a success", "250-mx.b.example\r\n250 ok\r\n550 5.1.1 <a@b.example> unknown",
     "user-unknown", "a@b.example", NULL, NULL, NULL, 550},
    {"lines folded into one", "550-5.1.1 The account\n550 5.1.1 does not exist", "user-unknown",
     NULL, NULL, NULL, NULL, 550},
    {"a reply in a reply",
     "450 4.1.1 <a@b.example>: unverified address: host mx.b.example[192.0.2.1] said: 552 5.2.2 "
     "over quota",
     "mailbox-full", "a@b.example", NULL, NULL, NULL, 552},
    {"GBK bytes", "550 \323\303\273\247\262\273\264\346\324\332", "user-unknown", NULL, NULL, NULL,
     NULL, 550},
    {"octal escapes",
     "550 \\347\\224\\250\\346\\210\\267\\344\\270\\215\\345\\255\\230\\345\\234"
     "\\250",
     "user-unknown", NULL, NULL, NULL, NULL, 550},
    {"words of a stage in capitals", "CONNECT TO mx.b.example[192.0.2.1]:25: Connection refused",
     "no-response", "", "connect", NULL, NULL, 0},
    {"nothing", "", "unknown", "", "", NULL, NULL, 0},
};

static void same(const struct wb_report *r, enum wb_report_field id, const char *want)
{
    if (want)
        assert_text(field(r, id), want);
}

static void reply(void **state)
{
    const struct reply_row *row = *state;
    const struct wb_report *r = answered(row->text);
    assert_text(field(r, WB_REPORT_KIND), "bounce");
    same(r, WB_REPORT_CAUSE, row->cause);
    same(r, WB_REPORT_RECIPIENT, row->recipient);
    same(r, WB_REPORT_STAGE, row->stage);
    same(r, WB_REPORT_FAULT, row->fault);
    same(r, WB_REPORT_RESPONSIBLE, row->responsible);
    assert_int_equal(wb_report_number(r, WB_REPORT_REPLY_CODE), row->code);
}

/* Which server answered, as the words of other servers and programs around the reply name it. */

static const struct remote_row {
    const char *text, *remote;
} remote_rows[] = {
    {"HOST mx.b.example[192.0.2.1] SAID: 550 5.1.1 user unknown", "mx.b.example"},
    {"Host: mx.b.example (192.0.2.1) said 550 user unknown", "mx.b.example"},
    {"Remote Server at mx.b.example (192.0.2.1) returned '550 5.1.1 unknown'", "mx.b.example"},
    {"<mx.b.example #5.1.1 smtp; 550 5.1.1 user unknown>", "mx.b.example"},
    {"<mx.b.example #4.4.2 smtp; 451 4.4.2 later>", "mx.b.example"},
    {"mx.b.example gave this error: 550 user unknown", "mx.b.example"},
    {"550 user unknown, ask a@b.example gave this error", ""},
    {"550 5.1.1 no such user on this host", ""},
};

static void remote(void **state)
{
    const struct remote_row *row = *state;
    const struct wb_report *r = answered(row->text);
    assert_text(field(r, WB_REPORT_REMOTE_MTA), row->remote);
}

/* What refuses nothing is no failure, whatever it speaks of (RFC 5321 4.2.1). */

static const struct positive_row {
    const char *text, *kind, *action;
} positive_rows[] = {
    {"250 2.0.0 accepted (virus scanned, no spam)", "delivered", "relayed"},
    {"250 2.1.5 <a@b.example> user unknown, accepted for the postmaster", "delivered", "relayed"},
    {"251 user not local; will forward to <c@d.example>", "delivered", "relayed"},
    {"250", "delivered", "relayed"},
    {"220 mx.b.example ESMTP", "not-a-report", ""},
    {"221 2.0.0 bye", "not-a-report", ""},
    {"354 end data with a dot; spam is rejected", "not-a-report", ""},
    {"2500 users unknown", "bounce", "failed"},
    {"250 ok, but then 550 5.7.1 rejected", "bounce", "failed"},
    {"2.0.0 is what was not said: mailbox full", "bounce", "failed"},
};

static void positive(void **state)
{
    const struct positive_row *row = *state;
    const struct wb_report *r = answered(row->text);
    assert_text(field(r, WB_REPORT_KIND), row->kind);
    assert_text(field(r, WB_REPORT_ACTION), row->action);
    assert_int_equal(field(r, WB_REPORT_CAUSE).n > 0, strcmp(row->kind, "bounce") == 0);
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ROWS(reply, reply_rows);
    UNIT_ROWS(positive, positive_rows);
    UNIT_ROWS(remote, remote_rows);
    int failed = unit_run();
    wb_session_free(session);
    free((char *)given.p);
    return failed;
}
