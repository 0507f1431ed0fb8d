/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of parts (RFC 2046), in one pass over the lines.
 *
 *     frames (open multiparts)      parts (in the order of the message)
 *     [0] --outer                   0 multipart/report
 *     [1] --inner                   1 . multipart/alternative
 *                                   2 . . text/plain        <- the open leaf
 *
 * A line that begins with "--" is held against the boundaries of all open multiparts, innermost
 * first, whole line against whole boundary: servers use boundaries that are prefixes of each
 * other. A match closes everything inside that multipart. A part of type message/rfc822 opens the
 * message in it at once; the two end together.
 */
#include "mail_int.h"

#include <stdlib.h>

#include "check.h"
#include "block.h"
#include "quoted.h"

struct frame {
    struct wb_slice boundary;
    uint16_t part;
};

struct parser {
    struct wb_mail *mail;
    struct wb_slice rest; /* what is not yet read */
    char eol;
    struct frame frames[WB_MAX_NESTING];
    int depth;            /* open frames */
    uint32_t closed_from; /* from this part up to closed_count all bodies are closed */
    uint32_t closed_count;
    bool decoded;
};

bool wb_mail_open(struct wb_mail *mail, struct wb_arena *arena, wb_limit_set *limits)
{
    *mail = (struct wb_mail){
        .arena = arena,
        .limits = limits,
        .charsets = wb_charsets_new(),
        .parts = malloc(WB_MAX_PARTS * sizeof(struct wb_part)),
        .headers = malloc(WB_MAX_HEADERS * sizeof(struct wb_header)),
    };
    wb_header_names(&mail->names);
    if (mail->charsets && mail->parts && mail->headers)
        return true;
    wb_mail_close(mail);
    return false;
}

void wb_mail_close(struct wb_mail *mail)
{
    wb_charsets_free(mail->charsets);
    free(mail->parts);
    free(mail->headers);
    *mail = (struct wb_mail){0};
}

/* Nothing is open yet, so the frames are not set. */
static void begin(struct parser *p, struct wb_mail *mail, struct wb_slice raw, char eol)
{
    p->mail = mail;
    p->rest = raw;
    p->eol = eol;
    p->depth = 0;
    p->closed_from = p->closed_count = 0;
    p->decoded = false;
}

/* An open body is marked by a length that no message has. */
static const size_t STILL_OPEN = (size_t)-1;

static struct wb_part *add_part(struct parser *p, uint32_t parent)
{
    struct wb_mail *mail = p->mail;
    if (mail->part_count == WB_MAX_PARTS) {
        wb_limit_hit(mail->limits, WB_LIMIT_PARTS);
        return NULL;
    }
    struct wb_part *part = &mail->parts[mail->part_count++];
    /* field by field: as a whole it would be cleared in a loop, and what is written in halves and
     * read again as a whole waits for both */
    part->content_type = WB_NONE;
    part->type = WB_NONE;
    part->body = WB_NONE;
    part->media = WB_MEDIA_OTHER;
    part->encoding = WB_ENC_IDENTITY;
    part->parent = (uint16_t)parent;
    part->depth = parent == WB_NO_PART ? 0 : (uint16_t)(mail->parts[parent].depth + 1);
    part->first_header = mail->header_count;
    part->headers = 0;
    memset(part->first, 0, sizeof part->first);
    part->decoded = p->decoded;
    return part;
}

/* Without the line end behind it, LF or CR LF, without a guess at which of them it is. */
static struct wb_slice without_end(struct wb_slice text, char eol)
{
    if (text.n)
        text.n -= text.p[text.n - 1] == eol;
    if (text.n)
        text.n -= (text.p[text.n - 1] == '\r') & (eol == '\n');
    while (text.n && text.p[text.n - 1] == '\r' && eol == '\n')
        text.n--;
    return text;
}

/*
 * Closes the bodies of all parts from `from` on; they end before the line end at `end`. Those that
 * are known to be closed are not looked at: of a delimiter there may be more than of parts.
 */
static void close_parts(struct parser *p, uint32_t from, const char *end)
{
    const uint32_t count = p->mail->part_count;
    for (uint32_t i = from;; i++) {
        if (i >= p->closed_from && i < p->closed_count)
            i = p->closed_count;
        if (i >= count)
            break;
        struct wb_slice *body = &p->mail->parts[i].body;
        if (body->n != STILL_OPEN)
            continue;
        *body = without_end(wb_slice_span(body->p, end > body->p ? end : body->p), p->eol);
    }
    bool apart = (from < p->closed_from) | (from > p->closed_count); /* one question for both */
    p->closed_from = apart ? from : p->closed_from;
    p->closed_count = count;
}

