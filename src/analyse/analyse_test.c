/* SPDX-License-Identifier: BSD-2-Clause */
/* The library as its header promises it. */
#include "whybounce.h"

#include "unit.h"

static struct wb_catalogue *cat;
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
static const char FULL[] = REPORT("c@d.example", "552 5.2.2 mailbox is full", "Other");

static struct wb_slice text_of(struct wb_string s)
{
    assert_non_null(s.text);
    return wb_slice(s.text, s.length);
}

static const struct wb_report *first(const char *mail)
{
    const struct wb_analysis *a = wb_analyse_mail(session, mail, strlen(mail));
    assert_true(wb_analysis_count(a) >= 1);
    return wb_analysis_report(a, 0);
}

static struct wb_slice field(const struct wb_report *r, enum wb_report_field id)
{
    return text_of(wb_report_string(r, id));
}

static bool has(struct wb_slice text, const char *piece)
{
    return wb_slice_find(text, wb_slice_str(piece)) < text.n;
}

/* A copy of the JSON of a mail, to be freed. */
static char *json_of(struct wb_session *s, const char *mail)
{
    struct wb_string json = wb_mail_json(s, mail, strlen(mail));
    return strndup(json.text, json.length);
}

/* ---- handles ---- */

static void catalogue_trouble(void **state)
{
    char trouble[WB_TROUBLE_TEXT] = "";
    (void)state;
    assert_null(wb_catalogue_open("/nowhere/at all.wbc", trouble));
    assert_true(strstr(trouble, "/nowhere/at all.wbc") && strstr(trouble, "No such file"));
    assert_null(wb_catalogue_open("/nowhere/at all.wbc", NULL));
    assert_null(wb_catalogue_open("/dev/null", trouble));
    assert_true(strstr(trouble, "/dev/null"));
    wb_catalogue_free(NULL);
    wb_session_free(NULL);
}

static void two_sessions(void **state)
{
    (void)state;
    struct wb_session *other = wb_session_new(cat), *own = wb_session_new(NULL);
    assert_true(other && own);
    char *a = json_of(session, UNKNOWN), *b = json_of(other, UNKNOWN), *c = json_of(own, UNKNOWN);
    assert_string_equal(a, b);
    assert_string_equal(a, c);
    wb_session_free(other);
    wb_session_free(own);
    free(a);
    free(b);
    free(c);
    assert_true(wb_catalogue_version(cat).length > 0);
    assert_true(wb_version()[0] >= '0');
}

/* What another session has found out changes no answer; that of another catalogue does not count.
 */
static void learned(void **state)
{
    (void)state;
    struct wb_session *other = wb_session_new(cat), *own = wb_session_new(NULL);
    char *a = json_of(session, UNKNOWN), *b = json_of(session, FULL);
    assert_int_equal(wb_session_learn(own, session), 0);
    assert_int_equal(wb_session_learn(session, session), 1);
    assert_int_equal(wb_session_learn(other, session), 1);
    char *c = json_of(other, FULL), *d = json_of(other, UNKNOWN);
    assert_string_equal(a, d);
    assert_string_equal(b, c);
    wb_session_free(other);
    wb_session_free(own);
    free(a), free(b), free(c), free(d);
}

/* ---- a session from message to message ---- */

static void reuse(void **state)
{
    (void)state;
    char *before = json_of(session, UNKNOWN), *other = json_of(session, FULL);
    assert_true(strcmp(before, other) != 0);
    char *after = json_of(session, UNKNOWN);
    assert_string_equal(before, after);
    wb_analyse_reply(session, "550 5.7.1 Relay denied", 22);
    free(after);
    after = json_of(session, UNKNOWN);
    assert_string_equal(before, after);
    free(before);
    free(other);
    free(after);
}

/* A message with a limit reached leaves nothing behind for the next. */
static void limits_end_with_the_message(void **state)
{
    (void)state;
    size_t n = 0, cap = 4 << 20;
    char *mail = malloc(cap), *before = json_of(session, UNKNOWN);
    n += (size_t)snprintf(mail, cap, "From: a@example.com\nTo: b@example.com\n");
    for (int i = 0; i < 5000; i++)
        n += (size_t)snprintf(mail + n, cap - n, "X-Field-%d: value\n", i);
    n += (size_t)snprintf(mail + n, cap - n, "\ntext\n");
    struct wb_slice json = text_of(wb_mail_json(session, mail, n));
    assert_true(has(json, "\"limits_hit\":[\"headers\"]"));
    char *after = json_of(session, UNKNOWN);
    assert_string_equal(before, after);
    assert_true(strstr(after, "\"limits_hit\":[]") != NULL);
    free(mail);
    free(before);
    free(after);
}

