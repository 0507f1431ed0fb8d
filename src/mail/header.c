/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header blocks (RFC 5322 2.2). A field is a name, a colon and a value that goes on over all
 * following lines that begin with white space. Real ones have lines of garbage between them,
 * "From " lines of mailboxes, blank lines made of blanks, and CR CR LF.
 */
#include "mail_int.h"

#include "utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const struct {
    struct wb_slice name;
    enum wb_header_id id;
} known[] = {
#define X(header, text) {{text, sizeof(text) - 1}, WB_H_##header},
    WB_HEADERS(X)
#undef X
};

/* The names are few and differ in length and first letter: see wb_header_names. */
static unsigned name_slot(struct wb_slice name)
{
    return (unsigned)(name.n * 11 + ((unsigned char)name.p[0] | 32u)) % WB_HEADER_SLOTS;
}

void wb_header_names(struct wb_header_table *table)
{
    *table = (struct wb_header_table){0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        unsigned slot = name_slot(known[i].name);
        while (table->row[slot])
            slot = (slot + 1) % WB_HEADER_SLOTS;
        table->row[slot] = (uint8_t)(i + 1);
    }
}

/*
 * Eight bytes at a time in small letters, or four. A set bit 32 takes no two bytes of names for
 * each other: beside letters there are digits, "-" and "." which have it, and "_", which becomes
 * DEL.
 */
static inline bool same_eight(const char *a, const char *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return ((x ^ y) & 0xDFDFDFDFDFDFDFDFu) == 0;
}

static inline bool same_four(const char *a, const char *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return ((x ^ y) & 0xDFDFDFDFu) == 0;
}

static bool same_name(struct wb_slice a, struct wb_slice b)
{
    if (a.n != b.n || a.n < 4)
        return wb_slice_eqi(a, b);
    if (a.n < 8)
        return same_four(a.p, b.p) && same_four(a.p + a.n - 4, b.p + a.n - 4);
    for (size_t i = 0; i + 8 < a.n; i += 8)
        if (!same_eight(a.p + i, b.p + i))
            return false;
    return same_eight(a.p + a.n - 8, b.p + a.n - 8);
}

static enum wb_header_id header_id(const struct wb_mail *mail, struct wb_slice name)
{
    for (unsigned slot = name_slot(name);; slot = (slot + 1) % WB_HEADER_SLOTS) {
        uint8_t row = mail->names.row[slot];
        if (!row)
            return WB_H_OTHER;
        if (same_name(known[row - 1].name, name))
            return known[row - 1].id;
    }
}

/* ftext of RFC 5322 3.6.8, without the marks that open an address or a sentence. */
static bool name_byte(char c)
{
    return wb_is_of(c, WB_BYTE_FIELD_NAME);
}

#if defined(__SSE2__)
static __m128i between(__m128i bytes, char first, char last)
{
    __m128i from_zero = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from_zero, _mm_set1_epi8((char)(last - first))), from_zero);
}

