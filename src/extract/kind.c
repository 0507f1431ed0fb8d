/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kind of message it is. Structure decides where there is one: a delivery status by its
 * actions, a feedback report, a disposition notification. Otherwise the signs that the catalogue
 * lists are weighed: each kind has a sum, and the highest wins if it is high enough.
 */
#include "extract_int.h"

#include "address.h"
#include "reply.h"

enum {
    ENOUGH = 3,         /* what the signs of a kind must weigh together */
    ENOUGH_OF_TEXT = 2, /* of a pasted text that names a recipient: no header can add to it */
    LOUDLY = 4,         /* the same, where nothing tells who wrote it and nothing came back */
    SURELY = 4,         /* the origin of what a mail system surely wrote */
};

static enum wb_kind kind_of_action(enum wb_action action)
{
    switch (action) {
    case WB_ACTION_FAILED: return WB_KIND_BOUNCE;
    case WB_ACTION_DELAYED: return WB_KIND_DELAY;
    case WB_ACTION_DELIVERED:
    case WB_ACTION_RELAYED:
    case WB_ACTION_EXPANDED: return WB_KIND_DELIVERED;
    default: return WB_KIND_ABSENT;
    }
}

/* The gravest of the recipients' actions. */
static enum wb_kind kind_of_actions(const struct wb_extract *ex)
{
    enum wb_kind kind = WB_KIND_ABSENT;
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        enum wb_kind one = kind_of_action(ex->recipients[i].action);
        if (one && (!kind || one < kind))
            kind = one;
    }
    return kind;
}

/*
 * The kind of the greatest weight; reports of failures only where they may be believed, and of
 * deliveries only where no person writes.
 */
static enum wb_kind heaviest(const struct wb_extract *ex, bool failures, int *weight_out)
{
    enum wb_kind best = WB_KIND_ABSENT;
    *weight_out = 0;
    for (int kind = 1; kind < WB_KIND_COUNT; kind++) {
        bool failure = kind == WB_KIND_BOUNCE || kind == WB_KIND_DELAY;
        bool doubted = failure ? !failures : kind == WB_KIND_DELIVERED && ex->origin < 0;
        if (ex->kind_weight[kind] > *weight_out && !doubted) {
            best = (enum wb_kind)kind;
            *weight_out = ex->kind_weight[kind];
        }
    }
    return best;
}

static enum wb_kind kind_of_dialect(const struct wb_extract *ex)
{
    uint32_t n;
    if (ex->dialect == WB_NO_INDEX)
        return WB_KIND_ABSENT;
    return (enum wb_kind)wb_cat_dialects(ex->cat, &n)[ex->dialect].kind;
}

static bool came_back(const struct wb_extract *ex)
{
    return ex->returned_part != WB_NO_PART || ex->prose_rest.n || ex->before_trace.n < ex->text.n;
}

/*
 * A recipient is named, and it is not the one who reads this: a report goes to the sender. "Mail to
 * you could not be delivered" is how fraud begins.
 */
static bool names_another(const struct wb_extract *ex)
{
    const struct wb_header *to = wb_mail_header(ex->mail, 0, WB_H_TO);
    struct wb_slice reader = to ? wb_address_find(to->value) : WB_NONE;
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        struct wb_slice address = ex->recipients[i].address;
        bool link = wb_slice_hasi(address, WB_S("//"));
        if (address.n && !link && !wb_address_same(address, reader))
            return true;
    }
    return false;
}

bool wb_is_about_its_writer(const struct wb_extract *ex)
{
    uint32_t n;
    return ex->dialect != WB_NO_INDEX &&
           wb_cat_dialects(ex->cat, &n)[ex->dialect].flags & WB_DIALECT_FROM_READER;
}

/* Its header says that it is a delivery status (RFC 6522 3), though the part with it was lost. */
static bool says_it_is_one(const struct wb_extract *ex)
{
    const struct wb_part *whole = &ex->mail->parts[0];
    return wb_slice_eqi(whole->type, WB_S("multipart/report")) &&
           wb_slice_startsi(wb_mail_param(ex->mail, whole->content_type, WB_S("report-type")),
                            WB_S("delivery-status"));
}

/* A mail system wrote it: whether it says of whom, or shows what came back. */
static bool is_about_somebody(const struct wb_extract *ex, bool named)
{
    bool known = ex->dialect != WB_NO_INDEX && ex->origin >= SURELY;
    return (named && (known || names_another(ex))) || came_back(ex) ||
           (known && wb_is_about_its_writer(ex)) || (ex->origin >= SURELY && says_it_is_one(ex));
}

/*
 * Written for people, a report is one only if a mail system wrote it and it is about a message: it
 * names a recipient, or the message came back with it. Tickets, forwards and newsletters that quote
 * reports lack the first, fraud dressed as a report mostly the second. A pasted text has no header
 * that could say who wrote it.
 */
static bool may_be_report(struct wb_extract *ex, bool named)
{
    if (ex->mail->headless)
        return true;
    bool described = ex->dialect != WB_NO_INDEX;
    bool speaks_so = ex->kind_weight[WB_KIND_BOUNCE] >= ENOUGH;
    /* nothing tells who wrote it, but it looks like a report in every way */
    if (ex->origin == 0)
        return speaks_so && named && names_another(ex) &&
               (came_back(ex) || described || ex->kind_weight[WB_KIND_BOUNCE] >= LOUDLY);
    if (ex->origin < 0)
        return false;
    if (speaks_so && wb_extract_verp(ex, WB_NONE).n)
        return true; /* it went to an address made for reports on one recipient */
    return is_about_somebody(ex, named);
}