static const struct odd_row {
    const char *name, *bytes;
    size_t n;
} odd_rows[] = {
    {"nothing", "", 0},
    {"one byte", "x", 1},
    {"NULs", "\0\0\0\0", 4},
    {"a line end", "\n", 1},
    {"a bare CR", "\r", 1},
    {"a colon", ":", 1},
    {"binary", "\377\376\0\1", 4},
    {"a boundary", "--\n--\n", 6},
    {"From_", "From \n", 6},
    {"only a header", "From: a@example.com", 19},
};

static void odd(void **state)
{
    const struct odd_row *row = *state;
    struct wb_slice exact = unit_exact(wb_slice(row->bytes, row->n));
    const struct wb_analysis *a = wb_analyse_mail(session, exact.p, exact.n);
    assert_int_equal(wb_analysis_count(a), 1);
    const struct wb_report *r = wb_analysis_report(a, 0);
    assert_text(field(r, WB_REPORT_KIND), "not-a-report");
    assert_text(field(r, WB_REPORT_RECOMMENDATION), "none");
    assert_text(field(r, WB_REPORT_CAUSE), "");
    assert_int_equal(wb_report_number(r, WB_REPORT_REPLY_CODE), 0);
    assert_int_equal(wb_report_number(r, WB_REPORT_EVIDENCE_OFFSET), -1);
    assert_true(wb_analysis_render(session, a, "text").length > 0);
    assert_true(wb_analysis_render(session, a, "json").length > 0);
    wb_mail_anonymize(session, exact.p, exact.n);
    free((char *)exact.p);
}

/* ---- fields ---- */

static void fields(void **state)
{
    (void)state;
    const struct wb_report *r = first(UNKNOWN);
    assert_text(field(r, WB_REPORT_KIND), "bounce");
    assert_text(field(r, WB_REPORT_RECIPIENT), "a@b.example");
    assert_text(field(r, WB_REPORT_CAUSE), "user-unknown");
    assert_text(field(r, WB_REPORT_STATUS), "5.1.1");
    assert_text(field(r, WB_REPORT_RECOMMENDATION), "suppress");
    assert_text(field(r, WB_REPORT_DIAGNOSTIC), "550 5.1.1 User unknown");
    assert_text(field(r, WB_REPORT_REPORTING_MTA), "mail.example.com");
    assert_text(field(r, WB_REPORT_MESSAGE_ID), "1@example.com");
    assert_text(field(r, WB_REPORT_SUBJECT), "Offer");
    assert_text(field(r, WB_REPORT_REMOTE_MTA), "");
    assert_int_equal(wb_report_number(r, WB_REPORT_REPLY_CODE), 550);
    assert_int_equal(wb_report_number(r, WB_REPORT_SIZE_LIMIT), 0);
    /* the words that decided stand where the report says */
    struct wb_slice words = field(r, WB_REPORT_EVIDENCE_TEXT);
    int64_t at = wb_report_number(r, WB_REPORT_EVIDENCE_OFFSET);
    assert_true(words.n && at > 0 && (size_t)at + words.n < sizeof UNKNOWN);
    assert_memory_equal(UNKNOWN + at, words.p, words.n);
}

/* One failure has one key, however it is reported; each report has its own id. */
static void keys(void **state)
{
    char key[64], id[64];
    (void)state;
    const struct wb_report *r = first(UNKNOWN);
    snprintf(key, sizeof key, "%.*s", WB_F(field(r, WB_REPORT_FAILURE_KEY)));
    snprintf(id, sizeof id, "%.*s", WB_F(field(r, WB_REPORT_REPORT_ID)));
    assert_int_equal(strlen(key), 32);
    r = first(REPORT("A@B.Example", "550 5.1.1 no such user", "Offer"));
    assert_text(field(r, WB_REPORT_FAILURE_KEY), key);
    assert_true(!wb_slice_eq(field(r, WB_REPORT_REPORT_ID), wb_slice_str(id)));
    r = first(FULL);
    assert_true(!wb_slice_eq(field(r, WB_REPORT_FAILURE_KEY), wb_slice_str(key)));
}

