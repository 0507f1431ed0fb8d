/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qmail-send, by multilog (tai64n, or made readable) or by syslog. A delivery has a number of its
 * own; in reasons blanks are "_" and line ends "/".
 *
 *     @400000006925... new msg 12345
 *     @400000006925... info msg 12345: bytes 500 from <a@example.com> qp 7 uid 89
 *     @400000006925... starting delivery 17: msg 12345 to remote b@example.org
 *     @400000006925... delivery 17: failure: 192.0.2.1_does_not_like_recipient./Remote_host_said:_
 *                      550_User_unknown/Giving_up_on_192.0.2.1./
 *     @400000006925... end msg 12345
 *
 * A line torn out of the log says the reason, but not whose message it was.
 */
#include "format.h"
#include "reader.h"

enum { TAI_STAMP = 25 };

/* libtai: seconds since 1970 TAI behind 2^62; it counts no leap seconds but the first ten. */
static struct wb_time tai_time(struct wb_slice s)
{
    uint64_t seconds = 0;
    for (size_t i = 1; i < 17; i++) {
        int digit = wb_hex_digit(s.p[i]);
        if (digit < 0)
            return (struct wb_time){0};
        seconds = seconds << 4 | (uint64_t)digit;
    }
    uint64_t base = ((uint64_t)1 << 62) + 10;
    if (seconds < base || seconds - base > 253402300799u) /* the year 9999 */
        return (struct wb_time){0};
    return (struct wb_time){(int64_t)(seconds - base), 0, true};
}

static struct wb_slice number(struct wb_slice s)
{
    size_t n = 0;
    while (n < s.n && wb_is_digit(s.p[n]))
        n++;
    return wb_slice_head(s, n);
}

struct entry {
    struct wb_time time; /* known: by tai64n */
    struct wb_slice stamp, host, text;
};

/* splogger's "1795483452.123456 " */
static bool splogger_stamp(struct wb_slice line, struct entry *e)
{
    struct wb_slice seconds = number(line);
    struct wb_slice rest = wb_slice_from(line, seconds.n + 1);
    struct wb_slice fraction = number(rest);
    long long time;
    if (seconds.n != 10 || line.n < 12 || line.p[10] != '.' || !fraction.n ||
        fraction.n == rest.n || rest.p[fraction.n] != ' ' || !wb_slice_number(seconds, &time))
        return false;
    e->time = (struct wb_time){time, 0, true};
    e->text = wb_slice_from(rest, fraction.n + 1);
    return true;
}

static bool take_apart(struct wb_slice line, struct entry *e)
{
    struct wb_log_line l;
    size_t iso;
    *e = (struct entry){0};
    if (line.n > TAI_STAMP && line.p[0] == '@' && line.p[TAI_STAMP] == ' ') {
        e->time = tai_time(line);
        e->text = wb_slice_from(line, TAI_STAMP + 1);
        return e->time.known;
    }
    if (wb_log_syslog(line, &l) && wb_slice_starts(l.program, WB_S("qmail"))) {
        *e = (struct entry){.stamp = l.stamp, .host = l.host, .text = l.text};
        size_t n = 0; /* "1795483452.123456 " */
        while (n < e->text.n && (wb_is_digit(e->text.p[n]) || e->text.p[n] == '.'))
            n++;
        if (n && n < e->text.n && e->text.p[n] == ' ')
            e->text = wb_slice_from(e->text, n + 1);
        return true;
    }
    if (splogger_stamp(line, e))
        return true;
    if (!(iso = wb_log_iso_stamp(line)))
        return false;
    *e = (struct entry){.stamp = wb_slice_head(line, iso), .text = wb_slice_from(line, iso + 1)};
    return true;
}

/* "delivery 17: failure: ..." */
static bool is_result(struct wb_slice s)
{
    struct wb_slice rest = wb_slice_from(s, 9);
    if (!wb_slice_starts(s, WB_S("delivery ")))
        return false;
    rest = wb_slice_from(rest, number(rest).n);
    return wb_slice_starts(rest, WB_S(": failure: ")) ||
           wb_slice_starts(rest, WB_S(": deferral: "));
}

static bool knows(struct wb_slice line)
{
    struct entry e;
    return take_apart(line, &e) &&
           (wb_slice_starts(e.text, WB_S("new msg ")) ||
            wb_slice_starts(e.text, WB_S("info msg ")) ||
            wb_slice_starts(e.text, WB_S("starting delivery ")) ||
            wb_slice_starts(e.text, WB_S("status: local ")) || is_result(e.text));
}

/* "12345" is a message, "#17" a delivery. */
static struct wb_slice delivery_id(struct wb_slice digits, char room[24])
{
    digits = wb_slice_head(digits, 20);
    room[0] = '#';
    memcpy(room + 1, digits.p, digits.n);
    return wb_slice(room, digits.n + 1);
}

