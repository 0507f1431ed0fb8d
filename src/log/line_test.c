/* SPDX-License-Identifier: BSD-2-Clause */
/* The front of a line, dates without a year, and the small pieces. */
#include "book.h"
#include "unit.h"

/* ---- syslog: stamp|host|program|text ---- */

static const struct syslog_row {
    const char *name, *line, *parts;
} syslog_rows[] = {
    {"as usual", "Nov  2 03:04:05 mail postfix/smtp[7]: x: y",
     "Nov  2 03:04:05|mail|postfix/smtp|x: y"},
    {"a day of two digits, no pid", "Nov 12 03:04:05 mail qmail: x",
     "Nov 12 03:04:05|mail|qmail|x"},
    {"a zero in front of the day", "Nov 02 03:04:05 m exim[1]: x", "Nov 02 03:04:05|m|exim|x"},
    {"ISO 8601", "2026-11-02T03:04:05.123456+08:00 m p[1]: x",
     "2026-11-02T03:04:05.123456+08:00|m|p|x"},
    {"ISO without a colon in the zone", "2026-11-02T03:04:05+0800 m p[1]: x",
     "2026-11-02T03:04:05+0800|m|p|x"},
    {"UTC", "2026-11-02T03:04:05Z m p[1]: x", "2026-11-02T03:04:05Z|m|p|x"},
    {"a priority in front", "<22>Nov  2 03:04:05 m p[1]: x", "Nov  2 03:04:05|m|p|x"},
    {"Solaris", "Nov  2 03:04:05 m p[1]: [ID 197553 mail.info] x", "Nov  2 03:04:05|m|p|x"},
    {"no program", "Nov  2 03:04:05 mail", NULL},
    {"no text", "Nov  2 03:04:05 mail p[1]:", NULL},
    {"cut in the stamp", "Nov  2 03:04:0", NULL},
    {"a pid without end", "Nov  2 03:04:05 m p[1111111111111111111111111111111: x", NULL},
    {"a sentence", "From here to there: it is far", NULL},
    {"nothing", "", NULL},
};

static void syslog_line(void **state)
{
    const struct syslog_row *row = *state;
    struct wb_log_line l;
    char parts[200];
    struct wb_slice line = unit_exact(wb_slice_str(row->line));
    bool ok = wb_log_syslog(line, &l);
    assert_int_equal(ok, row->parts != NULL);
    if (ok) {
        snprintf(parts, sizeof parts, "%.*s|%.*s|%.*s|%.*s", WB_F(l.stamp), WB_F(l.host),
                 WB_F(l.program), WB_F(l.text));
        assert_string_equal(parts, row->parts);
    }
    free((char *)line.p);
}

/* ---- dates ---- */

static int shanghai(int64_t wall)
{
    (void)wall;
    return 480;
}

static const struct date_row {
    const char *name, *stamp;
    int year;
    const char *modified; /* of the file */
    bool zoned;
    const char *iso; /* NULL: no date */
} date_rows[] = {
    {"of this year", "Mar  2 09:40:01", 0, "2026-03-05T00:00:00Z", false, "2026-03-02T09:40:01Z"},
    {"later than the file: of last year", "Dec 31 23:59:59", 0, "2026-01-02T00:00:00Z", false,
     "2025-12-31T23:59:59Z"},
    {"a few hours later: clocks differ", "Jan  2 05:00:00", 0, "2026-01-02T00:00:00Z", false,
     "2026-01-02T05:00:00Z"},
    {"in a zone", "Mar  2 09:40:01", 0, "2026-03-05T00:00:00Z", true, "2026-03-02T01:40:01Z"},
    {"new year comes earlier in the east", "Jan  1 00:30:00", 0, "2025-12-31T16:40:00Z", true,
     "2025-12-31T16:30:00Z"},
    {"29 February is of a leap year", "Feb 29 12:00:00", 0, "2026-01-01T00:00:00Z", false,
     "2024-02-29T12:00:00Z"},
    {"the year is given", "Mar  2 09:40:01", 2020, NULL, false, "2020-03-02T09:40:01Z"},
    {"nothing is known of the year", "Mar  2 09:40:01", 0, NULL, false, NULL},
    {"no such day", "Foo  2 09:40:01", 2026, NULL, false, NULL},
    {"no such hour", "Mar  2 29:40:01", 2026, NULL, false, NULL},
    {"a date that says all needs no year", "2026-03-02 09:40:01+0200", 0, NULL, true,
     "2026-03-02T07:40:01Z"},
    {"a date without a zone", "2026-03-02 09:40:01", 0, NULL, true, "2026-03-02T01:40:01Z"},
    {"fractions", "2026-03-02T09:40:01.999Z", 0, NULL, true, "2026-03-02T09:40:01Z"},
};