/* The next line that has dashes; what stands before it belongs to no delimiter. */
static struct wb_slice from_dashes(struct wb_slice text)
{
    size_t at = wb_slice_find(text, WB_S("--"));
    while (at > 0 && at < text.n && text.p[at - 1] != '\n' && text.p[at - 1] != '\r')
        at--;
    return wb_slice_from(text, at);
}

/* The first line of the form "--x" that a field line follows: what the boundary must have been. */
static struct wb_slice sniff_boundary(struct wb_slice body)
{
    struct wb_slice line = WB_NONE, behind = WB_NONE;
    while ((body = from_dashes(body)).n) { /* most texts have none */
        wb_slice_line(&body, &line);
        if (line.n <= 2 || !wb_slice_starts(line, WB_S("--")))
            continue;
        struct wb_slice rest = body;
        while (wb_slice_line(&rest, &behind) && !behind.n)
            body = rest;
        if (wb_slice_startsi(behind, WB_S("content-")))
            return wb_slice_rtrim(wb_slice_from(line, 2));
    }
    return WB_NONE;
}

/* Where the next line that begins with "--" stands, from the start of a line on; else text.n. */
static size_t next_dashes(struct wb_slice text, char eol)
{
    const char mark[] = {eol, '-', '-'};
    if (wb_slice_starts(text, WB_S("--")))
        return 0;
    size_t at = wb_slice_find(text, wb_slice(mark, sizeof mark));
    return at < text.n ? at + 1 : text.n;
}

/*
 * True when the delimiter of that boundary stands at the start of a line of the text. Only lines
 * are compared: to seek the boundary itself is slow where both are one letter a thousand times.
 */
static bool has_delimiter(struct wb_slice text, struct wb_slice boundary, char eol)
{
    while (text.n) {
        if (wb_slice_starts(wb_slice_from(text, 2), boundary))
            return true;
        text = wb_slice_from(text, wb_slice_chr(text, eol) + 1);
        text = wb_slice_from(text, next_dashes(text, eol));
    }
    return false;
}

enum { SHORT_PREAMBLE = 1 << 10 }; /* "This is a multi-part message in MIME format." */

static void push_frame(struct parser *p, uint32_t part)
{
    struct wb_mail *mail = p->mail;
    if (p->depth == WB_MAX_NESTING) {
        wb_limit_hit(mail->limits, WB_LIMIT_NESTING);
        return;
    }
    struct wb_slice boundary =
        wb_slice_rtrim(wb_mail_param(mail, mail->parts[part].content_type, WB_S("boundary")));
    if (part == 0)
        mail->boundary = boundary;
    struct wb_slice preamble = wb_slice_head(p->rest, WB_MAX_PREAMBLE_BYTES);
    struct wb_slice dashes = wb_slice_from(preamble, next_dashes(preamble, p->eol));
    if (dashes.n) /* no line before them is of interest */
        p->rest = wb_slice_span(dashes.p, wb_slice_end(p->rest));
    if (!boundary.n || !has_delimiter(dashes, boundary, p->eol)) {
        struct wb_slice found = sniff_boundary(preamble);
        if (found.n)
            boundary = found;
    }
    if (boundary.n)
        p->frames[p->depth++] = (struct frame){boundary, (uint16_t)part};
}

/*
 * A message without Content-Type is plain text (RFC 2045 5.2), but not when it begins as only a
 * multipart does: lists and archives drop the field.
 */
static bool has_lost_its_type(const struct parser *p, const struct wb_part *part)
{
    if (part->parent != WB_NO_PART || part->first[WB_H_CONTENT_TYPE])
        return false;
    struct wb_slice boundary = sniff_boundary(wb_slice_head(p->rest, SHORT_PREAMBLE));
    if (!boundary.n)
        return false;
    struct wb_slice before = wb_slice_trim(wb_slice_span(p->rest.p, boundary.p - 2));
    return !before.n || wb_slice_findi(before, WB_S(" MIME ")) < before.n;
}

static bool in_digest(const struct wb_mail *mail, uint32_t parent)
{
    return parent != WB_NO_PART && wb_slice_eqi(mail->parts[parent].type, WB_S("multipart/digest"));
}

