/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of the steps, and how the parts of a report are told apart. */
#include "lines.h"
#include "logged.h"

#include <stdlib.h>

#include "address.h"
#include "reader.h"
#include "reply.h"
#include "block.h"
#include "utf8.h"

enum { ATTACHED_BYTES = 16 << 10 }; /* of a file that may be a report's fields; usual are 1,000 */

/* Of a group of which a header may show some the text needs to show none. */
static void note_text_needs(struct wb_extract *ex)
{
    uint32_t n;
    const struct wb_sign_group *groups = wb_cat_groups(ex->cat, &n);
    for (uint32_t i = 0; i < n; i++)
        ex->text_needs[i] = groups[i].needed;
    const struct wb_sign *signs = wb_cat_signs(ex->cat, &n);
    for (uint32_t i = 0; i < n; i++)
        if (signs[i].place == WB_SIGN_HEADER)
            ex->text_needs[signs[i].group] = 0;
}

/* So that nobody goes through the patterns of a dialect for it. */
static void note_begins(struct wb_extract *ex)
{
    uint32_t n, all;
    const struct wb_dialect *dialects = wb_cat_dialects(ex->cat, &n);
    const struct wb_line_pattern *patterns = wb_cat_patterns(ex->cat, &all);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < dialects[i].patterns; k++)
            ex->begins[i] |= patterns[dialects[i].first_pattern + k].role == WB_ROLE_BEGIN;
}

/* Tables whose size the catalogue tells. */
static bool open_room(struct wb_extract *ex)
{
    uint32_t patterns, groups, dialects;
    wb_cat_dialects(ex->cat, &dialects);
    wb_cat_patterns(ex->cat, &patterns);
    wb_cat_groups(ex->cat, &groups);
    ex->line_words = (patterns + 63) / 64;
    ex->general_lines = calloc(WB_ROLE_COUNT * ex->line_words + 1u, sizeof *ex->general_lines);
    ex->lines = calloc(ex->line_words + 1u, sizeof *ex->lines);
    ex->begins = calloc(dialects + 1u, sizeof *ex->begins);
    ex->text_needs = calloc(groups + 1u, sizeof *ex->text_needs);
    ex->sign_groups = calloc(3u * groups + 1, sizeof *ex->sign_groups);
    ex->sign_counts = calloc(2u * groups + 1, sizeof *ex->sign_counts);
    if (!ex->general_lines || !ex->lines || !ex->begins || !ex->text_needs || !ex->sign_groups ||
        !ex->sign_counts)
        return false;
    wb_open_general_lines(ex);
    note_begins(ex);
    note_text_needs(ex);
    return true;
}

bool wb_extract_open(struct wb_extract *ex, const struct wb_catalogue *cat,
                     struct wb_matcher *matcher, struct wb_arena *arena, struct wb_mail *mail,
                     struct wb_cache *cache, wb_limit_set *limits)
{
    *ex = (struct wb_extract){
        .cat = cat,
        .matcher = matcher,
        .arena = arena,
        .limits = limits,
        .mail = mail,
        .recipients = malloc(WB_MAX_RECIPIENTS * sizeof(struct wb_evidence)),
        .cache = cache,
    };
    for (int id = 0; id < WB_H_COUNT; id++)
        ex->wanted[id] = (int16_t)wb_cat_wanted_header(cat, wb_header_name((enum wb_header_id)id));
    ex->wanted[WB_H_OTHER] = WB_ASK_NAME;
    wb_extract_open_remotes(ex);
    return ex->recipients && open_room(ex);
}

void wb_extract_close(struct wb_extract *ex)
{
    free(ex->recipients);
    free(ex->general_lines);
    free(ex->lines);
    free(ex->begins);
    free(ex->text_needs);
    free(ex->sign_groups);
    free(ex->sign_counts);
    *ex = (struct wb_extract){0};
}

struct wb_evidence *wb_add_recipient(struct wb_extract *ex, struct wb_slice address)
{
    if (ex->recipient_count == WB_MAX_RECIPIENTS) {
        wb_limit_hit(ex->limits, WB_LIMIT_RECIPIENTS);
        return NULL;
    }
    struct wb_evidence *r = &ex->recipients[ex->recipient_count++];
    *r = (struct wb_evidence){.address = address};
    return r;
}

