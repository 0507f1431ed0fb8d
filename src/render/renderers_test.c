/* SPDX-License-Identifier: BSD-2-Clause */
/* Mails that carry what a spreadsheet, a page or a terminal would act on, in every form. */
#include "render.h"

#include "unit.h"
#include "utf8.h"
#include "whybounce.h"

static struct wb_session *session;

/* A report whose subject and reply are given. */
static const char MAIL[] = "From: MAILER-DAEMON@mail.example.com\n"
                           "To: sender@example.com\n"
                           "Subject: Undelivered Mail Returned to Sender\n"
                           "MIME-Version: 1.0\n"
                           "Content-Type: multipart/report; report-type=delivery-status;"
                           " boundary=b\n\n"
                           "--b\nContent-Type: text/plain\n\nNot delivered.\n\n"
                           "--b\nContent-Type: message/delivery-status\n\n"
                           "Reporting-MTA: dns; mail.example.com\n\n"
                           "Final-Recipient: rfc822; rcpt@example.net\n"
                           "Action: failed\nStatus: 5.1.1\n"
                           "Diagnostic-Code: smtp; %s\n\n"
                           "--b\nContent-Type: text/rfc822-headers\n\n"
                           "From: sender@example.com\nTo: rcpt@example.net\n"
                           "Message-ID: <1@example.com>\nSubject: %s\n\n--b--\n";

static struct wb_slice rendered(const char *reply, const char *subject, const char *form)
{
    char mail[4000];
    int n = snprintf(mail, sizeof mail, MAIL, reply, subject);
    const struct wb_analysis *a = wb_analyse_mail(session, mail, (size_t)n);
    assert_int_equal(wb_analysis_count(a), 1);
    struct wb_string s = wb_analysis_render(session, a, form);
    return wb_slice(s.text, s.length);
}

static bool has(struct wb_slice text, const char *piece)
{
    return wb_slice_find(text, wb_slice_str(piece)) < text.n;
}

/* ---- CSV: RFC 4180, and no formula ---- */

static const struct csv_row {
    const char *name, *subject, *cell;
} csv_rows[] = {
    {"plain", "Offer", "\"Offer\""},
    {"comma and quote", "a, \"b\"", "\"a, \"\"b\"\"\""},
    {"equals", "=1+1", "\"'=1+1\""},
    {"plus", "+1", "\"'+1\""},
    {"minus", "-1", "\"'-1\""},
    {"at", "@SUM(A1)", "\"'@SUM(A1)\""},
    {"tab", "=?utf-8?Q?=09=3D1?=", "\"' =1\""},
    {"return", "=?utf-8?Q?=0D=3D1?=", "\"' =1\""},
    {"line feed", "=?utf-8?Q?=0A=3D1?=", "\"' =1\""},
    {"blanks in front", "=?utf-8?Q?_=3D1?=", "\"' =1\""},
    {"hidden in base64", "=?utf-8?B?PWNtZHwnIC9DIGNhbGMnIUEw?=", "\"'=cmd|' /C calc'!A0\""},
    {"equals further on", "a=1", "\"a=1\""},
    {"Chinese", "三月报价单", "\"三月报价单\""},
};

/* Cells of the row, outside quotes. */
static int cells(struct wb_slice row)
{
    int n = 1;
    bool quoted = false;
    for (size_t i = 0; i < row.n; i++) {
        quoted ^= row.p[i] == '"';
        n += row.p[i] == ',' && !quoted;
    }
    return n;
}

static void csv(void **state)
{
    const struct csv_row *row = *state;
    struct wb_slice got = rendered("550 5.1.1 User unknown", row->subject, "csv");
    assert_true(has(got, row->cell));
    assert_true(wb_slice_ends(got, WB_S("\r\n")));
    assert_int_equal(wb_slice_chr(got, '\n'), got.n - 1);
    int columns = cells(got);
    struct wb_string head = wb_form_head(session, "csv");
    assert_int_equal(columns, cells(wb_slice(head.text, head.length)));
}

/* ---- HTML ---- */

static const struct html_row {
    const char *name, *reply, *subject;
    const char *has, *hasnt;
} html_rows[] = {
    {"a script in the subject", "550 User unknown", "<script>alert(1)</script>",
     "&lt;script&gt;alert(1)&lt;/script&gt;", "<script"},
    {"markup in the reply", "550 User unknown <img src=x onerror=alert(1)>", "x",
     "&lt;img src=x onerror=alert(1)&gt;", "<img"},
    {"quotes", "550 User unknown \"'", "x", "&quot;&#39;", NULL},
    {"ampersand", "550 User unknown &lt", "x", "&amp;lt", NULL},
    {"markup in references", "550 User unknown &lt;img src=x onerror=alert(1)&gt; \\u003cimg>", "x",
     "&lt;img src=x onerror=alert(1)&gt; &lt;img&gt;", "<img"},
    {"a link of the mail is inert", "550 User unknown, see https://evil.example/x", "x",
     "https://evil.example/x", "href=\"https://evil"},
    {"a script for a link", "550 User unknown javascript:alert(1)", "x", NULL, "href=\"java"},
    {"a link of the catalogue is live",
     "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org", "x",
     "href=\"https://check.spamhaus.org/", NULL},
    {"right-to-left override", "550 User unknown \u202egnp.exe", "x", "\357\277\275gnp.exe",
     "\u202e"},
    {"a control", "550 User unknown \001", "x", "\357\277\275", "\001"},
};

