/* SPDX-License-Identifier: BSD-2-Clause */
#include "document.h"

#include "reader.h"
#include "utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { AT_ONCE = 32 /* values that are taken from the arena together */ };

struct reading {
    struct wb_reader r;
    struct wb_arena *arena;
    struct wb_value *room; /* values that nobody has yet */
    size_t left;           /* so many */
};

static struct wb_value *new_value(struct reading *d, struct wb_value *parent)
{
    if (!d->left) {
        d->room = wb_arena_alloc(d->arena, AT_ONCE * sizeof *d->room);
        if (!d->room)
            return NULL;
        d->left = AT_ONCE;
    }
    struct wb_value *v = d->room++;
    d->left--;
    *v = (struct wb_value){.name = WB_NONE, .text = WB_NONE, .parent = parent};
    if (!parent)
        return v;
    if (parent->last)
        parent->last->next = v;
    else
        parent->first = v;
    parent->last = v;
    return v;
}

/* ---- strings ---- */

static bool stops_string(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < ' ';
}

/* The first byte that is not simply one of a string. */
static const char *string_stop(const char *p, const char *end)
{
#if defined(__SSE2__)
    const __m128i last = _mm_set1_epi8(0x1F);
    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes));
        unsigned at = (unsigned)_mm_movemask_epi8(stop);
        if (at)
            return p + __builtin_ctz(at);
    }
#endif
    while (p < end && !stops_string(*p))
        p++;
    return p;
}

/* Four hexadecimal digits; -1: they are none. */
static int four_digits(struct wb_reader *r)
{
    int n = 0;
    for (int i = 0; i < 4; i++) {
        int digit = wb_hex_digit(wb_reader_take(r));
        if (digit < 0)
            return -1;
        n = n << 4 | digit;
    }
    return n;
}

/* What stands behind "\u"; false for half a character, and for NUL. */
static bool take_rune(struct wb_reader *r, struct wb_text *out)
{
    int high = four_digits(r);
    if (high <= 0 || (high >= 0xDC00 && high < 0xE000))
        return false;
    if (high < 0xD800 || high >= 0xE000) {
        wb_text_rune(out, (uint32_t)high);
        return true;
    }
    int low = wb_reader_accept(r, '\\') && wb_reader_accept(r, 'u') ? four_digits(r) : -1;
    if (low < 0xDC00 || low >= 0xE000)
        return false;
    wb_text_rune(out, 0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00));
    return true;
}

/* What stands behind a backslash. */
static bool take_escape(struct wb_reader *r, struct wb_text *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = wb_reader_take(r);
    if (c == 'u')
        return take_rune(r, out);
    const char *known = c ? strchr(from, c) : NULL;
    if (known)
        wb_text_byte(out, to[known - from]);
    return known;
}

static bool unescape(struct reading *d, struct wb_slice raw, struct wb_slice *out)
{
    struct wb_text text = wb_text_open(d->arena, raw.n);
    struct wb_reader r = wb_reader(raw);
    bool good = true;
    while (good && wb_reader_left(&r)) {
        wb_text_put(&text, wb_reader_until(&r, '\\'));
        if (wb_reader_accept(&r, '\\'))
            good = take_escape(&r, &text);
    }
    good &= !text.cut;
    *out = wb_text_close(&text);
    return good;
}

static bool take_string(struct reading *d, struct wb_slice *out)
{
    bool escapes = false;
    if (!wb_reader_accept(&d->r, '"'))
        return false;
    const char *from = d->r.p, *p = from;
    while ((p = string_stop(p, d->r.end)) < d->r.end && *p == '\\' && d->r.end - p > 1) {
        escapes = true;
        p += 2;
    }
    if (p >= d->r.end || *p != '"')
        return false;
    struct wb_slice raw = wb_slice_span(from, p);
    d->r.p = p + 1;
    *out = raw;
    return wb_utf8_valid(raw) == raw.n && (!escapes || unescape(d, raw, out));
}

/* ---- numbers ---- */

static bool take_digits(struct wb_reader *r)
{
    const char *from = r->p;
    while (wb_is_digit(wb_reader_peek(r, 0)))
        r->p++;
    return r->p > from;
}

/* "e+12", or nothing. */
static bool take_exponent(struct wb_reader *r)
{
    if (!wb_reader_accept(r, 'e') && !wb_reader_accept(r, 'E'))
        return true;
    if (!wb_reader_accept(r, '-'))
        wb_reader_accept(r, '+');
    return take_digits(r);
}

