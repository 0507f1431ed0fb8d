/* SPDX-License-Identifier: BSD-2-Clause */
#include "address.h"

#include "block.h"
#include "reader.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static bool local_byte(char c)
{
    return wb_is_of(c, WB_BYTE_LOCAL);
}

static bool domain_byte(char c)
{
    return wb_is_of(c, WB_BYTE_DOMAIN);
}

/*
 * A quotation mark, a stop or a bracket as Chinese and typesetters write them: the text around an
 * address, never part of it. They are three bytes long (U+2000, U+3000 and U+FF00 and onwards).
 */
static bool mark_at(struct wb_slice s, size_t i)
{
    if (i + 3 > s.n || !(s.p[i] & 0x80))
        return false;
    const unsigned char *c = (const unsigned char *)s.p + i;
    bool fullwidth = c[0] == 0xEF && c[1] == 0xBC && c[2] <= 0x9E && (c[2] < 0x90 || c[2] > 0x99);
    return fullwidth || ((c[0] == 0xE2 || c[0] == 0xE3) && c[1] == 0x80);
}

struct wb_slice wb_address_local(struct wb_slice address)
{
    size_t end = address.n;
#if defined(__SSE2__)
    for (; end >= 16; end -= 16) {
        const char *p = address.p + end - 16;
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned at = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('@')));
        if (at)
            return wb_slice_span(address.p, p + 31 - __builtin_clz(at));
    }
#endif
    while (end-- > 0)
        if (address.p[end] == '@')
            return wb_slice_head(address, end);
    return address;
}

struct wb_slice wb_address_domain(struct wb_slice address)
{
    size_t local = wb_address_local(address).n;
    return wb_slice_from(address, local + 1);
}

/* "W32.Netsky.P@mm": the suffix of a worm that mails itself (CARO naming scheme, 2002). */
static bool names_worm(struct wb_slice domain)
{
    return domain.n > 1 && wb_may_be_same(domain.p[0], 'm') & wb_may_be_same(domain.p[1], 'm') &&
           (domain.n == 2 || domain.p[2] == '!');
}

bool wb_address_valid(struct wb_slice address)
{
    size_t local = wb_address_local(address).n, domain = address.n - local; /* with its "@" */
    return local > 0 && local < 256 && domain > 1 && domain <= 256 &&
           !names_worm(wb_slice_from(address, local + 1));
}

bool wb_address_same(struct wb_slice a, struct wb_slice b)
{
    return a.n > 0 && wb_slice_eqi(a, b);
}

/*
 * No top-level domain has Latin letters and Chinese characters in it: where they meet, the
 * sentence goes on ("a@b.example不存在"). Cuts n there.
 */
static size_t cut_at_sentence(struct wb_slice s, size_t n)
{
    size_t top = n;
    while (top > 0 && s.p[top - 1] != '.')
        top--;
    if (top == 0 || top == n || (s.p[top] & 0x80))
        return n;
    for (size_t i = top; i < n; i++)
        if ((unsigned char)s.p[i] >= 0xE3) /* U+3000 and up; the German ones have U+00F6 */
            return i;
    return n;
}

/*
 * Length of what can be a name at the front; nearly always it is ASCII. before: bytes that stand in
 * front of it in the same text.
 */
static size_t name_length(struct wb_slice s, size_t before)
{
    size_t n = wb_host_front(s.p, s.n, before);
    while (n < s.n && domain_byte(s.p[n]) && !(s.p[n] & 0x80))
        n++;
    if (n == s.n || !(s.p[n] & 0x80))
        return n;
    while (n < s.n && domain_byte(s.p[n]) && !mark_at(s, n))
        n++;
    return cut_at_sentence(s, n);
}

/* Length of the domain (or [address literal]) at the front; before: see name_length. */
static size_t domain_length(struct wb_slice s, size_t before)
{
    if (s.n && s.p[0] == '[') {
        size_t close = wb_slice_chr(s, ']');
        return close < s.n && close < 64 ? close + 1 : 0;
    }
    size_t n = name_length(s, before);
    while (n && (s.p[n - 1] == '.' || s.p[n - 1] == '-' || s.p[n - 1] == '_'))
        n--;
    return n;
}

