/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sendmail: "name=value" with ", " between, the queue id in front.
 *
 *     sendmail[7]: 6AO1M3Eb001144: from=<a@example.com>, size=295, class=0, nrcpts=1,
 *                  msgid=<x@example.com>, proto=ESMTP, daemon=MTA, relay=localhost [127.0.0.1]
 *     sendmail[8]: 6AO1M3Eb001144: to=<b@example.org>,<c@example.org>, delay=00:00:00,
 *                  mailer=esmtp, pri=30295, relay=mx.example.org. [192.0.2.1], dsn=5.1.1,
 *                  reply=550 5.1.1 <b@example.org>... User unknown, stat=User unknown
 *     sendmail[8]: 6AO1M3Eb001144: 6AO1M3Eb001146: DSN: Cannot send message for 5 days
 *
 * What it refuses to take:
 *
 *     sendmail[9]: 6AO1M3Eb001150: ruleset=check_rcpt, arg1=<d@example.com>, relay=mx [192.0.2.1],
 *                  reject=550 5.7.1 <d@example.com>... Access denied
 *     sendmail[9]: 6AO1M3Eb001151: Milter: to=<d@example.com>, reject=451 4.7.1 ...
 */
#include "format.h"

enum { MAX_ID = 20, MIN_ID = 8, MAX_WAITING = 3000 };

static size_t queue_id(struct wb_slice s)
{
    size_t n = 0;
    while (n < s.n && n <= MAX_ID && wb_is_alnum(s.p[n]))
        n++;
    bool ends = n + 2 <= s.n && s.p[n] == ':' && s.p[n + 1] == ' ';
    return n >= MIN_ID && ends ? n : 0;
}

static bool is_ours(struct wb_slice line, struct wb_log_line *out)
{
    return wb_log_syslog(line, out) && wb_slice_chr(out->program, '/') == out->program.n &&
           queue_id(out->text);
}

static bool is_refusal(struct wb_slice s)
{
    return wb_slice_starts(s, WB_S("ruleset=")) || wb_slice_starts(s, WB_S("Milter: "));
}

static bool knows(struct wb_slice line)
{
    struct wb_log_line l;
    if (!is_ours(line, &l) ||
        !(wb_slice_starts(l.program, WB_S("sendmail")) || wb_slice_starts(l.program, WB_S("sm-"))))
        return false;
    struct wb_slice rest = wb_slice_from(l.text, queue_id(l.text) + 2);
    return wb_slice_starts(rest, WB_S("from=")) || wb_slice_starts(rest, WB_S("to=")) ||
           is_refusal(rest);
}

static struct wb_slice value(struct wb_slice s, struct wb_slice name)
{
    return wb_log_between(s, name, WB_S(", "));
}

static void arrived(struct wb_logbook *book, struct wb_log_message *m, struct wb_slice s)
{
    struct wb_slice from = value(s, WB_S("from="));
    if (!wb_slice_eq(from, WB_S("<>")))
        wb_log_note(book, m, WB_LOG_SENDER, wb_log_unbracket(from));
    wb_log_bytes(m, value(s, WB_S(", size=")));
    struct wb_slice id = value(s, WB_S(", msgid="));
    if (id.n)
        wb_log_note(book, m, WB_LOG_MESSAGE_ID, wb_log_unbracket(id));
}

/* Where ", stat=" stands that ends the line: a reply may hold the words as well. */
static size_t last_stat(struct wb_slice s)
{
    size_t found = s.n;
    for (size_t at = 0; (at += wb_slice_find(wb_slice_from(s, at), WB_S(", stat="))) < s.n; at++) {
        found = at;
        if (wb_slice_starts(wb_slice_from(s, at + 7), WB_S("Deferred: ")))
            break; /* what follows repeats the reply */
    }
    return found;
}

static struct wb_slice after(struct wb_slice s, struct wb_slice head)
{
    return wb_slice_starts(s, head) ? wb_slice_from(s, head.n) : s;
}

