/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON with the members that Sisimai's dump has, those of its version 4 and of version 5, for
 * programs that read its answers: an object a line, a text that is not known is empty. What is
 * neither failure, complaint nor answer gives nothing, as with Sisimai.
 */
#include "render.h"

#include "address.h"
#include "original.h"

static const char own_name[] = "sisimai"; /* also of its scheme of classes */

static void member(struct wb_buf *out, const char *name, struct wb_slice value)
{
    wb_buf_printf(out, ",\"%s\":", name);
    wb_json_string(out, value);
}

static void number(struct wb_buf *out, const char *name, long long n)
{
    wb_buf_printf(out, ",\"%s\":%lld", name, n);
}

/* "<a@b>" without its brackets: of Message-IDs and List-Ids. */
static struct wb_slice bare(struct wb_slice id)
{
    id = wb_slice_trim(id);
    if (id.n > 1 && id.p[0] == '<' && id.p[id.n - 1] == '>')
        return wb_slice(id.p + 1, id.n - 2);
    return id;
}

static void put_sender(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_original *o = &r->extract->original;
    struct wb_slice sender = wb_address_find(o->from.n ? o->from : o->envelope_from);
    member(out, "addresser", sender);
    member(out, "senderdomain", wb_address_domain(sender));
    member(out, "subject", o->subject);
    member(out, "messageid", bare(o->message_id));
    member(out, "listid", bare(o->list_id));
}

static void put_recipient(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_evidence *e = r->evidence;
    struct wb_slice alias = e->alias.n ? e->alias : e->original;
    member(out, "recipient", e->address);
    member(out, "destination", wb_address_domain(e->address));
    member(out, "alias", wb_slice_eqi(alias, e->address) ? WB_NONE : alias);
}

/* Of a scheme's hard classes one, and not refused for now only. */
static bool is_hard(const struct wb_report *r, const struct wb_scheme *scheme,
                    struct wb_slice reason)
{
    struct wb_slice hard = wb_cat_str(r->cat, scheme->hard);
    if (!wb_report_is_failure(r) || r->verdict.permanence == WB_PERMANENCE_TEMPORARY)
        return false;
    while (hard.n)
        if (wb_slice_eq(wb_slice_cut(&hard, '\n'), reason))
            return true;
    return false;
}

static void put_reason(const struct wb_report *r, uint16_t scheme, struct wb_slice reason,
                       struct wb_buf *out)
{
    uint32_t n;
    bool failure = wb_report_is_failure(r);
    bool hard = is_hard(r, &wb_cat_schemes(r->cat, &n)[scheme], reason);
    member(out, "reason", reason);
    wb_buf_printf(out, ",\"hardbounce\":%s", hard ? "true" : "false");
    number(out, "softbounce", failure ? !hard : -1); /* version 4: -1 where it is no bounce */
}

/* Version 4 has "smtpcommand", version 5 "command". */
static void put_command(const struct wb_report *r, struct wb_buf *out)
{
    static const char *const commands[WB_STAGE_COUNT] = {
        [WB_STAGE_CONNECT] = "CONN",      [WB_STAGE_EHLO] = "EHLO",
        [WB_STAGE_STARTTLS] = "STARTTLS", [WB_STAGE_AUTH] = "AUTH",
        [WB_STAGE_MAIL] = "MAIL",         [WB_STAGE_RCPT] = "RCPT",
        [WB_STAGE_DATA] = "DATA",         [WB_STAGE_END_OF_DATA] = "DATA",
    };
    const char *command = commands[r->verdict.stage];
    member(out, "smtpcommand", wb_slice_str(command ? command : ""));
    member(out, "command", wb_slice_str(command ? command : ""));
}

static void put_diagnostic(const struct wb_report *r, struct wb_buf *out)
{
    char type[16], code[WB_NUMBER_ROOM], *end = code;
    struct wb_slice named = wb_slice_head(r->evidence->diagnostic_type, sizeof type);
    for (size_t i = 0; i < named.n; i++)
        type[i] = (char)(wb_is_alpha(named.p[i]) ? named.p[i] & ~0x20 : named.p[i]);
    if (r->verdict.reply_code > 0 && r->verdict.reply_code < 1000)
        end = wb_number_put(code, r->verdict.reply_code);
    member(out, "action", wb_action_name(r->evidence->action));
    member(out, "deliverystatus", wb_slice_str(r->status_text));
    member(out, "replycode", wb_slice_span(code, end));
    member(out, "diagnosticcode", r->verdict.diagnostic);
    member(out, "diagnostictype", wb_slice(type, named.n));
}

/* Version 4 has "smtpagent", version 5 "decodedby". */
static void put_servers(const struct wb_report *r, struct wb_buf *out)
{
    struct wb_slice dialect = wb_report_dialect(r);
    member(out, "lhost", r->extract->reporting_mta);
    member(out, "rhost", r->evidence->remote_mta);
    member(out, "smtpagent", dialect);
    member(out, "decodedby", dialect);
}

/* When the server took it, else when the message was sent: seconds of Unix, and the zone. */
static void put_time(const struct wb_report *r, struct wb_buf *out)
{
    struct wb_time taken = r->extract->arrival;
    struct wb_time t = taken.known ? taken : wb_original_sent(r->extract);
    int minutes = t.known ? t.zone : 0, size = minutes < 0 ? -minutes : minutes;
    number(out, "timestamp", t.known ? (long long)t.unix_seconds : 0);
    wb_buf_printf(out, ",\"timezoneoffset\":\"%c%02d%02d\"", minutes < 0 ? '-' : '+',
                  size / 60 % 100, size % 60);
}

static void put_report(const struct wb_report *r, uint16_t scheme, struct wb_buf *out)
{
    struct wb_slice reason = wb_advise_class(r, scheme);
    if (!reason.n)
        return;
    wb_buf_lit(out, "{\"catch\":null");
    member(out, "token", wb_slice(r->id_text, sizeof r->id_text));
    member(out, "origin", r->source);
    put_sender(r, out);
    put_recipient(r, out);
    put_reason(r, scheme, reason, out);
    put_command(r, out);
    put_diagnostic(r, out);
    put_servers(r, out);
    put_time(r, out);
    member(out, "feedbacktype", r->extract->feedback.type);
    member(out, "feedbackid", r->extract->original.feedback_id);
    wb_buf_lit(out, "}\n");
}

static void sisimai_page(const struct wb_page *page, struct wb_buf *out)
{
    uint16_t scheme = wb_cat_scheme_named(page->adviser.cat, wb_slice_str(own_name));
    for (size_t i = 0; scheme != WB_NO_INDEX && i < page->n; i++)
        put_report(&page->reports[i], scheme, out);
}

const struct wb_renderer wb_renderer_sisimai = {own_name, NULL, sisimai_page};
