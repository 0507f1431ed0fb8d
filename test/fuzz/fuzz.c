/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz.h"

#include <jansson.h>
#include <stdlib.h>

#include "buf.h"
#include "limit.h"

struct wb_session *fuzz_session(void)
{
    static struct wb_session *session;
    if (!session) {
        session = wb_session_new(NULL);
        WB_CHECK(session);
        wb_session_keep_headers(session, "X-Campaign,Subject");
    }
    return session;
}

void fuzz_style(struct wb_session *session, unsigned bits)
{
    const int columns[] = {80, 0, 1, 40};
    wb_session_language(session, bits & 1 ? "zh-CN" : "en");
    wb_session_text(session, columns[bits >> 1 & 3],
                    (bits >> 3 & 7) * WB_TEXT_ASCII); /* all but colours */
    wb_session_follow(session, bits >> 6 & 1);
}

/* ---- promises ---- */

/* Written apart from src/base/utf8.c, which is what it judges. */
static uint32_t take_rune(struct wb_slice *s)
{
    unsigned char c = (unsigned char)s->p[0];
    size_t n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : 4;
    uint32_t rune = n == 1 ? c : c & (0xFFu >> (n + 1));
    WB_CHECK(c < 0x80 || (c >= 0xC2 && c < 0xF5));
    WB_CHECK(n <= s->n);
    for (size_t i = 1; i < n; i++) {
        WB_CHECK(((unsigned char)s->p[i] & 0xC0) == 0x80);
        rune = rune << 6 | ((unsigned char)s->p[i] & 0x3F);
    }
    WB_CHECK(n < 3 || rune >= (n == 3 ? 0x800u : 0x10000u));
    WB_CHECK(rune <= 0x10FFFF && (rune < 0xD800 || rune > 0xDFFF));
    *s = wb_slice_from(*s, n);
    return rune;
}

void fuzz_check_utf8(struct wb_slice text)
{
    while (text.n)
        take_rune(&text);
}

void fuzz_check_safe(struct wb_slice text)
{
    while (text.n) {
        uint32_t rune = take_rune(&text);
        WB_CHECK(rune >= 0x20 || rune == '\n' || rune == '\r');
        WB_CHECK(rune < 0x7F || rune > 0x9F);
        WB_CHECK(rune != 0x061C && rune != 0x200E && rune != 0x200F);
        WB_CHECK(rune < 0x2028 || rune > 0x202E);
        WB_CHECK(rune < 0x2066 || rune > 0x2069);
    }
}

static bool is_one_of(struct wb_string s, const char *names)
{
    struct wb_slice rest = wb_slice_str(names);
    while (rest.n)
        if (wb_slice_eq(wb_slice_cut(&rest, ' '), wb_slice(s.text, s.length)))
            return true;
    return false;
}

/* Nothing but these may ever take an address off a list. */
static void check_suppression(const struct wb_report *report)
{
    struct wb_string advised = wb_report_string(report, WB_REPORT_RECOMMENDATION);
    if (is_one_of(advised, "suppress"))
        WB_CHECK(is_one_of(wb_report_string(report, WB_REPORT_KIND), "complaint") ||
                 is_one_of(wb_report_string(report, WB_REPORT_CAUSE),
                           "user-unknown mailbox-disabled recipient-moved mailbox-full "
                           "host-unknown not-accepting"));
}

static void check_json(struct wb_slice lines, size_t count)
{
    struct wb_slice line;
    size_t n = 0;
    fuzz_check_utf8(lines);
    for (; wb_slice_line(&lines, &line); n++) {
        json_error_t error;
        json_t *json = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
        WB_CHECK(json_is_object(json));
        json_decref(json);
    }
    WB_CHECK(n == count);
}

/* Nothing that a spreadsheet takes for a formula may begin a cell. */
static void check_csv(struct wb_slice rows)
{
    bool quoted = false;
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.p[i] == '"')
            quoted = !quoted;
        if (quoted && rows.p[i] == '"' && i + 1 < rows.n && (i == 0 || rows.p[i - 1] != '"'))
            WB_CHECK(!strchr("=+-@\t\r\n", rows.p[i + 1]));
    }
    WB_CHECK(!quoted);
}

