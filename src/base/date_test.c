/* SPDX-License-Identifier: BSD-2-Clause */
#include "date.h"

#include <time.h>

#include "unit.h"

static const struct date_row {
    const char *name, *text;
    const char *iso; /* NULL: no date */
    int zone;
} date_rows[] = {
    /* RFC 5322 3.3, and its appendix A */
    {"RFC 5322 A.1.1", "Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06Z", -360},
    {"RFC 5322 A.1.2", "Tue, 1 Jul 2003 10:52:37 +0200", "2003-07-01T08:52:37Z", 120},
    {"RFC 5322 A.5, folded, without seconds, with a comment",
     "Thu,\r\n      13\r\n        Feb\r\n          1979\r\n      23:32\r\n"
     "               -0330 (Newfoundland Time)",
     "1979-02-14T03:02:00Z", -210},
    {"RFC 5322 A.6.2, two digits of a year", "21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z", 0},
    {"without the day of the week", "1 Jan 2020 00:00:00 +0000", "2020-01-01T00:00:00Z", 0},
    {"-0000 says nothing of the zone", "1 Jan 2020 00:00:00 -0000", "2020-01-01T00:00:00Z", 0},
    {"half an hour", "1 Jan 2020 00:00:00 +0530", "2019-12-31T18:30:00Z", 330},
    {"comment in front", "(at last) Wed, 1 Jan 2020 00:00:00 +0000", "2020-01-01T00:00:00Z", 0},
    {"leap second", "Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z", 0},
    {"leap day", "29 Feb 2024 12:00:00 +0800", "2024-02-29T04:00:00Z", 480},
    {"the epoch is a date", "Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z", 0},
    /* what differs from the usual form in one byte is read as far as it can be */
    {"usual but for the zone", "Fri, 29 Apr 2011 23:34:45 *0900", "2011-04-29T23:34:45Z", 0},
    {"usual but for its last digit", "Fri, 29 Apr 2011 23:34:45 +090x", "2011-04-29T14:34:45Z",
     540},
    {"usual but for a minute", "Fri, 29 Apr 2011 23:3x:45 +0900", "2011-04-29T23:03:00Z", 0},
    {"usual but for a digit of the day", "Fri, 2a Apr 2011 23:34:45 +0900", NULL, 0},
    {"usual but for the month", "Fri, 29 A[r 2011 23:34:45 +0900", NULL, 0},
    {"usual but for the comma", "Fri; 29 Apr 2011 23:34:45 +0900", NULL, 0},
    {"usual, west of Greenwich", "Fri, 29 Apr 2011 23:34:45 -0930", "2011-04-30T09:04:45Z", -570},
    /* RFC 5322 4.3 */
    {"year 49", "1 Jan 49 00:00 GMT", "2049-01-01T00:00:00Z", 0},
    {"year 70", "2 Jan 70 00:00 GMT", "1970-01-02T00:00:00Z", 0},
    {"three digits of a year count from 1900", "21 Nov 103 09:55:06 GMT", "2003-11-21T09:55:06Z",
     0},
    {"EST", "1 Jan 2020 00:00:00 EST", "2020-01-01T05:00:00Z", -300},
    {"EDT", "1 Jul 2020 00:00:00 EDT", "2020-07-01T04:00:00Z", -240},
    {"CST", "1 Jan 2020 00:00:00 CST", "2020-01-01T06:00:00Z", -360},
    {"PDT", "1 Jul 2020 00:00:00 PDT", "2020-07-01T07:00:00Z", -420},
    {"UT", "1 Jan 2020 00:00:00 UT", "2020-01-01T00:00:00Z", 0},
    {"a military letter counts as UTC", "1 Jan 2020 00:00:00 N", "2020-01-01T00:00:00Z", 0},
    {"an unknown zone counts as UTC", "1 Jan 2020 00:00:00 XYZT", "2020-01-01T00:00:00Z", 0},
    {"a zone that cannot be counts as UTC", "1 Jan 2020 12:00:00 +9999", "2020-01-01T12:00:00Z", 0},
    {"no zone counts as UTC", "1 Jan 2020 12:00:00", "2020-01-01T12:00:00Z", 0},
    /* what servers write instead */
    {"ISO 8601", "2011-04-29T23:34:45+09:00", "2011-04-29T14:34:45Z", 540},
    {"ISO 8601, Z and fractions", "2011-04-29T23:34:45.678Z", "2011-04-29T23:34:45Z", 0},
    {"year first with slashes", "2011/04/29 23:34:45", "2011-04-29T23:34:45Z", 0},
    {"ctime", "Fri Apr 29 23:34:45 2011", "2011-04-29T23:34:45Z", 0},
    {"ctime, one digit of a day", "Sun May  1 03:04:05 2011", "2011-05-01T03:04:05Z", 0},
    {"ctime with a zone", "Fri Apr 29 23:34:45 EST 2011", "2011-04-30T04:34:45Z", -300},
    {"English words", "Apr 29, 2011 11:34:45 PM", "2011-04-29T23:34:45Z", 0},
    {"Exchange", "5/25/2018 8:21:10 AM", "2018-05-25T08:21:10Z", 0},
    {"noon", "5/25/2018 12:00:00 PM", "2018-05-25T12:00:00Z", 0},
    {"midnight", "5/25/2018 12:00:00 AM", "2018-05-25T00:00:00Z", 0},
    {"day before month, where only that can be", "25/5/2018 8:21:10", "2018-05-25T08:21:10Z", 0},
    {"dashes", "29-Apr-2011 23:34:45", "2011-04-29T23:34:45Z", 0},
    {"month written out", "29 September 2011 23:34:45 GMT", "2011-09-29T23:34:45Z", 0},
    {"Tuesday in French is no March", "mar, 29 avr 2011 10:00:00 +0200", NULL, 0},
    /* no date */
    {"nothing", "", NULL, 0},
    {"words", "yesterday evening", NULL, 0},
    {"no such month", "12 Foo 2020 00:00:00 GMT", NULL, 0},
    {"no such hour", "1 Jan 2020 24:00:01 GMT", NULL, 0},
    {"no such minute", "1 Jan 2020 12:60:00 GMT", NULL, 0},
    {"no such day", "32 Jan 2020 12:00:00 GMT", NULL, 0},
    {"30 February", "30 Feb 2020 12:00:00 GMT", NULL, 0},
    {"29 February of no leap year", "29 Feb 2023 12:00:00 GMT", NULL, 0},
    {"day 0", "0 Jan 2020 12:00:00 GMT", NULL, 0},
    {"no time", "1 Jan 2020", NULL, 0},
    {"hour only", "29 Apr 2011 23", NULL, 0},
    {"hour and colon only", "29 Apr 2011 23:", NULL, 0},
    {"month 13", "2011-13-29T23:34:45Z", NULL, 0},
    {"a long number", "99999999999999999999", NULL, 0},
    {"an unclosed comment", "(Fri, 21 Nov 1997 09:55:06 -0600", NULL, 0},
};

