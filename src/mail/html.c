/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTML as the text a person sees: enough to read reports that come as HTML only. A block stands on
 * lines of its own, a paragraph has a blank line around it, other tags become nothing; a cell of a
 * table that is a label ("Status:") stands in one line with the cell behind it; styles, scripts and
 * comments vanish; white space is folded, but not in <pre>; the character references that occur in
 * reports are undone.
 */
#include "mail_int.h"

#include "reader.h"
#include "block.h"

enum element { INLINE, BREAK, LINE, ROW, CELL, PARAGRAPH, AS_IT_IS, HIDDEN };

enum { LABEL_BYTES = 40 }; /* "Adresse du destinataire :" has 25; longer ones are sentences */

/*
 * Each has a place of its own, by its first two letters and its length: the compiler complains of
 * two in one place.
 */
#define SLOT(a, b, n) (((size_t)(a) + 5 * (size_t)(b) + 10 * (n)) & 127)
#define ELEMENT(a, b, name, element)                                                               \
    [SLOT(a, b, sizeof(name) - 1)] = {name, sizeof(name) - 1, element}
static const struct {
    char name[12];
    uint8_t length;
    uint8_t element;
} elements[128] = {
    ELEMENT('d', 'i', "div", LINE),        ELEMENT('t', 'r', "tr", ROW),
    ELEMENT('l', 'i', "li", LINE),         ELEMENT('d', 't', "dt", LINE),
    ELEMENT('d', 'd', "dd", LINE),         ELEMENT('t', 'd', "td", CELL),
    ELEMENT('t', 'h', "th", CELL),         ELEMENT('b', 'o', "body", LINE),
    ELEMENT('p', 0, "p", PARAGRAPH),       ELEMENT('u', 'l', "ul", PARAGRAPH),
    ELEMENT('o', 'l', "ol", PARAGRAPH),    ELEMENT('t', 'a', "table", PARAGRAPH),
    ELEMENT('h', '1', "h1", PARAGRAPH),    ELEMENT('h', '2', "h2", PARAGRAPH),
    ELEMENT('h', '3', "h3", PARAGRAPH),    ELEMENT('h', '4', "h4", PARAGRAPH),
    ELEMENT('c', 'e', "center", LINE),     ELEMENT('a', 'd', "address", LINE),
    ELEMENT('s', 'e', "section", LINE),    ELEMENT('a', 'r', "article", LINE),
    ELEMENT('h', '6', "h6", PARAGRAPH),    ELEMENT('d', 'l', "dl", PARAGRAPH),
    ELEMENT('h', '5', "h5", PARAGRAPH),    ELEMENT('h', 'r', "hr", PARAGRAPH),
    ELEMENT('p', 'r', "pre", AS_IT_IS),    ELEMENT('b', 'l', "blockquote", PARAGRAPH),
    ELEMENT('t', 'i', "title", PARAGRAPH), ELEMENT('b', 'r', "br", BREAK),
    ELEMENT('s', 't', "style", HIDDEN),    ELEMENT('s', 'c', "script", HIDDEN),
};

static enum element element_of(struct wb_slice name)
{
    if (!name.n)
        return INLINE;
    const char first = wb_lower(name.p[0]), second = name.n > 1 ? wb_lower(name.p[1]) : '\0';
    size_t slot = SLOT((unsigned char)first, (unsigned char)second, name.n);
    if (elements[slot].length != name.n ||
        !wb_slice_eqi(name, wb_slice(elements[slot].name, name.n)))
        return INLINE;
    return (enum element)elements[slot].element;
}

/* How many line ends the text so far ends with. */
static int line_ends(const struct wb_text *text)
{
    int n = 0;
    while ((size_t)n < text->n && text->p[text->n - 1 - (size_t)n] == '\n')
        n++;
    return n;
}

/* Without the blanks behind the last word; true when they were hard ones that filled a line. */
static bool drop_blanks(struct wb_text *text)
{
    size_t before = text->n;
    while (text->n && text->p[text->n - 1] == ' ')
        text->n--;
    return text->n < before && line_ends(text) > 0;
}

/* Line ends until there are so many; at the front of a text there are none. */
static void end_lines(struct wb_text *text, int n)
{
    if (drop_blanks(text))
        n = 2;
    for (int have = line_ends(text); text->n && have < n && !text->cut; have++)
        wb_text_byte(text, '\n');
}