/*
 * Whether a line that begins with "--" delimits that boundary; the line ends at *end_out then, and
 * closes the multipart if it is the `last`.
 */
static inline bool delimits(const struct parser *p, struct wb_slice here, struct wb_slice boundary,
                            const char **end_out, bool *last_out)
{
    here = wb_slice_from(here, 2);
    if (!wb_slice_starts(here, boundary))
        return false;
    const char *at = here.p + boundary.n, *end = wb_slice_end(here);
    bool last = end - at >= 2 && at[0] == '-' && at[1] == '-';
    at += last ? 2 : 0;
    while (at < end && *at != p->eol && wb_is_space(*at))
        at++;
    *end_out = at;
    *last_out = last;
    return at == end || *at == p->eol;
}

/* Which open multipart the line that begins here delimits, -1 for none. */
static int frame_of(const struct parser *p, struct wb_slice here, const char **end, bool *last)
{
    int i = p->depth - 1;
    while (i >= 0 && !delimits(p, here, p->frames[i].boundary, end, last))
        i--;
    return i;
}

/*
 * Where in a header block a line delimits an open multipart; block.n when none does. dashes: the
 * first line that may.
 */
static size_t delimiter_in(const struct parser *p, struct wb_slice block, const char *dashes)
{
    struct wb_slice rest = WB_NONE;
    if (dashes && p->depth) /* few blocks have such a line */
        rest = wb_slice_span(dashes, wb_slice_end(block));
    while (rest.n) {
        rest = wb_slice_from(rest, next_dashes(rest, p->eol));
        const char *end;
        bool last;
        if (rest.n && frame_of(p, rest, &end, &last) >= 0)
            return (size_t)(rest.p - block.p);
        rest = wb_slice_from(rest, wb_slice_chr(rest, p->eol) + 1);
    }
    return block.n;
}

enum {
    HEADER_WINDOW = 16 << 10, /* few header blocks are longer */
    LONG_LINE = 1 << 10,
};

/*
 * A header block ends at a blank line, but also where its part ends: a returned header often has
 * no blank line behind it. It is read in a window that grows: read up to a blank line far away, for
 * each of 512 parts that have none of their own, the message would be read 512 times.
 */
static void take_header(struct parser *p, struct wb_part *part)
{
    struct wb_slice whole = p->rest;
    for (size_t n = p->depth ? HEADER_WINDOW : whole.n;; n *= 4) {
        struct wb_slice window = wb_slice_head(whole, n), rest = window;
        const char *dashes = wb_header_block(p->mail, part, &rest, p->eol);
        struct wb_slice block = wb_slice_span(window.p, rest.p);
        size_t end = delimiter_in(p, block, dashes);
        bool all = window.n == whole.n;
        bool enough = (end == block.n) & (all | (rest.n > LONG_LINE)); /* one guess for all three */
        if (enough) {
            p->rest = wb_slice_from(whole, end);
            return;
        }
        p->mail->header_count = part->first_header;
        part->headers = 0;
        memset(part->first, 0, sizeof part->first);
        if (end < block.n && (all || window.n - end > LONG_LINE)) {
            block.n = end;
            wb_header_block(p->mail, part, &block, p->eol);
            p->rest = wb_slice_from(whole, end);
            return;
        }
    }
}

/* Reads the header block that stands here and opens what it announces. */
static void open_part(struct parser *p, uint32_t parent)
{
    for (;;) {
        struct wb_part *part = add_part(p, parent);
        if (!part)
            return;
        uint32_t index = p->mail->part_count - 1;
        take_header(p, part);
        part->body = wb_slice(p->rest.p, STILL_OPEN);
        wb_media_of(p->mail, part);
        if (!part->type.n && in_digest(p->mail, parent)) /* RFC 2046 5.1.5 */
            part->media = WB_MEDIA_RFC822;
        if (!part->type.n && has_lost_its_type(p, part))
            part->media = WB_MEDIA_MULTIPART;
        const enum wb_media media = part->media;
        if (media == WB_MEDIA_MULTIPART)
            push_frame(p, index);
        if (media != WB_MEDIA_RFC822 || part->encoding != WB_ENC_IDENTITY)
            return;
        if (part->depth >= WB_MAX_NESTING) {
            wb_limit_hit(p->mail->limits, WB_LIMIT_NESTING);
            return;
        }
        parent = index;
    }
}

static void delimiter(struct parser *p, int frame, bool last, const char *line)
{
    uint16_t multipart = p->frames[frame].part;
    close_parts(p, multipart + 1u, line);
    p->depth = last ? frame : frame + 1;
    if (!last)
        open_part(p, multipart);
}