struct wb_evidence *wb_find_recipient(struct wb_extract *ex, struct wb_slice address)
{
    for (uint32_t i = 0; address.n && i < ex->recipient_count; i++) {
        struct wb_evidence *r = &ex->recipients[i];
        if (wb_address_same(r->address, address) || wb_address_same(r->original, address) ||
            wb_address_same(r->alias, address))
            return r;
    }
    return NULL;
}

void wb_extract_reset(struct wb_extract *ex)
{
    const size_t kept = offsetof(struct wb_extract, kind);
    memset((char *)ex + kept, 0, sizeof *ex - kept);
    ex->dialect = WB_NO_INDEX;
    ex->status_part = ex->disposition_part = ex->feedback_part = WB_NO_PART;
    ex->returned_part = ex->original.part = ex->fields_part = WB_NO_PART;
}

void wb_extract_begin_bare(struct wb_extract *ex, struct wb_slice text)
{
    wb_extract_reset(ex);
    ex->mail->raw = text;
    /* the header of the mail before is none of it, nor are its parts */
    ex->mail->parts[0] = (struct wb_part){.parent = WB_NO_PART};
    ex->mail->part_count = 1;
    ex->bare = true;
}

/* ---- the parts ---- */

static bool is_attachment(struct wb_extract *ex, uint32_t part)
{
    const struct wb_header *h = wb_mail_header_named(ex->mail, part, WB_S("content-disposition"));
    return h && wb_slice_startsi(h->value, WB_S("attachment"));
}

/* A multipart without parts, its boundaries lost on the way, is text as well. */
static bool is_text(const struct wb_mail *mail, uint32_t part)
{
    enum wb_media media = mail->parts[part].media;
    if (media == WB_MEDIA_MULTIPART)
        return part + 1 == mail->part_count || mail->parts[part + 1].parent != part;
    return media == WB_MEDIA_TEXT_PLAIN || media == WB_MEDIA_TEXT_HTML;
}

/*
 * Mail programs and gateways that do not know message/delivery-status make a file of it:
 * "details.txt", or "ATT00001.dat", of which they do not say what it holds.
 */
static void note_attached(struct wb_extract *ex, uint32_t part)
{
    const struct wb_part *p = &ex->mail->parts[part];
    bool may_be =
        is_text(ex->mail, part) || wb_slice_eqi(p->type, WB_S("application/octet-stream"));
    if (may_be && p->body.n <= ATTACHED_BYTES && ex->attached_part_count < WB_MAX_TEXT_PARTS)
        ex->attached_parts[ex->attached_part_count++] = part;
}

static void note_first(uint32_t *slot, uint32_t part)
{
    if (*slot == WB_NO_PART)
        *slot = part;
}

/* The parts of this message itself, not of messages inside it. */
static void survey(struct wb_extract *ex)
{
    const struct wb_mail *mail = ex->mail;
    uint32_t inside = WB_NO_PART; /* parts below this one belong to an inner message */
    for (uint32_t i = 0; i < mail->part_count; i++) {
        const struct wb_part *part = &mail->parts[i];
        if (inside != WB_NO_PART && part->depth > mail->parts[inside].depth)
            continue;
        inside = WB_NO_PART;
        if (part->decoded)
            continue;
        switch (part->media) {
        case WB_MEDIA_RFC822:
            note_first(&ex->returned_part, i);
            inside = i;
            break;
        case WB_MEDIA_RFC822_HEADERS: note_first(&ex->returned_part, i); break;
        case WB_MEDIA_DELIVERY_STATUS: note_first(&ex->status_part, i); break;
        case WB_MEDIA_DISPOSITION: note_first(&ex->disposition_part, i); break;
        case WB_MEDIA_FEEDBACK: note_first(&ex->feedback_part, i); break;
        default:
            if (is_text(mail, i) && ex->text_part_count < WB_MAX_TEXT_PARTS &&
                !is_attachment(ex, i))
                ex->text_parts[ex->text_part_count++] = i;
            else
                note_attached(ex, i);
        }
    }
}

