/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts of the interface: looked up, filled, and dates. */
#include <stdarg.h>

#include "advise_int.h"

#include "check.h"
#include "utf8.h"

struct wb_slice wb_advise_word(const struct wb_adviser *a, const char *id)
{
    struct wb_slice text = wb_cat_word(a->cat, wb_slice_str(id), a->language);
    WB_CHECK(text.n); /* whoever writes an id here writes its text into knowledge/interface.yaml */
    return text;
}

struct wb_slice wb_advise_named(const struct wb_adviser *a, const char *group, struct wb_slice name)
{
    char id[64];
    struct wb_slice first = wb_slice_str(group);
    size_t n = first.n + 1 + name.n;
    if (!name.n || n > sizeof id)
        return WB_NONE;
    memcpy(id, first.p, first.n);
    id[first.n] = '.';
    memcpy(id + first.n + 1, name.p, name.n);
    return wb_cat_word(a->cat, wb_slice(id, n), a->language);
}

size_t wb_close_up(char *p, size_t length)
{
    struct wb_slice text = wb_slice(p, length);
    size_t n = 0, taken;
    bool wide = false;
    for (size_t i = 0; i < text.n; i += taken) {
        uint32_t rune = wb_utf8_get(wb_slice_from(text, i), &taken);
        if (rune == ' ' && i + 1 < text.n) {
            size_t ahead;
            uint32_t next = wb_utf8_get(wb_slice_from(text, i + 1), &ahead);
            if (next == ' ' || next == ';' || next == ',' || (wide && wb_utf8_width(next) == 2))
                continue;
        }
        memmove(p + n, p + i, taken);
        n += taken;
        wide = wb_utf8_width(rune) == 2;
    }
    return n;
}

enum { MAX_FILLED = 2048, MAX_PLACES = 6 };

struct wb_slice wb_advise_filled(const struct wb_adviser *a, const char *id, int places, ...)
{
    const char *names[MAX_PLACES] = {0};
    struct wb_slice values[MAX_PLACES];
    va_list args;
    va_start(args, places);
    for (int i = 0; i < places && i < MAX_PLACES; i++) {
        names[i] = va_arg(args, const char *);
        values[i] = va_arg(args, struct wb_slice);
    }
    va_end(args);
    struct wb_slice rest = wb_advise_word(a, id);
    struct wb_text out = wb_text_open(a->arena, MAX_FILLED);
    while (rest.n) {
        size_t open = wb_slice_chr(rest, '{');
        wb_text_put(&out, wb_slice_head(rest, open));
        rest = wb_slice_from(rest, open + 1);
        if (!rest.n)
            break;
        struct wb_slice name = wb_slice_cut(&rest, '}');
        for (int i = 0; i < places && i < MAX_PLACES; i++)
            if (wb_slice_eq(name, wb_slice_str(names[i])))
                wb_text_put(&out, values[i]);
    }
    out.n = wb_close_up(out.p, out.n);
    return wb_text_close(&out);
}

/* The n-th word of a text, from 0. */
static struct wb_slice word_at(struct wb_slice text, int n)
{
    while (n-- > 0)
        wb_slice_cut(&text, ' ');
    return wb_slice_cut(&text, ' ');
}

static struct wb_slice two_digits(char out[8], int n, size_t at)
{
    out[at] = (char)('0' + n / 10 % 10);
    out[at + 1] = (char)('0' + n % 10);
    return wb_slice(out, at + 2);
}

static struct wb_slice number(char out[8], int n)
{
    size_t i = 8;
    do
        out[--i] = (char)('0' + n % 10);
    while ((n /= 10) && i);
    return wb_slice(out + i, 8 - i);
}

struct wb_slice wb_advise_time(const struct wb_adviser *a, struct wb_time t, int year)
{
    char time[8], day[8], own_year[8];
    struct wb_civil c = wb_date_local(t);
    two_digits(time, c.hour, 0);
    time[2] = ':';
    struct wb_slice clock = two_digits(time, c.minute, 3);
    struct wb_slice month = word_at(wb_advise_word(a, "date.months"), c.month - 1);
    bool in_year = c.year == year || c.year < 0;
    return wb_advise_filled(a, in_year ? "date.short" : "date.long", 4, "year",
                            number(own_year, c.year < 0 ? 0 : c.year), "month", month, "day",
                            number(day, c.day), "time", clock);
}