void fuzz_forms(struct wb_session *session, const struct wb_analysis *analysis)
{
    const char *const forms[] = {"json", "words", "csv", "text", "html"};
    size_t count = wb_analysis_count(analysis);
    WB_CHECK(count > 0);
    for (size_t i = 0; i < count; i++)
        check_suppression(wb_analysis_report(analysis, i));
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct wb_string out = wb_analysis_render(session, analysis, forms[i]);
        struct wb_slice text = wb_slice(out.text, out.length);
        WB_CHECK(text.n);
        if (i < 2)
            check_json(text, count);
        else
            fuzz_check_safe(text);
        if (i == 2)
            check_csv(text);
    }
}

static char *copy_of(struct wb_string s)
{
    char *copy = malloc(s.length + 1);
    WB_CHECK(copy);
    memcpy(copy, s.text, s.length);
    copy[s.length] = '\0';
    return copy;
}

/* A report that has a bit of everything, and more parts than the limit allows. */
static struct wb_slice other_mail(void)
{
    static struct wb_buf mail;
    if (mail.n)
        return wb_buf_slice(&mail);
    wb_buf_lit(
        &mail,
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: v+x=y.example@example.com\n"
        "Subject: Delayed Mail (still being retried)\nDate: Thu, 23 Dec 2004 09:41:02 +0800\n"
        "Message-ID: <r@example.net>\nX-Failed-Recipients: z@example.org\n"
        "Content-Type: multipart/report; boundary=b\n\n--b\n\n"
        "This is the mail system at host mx.example.net.\n\n<x@example.org>: host mx "
        "said: 452 4.2.2 mailbox full, limit 7000000 bytes\n\n--b\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n"
        "Original-Envelope-Id: e\nX-Postfix-Queue-ID: Q\nArrival-Date: Thu, 23 Dec 2004 "
        "09:41:02 +0800\n\nFinal-Recipient: rfc822; x@example.org\nOriginal-Recipient: "
        "rfc822; y@example.org\nAction: delayed\nStatus: 4.2.2\nRemote-MTA: dns; mx.example.org\n"
        "Diagnostic-Code: smtp; 452 4.2.2 mailbox full\nWill-Retry-Until: Thu, 30 Dec 2004 "
        "09:41:02 +0800\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
        "Source-IP: 192.0.2.1\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: "
        "v@example.com\nTo: y@example.org\nSubject: s\nX-Campaign: c\nMessage-ID: <o@x>\n"
        "List-Id: <l.example.com>\n\n");
    for (int i = 0; i < WB_MAX_PARTS; i++)
        wb_buf_lit(&mail, "--b\n\n");
    return wb_buf_slice(&mail);
}

void fuzz_again(struct wb_session *session, const uint8_t *bytes, size_t n)
{
    char *first = copy_of(wb_mail_json(session, bytes, n));
    if (n % 4) {
        wb_analyse_reply(session, "452 4.2.2 a@example.org mailbox full", 36);
    } else {
        struct wb_slice other = other_mail();
        wb_analyse_mail(session, other.p, other.n);
    }
    char *second = copy_of(wb_mail_json(session, bytes, n));
    WB_CHECK(strcmp(first, second) == 0);
    free(first);
    free(second);
}

void fuzz_reply_again(struct wb_session *session, const uint8_t *bytes, size_t n)
{
    char *first = NULL;
    for (int i = 0; i < 3; i++) { /* what is kept of it is kept the second time, and asked then */
        const struct wb_analysis *analysis = wb_analyse_reply(session, bytes, n);
        char *now = copy_of(wb_analysis_render(session, analysis, "json"));
        WB_CHECK(!first || strcmp(first, now) == 0);
        free(first);
        first = now;
    }
    free(first);
}

/* ---- growing ---- */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/*
 * Besides libFuzzer's own changes: a run of the input many times over. Work that grows faster than
 * the input shows only on long runs of the same thing.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    if (seed % 64 || size < 2 || size >= max)
        return LLVMFuzzerMutate(data, size, max);
    seed /= 64;
    size_t from = seed % size, n = 1 + seed / 7 % (size - from < 200 ? size - from : 200);
    size_t times = 1 + seed / 11 % 2000;
    if (times > (max - size) / n)
        times = (max - size) / n;
    memmove(data + from + times * n, data + from, size - from);
    for (size_t i = 0; i < times; i++)
        memmove(data + from + i * n, data + from + times * n, n);
    return size + times * n;
}