static struct wb_logbook *book_of(const char *modified, int year, bool zoned)
{
    struct wb_logbook *book = wb_logbook_new(NULL);
    assert_non_null(book);
    struct wb_time t = modified ? wb_date_parse(wb_slice_str(modified)) : (struct wb_time){0};
    wb_logbook_zone(book, zoned ? shanghai : NULL);
    wb_logbook_file(book, t.unix_seconds, year);
    return book;
}

static void date(void **state)
{
    const struct date_row *row = *state;
    struct wb_logbook *book = book_of(row->modified, row->year, row->zoned);
    struct wb_slice stamp = unit_exact(wb_slice_str(row->stamp));
    char iso[32];
    for (int again = 0; again < 2; again++) { /* the second time it is remembered */
        wb_log_stamp(book, stamp);
        assert_int_equal(book->now.known, row->iso != NULL);
        if (row->iso) {
            wb_date_iso(book->now, iso);
            assert_string_equal(iso, row->iso);
        }
    }
    free((char *)stamp.p);
    wb_logbook_free(book);
}

/* A year that was given is counted on; a line that came late is of the year before. */
static void years(void **state)
{
    static const struct {
        const char *stamp;
        int year;
    } lines[] = {{"Nov 30 00:00:00", 2024}, {"Dec 31 23:59:59", 2024}, {"Jan  1 00:00:00", 2025},
                 {"Dec 31 23:59:58", 2024}, {"Jan  1 00:00:01", 2025}, {"Jun  1 00:00:00", 2025},
                 {"Dec 24 00:00:00", 2025}, {"Feb  1 00:00:00", 2026}};
    struct wb_logbook *book = book_of(NULL, 2024, false);
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        wb_log_stamp(book, wb_slice_str(lines[i].stamp));
        assert_int_equal(wb_date_utc(book->now).year, lines[i].year);
    }
    wb_logbook_free(book);
}

/* ---- pieces ---- */

static const struct relay_row {
    const char *name, *text, *host, *ip;
} relay_rows[] = {
    {"Postfix", "mx.example.org[192.0.2.1]:25", "mx.example.org", "192.0.2.1"},
    {"IPv6", "mx.example.org[2001:db8::1]:25", "mx.example.org", "2001:db8::1"},
    {"Sendmail", "mx.example.org. [192.0.2.1]", "mx.example.org", "192.0.2.1"},
    {"Sendmail, IPv6", "mx.example.org. [IPv6:2001:db8::1]", "mx.example.org", "2001:db8::1"},
    {"OpenSMTPD", "192.0.2.1 (mx.example.org)", "mx.example.org", "192.0.2.1"},
    {"PowerMTA", "mx.example.org (192.0.2.1)", "mx.example.org", "192.0.2.1"},
    {"a socket is no address", "mail.example.com[/run/dovecot/lmtp]", "mail.example.com", ""},
    {"a name alone", "d87.example.", "d87.example", ""},
    {"no server", "none", "", ""},
    {"local", "local", "", ""},
    {"nothing", "", "", ""},
    {"a bracket without end", "mx.example.org[192.0.2.1", "mx.example.org", "192.0.2.1"},
};

static void relay(void **state)
{
    const struct relay_row *row = *state;
    struct wb_slice host, ip, text = unit_exact(wb_slice_str(row->text));
    wb_log_relay(text, &host, &ip);
    assert_text(host, row->host);
    assert_text(ip, row->ip);
    free((char *)text.p);
}

static const struct code_row {
    const char *name, *text;
    int class, subject, detail;
} code_rows[] = {
    {"a code", "5.1.1", 5, 1, 1},
    {"words behind", "4.2.2 (full)", 4, 2, 2},
    {"no code", "none", 0, 0, 0},
    {"cut", "5.1.", 0, 0, 0},
    {"three is no class", "3.1.1", 0, 0, 0},
    {"more digits", "5.1.1111", 0, 0, 0},
};

static void code(void **state)
{
    const struct code_row *row = *state;
    struct wb_code c = wb_log_code(wb_slice_str(row->text));
    assert_int_equal(c.class, row->class);
    assert_int_equal(c.subject, row->subject);
    assert_int_equal(c.detail, row->detail);
}

int main(void)
{
    UNIT_ROWS(syslog_line, syslog_rows);
    UNIT_ROWS(date, date_rows);
    UNIT_ONE(years, "a year that was given is counted on");
    UNIT_ROWS(relay, relay_rows);
    UNIT_ROWS(code, code_rows);
    return unit_run();
}
