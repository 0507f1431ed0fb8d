/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header blocks (RFC 5322 2.2). A field is a name, a colon and a value that goes on over all
 * following lines that begin with white space. Real ones have lines of garbage between them,
 * "From " lines of mailboxes, blank lines made of blanks, and CR CR LF.
 */
#include "mail_int.h"

#include "line_ends.h"
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

struct wb_slice wb_header_name(enum wb_header_id id)
{
    return id ? known[id - 1].name : WB_NONE;
}

/* The names are few and differ in length and first letter: see wb_header_names. */
static unsigned name_slot(struct wb_slice name)
{
    return (unsigned)(name.n * 11 + ((unsigned char)name.p[0] | 32u)) % WB_HEADER_SLOTS;
}

/*
 * Names of up to sixteen bytes are compared as two numbers, their first and last eight bytes. At p
 * sixteen bytes can be read.
 */
static inline struct wb_header_key header_key(const char *p, size_t n)
{
    uint64_t head, tail;
    memcpy(&head, p, sizeof head);
    memcpy(&tail, p + (n < 8 ? 0 : n - 8), sizeof tail);
    unsigned beyond = n < 8 ? (unsigned)(8 - n) * 8 : 0; /* bits that are not of the name */
    return (struct wb_header_key){head << beyond, tail << beyond, n};
}

static inline bool has_key(const struct wb_known_header *h, const struct wb_header_key *key)
{
    return h->name.n == key->n && (key->head & h->mask.head) == h->name.head &&
           (key->tail & h->mask.tail) == h->name.tail;
}

enum { KEYED = 16 }; /* bytes of a name that has a key */

/* The case of letters, which is their bit 32, means nothing. */
static struct wb_known_header known_header(struct wb_slice name)
{
    char bytes[KEYED] = {0}, mask[KEYED] = {0};
    for (size_t i = 0; i < name.n; i++) {
        mask[i] = wb_is_alpha(name.p[i]) ? (char)0xDF : (char)0xFF;
        bytes[i] = (char)(name.p[i] & mask[i]);
    }
    return (struct wb_known_header){header_key(bytes, name.n), header_key(mask, name.n)};
}

void wb_header_names(struct wb_header_table *table)
{
    *table = (struct wb_header_table){0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        unsigned slot = name_slot(known[i].name);
        while (table->row[slot])
            slot = (slot + 1) % WB_HEADER_SLOTS;
        table->row[slot] = (uint8_t)(i + 1);
        if (known[i].name.n <= KEYED)
            table->known[i + 1] = known_header(known[i].name);
    }
}

static enum wb_header_id header_id(const struct wb_mail *mail, struct wb_slice name)
{
    for (unsigned slot = name_slot(name);; slot = (slot + 1) % WB_HEADER_SLOTS) {
        uint8_t row = mail->names.row[slot];
        if (!row)
            return WB_H_OTHER;
        if (wb_slice_eqi(known[row - 1].name, name))
            return known[row - 1].id;
    }
}