static bool says_something(struct wb_slice text)
{
    int letters = 0;
    size_t i = 0;
#if defined(__SSE2__)
    for (; i + 16 <= text.n && letters < 12; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text.p + i));
        __m128i letter = _mm_or_si128(wb_letters(bytes), wb_between(bytes, '0', '9'));
        __m128i any = _mm_or_si128(letter, bytes); /* or not ASCII */
        letters += __builtin_popcount((unsigned)_mm_movemask_epi8(any));
    }
#endif
    for (; i < text.n && letters < 12; i++)
        letters += wb_is_alnum(text.p[i]) || (text.p[i] & 0x80);
    return letters >= 12;
}

/*
 * What stands in front of the first part. It is for programs that know no MIME, but gateways that
 * know little of it write their report there.
 */
static struct wb_slice preamble(const struct wb_mail *mail)
{
    struct wb_slice body = mail->parts[0].body;
    if (mail->part_count < 2 || mail->parts[0].media != WB_MEDIA_MULTIPART)
        return WB_NONE;
    const struct wb_part *first = &mail->parts[1];
    const char *end = first->headers ? mail->headers[first->first_header].name.p : first->body.p;
    if (first->decoded || end < body.p || end > wb_slice_end(body))
        return WB_NONE;
    size_t n = (size_t)(end - body.p);
    while (n > 2 && !wb_slice_starts(wb_slice_from(body, n - 2), WB_S("--")))
        n--; /* to the line with the boundary */
    while (n && body.p[n - 1] != '\n' && body.p[n - 1] != '\r')
        n--;
    return wb_slice_head(body, n);
}

/* Whether both are plain text and stand one after the other, not one instead of the other. */
static bool goes_on_in(const struct wb_extract *ex, uint32_t part, uint32_t next)
{
    const struct wb_part *a = &ex->mail->parts[part], *b = &ex->mail->parts[next];
    if (a->media != WB_MEDIA_TEXT_PLAIN || b->media != WB_MEDIA_TEXT_PLAIN ||
        a->parent != b->parent || a->parent == WB_NO_PART || b->body.n > ATTACHED_BYTES)
        return false;
    return !wb_slice_startsi(ex->mail->parts[a->parent].type, WB_S("multipart/alternative"));
}

/* Some servers put what others answered, or the talk with them, into a part of its own. */
static void join_answers(struct wb_extract *ex, uint32_t from)
{
    for (uint32_t i = from + 1; i < ex->text_part_count; i++) {
        if (!goes_on_in(ex, ex->text_parts[from], ex->text_parts[i]))
            continue;
        struct wb_slice more = wb_mail_text(ex->mail, ex->text_parts[i]);
        if (!wb_reply_has_code(more, ex->limits))
            continue;
        struct wb_text text = wb_text_open(ex->arena, ex->text.n + more.n + 2);
        wb_text_put(&text, ex->text);
        wb_text_put(&text, WB_S("\n\n"));
        wb_text_put(&text, more);
        ex->text = wb_text_close(&text);
    }
}

void wb_extract_text(struct wb_extract *ex)
{
    if (ex->text_read)
        return;
    ex->text_read = true;
    uint32_t first = 0;
    for (uint32_t i = 0; i < ex->text_part_count; i++) {
        ex->text = wb_mail_text(ex->mail, ex->text_parts[i]);
        first = i;
        if (says_something(ex->text))
            break;
    }
    if (ex->status_part == WB_NO_PART && first + 1 < ex->text_part_count)
        join_answers(ex, first);
    if (!ex->text_part_count)
        ex->text = wb_mail_utf8(ex->mail, preamble(ex->mail), WB_NONE);
    ex->prose = ex->text;
    ex->before_trace = wb_before_trace(ex->text);
}

struct wb_slice wb_extract_words(struct wb_extract *ex)
{
    if (!ex->text_read && ex->text_part_count) {
        uint32_t first = ex->text_parts[0];
        const struct wb_part *part = &ex->mail->parts[first];
        if (part->media == WB_MEDIA_TEXT_PLAIN && part->encoding == WB_ENC_IDENTITY &&
            says_something(part->body))
            return wb_slice_head(part->body, WB_MAX_TEXT_BYTES);
    }
    wb_extract_text(ex);
    return ex->text;
}

