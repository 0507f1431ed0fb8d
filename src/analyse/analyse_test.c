/* SPDX-License-Identifier: BSD-2-Clause */
/* The library as its header promises it. */
#include "analysed.h"
#include "buf.h"
#include "catalog.h"

static struct wb_catalogue *cat;

static const char FULL[] = REPORT("c@d.example", "552 5.2.2 mailbox is full", "Other");

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

/* Of long values the end counts, also where the front came before. */
static void long_values(void **state)
{
    (void)state;
    static const char *const ends[] = {"delivered", "automatic reply", "delivered"};
    for (int i = 0; i < 3; i++)
        for (int n = 110; n < 150; n++) {
            char mail[600];
            snprintf(mail, sizeof mail, "From: a@example.com\nSubject: %0*d %s\n\nHello.\n", n, 0,
                     ends[i]);
            struct wb_slice json = text_of(wb_mail_json(session, mail, strlen(mail)));
            assert_int_equal(has(json, "\"kind\":\"auto-reply\""), i == 1);
        }
}

/* A sign in a field that is mostly passed over is seen wherever it stands, and as it is decoded. */
static void lone_sign(void **state)
{
    (void)state;
    static const char *const ends[] = {"-tmda-confirm>", "-TMDA-Confirm>", "-tmda-confirn>",
                                       " =?utf-8?q?-tmda-confirm=3E?=", "\n -tmda\n -confirm>"};
    for (int i = 0; i < 5; i++)
        for (int n = 1; n < 40; n++) {
            char mail[600];
            snprintf(mail, sizeof mail,
                     "From: a@example.com\nMessage-ID: %0*d%s\nSubject: Offer\n\nHello.\n", n, 0,
                     ends[i]);
            struct wb_slice json = text_of(wb_mail_json(session, mail, strlen(mail)));
            assert_int_equal(has(json, "\"kind\":\"challenge\""), i != 2 && i != 4);
        }
}

/* A line that names somebody does so behind the heading alone, also when it is known from there. */
static void before_the_start(void **state)
{
    (void)state;
    static const char heading[] =
        "   ----- The following addresses had permanent fatal errors -----\n";
    static const char *const bodies[][2] = {{"", heading}, {heading, ""}, {heading, heading}};
    for (int i = 0; i < 27; i++) { /* in all orders */
        const char *const *body = bodies[(i % 3 + i / 9) % 3];
        char mail[600];
        snprintf(mail, sizeof mail,
                 "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>\n"
                 "Subject: Returned mail: see transcript for details\n\n%s<a@example.org>\n%s"
                 "<b@example.org>\n    (reason: 550 5.1.1 User unknown)\n",
                 body[0], body[1]);
        struct wb_session *other = wb_session_new(cat);
        char *known = json_of(session, mail), *fresh = json_of(other, mail);
        assert_string_equal(known, fresh);
        assert_int_equal(strstr(known, "\"recipient\":\"a@example.org\"") != NULL, *body[0] != 0);
        free(known), free(fresh);
        wb_session_free(other);
    }
}

/* What signs say together is kept; of a header that shows more than there is room for it is not. */
static void many_signs(void **state)
{
    (void)state;
    static const char *const ends[] = {"Hello.", "I am out of the office until Monday."};
    static const char *const fronts[] = {"Auto-Submitted: auto-replied\n", "Precedence: bulk\n"};
    static const int lines[] = {1, 2, 15, 16, 17, 31, 32, 33, 34, 63, 64, 65, 300};
    struct wb_session *other = wb_session_new(cat);
    for (size_t i = 0; i < 4 * sizeof lines / sizeof lines[0]; i++) {
        struct wb_buf mail = {0};
        for (int line = 0; line < lines[i / 4]; line++)
            wb_buf_put(&mail, wb_slice_str(fronts[i / 2 % 2]));
        wb_buf_printf(&mail, "%sSubject: Out of office\n\n%s\n", fronts[0], ends[i % 2]);
        wb_buf_byte(&mail, '\0');
        char *once = json_of(session, mail.p), *again = json_of(session, mail.p);
        char *fresh = json_of(other, mail.p);
        assert_non_null(strstr(once, "\"kind\":\"auto-reply\""));
        assert_string_equal(once, again);
        assert_string_equal(once, fresh);
        free(once), free(again), free(fresh);
        wb_buf_free(&mail);
    }
    wb_session_free(other);
}