static enum wb_action action_of(struct wb_slice stat)
{
    if (wb_slice_starts(stat, WB_S("Sent")))
        return WB_ACTION_DELIVERED;
    return wb_slice_starts(stat, WB_S("Deferred")) ? WB_ACTION_DELAYED : WB_ACTION_FAILED;
}

/* Each recipient of "to=<b@example.org>,<c@example.org>". */
static void tell_all(struct wb_logbook *book, struct wb_log_message *m, struct wb_log_told *told,
                     struct wb_slice all)
{
    while (all.n) {
        told->recipient = wb_log_unbracket(wb_slice_trim(wb_slice_cut(&all, ',')));
        if (told->recipient.n)
            wb_log_tell(book, m, told);
    }
}

/*
 * A message that is refused while it is handed in has its "to=" lines before the line "from=":
 * failures wait for that line, or for the notice that follows. False: there is no need to, or no
 * room.
 */
static bool put_off(struct wb_logbook *book, struct wb_log_message *m, struct wb_slice s)
{
    struct wb_slice before = wb_log_noted(m, WB_LOG_WAITING);
    if (wb_log_noted(m, WB_LOG_MESSAGE_ID).n || wb_log_noted(m, WB_LOG_SENDER).n ||
        before.n + s.n > MAX_WAITING)
        return false;
    char *p = wb_log_room(book, before.n + s.n + 1);
    if (!p)
        return false;
    memcpy(p, before.p, before.n);
    memcpy(p + before.n, s.p, s.n);
    p[before.n + s.n] = '\n';
    wb_log_note(book, m, WB_LOG_WAITING, wb_slice(p, before.n + s.n + 1));
    return true;
}

static void delivery(struct wb_logbook *book, struct wb_log_message *m, struct wb_slice host,
                     struct wb_slice s, bool may_wait)
{
    size_t at = last_stat(s);
    struct wb_slice front = wb_slice_head(s, at), stat = wb_slice_from(s, at + 7);
    struct wb_log_told told = {.action = action_of(stat), .host = host};
    if (at == s.n || (may_wait && told.action == WB_ACTION_FAILED && put_off(book, m, s)))
        return;
    size_t reply = wb_slice_find(front, WB_S(", reply="));
    told.diagnostic = wb_slice_from(front, reply + 8);
    front = wb_slice_head(front, reply);
    bool answered = told.diagnostic.n && wb_is_digit(told.diagnostic.p[0]);
    if (!answered) {
        struct wb_slice hint = wb_log_noted(m, WB_LOG_HINT);
        told.diagnostic = hint.n ? hint : after(after(stat, WB_S("Deferred")), WB_S(": "));
        /* of a reply without a status code of its own Sendmail makes one up */
        told.status = wb_log_code(value(front, WB_S(", dsn=")));
    }
    if (wb_slice_starts(stat, WB_S("queued"))) { /* with dsn=4.4.3 DNS gave no answer */
        if (told.status.class != 4)
            return;
        told.diagnostic = WB_NONE;
        told.action = WB_ACTION_DELAYED;
    }
    wb_log_relay(value(front, WB_S(", relay=")), &told.remote_mta, &told.remote_ip);
    struct wb_slice all = wb_slice_from(front, 3);
    tell_all(book, m, &told, wb_slice_head(all, wb_slice_find(all, WB_S(", "))));
}

/* Tells the failures that were put off; the message is told what is known of it by now. */
static void make_up(struct wb_logbook *book, struct wb_log_message *m, struct wb_slice host)
{
    struct wb_slice waiting = wb_log_noted(m, WB_LOG_WAITING), s;
    char *p = waiting.n ? wb_log_room(book, waiting.n) : NULL;
    if (!p)
        return;
    memcpy(p, waiting.p, waiting.n);
    waiting = wb_slice(p, waiting.n);
    wb_log_note(book, m, WB_LOG_WAITING, WB_NONE);
    while ((s = wb_slice_cut(&waiting, '\n')).n)
        delivery(book, m, host, s, false);
}