/* ---- the fields ---- */

/* Marks of quoted-printable in a part that should have none: "=E7=94=A8", soft line breaks. */
static bool looks_quoted(struct wb_slice text)
{
    for (size_t i = 0; i + 2 < text.n; i++) {
        if (text.p[i] != '=')
            continue;
        bool soft = text.p[i + 1] == '\n' || (text.p[i + 1] == '\r' && text.p[i + 2] == '\n');
        bool byte = wb_hex_digit(text.p[i + 1]) >= 8 && wb_hex_digit(text.p[i + 2]) >= 0 &&
                    !(text.p[i + 1] >= 'a' && text.p[i + 1] <= 'f');
        if (soft || byte)
            return true;
    }
    return false;
}

/* The text of a part with fields. Its bytes are converted only where they are not plain. */
static struct wb_slice field_text(struct wb_extract *ex, uint32_t part, bool *plain_out)
{
    struct wb_slice text = wb_mail_bytes(ex->mail, part);
    bool global = wb_slice_startsi(ex->mail->parts[part].type, WB_S("message/global"));
    if (global && ex->mail->parts[part].encoding == WB_ENC_IDENTITY && looks_quoted(text)) {
        struct wb_part as_quoted = ex->mail->parts[part];
        as_quoted.encoding = WB_ENC_QUOTED_PRINTABLE;
        struct wb_part kept = ex->mail->parts[part];
        ex->mail->parts[part] = as_quoted;
        text = wb_mail_bytes(ex->mail, part);
        ex->mail->parts[part] = kept;
    }
    struct wb_slice utf8 = wb_mail_utf8(ex->mail, text, WB_NONE);
    *plain_out = utf8.p == text.p;
    return utf8;
}

/* Where a block of report fields stands in a text, as some services put it; empty: nowhere. */
static struct wb_slice fields_in_text(struct wb_slice text)
{
    size_t final = wb_slice_findi(text, WB_S("final-recipient:"));
    if (final == text.n)
        return WB_NONE;
    size_t from = wb_slice_findi(text, WB_S("reporting-mta:"));
    if (from > final)
        from = final;
    while (from > 0 && text.p[from - 1] != '\n')
        from--;
    return wb_slice_from(text, from);
}

/* The fields of a report in a file that has nothing else; empty: there is none. */
static struct wb_slice fields_in_file(struct wb_extract *ex)
{
    static const struct wb_slice first[] = {WB_S("reporting-mta:"), WB_S("final-recipient:"),
                                            WB_S("original-recipient:"),
                                            WB_S("original-envelope-id:")};
    for (uint32_t i = 0; i < ex->attached_part_count; i++) {
        bool plain;
        struct wb_slice text = wb_slice_ltrim(field_text(ex, ex->attached_parts[i], &plain));
        for (size_t k = 0; k < sizeof first / sizeof first[0]; k++)
            if (wb_slice_startsi(text, first[k])) {
                ex->fields_part = ex->attached_parts[i];
                return fields_in_text(text);
            }
    }
    return WB_NONE;
}

static void read_field_parts(struct wb_extract *ex)
{
    uint32_t parts[] = {ex->status_part, ex->feedback_part, ex->disposition_part};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i] == WB_NO_PART)
            continue;
        bool plain;
        struct wb_slice text = field_text(ex, parts[i], &plain);
        wb_read_fields(ex, text, plain);
    }
    if (ex->status_part != WB_NO_PART || ex->feedback_part != WB_NO_PART ||
        ex->disposition_part != WB_NO_PART)
        return;
    struct wb_slice fields = fields_in_text(ex->text);
    for (uint32_t i = 1; !fields.n && i < ex->text_part_count; i++)
        fields = fields_in_text(wb_mail_text(ex->mail, ex->text_parts[i]));
    if (!fields.n)
        fields = fields_in_file(ex);
    if (fields.n)
        wb_read_fields(ex, fields, false);
}

