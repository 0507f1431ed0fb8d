/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exim's main log, as a file or through syslog. Behind the time, and perhaps "[pid]", stands the
 * message's id, then a flag:
 *
 *     1xVfFF-0000F9-0p <= a@example.com H=... P=esmtp S=500 id=x@example.com
 *     1xVfFF-0000F9-0p ** b@example.org <c@example.com> R=remote T=remote_smtp
 *                         H=mx.example.org [192.0.2.1]: SMTP error from remote mail server ...
 *     1xVfFF-0000F9-0p H=mx.example.org [192.0.2.1] Connection refused
 *     1xVfFF-0000F9-0p == b@example.org R=remote T=remote_smtp defer (111): Connection refused
 *     1xVfFF-0000F9-0p => b@example.org R=remote T=remote_smtp H=mx.example.org [192.0.2.1] ...
 *     1xVfFF-0000F9-0p Completed
 *
 * What it refuses to take:
 *
 *     H=(helo) [192.0.2.1] F=<c@example.net> rejected RCPT <d@example.com>: Unknown user
 *     1xVfFF-0000F9-0p H=mx [192.0.2.1] F=<c@example.net> rejected after DATA: This message ...
 *
 * Until it gives up, Exim also notes that it did not try: "retry time not reached"; and in the end
 * only "retry timeout exceeded". The reason is that of the last real attempt.
 */
#include "format.h"

/* An id is 6-6-2 letters and digits, since Exim 4.97 6-11-4. */
static size_t message_id(struct wb_slice s)
{
    size_t n = 0, dashes = 0, at[2] = {0, 0};
    while (n < s.n && n <= 23 && (wb_is_alnum(s.p[n]) || s.p[n] == '-')) {
        if (s.p[n] == '-' && dashes < 2)
            at[dashes] = n;
        dashes += s.p[n++] == '-';
    }
    if (dashes != 2 || at[0] != 6 || n >= s.n || s.p[n] != ' ')
        return 0;
    return (at[1] == 13 && n == 16) || (at[1] == 18 && n == 23) ? n : 0;
}

static bool is_refusal(struct wb_slice s)
{
    return wb_slice_starts(s, WB_S("H=")) && wb_slice_find(s, WB_S(" rejected ")) < s.n;
}

struct entry {
    struct wb_slice stamp, host, id, text; /* text: from the flag on */
};

static bool take_apart(struct wb_slice line, struct entry *e)
{
    struct wb_log_line l;
    *e = (struct entry){0};
    size_t stamp = wb_log_iso_stamp(line);
    if (!(stamp && line.n > stamp + 1 && wb_is_digit(line.p[stamp + 1])) &&
        wb_log_syslog(line, &l) && wb_slice_starts(l.program, WB_S("exim"))) {
        e->host = l.host;
        e->stamp = l.stamp;
        line = l.text;
        stamp = wb_log_iso_stamp(line);
    }
    if (stamp) {
        e->stamp = wb_slice_head(line, stamp);
        line = wb_slice_from(line, stamp + 1);
    }
    if (line.n && line.p[0] == '[') /* log_selector = +pid */
        line = wb_slice_from(line, wb_slice_chr(wb_slice_head(line, 16), ']') + 2);
    size_t n = e->stamp.n ? message_id(line) : 0;
    e->id = wb_slice_head(line, n);
    e->text = wb_slice_from(line, n ? n + 1 : 0);
    return e->text.n > 3 && (n || (e->stamp.n && is_refusal(e->text)));
}

static bool knows(struct wb_slice line)
{
    struct entry e;
    return take_apart(line, &e);
}

static void arrived(struct wb_logbook *book, struct wb_log_message *m, struct wb_slice s)
{
    size_t end = wb_slice_chr(s, ' ');
    struct wb_slice from = wb_slice_head(s, end);
    struct wb_slice rest = wb_slice_from(s, end);
    if (!wb_slice_eq(from, WB_S("<>")))
        wb_log_note(book, m, WB_LOG_SENDER, from);
    wb_log_bytes(m, wb_log_between(rest, WB_S(" S="), WB_S(" ")));
    struct wb_slice id = wb_log_between(rest, WB_S(" id="), WB_S(" "));
    if (id.n)
        wb_log_note(book, m, WB_LOG_MESSAGE_ID, id);
}

static bool says_nothing(struct wb_slice reason)
{
    return wb_slice_starts(reason, WB_S("retry time not reached")) ||
           wb_slice_starts(reason, WB_S("retry timeout exceeded")) ||
           wb_slice_starts(reason, WB_S("all hosts for ")) || !reason.n;
}

/*
 * What stands behind the first ": " that ends the fields. "defer (110): Connection timed out
 * H=mx.example.org [192.0.2.1]: SMTP timeout after ...": behind the host there is more.
 */
static struct wb_slice reason_of(struct wb_slice s)
{
    struct wb_slice reason = wb_slice_from(s, wb_slice_find(s, WB_S(": ")) + 2);
    size_t host = wb_slice_find(reason, WB_S(" H="));
    struct wb_slice behind = wb_slice_from(reason, host);
    size_t colon = wb_slice_find(behind, WB_S("]: "));
    if (host < 80 && wb_slice_find(reason, WB_S(": ")) > host && colon < behind.n)
        return wb_slice_from(behind, colon + 3);
    return reason;
}