static void settings(void **state)
{
    (void)state;
    struct wb_session *s = wb_session_new(cat);
    wb_session_keep_headers(s, "X-Campaign, X-None");
    wb_session_source(s, "box.mbox", 3);
    char *json = json_of(s, UNKNOWN);
    assert_true(strstr(json, "\"headers\":{\"X-Campaign\":\"spring\",\"X-None\":null}") != NULL);
    assert_true(strstr(json, "\"source\":\"box.mbox\",\"index\":3") != NULL);
    free(json);
    wb_session_keep_headers(s, "");
    json = json_of(s, UNKNOWN);
    assert_true(strstr(json, "\"headers\":{}") != NULL);
    free(json);
    wb_session_free(s);
}

static const struct language_row {
    const char *tag, *want;
} language_rows[] = {
    {"zh", "zh"},    {"zh-CN", "zh"}, {"zh_TW.UTF-8", "zh"}, {"ZH-Hans", "zh"}, {"en", "en"},
    {"en-GB", "en"}, {"de", "en"},    {"zhx", "en"},         {"", "en"},        {"C", "en"},
};

static void language(void **state)
{
    const struct language_row *row = *state;
    char want[40];
    wb_session_language(session, row->tag);
    const struct wb_analysis *a = wb_analyse_mail(session, UNKNOWN, sizeof UNKNOWN - 1);
    snprintf(want, sizeof want, "\"language\":\"%s\"", row->want);
    assert_true(has(text_of(wb_analysis_render(session, a, "words")), want));
    wb_session_language(session, "en");
}

static void forms(void **state)
{
    (void)state;
    const struct wb_analysis *a = wb_analyse_mail(session, UNKNOWN, sizeof UNKNOWN - 1);
    struct wb_slice json = text_of(wb_analysis_render(session, a, "json"));
    char *one = strndup(json.p, json.n), *other = json_of(session, UNKNOWN);
    assert_string_equal(one, other);
    free(one);
    free(other);
    assert_int_equal(text_of(wb_analysis_render(session, a, "pdf")).n, 0);
    assert_int_equal(text_of(wb_form_head(session, "json")).n, 0);
    assert_true(has(text_of(wb_form_head(session, "csv")), "kind,recipient,cause"));
}

/* ---- a report that somebody passes on ---- */

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
        /* whoever is named without a colon wrote nothing of what is quoted */
        {"From: ann@example.com\nTo: help@example.com\n"
         "Subject: Re: Request to mailing list Choir rejected\n\n"
         "Should I write to choir-bounces@lists.example.org?\n\n"
         "> Your request to the choir@lists.example.org mailing list\n>\n"
         ">     Posting of your message titled \"Song\"\n>\n"
         "> has been rejected by the list moderator.  The moderator gave the\n"
         "> following reason for rejecting your request:\n>\n"
         "> \"Non-members are not allowed to post messages to this list.\"\n",
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

/* The same words about two messages are two reports; the masked copy has all that was pasted. */
static void pasted(void **state)
{
    (void)state;
    static const char first_of_two[] =
        "You wrote to a@b.example. That is not a valid user here.\n\n"
        "Received: from x by y\nMessage-ID: <1@example.com>\n",
                      second[] = "You wrote to a@b.example. That is not a valid user here.\n\n"
                                 "Received: from x by y\nMessage-ID: <2@example.com>\n";
    char id[64];
    const struct wb_report *r = first(first_of_two);
    assert_text(field(r, WB_REPORT_CAUSE), "user-unknown");
    assert_text(field(r, WB_REPORT_RECIPIENT), "a@b.example");
    snprintf(id, sizeof id, "%.*s", WB_F(field(r, WB_REPORT_REPORT_ID)));
    assert_false(wb_slice_eq(field(first(second), WB_REPORT_REPORT_ID), wb_slice_str(id)));
    assert_text(field(first(first_of_two), WB_REPORT_REPORT_ID), id);
    struct wb_slice masked = text_of(wb_mail_anonymize(session, second, strlen(second)));
    assert_true(has(masked, "not a valid user") && has(masked, "Received:"));
    assert_false(has(masked, "a@b.example"));
}

/* ---- replies, and what mail programs show of them ---- */

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
    struct wb_slice exact = unit_exact(wb_slice_str(row->text));
    const struct wb_analysis *a = wb_analyse_reply(session, exact.p, exact.n);
    assert_int_equal(wb_analysis_count(a), 1);
    const struct wb_report *r = wb_analysis_report(a, 0);
    assert_text(field(r, WB_REPORT_KIND), "bounce");
    same(r, WB_REPORT_CAUSE, row->cause);
    same(r, WB_REPORT_RECIPIENT, row->recipient);
    same(r, WB_REPORT_STAGE, row->stage);
    same(r, WB_REPORT_FAULT, row->fault);
    same(r, WB_REPORT_RESPONSIBLE, row->responsible);
    assert_int_equal(wb_report_number(r, WB_REPORT_REPLY_CODE), row->code);
    free((char *)exact.p);
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
    struct wb_slice exact = unit_exact(wb_slice_str(row->text));
    const struct wb_report *r = wb_analysis_report(wb_analyse_reply(session, exact.p, exact.n), 0);
    assert_text(field(r, WB_REPORT_REMOTE_MTA), row->remote);
    free((char *)exact.p);
}