/* Some servers list who failed in a header field: "X-Failed-Recipients: a@x, b@y, ". */
static void read_failed_recipients(struct wb_extract *ex)
{
    const struct wb_header *h = wb_mail_header(ex->mail, 0, WB_H_X_FAILED_RECIPIENTS);
    if (!h || ex->recipient_count)
        return;
    struct wb_slice list = wb_mail_unescape(ex->mail, wb_mail_value(ex->mail, h));
    while (list.n) {
        struct wb_slice address = wb_address_clean(wb_slice_cut(&list, ','));
        if (wb_address_valid(address) && !wb_find_recipient(ex, address))
            wb_add_recipient(ex, address);
    }
}

struct wb_slice wb_before_trace(struct wb_slice text)
{
    static const struct wb_slice fields[] = {
        {"Received:", 9}, {"Return-Path:", 12}, {"DKIM-Signature:", 15}, {"X-Received:", 11}};
    /* a line end, and behind it the first letter of one of them */
    static const struct wb_byte_pair begins = {
        '\n',
        {['R' & 15] = 1 << ('R' >> 4), ['D' & 15] = 1 << ('D' >> 4), ['X' & 15] = 1 << ('X' >> 4)}};
    const char *block = text.p, *end = wb_slice_end(text);
    uint32_t places;
    while ((places = wb_pair_places(&begins, &block, end))) {
        for (; places; places &= places - 1) {
            const char *p = block + __builtin_ctz(places);
            for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
                if (wb_slice_startsi(wb_slice_span(p + 1, end), fields[i]))
                    return wb_slice_span(text.p, p);
        }
        block += end - block < WB_PLACES ? end - block : WB_PLACES;
    }
    return text;
}

void wb_extract_mail(struct wb_extract *ex)
{
    wb_extract_reset(ex);
    survey(ex);
    bool fields = ex->status_part != WB_NO_PART || ex->feedback_part != WB_NO_PART;
    if (!fields || ex->returned_part == WB_NO_PART) {
        wb_extract_text(ex);
        wb_read_json(ex, ex->text);
    }
    if (!ex->recipient_count)
        read_field_parts(ex);
    wb_recognise(ex);
    read_failed_recipients(ex);
    if (ex->recipient_count == 1)
        wb_extract_stage(ex, &ex->recipients[0], wb_extract_words(ex));
    else if (ex->recipient_count && ex->dialect == WB_NO_INDEX) {
        wb_extract_text(ex);
        wb_extract_stages(ex);
    }
}

static void read_went_to(struct wb_extract *ex)
{
    const enum wb_header_id places[WB_WENT_TO] = {WB_H_TO, WB_H_DELIVERED_TO, WB_H_X_ORIGINAL_TO};
    for (size_t i = 0; i < WB_WENT_TO; i++) {
        const struct wb_header *h = wb_mail_header(ex->mail, 0, places[i]);
        /* neither an address that carries another nor an encoded word is without "=" */
        bool may_carry = h && wb_slice_chr(h->value, '=') < h->value.n;
        ex->went_to[i] = may_carry ? wb_address_find(wb_mail_value(ex->mail, h)) : WB_NONE;
        ex->went_to_any |= may_carry;
    }
    ex->went_to_read = true;
}

struct wb_slice wb_extract_verp(struct wb_extract *ex, struct wb_slice known)
{
    struct wb_slice found = WB_NONE;
    if (!ex->went_to_read)
        read_went_to(ex);
    for (size_t i = 0; ex->went_to_any && i < WB_WENT_TO && !found.n; i++)
        found = wb_address_verp(ex->arena, ex->went_to[i], known);
    return found;
}

struct wb_evidence *wb_extract_nobody(struct wb_extract *ex)
{
    if (ex->recipient_count)
        return &ex->recipients[0];
    struct wb_evidence *r = wb_add_recipient(ex, WB_NONE);
    r->explanation = ex->shared;
    return r;
}

void wb_extract_log(struct wb_extract *ex, struct wb_slice line)
{
    wb_extract_begin_bare(ex, line);
    ex->mail->headless = false;
    ex->kind = WB_KIND_BOUNCE;
}
