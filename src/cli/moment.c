/* SPDX-License-Identifier: BSD-2-Clause */
#include "moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "date.h"

/* A zone that is only an offset; else the C library knows. */
static bool fixed;
static int fixed_minutes;

/* "+08:00", "-0530", "+8" */
static bool offset(const char *s, int *minutes_out)
{
    int hours = 0, minutes = 0, n = 0;
    int sign = *s == '-' ? -1 : 1;
    if (*s != '+' && *s != '-')
        return false;
    for (s++; *s >= '0' && *s <= '9' && n < 2; n++)
        hours = hours * 10 + *s++ - '0';
    if (*s == ':')
        s++;
    for (int m = 0; *s >= '0' && *s <= '9' && m < 2; m++)
        minutes = minutes * 10 + *s++ - '0';
    *minutes_out = sign * (hours * 60 + minutes);
    return n && !*s && hours < 24 && minutes < 60;
}

static bool is_in_data_base(const char *name)
{
    char path[256];
    int n = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    return *name && *name != '/' && !strstr(name, "..") && n < (int)sizeof path &&
           access(path, R_OK) == 0;
}

bool wb_moment_zone(const char *zone)
{
    fixed = offset(zone, &fixed_minutes) || strcmp(zone, "UTC") == 0;
    if (fixed)
        return true;
    if (is_in_data_base(zone) && setenv("TZ", zone, 1) == 0) {
        tzset();
        return true;
    }
    wb_complain("there is no time zone '%s'; write +08:00 or Asia/Shanghai",
                "没有“%s”这个时区；请写 +08:00 或 Asia/Shanghai", zone);
    return false;
}

int wb_moment_minutes(int64_t wall)
{
    struct tm tm;
    time_t t = (time_t)wall;
    if (fixed || !gmtime_r(&t, &tm))
        return fixed ? fixed_minutes : 0;
    tm.tm_isdst = -1;
    time_t real = mktime(&tm);
    return real == (time_t)-1 ? 0 : (int)((wall - (int64_t)real) / 60);
}

static int64_t wall_of(int64_t unix_seconds)
{
    struct tm tm;
    time_t t = (time_t)unix_seconds;
    if (fixed)
        return unix_seconds + fixed_minutes * 60;
    return localtime_r(&t, &tm) ? unix_seconds + tm.tm_gmtoff : unix_seconds;
}

/* "90m", "2h", "3d", "1w" ago; 0: it is none of that */
static int64_t ago(const char *text)
{
    static const struct {
        char unit;
        int seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || n < 0 || n > 100000 || !*end || end[1])
        return 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i].unit == *end)
            return (int64_t)time(NULL) - (int64_t)n * units[i].seconds;
    return 0;
}

static bool has_zone(struct wb_slice s)
{
    for (size_t i = 11; i < s.n; i++)
        if (s.p[i] == '+' || s.p[i] == '-' || s.p[i] == 'Z')
            return true;
    return false;
}

bool wb_moment_read(const char *text, int64_t *unix_out)
{
    int64_t now = (int64_t)time(NULL), wall = wall_of(now);
    bool yesterday = strcmp(text, "yesterday") == 0;
    struct wb_buf whole = {0};
    wb_buf_printf(&whole, "%s%s", text, strlen(text) == 10 ? " 00:00" : "");
    struct wb_time t = wb_date_parse(wb_buf_slice(&whole));
    bool zoned = has_zone(wb_buf_slice(&whole));
    wb_buf_free(&whole);
    *unix_out = strcmp(text, "now") == 0 ? now : ago(text);
    if (*unix_out)
        return true;
    if (yesterday || strcmp(text, "today") == 0)
        t = (struct wb_time){wall - wall % 86400 - yesterday * 86400, 0, true};
    if (!t.known) {
        wb_complain("--since does not understand '%s'; write '2026-03-02 09:40', today or 2h",
                    "--since 看不懂“%s”；请写“2026-03-02 09:40”、today 或 2h", text);
        return false;
    }
    *unix_out = zoned ? t.unix_seconds : t.unix_seconds - wb_moment_minutes(t.unix_seconds) * 60;
    return true;
}

void wb_moment_put(struct wb_buf *out, int64_t unix_seconds)
{
    struct wb_civil c = wb_date_utc((struct wb_time){.unix_seconds = wall_of(unix_seconds)});
    wb_buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", c.year % 10000, c.month, c.day, c.hour,
                  c.minute, c.second);
}