/* "quoted local part" that ends right before the "@" at position at; its length or 0. */
static size_t quoted_before(struct wb_slice s, size_t at)
{
    if (at < 2 || s.p[at - 1] != '"')
        return 0;
    for (size_t i = at - 1; i-- > 0 && at - i < 66 && s.p[i] != '\n';)
        if (s.p[i] == '"')
            return at - i;
    return 0;
}

/* A Chinese sentence may touch the address; an address with such a local part stands in <>. */
static bool bracketed(struct wb_slice s, size_t from)
{
    return from > 0 && (s.p[from - 1] == '<' || s.p[from - 1] == ' ' || s.p[from - 1] == ';' ||
                        s.p[from - 1] == '\t' || s.p[from - 1] == '\n' || s.p[from - 1] == ',');
}

static bool is_quote(char c)
{
    return c == '\'' || c == '`' || c == '{' || c == '}' || c == '|' || c == '\0';
}

/* An opening quotation mark is no part of it. */
static size_t behind_quotes(struct wb_slice s, size_t from, size_t at)
{
    while (from < at && is_quote(s.p[from]))
        from++;
    return from;
}

/* Where the letters behind the last Chinese character begin; 0: there is no such character. */
static size_t behind_chinese(struct wb_slice s, size_t from, size_t at)
{
    for (size_t i = at; i-- > from;)
        if ((unsigned char)s.p[i] >= 0xE3) /* U+3000 and up */
            return i + ((unsigned char)s.p[i] < 0xF0 ? 3 : 4);
    return 0;
}

static bool mark_before(struct wb_slice s, size_t n)
{
    return n > 2 && mark_at(s, n - 3);
}

/* Whether a mark stands there behind which an address begins: behind a stop a sentence does. */
static bool opened_before(struct wb_slice s, size_t n)
{
    static const struct wb_slice opening[] = {
        WB_S("\u3000"), WB_S("〈"), WB_S("《"), WB_S("「"), WB_S("『"), WB_S("【"), WB_S("〔"),
        WB_S("〖"),     WB_S("（"), WB_S("＜"), WB_S("［"), WB_S("："), WB_S("“"),  WB_S("‘")};
    struct wb_slice mark = n > 2 ? wb_slice(s.p + n - 3, 3) : WB_NONE;
    bool opens = false;
    for (size_t i = 0; i < sizeof opening / sizeof opening[0]; i++)
        opens |= wb_slice_eq(mark, opening[i]);
    return opens;
}

/* Where the bytes of a local part begin that end at `at`, and where those of ASCII alone do. */
static size_t local_from(struct wb_slice s, size_t at, size_t *ascii_out)
{
    size_t from = at;
    while (from > 2 && local_byte(s.p[from - 1]) && !((s.p[from - 1] | s.p[from - 3]) & 0x80))
        from--;
    while (from > 0 && from <= 2 && local_byte(s.p[from - 1]) && !(s.p[from - 1] & 0x80))
        from--;        /* no mark has room before it */
    *ascii_out = from; /* what stands before it is looked at closely */
    while (from > 0 && local_byte(s.p[from - 1]) && !mark_before(s, from))
        from--;
    return from;
}

size_t wb_address_local_length(struct wb_slice s, size_t at)
{
    size_t quoted = quoted_before(s, at), ascii;
    if (quoted)
        return quoted;
    size_t from = local_from(s, at, &ascii);
    size_t letters = from < ascii ? behind_chinese(s, from, at) : 0;
    bool marked = letters && opened_before(s, from);
    bool touched = letters && letters < at && !marked && (from == 0 || s.p[from - 1] != '<');
    if (touched || (letters >= at && from > 0 && !marked && !bracketed(s, from)))
        from = letters < at ? letters : at;
    return at - behind_quotes(s, from, at);
}

/* "a@b"@example.org: what looks like an address stands in quotes and is its local part. */
static bool in_quotes(struct wb_slice text, size_t from, size_t end)
{
    return from > 0 && text.p[from - 1] == '"' &&
           wb_slice_starts(wb_slice_from(text, end), WB_S("\"@"));
}

