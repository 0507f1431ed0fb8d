/* SPDX-License-Identifier: BSD-2-Clause */
#include "date.h"

#include "reader.h"
#include "block.h"

/* Days since 1970-01-01 of the proleptic Gregorian calendar, by eras of 400 years. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t wb_date_seconds(struct wb_civil c)
{
    return days_from_civil(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 +
           c.second;
}

static struct wb_civil civil(int64_t seconds)
{
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    int64_t left = seconds - days * 86400;
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * of_year + 2) / 153;
    struct wb_civil c = {
        .day = (int)(of_year - (153 * m + 2) / 5 + 1),
        .month = (int)(m < 10 ? m + 3 : m - 9),
        .hour = (int)(left / 3600),
        .minute = (int)(left / 60 % 60),
        .second = (int)(left % 60),
    };
    c.year = (int)(year_of_era + era * 400 + (c.month <= 2));
    return c;
}

struct wb_civil wb_date_local(struct wb_time t)
{
    return civil(t.unix_seconds + t.zone * 60);
}

struct wb_civil wb_date_utc(struct wb_time t)
{
    return civil(t.unix_seconds);
}

static char *two_digits(char *out, int n, char behind)
{
    out[0] = (char)('0' + n / 10 % 10);
    out[1] = (char)('0' + n % 10);
    out[2] = behind;
    return out + 3;
}

void wb_date_iso(struct wb_time t, char out[32])
{
    struct wb_civil c = wb_date_utc(t);
    two_digits(out, c.year / 100, '\0');
    out = two_digits(out + 2, c.year, '-');
    out = two_digits(out, c.month, '-');
    out = two_digits(out, c.day, 'T');
    out = two_digits(out, c.hour, ':');
    out = two_digits(out, c.minute, ':');
    out = two_digits(out, c.second, 'Z');
    *out = '\0';
}

static int month_named(struct wb_slice word)
{
#define LETTERS(a, b, c) ((a) << 16 | (b) << 8 | (c))
    static const int names[] = {
        LETTERS('j', 'a', 'n'), LETTERS('f', 'e', 'b'), LETTERS('m', 'a', 'r'),
        LETTERS('a', 'p', 'r'), LETTERS('m', 'a', 'y'), LETTERS('j', 'u', 'n'),
        LETTERS('j', 'u', 'l'), LETTERS('a', 'u', 'g'), LETTERS('s', 'e', 'p'),
        LETTERS('o', 'c', 't'), LETTERS('n', 'o', 'v'), LETTERS('d', 'e', 'c')};
    if (word.n < 3)
        return 0;
    int name = LETTERS(wb_lower(word.p[0]), wb_lower(word.p[1]), wb_lower(word.p[2]));
#undef LETTERS
    int month = 0;
    for (int m = 0; m < 12; m++) /* all of them, without a branch */
        month |= names[m] == name ? m + 1 : 0;
    return month;
}

static struct wb_slice letters(struct wb_reader *r)
{
    const char *from = r->p;
    while (wb_is_alpha(wb_reader_peek(r, 0)))
        r->p++;
    return wb_slice_span(from, r->p);
}

static void separators(struct wb_reader *r)
{
    while (wb_reader_peek(r, 0) == ',' || wb_is_space(wb_reader_peek(r, 0)))
        r->p++;
}

/* "29-Apr-2011" too */
static void separators_or_dash(struct wb_reader *r)
{
    do
        separators(r);
    while (wb_reader_accept(r, '-'));
}

/* True, and behind it, when one of the marks stands here; the reader's 0 at the end is none. */
static bool accept_one(struct wb_reader *r, const char *marks)
{
    char c = wb_reader_peek(r, 0);
    if (!c || !strchr(marks, c))
        return false;
    r->p++;
    return true;
}