/* A line end for <br>, which counts each time, but two of them are enough. */
static void newline(struct wb_text *text)
{
    bool blank = drop_blanks(text);
    end_lines(text, blank || line_ends(text) ? 2 : 1);
}

/* ---- cells ---- */

static const size_t NOWHERE = (size_t)-1;

struct page {
    struct wb_reader r;
    struct wb_text text;
    size_t cell_end;      /* the text ended there when a cell was closed in this row */
    size_t joined;        /* a cell goes on there with the line of its label */
    size_t blank;         /* it ended there with a blank for white space; hard ones count each */
    bool as_it_is;        /* within <pre>: lines are lines */
    struct wb_slice link; /* the address that the link around this text leads to */
    size_t link_from;     /* where that text begins */
};

/* The last line, when it is one like "Status:"; its line ends are not of it. */
static struct wb_slice label(const struct wb_text *text)
{
    struct wb_slice all = wb_slice(text->p, text->n - (size_t)line_ends(text));
    size_t from = all.n;
    while (from && all.p[from - 1] != '\n' && all.n - from <= LABEL_BYTES)
        from--;
    struct wb_slice line = wb_slice_from(all, from);
    bool colon = wb_slice_ends(line, WB_S(":")) || wb_slice_ends(line, WB_S("："));
    return colon && line.n <= LABEL_BYTES ? line : WB_NONE;
}

static void end_cell(struct page *page)
{
    end_lines(&page->text, 1);
    page->cell_end = page->text.n;
}

static void begin_cell(struct page *page)
{
    struct wb_text *text = &page->text;
    struct wb_slice before = page->cell_end == text->n ? label(text) : WB_NONE;
    if (!before.n) {
        end_lines(text, 1);
        return;
    }
    text->n = (size_t)(wb_slice_end(before) - text->p);
    wb_text_byte(text, ' ');
    page->joined = page->blank = text->n;
}

static void end_row(struct page *page)
{
    end_lines(&page->text, 1);
    page->cell_end = NOWHERE;
}

/* What is a block within a cell behind its label begins no line. */
static void block(struct page *page, enum element element)
{
    if (page->joined == page->text.n)
        return;
    if (element == BREAK)
        newline(&page->text);
    else
        end_lines(&page->text, element == LINE ? 1 : 2);
}

/* ---- tags ---- */

/* The first byte that is neither letter nor digit; nearly all names have less than sixteen. */
static inline const char *name_end(const char *p, const char *end)
{
#if defined(__SSE2__)
    if (end - p >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i letter = wb_letters(bytes);
        __m128i name = _mm_or_si128(letter, wb_between(bytes, '0', '9'));
        p += __builtin_ctz(~(unsigned)_mm_movemask_epi8(name));
    }
#endif
    while (p < end && wb_is_alnum(*p))
        p++;
    return p;
}

static struct wb_slice tag_name(struct wb_reader *r)
{
    wb_reader_accept(r, '/');
    const char *from = r->p;
    r->p = name_end(r->p, r->end);
    return wb_slice_span(from, r->p);
}

/* Passes over everything up to the end tag of a hidden element. */
static void skip_hidden(struct wb_reader *r, struct wb_slice name)
{
    while (wb_reader_left(r)) {
        wb_reader_until(r, '<');
        struct wb_reader at = *r;
        wb_reader_accept(&at, '<');
        bool closing = wb_reader_peek(&at, 0) == '/';
        if (closing && wb_slice_eqi(tag_name(&at), name))
            return;
        wb_reader_skip(r, 1);
    }
}

/* The first place where one of two bytes stands, else the end. */
static const char *next_of(const char *p, const char *end, char a, char b)
{
#if defined(__SSE2__)
    const __m128i one = _mm_set1_epi8(a), other = _mm_set1_epi8(b);
    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned at = (unsigned)_mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, one), _mm_cmpeq_epi8(bytes, other)));
        if (at)
            return p + __builtin_ctz(at);
    }
#endif
    while (p < end && *p != a && *p != b)
        p++;
    return p;
}

/* Up to and with the ">" that ends the tag; one in a quoted value does not. */
static void skip_attributes(struct wb_reader *r)
{
    while (wb_reader_left(r)) {
        r->p = next_of(r->p, r->end, '>', '=');
        if (wb_reader_take(r) != '=')
            return;
        wb_reader_space(r);
        char quote = wb_reader_peek(r, 0);
        if (quote != '"' && quote != '\'')
            continue;
        struct wb_slice value = wb_slice_span(r->p + 1, r->end); /* styles are long */
        size_t n = wb_slice_chr(value, quote);
        if (n < value.n) /* else it is never closed, and no quote */
            r->p = value.p + n + 1;
    }
}

