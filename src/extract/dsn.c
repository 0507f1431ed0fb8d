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
#include "reader.h"
#include "reply.h"
#include "utf8.h"

struct fields {
    struct wb_extract *ex;
    struct wb_evidence *current; /* the recipient's block we are in, NULL: the message's */
    bool blank_seen;
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

/* "type; value": the value; the type where there is one. */
static struct wb_slice untyped(struct wb_slice value, struct wb_slice *type_out)
{
    size_t semicolon = wb_slice_chr(value, ';');
    struct wb_slice type = wb_slice_trim(wb_slice_head(value, semicolon));
    bool is_type = semicolon < value.n && type.n > 0 && type.n < 32;
    for (size_t i = 0; is_type && i < type.n; i++)
        is_type = wb_is_alnum(type.p[i]) || type.p[i] == '-' || type.p[i] == '_';
    if (!is_type)
        return value;
    if (type_out)
        *type_out = type;
    return wb_slice_trim(wb_slice_from(value, semicolon + 1));
}

/* The name of a host: the first word, without what is added in parentheses, or a root's dot. */
static struct wb_slice host_name(struct wb_slice value)
{
    value = untyped(value, NULL);
    size_t n = 0;
    while (n < value.n && !wb_is_space(value.p[n]) && value.p[n] != '(')
        n++;
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

static void message_field(struct wb_extract *ex, enum wb_field field, struct wb_slice value)
{
    switch (field) {
    case WB_FIELD_REPORTING_MTA: ex->reporting_mta = host_name(value); break;
    case WB_FIELD_RECEIVED_FROM: ex->received_from = host_name(value); break;
    case WB_FIELD_ARRIVAL_DATE: ex->arrival = wb_date_parse(value); break;
    case WB_FIELD_ENVELOPE_ID: ex->envelope_id = value; break;
    case WB_FIELD_QUEUE_ID: ex->queue_id = value; break;
    case WB_FIELD_DISPOSITION: ex->disposition = value; break;
    case WB_FIELD_FEEDBACK_TYPE: ex->feedback.type = value; break;
    case WB_FIELD_SOURCE_IP: ex->feedback.source_ip = host_name(value); break;
    case WB_FIELD_USER_AGENT: ex->feedback.user_agent = value; break;
    case WB_FIELD_REPORTED_DOMAIN: ex->feedback.reported_domain = value; break;
    case WB_FIELD_AUTH_FAILURE: ex->feedback.auth_failure = value; break;
    case WB_FIELD_ENVELOPE_FROM:
        ex->original.envelope_from = wb_address_typed(ex->arena, value);
        break;
    case WB_FIELD_MESSAGE_ID: ex->original.message_id = wb_address_clean(value); break;
    default: break;
    }
}

static void recipient_field(struct wb_extract *ex, struct wb_evidence *r, enum wb_field field,
                            struct wb_slice value)
{
    switch (field) {
    case WB_FIELD_ORIGINAL_RECIPIENT: r->original = wb_address_typed(ex->arena, value); break;
    case WB_FIELD_FINAL_RECIPIENT: r->address = wb_address_typed(ex->arena, value); break;
    case WB_FIELD_ACTUAL_RECIPIENT: r->alias = wb_address_typed(ex->arena, value); break;
    case WB_FIELD_ACTION: r->action = wb_action_of(value); break;
    case WB_FIELD_STATUS: status_field(r, value); break;
    case WB_FIELD_REMOTE_MTA: remote_field(r, value); break;
    case WB_FIELD_DIAGNOSTIC: diagnostic_field(ex, r, value); break;
    case WB_FIELD_LAST_ATTEMPT: r->last_attempt = wb_date_parse(value); break;
    case WB_FIELD_RETRY_UNTIL: r->retry_until = wb_date_parse(value); break;
    case WB_FIELD_SUPPLEMENT: r->supplement = value; break;
    default: break;
    }
}

static bool about_recipient(enum wb_field field)
{
    switch (field) {
    case WB_FIELD_ORIGINAL_RECIPIENT:
    case WB_FIELD_FINAL_RECIPIENT:
    case WB_FIELD_ACTUAL_RECIPIENT:
    case WB_FIELD_ACTION:
    case WB_FIELD_STATUS:
    case WB_FIELD_REMOTE_MTA:
    case WB_FIELD_DIAGNOSTIC:
    case WB_FIELD_LAST_ATTEMPT:
    case WB_FIELD_RETRY_UNTIL:
    case WB_FIELD_SUPPLEMENT: return true;
    default: return false;
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
    if (!about_recipient(field))
        message_field(ex, field, value);
    else if (r)
        recipient_field(ex, r, field, value);
}

static void take_field(struct fields *f, struct wb_slice name, struct wb_slice value)
{
    const struct wb_field_name *known = wb_cat_field(f->ex->cat, name);
    enum wb_field field = known ? (enum wb_field)known->meaning : WB_FIELD_NONE;
    value = wb_mail_text_of_header(f->ex->mail, value);
    if (!about_recipient(field)) {
        message_field(f->ex, field, value);
        return;
    }
    if (opens_block(f, field)) {
        f->current = wb_add_recipient(f->ex, WB_NONE);
        f->seen = 0;
    }
    f->blank_seen = false;
    f->seen |= 1u << field;
    if (f->current)
        recipient_field(f->ex, f->current, field, value);
}

/* ---- lines ---- */

/* "Name: value" with a name that is known, or that looks like a field's ("X-..., Some-Name"). */
static bool field_line(const struct wb_extract *ex, struct wb_slice line, struct wb_slice *name_out,
                       size_t *colon_out)
{
    size_t n = 0;
    bool hyphen = false;
    while (n < line.n && wb_is_of(line.p[n], WB_BYTE_FIELD_NAME) && line.p[n] != '.')
        hyphen |= line.p[n++] == '-';
    size_t colon = n;
    while (colon < line.n && line.p[colon] == ' ')
        colon++;
    if (n == 0 || colon == line.n || line.p[colon] != ':' || wb_is_digit(line.p[0]))
        return false;
    *name_out = wb_slice_head(line, n);
    *colon_out = colon;
    return hyphen || wb_slice_eqi(*name_out, WB_S("received")) || wb_cat_field(ex->cat, *name_out);
}

/* Whether a value ends where a message with parts breaks off: the rest of it may be lost. */
static bool is_cut_off(const struct wb_extract *ex, struct wb_slice value)
{
    return value.n && ex->mail->part_count > 1 &&
           wb_slice_end(value) == wb_slice_end(ex->mail->raw);
}

static bool names_recipient(const struct wb_extract *ex, struct wb_slice name)
{
    const struct wb_field_name *known = wb_cat_field(ex->cat, name);
    return known && (known->meaning == WB_FIELD_FINAL_RECIPIENT ||
                     known->meaning == WB_FIELD_ORIGINAL_RECIPIENT ||
                     known->meaning == WB_FIELD_ACTUAL_RECIPIENT);
}

static void read_lines(struct fields *f, struct wb_slice text)
{
    struct wb_slice line, name = WB_NONE, value = WB_NONE, next;
    size_t colon;
    while (wb_slice_line(&text, &line)) {
        bool blank = wb_slice_trim(line).n == 0;
        if (blank || (!wb_is_space(line.p[0]) && field_line(f->ex, line, &next, &colon))) {
            if (name.n)
                take_field(f, name, value);
            name = WB_NONE;
            if (!blank &&
                (wb_slice_eqi(next, WB_S("received")) || wb_slice_eqi(next, WB_S("return-path"))))
                return; /* the boundary is lost: the returned message begins */
            f->blank_seen |= blank;
            if (!blank) {
                name = next;
                value = wb_slice_trim(wb_slice_from(line, colon + 1));
            }
        } else if (name.n) { /* a continuation, folded or not */
            value = wb_slice_span(value.n ? value.p : line.p, wb_slice_end(wb_slice_rtrim(line)));
        }
    }
    if (name.n && !(is_cut_off(f->ex, value) && names_recipient(f->ex, name)))
        take_field(f, name, value);
}

/* What a recipient's block leaves out and other fields tell. */
static void complete(struct wb_evidence *r)
{
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

void wb_read_fields(struct wb_extract *ex, struct wb_slice text)
{
    uint32_t before = ex->recipient_count;
    struct fields f = {.ex = ex};
    read_lines(&f, text);
    for (uint32_t i = before; i < ex->recipient_count; i++)
        complete(&ex->recipients[i]);
}
