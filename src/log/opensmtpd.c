/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSMTPD. Each recipient of a message is an envelope with an id of its own:
 *
 *     smtpd[7]: 9a1f mta delivery evpid=45dc7452e43f6592 from=<a@example.com> to=<b@example.org>
 *               rcpt=<-> source="192.0.2.25" relay="192.0.2.1 (mx.example.org)" delay=0s
 *               result="PermFail" stat="550 5.1.1 User unknown"
 *     smtpd[7]: relay: Expire for 45dc7452e43f6592: from=<a@...>, to=<b@...>, ..., stat=...
 *
 * (versions before 6 write "delivery: PermFail for 45dc7452e43f6592: from=<...>, ... stat=..."). A
 * delivery that no server took says only "Network error on destination MXs"; why stands in lines
 * of the session, which name the server:
 *
 *     smtpd[7]: 9a1f mta connecting address=smtp://192.0.2.1:25 host=mx.example.org
 *     smtpd[7]: 9a1f mta error reason=IO Error: Connection refused
 *
 * They are joined where the server's name lies below the domain that the mail was relayed to.
 */
#include "format.h"

enum { MAX_NAME = 255, PREFIX = 6, LABELS = 4 };

static bool is_ours(struct wb_slice line, struct wb_log_line *out)
{
    return wb_log_syslog(line, out) && wb_slice_eq(out->program, WB_S("smtpd"));
}

static bool is_result(struct wb_slice text)
{
    return wb_slice_find(text, WB_S(" delivery evpid=")) < text.n ||
           wb_slice_find(text, WB_S("event=delivery ")) < text.n ||
           wb_slice_starts(text, WB_S("delivery: "));
}

static bool knows(struct wb_slice line)
{
    struct wb_log_line l;
    return is_ours(line, &l) &&
           (is_result(l.text) || wb_slice_find(l.text, WB_S(" mta connect")) < l.text.n ||
            wb_slice_find(l.text, WB_S(" smtp envelope evpid=")) < l.text.n);
}

/* name="value" or name=value; a value in quotes that holds some reaches to the last one. */
static struct wb_slice value(struct wb_slice s, struct wb_slice name, bool last)
{
    struct wb_slice v = wb_slice_from(s, wb_slice_find(s, name) + name.n);
    if (!v.n || v.p[0] != '"')
        return last ? v : wb_slice_head(v, wb_slice_chr(v, ' '));
    v = wb_slice_from(v, 1);
    if (last)
        return v.n && v.p[v.n - 1] == '"' ? wb_slice_head(v, v.n - 1) : v;
    return wb_slice_head(v, wb_slice_chr(v, '"'));
}

/* The id under which the last trouble with a server below a domain is kept. */
static struct wb_slice trouble_id(struct wb_slice domain, char room[PREFIX + MAX_NAME])
{
    domain = wb_slice_head(domain, MAX_NAME);
    memcpy(room, "relay ", PREFIX);
    memcpy(room + PREFIX, domain.p, domain.n);
    return wb_slice(room, PREFIX + domain.n);
}

static void connecting(struct wb_logbook *book, struct wb_slice session, struct wb_slice text)
{
    struct wb_log_message *m = wb_log_message(book, session);
    struct wb_slice address = value(text, WB_S("://"), false);
    size_t colon = address.n;
    while (colon && address.p[colon - 1] != ':')
        colon--;
    address = wb_slice_head(address, colon ? colon - 1 : address.n);
    if (address.n > 1 && address.p[0] == '[')
        address = wb_slice(address.p + 1, address.n - 2);
    wb_log_note(book, m, WB_LOG_SENDER, value(text, WB_S(" host="), false));
    wb_log_note(book, m, WB_LOG_MESSAGE_ID, address);
}

static void trouble(struct wb_logbook *book, struct wb_slice session, struct wb_slice reason)
{
    char room[PREFIX + MAX_NAME];
    struct wb_log_message *from = wb_log_known(book, session);
    if (!from)
        return;
    struct wb_slice host = wb_log_noted(from, WB_LOG_SENDER);
    for (int i = 0; i < LABELS && wb_slice_chr(host, '.') < host.n; i++) {
        struct wb_log_message *m = wb_log_message(book, trouble_id(host, room));
        wb_log_note(book, m, WB_LOG_SENDER, wb_log_noted(from, WB_LOG_SENDER));
        wb_log_note(book, m, WB_LOG_MESSAGE_ID, wb_log_noted(from, WB_LOG_MESSAGE_ID));
        wb_log_note(book, m, WB_LOG_ENVELOPE_ID, reason);
        host = wb_slice_from(host, wb_slice_chr(host, '.') + 1);
    }
    wb_log_done(book, from);
}

static void disconnected(struct wb_logbook *book, struct wb_slice session)
{
    struct wb_log_message *m = wb_log_known(book, session);
    if (m)
        wb_log_done(book, m);
}

