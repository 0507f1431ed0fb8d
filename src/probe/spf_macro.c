/* SPDX-License-Identifier: BSD-2-Clause */
/* Macros (RFC 7208 7): %{ir}.%{v}._spf.%{d2} */
#include "spf_int.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "reader.h"

enum { LONGEST_TEXT = 4096, MOST_PARTS = 128 };

struct macro {
    char letter;  /* in lower case */
    bool escaped; /* an upper case letter: as in a URL */
    bool reversed;
    int keep;            /* how many parts from the right; 0: all */
    char delimiters[16]; /* empty: the dot */
};

/* Reads behind "%{" up to and with "}". */
static bool read_macro(struct wb_reader *r, bool explanation, struct macro *m)
{
    *m = (struct macro){0};
    char letter = wb_reader_take(r);
    m->letter = wb_lower(letter);
    m->escaped = m->letter != letter;
    if (!m->letter || !strchr(explanation ? "slodiphcrtv" : "slodiphv", m->letter))
        return false;
    if (wb_is_digit(wb_reader_peek(r, 0)) && (!wb_reader_digits(r, 9, &m->keep) || m->keep == 0))
        return false;
    m->reversed = wb_reader_accept(r, 'r') || wb_reader_accept(r, 'R');
    for (size_t n = 0; n + 1 < sizeof m->delimiters;) {
        char c = wb_reader_take(r);
        if (c == '}')
            return true;
        if (!c || !strchr(".-+,/_=", c))
            return false;
        m->delimiters[n++] = c;
    }
    return false;
}

/* Checks; tells whether the text ended with a macro. */
static bool macros_valid(struct wb_slice text, bool explanation, bool *ends_in_macro)
{
    struct wb_reader r = wb_reader(text);
    struct macro m;
    *ends_in_macro = false;
    while (wb_reader_left(&r)) {
        unsigned char c = (unsigned char)wb_reader_take(&r);
        *ends_in_macro = c == '%';
        if (c == '%') {
            char next = wb_reader_take(&r);
            if (next == '{' ? !read_macro(&r, explanation, &m)
                            : next != '%' && next != '_' && next != '-')
                return false;
        } else if (c > 0x7E || c < (explanation ? 0x20 : 0x21)) {
            return false;
        }
    }
    return true;
}

bool wb_spf_macros_valid(struct wb_slice text, bool explanation)
{
    bool ends;
    return macros_valid(text, explanation, &ends);
}

/* RFC 7208 12: at least one letter, no hyphen at an end. */
static bool is_top_label(struct wb_slice s)
{
    bool letter = false;
    if (!s.n || s.p[0] == '-' || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!wb_is_alnum(s.p[i]) && s.p[i] != '-')
            return false;
        letter |= !wb_is_digit(s.p[i]);
    }
    return letter;
}

bool wb_spf_domain_valid(struct wb_slice text)
{
    bool ends_in_macro;
    if (!text.n || !macros_valid(text, false, &ends_in_macro))
        return false;
    if (ends_in_macro)
        return true;
    if (text.p[text.n - 1] == '.')
        text.n--;
    size_t dot = text.n;
    while (dot && text.p[dot - 1] != '.')
        dot--;
    return dot && is_top_label(wb_slice_from(text, dot));
}

/* ---- values ---- */

static struct wb_slice ip_dotted(struct wb_spf_run *run)
{
    char out[64] = "";
    if (run->ip.n == 4) {
        inet_ntop(AF_INET, run->ip.p, out, sizeof out);
    } else {
        for (size_t i = 0; i < run->ip.n * 2; i++) {
            unsigned nibble = (unsigned char)run->ip.p[i / 2] >> (i % 2 ? 0 : 4) & 15;
            out[i * 2] = "0123456789ABCDEF"[nibble];
            out[i * 2 + 1] = i + 1 < run->ip.n * 2 ? '.' : '\0';
        }
    }
    return wb_arena_copy(run->arena, wb_slice_str(out));
}