/*
 * "a < b": only a letter or one of these marks can follow the "<" of a tag. "<a@b.example>" is what
 * a server has put there without a thought of HTML.
 */
static bool opens_tag(const struct wb_reader *r)
{
    char c = wb_reader_peek(r, 0);
    if (!wb_is_alpha(c))
        return c == '/' || c == '!' || c == '?';
    const char *p = name_end(r->p, r->end);
    while (p < r->end && *p != '>' && /* which stands behind most names */
           (wb_is_alnum(*p) || *p == '.' || *p == '_' || *p == '+' || *p == '=' || *p == '-'))
        p++;
    return p == r->end || *p != '@';
}

/* ---- links ---- */

static bool in_address(char c)
{
    return wb_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+' || c == '=';
}

/* The address of href="mailto:ADDRESS" or "mailto:ADDRESS?subject=..." (RFC 6068). */
static struct wb_slice mail_link(struct wb_slice attributes)
{
    static const struct wb_slice scheme = {"mailto:", 7};
    struct wb_reader r = wb_reader(attributes);
    wb_reader_skip(&r, wb_slice_findi(attributes, scheme) + scheme.n);
    const char *from = r.p, *at = r.p;
    while (in_address(wb_reader_peek(&r, 0)))
        at = ++r.p;
    if (!wb_reader_accept(&r, '@') || at == from)
        return WB_NONE;
    while (in_address(wb_reader_peek(&r, 0)))
        r.p++;
    return r.p > at + 1 ? wb_slice_span(from, r.p) : WB_NONE;
}

/*
 * A link that shows a name: whom it means only the address behind it tells. It is written as
 * Outlook writes links in plain text, "Jo<mailto:jo@a.example>".
 */
static void end_link(struct page *page)
{
    struct wb_text *text = &page->text;
    struct wb_slice link = page->link;
    page->link = WB_NONE;
    if (!link.n || page->link_from >= text->n)
        return;
    struct wb_slice shown = wb_slice(text->p + page->link_from, text->n - page->link_from);
    if (wb_slice_chr(shown, '@') < shown.n)
        return;
    wb_text_put(text, WB_S("<mailto:"));
    wb_text_put(text, link);
    wb_text_byte(text, '>');
}

static void begin_link(struct page *page, struct wb_slice attributes)
{
    page->link = mail_link(attributes);
    page->link_from = page->text.n;
}

static void tag(struct page *page)
{
    struct wb_reader *r = &page->r;
    if (wb_reader_word(r, WB_S("!--"))) {
        struct wb_slice rest = wb_reader_rest(r);
        wb_reader_skip(r, wb_slice_find(rest, WB_S("-->")) + 3);
        return;
    }
    bool closing = wb_reader_peek(r, 0) == '/';
    struct wb_slice name = tag_name(r);
    const char *from = r->p;
    skip_attributes(r);
    if (wb_slice_eqi(name, WB_S("a"))) {
        end_link(page);
        if (!closing)
            begin_link(page, wb_slice_span(from, r->p));
    }
    enum element element = element_of(name);
    switch (element) {
    case BREAK:
    case LINE:
    case PARAGRAPH: block(page, element); break;
    case AS_IT_IS:
        block(page, PARAGRAPH);
        page->as_it_is = !closing;
        break;
    case ROW: end_row(page); break;
    case CELL: (closing ? end_cell : begin_cell)(page); break;
    case HIDDEN:
        if (!closing)
            skip_hidden(r, name);
        break;
    case INLINE: break;
    }
}

/* Behind "&". What is no reference stays as it stands. */
static void reference(struct wb_reader *r, struct wb_text *text)
{
    uint32_t rune = wb_html_reference(r);
    if (rune)
        wb_text_rune(text, rune);
    else
        wb_text_byte(text, '&');
}

#if defined(__SSE2__)
static inline __m128i white_bytes(__m128i bytes)
{
    return _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')),
                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))),
                        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))));
}

static inline unsigned bits(__m128i bytes)
{
    return (unsigned)_mm_movemask_epi8(bytes);
}

/*
 * Copies words and the single blanks between them in blocks of sixteen bytes: up to a mark, or
 * white space that is to be folded.
 */