/* hour ":" minute [":" second] ["AM" | "PM"]; "04-46-42" occurs too. */
static bool clock_time(struct wb_reader *r, struct wb_civil *c)
{
    separators(r);
    wb_reader_accept(r, 'T');
    if (!wb_reader_digits(r, 2, &c->hour) || !accept_one(r, ":-.") ||
        !wb_reader_digits(r, 2, &c->minute))
        return false;
    if (wb_reader_accept(r, ':') || wb_reader_accept(r, '-'))
        wb_reader_digits(r, 2, &c->second);
    if (wb_reader_accept(r, '.')) /* fractions of a second */
        while (wb_is_digit(wb_reader_peek(r, 0)))
            r->p++;
    separators(r);
    if (wb_reader_word(r, WB_S("PM")))
        c->hour = c->hour % 12 + 12;
    else if (wb_reader_word(r, WB_S("AM")))
        c->hour %= 12;
    return c->hour < 24 && c->minute < 60 && c->second <= 60;
}

/* RFC 5322 4.3: names of zones; what is unknown counts as UTC. */
static int zone_named(struct wb_slice word)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"EDT", -4}, {"EST", -5}, {"CDT", -5}, {"CST", -6}, {"MDT", -6}, {"MST", -7},
                 {"PDT", -7}, {"PST", -8}, {"CEST", 2}, {"CET", 1},  {"JST", 9},  {"BST", 1},
                 {"MSK", 3},  {"MSD", 4},  {"EEST", 3}, {"EET", 2},  {"KST", 9}};
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        if (wb_slice_eqi(word, wb_slice_str(zones[i].name)))
            return zones[i].hours * 60;
    return 0;
}

static int zone(struct wb_reader *r)
{
    separators(r);
    char sign = wb_reader_peek(r, 0);
    if (sign == '+' || sign == '-') {
        int hours, minutes = 0;
        r->p++;
        if (!wb_reader_digits(r, 2, &hours))
            return 0;
        wb_reader_accept(r, ':');
        wb_reader_digits(r, 2, &minutes);
        return (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
    }
    return zone_named(letters(r));
}

/* RFC 5322 4.3: three digits come from programs that counted on from 1999 to 100. */
static int full_year(int year)
{
    if (year >= 1000)
        return year;
    return year < 50 ? 2000 + year : 1900 + year;
}

static int days_of_month(int year, int month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static struct wb_time finish(struct wb_civil c, int zone_minutes)
{
    if (c.month < 1 || c.month > 12 || c.day < 1 || c.year < 1970 || c.year > 9999 ||
        c.day > days_of_month(c.year, c.month)) /* 30 February */
        return (struct wb_time){0};
    if (zone_minutes <= -1440 || zone_minutes >= 1440)
        zone_minutes = 0;
    return (struct wb_time){
        .unix_seconds = wb_date_seconds(c) - zone_minutes * 60,
        .zone = (int16_t)zone_minutes,
        .known = true,
    };
}

/* 29 Apr 2011 23:34:45 +0900 */
static struct wb_time day_first(struct wb_reader *r, int day)
{
    struct wb_civil c = {.day = day};
    separators_or_dash(r);
    c.month = month_named(letters(r));
    separators_or_dash(r);
    if (!c.month || !wb_reader_digits(r, 4, &c.year) || !clock_time(r, &c))
        return (struct wb_time){0};
    c.year = full_year(c.year);
    return finish(c, zone(r));
}

/* Apr 29 23:34:45 [GMT] 2011, or Apr 29, 2011 11:34:45 PM */
static struct wb_time month_first(struct wb_reader *r, int month)
{
    struct wb_civil c = {.month = month};
    separators(r);
    if (!wb_reader_digits(r, 2, &c.day))
        return (struct wb_time){0};
    separators(r);
    struct wb_reader at_year = *r;
    int minutes = 0;
    if (wb_reader_digits(&at_year, 4, &c.year) && c.year >= 1970) {
        *r = at_year;
        if (!clock_time(r, &c))
            return (struct wb_time){0};
        return finish(c, zone(r));
    }
    if (!clock_time(r, &c))
        return (struct wb_time){0};
    char sign = wb_reader_peek(r, 0);
    if (wb_is_alpha(sign) || sign == '+' || sign == '-')
        minutes = zone(r);
    separators(r);
    if (!wb_reader_digits(r, 4, &c.year))
        return (struct wb_time){0};
    return finish(c, minutes);
}

/* 2011-04-29T23:34:45+09:00, 2011/04/29 23:34:45 */
static struct wb_time year_first(struct wb_reader *r, int year)
{
    struct wb_civil c = {.year = year};
    char mark = wb_reader_take(r);
    if (!wb_reader_digits(r, 2, &c.month) || !wb_reader_accept(r, mark) ||
        !wb_reader_digits(r, 2, &c.day) || !clock_time(r, &c))
        return (struct wb_time){0};
    return finish(c, zone(r));
}

/* 5/25/2018 8:21:10 AM, as English Exchange servers write it */
static struct wb_time slashes(struct wb_reader *r, int first)
{
    struct wb_civil c = {.month = first};
    r->p++;
    if (!wb_reader_digits(r, 2, &c.day) || !wb_reader_accept(r, '/') ||
        !wb_reader_digits(r, 4, &c.year) || !clock_time(r, &c))
        return (struct wb_time){0};
    if (c.month > 12) {
        int day = c.month;
        c.month = c.day;
        c.day = day;
    }
    return finish(c, zone(r));
}

#if defined(__SSE2__)
/* Which of sixteen bytes stand as the form says: a letter for "a", a digit for "0", or the byte. */
static unsigned sixteen_of_form(const char *p, const char form[16])
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i want = _mm_loadu_si128((const __m128i *)(const void *)form);
    __m128i letter = wb_letters(bytes);
    __m128i digit = wb_between(bytes, '0', '9');
    __m128i good = _mm_or_si128(_mm_and_si128(_mm_cmpeq_epi8(want, _mm_set1_epi8('a')), letter),
                                _mm_and_si128(_mm_cmpeq_epi8(want, _mm_set1_epi8('0')), digit));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(good, _mm_cmpeq_epi8(bytes, want)));
}