static void html(void **state)
{
    const struct html_row *row = *state;
    struct wb_slice got = rendered(row->reply, row->subject, "html");
    assert_true(got.n > 0);
    if (row->has)
        assert_true(has(got, row->has));
    if (row->hasnt)
        assert_false(has(got, row->hasnt));
    assert_int_equal(wb_utf8_valid(got), got.n);
}

/* ---- text ---- */

static const struct hostile_row {
    const char *name, *reply, *subject;
} hostile_rows[] = {
    {"escape sequences", "550 User unknown \033]0;title\a \033[2J", "\033[31mred"},
    {"C1", "550 User unknown \302\2332J", "\302\2350;x"},
    {"bidirectional marks", "550 \u202eUser unknown\u202c", "\u2066x\u2069"},
    {"raw bytes", "550 User unknown \377\376", "\200\201"},
    {"backspaces", "550 User unknown\b\b\b\b\b\b\bknown", "x\b"},
};

/* Every escape in it is a colour of ours; nothing else that is unsafe. */
static void harmless(struct wb_slice text, bool colour)
{
    assert_int_equal(wb_utf8_valid(text), text.n);
    for (size_t i = 0, taken; i < text.n; i += taken) {
        uint32_t rune = wb_utf8_get(wb_slice_from(text, i), &taken);
        if (rune == '\n')
            continue;
        if (rune != '\033') {
            assert_false(wb_utf8_unsafe(rune));
            continue;
        }
        size_t n = i + 2;
        assert_true(colour && n < text.n && text.p[i + 1] == '[');
        while (n < text.n && (wb_is_digit(text.p[n]) || text.p[n] == ';'))
            n++;
        assert_true(n < text.n && text.p[n] == 'm');
    }
}

static void text(void **state)
{
    const struct hostile_row *row = *state;
    static const unsigned styles[] = {0, WB_TEXT_DETAILS, WB_TEXT_ANNOTATE, WB_TEXT_ASCII,
                                      WB_TEXT_COLOUR | WB_TEXT_DETAILS | WB_TEXT_ANNOTATE};
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        for (int zh = 0; zh < 2; zh++) {
            wb_session_language(session, zh ? "zh-CN" : "en");
            wb_session_text(session, 60, styles[i]);
            struct wb_slice got = rendered(row->reply, row->subject, "text");
            assert_true(has(got, "rcpt@example.net"));
            harmless(got, styles[i] & WB_TEXT_COLOUR);
        }
    wb_session_text(session, 0, 0);
    wb_session_language(session, "en");
}

/* The date stands in the prose only, which is read for a person when all else has been read. */
static void sent_by_prose(void **state)
{
    (void)state;
    static const char mail[] =
        "From: no-reply@app.auone-net.example\nTo: li.na@example.com\nSubject: Mail System Error\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;"
        " boundary=b\n\n--b\nContent-Type: text/plain\n\nau one net\n\n"
        "Your mail sent on: Thu, 29 Apr 2013 23:45:22 +0900\n"
        "     Could not be delivered to: <suzuki@dion.example>\n"
        "     As their mailbox is full.\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
        "Final-Recipient: rfc822; suzuki@dion.example\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n--b--\n";
    wb_session_follow(session, true);
    wb_session_text(session, 0, WB_TEXT_DETAILS);
    const struct wb_analysis *a = wb_analyse_mail(session, mail, sizeof mail - 1);
    struct wb_string s = wb_analysis_render(session, a, "text");
    assert_true(has(wb_slice(s.text, s.length), "sent 29 April 2013"));
    wb_session_text(session, 0, 0);
    wb_session_follow(session, false);
}

/* JSON of a hostile mail is one line of valid UTF-8 without a control in it. */
static void json(void **state)
{
    const struct hostile_row *row = *state;
    static const char *const forms[] = {"json", "words"};
    for (size_t form = 0; form < 2; form++) {
        struct wb_slice got = rendered(row->reply, row->subject, forms[form]);
        assert_int_equal(wb_slice_chr(got, '\n'), got.n - 1);
        assert_int_equal(wb_utf8_valid(got), got.n);
        for (size_t i = 0; i + 1 < got.n; i++)
            assert_true((unsigned char)got.p[i] >= ' ');
    }
}

/* ---- names ---- */

static void names(void **state)
{
    (void)state;
    static const char *const known[] = {"json", "csv", "text", "html", "words"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct wb_renderer *r = wb_renderer_named(wb_slice_str(known[i]));
        assert_non_null(r);
        assert_string_equal(r->name, known[i]);
    }
    assert_null(wb_renderer_named(WB_S("pdf")));
    assert_null(wb_renderer_named(WB_NONE));
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ROWS(csv, csv_rows);
    UNIT_ROWS(html, html_rows);
    UNIT_ROWS(text, hostile_rows);
    UNIT_ROWS(json, hostile_rows);
    UNIT_ONE(sent_by_prose, "a date that only the prose tells");
    UNIT_ONE(names, "every form by its name");
    int failed = unit_run();
    wb_session_free(session);
    return failed;
}
