/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of RFC 3464, as its grammar has them and as servers write them. */
#include "extract_int.h"

#include "unit.h"
#include "whybounce.h"

static struct wb_catalogue *cat;
static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;
static struct wb_extract ex;

static void show(char *out, size_t cap, const char *name, struct wb_slice value)
{
    size_t n = strlen(out);
    if (value.n && n < cap)
        snprintf(out + n, cap - n, " %s=%.*s", name, WB_F(value));
}

/* What was read, "name=value" each, one recipient behind the other in brackets. */
static struct wb_slice shown(char *out, size_t cap)
{
    out[0] = '\0';
    show(out, cap, "by", ex.reporting_mta);
    show(out, cap, "from", ex.received_from);
    show(out, cap, "envelope", ex.envelope_id);
    show(out, cap, "queue", ex.queue_id);
    show(out, cap, "sender", ex.original.envelope_from);
    for (uint32_t i = 0; i < ex.recipient_count; i++) {
        const struct wb_evidence *r = &ex.recipients[i];
        char code[24] = "";
        if (r->status.class)
            snprintf(code, sizeof code, "%d.%d.%d", r->status.class, r->status.subject,
                     r->status.detail);
        snprintf(out + strlen(out), cap - strlen(out), "[%.*s", WB_F(r->address));
        show(out, cap, "original", r->original);
        show(out, cap, "alias", r->alias);
        show(out, cap, "action", wb_action_name(r->action));
        show(out, cap, "status", wb_slice_str(code));
        show(out, cap, "comment", r->comment);
        show(out, cap, "type", r->diagnostic_type);
        show(out, cap, "reply", r->diagnostic);
        show(out, cap, "host", r->remote_mta);
        show(out, cap, "ip", r->remote_ip);
        snprintf(out + strlen(out), cap - strlen(out), "]");
    }
    return wb_slice_str(out + (out[0] == ' '));
}

#define TO(a)   "Final-Recipient: rfc822; " a "\n"
#define FAILED  "Action: failed\nStatus: 5.1.1\n"
#define A       TO("a@example.org")
#define A_FAILS "[a@example.org action=failed status=5.1.1]"