/* Another server's answer is given with a recipient. */
static bool quotes_an_answer(const struct wb_extract *ex)
{
    for (uint32_t i = 0; i < ex->recipient_count; i++)
        if (wb_reply_has_code(ex->recipients[i].diagnostic, ex->limits) ||
            wb_reply_has_code(ex->recipients[i].explanation, ex->limits))
            return true;
    return false;
}

/*
 * A mail system says it of somebody who is not the reader: fraud is after the reader's own mailbox.
 * Who wrote a pasted text nobody knows; if it gives a server's answer, that was a mail system.
 */
static bool surely_reports(const struct wb_extract *ex)
{
    bool of_system = ex->origin >= SURELY || (ex->mail->headless && quotes_an_answer(ex));
    return of_system && names_another(ex);
}

/*
 * What the signs weigh; fraud has no returned message, whatever it speaks of. Providers put a link
 * to their help under a report.
 */
static void weigh_fraud(struct wb_extract *ex)
{
    if (ex->status_part != WB_NO_PART || came_back(ex) || surely_reports(ex))
        ex->kind_weight[WB_KIND_NOT_A_REPORT] = 0;
}

bool wb_structure_decides(const struct wb_extract *ex)
{
    return ex->feedback_part != WB_NO_PART ||
           (ex->status_part != WB_NO_PART && kind_of_actions(ex));
}

/* Signs of a failure and signs of a delay say together that it is about delivery. */
static bool both_say_so(const struct wb_extract *ex, enum wb_kind heavy, int enough)
{
    int both = ex->kind_weight[WB_KIND_BOUNCE] + ex->kind_weight[WB_KIND_DELAY];
    return (heavy == WB_KIND_BOUNCE || heavy == WB_KIND_DELAY) && both >= enough;
}

static enum wb_kind decide_prose(struct wb_extract *ex, enum wb_kind by_action)
{
    int weight;
    bool named = ex->recipient_count && by_action;
    int enough = named && ex->mail->headless ? ENOUGH_OF_TEXT : ENOUGH;
    bool report = may_be_report(ex, named);
    enum wb_kind heavy = heaviest(ex, report, &weight);
    if (report && named && ex->dialect != WB_NO_INDEX &&
        weight <= ex->kind_weight[WB_KIND_BOUNCE] + 2)
        return by_action;
    if (heavy == WB_KIND_BOUNCE && weight >= enough)
        return by_action ? by_action : WB_KIND_BOUNCE;
    if (weight >= enough)
        return heavy;
    return report && named && both_say_so(ex, heavy, enough) ? by_action : WB_KIND_NOT_A_REPORT;
}

static enum wb_kind decide(struct wb_extract *ex)
{
    int weight;
    enum wb_kind by_dialect = kind_of_dialect(ex);
    if (by_dialect)
        return by_dialect;
    if (ex->feedback_part != WB_NO_PART)
        return WB_KIND_COMPLAINT;
    enum wb_kind heavy = heaviest(ex, false, &weight);
    enum wb_kind by_action = kind_of_actions(ex);
    if (weight >= WB_KIND_OVERRIDES)
        return heavy;
    if (wb_structure_decides(ex))
        return by_action;
    if (ex->disposition_part != WB_NO_PART)
        return ex->kind_weight[WB_KIND_BOUNCE] >= ENOUGH ? WB_KIND_BOUNCE : WB_KIND_RECEIPT;
    return decide_prose(ex, by_action);
}

static bool is_about_delivery(enum wb_kind kind)
{
    return kind == WB_KIND_BOUNCE || kind == WB_KIND_DELAY || kind == WB_KIND_DELIVERED;
}

/*
 * Signs say that it got through or goes on, while the lines that name recipients only seemed to
 * speak of failures.
 */
static void told_by_signs(struct wb_extract *ex)
{
    enum wb_action action = ex->kind == WB_KIND_DELIVERED ? WB_ACTION_DELIVERED
                            : ex->kind == WB_KIND_DELAY   ? WB_ACTION_DELAYED
                                                          : WB_ACTION_ABSENT;
    if (!action || ex->status_part != WB_NO_PART || kind_of_actions(ex) != WB_KIND_BOUNCE)
        return;
    for (uint32_t i = 0; i < ex->recipient_count; i++)
        ex->recipients[i].action = action;
}

void wb_extract_kind(struct wb_extract *ex)
{
    weigh_fraud(ex);
    ex->kind = decide(ex);
    ex->detail = ex->kind_detail[ex->kind];
    if (ex->kind == WB_KIND_NOT_A_REPORT)
        ex->recipient_count = 0; /* the addresses that it speaks of are nobody's failure */
    told_by_signs(ex);
    /* an action is what was done about delivery: what the prose seemed to say of it falls away */
    for (uint32_t i = 0; !is_about_delivery(ex->kind) && i < ex->recipient_count; i++)
        ex->recipients[i].action = WB_ACTION_ABSENT;
}
