/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine-readable part of a report: RFC 3464, with what RFC 5965 and RFC 8098 have in its
 * place. The grammar is that of a mail header in blocks: one for the message, then one for each
 * recipient. What servers make of it:
 *
 *  - blank lines between the blocks missing, so a field that is already there opens a new block;
 *  - continuation lines that begin in column 1 ("550-5.1.1 ..."), which are no fields;
 *  - comments in values, types missing, addresses in brackets, everything in capitals;
 *  - RFC 6533 parts that are quoted-printable although they are labelled 7bit.
 */
#include "extract_int.h"

#include "address.h"
#include "line_ends.h"
#include "reader.h"
#include "reply.h"
#include "block.h"
#include "utf8.h"

/* A field that begins on a line; name.n is 0: none. */
struct field_line {
    struct wb_slice name, value;
    enum wb_field field;
    bool folded; /* over several lines */
};

/* What a field's value is read as. */
enum what { NOTHING, TEXT, HOST, ADDRESS, ID, DATE, OUTCOME, CODE, REMOTE, REPLY };

struct fields {
    struct wb_extract *ex;
    struct wb_evidence *current; /* the recipient's block we are in, NULL: the message's */
    bool blank_seen;
    bool plain;    /* nothing in the text needs decoding: no value does that stands on one line */
    uint32_t seen; /* bit of each enum wb_field in the current block */
};

enum wb_action wb_action_of(struct wb_slice value)
{
    static const struct {
        const char *word;
        enum wb_action action;
    } words[] = {{"fail", WB_ACTION_FAILED},           {"delayed", WB_ACTION_DELAYED},
                 {"deliverable", WB_ACTION_DELIVERED}, {"delivered", WB_ACTION_DELIVERED},
                 {"relayed", WB_ACTION_RELAYED},       {"expanded", WB_ACTION_EXPANDED},
                 {"undeliver", WB_ACTION_FAILED},      {"error", WB_ACTION_FAILED},
                 {"permanent", WB_ACTION_FAILED},      {"bounced", WB_ACTION_FAILED}};
    value = wb_slice_ltrim(value);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wb_slice_startsi(value, wb_slice_str(words[i].word)))
            return words[i].action;
    return WB_ACTION_ABSENT;
}

/* ---- one field ---- */

static bool in_name(char c)
{
    return wb_is_of(c, WB_BYTE_FIELD_NAME) && c != '.';
}

#if defined(__SSE2__)
/* As in_name, of sixteen bytes: a bit for each; *hyphens_out: those that are hyphens. */
static unsigned names_at(const char *p, unsigned *hyphens_out)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i hyphen = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-'));
    __m128i letter = wb_letters(bytes);
    __m128i other =
        _mm_or_si128(wb_between(bytes, '0', '9'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
    *hyphens_out = (unsigned)_mm_movemask_epi8(hyphen);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(hyphen, letter), other));
}
#endif

/* Bytes of a type at the front, of which names are made, too. */
static size_t type_length(struct wb_slice s)
{
    size_t n = 0;
#if defined(__SSE2__)
    if (s.n >= 16) {
        unsigned hyphens, names = names_at(s.p, &hyphens);
        n = (size_t)__builtin_ctz(~names); /* 16: all of them */
    }
#endif
    while (n < s.n && in_name(s.p[n]))
        n++;
    return n;
}

/* "type; value": the value; the type where there is one. */
static struct wb_slice untyped(struct wb_slice value, struct wb_slice *type_out)
{
    struct wb_slice front = wb_slice_ltrim(value);
    size_t n = type_length(front);
    struct wb_slice behind = wb_slice_ltrim(wb_slice_from(front, n));
    if (n == 0 || n >= 32 || !behind.n || behind.p[0] != ';')
        return value;
    if (type_out)
        *type_out = wb_slice_head(front, n);
    return wb_slice_trim(wb_slice_from(behind, 1));
}

/* The length of the first word, without what is added in parentheses. */
static size_t host_length(struct wb_slice value)
{
    static const bool ends[256] = {
        [' '] = true, ['\t'] = true, ['\r'] = true, ['\n'] = true, ['('] = true};
    size_t n = wb_host_front(value.p, value.n, 0);
    while (n < value.n && !ends[(unsigned char)value.p[n]])
        n++;
    return n;
}