/* The words of hundreds of signs in a text, which are more than are kept together, as well. */
static void many_words(void **state)
{
    (void)state;
    enum { MOST = 8000 };
    uint32_t n;
    const struct wb_sign *signs = wb_cat_signs(cat, &n);
    struct wb_buf mail = {0};
    for (int line = 0; line < 30; line++) /* so many that they leave no room to these */
        wb_buf_lit(&mail, "Precedence: bulk\n");
    wb_buf_lit(&mail, "Subject: Hello\n\n");
    for (uint32_t i = 0; i < n && mail.n < MOST; i++) {
        struct wb_slice expression = wb_cat_str(cat, signs[i].pattern);
        if (signs[i].place != WB_SIGN_TEXT || expression.n > 60)
            continue;
        for (size_t k = 0; k < expression.n; k++)
            wb_buf_byte(&mail, strchr("|()?:", expression.p[k]) ? ' ' : expression.p[k]);
        wb_buf_byte(&mail, '\n');
    }
    wb_buf_byte(&mail, '\0');
    char *once = json_of(session, mail.p), *again = json_of(session, mail.p);
    assert_string_equal(once, again);
    free(once), free(again);
    wb_buf_free(&mail);
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

/* The reason may stand in a part of its own; not in what stands instead, nor in anything else. */
static const struct parts_row {
    const char *name, *type, *more, *fields, *cause;
} parts_rows[] = {
    {"the answer in a second part", "mixed", "<-- 552 5.2.2 Mailbox full\n", "", "mailbox-full"},
    {"no answer in it", "mixed", "The mailbox is full of spam? We help.\n", "", "unknown"},
    {"the same text in another form", "alternative", "<-- 552 5.2.2 Mailbox full\n", "", "unknown"},
    {"fields say it", "mixed", "<-- 552 5.2.2 Mailbox full\n",
     "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
     "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n\n",
     "unknown"},
    {"a part of another multipart", "mixed",
     "\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n<-- 552 5.2.2 Mailbox full\n\n"
     "--c--\n",
     "", "unknown"},
};

static void parts(void **state)
{
    const struct parts_row *row = *state;
    char mail[2000];
    snprintf(mail, sizeof mail,
             "From: postmaster@mx.example.net\nTo: ann@example.com\nReturn-Path: <>\n"
             "Subject: Permanent delivery failure\nMIME-Version: 1.0\n"
             "Content-Type: multipart/%s; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
             "Your message could not be delivered to:\n\n    a@b.example\n\n"
             "--b\nContent-Type: text/plain\n\n%s\n%s--b--\n",
             row->type, row->more, row->fields);
    const struct wb_report *r = first(mail);
    assert_text(field(r, WB_REPORT_RECIPIENT), "a@b.example");
    assert_text(field(r, WB_REPORT_CAUSE), row->cause);
}

/* Whom a report that names nobody is about, by the header of what came back. */
static const struct sent_row {
    const char *name, *header, *recipient;
} sent_rows[] = {
    {"one recipient", "To: a@b.example\n", "a@b.example"},
    {"its name is the address", "To: \"a@b.example\" <a@b.example>\n", "a@b.example"},
    {"two", "To: a@b.example, c@b.example\n", ""},
    {"a Cc", "To: a@b.example\nCc: c@b.example\n", ""},
    {"a Cc, and who got it last",
     "Received: by mx for <c@b.example>; x\nTo: a@b.example\nCc: d@e\n", "c@b.example"},
    {"a list", "To: birds@lists.example\nList-Id: Birds <birds.lists.example>\n", ""},
    {"a campaign to one", "To: a@b.example\nList-Id: <spring.news.example>\n", "a@b.example"},
    {"who reads the report", "To: ann@example.com\n", ""},
    {"who reads the report got it last", "Received: by mx for <ann@example.com>; x\n", ""},
    {"nobody", "Subject: x\n", ""},
};

static void sent(void **state)
{
    const struct sent_row *row = *state;
    char mail[2000];
    snprintf(mail, sizeof mail,
             "From: MAILER-DAEMON@mx.example.net\nTo: ann@example.com\nReturn-Path: <>\n"
             "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
             "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
             "Your message could not be delivered: the mailbox is full.\n\n"
             "--b\nContent-Type: message/rfc822\n\n%sDate: Sun, 4 Jun 2023 21:43:21 -0500\n\nx\n"
             "--b--\n",
             row->header);
    const struct wb_report *r = first(mail);
    assert_text(field(r, WB_REPORT_KIND), "bounce");
    assert_text(field(r, WB_REPORT_RECIPIENT), row->recipient);
}

/*
 * Who wrote to an address that is gone must act, but not who wrote to another one, which was
 * forwarded.
 */
static const struct written_row {
    const char *name, *to, *responsible;
} written_rows[] = {
    {"who failed", "a@b.example", "sender"},
    {"who failed, with a name", "A <A@b.example> ", "sender"},
    {"somebody else", "c@b.example", "recipient"},
    {"somebody whose address ends so", "xa@b.example", "recipient"},
    {"somebody whose address ends so, with a name", "X <x.a@b.example>", "recipient"},
    {"two, who failed last", "c@b.example,a@b.example", "sender"},
    {"two, who failed first", "a@b.example, c@b.example", "sender"},
    {"nobody", "", "sender"},
};

static void written(void **state)
{
    const struct written_row *row = *state;
    char mail[2000];
    snprintf(mail, sizeof mail,
             "From: MAILER-DAEMON@mail.example.com\nTo: sender@example.com\n"
             "Content-Type: multipart/report; boundary=b\n\n--b\n"
             "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.com\n\n"
             "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n--b\n"
             "Content-Type: text/rfc822-headers\n\nFrom: sender@example.com\nTo: %s\n"
             "Message-ID: <1@example.com>\nSubject: x\n\n--b--\n",
             row->to);
    const struct wb_report *r = first(mail);
    assert_text(field(r, WB_REPORT_RECIPIENT), "a@b.example");
    assert_text(field(r, WB_REPORT_RESPONSIBLE), row->responsible);
}

/* For each of some names without a domain the text is gone through, not for each of thousands. */
static void names_alone(void **state)
{
    (void)state;
    static char mail[8000];
    int n = snprintf(mail, sizeof mail,
                     "From: MAILER-DAEMON@aol.com\nTo: ann@example.com\n"
                     "Subject: Mail Delivery Problem\n\n"
                     "Your mail to the following recipients could not be delivered because they "
                     "are not accepting mail from ann@example.com:\n");
    for (int i = 0; i < 40; i++)
        n += snprintf(mail + n, sizeof mail - (size_t)n, "\tperson%d\n", i);
    for (int i = 0; i < 40; i++)
        n += snprintf(mail + n, sizeof mail - (size_t)n, "\nperson%d@b.example wrote", i);
    const struct wb_analysis *a = wb_analyse_mail(session, mail, (size_t)n);
    assert_int_equal(wb_analysis_count(a), 40);
    assert_text(field(wb_analysis_report(a, 0), WB_REPORT_RECIPIENT), "person0@b.example");
    assert_text(field(wb_analysis_report(a, 15), WB_REPORT_RECIPIENT), "person15@b.example");
    assert_text(field(wb_analysis_report(a, 16), WB_REPORT_RECIPIENT), "person16@aol.com");
    assert_text(field(wb_analysis_report(a, 39), WB_REPORT_RECIPIENT), "person39@aol.com");
}

static void name_sent_to(void **state)
{
    (void)state;
    const struct wb_report *r =
        first("From: MAILER-DAEMON@aol.com\nTo: ann@example.com\nSubject: Mail Delivery Problem\n"
              "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
              "--b\nContent-Type: text/plain\n\n"
              "Your mail to the following recipients could not be delivered because they are not "
              "accepting mail from ann@example.com:\n\tperson\n\n"
              "--b\nContent-Type: message/rfc822\n\n"
              "To: other@c.example, Person <person@c.example>\nSubject: x\n\ny\n--b--\n");
    assert_text(field(r, WB_REPORT_RECIPIENT), "person@c.example");
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
    UNIT_ONE(long_values, "of which the front came before");
    UNIT_ONE(lone_sign, "in a Message-ID");
    UNIT_ONE(before_the_start, "lines in front of a heading");
    UNIT_ONE(many_signs, "in a header, more than are kept");
    UNIT_ONE(many_words, "of signs in a text");
    UNIT_ONE(limits_end_with_the_message, "nothing stays");
    UNIT_ROWS(odd, odd_rows);
    UNIT_ONE(pasted, "a text without a header");
    UNIT_ONE(attached_fields, "fields in a file");
    UNIT_ROWS(parts, parts_rows);
    UNIT_ROWS(sent, sent_rows);
    UNIT_ROWS(written, written_rows);
    UNIT_ONE(names_alone, "names without a domain");
    UNIT_ONE(name_sent_to, "a name without a domain that the mail was sent to");
    UNIT_ROWS(describe, describe_rows);
    int failed = unit_run();
    wb_session_free(session);
    wb_catalogue_free(cat);
    return failed;
}