/* "SMTP:a@b.example", and "dda:SMTP=a@b.example" in an address of X.400. */
static struct wb_slice without_scheme(struct wb_slice text)
{
    bool mark = text.n > 4 && (text.p[4] == ':' || text.p[4] == '=');
    bool scheme = mark && wb_slice_startsi(text, WB_S("smtp"));
    return scheme && !wb_slice_starts(wb_slice_from(text, 5), WB_S("@")) ? wb_slice_from(text, 5)
                                                                         : text;
}

struct wb_slice wb_address_find(struct wb_slice text)
{
    for (size_t from = 0; from < text.n;) {
        size_t at = from + wb_slice_chr(wb_slice_from(text, from), '@');
        if (at >= text.n)
            return WB_NONE;
        size_t domain = domain_length(wb_slice_from(text, at + 1), at + 1);
        size_t local = domain ? wb_address_local_length(text, at) : 0;
        if (local && !in_quotes(text, at - local, at + 1 + domain) &&
            !names_worm(wb_slice(text.p + at + 1, domain)))
            return without_scheme(wb_slice(text.p + at - local, local + 1 + domain));
        from = at + 1;
    }
    return WB_NONE;
}

struct wb_slice wb_address_join(struct wb_arena *arena, struct wb_slice local,
                                struct wb_slice domain)
{
    struct wb_text out = wb_text_open(arena, local.n + domain.n + 1);
    wb_text_put(&out, local);
    wb_text_byte(&out, '@');
    wb_text_put(&out, domain);
    return wb_text_close(&out);
}

/* The address without quotes around its local part, where they are there only for its dots. */
struct wb_slice wb_address_unquote(struct wb_arena *arena, struct wb_slice address)
{
    if (!wb_slice_starts(address, WB_S("\"")))
        return address;
    struct wb_slice local = wb_address_local(address);
    if (local.n < 3 || local.p[local.n - 1] != '"')
        return address;
    struct wb_slice inner = wb_slice(local.p + 1, local.n - 2);
    for (size_t i = 0; i < inner.n; i++)
        if (!local_byte(inner.p[i]))
            return address;
    return wb_address_join(arena, inner, wb_address_domain(address));
}

/* Marks around an address that are no part of it. */
enum { BEFORE = 1, BEHIND = 2, BOTH = 3 };
static const unsigned char around[256] = {
    ['\0'] = BOTH, ['<'] = BOTH,   ['>'] = BOTH,  ['\''] = BOTH, ['`'] = BOTH,
    ['.'] = BOTH,  [','] = BOTH,   [';'] = BOTH,  [':'] = BOTH,  ['('] = BOTH,
    [')'] = BOTH,  ['['] = BEFORE, [']'] = BEFORE};

struct wb_slice wb_address_clean(struct wb_slice text)
{
    text = wb_slice_trim(text);
    size_t open = text.n && text.p[0] == '<' ? 0 : wb_slice_chr(text, '<');
    if (open < text.n) {
        struct wb_slice inner = wb_slice_from(text, open + 1);
        size_t close = wb_slice_chr(inner, '>');
        if (close < inner.n)
            text = wb_slice_trim(wb_slice_head(inner, close));
    }
    if (text.n > 6 && text.p[6] == ':' && wb_slice_startsi(text, WB_S("mailto")))
        text = wb_slice_from(text, 7);
    text = without_scheme(text);
    if (wb_slice_starts(text, WB_S("@"))) { /* a source route: @relay:user@host (RFC 5321 C) */
        size_t colon = wb_slice_chr(text, ':');
        text = wb_slice_from(text, colon < text.n ? colon + 1 : 1);
    }
    while (text.n && around[(unsigned char)text.p[0]] & BEFORE)
        text = wb_slice_from(text, 1);
    while (text.n && around[(unsigned char)text.p[text.n - 1]] & BEHIND)
        text.n--;
    return text;
}

/* ---- encodings ---- */

/*
 * RFC 3461 4 lets a sender escape anything, but only "+" and "=" must be, and only those two are
 * undone: in "user+2023@example.org" the rest of what stands behind "+" is a tag.
 */