static void parse_lines(struct parser *p)
{
    while (p->rest.n && p->depth) {
        struct wb_slice here = wb_slice_from(p->rest, next_dashes(p->rest, p->eol));
        const char *end = here.p;
        bool last;
        int frame = here.n ? frame_of(p, here, &end, &last) : -1;
        if (frame < 0)
            end = here.p + wb_slice_chr(here, p->eol);
        p->rest = wb_slice_from(here, (size_t)(end - here.p) + 1);
        if (frame >= 0)
            delimiter(p, frame, last, here.p);
    }
}

/* A message that stands base64 or quoted-printable encoded in a part: read it as its child. */
static void parse_encoded(struct wb_mail *mail, uint32_t index);

/* Reads to the end what has been opened: the parts from `first` on. */
static void parse_rest(struct parser *p, uint32_t first)
{
    struct wb_mail *mail = p->mail;
    const char *end = wb_slice_end(p->rest);
    parse_lines(p);
    close_parts(p, first, end);
    uint32_t behind = mail->part_count;
    for (uint32_t i = first; i < behind; i++)
        if (mail->parts[i].media == WB_MEDIA_RFC822 && mail->parts[i].encoding)
            parse_encoded(mail, i);
}

static void parse_message(struct wb_mail *mail, struct wb_slice raw, uint32_t parent, char eol)
{
    struct parser p;
    begin(&p, mail, raw, eol);
    p.decoded = parent != WB_NO_PART;
    uint32_t first = mail->part_count;
    open_part(&p, parent);
    parse_rest(&p, first);
}

static void parse_encoded(struct wb_mail *mail, uint32_t index)
{
    if (mail->parts[index].depth >= WB_MAX_NESTING) {
        wb_limit_hit(mail->limits, WB_LIMIT_NESTING);
        return;
    }
    struct wb_slice raw = wb_mail_bytes(mail, index);
    if (raw.n)
        parse_message(mail, raw, index, wb_line_end_of(raw));
}

static size_t ones(uint64_t bits)
{
    return bits ? (size_t)__builtin_popcountll(bits) : 0;
}

/* Whether the CR that stands there belongs to CR LF or CR CR LF. */
static bool is_paired(struct wb_slice raw, size_t at)
{
    struct wb_slice behind = wb_slice_from(raw, at + 1);
    return wb_slice_starts(behind, WB_S("\n")) || wb_slice_starts(behind, WB_S("\r\n"));
}

/*
 * Whether more lines of the text, up to n, end in CR than in LF. CR LF and CR CR LF end in LF.
 */
static bool ends_in_cr(struct wb_slice raw, size_t n)
{
    size_t bare = 0, feeds = 0, i = 0;
    for (; i < n && i + WB_BLOCK + 1 < raw.n; i += WB_BLOCK) {
        const char *p = raw.p + i;
        uint64_t cr = wb_places_in_block(p, '\r'), lf = wb_places_in_block(p, '\n');
        /* of the bytes behind each: the next one, and the one behind that */
        uint64_t next = lf >> 1 | (uint64_t)(p[WB_BLOCK] == '\n') << (WB_BLOCK - 1);
        uint64_t third = next >> 1 | (uint64_t)(p[WB_BLOCK + 1] == '\n') << (WB_BLOCK - 1);
        uint64_t two = cr >> 1 | (uint64_t)(p[WB_BLOCK] == '\r') << (WB_BLOCK - 1);
        bare += ones(cr & ~(next | (two & third)));
        feeds += ones(lf);
    }
    for (; i < n; i++) {
        bare += raw.p[i] == '\r' && !is_paired(raw, i);
        feeds += raw.p[i] == '\n';
    }
    return bare > feeds;
}

enum { FEW_FEEDS = 4 };

/*
 * The same where LF are few: in a mail of bare CR are those of who brought it, or none. It takes
 * few CR then to tell.
 */
static bool has_few_feeds(struct wb_slice raw, size_t n, bool *ends_in_cr_out)
{
    struct wb_slice rest = wb_slice_head(raw, n);
    size_t feeds = 0, bare = 0, at;
    for (; (at = wb_slice_chr(rest, '\n')) < rest.n; rest = wb_slice_from(rest, at + 1))
        if (++feeds == FEW_FEEDS)
            return false;
    for (size_t i = 0; i < n && bare <= feeds; i++) {
        i += wb_slice_chr(wb_slice_span(raw.p + i, raw.p + n), '\r');
        bare += i < n && !is_paired(raw, i);
    }
    *ends_in_cr_out = bare > feeds;
    return true;
}