static const struct fields_row {
    const char *name, *text, *want;
} fields_rows[] = {
    {"as RFC 3464 has them",
     "Reporting-MTA: dns; mail.example.com\nOriginal-Envelope-Id: QQ1\n"
     "Received-From-MTA: dns; pc.example.com\n\n" A FAILED
     "Remote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; 550 5.1.1 Unknown\n",
     "by=mail.example.com from=pc.example.com envelope=QQ1[a@example.org action=failed "
     "status=5.1.1 type=smtp reply=550 5.1.1 Unknown host=mx.example.org]"},
    {"CR LF", "Reporting-MTA: dns; m.example\r\n\r\n" TO("a@example.org\r") "Action: failed\r\n",
     "by=m.example[a@example.org action=failed]"},
    {"capitals and no blanks",
     "REPORTING-MTA:DNS;m.example\n\nFINAL-RECIPIENT:RFC822;a@example.org\nACTION:FAILED\n"
     "STATUS:5.1.1\n",
     "by=m.example" A_FAILS},
    {"two recipients", A FAILED "\n" TO("b@example.org") "Action: delayed\nStatus: 4.2.2\n",
     A_FAILS "[b@example.org action=delayed status=4.2.2]"},
    {"blocks run together", "Reporting-MTA: dns; m.example\n" A FAILED TO("b@example.org") FAILED,
     "by=m.example" A_FAILS "[b@example.org action=failed status=5.1.1]"},
    {"Action in front, as Exim has it",
     "Action: failed\nFinal-Recipient: rfc822;a@example.org\nStatus: 5.0.0\n\n"
     "Action: failed\nFinal-Recipient: rfc822;b@example.org\nStatus: 5.0.0\n",
     "[a@example.org action=failed status=5.0.0][b@example.org action=failed status=5.0.0]"},
    {"a blank line behind each field", TO("a@example.org") "\nAction: failed\n\nStatus: 5.1.1\n\n",
     A_FAILS},
    {"an action ends what is said of one",
     TO("a@example.org") "Action: failed\n\nOriginal-Recipient: rfc822; b@example.org\n"
                         "Final-Recipient: rfc822; c@example.org\nAction: failed\n",
     "[a@example.org action=failed][c@example.org original=b@example.org action=failed]"},
    {"a name inside some system",
     "Original-Recipient: rfc822; wang@example.org\nFinal-Recipient: LOCAL; <wang>\n" FAILED,
     "[wang@example.org alias=wang action=failed status=5.1.1]"},
    {"names inside two systems",
     "Original-Recipient: x400; w.ang\nFinal-Recipient: LOCAL; <wang>\n" FAILED,
     "[wang original=w.ang action=failed status=5.1.1]"},
    {"a long name ends a value",
     A FAILED "Diagnostic-Code: smtp; 550 no\nX-A-Field-With-A-Name-Of-More-Than-32-Bytes: y\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550 no]"},
    {"a name that fills thirty-two bytes",
     A FAILED "Diagnostic-Code: smtp; 550 no\nX-A-Name-That-Is-Of-32-Bytes-Now: y\n" A FAILED,
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550 no]" A_FAILS},
    {"a word without a hyphen goes on with it",
     A FAILED "Diagnostic-Code: smtp; 550 no\nsuch_user_is_known_here_among_us: a\n\n\n\n\n\n\n\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550 no "
     "such_user_is_known_here_among_us: a]"},
    {"a dot is in no name",
     A FAILED "Diagnostic-Code: smtp; 550 no\nmx-1.example.org: unknown to all of us here\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550 no mx-1.example.org: unknown "
     "to all of us here]"},
    {"a host with digits in its labels", A FAILED "Remote-MTA: dns; mx1.a2.example.org.\n",
     "[a@example.org action=failed status=5.1.1 host=mx1.a2.example.org]"},
    {"an IPv6 address behind a host", A FAILED "Remote-MTA: dns; mx.example.org (2001:db8::1)\n",
     "[a@example.org action=failed status=5.1.1 host=mx.example.org ip=2001:db8::1]"},
    {"blank lines in front", "\n\n" A FAILED, A_FAILS},
    {"an encoded word", A "Diagnostic-Code: smtp; 550 =?utf-8?Q?gr=C3=BCn?=\n",
     "[a@example.org type=smtp reply=550 grün]"},
    {"a folded value", A "Diagnostic-Code: smtp; 550 no\n  such user\n",
     "[a@example.org type=smtp reply=550 no such user]"},
    {"not UTF-8", A "Diagnostic-Code: smtp; 550 gr\xFCn, no such user\n",
     "[a@example.org type=smtp reply=550 grün, no such user]"},
    {"a folded value, and behind it one that is not",
     A "Diagnostic-Code: smtp; 550 no\r\n\tsuch user\r\nRemote-MTA: dns; mx.example.org\r\n",
     "[a@example.org type=smtp reply=550 no such user host=mx.example.org]"},
    {"original that differs", "Original-Recipient: rfc822; x@example.org\n" A FAILED,
     "[a@example.org original=x@example.org action=failed status=5.1.1]"},
    {"original that is the same", "Original-Recipient: rfc822; a@EXAMPLE.org\n" A FAILED, A_FAILS},
    {"original alone", "Original-Recipient: rfc822; a@example.org\n" FAILED, A_FAILS},
    {"xtext in ORCPT", "Original-Recipient: rfc822; x+2By@example.org\n" A FAILED,
     "[a@example.org original=x+y@example.org action=failed status=5.1.1]"},
    {"RFC 6533", "Final-Recipient: utf-8; \\x{7528}@example.org\n" FAILED,
     "[用@example.org action=failed status=5.1.1]"},
    {"Sendmail's alias", A "X-Actual-Recipient: RFC822; b@example.org\n" FAILED,
     "[b@example.org original=a@example.org alias=a@example.org action=failed status=5.1.1]"},
    {"Sendmail's alias, and what was asked for",
     "Original-Recipient: rfc822; x@example.org\n" A
     "X-Actual-Recipient: rfc822; b@example.net\n" FAILED,
     "[b@example.net original=x@example.org alias=a@example.org action=failed status=5.1.1]"},
    {"the same mailbox on its server", A "X-Actual-Recipient: RFC822; A@mx.example.org\n" FAILED,
     "[a@example.org alias=A@mx.example.org action=failed status=5.1.1]"},
    {"the same name elsewhere", A "X-Actual-Recipient: RFC822; a@myexample.org\n" FAILED,
     "[a@myexample.org original=a@example.org alias=a@example.org action=failed status=5.1.1]"},
    {"a program behind an alias",
     A "X-Actual-Recipient: X-Unix; |/bin/prog #b@example.org\n" FAILED,
     "[a@example.org alias=|/bin/prog #b@example.org action=failed status=5.1.1]"},
    {"comment in Status", A "Action: failed\nStatus: 5.1.2 (550 Tried all MXs)\n",
     "[a@example.org action=failed status=5.1.2 comment=550 Tried all MXs]"},
    {"comment in Action", A "Action: failed (for good)\nStatus: 5.1.1\n", A_FAILS},
    {"comment in Remote-MTA", A FAILED "Remote-MTA: dns; mx.example.org (192.0.2.9)\n",
     "[a@example.org action=failed status=5.1.1 host=mx.example.org ip=192.0.2.9]"},
    {"Remote-MTA without a type", A FAILED "Remote-MTA: 192.0.2.9\n",
     "[a@example.org action=failed status=5.1.1 host=192.0.2.9 ip=192.0.2.9]"},
    {"Status before text", A "Action: failed\nStatus: failed 5.1.1\n",
     "[a@example.org action=failed status=5.1.1 comment=failed 5.1.1]"},
    {"no Action: the class tells", A "Status: 5.1.1\n", A_FAILS},
    {"no Action of a success", A "Status: 2.1.5\n",
     "[a@example.org action=delivered status=2.1.5]"},
    {"relayed", A "Action: relayed\nStatus: 2.0.0\n",
     "[a@example.org action=relayed status=2.0.0]"},
    {"expanded", A "Action: expanded\nStatus: 2.0.0\n",
     "[a@example.org action=expanded status=2.0.0]"},
    {"Postfix's own word", A "Action: deliverable\nStatus: 2.1.5\n",
     "[a@example.org action=delivered status=2.1.5]"},
    {"unknown type of diagnostic", A FAILED "Diagnostic-Code: X-Postfix; connect: refused\n",
     "[a@example.org action=failed status=5.1.1 type=X-Postfix reply=connect: refused]"},
    {"no type, a semicolon in the text", A FAILED "Diagnostic-Code: 550 no; really not\n",
     "[a@example.org action=failed status=5.1.1 reply=550 no; really not]"},
    {"folded", A FAILED "Diagnostic-Code: smtp; 550 5.1.1\n No such\n\tuser\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550 5.1.1 No such user]"},
    {"not folded, as nullmailer has it",
     A FAILED "Diagnostic-Code: smtp; 550-5.1.1 No such\n550 5.1.1 user\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550-5.1.1 No such "
     "550 5.1.1 user]"},
    {"not folded, a colon in the text",
     A FAILED "Diagnostic-Code: smtp; 550-see\nhttps://example.org/\n550 there\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550-see https://example.org/ "
     "550 there]"},
    {"value on the next line", A FAILED "Diagnostic-Code:\n smtp; 550 no\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550 no]"},
    {"octal escapes, UTF-8", A FAILED "Diagnostic-Code: smtp; 550 \\347\\224\\250\n",
     "[a@example.org action=failed status=5.1.1 type=smtp reply=550 用]"},
    {"unknown fields", "X-Whatever: 1\n" A "X-Other: 2\n" FAILED, A_FAILS},
    {"Postfix's fields", "X-Postfix-Queue-ID: 4RX\nX-Postfix-Sender: rfc822; s@example.com\n\n" A,
     "queue=4RX sender=s@example.com[a@example.org]"},
    {"the boundary is lost", A FAILED "\nReturn-Path: <s@example.com>\nStatus: 5.7.1\n", A_FAILS},
    {"nothing", "", ""},
    {"no fields", "some words\nand more\n", ""},
};