/* How many of the sixteen bytes at the front, which are there, are those of a name. */
static size_t name_block(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i letter = between(_mm_or_si128(bytes, _mm_set1_epi8(32)), 'a', 'z');
    __m128i mark =
        _mm_or_si128(between(bytes, '-', '.'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
    __m128i name = _mm_or_si128(_mm_or_si128(letter, mark), between(bytes, '0', '9'));
    return (size_t)__builtin_ctz(~(unsigned)_mm_movemask_epi8(name));
}
#endif

/* How long the name at the front is; nothing in it is a line end, so more than a line may be given.
 */
static inline size_t name_length(struct wb_slice text)
{
    size_t n = 0;
#if defined(__SSE2__)
    for (; text.n >= n + 16; n += 16) {
        size_t more = name_block(text.p + n);
        if (more < 16)
            return n + more;
    }
#endif
    while (n < text.n && name_byte(text.p[n]))
        n++;
    return n;
}

/* Where the colon stands; 0 when the line is no field. "Subject : x" was legal once (4.5). */
static size_t colon_of(struct wb_slice line, size_t name)
{
    size_t at = name;
    while (at < line.n && (line.p[at] == ' ' || line.p[at] == '\t'))
        at++;
    return name && at < line.n && line.p[at] == ':' ? at : 0;
}

bool wb_header_shaped(struct wb_slice line)
{
    return colon_of(line, name_length(line)) > 0;
}

/* One line off the front of *rest, its end and trailing CRs removed. */
static inline struct wb_slice take_line(struct wb_slice *rest, char eol)
{
    const char *lf = memchr(rest->p, eol, rest->n);
    struct wb_slice line = wb_slice(rest->p, lf ? (size_t)(lf - rest->p) : rest->n);
    *rest = wb_slice_from(*rest, line.n + 1);
    while (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

/*
 * A line of blanks only ends the block, unless the next line goes on with the header (some programs
 * fold a long subject that way).
 */
static bool goes_on(struct wb_slice rest, char eol)
{
    struct wb_slice next = take_line(&rest, eol);
    return wb_header_shaped(next) ||
           (next.n && wb_is_space(next.p[0]) && wb_slice_ltrim(next).n > 0);
}

static void set_value(struct wb_mail *mail, struct wb_slice *value_out, struct wb_slice value)
{
    if (value.n > WB_MAX_HEADER_BYTES) {
        value.n = WB_MAX_HEADER_BYTES;
        wb_limit_hit(mail->limits, WB_LIMIT_HEADER_BYTES);
    }
    *value_out = value;
}

/* False when the line is no field, or one too many. behind: what stands from the line on. */
static bool add_field(struct wb_mail *mail, struct wb_part *part, struct wb_slice line,
                      struct wb_slice behind)
{
    struct wb_slice name = wb_slice_head(line, name_length(behind));
    size_t colon = colon_of(line, name.n);
    if (!colon)
        return false;
    if (mail->header_count == WB_MAX_HEADERS) {
        wb_limit_hit(mail->limits, WB_LIMIT_HEADERS);
        return false;
    }
    struct wb_header *h = &mail->headers[mail->header_count++];
    h->name = name;
    h->id = header_id(mail, name);
    set_value(mail, &h->value, wb_slice_trim(wb_slice_from(line, colon + 1)));
    part->headers++;
    return true;
}

/* Lengthens the last field by a continuation line, which is not blank. */
static void extend_field(struct wb_mail *mail, struct wb_part *part, struct wb_slice line)
{
    if (!part->headers)
        return;
    struct wb_slice *value = &mail->headers[mail->header_count - 1].value;
    const char *from = value->n ? value->p : line.p;
    set_value(mail, value, wb_slice_span(from, wb_slice_end(line)));
}

void wb_header_block(struct wb_mail *mail, struct wb_part *part, struct wb_slice *rest, char eol)
{
    part->first_header = mail->header_count;
    bool ours = false; /* whether the last field line was kept, so that its continuations count */
    while (rest->n) {
        struct wb_slice behind = *rest, line = take_line(rest, eol);
        if (!line.n)
            return;
        if (!wb_is_space(line.p[0])) {
            ours = add_field(mail, part, line, behind);
            continue;
        }
        line = wb_slice_trim(line);
        if (!line.n && !goes_on(*rest, eol))
            return;
        if (line.n && ours)
            extend_field(mail, part, line);
    }
}

const struct wb_header *wb_mail_header(const struct wb_mail *mail, uint32_t part,
                                       enum wb_header_id id)
{
    const struct wb_part *p = &mail->parts[part];
    for (uint32_t i = p->first_header; i < p->first_header + p->headers; i++)
        if (mail->headers[i].id == id)
            return &mail->headers[i];
    return NULL;
}

const struct wb_header *wb_mail_header_named(const struct wb_mail *mail, uint32_t part,
                                             struct wb_slice name)
{
    const struct wb_part *p = &mail->parts[part];
    for (uint32_t i = p->first_header; i < p->first_header + p->headers; i++)
        if (wb_slice_eqi(mail->headers[i].name, name))
            return &mail->headers[i];
    return NULL;
}

/* Line ends and the white space around them become one blank (RFC 5322 2.2.3). */
static struct wb_slice unfold(struct wb_mail *mail, struct wb_slice value)
{
    if (wb_slice_chr(value, '\n') == value.n && wb_slice_chr(value, '\r') == value.n)
        return value;
    struct wb_text text = wb_text_open(mail->arena, value.n);
    struct wb_slice line;
    while (wb_slice_line(&value, &line)) {
        line = wb_slice_trim(line);
        if (text.n && line.n)
            wb_text_byte(&text, ' ');
        wb_text_put(&text, line);
    }
    return wb_text_close(&text);
}

#if defined(__SSE2__)
/* Which of the sixteen bytes at the front are no simple ones; see is_simple. */
static inline unsigned odd_block(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i bad = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), /* also not ASCII */
                               _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)),
                                            _mm_cmpeq_epi8(bytes, _mm_set1_epi8('='))));
    return (unsigned)_mm_movemask_epi8(bad);
}
#endif