enum { SIGN = 26 };

static bool has_usual_form(struct wb_slice s)
{
    if (s.n < SIGN + 5 || (s.p[SIGN] != '+' && s.p[SIGN] != '-'))
        return false;
    unsigned day = sixteen_of_form(s.p, "aaa, 00 aaa 0000");
    unsigned time = sixteen_of_form(s.p + SIGN - 11, "0 00:00:00 +0000") | 1u << 11;
    return (day & time) == 0xFFFF;
}

static int two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* "Fri, 29 Apr 2011 23:34:45 +0900", as nearly all programs write it; false: another form. */
static bool usual_form(struct wb_slice s, struct wb_time *t)
{
    if (!has_usual_form(s))
        return false;
    struct wb_civil c = {.year = two(s.p + 12) * 100 + two(s.p + 14),
                         .month = month_named(wb_slice(s.p + 8, 3)),
                         .day = two(s.p + 5),
                         .hour = two(s.p + 17),
                         .minute = two(s.p + 20),
                         .second = two(s.p + 23)};
    if (c.year < 1000 || !c.month || c.hour > 23 || c.minute > 59 || c.second > 60)
        return false;
    int minutes = two(s.p + SIGN + 1) * 60 + two(s.p + SIGN + 3);
    *t = finish(c, s.p[SIGN] == '-' ? -minutes : minutes);
    return true;
}
#else
/* What follows reads the usual form as well, only more slowly. */
static bool usual_form(struct wb_slice s, struct wb_time *t)
{
    (void)s, (void)t;
    return false;
}
#endif

struct wb_time wb_date_parse(struct wb_slice s)
{
    struct wb_time usual;
    if (usual_form(s, &usual))
        return usual;
    struct wb_reader r = wb_reader(s);
    wb_reader_cfws(&r);
    struct wb_slice word = letters(&r);
    if (word.n && !month_named(word)) { /* the day of the week */
        separators(&r);
        word = letters(&r);
    } else if (word.n && wb_reader_peek(&r, 0) == ',') { /* "Mar," could only be a Tuesday */
        separators(&r);
        word = letters(&r);
    }
    if (word.n)
        return month_first(&r, month_named(word));
    separators(&r);
    int first;
    if (!wb_reader_digits(&r, 4, &first))
        return (struct wb_time){0};
    if (first >= 1000)
        return year_first(&r, first);
    return wb_reader_peek(&r, 0) == '/' ? slashes(&r, first) : day_first(&r, first);
}
