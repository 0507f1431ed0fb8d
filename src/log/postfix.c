/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Postfix: one line for each step of a message, the queue id in front.
 *
 *     postfix/cleanup[7]: 7761037F: message-id=<x@example.com>
 *     postfix/qmgr[7]: 7761037F: from=<a@example.com>, size=963, nrcpt=1 (queue active)
 *     postfix/smtp[7]: 7761037F: to=<b@example.org>, orig_to=<c>, relay=mx[192.0.2.1]:25,
 *                      delay=0.1, delays=0/0/0/0, dsn=5.1.1, status=bounced (host ... said: ...)
 *     postfix/qmgr[7]: 7761037F: from=<a@example.com>, status=expired, returned to sender
 *     postfix/qmgr[7]: 7761037F: removed
 *
 * What it refuses to take has no queue id, or one whose message is never queued:
 *
 *     postfix/smtpd[7]: NOQUEUE: reject: RCPT from mx[192.0.2.1]: 550 5.1.1 ...;
 *                       from=<c@example.net> to=<d@example.com> proto=ESMTP helo=<mx>
 *     postfix/cleanup[7]: 7761037F: milter-reject: END-OF-MESSAGE from mx[192.0.2.1]: 4.7.1 ...;
 *                       from=<c@example.net> to=<d@example.com> proto=ESMTP helo=<mx>
 *     postfix/cleanup[7]: 7761037F: reject: header Subject: x from mx[192.0.2.1];
 *                       from=<c@example.net> to=<d@example.com> proto=ESMTP helo=<mx>: 5.7.1 ...
 */
#include "format.h"

enum { MAX_ID = 32 };

/* "7761037F: " or "4Vj2sX1xYzz1K: "; its length, 0: none */
static size_t queue_id(struct wb_slice s)
{
    size_t n = 0;
    if (!s.n || (!wb_is_digit(s.p[0]) && !(s.p[0] >= 'A' && s.p[0] <= 'Z')))
        return 0;
    while (n < s.n && n < MAX_ID && wb_is_alnum(s.p[n]))
        n++;
    bool ends = n + 2 <= s.n && s.p[n] == ':' && s.p[n + 1] == ' ';
    return n >= 5 && ends && !wb_slice_starts(s, WB_S("NOQUEUE")) ? n : 0;
}

static bool is_ours(struct wb_slice line, struct wb_log_line *out)
{
    return wb_log_syslog(line, out) && wb_slice_chr(out->program, '/') < out->program.n;
}

static bool knows(struct wb_slice line)
{
    struct wb_log_line l;
    return is_ours(line, &l) && wb_slice_starts(l.program, WB_S("postfix"));
}

static struct wb_slice value(struct wb_slice s, struct wb_slice name)
{
    return wb_log_between(s, name, WB_S(", "));
}

/* status=...: what became of it; ABSENT: not of a recipient of a message (address probes) */
static enum wb_action action_of(struct wb_slice status)
{
    static const struct {
        struct wb_slice word;
        enum wb_action action;
    } words[] = {{{"sent", 4}, WB_ACTION_DELIVERED},
                 {{"deferred", 8}, WB_ACTION_DELAYED},
                 {{"SOFTBOUNCE", 10}, WB_ACTION_DELAYED},
                 {{"bounced", 7}, WB_ACTION_FAILED},
                 {{"expired", 7}, WB_ACTION_FAILED}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wb_slice_starts(status, words[i].word))
            return words[i].action;
    return WB_ACTION_ABSENT;
}

static void delivery(struct wb_logbook *book, struct wb_slice id, struct wb_slice host,
                     struct wb_slice s)
{
    size_t at = wb_slice_find(s, WB_S(">, "));
    struct wb_log_told told = {.recipient = wb_slice_head(wb_slice_from(s, 4), at - 4),
                               .host = host};
    s = wb_slice_from(s, at + 3);
    if (wb_slice_starts(s, WB_S("orig_to=<"))) {
        at = wb_slice_find(s, WB_S(">, "));
        told.original = wb_slice_head(wb_slice_from(s, 9), at - 9);
        s = wb_slice_from(s, at + 3);
    }
    at = wb_slice_find(s, WB_S(", status="));
    struct wb_slice front = wb_slice_head(s, at), status = wb_slice_from(s, at + 9);
    told.action = action_of(status);
    if (!told.action)
        return;
    wb_log_relay(value(front, WB_S("relay=")), &told.remote_mta, &told.remote_ip);
    told.status = wb_log_code(value(front, WB_S("dsn=")));
    struct wb_slice why = wb_slice_from(status, wb_slice_chr(status, '(') + 1);
    if (why.n && why.p[why.n - 1] == ')')
        why.n--;
    told.diagnostic = why;
    if (!told.remote_ip.n && wb_slice_starts(why, WB_S("connect to "))) /* relay=none */
        wb_log_relay(wb_slice_from(why, 11), &told.remote_mta, &told.remote_ip);
    wb_log_tell(book, wb_log_message(book, id), &told);
}