/* The same of a name that has a key. */
static inline enum wb_header_id keyed_id(const struct wb_mail *mail, struct wb_slice name)
{
    const struct wb_header_key key = header_key(name.p, name.n);
    for (unsigned slot = name_slot(name);; slot = (slot + 1) % WB_HEADER_SLOTS) {
        uint8_t row = mail->names.row[slot];
        if (!row || has_key(&mail->names.known[row], &key))
            return row ? known[row - 1].id : WB_H_OTHER;
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
static inline size_t colon_of(struct wb_slice line, size_t name)
{
    size_t at = name;
    while (at < line.n && line.p[at] != ':' && (line.p[at] == ' ' || line.p[at] == '\t'))
        at++;
    return name && at < line.n && line.p[at] == ':' ? at : 0;
}

bool wb_header_shaped(struct wb_slice line)
{
    return colon_of(line, name_length(line)) > 0;
}

/* One line off the front of *rest, its end and trailing CRs removed. */
static struct wb_slice take_line(struct wb_slice *rest, char eol)
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

static inline void set_value(struct wb_mail *mail, struct wb_slice *value_out,
                             struct wb_slice value)
{
    if (value.n > WB_MAX_HEADER_BYTES) {
        value.n = WB_MAX_HEADER_BYTES;
        wb_limit_hit(mail->limits, WB_LIMIT_HEADER_BYTES);
    }
    *value_out = value;
}

#if defined(__SSE2__)
/* How many of the sixteen bytes at the front, which are there, stand before the first colon. */
static inline size_t before_colon(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    unsigned at = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')));
    return (size_t)__builtin_ctz(at | 1u << 16);
}
#endif

/*
 * What the line is the field of, and where its colon stands; false when it is none. Most names are
 * known ones, and then nothing else is to be asked. end: of the whole text.
 */
static inline bool name_of(const struct wb_mail *mail, struct wb_slice line, const char *end,
                           struct wb_header *h, size_t *colon_out)
{
#if defined(__SSE2__)
    size_t before = end - line.p < KEYED ? 0 : before_colon(line.p);
    if (before && before < line.n && before < KEYED) {
        h->name = wb_slice(line.p, before);
        h->id = keyed_id(mail, h->name);
        *colon_out = before;
        if (h->id)
            return true;
    }
#endif
    h->name = wb_slice_head(line, name_length(wb_slice_span(line.p, end)));
    *colon_out = colon_of(line, h->name.n);
    if (!*colon_out)
        return false;
    h->id = header_id(mail, h->name);
    return true;
}

/* The new field; NULL when the line is none, or one too many. end: of the whole text. */
static struct wb_header *add_field(struct wb_mail *mail, struct wb_slice line, const char *end)
{
    size_t colon;
    struct wb_header field;
    if (!name_of(mail, line, end, &field, &colon))
        return NULL;
    if (mail->header_count == WB_MAX_HEADERS) {
        wb_limit_hit(mail->limits, WB_LIMIT_HEADERS);
        return NULL;
    }
    struct wb_header *h = &mail->headers[mail->header_count++];
    h->name = field.name;
    h->id = field.id;
    set_value(mail, &h->value,
              wb_slice_trim(wb_slice_span(line.p + colon + 1, wb_slice_end(line))));
    return h;
}

/* Lengthens a field by a continuation line, which is not blank. */
static void extend_field(struct wb_mail *mail, struct wb_header *field, struct wb_slice line)
{
    const char *from = field->value.n ? field->value.p : line.p;
    set_value(mail, &field->value, wb_slice_span(from, wb_slice_end(line)));
}

/* A block under way. */
struct block {
    struct wb_mail *mail;
    const char *next, *end;  /* the next line, the end of the text */
    struct wb_header *field; /* the last one, if it was kept: continuations belong to it */
    const char *dashes;      /* see wb_header_block */
    char eol;
};

/* Takes the line that ends at lf; false when it ends the block. */
static inline bool take_block_line(struct block *b, const char *lf)
{
    const char *p = b->next, *stop = lf;
    b->next = lf < b->end ? lf + 1 : lf;
    while (stop > p && stop[-1] == '\r')
        stop--;
    if (stop == p)
        return false;
    if ((unsigned char)*p > ' ' || !wb_is_space(*p)) {
        if (*p == '-' && stop - p > 1 && p[1] == '-' && !b->dashes)
            b->dashes = p;
        b->field = add_field(b->mail, wb_slice_span(p, stop), b->end);
        return true;
    }
    struct wb_slice line = wb_slice_trim(wb_slice_span(p, stop));
    if (line.n && b->field)
        extend_field(b->mail, b->field, line);
    return line.n || goes_on(wb_slice_span(b->next, b->end), b->eol);
}

static void read_block(struct block *b)
{
    struct wb_line_ends ends = wb_line_ends(wb_slice_span(b->next, b->end), b->eol);
    while (b->next < b->end && take_block_line(b, wb_next_line_end(&ends)))
        ;
}

const char *wb_header_block(struct wb_mail *mail, struct wb_part *part, struct wb_slice *rest,
                            char eol)
{
    part->first_header = mail->header_count;
    struct block b = {mail, rest->p, wb_slice_end(*rest), NULL, NULL, eol};
    read_block(&b);
    *rest = wb_slice_span(b.next, b.end);
    part->headers = mail->header_count - part->first_header;
    return b.dashes;
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
    wb_header_block(mail, part, &text, wb_line_end_of(text));
    if (!part->headers)
        return WB_NO_PART;
    part->body = text;
    return mail->part_count++;
}