static struct wb_slice ip_readable(struct wb_spf_run *run)
{
    char out[64] = "";
    inet_ntop(run->ip.n == 4 ? AF_INET : AF_INET6, run->ip.p, out, sizeof out);
    return wb_arena_copy(run->arena, wb_slice_str(out));
}

static struct wb_slice sender(struct wb_spf_run *run)
{
    struct wb_text text = wb_text_open(run->arena, LONGEST_TEXT);
    wb_text_put(&text, run->local);
    wb_text_byte(&text, '@');
    wb_text_put(&text, run->sender_domain);
    return wb_text_close(&text);
}

static struct wb_slice moment(struct wb_spf_run *run)
{
    char out[32];
    snprintf(out, sizeof out, "%lld", (long long)run->query->now);
    return wb_arena_copy(run->arena, wb_slice_str(out));
}

static struct wb_slice value_of(struct wb_spf_run *run, char letter)
{
    switch (letter) {
    case 's': return sender(run);
    case 'l': return run->local;
    case 'o': return run->sender_domain;
    case 'd': return run->current;
    case 'i': return run->ip.n ? ip_dotted(run) : WB_S("0.0.0.0");
    case 'p': return wb_spf_client_name(run);
    case 'h': return run->query->helo;
    case 'c': return run->ip.n ? ip_readable(run) : WB_S("0.0.0.0");
    case 'r': return run->query->receiver.n ? run->query->receiver : WB_S("unknown");
    case 't': return moment(run);
    default: return run->ip.n == 16 ? WB_S("ip6") : WB_S("in-addr"); /* v */
    }
}

/* ---- transformed and written ---- */

static void put_escaped(struct wb_text *out, struct wb_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (wb_is_alnum((char)c) || (c && strchr("-._~", c))) {
            wb_text_byte(out, (char)c);
            continue;
        }
        wb_text_byte(out, '%');
        wb_text_byte(out, "0123456789ABCDEF"[c >> 4]);
        wb_text_byte(out, "0123456789ABCDEF"[c & 15]);
    }
}

static void put_value(struct wb_text *out, const struct macro *m, struct wb_slice value)
{
    struct wb_slice part[MOST_PARTS];
    size_t n = 0, from = 0;
    const char *delimiters = m->delimiters[0] ? m->delimiters : ".";
    for (size_t i = 0; i <= value.n && n < MOST_PARTS; i++) {
        if (i < value.n && (!value.p[i] || !strchr(delimiters, value.p[i])))
            continue;
        part[n++] = wb_slice(value.p + from, i - from);
        from = i + 1;
    }
    size_t keep = m->keep && (size_t)m->keep < n ? (size_t)m->keep : n;
    for (size_t i = 0; i < keep; i++) {
        /* counted from the right, after turning round */
        size_t place = n - keep + i;
        struct wb_slice s = part[m->reversed ? n - 1 - place : place];
        if (i)
            wb_text_byte(out, '.');
        if (m->escaped)
            put_escaped(out, s);
        else
            wb_text_put(out, s);
    }
}

struct wb_slice wb_spf_expand(struct wb_spf_run *run, struct wb_slice text)
{
    char *room = wb_arena_alloc(run->arena, LONGEST_TEXT);
    if (!room)
        return WB_NONE;
    /* Values take from the arena too, so the text is built beside it. */
    struct wb_text out = {.p = room, .cap = LONGEST_TEXT};
    struct wb_reader r = wb_reader(text);
    struct macro m;
    while (wb_reader_left(&r)) {
        char c = wb_reader_take(&r);
        if (c != '%') {
            wb_text_byte(&out, c);
            continue;
        }
        switch (wb_reader_take(&r)) {
        case '%': wb_text_byte(&out, '%'); break;
        case '_': wb_text_byte(&out, ' '); break;
        case '-': wb_text_put(&out, WB_S("%20")); break;
        default:
            if (read_macro(&r, true, &m))
                put_value(&out, &m, value_of(run, m.letter));
        }
    }
    return wb_slice(room, out.n);
}
