/* SPDX-License-Identifier: BSD-2-Clause */
#include "bare.h"

#include "address.h"
#include "extract_int.h"
#include "reply.h"
#include "utf8.h"

/*
 * Words beside an address that say whose it is: the sender's, of whoever can be asked, or the new
 * one of somebody who has moved ("551 User not local; please try <b@example.org>", RFC 5321).
 */
static bool is_somebody_elses(const struct wb_catalogue *cat, struct wb_slice before,
                              struct wb_slice behind)
{
    while (before.n && strchr(" <:=\"'(", before.p[before.n - 1]))
        before.n--;
    while (behind.n && strchr(" >:.\"')", behind.p[0]))
        behind = wb_slice_from(behind, 1);
    return wb_cat_marked(cat, WB_MARK_SOMEBODY_ELSE_BEHIND, before) ||
           wb_cat_marked(cat, WB_MARK_SOMEBODY_ELSE_BEFORE, behind);
}

/*
 * "RCPT TO:<a@example.org>", "<a@example.org>: host ... said": whom the reply is about. A reply
 * about the sender ("<b@example.org>: Sender address rejected", "MAIL FROM: 553 ...") names nobody.
 */
static struct wb_slice recipient_of_reply(const struct wb_catalogue *cat, struct wb_slice text)
{
    struct wb_slice address = wb_address_find(text), other = WB_NONE;
    if (!address.n)
        return WB_NONE;
    size_t at = wb_slice_findi(text, WB_S("rcpt to:"));
    struct wb_slice told = wb_address_find(wb_slice_from(text, at));
    if (told.n)
        return told;
    if (at == text.n && wb_slice_hasi(text, WB_S("mail from:")))
        return WB_NONE;
    for (struct wb_slice rest = text; (address = wb_address_find(rest)).n;) {
        struct wb_slice behind = wb_slice_span(wb_slice_end(address), wb_slice_end(rest));
        size_t quote = wb_slice_chr(address, '\'');
        if (quote < wb_address_local(address).n && (quote == 0 || address.p[quote - 1] & 0x80))
            address = wb_slice_from(address, quote + 1); /* "任务'a@example.org" */
        if (is_somebody_elses(cat, wb_slice_span(text.p, address.p), behind))
            other = address;
        else if (!wb_address_same(address, other))
            return address;
        rest = behind;
    }
    return WB_NONE;
}

/* 250 to 252 say of a message or a recipient that they are taken; greetings and the like say
 * nothing of either (RFC 5321 4.2.3). */
static void note_kind_of_reply(struct wb_extract *ex, struct wb_evidence *r, int positive)
{
    bool taken = positive >= 250 && positive <= 252;
    ex->kind = taken ? WB_KIND_DELIVERED : positive ? WB_KIND_NOT_A_REPORT : WB_KIND_BOUNCE;
    r->action = taken ? WB_ACTION_RELAYED : positive ? WB_ACTION_ABSENT : WB_ACTION_FAILED;
}

static struct wb_evidence *begin(struct wb_extract *ex, struct wb_slice text,
                                 struct wb_slice address)
{
    wb_extract_begin_bare(ex, text);
    ex->mail->headless = true;
    return wb_add_recipient(ex, address);
}

static bool begins_reply(struct wb_slice s)
{
    return s.n > 3 && wb_is_digit(s.p[0]) && wb_is_digit(s.p[1]) && wb_is_digit(s.p[2]) &&
           (s.p[3] == ' ' || s.p[3] == '-');
}

/* "10:11:12,345", "[2026-03-02T10:11:12Z]" */
static bool is_time(struct wb_slice word)
{
    bool marked = false;
    for (size_t i = 0; i < word.n; i++) {
        const char c = word.p[i];
        marked |= c == ':' || c == '-' || c == '/';
        if (!wb_is_digit(c) && (!c || !strchr(":-/.,+TZ[]", c)))
            return false;
    }
    return marked;
}

/* "2026-03-02 10:11:12 550 ...": as a log has it. */
static struct wb_slice behind_time(struct wb_slice text)
{
    struct wb_slice rest = text;
    while (!begins_reply(rest))
        if (!is_time(wb_slice_cut(&rest, ' ')))
            return text;
    return rest;
}

void wb_extract_reply(struct wb_extract *ex, struct wb_slice text)
{
    text = wb_utf8_head(text, WB_MAX_DIAGNOSTIC_BYTES);
    struct wb_slice read = wb_mail_utf8(ex->mail, wb_mail_unescape(ex->mail, text), WB_NONE);
    read = behind_time(read);
    struct wb_evidence *r = begin(ex, text, recipient_of_reply(ex->cat, read));
    note_kind_of_reply(ex, r, wb_reply_positive(read, ex->limits));
    r->diagnostic = read;
    wb_extract_remote(ex, r, r->diagnostic);
    wb_extract_stage(ex, r, WB_NONE);
}

/* ---- replies read before ---- */

/* A piece of the reply. */
struct piece {
    uint32_t from, n;
};

/* What is kept of a reply: that of which nothing had to be decoded. */
struct reading {
    enum wb_kind kind;
    enum wb_action action;
    enum wb_stage stage;
    struct piece diagnostic, address, remote_mta, remote_ip;
};

/* False: it does not stand in the text. */
static bool take_piece(struct wb_slice text, struct wb_slice what, struct piece *out)
{
    *out = (struct piece){0, (uint32_t)what.n};
    if (what.n && (what.p < text.p || wb_slice_end(what) > wb_slice_end(text)))
        return false;
    out->from = what.n ? (uint32_t)(what.p - text.p) : 0;
    return true;
}

static struct wb_slice piece_of(struct wb_slice text, struct piece piece)
{
    return piece.n ? wb_slice(text.p + piece.from, piece.n) : WB_NONE;
}

void wb_extract_keep_reply(struct wb_extract *ex, struct wb_slice text)
{
    struct wb_cache_key key = wb_cache_key(text, WB_CACHE_REPLY);
    const struct wb_evidence *r = &ex->recipients[0];
    struct reading reading = {.kind = ex->kind, .action = r->action, .stage = r->stage};
    bool whole = ex->mail->raw.n == text.n && !*ex->limits &&
                 take_piece(text, r->diagnostic, &reading.diagnostic) &&
                 take_piece(text, r->address, &reading.address) &&
                 take_piece(text, r->remote_mta, &reading.remote_mta) &&
                 take_piece(text, r->remote_ip, &reading.remote_ip);
    struct reading *row = whole && wb_cache_again(ex->cache, &key)
                              ? wb_cache_add(ex->cache, &key, sizeof *row)
                              : NULL;
    if (row)
        *row = reading;
}

bool wb_extract_reply_again(struct wb_extract *ex, struct wb_slice text)
{
    struct wb_cache_key key = wb_cache_key(text, WB_CACHE_REPLY);
    const struct reading *row = wb_cache_find(ex->cache, &key);
    if (!row)
        return false;
    struct wb_evidence *r = begin(ex, text, piece_of(text, row->address));
    ex->kind = row->kind;
    r->action = row->action;
    r->stage = row->stage;
    r->diagnostic = piece_of(text, row->diagnostic);
    r->remote_mta = piece_of(text, row->remote_mta);
    r->remote_ip = piece_of(text, row->remote_ip);
    return true;
}