/* "b@example.org <c@example.com>": the address, and the one that was written to; what follows. */
static struct wb_slice addresses(struct wb_slice s, struct wb_log_told *told)
{
    bool quoted = s.n && s.p[0] == '"';
    size_t n = quoted ? wb_slice_find(s, WB_S("\"@")) : 0;
    while (n < s.n && s.p[n] != ' ' && !(s.p[n] == ':' && n + 1 < s.n && s.p[n + 1] == ' '))
        n++;
    told->recipient = wb_slice_head(s, n);
    s = wb_slice_from(s, n);
    if (!wb_slice_starts(s, WB_S(" <")))
        return s;
    size_t end = wb_slice_chr(s, '>');
    told->original = wb_slice_head(wb_slice_from(s, 2), end - 2);
    /* "user <user@example.com>": a local part, and its address */
    if (wb_slice_chr(told->recipient, '@') == told->recipient.n)
        told->recipient = told->original;
    if (wb_slice_eqi(told->recipient, told->original))
        told->original = WB_NONE;
    return wb_slice_from(s, end + 1);
}

static void recipient(struct wb_logbook *book, const struct entry *e, enum wb_action action)
{
    struct wb_log_message *m = wb_log_message(book, e->id);
    struct wb_log_told told = {.action = action, .host = e->host};
    struct wb_slice s = addresses(wb_slice_from(e->text, 3), &told);
    wb_log_relay(wb_log_between(s, WB_S(" H="), WB_S("]")), &told.remote_mta, &told.remote_ip);
    if (action != WB_ACTION_DELIVERED)
        told.diagnostic = reason_of(s);
    told.says_nothing = says_nothing(told.diagnostic);
    if (!told.remote_ip.n && action == WB_ACTION_DELAYED && !told.says_nothing) {
        /* "defer (111): Connection refused": which server stands in the line before */
        struct wb_slice hint = wb_log_noted(m, WB_LOG_HINT);
        if (wb_slice_ends(hint, wb_slice_head(told.diagnostic, 24)))
            wb_log_relay(hint, &told.remote_mta, &told.remote_ip);
    }
    if (told.recipient.n)
        wb_log_tell(book, m, &told);
}

static void arrives(struct wb_logbook *book, const struct entry *e)
{
    arrived(book, wb_log_message(book, e->id), wb_slice_from(e->text, 3));
}

static void fails(struct wb_logbook *book, const struct entry *e)
{
    recipient(book, e, WB_ACTION_FAILED);
}

static void waits(struct wb_logbook *book, const struct entry *e)
{
    recipient(book, e, WB_ACTION_DELAYED);
}

static void is_delivered(struct wb_logbook *book, const struct entry *e)
{
    recipient(book, e, WB_ACTION_DELIVERED);
}

/* What comes behind the command is the reason that the rule gives, without a code. */
static void refused(struct wb_logbook *book, const struct entry *e)
{
    size_t at = wb_slice_find(e->text, WB_S(" rejected "));
    struct wb_slice front = wb_slice_head(e->text, at);
    struct wb_slice s = wb_slice_from(e->text, at + 10);
    struct wb_log_told told = {.host = e->host,
                               .for_now = wb_slice_ends(front, WB_S("temporarily"))};
    if (wb_slice_starts(s, WB_S("RCPT ")))
        told.recipient = wb_log_between(s, WB_S("<"), WB_S(">"));
    told.diagnostic = wb_slice_from(s, wb_slice_find(s, WB_S(": ")) + 2);
    if (told.diagnostic.n)
        wb_log_refuse(book, wb_log_between(front, WB_S(" F=<"), WB_S(">")), told);
}

static void names_server(struct wb_logbook *book, const struct entry *e)
{
    if (wb_log_wants_pieces(book) && is_refusal(e->text))
        refused(book, e);
    struct wb_log_message *m = wb_log_known(book, e->id);
    if (m)
        wb_log_note(book, m, WB_LOG_HINT, wb_slice_from(e->text, 2));
}

static void completed(struct wb_logbook *book, const struct entry *e)
{
    struct wb_log_message *m = wb_log_known(book, e->id);
    if (m)
        wb_log_done(book, m);
}

static void read(struct wb_logbook *book, struct wb_slice line)
{
    static const struct {
        struct wb_slice flag;
        void (*take)(struct wb_logbook *book, const struct entry *e);
    } flags[] = {{{"<= ", 3}, arrives},      {{"** ", 3}, fails},
                 {{"== ", 3}, waits},        {{"=> ", 3}, is_delivered},
                 {{"-> ", 3}, is_delivered}, {{">> ", 3}, is_delivered},
                 {{"H=", 2}, names_server},  {{"Completed", 9}, completed}};
    struct entry e;
    if (!take_apart(line, &e))
        return;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (wb_slice_starts(e.text, flags[i].flag)) {
            wb_log_stamp(book, e.stamp);
            flags[i].take(book, &e);
            return;
        }
}

const struct wb_log_format wb_log_format_exim = {"exim", knows, read, NULL};