/* The name of a host: the first word, without what is added in parentheses, or a root's dot. */
static struct wb_slice host_name(struct wb_slice value)
{
    value = untyped(value, NULL);
    size_t n = host_length(value);
    if (n > 1 && value.p[n - 1] == '.')
        n--;
    return wb_slice_head(value, n);
}

static void remote_field(struct wb_evidence *r, struct wb_slice value)
{
    r->remote_mta = host_name(value);
    struct wb_slice ip = wb_reply_ip(value);
    if (ip.n)
        r->remote_ip = ip;
}

/* "5.1.2 (550 Tried all MXs)", "5.0.0 (permanent failure)" */
static void status_field(struct wb_evidence *r, struct wb_slice value)
{
    size_t taken;
    r->status = wb_reply_status(value, &taken);
    if (!taken) /* "Status: 5. 1. 1"? no: "Status: user unknown" */
        r->status = wb_reply_find_status(value);
    struct wb_slice rest = wb_slice_trim(wb_slice_from(value, taken));
    if (rest.n > 2 && rest.p[0] == '(')
        rest = wb_slice_trim(
            wb_slice(rest.p + 1, wb_slice_ends(rest, WB_S(")")) ? rest.n - 2 : rest.n - 1));
    r->comment = rest;
}

static void diagnostic_field(struct wb_extract *ex, struct wb_evidence *r, struct wb_slice value)
{
    if (value.n > WB_MAX_DIAGNOSTIC_BYTES) {
        value = wb_utf8_head(value, WB_MAX_DIAGNOSTIC_BYTES);
        wb_limit_hit(ex->limits, WB_LIMIT_DIAGNOSTIC_BYTES);
    }
    r->diagnostic = wb_mail_unescape(ex->mail, untyped(value, &r->diagnostic_type));
}