/* "b@example.org"; to a virtual domain of the own server with its user's name in front. */
static void starting(struct wb_logbook *book, struct wb_slice s)
{
    char room[24];
    struct wb_slice digits = number(s);
    struct wb_slice msg = number(wb_slice_from(s, wb_slice_find(s, WB_S(": msg ")) + 6));
    struct wb_slice to = wb_slice_from(s, wb_slice_find(s, WB_S(" to ")) + 4);
    to = wb_slice_from(to, wb_slice_chr(to, ' ') + 1); /* "local" or "remote" */
    if (!digits.n || !msg.n || !to.n)
        return;
    struct wb_log_message *m = wb_log_message(book, delivery_id(digits, room));
    wb_log_note(book, m, WB_LOG_SENDER, to);
    wb_log_note(book, m, WB_LOG_ENVELOPE_ID, msg);
}

/* Blanks and lines as they were: in <addresses> "_" stays, "/" ends a line only behind ".". */
static struct wb_slice unescape(struct wb_logbook *book, struct wb_slice s)
{
    char *p = wb_log_room(book, s.n);
    bool address = false;
    if (!p)
        return WB_NONE;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        address = c == '<' || (address && c != '>');
        if (c == '_' && !address)
            c = ' ';
        struct wb_slice behind = wb_slice_from(s, i + 1);
        bool line = c == '/' && (!behind.n || wb_slice_starts(behind, WB_S("Remote_host_said:")) ||
                                 wb_slice_starts(behind, WB_S("Giving_up_on_")) ||
                                 wb_slice_starts(behind, WB_S("I'm_not_going_to_try_again")) ||
                                 (behind.n > 3 && number(wb_slice_head(behind, 3)).n == 3 &&
                                  strchr("-_", behind.p[3])));
        p[i] = line ? '\n' : c;
    }
    return wb_slice_rtrim(wb_slice(p, s.n));
}

static void result(struct wb_logbook *book, const struct entry *e, struct wb_slice s)
{
    static const struct {
        struct wb_slice word;
        enum wb_action action;
    } words[] = {{{"success: ", 9}, WB_ACTION_DELIVERED},
                 {{"deferral: ", 10}, WB_ACTION_DELAYED},
                 {{"failure: ", 9}, WB_ACTION_FAILED}};
    char room[24];
    struct wb_slice digits = number(s);
    struct wb_log_told told = {.host = e->host};
    s = wb_slice_from(s, digits.n + 2);
    struct wb_log_message *started =
        digits.n ? wb_log_known(book, delivery_id(digits, room)) : NULL;
    if (!started && !wb_log_wants_pieces(book))
        return;
    for (size_t i = 0; i < 3; i++)
        if (wb_slice_starts(s, words[i].word)) {
            told.action = words[i].action;
            s = wb_slice_from(s, words[i].word.n);
        }
    if (!told.action)
        return;
    if (told.action != WB_ACTION_DELIVERED)
        told.diagnostic = unescape(book, s);
    told.recipient = started ? wb_log_noted(started, WB_LOG_SENDER)
                             : wb_log_between(told.diagnostic, WB_S("<"), WB_S(">"));
    struct wb_slice id = started ? wb_log_noted(started, WB_LOG_ENVELOPE_ID) : WB_NONE;
    wb_log_tell(book, wb_log_message(book, id), &told);
    if (started)
        wb_log_done(book, started);
}

static void read(struct wb_logbook *book, struct wb_slice line)
{
    struct entry e;
    if (!take_apart(line, &e))
        return;
    if (e.time.known)
        wb_log_at(book, e.time);
    else
        wb_log_stamp(book, e.stamp);
    struct wb_slice s = e.text;
    if (wb_slice_starts(s, WB_S("info msg "))) {
        struct wb_log_message *m = wb_log_message(book, number(wb_slice_from(s, 9)));
        wb_log_note(book, m, WB_LOG_SENDER, wb_log_between(s, WB_S(" from <"), WB_S(">")));
        wb_log_bytes(m, wb_log_between(s, WB_S(": bytes "), WB_S(" ")));
    } else if (wb_slice_starts(s, WB_S("starting delivery "))) {
        starting(book, wb_slice_from(s, 18));
    } else if (wb_slice_starts(s, WB_S("delivery "))) {
        result(book, &e, wb_slice_from(s, 9));
    } else if (wb_slice_starts(s, WB_S("end msg ")) || wb_slice_starts(s, WB_S("new msg "))) {
        /* numbers are used again */
        struct wb_log_message *m = wb_log_known(book, number(wb_slice_from(s, 8)));
        if (m)
            wb_log_done(book, m);
    }
}

const struct wb_log_format wb_log_format_qmail = {"qmail", knows, read, NULL};
