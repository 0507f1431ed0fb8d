/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header blocks (RFC 5322 2.2). A field is a name, a colon and a value that goes on over all
 * following lines that begin with white space. Real ones have lines of garbage between them,
 * "From " lines of mailboxes, blank lines made of blanks, and CR CR LF.
 */
#include "mail_int.h"

#include "header_fields.h"
#include "utf8.h"

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

enum { KEYED = 16 }; /* bytes that must be there to make a key */

/*
 * The name as numbers. In the bytes of which names are made this bit is only the case of letters.
 * At p sixteen bytes can be read; those behind the first n, of at most WB_LONG_NAME, are masked
 * out.
 */
static inline struct wb_header_key header_key(const char *p, size_t n)
{
    static const char mask[WB_LONG_NAME + KEYED] = {
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    };
    const uint64_t small = 0x2020202020202020u;
    uint64_t head, tail, masks[2];
    memcpy(&head, p, sizeof head);
    memcpy(&tail, p + sizeof head, sizeof tail);
    memcpy(masks, mask + WB_LONG_NAME - n, sizeof masks);
    return (struct wb_header_key){(head | small) & masks[0], (tail | small) & masks[1]};
}

static inline size_t slot_of(const struct wb_header_key *key, uint64_t factor)
{
    return (size_t)((key->head ^ key->tail << 1) * factor >> 58);
}

/* The same where fewer bytes may be there. */
static struct wb_header_key key_of(struct wb_slice name)
{
    char bytes[KEYED] = {0};
    name = wb_slice_head(name, KEYED);
    memcpy(bytes, name.p, name.n);
    return header_key(bytes, name.n);
}

/* False when two names fall into one slot. */
static bool place_names(struct wb_header_table *table)
{
    memset(table->row, WB_H_OTHER, sizeof table->row);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        enum wb_header_id id = known[i].id;
        table->key[id] = key_of(known[i].name);
        uint8_t *row = &table->row[slot_of(&table->key[id], table->factor)];
        if (*row)
            return false;
        *row = (uint8_t)id;
    }
    return true;
}

/* With 21 names some 20 factors are tried, with 30 thousands. */
_Static_assert(WB_H_COUNT <= 28, "more names want more slots");

void wb_header_names(struct wb_header_table *table)
{
    *table = (struct wb_header_table){.first_long = WB_H_OTHER + 1};
    while (table->first_long < WB_H_COUNT && known[table->first_long - 1].name.n < KEYED)
        table->first_long++;
    const uint64_t step = 0x9E3779B97F4A7C15u; /* odd, so that the factors are, too */
    table->factor = step;
    while (!place_names(table)) /* each is another one in all its bits: some names are short */
        table->factor *= step;
}