/* Nothing but ASCII, no line end and no "=" with which an encoded word begins: most values. */
static bool is_simple(struct wb_slice value)
{
    unsigned odd = 0;
    size_t i = 0;
#if defined(__SSE2__)
    for (; i + 16 <= value.n && !odd; i += 16)
        odd = odd_block(value.p + i);
    if (value.n >= 16) /* the last block overlaps the one before */
        return !odd && !odd_block(value.p + value.n - 16);
#endif
    for (; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        odd |= (c < ' ') | (c >= 0x7F) | (c == '=');
    }
    return !odd;
}

struct wb_slice wb_mail_text_of_header(struct wb_mail *mail, struct wb_slice raw_value)
{
    if (is_simple(raw_value))
        return raw_value;
    struct wb_slice value = unfold(mail, raw_value);
    if (wb_slice_find(value, WB_S("=?")) < value.n)
        value = wb_encoded_words(mail, value);
    if (wb_utf8_is_plain(value))
        return value;
    return wb_mail_utf8(mail, value, WB_NONE);
}

struct wb_slice wb_mail_value(struct wb_mail *mail, const struct wb_header *header)
{
    return header ? wb_mail_text_of_header(mail, header->value) : WB_NONE;
}

/* "> " and blanks that stand before the first line of the block. */
static struct wb_slice quote_mark(struct wb_slice line)
{
    size_t n = 0;
    while (n < line.n &&
           (line.p[n] == ' ' || line.p[n] == '\t' || line.p[n] == '>' || line.p[n] == '|'))
        n++;
    return wb_slice_head(line, n);
}

/* The block without its quote marks, in the arena; what is not quoted any more ends it. */
static struct wb_slice unquote(struct wb_mail *mail, struct wb_slice text, struct wb_slice mark)
{
    struct wb_text out = wb_text_open(mail->arena, WB_MAX_HEADER_BYTES);
    struct wb_slice line;
    while (wb_slice_line(&text, &line) && !out.cut) {
        if (!wb_slice_starts(line, mark))
            break;
        wb_text_put(&out, wb_slice_from(line, mark.n));
        wb_text_byte(&out, '\n');
    }
    return wb_text_close(&out);
}

uint32_t wb_mail_embedded(struct wb_mail *mail, struct wb_slice text)
{
    struct wb_slice line, mark = WB_NONE, rest = text;
    for (int skipped = 0; skipped < 8; skipped++) {
        struct wb_slice here = rest;
        if (!wb_slice_line(&rest, &line))
            return WB_NO_PART;
        mark = quote_mark(line);
        if (wb_header_shaped(wb_slice_from(line, mark.n))) {
            text = here;
            break;
        }
        text = WB_NONE;
    }
    if (!text.n || mail->part_count == WB_MAX_PARTS)
        return WB_NO_PART;
    if (mark.n)
        text = unquote(mail, text, mark);
    struct wb_part *part = &mail->parts[mail->part_count];
    *part = (struct wb_part){.parent = WB_NO_PART, .media = WB_MEDIA_OTHER};
    char eol = wb_slice_chr(text, '\n') < text.n ? '\n' : '\r';
    wb_header_block(mail, part, &text, eol);
    if (!part->headers)
        return WB_NO_PART;
    part->body = text;
    return mail->part_count++;
}
