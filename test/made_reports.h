/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports made out of a number: as many different ones as a test or a measurement wants, the same
 * ones each time. Domains and causes are as uneven as in life: few are seen often, many once.
 */
#ifndef WB_MADE_REPORTS_H
#define WB_MADE_REPORTS_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "record.h"

enum { MADE_TEXT = 12 << 10 };

struct made_shape {
    int64_t first; /* time of report 0 */
    double per_second;
    unsigned domains, servers, providers; /* how many different ones */
    bool raw;
};

/* One message with one report; its texts stand in text. */
struct made {
    struct wb_record record;
    struct wb_message message;
    size_t used;
    char text[MADE_TEXT];
};

static inline unsigned long long made_mix(unsigned long long x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/* One of n, the first ones much more often: as many in each power of two. */
static inline unsigned made_uneven(unsigned long long random, unsigned n)
{
    unsigned bits = 1;
    while (n >> bits)
        bits++;
    unsigned most = 1u << (random % (bits + 1));
    return (unsigned)((random >> 8) % most) % n;
}

static const struct made_cause {
    unsigned share; /* of a hundred */
    const char *cause, *wish, *permanence, *status;
    int code;
    const char *format; /* of the diagnostic */
} made_causes[] = {
    {38, "user-unknown", "suppress", "permanent", "5.1.1", 550,
     "550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table"},
    {14, "mailbox-full", "pause", "temporary", "5.2.2", 552,
     "552 5.2.2 <%s>: The email account that you tried to reach is over quota"},
    {9, "spam-content", "fix-message", "permanent", "5.7.1", 554,
     "554 5.7.1 <%s>: Message rejected under suspicion of SPAM"},
    {8, "blocklisted", "fix-sender", "permanent", "5.7.1", 554,
     "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using bl.example.net (%s)"},
    {7, "host-unknown", "pause", "permanent", "5.1.2", 0,
     "Host or domain name not found. Name service error for name of %s type=A: Host not found"},
    {6, "rate-limited", "retry", "temporary", "4.7.0", 421,
     "421 4.7.0 Too many messages to %s, try again later"},
    {6, "no-response", "retry", "temporary", "4.4.1", 0,
     "connect to server of %s[192.0.2.25]:25: Connection timed out"},
    {5, "greylisted", "retry", "temporary", "4.7.1", 451,
     "451 4.7.1 <%s>: Greylisting in action, please come back later"},
    {4, "auth-failed", "fix-sender", "permanent", "5.7.26", 550,
     "550 5.7.26 mail to %s is not accepted: no valid SPF or DKIM"},
    {3, "unknown", "none", "unknown", "5.0.0", 550,
     "550 %s: some words that nobody has a rule for"},
};

static inline struct wb_slice made_put(struct made *made, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline struct wb_slice made_put(struct made *made, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *p = made->text + made->used;
    int n = vsnprintf(p, MADE_TEXT - made->used, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= MADE_TEXT - made->used)
        abort();
    made->used += (size_t)n + 1;
    return wb_slice(p, (size_t)n);
}

static inline void made_cause(struct made *made, unsigned long long random)
{
    const struct made_cause *c = made_causes;
    for (unsigned at = (unsigned)(random % 100); at >= c->share; c++)
        at -= c->share;
    struct wb_record *r = &made->record;
    r->cause = wb_slice_str(c->cause);
    r->recommendation = wb_slice_str(c->wish);
    r->permanence = wb_slice_str(c->permanence);
    r->status = wb_slice_str(c->status);
    r->reply_code = c->code;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    r->diagnostic = made_put(made, c->format, r->recipient.p);
#pragma GCC diagnostic pop
}

static inline void made_document(struct made *made, unsigned long long n)
{
    struct wb_record *r = &made->record;
    r->document = made_put(
        made,
        "{\"schema\":1,\"catalogue\":\"2026.11.1\",\"report_id\":\"%s\",\"failure_key\":\"%s\","
        "\"source\":\"made.mbox\",\"index\":%llu,\"kind\":\"%s\",\"recipient\":\"%s\","
        "\"original_recipient\":null,\"action\":\"%s\",\"cause\":\"%s\",\"detail\":null,"
        "\"alternatives\":[],\"confidence\":\"strong\",\"permanence\":\"%s\",\"fault\":"
        "\"recipient\","
        "\"responsible\":\"sender\",\"recommendation\":\"%s\",\"status\":\"%s\",\"reply_code\":%d,"
        "\"stage\":\"rcpt\",\"diagnostic\":\"%s\",\"diagnostic_type\":\"smtp\",\"evidence\":{"
        "\"rule\":"
        "\"%s/"
        "made\",\"text\":\"%.12s\",\"offset\":%llu},\"dialect\":\"postfix\",\"provider\":\"%s\","
        "\"reporting_mta\":\"%s\",\"remote_mta\":\"%s\",\"remote_ip\":\"192.0.2.%llu\",\"facts\":{"
        "\"size_limit\":null,\"message_size\":null,\"recipient_limit\":null,\"retry_after\":null,"
        "\"blocklist\":null,\"client_ip\":null,\"provider_code\":null,\"urls\":[]},"
        "\"arrival_date\":null,\"last_attempt_date\":null,\"will_retry_until\":null,"
        "\"envelope_id\":null,\"queue_id\":\"4%09llX\",\"verp\":null,\"feedback\":null,"
        "\"authenticity\":{\"result\":\"unproven\",\"by\":null},\"original\":{\"message_id\":\"%"
        "s\","
        "\"envelope_from\":\"%s\",\"from\":\"News <%s>\",\"to\":\"%s\",\"subject\":\"%s\",\"date\":"
        "\"Mon, 2 Mar 2026 09:%02llu:%02llu +0800\",\"list_id\":null,\"feedback_id\":null,"
        "\"headers\":{}},\"limits_hit\":[]}",
        r->report_id.p, r->failure_key.p, n, r->kind.p, r->recipient.p, r->action.p, r->cause.p,
        r->permanence.p, r->recommendation.p, r->status.p, r->reply_code, r->diagnostic.p,
        r->cause.p, r->diagnostic.p, (n % 3000), r->provider.p, r->reporting_mta.p, r->remote_mta.p,
        (n % 250), made_mix(n) & 0xfffffffff, r->message_id.p, r->envelope_from.p,
        r->envelope_from.p, r->recipient.p, r->subject.p, (n / 60 % 60), (n % 60));
}

/* A report of some 3 KB as Postfix sends it. */
static inline void made_raw(struct made *made, unsigned long long n)
{
    const struct wb_record *r = &made->record;
    unsigned long long id = made_mix(n ^ 77) & 0xfffffffffff, second = n % 60;
    char when[64];
    time_t at = (time_t)r->at;
    struct tm tm;
    strftime(when, sizeof when, "%a, %e %b %Y %H:%M:%S +0000 (UTC)", gmtime_r(&at, &tm));
    made->message.raw = made_put(
        made,
        "Return-Path: <>\r\nDelivered-To: bounces@news.example.com\r\n"
        "Received: by %s (Postfix)\r\n\tid 4%011llX; %s\r\n"
        "Date: %s\r\n"
        "From: MAILER-DAEMON@%s (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to "
        "Sender\r\nTo: %s\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;\r\n"
        "\tboundary=\"4%011llX.1772415%03llu/%s\"\r\nMessage-Id: "
        "<2026030201402%llu.4%011llX@%s>\r\n"
        "\r\nThis is a MIME-encapsulated message.\r\n\r\n--4%011llX.1772415%03llu/%s\r\n"
        "Content-Description: Notification\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        "This is the mail system at host %s.\r\n\r\nI'm sorry to have to inform you that your "
        "message could not\r\nbe delivered to one or more recipients. It's attached below.\r\n\r\n"
        "For further assistance, please send mail to postmaster.\r\n\r\nIf you do so, please "
        "include this problem report. You can\r\ndelete your own text from the attached returned "
        "message.\r\n\r\n                   The mail system\r\n\r\n<%s>: host\r\n    "
        "%s[192.0.2.%llu] "
        "said: %s\r\n    (in reply to RCPT TO command)\r\n\r\n--4%011llX.1772415%03llu/%s\r\n"
        "Content-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; %s\r\nX-Postfix-Queue-ID: 4%011llX\r\nX-Postfix-Sender: rfc822; %s\r\n"
        "Arrival-Date: %s\r\n\r\nFinal-Recipient: rfc822; "
        "%s\r\nOriginal-Recipient: rfc822;%s\r\nAction: %s\r\nStatus: %s\r\nRemote-MTA: dns; %s\r\n"
        "Diagnostic-Code: smtp; %s\r\n\r\n--4%011llX.1772415%03llu/%s\r\nContent-Description: "
        "Undelivered Message Headers\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "Return-Path: <%s>\r\nReceived: from app%llu.news.example.com (unknown "
        "[10.0.%llu.%llu])\r\n"
        "\tby %s (Postfix) with ESMTP id 4%011llX\r\n\tfor <%s>; %s\r\nDKIM-Signature: v=1; "
        "a=rsa-sha256; c=relaxed/simple; d=news.example.com; "
        "s=s1;\r\n"
        "\tt=17724156%02llu; bh=%016llx%016llx%016llx=;\r\n\th=From:To:Subject:Date:Message-Id;\r\n"
        "\tb=%016llx%016llx%016llx%016llx\r\n\t %016llx%016llx%016llx%016llx==\r\n"
        "From: News <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: Mon, 2 Mar 2026 09:%02llu:%02llu "
        "+0800\r\n"
        "Message-Id: <%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
        "List-Unsubscribe: <https://news.example.com/u/%016llx>\r\nX-Campaign: c%llu\r\n\r\n"
        "--4%011llX.1772415%03llu/%s--\r\n",
        r->reporting_mta.p, id, when, when, r->reporting_mta.p, r->envelope_from.p, id, n % 1000,
        r->reporting_mta.p, n % 10, id, r->reporting_mta.p, id, n % 1000, r->reporting_mta.p,
        r->reporting_mta.p, r->recipient.p, r->remote_mta.p, n % 250, r->diagnostic.p, id, n % 1000,
        r->reporting_mta.p, r->reporting_mta.p, id, r->envelope_from.p, when, r->recipient.p,
        r->recipient.p, r->action.p, r->status.p, r->remote_mta.p, r->diagnostic.p, id, n % 1000,
        r->reporting_mta.p, r->envelope_from.p, n % 7, n % 13, n % 251, r->reporting_mta.p, id,
        r->recipient.p, when, second, made_mix(n + 1), made_mix(n + 2), made_mix(n + 3),
        made_mix(n + 4), made_mix(n + 5), made_mix(n + 6), made_mix(n + 7), made_mix(n + 8),
        made_mix(n + 9), made_mix(n + 10), made_mix(n + 11), r->envelope_from.p, r->recipient.p,
        r->subject.p, n / 60 % 60, second, r->message_id.p, made_mix(n + 12), n / 100000, id,
        n % 1000, r->reporting_mta.p);
}

static inline void made_report(struct made *made, const struct made_shape *shape,
                               unsigned long long n)
{
    unsigned long long random = made_mix(n);
    unsigned domain = made_uneven(made_mix(random + 1), shape->domains);
    unsigned provider = domain % (shape->providers + 1);
    struct wb_record *r = &made->record;
    made->used = 0;
    memset(r, 0, sizeof *r);
    r->at = shape->first + (int64_t)((double)n / shape->per_second);
    r->report_id = made_put(made, "%016llx%016llx", made_mix(random), n);
    r->failure_key = made_put(made, "%016llx%016llx", made_mix(random + 9), n);
    r->kind = random % 50 == 0 ? WB_S("delay") : WB_S("bounce");
    r->action = random % 50 == 0 ? WB_S("delayed") : WB_S("failed");
    r->recipient =
        made_put(made, "user%llu.%x@d%u.example.org", (random >> 8) % 1000000, domain & 15, domain);
    r->confidence = WB_S("strong");
    r->fault = WB_S("recipient");
    r->responsible = WB_S("sender");
    r->stage = WB_S("rcpt");
    r->dialect = WB_S("postfix");
    r->provider = provider ? made_put(made, "provider-%u", provider) : WB_S("");
    r->reporting_mta = made_put(made, "out%llu.news.example.com", n % 8);
    r->remote_mta = made_put(made, "mx%u.example.org",
                             (domain * 3 + (unsigned)(random >> 40) % 3) % shape->servers);
    r->remote_ip = made_put(made, "192.0.2.%llu", n % 250);
    r->message_id = made_put(made, "%llx.%llu@news.example.com", made_mix(n + 5), n);
    r->envelope_from = made_put(made, "bounces@news.example.com");
    r->subject = made_put(made, "News of the week %llu", n / 100000);
    r->proof = random % 3 ? WB_PROOF_TAG : WB_PROOF_NONE;
    made_cause(made, made_mix(random + 2));
    r->rule = made_put(made, "%s/made", r->cause.p);
    made_document(made, n);
    made->message = (struct wb_message){
        .source = WB_S("made.mbox"), .received = r->at + 5, .records = r, .n = 1};
    if (shape->raw)
        made_raw(made, n);
}

#endif