static bool take_number(struct reading *d, struct wb_value *v)
{
    const char *from = d->r.p;
    wb_reader_accept(&d->r, '-');
    if (!wb_reader_accept(&d->r, '0') && !take_digits(&d->r))
        return false;
    const char *whole = d->r.p;
    if ((wb_reader_accept(&d->r, '.') && !take_digits(&d->r)) || !take_exponent(&d->r))
        return false;
    v->text = wb_slice_span(from, d->r.p);
    v->type = d->r.p > whole ? WB_VALUE_REAL : WB_VALUE_INTEGER;
    return true;
}

/* ---- values ---- */

static bool take_word(struct reading *d, struct wb_value *v)
{
    static const struct wb_slice words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    struct wb_slice rest = wb_reader_rest(&d->r);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wb_slice_starts(rest, words[i])) {
            v->text = wb_slice_head(rest, words[i].n);
            d->r.p += words[i].n;
            return true;
        }
    return false;
}

/* A value that stands here; of an object or a list what opens it. */
static bool take_value(struct reading *d, struct wb_value *v)
{
    char c = wb_reader_peek(&d->r, 0);
    if (c == '"') {
        v->type = WB_VALUE_STRING;
        return take_string(d, &v->text);
    }
    if (c == '-' || wb_is_digit(c))
        return take_number(d, v);
    if (c != '{' && c != '[')
        return take_word(d, v);
    v->type = c == '{' ? WB_VALUE_OBJECT : WB_VALUE_LIST;
    d->r.p++;
    return true;
}

/* The name of a member and the colon behind it. */
static bool take_name(struct reading *d, struct wb_slice *name_out)
{
    if (!take_string(d, name_out))
        return false;
    wb_reader_space(&d->r);
    bool colon = wb_reader_accept(&d->r, ':');
    wb_reader_space(&d->r);
    return colon;
}

/* The next value in an open object or list, behind a comma if it is not the first; NULL: none. */
static struct wb_value *take_next(struct reading *d, struct wb_value *open)
{
    struct wb_slice name = WB_NONE;
    if (open->first && !wb_reader_accept(&d->r, ','))
        return NULL;
    wb_reader_space(&d->r);
    if (open->type == WB_VALUE_OBJECT && !take_name(d, &name))
        return NULL;
    struct wb_value *v = new_value(d, open);
    if (!v || !take_value(d, v))
        return NULL;
    v->name = name;
    return v;
}

static bool is_nest(const struct wb_value *v)
{
    return v->type == WB_VALUE_OBJECT || v->type == WB_VALUE_LIST;
}

/* What is in the root, up to its last bracket. */
static bool take_all(struct reading *d, struct wb_value *root)
{
    int depth = 1; /* of what is open */
    for (struct wb_value *open = root; open;) {
        wb_reader_space(&d->r);
        if (wb_reader_accept(&d->r, open->type == WB_VALUE_OBJECT ? '}' : ']')) {
            open = open->parent;
            depth--;
            continue;
        }
        struct wb_value *v = depth < WB_MAX_VALUE_DEPTH ? take_next(d, open) : NULL;
        if (!v)
            return false;
        if (is_nest(v)) {
            open = v;
            depth++;
        }
    }
    return true;
}

const struct wb_value *wb_document_read(struct wb_arena *arena, struct wb_slice text, bool whole)
{
    struct reading d = {.r = wb_reader(text), .arena = arena};
    wb_reader_space(&d.r);
    struct wb_value *root = new_value(&d, NULL);
    if (!root || !take_value(&d, root) || !is_nest(root) || !take_all(&d, root))
        return NULL;
    wb_reader_space(&d.r);
    return whole && wb_reader_left(&d.r) ? NULL : root;
}

const struct wb_value *wb_value_member(const struct wb_value *from, struct wb_slice name)
{
    const struct wb_value *found = NULL;
    if (from && from->type == WB_VALUE_OBJECT)
        for (const struct wb_value *v = from->first; v; v = v->next)
            if (wb_slice_eq(v->name, name))
                found = v;
    return found;
}

const struct wb_value *wb_value_item(const struct wb_value *from, size_t i)
{
    const struct wb_value *v = from && from->type == WB_VALUE_LIST ? from->first : NULL;
    while (v && i--)
        v = v->next;
    return v;
}