/*
 * "6AO1M3Eb001146: DSN: Cannot send message for 5 days": the end of all that still wait. Of a
 * message whose failure no other line tells ("DSN: aliasing/forwarding loop broken") it is the
 * only word. Other versions say "return to sender" or "sender notify" in the place of DSN.
 */
static void notice(struct wb_logbook *book, const struct wb_log_line *l, struct wb_slice id,
                   struct wb_slice s)
{
    static const struct wb_slice heads[] = {
        {"DSN: ", 5}, {"return to sender: ", 18}, {"sender notify: ", 15}};
    struct wb_slice why = WB_NONE;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        if (wb_slice_starts(s, heads[i]))
            why = wb_slice_from(s, heads[i].n);
    struct wb_log_message *m = why.n ? wb_log_known(book, id) : NULL;
    if (!m || wb_slice_starts(why, WB_S("Warning")))
        return;
    wb_log_stamp(book, l->stamp);
    make_up(book, m, l->host);
    if (wb_slice_starts(why, WB_S("Cannot send message for "))) {
        wb_log_expire(book, m, l->host);
    } else if (!wb_log_failed(m)) {
        struct wb_log_told told = {.action = WB_ACTION_FAILED, .diagnostic = why, .host = l->host};
        wb_log_tell(book, m, &told);
    }
}

static void refused(struct wb_logbook *book, const struct wb_log_line *l, struct wb_slice s)
{
    bool of_recipient = wb_slice_starts(s, WB_S("ruleset=check_rcpt"));
    size_t at = wb_slice_find(s, WB_S(", reject="));
    struct wb_slice front = wb_slice_head(s, at);
    struct wb_slice argument = wb_log_unbracket(value(front, WB_S("arg1=")));
    struct wb_slice to = wb_log_unbracket(value(front, WB_S(" to=")));
    struct wb_log_told told = {.recipient = of_recipient ? argument : to,
                               .diagnostic = wb_slice_from(s, at + 9),
                               .host = l->host};
    struct wb_slice from = wb_log_unbracket(value(front, WB_S(" from=")));
    if (wb_slice_starts(s, WB_S("ruleset=check_mail")))
        from = argument;
    wb_log_stamp(book, l->stamp);
    if (told.diagnostic.n)
        wb_log_refuse(book, from, told);
}

static void read(struct wb_logbook *book, struct wb_slice line)
{
    struct wb_log_line l;
    if (!is_ours(line, &l))
        return;
    size_t n = queue_id(l.text);
    struct wb_slice id = wb_slice_head(l.text, n), rest = wb_slice_from(l.text, n + 2);
    if (is_refusal(rest) && wb_log_wants_pieces(book)) {
        refused(book, &l, rest);
    } else if (wb_slice_starts(rest, WB_S("to="))) {
        wb_log_stamp(book, l.stamp);
        delivery(book, wb_log_message(book, id), l.host, rest, !wb_log_wants_pieces(book));
    } else if (wb_slice_starts(rest, WB_S("from="))) {
        wb_log_stamp(book, l.stamp);
        struct wb_log_message *m = wb_log_message(book, id);
        arrived(book, m, rest);
        make_up(book, m, l.host);
    } else if (wb_slice_starts(rest, WB_S("SYSERR("))) { /* why delivery fails in the next line */
        struct wb_log_message *m = wb_log_known(book, id);
        if (m)
            wb_log_note(book, m, WB_LOG_HINT,
                        wb_slice_from(rest, wb_slice_find(rest, WB_S(": ")) + 2));
    } else if ((n = queue_id(rest))) {
        notice(book, &l, id, wb_slice_from(rest, n + 2));
    }
}

const struct wb_log_format wb_log_format_sendmail = {"sendmail", knows, read, NULL};