/* The reason that a session gave, in the place of "Network error on destination MXs". */
static void explain(struct wb_logbook *book, struct wb_slice relay, struct wb_log_told *told)
{
    char room[PREFIX + MAX_NAME];
    if (!wb_slice_starts(told->diagnostic, WB_S("Network error on destination MXs")))
        return;
    struct wb_log_message *m = wb_log_known(book, trouble_id(relay, room));
    if (!m)
        return;
    told->diagnostic = wb_log_noted(m, WB_LOG_ENVELOPE_ID);
    told->remote_mta = wb_log_noted(m, WB_LOG_SENDER);
    told->remote_ip = wb_log_noted(m, WB_LOG_MESSAGE_ID);
}

static enum wb_action action_of(struct wb_slice result)
{
    if (wb_slice_startsi(result, WB_S("ok")))
        return WB_ACTION_DELIVERED;
    return wb_slice_startsi(result, WB_S("tempfail"))   ? WB_ACTION_DELAYED
           : wb_slice_startsi(result, WB_S("permfail")) ? WB_ACTION_FAILED
                                                        : WB_ACTION_ABSENT;
}

/* "192.0.2.1 (mx.example.org)"; a name alone is the domain for which no server was found. */
static void take_relay(struct wb_slice relay, struct wb_log_told *told)
{
    wb_log_relay(relay, &told->remote_mta, &told->remote_ip);
    if (!told->remote_ip.n)
        told->remote_mta = WB_NONE;
}

/* What both forms of the line share: from=<>, to=<>, rcpt=<>, relay=, stat= */
static void tell(struct wb_logbook *book, struct wb_slice id, struct wb_slice host,
                 struct wb_slice s, struct wb_log_told *told)
{
    struct wb_log_message *m = wb_log_message(book, id);
    wb_log_note(book, m, WB_LOG_SENDER, wb_log_between(s, WB_S("from=<"), WB_S(">")));
    told->host = host;
    told->recipient = wb_log_between(s, WB_S("to=<"), WB_S(">"));
    told->original = wb_log_between(s, WB_S("rcpt=<"), WB_S(">"));
    if (wb_slice_eq(told->original, WB_S("-")) || wb_slice_eqi(told->original, told->recipient))
        told->original = WB_NONE;
    if (told->action && told->recipient.n)
        wb_log_tell(book, m, told);
    if (told->action != WB_ACTION_DELAYED)
        wb_log_done(book, m);
}

static void delivery(struct wb_logbook *book, struct wb_slice host, struct wb_slice s)
{
    struct wb_slice front = wb_slice_head(s, wb_slice_find(s, WB_S(" stat=")));
    struct wb_slice relay = value(front, WB_S(" relay="), false);
    struct wb_log_told told = {.action = action_of(value(front, WB_S(" result="), false)),
                               .diagnostic = value(s, WB_S(" stat="), true)};
    take_relay(relay, &told);
    explain(book, relay, &told);
    tell(book, value(front, WB_S("evpid="), false), host, s, &told);
}

/* "delivery: PermFail for 45dc7452e43f6592: ...", "relay: Expire for 45dc7452e43f6592: ..." */
static void colon_line(struct wb_logbook *book, struct wb_slice host, struct wb_slice s)
{
    struct wb_slice word = wb_slice_head(s, wb_slice_chr(s, ' '));
    struct wb_slice id = wb_log_between(s, WB_S(" for "), WB_S(": "));
    struct wb_log_told told = {.action = action_of(word),
                               .diagnostic = value(s, WB_S(", stat="), true)};
    struct wb_slice relay = wb_log_between(s, WB_S(", relay="), WB_S(", "));
    if (wb_slice_eqi(word, WB_S("expire"))) {
        told.action = WB_ACTION_FAILED;
        told.says_nothing = true;
    }
    take_relay(relay, &told);
    explain(book, relay, &told);
    if (id.n && told.action)
        tell(book, id, host, s, &told);
}

static void read(struct wb_logbook *book, struct wb_slice line)
{
    struct wb_log_line l;
    if (!is_ours(line, &l))
        return;
    struct wb_slice session = wb_slice_head(l.text, wb_slice_chr(l.text, ' '));
    struct wb_slice rest = wb_slice_from(l.text, session.n + 1);
    wb_log_stamp(book, l.stamp);
    if (wb_slice_starts(rest, WB_S("mta connecting ")))
        connecting(book, session, rest);
    else if (wb_slice_starts(rest, WB_S("mta error reason=")))
        trouble(book, session, wb_slice_from(rest, 17));
    else if (wb_slice_starts(rest, WB_S("mta disconnected ")))
        disconnected(book, session);
    else if (wb_slice_eq(session, WB_S("delivery:")) || wb_slice_eq(session, WB_S("relay:")))
        colon_line(book, l.host, rest);
    else if (is_result(l.text))
        delivery(book, l.host, rest);
}

const struct wb_log_format wb_log_format_opensmtpd = {"opensmtpd", knows, read, NULL};