static void date(void **state)
{
    const struct date_row *row = *state;
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    struct wb_time t = wb_date_parse(text);
    char iso[32] = "none";
    if (t.known)
        wb_date_iso(t, iso);
    assert_string_equal(iso, row->iso ? row->iso : "none");
    if (row->iso)
        assert_int_equal(t.zone, row->zone);
    else
        assert_true(t.unix_seconds == 0 && t.zone == 0);
    free((char *)text.p);
}

/* What stands behind the slice must not count: each head of a date reads as the same text alone. */
static void heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof date_rows / sizeof date_rows[0]; i++) {
        struct wb_slice whole = wb_slice_str(date_rows[i].text);
        for (size_t n = 0; n <= whole.n; n++) {
            struct wb_slice alone = unit_exact(wb_slice_head(whole, n));
            struct wb_time a = wb_date_parse(wb_slice_head(whole, n));
            struct wb_time b = wb_date_parse(alone);
            free((char *)alone.p);
            if (a.known != b.known || a.unix_seconds != b.unix_seconds || a.zone != b.zone)
                fail_msg("[%.*s] is read on into [%s]", (int)n, whole.p, whole.p + n);
        }
    }
}

/* The calendar against the C library's, over eight centuries and both sides of the epoch. */
static void calendar(void **state)
{
    (void)state;
    for (int64_t s = -12000000000; s < 20000000000; s += 86400 * 3 + 12347) {
        time_t when = (time_t)s;
        struct tm tm;
        gmtime_r(&when, &tm);
        struct wb_civil c = wb_date_utc((struct wb_time){.unix_seconds = s, .known = true});
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.hour * 3600 + c.minute * 60 + c.second,
                         tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
        assert_true(wb_date_seconds(c) == s);
    }
}

static void local(void **state)
{
    (void)state;
    struct wb_civil c = wb_date_local(wb_date_parse(WB_S("Mon, 2 Mar 2026 00:40:05 +0800")));
    assert_int_equal(c.month, 3);
    assert_int_equal(c.day, 2);
    assert_int_equal(c.hour, 0);
    assert_int_equal(c.minute, 40);
    assert_int_equal(c.second, 5);
    c = wb_date_utc(wb_date_parse(WB_S("Mon, 2 Mar 2026 00:40:05 +0800")));
    assert_int_equal(c.day, 1);
    assert_int_equal(c.hour, 16);
}

/* A blank in front is not of the usual form: then the date is read word for word. */
static void usual(void **state)
{
    (void)state;
    static const char text[] = " Fri, 29 Apr 2011 23:34:45 +0900";
    for (size_t i = 1; i < sizeof text - 1; i++)
        for (int c = 0; c < 256; c++) {
            char changed[sizeof text];
            memcpy(changed, text, sizeof text);
            changed[i] = (char)c;
            struct wb_slice slow = wb_slice(changed, sizeof text - 1);
            struct wb_time want = wb_date_parse(slow);
            struct wb_slice exact = unit_exact(wb_slice_from(slow, 1));
            struct wb_time got = wb_date_parse(exact);
            if (got.known != want.known || got.unix_seconds != want.unix_seconds ||
                got.zone != want.zone)
                fail_msg("byte %02X at %zu", (unsigned)c, i);
            free((char *)exact.p);
        }
}

int main(void)
{
    UNIT_ROWS(date, date_rows);
    UNIT_ONE(heads, "nothing is read behind the end");
    UNIT_ONE(usual, "the usual form like any other");
    UNIT_ONE(calendar, "as gmtime says");
    UNIT_ONE(local, "in its own zone");
    return unit_run();
}