/*
 * A program on the way may have put a line of its own, with LF, around a mail that has only CR.
 * What ends in CR CR LF, which occurs as well, ends in LF: none of its CR are counted.
 */
char wb_line_end_of(struct wb_slice raw)
{
    struct wb_slice head = wb_slice_head(raw, 4096);
    /* mostly it stands near, or nowhere; then memchr is the fastest */
    const char *cr = head.n ? memchr(head.p, '\r', head.n) : NULL;
    if (!cr || (cr + 1 < wb_slice_end(raw) && cr[1] == '\n'))
        return '\n';
    bool bare;
    if (!has_few_feeds(raw, head.n, &bare))
        bare = ends_in_cr(raw, head.n);
    return bare ? '\r' : '\n';
}

/* Passes over blank lines and a mailbox's "From " line in front of the header. */
static struct wb_slice message_start(struct wb_slice raw, char eol)
{
    for (;;) {
        while (eol == '\r' && raw.n && raw.p[0] == '\n')
            raw = wb_slice_from(raw, 1);
        struct wb_slice rest = raw;
        struct wb_slice line = wb_slice_cut(&rest, eol);
        bool from = wb_slice_starts(line, WB_S("From ")) || wb_slice_starts(line, WB_S(">From "));
        if (!rest.n || (wb_slice_trim(line).n && !from))
            return raw;
        raw = rest;
    }
}

/* Names without which a block of "Name: value" lines is no mail header. */
static bool looks_like_mail(const struct wb_mail *mail)
{
    static const enum wb_header_id telling[] = {
        WB_H_FROM,     WB_H_TO,          WB_H_SUBJECT,      WB_H_DATE,         WB_H_MESSAGE_ID,
        WB_H_RECEIVED, WB_H_RETURN_PATH, WB_H_MIME_VERSION, WB_H_CONTENT_TYPE, WB_H_DELIVERED_TO};
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        if (wb_mail_header(mail, 0, telling[i]))
            return true;
    return false;
}

/* A pasted body is text, or the parts of a multipart whose header was left out. */
static void parse_headless(struct wb_mail *mail, struct wb_slice raw, char eol)
{
    struct parser p;
    begin(&p, mail, raw, eol);
    mail->header_count = 0;
    mail->part_count = 0;
    mail->headless = true;
    struct wb_part *part = add_part(&p, WB_NO_PART);
    struct wb_slice boundary = sniff_boundary(wb_slice_head(raw, WB_MAX_PREAMBLE_BYTES));
    part->media = WB_MEDIA_TEXT_PLAIN;
    part->body = raw;
    if (!boundary.n)
        return;
    part->media = WB_MEDIA_MULTIPART;
    part->body.n = STILL_OPEN;
    p.frames[p.depth++] = (struct frame){boundary, 0};
    parse_rest(&p, 0);
}

static void parse_start(struct wb_mail *mail, struct wb_slice start, char eol)
{
    mail->part_count = 0;
    mail->header_count = 0;
    mail->boundary = WB_NONE;
    mail->headless = false;
    if (wb_header_shaped(wb_slice_head(start, wb_slice_chr(start, eol))))
        parse_message(mail, start, WB_NO_PART, eol);
    if (!mail->part_count || !looks_like_mail(mail))
        parse_headless(mail, start, eol);
}

void wb_mail_parse(struct wb_mail *mail, struct wb_slice raw)
{
    if (raw.n > WB_MAX_MESSAGE_BYTES) {
        raw.n = WB_MAX_MESSAGE_BYTES;
        wb_limit_hit(mail->limits, WB_LIMIT_MESSAGE_BYTES);
    }
    mail->raw = raw;
    if (wb_slice_starts(raw, WB_S("\xEF\xBB\xBF"))) /* editors put it in front of UTF-8 */
        raw = wb_slice_from(raw, 3);
    char eol = wb_line_end_of(raw);
    struct wb_slice start = message_start(raw, eol);
    parse_start(mail, start, eol);
    if (mail->headless) {
        struct wb_slice text = wb_mail_unquoted(mail, start);
        if (text.p != start.p)
            parse_start(mail, message_start(text, '\n'), '\n');
    }
    WB_CHECK(mail->part_count > 0);
}