/* Where a field's value goes, and as what it is read. */
static const struct place {
    uint8_t what;
    bool of_recipient; /* in the recipient's block, else in the message's */
    uint16_t at;       /* of struct wb_evidence, else of struct wb_extract */
} places[WB_FIELD_COUNT] = {
#define MESSAGE(field, what, member)                                                               \
    [WB_FIELD_##field] = {what, false, offsetof(struct wb_extract, member)}
#define RECIPIENT(field, what, member)                                                             \
    [WB_FIELD_##field] = {what, true, offsetof(struct wb_evidence, member)}
    MESSAGE(REPORTING_MTA, HOST, reporting_mta),
    MESSAGE(RECEIVED_FROM, HOST, received_from),
    MESSAGE(ARRIVAL_DATE, DATE, arrival),
    MESSAGE(ENVELOPE_ID, TEXT, envelope_id),
    MESSAGE(QUEUE_ID, TEXT, queue_id),
    MESSAGE(DISPOSITION, TEXT, disposition),
    MESSAGE(FEEDBACK_TYPE, TEXT, feedback.type),
    MESSAGE(SOURCE_IP, HOST, feedback.source_ip),
    MESSAGE(USER_AGENT, TEXT, feedback.user_agent),
    MESSAGE(REPORTED_DOMAIN, TEXT, feedback.reported_domain),
    MESSAGE(AUTH_FAILURE, TEXT, feedback.auth_failure),
    MESSAGE(ENVELOPE_FROM, ADDRESS, original.envelope_from),
    MESSAGE(MESSAGE_ID, ID, original.message_id),
    RECIPIENT(ORIGINAL_RECIPIENT, ADDRESS, original),
    RECIPIENT(FINAL_RECIPIENT, ADDRESS, address),
    RECIPIENT(ACTUAL_RECIPIENT, ADDRESS, alias),
    RECIPIENT(ACTION, OUTCOME, action),
    RECIPIENT(STATUS, CODE, status),
    RECIPIENT(REMOTE_MTA, REMOTE, remote_mta),
    RECIPIENT(DIAGNOSTIC, REPLY, diagnostic),
    RECIPIENT(LAST_ATTEMPT, DATE, last_attempt),
    RECIPIENT(RETRY_UNTIL, DATE, retry_until),
    RECIPIENT(SUPPLEMENT, TEXT, supplement),
#undef MESSAGE
#undef RECIPIENT
};

/* What became of the recipient. */
static void put_outcome(struct wb_extract *ex, struct wb_evidence *r, enum what what,
                        struct wb_slice value)
{
    switch (what) {
    case OUTCOME: r->action = wb_action_of(value); break;
    case CODE: status_field(r, value); break;
    case REMOTE: remote_field(r, value); break;
    case REPLY: diagnostic_field(ex, r, value); break;
    default: break;
    }
}

/* r: the recipient, NULL where the place is none of a recipient's. */
static void put_value(struct wb_extract *ex, struct wb_evidence *r, const struct place *place,
                      struct wb_slice value)
{
    void *to = (char *)(r ? (void *)r : (void *)ex) + place->at;
    switch (place->what) {
    case TEXT: *(struct wb_slice *)to = value; break;
    case HOST: *(struct wb_slice *)to = host_name(value); break;
    case ADDRESS: *(struct wb_slice *)to = wb_address_typed(ex->arena, value); break;
    case ID: *(struct wb_slice *)to = wb_address_clean(value); break;
    case DATE: *(struct wb_time *)to = wb_date_parse(value); break;
    default:
        if (r)
            put_outcome(ex, r, (enum what)place->what, value);
    }
}

/* Whether this field begins the next recipient's block. */
static bool opens_block(const struct fields *f, enum wb_field field)
{
    if (!f->current || f->seen & 1u << field)
        return true;
    /* some gateways leave a blank line behind each field: an address alone is no block */
    uint32_t outcome = 1u << WB_FIELD_ACTION | 1u << WB_FIELD_STATUS | 1u << WB_FIELD_DIAGNOSTIC;
    bool complete = f->seen & 1u << WB_FIELD_FINAL_RECIPIENT && f->seen & outcome;
    bool first = field == WB_FIELD_ORIGINAL_RECIPIENT || field == WB_FIELD_FINAL_RECIPIENT ||
                 field == WB_FIELD_ACTION;
    return f->blank_seen && complete && first;
}

void wb_take_field(struct wb_extract *ex, struct wb_evidence *r, enum wb_field field,
                   struct wb_slice value)
{
    const struct place *place = &places[field];
    if (!place->of_recipient)
        put_value(ex, NULL, place, value);
    else if (r)
        put_value(ex, r, place, value);
}

static void take_field(struct fields *f, const struct field_line *open)
{
    enum wb_field field = open->field;
    const struct place *place = &places[field];
    struct wb_slice value = open->value;
    if (!f->plain || open->folded)
        value = wb_mail_text_of_header(f->ex->mail, value);
    if (place->of_recipient && opens_block(f, field)) {
        f->current = wb_add_recipient(f->ex, WB_NONE);
        f->seen = 0;
    }
    f->blank_seen &= !place->of_recipient;
    f->seen |= (uint32_t)place->of_recipient << field;
    if (!place->of_recipient || f->current)
        put_value(f->ex, place->of_recipient ? f->current : NULL, place, value);
}

/* ---- lines ---- */

/* A name, as far as it can be one of a field, and whether a hyphen stands in it. */
struct name {
    size_t n;
    bool hyphen;
};

/* The name at the front of a line, which ends with a line end or, with the text, at `end`. */
static struct name name_at(struct wb_slice line, const char *end)
{
    struct name name = {0};
#if defined(__SSE2__)
    if (end - line.p >= 32) { /* names are no longer, and lines go on in the text */
        unsigned hyphens, more, names = names_at(line.p, &hyphens);
        names |= names_at(line.p + 16, &more) << 16;
        hyphens |= more << 16;
        if (~names) {
            name.n = (size_t)__builtin_ctz(~names);
            name.hyphen = hyphens & ((1u << name.n) - 1);
            return name;
        }
    }
#endif
    (void)end;
    for (; name.n < line.n && in_name(line.p[name.n]); name.n++)
        name.hyphen |= line.p[name.n] == '-';
    return name;
}

/*
 * "Name: value" with a name that is known, or that looks like a field's ("X-..., Some-Name"). end:
 * of the text that the line is of.
 */
static bool field_line(const struct wb_extract *ex, struct wb_slice line, const char *end,
                       struct field_line *out)
{
    struct name name = name_at(line, end);
    size_t colon = name.n;
    while (colon < line.n && line.p[colon] == ' ')
        colon++;
    if (name.n == 0 || colon == line.n || line.p[colon] != ':' || wb_is_digit(line.p[0]))
        return false;
    out->name = wb_slice_head(line, name.n);
    const struct wb_field_name *known = wb_cat_field(ex->cat, out->name);
    out->field = known ? (enum wb_field)known->meaning : WB_FIELD_NONE;
    out->value = wb_slice_trim(wb_slice_from(line, colon + 1));
    out->folded = false;
    return name.hyphen || known || wb_slice_eqi(out->name, WB_S("received"));
}

/* Whether a value ends where a message with parts breaks off: the rest of it may be lost. */
static bool is_cut_off(const struct wb_extract *ex, struct wb_slice value)
{
    return value.n && ex->mail->part_count > 1 &&
           wb_slice_end(value) == wb_slice_end(ex->mail->raw);
}

static bool names_recipient(enum wb_field field)
{
    return field == WB_FIELD_FINAL_RECIPIENT || field == WB_FIELD_ORIGINAL_RECIPIENT ||
           field == WB_FIELD_ACTUAL_RECIPIENT;
}

/* The boundary is lost: the returned message begins. */
static bool begins_message(struct wb_slice name)
{
    return wb_slice_eqi(name, WB_S("received")) || wb_slice_eqi(name, WB_S("return-path"));
}

static void read_lines(struct fields *f, struct wb_slice text)
{
    struct wb_slice line;
    struct field_line next, open = {.name = WB_NONE};
    const char *end = wb_slice_end(text);
    struct wb_lines lines;
    wb_lines_open(&lines, text);
    while (wb_lines_next(&lines, &line)) {
        bool blank = wb_slice_ltrim(line).n == 0;
        if (blank || (!wb_is_space(line.p[0]) && field_line(f->ex, line, end, &next))) {
            if (open.name.n)
                take_field(f, &open);
            open.name = WB_NONE;
            if (!blank && begins_message(next.name))
                return;
            f->blank_seen |= blank;
            if (!blank)
                open = next;
        } else if (open.name.n) { /* a continuation, folded or not */
            const char *from = open.value.n ? open.value.p : line.p;
            open.value = wb_slice_span(from, wb_slice_end(wb_slice_rtrim(line)));
            open.folded = true;
        }
    }
    if (open.name.n && !(is_cut_off(f->ex, open.value) && names_recipient(open.field)))
        take_field(f, &open);
}

/* "a@example.org" is in its domain what "a@mail.example.org" is on one of its servers. */
static bool is_at_home(struct wb_slice domain, struct wb_slice host)
{
    struct wb_slice front = wb_slice_head(host, host.n - (domain.n < host.n ? domain.n : host.n));
    return wb_slice_endsi(host, domain) && (!front.n || wb_slice_ends(front, WB_S(".")));
}

static bool is_same_mailbox(struct wb_slice a, struct wb_slice b)
{
    struct wb_slice at_a = wb_address_domain(a), at_b = wb_address_domain(b);
    return wb_slice_eqi(wb_address_local(a), wb_address_local(b)) &&
           (is_at_home(at_a, at_b) || is_at_home(at_b, at_a));
}

/*
 * Sendmail's Final-Recipient is the address written to, X-Actual-Recipient "the real problem
 * address" behind an alias or a forwarding (savemail.c): only that one failed. Programs stand
 * there, too.
 */
static void look_behind_alias(struct wb_evidence *r)
{
    struct wb_slice written_to = r->address;
    if (!r->alias.n || !written_to.n || wb_slice_chr(r->alias, '|') < r->alias.n ||
        !wb_address_valid(r->alias) || is_same_mailbox(r->alias, written_to))
        return;
    r->address = r->alias;
    r->alias = written_to;
    if (!r->original.n)
        r->original = written_to;
}

/* What a recipient's block leaves out and other fields tell. */
static void complete(struct wb_evidence *r)
{
    look_behind_alias(r);
    if (!r->address.n)
        r->address = r->original.n ? r->original : r->alias;
    /* "LOCAL;<wang>": a name inside some system; the sender knows the other one */
    else if (wb_slice_chr(r->address, '@') == r->address.n &&
             wb_slice_chr(r->original, '@') < r->original.n) {
        r->alias = r->alias.n ? r->alias : r->address;
        r->address = r->original;
    }
    if (wb_address_same(r->address, r->original))
        r->original = WB_NONE;
    if (!r->action && r->status.class)
        r->action = r->status.class == 2 ? WB_ACTION_DELIVERED : WB_ACTION_FAILED;
}

void wb_read_fields(struct wb_extract *ex, struct wb_slice text, bool plain)
{
    uint32_t before = ex->recipient_count;
    struct fields f = {.ex = ex};
    f.plain = wb_slice_find(text, WB_S("=?")) == text.n && (plain || wb_utf8_is_plain(text));
    read_lines(&f, text);
    for (uint32_t i = before; i < ex->recipient_count; i++)
        complete(&ex->recipients[i]);
}
