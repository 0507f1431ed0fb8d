/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Just enough JSON (RFC 8259) to read log records: members of an object as slices of the line. What
 * is no JSON ends the walk; nothing is checked beyond what is needed to find the members.
 */
#include "json.h"

#include "reader.h"
#include "utf8.h"

static void blanks(struct wb_reader *r)
{
    wb_reader_space(r);
}

/* Behind the closing quote; the slice is what stands between the quotes. */
static bool string(struct wb_reader *r, struct wb_slice *out)
{
    if (!wb_reader_accept(r, '"'))
        return false;
    const char *from = r->p;
    while (r->p < r->end && *r->p != '"')
        wb_reader_skip(r, *r->p == '\\' ? 2 : 1);
    *out = wb_slice_span(from, r->p);
    return wb_reader_accept(r, '"');
}

/* A string, or a word up to the next mark. */
static bool scalar(struct wb_reader *r)
{
    struct wb_slice inner;
    if (wb_reader_peek(r, 0) == '"')
        return string(r, &inner);
    const char *from = r->p;
    while (r->p < r->end && !strchr(",:{}[]\" \t\r\n", *r->p))
        r->p++;
    return r->p > from;
}

/* Any value: an object or list goes to its last bracket, however deep. */
static bool value(struct wb_reader *r, struct wb_slice *out)
{
    const char *from = r->p;
    size_t depth = 0;
    do {
        blanks(r);
        char c = wb_reader_peek(r, 0);
        bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
        bool between = depth && (c == ',' || c == ':');
        if (closes && !depth)
            return false;
        depth = depth + opens - closes;
        if (opens || closes || between)
            r->p++;
        else if (!scalar(r))
            return false;
    } while (depth && r->p < r->end);
    *out = wb_slice_span(from, r->p);
    return depth == 0;
}

bool wb_log_json_next(struct wb_slice *rest, struct wb_slice *name_out, struct wb_slice *value_out)
{
    struct wb_reader r = wb_reader(*rest);
    blanks(&r);
    if (!wb_reader_accept(&r, '{') && !wb_reader_accept(&r, ','))
        return false;
    blanks(&r);
    if (!string(&r, name_out))
        return false;
    blanks(&r);
    if (!wb_reader_accept(&r, ':'))
        return false;
    blanks(&r);
    if (!value(&r, value_out))
        return false;
    *rest = wb_reader_rest(&r);
    return true;
}

struct wb_slice wb_log_json_get(struct wb_slice object, struct wb_slice name)
{
    struct wb_slice rest = object, found, v;
    while (wb_log_json_next(&rest, &found, &v))
        if (wb_slice_eqi(found, name))
            return v;
    return WB_NONE;
}

bool wb_log_json_item(struct wb_slice *rest, struct wb_slice *value_out)
{
    struct wb_reader r = wb_reader(*rest);
    blanks(&r);
    if (!wb_reader_accept(&r, '[') && !wb_reader_accept(&r, ','))
        return false;
    blanks(&r);
    if (!value(&r, value_out))
        return false;
    *rest = wb_reader_rest(&r);
    return true;
}

static uint32_t hex4(struct wb_slice s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = i < s.n ? wb_hex_digit(s.p[i]) : -1;
        if (digit < 0)
            return WB_REPLACEMENT;
        n = n << 4 | (uint32_t)digit;
    }
    return n;
}

/* "\uD83D\uDE00" is one character; *taken_out: behind the backslash and the "u" */
static uint32_t rune_at(struct wb_slice s, size_t *taken_out)
{
    uint32_t rune = hex4(s);
    *taken_out = 4;
    if (rune >= 0xD800 && rune < 0xDC00 && s.n >= 10 && s.p[4] == '\\' && s.p[5] == 'u') {
        uint32_t low = hex4(wb_slice_from(s, 6));
        if (low >= 0xDC00 && low < 0xE000) {
            *taken_out = 10;
            return 0x10000 + ((rune - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return rune;
}

struct wb_slice wb_log_json_text(struct wb_logbook *book, struct wb_slice v)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (v.n < 2 || v.p[0] != '"')
        return WB_NONE;
    v = wb_slice(v.p + 1, v.n - 2);
    if (wb_slice_chr(v, '\\') == v.n)
        return v;
    char *p = wb_log_room(book, v.n);
    size_t n = 0;
    for (size_t i = 0; p && i < v.n; i++) {
        const char *known = v.p[i] == '\\' && i + 1 < v.n ? strchr(from, v.p[i + 1]) : NULL;
        if (v.p[i] != '\\' || i + 1 == v.n) {
            p[n++] = v.p[i];
        } else if (v.p[i + 1] == 'u') {
            size_t taken;
            char bytes[4];
            uint32_t rune = rune_at(wb_slice_from(v, i + 2), &taken);
            size_t size = wb_utf8_put(rune, bytes);
            memcpy(p + n, bytes, size);
            n += size;
            i += 1 + taken;
        } else {
            p[n++] = known && *known ? to[known - from] : v.p[i + 1];
            i++;
        }
    }
    return p ? wb_slice(p, n) : WB_NONE;
}