static void fields(void **state)
{
    const struct fields_row *row = *state;
    char out[2000];
    struct wb_slice exact = unit_exact(wb_slice_str(row->text));
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, WB_S("From: a@example.com\n\n")); /* a reset of what was before */
    wb_extract_mail(&ex);
    ex.recipient_count = 0;
    wb_read_fields(&ex, exact, false);
    struct wb_slice got = shown(out, sizeof out);
    assert_text(got, row->want);
    free((char *)exact.p);
}

/* Types and hosts of any length, in a text that ends with them. */
static void lengths(void **state)
{
    (void)state;
    static const char *const behind[] = {"", " (192.0.2.1)", "(x)", "\tx", "_x", "\r\n", "."};
    char name[80] = "", want[200];
    for (size_t n = 1; n < sizeof name; n++) {
        name[n - 1] = "abz09-AZ"[n % 8];
        for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
            bool typed = n < 32;
            char *text = malloc(200);
            assert_non_null(text);
            int size = snprintf(text, 200, "%s%s", name, behind[i]);
            assert_non_null(text = realloc(text, (size_t)size)); /* no byte more */
            snprintf(want, sizeof want, "%s%s", name, strcmp(behind[i], "_x") ? "" : "_x");
            struct wb_slice value = wb_slice_rtrim(wb_slice(text, (size_t)size));
            wb_take_field(&ex, NULL, WB_FIELD_REPORTING_MTA, value);
            assert_text(ex.reporting_mta, want);
            free(text);
            size = snprintf(want, sizeof want, "%s; mx.example", name);
            assert_non_null(text = malloc((size_t)size));
            memcpy(text, want, (size_t)size);
            wb_take_field(&ex, NULL, WB_FIELD_REPORTING_MTA, wb_slice(text, (size_t)size));
            snprintf(want, sizeof want, "%s;", name);
            assert_text(ex.reporting_mta, typed ? "mx.example" : want);
            free(text);
        }
    }
}