/* A file with nothing but the fields of a report is read for them; a large one is something else.
 */
static void attached_fields(void **state)
{
    (void)state;
    for (int large = 0; large < 2; large++) {
        char mail[30000];
        int n =
            snprintf(mail, sizeof mail, "%s%s",
                     "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.com\nTo: ann@example.com\n"
                     "Subject: Undelivered mail\nMIME-Version: 1.0\n"
                     "Content-Type: multipart/mixed; boundary=f\n\n--f\n"
                     "Content-Type: text/plain\n\nSee the details.\n\n--f\n"
                     "Content-Type: text/plain; name=details.txt\n"
                     "Content-Disposition: attachment\n\n",
                     "Reporting-MTA: dns; mx.example.com\n\n"
                     "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n");
        for (int i = 0; large && i < 400; i++)
            n += snprintf(mail + n, sizeof mail - (size_t)n,
                          "and so on with what else the log of the night has\n");
        snprintf(mail + n, sizeof mail - (size_t)n, "--f--\n");
        assert_text(field(first(mail), WB_REPORT_RECIPIENT), large ? "" : "a@b.example");
    }
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
    struct wb_slice exact = unit_exact(wb_slice_str(row->text));
    const struct wb_report *r = wb_analysis_report(wb_analyse_reply(session, exact.p, exact.n), 0);
    assert_text(field(r, WB_REPORT_KIND), row->kind);
    assert_text(field(r, WB_REPORT_ACTION), row->action);
    assert_int_equal(field(r, WB_REPORT_CAUSE).n > 0, strcmp(row->kind, "bounce") == 0);
    free((char *)exact.p);
}

/* ---- causes by words ---- */

static const struct describe_row {
    const char *words, *cause; /* NULL: nothing fits */
} describe_rows[] = {
    {"user-unknown", "user-unknown"},
    {"No such user", "user-unknown"},
    {"查无此人", "user-unknown"},
    {"over quota", "mailbox-full"},
    {"xyzzy plugh", NULL},
};

static void describe(void **state)
{
    const struct describe_row *row = *state;
    char want[60];
    struct wb_slice json = text_of(wb_describe_causes(session, row->words, "json"));
    snprintf(want, sizeof want, "\"cause\":\"%s\"", row->cause ? row->cause : "");
    if (row->cause)
        assert_true(has(wb_slice_head(json, wb_slice_chr(json, '\n')), want));
    else
        assert_int_equal(json.n, 0);
}

int main(void)
{
    cat = wb_catalogue_open(NULL, NULL);
    session = cat ? wb_session_new(cat) : NULL;
    if (!session)
        return 1;
    UNIT_ONE(catalogue_trouble, "one sentence");
    UNIT_ONE(two_sessions, "on one catalogue");
    UNIT_ONE(learned, "what another one knows");
    UNIT_ONE(reuse, "from message to message");
    UNIT_ONE(limits_end_with_the_message, "nothing stays");
    UNIT_ROWS(odd, odd_rows);
    UNIT_ONE(fields, "strings and numbers");
    UNIT_ONE(keys, "one failure, one key");
    UNIT_ONE(settings, "kept headers and source");
    UNIT_ROWS(language, language_rows);
    UNIT_ONE(forms, "by their names");
    UNIT_ONE(follow, "an attached report");
    UNIT_ONE(follow_file, "a report attached as a file");
    UNIT_ONE(follow_author, "a report whose author is told otherwise");
    UNIT_ONE(follow_header, "a report behind a header in the text");
    UNIT_ONE(pasted, "a text without a header");
    UNIT_ROWS(reply, reply_rows);
    UNIT_ROWS(positive, positive_rows);
    UNIT_ROWS(remote, remote_rows);
    UNIT_ONE(attached_fields, "fields in a file");
    UNIT_ROWS(describe, describe_rows);
    int failed = unit_run();
    wb_session_free(session);
    wb_catalogue_free(cat);
    return failed;
}