static int xtext_byte(const char *p)
{
    if (p[0] == '2' && p[1] == 'B')
        return '+';
    return p[0] == '3' && p[1] == 'D' ? '=' : -1;
}

/* Where the next one stands; s.n: nowhere. */
static size_t find_xtext(struct wb_slice s)
{
    size_t at = wb_slice_chr(s, '+');
    while (at < s.n && (at + 2 >= s.n || xtext_byte(s.p + at + 1) < 0))
        at += 1 + wb_slice_chr(wb_slice_from(s, at + 1), '+');
    return at;
}

/* xtext: "+" and two hexadecimal digits (RFC 3461 4). */
static struct wb_slice undo_xtext(struct wb_arena *arena, struct wb_slice s)
{
    size_t at = find_xtext(s);
    if (at == s.n) /* in most addresses what stands behind "+" is a tag */
        return s;
    struct wb_text out = wb_text_open(arena, s.n);
    for (; at < s.n; at = find_xtext(s)) {
        wb_text_put(&out, wb_slice_head(s, at));
        wb_text_byte(&out, (char)xtext_byte(s.p + at + 1));
        s = wb_slice_from(s, at + 3);
    }
    wb_text_put(&out, s);
    return wb_text_close(&out);
}

/* utf-8-addr-unitext and -xtext of RFC 6533 3: "\x{7528}" stands for a character. */
static struct wb_slice undo_unitext(struct wb_arena *arena, struct wb_slice s)
{
    if (wb_slice_find(s, WB_S("\\x{")) == s.n)
        return s;
    struct wb_text out = wb_text_open(arena, s.n);
    struct wb_reader r = wb_reader(s);
    while (wb_reader_left(&r)) {
        if (!wb_reader_word(&r, WB_S("\\x{"))) {
            wb_text_byte(&out, wb_reader_take(&r));
            continue;
        }
        uint32_t rune = 0;
        for (int digits = 0; digits < 6 && wb_hex_digit(wb_reader_peek(&r, 0)) >= 0; digits++)
            rune = rune * 16 + (uint32_t)wb_hex_digit(wb_reader_take(&r));
        wb_reader_accept(&r, '}');
        wb_text_rune(&out, rune);
    }
    return wb_text_close(&out);
}

struct wb_slice wb_address_typed(struct wb_arena *arena, struct wb_slice value)
{
    size_t semicolon = wb_slice_chr(value, ';');
    struct wb_slice type = wb_slice_trim(wb_slice_head(value, semicolon));
    struct wb_slice address = semicolon < value.n ? wb_slice_from(value, semicolon + 1) : value;
    address = wb_address_clean(address);
    address = wb_address_unquote(arena, address);
    if (wb_slice_eqi(type, WB_S("utf-8")))
        return undo_unitext(arena, address);
    return undo_xtext(arena, address);
}

/* ---- wrappers ---- */

/* SRS0=hash=time=domain=local@forwarder, SRS1=hash=first==hash=time=domain=local@second */
static struct wb_slice undo_srs(struct wb_arena *arena, struct wb_slice local)
{
    struct wb_slice rest = wb_slice_from(local, 5);
    if (wb_lower(local.p[3]) == '1') {
        size_t twice = wb_slice_find(rest, WB_S("=="));
        rest = wb_slice_from(rest, twice < rest.n ? twice + 2 : rest.n);
    }
    wb_slice_cut(&rest, '=');
    wb_slice_cut(&rest, '=');
    struct wb_slice domain = wb_slice_cut(&rest, '=');
    return domain.n && rest.n ? wb_address_join(arena, rest, domain) : WB_NONE;
}

/* prvs=tag=local@domain (BATV), btv1==tag==local@domain (Barracuda), msprvs1=tag=local@domain */
static struct wb_slice undo_batv(struct wb_slice address)
{
    struct wb_slice rest = address;
    if (wb_slice_startsi(rest, WB_S("btv1=="))) {
        rest = wb_slice_from(rest, 6);
        size_t twice = wb_slice_find(rest, WB_S("=="));
        return twice < rest.n ? wb_slice_from(rest, twice + 2) : WB_NONE;
    }
    wb_slice_cut(&rest, '=');
    wb_slice_cut(&rest, '=');
    return rest;
}

