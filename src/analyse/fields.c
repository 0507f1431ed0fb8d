/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports through the public header: single fields, and whole answers. */
#include "whybounce.h"

#include "analyse.h"
#include "check.h"

static struct wb_string public_string(struct wb_slice s)
{
    return (struct wb_string){s.n ? s.p : "", s.n};
}

/* Ids and codes are kept as numbers; their texts are made when the report is finished. */
static struct wb_slice text_of(const struct wb_report *r, enum wb_report_field field)
{
    const struct wb_verdict *v = &r->verdict;
    const struct wb_evidence *e = r->evidence;
    const struct wb_extract *ex = r->extract;
    bool failure = wb_report_is_failure(r);
    switch (field) {
    case WB_REPORT_REPORT_ID: return wb_slice(r->id_text, sizeof r->id_text);
    case WB_REPORT_FAILURE_KEY:
        return r->failure_key.high || r->failure_key.low ? wb_slice(r->key_text, sizeof r->key_text)
                                                         : WB_NONE;
    case WB_REPORT_KIND: return wb_kind_name(r->kind);
    case WB_REPORT_RECIPIENT: return e->address;
    case WB_REPORT_ORIGINAL_RECIPIENT: return e->original;
    case WB_REPORT_ACTION: return wb_action_name(e->action);
    case WB_REPORT_CAUSE: return wb_report_cause(r);
    case WB_REPORT_DETAIL: return failure ? v->detail : ex->detail;
    case WB_REPORT_CONFIDENCE: return failure ? wb_confidence_name(v->confidence) : WB_NONE;
    case WB_REPORT_PERMANENCE: return failure ? wb_permanence_name(v->permanence) : WB_NONE;
    case WB_REPORT_FAULT: return failure ? wb_fault_name(v->fault) : WB_NONE;
    case WB_REPORT_RESPONSIBLE: return failure ? wb_responsible_name(v->responsible) : WB_NONE;
    case WB_REPORT_RECOMMENDATION: return wb_recommendation_name(v->recommendation);
    case WB_REPORT_STATUS: return wb_slice_str(r->status_text);
    case WB_REPORT_STAGE: return wb_stage_name(v->stage);
    case WB_REPORT_DIAGNOSTIC: return v->diagnostic;
    case WB_REPORT_EVIDENCE_RULE: return failure ? v->rule : WB_NONE;
    case WB_REPORT_EVIDENCE_TEXT: return failure ? v->evidence : WB_NONE;
    case WB_REPORT_DIALECT: return wb_report_dialect(r);
    case WB_REPORT_PROVIDER: return wb_report_provider(r);
    case WB_REPORT_REPORTING_MTA: return ex->reporting_mta;
    case WB_REPORT_REMOTE_MTA: return e->remote_mta;
    case WB_REPORT_REMOTE_IP: return e->remote_ip;
    case WB_REPORT_BLOCKLIST: return wb_report_blocklist(r);
    case WB_REPORT_CLIENT_IP: return v->facts.client_ip;
    case WB_REPORT_PROVIDER_CODE: return v->facts.provider_code;
    case WB_REPORT_QUEUE_ID: return e->queue_id.n ? e->queue_id : ex->queue_id;
    case WB_REPORT_MESSAGE_ID: return ex->original.message_id;
    case WB_REPORT_SUBJECT: return ex->original.subject;
    case WB_REPORT_ENVELOPE_FROM: return ex->original.envelope_from;
    case WB_REPORT_CLASS: return wb_report_class(r);
    }
    return WB_NONE;
}

struct wb_string wb_report_string(const struct wb_report *report, enum wb_report_field field)
{
    return public_string(text_of(report, field));
}

int64_t wb_report_number(const struct wb_report *report, enum wb_report_amount field)
{
    const struct wb_facts *facts = &report->verdict.facts;
    switch (field) {
    case WB_REPORT_REPLY_CODE: return report->verdict.reply_code;
    case WB_REPORT_SIZE_LIMIT: return facts->size_limit;
    case WB_REPORT_MESSAGE_SIZE: return facts->message_size;
    case WB_REPORT_RECIPIENT_LIMIT: return facts->recipient_limit;
    case WB_REPORT_RETRY_AFTER: return facts->retry_after;
    case WB_REPORT_EVIDENCE_OFFSET: return report->evidence_offset;
    case WB_REPORT_LAST_ATTEMPT: return report->evidence->last_attempt.unix_seconds;
    }
    return 0;
}

/* ---- whole answers ---- */

static void render(struct wb_session *session, const struct wb_analysis *analysis, const char *form,
                   struct wb_buf *out)
{
    const struct wb_renderer *renderer = wb_renderer_named(wb_slice_str(form));
    struct wb_page page = {
        .reports = analysis->reports,
        .n = analysis->count,
        .adviser = {session->cat, &session->arena, session->style.language},
        .style = &session->style,
    };
    if (renderer)
        renderer->page(&page, out);
}

struct wb_string wb_analysis_render(struct wb_session *session, const struct wb_analysis *analysis,
                                    const char *form)
{
    wb_buf_clear(&session->out);
    render(session, analysis, form, &session->out);
    return public_string(wb_buf_slice(&session->out));
}

void wb_analysis_append(struct wb_session *session, const struct wb_analysis *analysis,
                        const char *form, char **text, size_t *length, size_t *room)
{
    struct wb_buf out = {*text, *length, *room};
    WB_CHECK(out.n <= out.cap);
    render(session, analysis, form, &out);
    *text = out.p;
    *length = out.n;
    *room = out.cap;
}

const char *wb_form_name(size_t i)
{
    const struct wb_renderer *renderer = wb_renderer_at(i);
    return renderer ? renderer->name : NULL;
}

struct wb_string wb_form_head(struct wb_session *session, const char *form)
{
    const struct wb_renderer *renderer = wb_renderer_named(wb_slice_str(form));
    wb_buf_clear(&session->out);
    if (renderer && renderer->head)
        renderer->head(session->kept_names, session->kept, session->scheme != WB_NO_INDEX,
                       &session->out);
    return public_string(wb_buf_slice(&session->out));
}

struct wb_string wb_mail_json(struct wb_session *session, const void *bytes, size_t length)
{
    return wb_analysis_render(session, wb_analyse_mail(session, bytes, length), "json");
}