static void sender(struct wb_logbook *book, struct wb_slice id, struct wb_slice host,
                   struct wb_slice s)
{
    size_t end = wb_slice_find(s, WB_S(">, "));
    struct wb_slice rest = wb_slice_from(s, end + 3);
    struct wb_log_message *m = wb_log_message(book, id);
    wb_log_note(book, m, WB_LOG_SENDER, wb_slice_head(wb_slice_from(s, 6), end - 6));
    if (wb_slice_starts(rest, WB_S("size=")))
        wb_log_bytes(m, value(rest, WB_S("size=")));
    else if (wb_slice_starts(rest, WB_S("status=")) &&
             wb_slice_hasi(wb_slice_head(rest, 24), WB_S("expired")))
        wb_log_expire(book, m, host);
}

static struct wb_slice behind(struct wb_slice s, struct wb_slice mark)
{
    return wb_slice_from(s, wb_slice_find(s, mark) + mark.n);
}

static bool is_refusal(struct wb_slice s)
{
    return wb_slice_starts(s, WB_S("NOQUEUE: reject: ")) || wb_slice_starts(s, WB_S("reject: ")) ||
           wb_slice_starts(s, WB_S("milter-reject: "));
}

/* The reply stands before the names of sender and recipient; of a header check, behind them. */
static void refused(struct wb_logbook *book, const struct wb_log_line *l, struct wb_slice s)
{
    size_t at = wb_slice_find(s, WB_S("; from=<"));
    if (at == s.n)
        at = wb_slice_find(s, WB_S("; proto="));
    struct wb_slice front = wb_slice_head(s, at), names = wb_slice_from(s, at);
    struct wb_slice reply = behind(behind(names, WB_S(" helo=<")), WB_S(">: "));
    struct wb_log_told told = {.recipient = wb_log_between(names, WB_S(" to=<"), WB_S(">")),
                               .diagnostic = reply.n ? reply : behind(front, WB_S("]: ")),
                               .host = l->host};
    wb_log_stamp(book, l->stamp);
    if (told.diagnostic.n)
        wb_log_refuse(book, wb_log_between(names, WB_S(" from=<"), WB_S(">")), told);
}

static void read(struct wb_logbook *book, struct wb_slice line)
{
    struct wb_log_line l;
    if (!is_ours(line, &l))
        return;
    size_t n = queue_id(l.text);
    struct wb_slice id = wb_slice_head(l.text, n), rest = wb_slice_from(l.text, n + 2);
    if (wb_log_wants_pieces(book) && is_refusal(n ? rest : l.text))
        refused(book, &l, behind(l.text, WB_S("reject: ")));
    if (!n || rest.n < 7)
        return;
    if (wb_slice_starts(rest, WB_S("to=<"))) {
        wb_log_stamp(book, l.stamp);
        delivery(book, id, l.host, rest);
    } else if (wb_slice_starts(rest, WB_S("from=<"))) {
        wb_log_stamp(book, l.stamp);
        sender(book, id, l.host, rest);
    } else if (wb_slice_starts(rest, WB_S("message-id="))) {
        wb_log_stamp(book, l.stamp);
        wb_log_note(book, wb_log_message(book, id), WB_LOG_MESSAGE_ID,
                    wb_log_unbracket(wb_slice_from(rest, 11)));
    } else if (wb_slice_eq(rest, WB_S("removed"))) {
        struct wb_log_message *m = wb_log_known(book, id);
        if (m)
            wb_log_done(book, m);
    }
}

const struct wb_log_format wb_log_format_postfix = {"postfix", knows, read, NULL};
