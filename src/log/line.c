/* SPDX-License-Identifier: BSD-2-Clause */
/* The front of a line: who wrote it when. And the small pieces that lines of all servers have. */
#include "book.h"
#include "reader.h"

/* ---- times ---- */

static bool digits_at(struct wb_slice s, size_t at, size_t n)
{
    for (size_t i = at; i < at + n; i++)
        if (i >= s.n || !wb_is_digit(s.p[i]))
            return false;
    return true;
}

static int two(const char *p)
{
    return (p[0] == ' ' ? 0 : p[0] - '0') * 10 + p[1] - '0';
}

/* "Nov  2 03:04:05" */
enum { BSD_STAMP = 15 };

static bool is_bsd_stamp(struct wb_slice s)
{
    return s.n > BSD_STAMP && s.p[3] == ' ' && s.p[6] == ' ' && s.p[9] == ':' && s.p[12] == ':' &&
           wb_is_alpha(s.p[0]) && (s.p[4] == ' ' || wb_is_digit(s.p[4])) && digits_at(s, 5, 1) &&
           digits_at(s, 7, 2) && digits_at(s, 10, 2) && digits_at(s, 13, 2);
}

/* Whether the text begins like the pattern: "0" stands for any digit, "T" also for a blank. */
static bool looks_like(struct wb_slice s, const char *pattern)
{
    for (size_t i = 0; pattern[i]; i++) {
        if (i >= s.n)
            return false;
        bool fits = pattern[i] == '0'   ? wb_is_digit(s.p[i])
                    : pattern[i] == 'T' ? s.p[i] == 'T' || s.p[i] == ' '
                                        : s.p[i] == pattern[i];
        if (!fits)
            return false;
    }
    return true;
}

size_t wb_log_iso_stamp(struct wb_slice s)
{
    static const char *const zones[] = {"Z", "+00:00", "-00:00", "+0000", "-0000"};
    size_t n = 19;
    if (s.n < n || s.p[4] != '-' || !looks_like(s, "0000-00-00T00:00:00"))
        return 0;
    if (n < s.n && (s.p[n] == '.' || s.p[n] == ','))
        for (n++; n < s.n && wb_is_digit(s.p[n]);)
            n++;
    struct wb_slice rest = wb_slice_from(s, n);
    size_t blank = rest.n && rest.p[0] == ' ';
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        if (looks_like(wb_slice_from(rest, i ? blank : 0), zones[i]))
            return n + (i ? blank : 0) + strlen(zones[i]);
    return n;
}

static int month_of(const char *p)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int m = 0; m < 12; m++)
        if (memcmp(names + (size_t)m * 3, p, 3) == 0)
            return m + 1;
    return 0;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* How many minutes east of UTC that wall stands; the same within an hour. */
static int zone_at(struct wb_logbook *book, int64_t wall)
{
    if (!book->zone)
        return 0;
    if (wall / 3600 != book->zone_hour) {
        book->zone_hour = wall / 3600;
        book->zone_minutes = book->zone(wall);
    }
    return book->zone_minutes;
}

/*
 * The year of a line that does not say it. Where the first line's is known, the years are counted:
 * from December to January one more. Else it is the last year in which the line is not later than
 * the file: a day more is allowed, for clocks and zones.
 */
static int year_of(struct wb_logbook *book, struct wb_civil c)
{
    if (book->year) {
        if (book->month && c.month - book->month < -6)
            book->year++;
        if (book->month && c.month - book->month > 6)
            book->year--;
        book->month = c.month;
        return book->year;
    }
    if (!book->modified)
        return 0;
    int64_t last = book->modified + zone_at(book, book->modified) * 60 + 86400;
    c.year = wb_date_utc((struct wb_time){.unix_seconds = last}).year;
    while (wb_date_seconds(c) > last || (c.month == 2 && c.day == 29 && !is_leap(c.year)))
        c.year--;
    return c.year;
}

static struct wb_time bsd_time(struct wb_logbook *book, struct wb_slice s)
{
    struct wb_civil c = {.month = month_of(s.p),
                         .day = two(s.p + 4),
                         .hour = two(s.p + 7),
                         .minute = two(s.p + 10),
                         .second = two(s.p + 13)};
    if (!c.month || c.day < 1 || c.day > 31 || c.hour > 23 || c.minute > 59 || c.second > 60)
        return (struct wb_time){0};
    c.year = year_of(book, c);
    if (!c.year)
        return (struct wb_time){0};
    int64_t wall = wb_date_seconds(c);
    int zone = zone_at(book, wall);
    return (struct wb_time){wall - zone * 60, (int16_t)zone, true};
}

/* A date with the year, and perhaps with a zone. */
static struct wb_time iso_time(struct wb_logbook *book, struct wb_slice s)
{
    struct wb_time t = wb_date_parse(s);
    bool zoned = s.p[s.n - 1] == 'Z';
    for (size_t i = 19; i < s.n; i++)
        zoned |= s.p[i] == '+' || s.p[i] == '-';
    if (!t.known || zoned)
        return t;
    int zone = zone_at(book, t.unix_seconds);
    return (struct wb_time){t.unix_seconds - zone * 60, (int16_t)zone, true};
}

void wb_log_stamp(struct wb_logbook *book, struct wb_slice stamp)
{
    if (stamp.n == book->last_stamp_n && memcmp(stamp.p, book->last_stamp, stamp.n) == 0) {
        book->now = book->last_time;
        return;
    }
    bool bsd = stamp.n == BSD_STAMP && stamp.p[3] == ' ';
    book->now = bsd                       ? bsd_time(book, stamp)
                : wb_log_iso_stamp(stamp) ? iso_time(book, stamp)
                                          : (struct wb_time){0};
    if (stamp.n <= sizeof book->last_stamp) {
        memcpy(book->last_stamp, stamp.p, stamp.n);
        book->last_stamp_n = (uint8_t)stamp.n;
        book->last_time = book->now;
    }
}