/* More recipients than there is room for, and a reply longer than any. */
static void bounded(void **state)
{
    (void)state;
    size_t n = 0, cap = (size_t)(WB_MAX_RECIPIENTS + 10) * 120;
    char *text = malloc(cap);
    for (int i = 0; i < WB_MAX_RECIPIENTS + 1; i++)
        n += (size_t)snprintf(text + n, cap - n, TO("a%d@example.org") FAILED "\n", i);
    limits = 0;
    ex.recipient_count = 0;
    wb_read_fields(&ex, wb_slice(text, n), false);
    assert_int_equal(ex.recipient_count, WB_MAX_RECIPIENTS);
    assert_int_equal(limits, 1u << WB_LIMIT_RECIPIENTS);
    limits = 0;
    ex.recipient_count = 0;
    n = (size_t)snprintf(text, cap, A "Diagnostic-Code: smtp; 550 ");
    memset(text + n, 'x', WB_MAX_DIAGNOSTIC_BYTES);
    wb_read_fields(&ex, wb_slice(text, n + WB_MAX_DIAGNOSTIC_BYTES), false);
    assert_int_equal(limits, 1u << WB_LIMIT_DIAGNOSTIC_BYTES);
    assert_true(ex.recipients[0].diagnostic.n <= WB_MAX_DIAGNOSTIC_BYTES);
    limits = 0;
    free(text);
}

static const struct action_row {
    const char *name, *text;
    enum wb_action want;
} action_rows[] = {
    {"failed", "failed", WB_ACTION_FAILED},
    {"failure", "Failure", WB_ACTION_FAILED},
    {"delayed", "delayed", WB_ACTION_DELAYED},
    {"delivered", " Delivered", WB_ACTION_DELIVERED},
    {"undeliverable", "undeliverable", WB_ACTION_FAILED},
    {"nonsense", "x", WB_ACTION_ABSENT},
    {"nothing", "", WB_ACTION_ABSENT},
};

#define CUT_REPORT                                                                                 \
    "From: mailer-daemon@example.net\nMIME-Version: 1.0\n"                                         \
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"                  \
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"

/* Messages that break off: what is left of an address is nobody's. */
static const struct cut_row {
    const char *name, *text, *address, *diagnostic; /* NULL: none */
} cut_rows[] = {
    {"within the recipient",
     CUT_REPORT "Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; wang@examp", NULL, NULL},
    {"within another field",
     CUT_REPORT "Final-Recipient: rfc822; wang@example.org\nAction: failed\nStatus: 5.1.1\n"
                "Diagnostic-Code: smtp; 550 user unknown <wang@exam",
     "wang@example.org", "550 user unknown <wang@exam"},
    {"not at all: fields that are the whole mail may end in an address",
     "From: mailer-daemon@example.net\nMIME-Version: 1.0\nContent-Type: message/delivery-status\n\n"
     "Reporting-MTA: dns; mx.example.net\n\nAction: failed\nStatus: 5.1.1\n"
     "Final-Recipient: rfc822; wang@example.org",
     "wang@example.org", NULL},
};

static void cut(void **state)
{
    const struct cut_row *row = *state;
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, wb_slice_str(row->text));
    wb_extract_mail(&ex);
    uint32_t named = 0;
    for (uint32_t i = 0; i < ex.recipient_count; i++)
        if (ex.recipients[i].address.n) {
            named++;
            assert_non_null(row->address);
            assert_text(ex.recipients[i].address, row->address);
            if (row->diagnostic)
                assert_text(ex.recipients[i].diagnostic, row->diagnostic);
        }
    assert_int_equal(named, row->address != NULL);
}

static void action(void **state)
{
    const struct action_row *row = *state;
    assert_int_equal(wb_action_of(wb_slice_str(row->text)), row->want);
}

int main(void)
{
    cat = wb_catalogue_open(NULL, NULL);
    struct wb_matcher *matcher = cat ? wb_catalogue_matcher(cat) : NULL;
    struct wb_cache *cache = wb_cache_new(256, 1 << 16);
    if (!matcher || !cache || !wb_arena_open(&arena, 8 << 20, &limits) ||
        !wb_mail_open(&mail, &arena, &limits) ||
        !wb_extract_open(&ex, cat, matcher, &arena, &mail, cache, &limits))
        return 1;
    UNIT_ROWS(fields, fields_rows);
    UNIT_ONE(lengths, "types and hosts of any length");
    UNIT_ONE(bounded, "limits");
    UNIT_ROWS(cut, cut_rows);
    UNIT_ROWS(action, action_rows);
    int failed = unit_run();
    wb_extract_close(&ex);
    wb_cache_free(cache);
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    wb_matcher_free(matcher);
    wb_catalogue_free(cat);
    return failed;
}