struct wb_slice wb_address_unwrap(struct wb_arena *arena, struct wb_slice address)
{
    for (int depth = 0; depth < 4; depth++) {
        struct wb_slice local = wb_address_local(address), inner = WB_NONE;
        bool srs = wb_slice_startsi(local, WB_S("SRS0")) || wb_slice_startsi(local, WB_S("SRS1"));
        if (srs && local.n > 5 && strchr("=+-", local.p[4]))
            inner = undo_srs(arena, local);
        else if (wb_slice_startsi(local, WB_S("prvs=")) ||
                 wb_slice_startsi(local, WB_S("btv1==")) ||
                 wb_slice_startsi(local, WB_S("msprvs1=")))
            inner = undo_batv(address);
        if (!wb_address_valid(inner))
            return address;
        address = inner;
    }
    return address;
}

/* The domain without what the sender put behind it: no name but "xn--..." has a hyphen last. */
static struct wb_slice without_tag(struct wb_slice domain)
{
    size_t top = domain.n;
    while (top > 0 && domain.p[top - 1] != '.')
        top--;
    struct wb_slice name = wb_slice_from(domain, top);
    if (top == 0 || wb_slice_startsi(name, WB_S("xn--")))
        return domain;
    return wb_slice_head(domain, top + wb_slice_chr(name, '-'));
}

static bool dotted(struct wb_slice domain)
{
    size_t dot = wb_slice_chr(domain, '.');
    return dot > 0 && dot + 2 < domain.n && domain_length(domain, 0) == domain.n;
}

/* What stands before the last byte of that kind, and what behind it; false: there is none. */
static bool cut_at_last(struct wb_slice s, char c, struct wb_slice *before, struct wb_slice *behind)
{
    size_t at = s.n;
    while (at > 0 && s.p[at - 1] != c)
        at--;
    if (at < 2)
        return false;
    *before = wb_slice_head(s, at - 1);
    *behind = wb_slice_from(s, at);
    return true;
}

/* "news-bounces+wang" to "wang": behind the last mark with which lists put things together. */
static struct wb_slice last_piece(struct wb_slice head)
{
    size_t from = head.n;
    while (from > 0 && !strchr("+-=", head.p[from - 1]))
        from--;
    return from > 0 ? wb_slice_from(head, from) : WB_NONE;
}

struct wb_slice wb_address_list(struct wb_arena *arena, struct wb_slice address)
{
    static const struct wb_slice behind[] = {
        {"-bounces", 8}, {"-owner", 6}, {"-request", 8}, {"-admin", 6}};
    struct wb_slice local = wb_address_local(address);
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++)
        if (local.n > behind[i].n && local.n < address.n && wb_slice_endsi(local, behind[i]))
            return wb_address_join(arena, wb_slice_head(local, local.n - behind[i].n),
                                   wb_address_domain(address));
    return WB_NONE;
}

struct wb_slice wb_address_verp(struct wb_arena *arena, struct wb_slice address,
                                struct wb_slice known)
{
    struct wb_slice local = wb_address_local(address), head, domain;
    if (local.n == address.n || wb_slice_chr(local, '=') == local.n ||
        wb_slice_startsi(local, WB_S("SRS")) || !cut_at_last(local, '=', &head, &domain))
        return WB_NONE;
    /* "user=example.org-more": what is no domain behind it belongs to the sender */
    domain = without_tag(wb_slice_head(domain, domain_length(domain, 0)));
    if (!dotted(domain))
        return WB_NONE;
    struct wb_slice known_local = wb_address_local(known);
    if (known_local.n && known_local.n < known.n && wb_slice_endsi(head, known_local) &&
        wb_slice_eqi(domain, wb_address_domain(known)))
        return wb_address_join(arena, wb_slice_from(head, head.n - known_local.n), domain);
    struct wb_slice user = last_piece(head);
    return user.n ? wb_address_join(arena, user, domain) : WB_NONE;
}