void wb_log_at(struct wb_logbook *book, struct wb_time time)
{
    book->now = time;
}

/* ---- syslog ---- */

/* "postfix/smtp[624]: text" */
static bool take_program(struct wb_slice rest, struct wb_log_line *out)
{
    size_t n = 0;
    while (n < rest.n && n < 128 && rest.p[n] != ':' && rest.p[n] != '[' && rest.p[n] != ' ')
        n++;
    out->program = wb_slice_head(rest, n);
    rest = wb_slice_from(rest, n);
    if (rest.n && rest.p[0] == '[')
        rest = wb_slice_from(rest, wb_slice_chr(wb_slice_head(rest, 24), ']') + 1);
    out->text = wb_slice_from(rest, 2);
    if (wb_slice_starts(out->text, WB_S("[ID "))) /* Solaris: "[ID 197553 mail.info] " */
        out->text = wb_slice_from(out->text, wb_slice_chr(wb_slice_head(out->text, 40), ']') + 2);
    return rest.n >= 2 && rest.p[0] == ':' && rest.p[1] == ' ';
}

bool wb_log_syslog(struct wb_slice line, struct wb_log_line *out)
{
    if (line.n && line.p[0] == '<') { /* "<22>" stands there when nobody took it off */
        size_t end = wb_slice_chr(wb_slice_head(line, 6), '>');
        line = wb_slice_from(line, end + 1);
    }
    size_t stamp = is_bsd_stamp(line) ? BSD_STAMP : wb_log_iso_stamp(line);
    if (!stamp || stamp + 1 >= line.n || line.p[stamp] != ' ')
        return false;
    out->stamp = wb_slice_head(line, stamp);
    struct wb_slice rest = wb_slice_from(line, stamp + 1);
    size_t host = wb_slice_chr(wb_slice_head(rest, 256), ' ');
    out->host = wb_slice_head(rest, host);
    return take_program(wb_slice_from(rest, host + 1), out);
}

/* ---- pieces ---- */

bool wb_logbook_begins(struct wb_slice line)
{
    if (wb_log_iso_stamp(line) || is_bsd_stamp(line))
        return true;
    bool csv = wb_slice_starts(line, WB_S("type,")) || /* "b,2026-11-02 03:04:05+0800,..." */
               (line.n > 2 && line.p[1] == ',' && wb_log_iso_stamp(wb_slice_from(line, 2)));
    return csv || (line.n && strchr("{@<", line.p[0])) || digits_at(line, 0, 10);
}

struct wb_slice wb_log_between(struct wb_slice s, struct wb_slice open, struct wb_slice close)
{
    size_t from = wb_slice_find(s, open);
    if (from == s.n)
        return WB_NONE;
    s = wb_slice_from(s, from + open.n);
    return wb_slice_head(s, wb_slice_find(s, close));
}

struct wb_slice wb_log_unbracket(struct wb_slice s)
{
    if (s.n && s.p[0] == '<')
        s = wb_slice_from(s, 1);
    return s.n && s.p[s.n - 1] == '>' ? wb_slice_head(s, s.n - 1) : s;
}

struct wb_code wb_log_code(struct wb_slice s)
{
    struct wb_reader r = wb_reader(s);
    int class = 0, subject = 0, detail = 0;
    bool ok = wb_reader_digits(&r, 1, &class) && (class == 2 || class == 4 || class == 5) &&
              wb_reader_accept(&r, '.') && wb_reader_digits(&r, 3, &subject) &&
              wb_reader_accept(&r, '.') && wb_reader_digits(&r, 3, &detail) &&
              !wb_is_alnum(wb_reader_peek(&r, 0));
    return ok ? (struct wb_code){(uint8_t) class, (uint16_t)subject, (uint16_t)detail}
              : (struct wb_code){0};
}

static bool is_address(struct wb_slice s)
{
    bool colon = false, dot = false;
    for (size_t i = 0; i < s.n; i++) {
        if (wb_hex_digit(s.p[i]) < 0 && s.p[i] != ':' && s.p[i] != '.')
            return false;
        colon |= s.p[i] == ':';
        dot |= s.p[i] == '.';
    }
    return s.n && (colon || dot);
}

void wb_log_relay(struct wb_slice s, struct wb_slice *host_out, struct wb_slice *ip_out)
{
    size_t n = 0;
    *host_out = *ip_out = WB_NONE;
    while (n < s.n && !strchr(" [(", s.p[n]))
        n++;
    struct wb_slice first = wb_slice_head(s, n), rest = wb_slice_ltrim(wb_slice_from(s, n));
    struct wb_slice second = WB_NONE;
    if (rest.n && (rest.p[0] == '[' || rest.p[0] == '(')) {
        rest = wb_slice_from(rest, 1);
        n = 0;
        while (n < rest.n && rest.p[n] != ']' && rest.p[n] != ')')
            n++;
        second = wb_slice_head(rest, n);
    }
    if (wb_slice_startsi(second, WB_S("IPv6:")))
        second = wb_slice_from(second, 5);
    if (is_address(first)) {
        struct wb_slice swap = first;
        first = second;
        second = swap;
    }
    if (first.n && first.p[first.n - 1] == '.')
        first.n--;
    if (wb_slice_chr(first, '.') < first.n)
        *host_out = first;
    if (is_address(second))
        *ip_out = second;
}