static inline void copy_words(struct wb_reader *r, struct wb_text *text)
{
    unsigned at = 0;
    while (!at && r->end - r->p >= 16 && text->cap - text->n >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)r->p);
        unsigned white = bits(white_bytes(bytes));
        unsigned blank = bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
        unsigned mark = bits(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')),
                                          _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&'))));
        unsigned single = blank & ~((white | mark) >> 1) & 0x7FFF;
        at = mark | (white & ~single);
        unsigned n = (unsigned)__builtin_ctz(at | 1u << 16);
        _mm_storeu_si128((__m128i *)(void *)(text->p + text->n), bytes);
        text->n += n;
        r->p += n;
    }
}
#else
static void copy_words(struct wb_reader *r, struct wb_text *text)
{
    (void)r, (void)text;
}
#endif

/* Letters up to a mark or white space that is to be folded; at least the one that stands here. */
static void plain_text(struct wb_reader *r, struct wb_text *text)
{
    wb_text_byte(text, *r->p++);
    copy_words(r, text);
    const char *from = r->p;
    while (r->p < r->end && *r->p != '<' && *r->p != '&' && !wb_is_space(*r->p))
        r->p++;
    wb_text_put(text, wb_slice_span(from, r->p));
}

/* Sources are indented, often far. */
static void skip_space(struct wb_reader *r)
{
#if defined(__SSE2__)
    while (r->end - r->p >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)r->p);
        unsigned n = (unsigned)__builtin_ctz(~bits(white_bytes(bytes)));
        r->p += n;
        if (n < 16)
            return;
    }
#endif
    while (r->p < r->end && wb_is_space(*r->p))
        r->p++;
}

static void soft_blank(struct page *page)
{
    struct wb_text *text = &page->text;
    if (!text->n || text->p[text->n - 1] == '\n')
        return;
    if (page->blank == text->n && text->p[text->n - 1] == ' ') /* else that one was dropped */
        return;
    wb_text_byte(text, ' ');
    page->blank = text->n;
}

/* White space that is folded, or within <pre> stays; c is the first of it. */
static void space(struct page *page, char c)
{
    if (!page->as_it_is) {
        soft_blank(page);
        skip_space(&page->r);
    } else if (c == '\n' || (c == '\r' && wb_reader_peek(&page->r, 0) != '\n')) {
        newline(&page->text);
    } else {
        wb_text_byte(&page->text, ' '); /* that of a \r goes with the line end behind it */
    }
}

/*
 * Some servers call their plain text HTML. It has no tag then: in "<a@b.example>:" stands an
 * address, and its lines are lines.
 */
static bool has_markup(struct wb_slice html)
{
    struct wb_reader r = wb_reader(html);
    for (wb_reader_until(&r, '<'); wb_reader_accept(&r, '<'); wb_reader_until(&r, '<')) {
        if (!opens_tag(&r))
            continue;
        bool name = wb_is_alpha(*r.p);
        r.p = name_end(r.p, r.end);
        char c = wb_reader_peek(&r, 0);
        if (!name || c == '>' || c == '/' || wb_is_space(c))
            return true;
    }
    return false;
}

static struct wb_slice without_markup(struct wb_arena *arena, struct wb_slice html)
{
    struct wb_reader r = wb_reader(html);
    struct wb_text text = wb_text_open(arena, WB_MAX_TEXT_BYTES);
    while (wb_reader_left(&r) && !text.cut) {
        wb_text_put(&text, wb_reader_until(&r, '&'));
        if (wb_reader_accept(&r, '&'))
            reference(&r, &text);
    }
    return wb_text_close(&text);
}

struct wb_slice wb_html_text(struct wb_arena *arena, struct wb_slice html)
{
    if (!has_markup(html))
        return without_markup(arena, html);
    struct page page = {.r = wb_reader(html),
                        .text = wb_text_open(arena, WB_MAX_TEXT_BYTES),
                        .cell_end = NOWHERE,
                        .joined = NOWHERE,
                        .blank = NOWHERE};
    struct wb_reader *r = &page.r;
    struct wb_text *text = &page.text;
    while (wb_reader_left(r) && !text->cut) {
        char c = wb_reader_take(r);
        if (c == '<' && opens_tag(r)) {
            tag(&page);
        } else if (c == '&') {
            reference(r, text);
        } else if (wb_is_space(c)) {
            space(&page, c);
        } else {
            r->p--;
            plain_text(r, text);
        }
    }
    return wb_text_close(text);
}