/* What the name is, of which all bytes are those of a name. */
static inline enum wb_header_id header_id(const struct wb_mail *mail,
                                          const struct wb_header_key *key, struct wb_slice name)
{
    enum wb_header_id row = mail->names.row[slot_of(key, mail->names.factor)];
    const struct wb_header_key *k = &mail->names.key[row];
    uint64_t other = (k->head ^ key->head) | (k->tail ^ key->tail);
    enum wb_header_id id = row & -(unsigned)(other == 0); /* no branch: half of them are known */
    bool same = id < mail->names.first_long || wb_slice_eqi(known[id - 1].name, name);
    return same ? id : WB_H_OTHER;
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
    return colon_of(line, wb_field_name(line)) > 0;
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

/* A block under way. */
struct block {
    struct wb_mail *mail;
    struct wb_part *part;
    const char *begin, *end; /* of the text */
    const char *dashes;      /* see wb_header_block */
    char eol;
};

/*
 * Without the white space around it: mostly a blank in front and a CR at the end, which are taken
 * away without a guess. A colon stands before it, and at `end` a line end.
 */
static inline struct wb_slice trimmed(const char *p, const char *end)
{
    end -= end[-1] == '\r';
    p += *p == ' ';
    bool more = ((unsigned char)*p <= ' ') | ((unsigned char)end[-1] <= ' '); /* one question */
    struct wb_slice value = wb_slice_span(p, end);
    return more ? wb_slice_trim(value) : value;
}

struct named {
    size_t name;  /* how long it is */
    size_t colon; /* as colon_of */
    struct wb_header_key key;
};

/* Adds the field that stands at p. */
static inline void add_field(struct block *b, const char *p, struct named field,
                             struct wb_slice value)
{
    struct wb_mail *mail = b->mail;
    struct wb_slice name = wb_slice(p, field.name);
    if (mail->header_count == WB_MAX_HEADERS) {
        wb_limit_hit(mail->limits, WB_LIMIT_HEADERS);
        return;
    }
    if (value.n > WB_MAX_HEADER_BYTES) {
        value.n = WB_MAX_HEADER_BYTES;
        wb_limit_hit(mail->limits, WB_LIMIT_HEADER_BYTES);
    }
    enum wb_header_id id = header_id(mail, &field.key, name);
    mail->headers[mail->header_count++] = (struct wb_header){name, value, id};
    uint16_t *first = &b->part->first[id];
    *first = *first ? *first : (uint16_t)mail->header_count;
}

/* name: as far as it is known. */
static __attribute__((noinline)) struct named seek_colon(struct wb_slice line, size_t name)
{
    if (name >= WB_LONG_NAME)
        name = wb_field_name(line);
    struct named field = {.name = name, .colon = colon_of(line, name)};
    if (field.colon)
        field.key = key_of(wb_slice_head(line, name));
    return field;
}

static inline void note_dashes(struct block *b, const char *p, const char *stop)
{
    if (*p == '-' && !b->dashes && stop - p > 1 && p[1] == '-')
        b->dashes = p;
}

/*
 * What stands from p to stop, where a line ends, is a field with all its lines, or none. named: the
 * length of its name, as far as it is known.
 */
static inline void take_lines(struct block *b, const char *p, const char *stop, size_t named)
{
    struct named field;
    if (named - 1 >= WB_LONG_NAME - 1 || p[named] != ':') /* one question for two lengths */
        field = seek_colon(wb_slice_span(p, stop), named);
    else
        field = (struct named){named, named, header_key(p, named)};
    note_dashes(b, p, stop);
    if (field.colon)
        add_field(b, p, field, trimmed(p + field.colon + 1, stop));
}

/* The same up to the end of the text, where no byte is. */
static void take_last_lines(struct block *b, const char *p)
{
    struct wb_slice lines = wb_slice_span(p, b->end);
    struct named field = seek_colon(lines, WB_LONG_NAME);
    note_dashes(b, p, b->end);
    if (field.colon)
        add_field(b, p, field, wb_slice_trim(wb_slice_from(lines, field.colon + 1)));
}

/*
 * Where the lines before the blank line end that ends at lf: their last LF, or the begin of the
 * text. NULL: the block goes on behind it.
 */
static const char *end_of_lines(const struct block *b, const char *lf)
{
    const char *from = lf;
    while (from > b->begin && from[-1] == '\r' && b->eol != '\r')
        from--;
    if (from == b->begin)
        return from;
    if (from[-1] == b->eol)
        return from - 1;
    return goes_on(wb_slice_span(lf + 1, b->end), b->eol) ? NULL : lf;
}

/* Takes all fields; gives the end of the block. The text is the block's own: begin and end. */
static const char *read_block(struct block *b, struct wb_slice text)
{
    const char *p = NULL, *stop; /* the field that goes on up to the next one */
    size_t named = 0;
    struct wb_fields fields;
    wb_fields_open(&fields, text, b->eol);
    while (wb_fields_next(&fields)) {
        unsigned i = 0, n = fields.scan.count;
        const char *blank = fields.scan.blank;
        bool last = blank && (stop = end_of_lines(b, blank));
        if (last) { /* as if a field began behind them */
            fields.start[n] = stop + 1;
            fields.name[n++] = 0;
        }
        if (!p && n) {
            p = fields.start[0];
            named = fields.name[i++];
        }
        for (; i < n; i++) {
            take_lines(b, p, fields.start[i] - 1, named);
            p = fields.start[i];
            named = fields.name[i];
        }
        if (last)
            return blank + 1;
    }
    if (p)
        take_last_lines(b, p);
    return b->end;
}

const char *wb_header_block(struct wb_mail *mail, struct wb_part *part, struct wb_slice *rest,
                            char eol)
{
    struct block b = {mail, part, rest->p, wb_slice_end(*rest), NULL, eol};
    part->first_header = mail->header_count;
    *rest = wb_slice_span(read_block(&b, *rest), b.end);
    part->headers = mail->header_count - part->first_header;
    return b.dashes;
}

const struct wb_header *wb_mail_header(const struct wb_mail *mail, uint32_t part,
                                       enum wb_header_id id)
{
    uint16_t first = mail->parts[part].first[id];
    return first ? &mail->headers[first - 1] : NULL;
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

struct wb_slice wb_mail_text_of_header(struct wb_mail *mail, struct wb_slice raw_value)
{
    if (wb_utf8_printable(raw_value, '=')) /* with which an encoded word begins: most have none */
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
