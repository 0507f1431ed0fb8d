/* SPDX-License-Identifier: BSD-2-Clause */
/* CSV (RFC 4180) for spreadsheets. */
#include "render.h"

static void next(struct wb_buf *out)
{
    wb_buf_byte(out, ',');
}

static void number(struct wb_buf *out, long long n)
{
    if (n)
        wb_buf_number(out, n);
}

static void code(struct wb_buf *out, struct wb_code c)
{
    if (c.class)
        wb_buf_printf(out, "%d.%d.%d", c.class, c.subject, c.detail);
}

static void date(struct wb_buf *out, struct wb_time t)
{
    char iso[32];
    if (!t.known)
        return;
    wb_date_iso(t, iso);
    wb_buf_put(out, wb_slice_str(iso));
}

static void hash(struct wb_buf *out, struct wb_hash h)
{
    char hex[32];
    if (!h.high && !h.low)
        return;
    wb_hash_hex(h, hex);
    wb_buf_put(out, wb_slice(hex, sizeof hex));
}

static void put_cells(struct wb_buf *out, const struct wb_slice *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        wb_buf_cell(out, cells[i]);
        next(out);
    }
}

static void csv_row(const struct wb_report *r, struct wb_buf *out)
{
    const struct wb_verdict *v = &r->verdict;
    const struct wb_extract *ex = r->extract;
    bool failure = wb_report_is_failure(r);
    wb_buf_cell(out, r->source);
    next(out);
    wb_buf_number(out, r->index);
    next(out);
    const struct wb_slice verdict[] = {
        wb_kind_name(r->kind),
        r->evidence->address,
        wb_report_cause(r),
        failure ? v->detail : ex->detail,
        failure ? wb_confidence_name(v->confidence) : WB_NONE,
        failure ? wb_permanence_name(v->permanence) : WB_NONE,
        failure ? wb_fault_name(v->fault) : WB_NONE,
        failure ? wb_responsible_name(v->responsible) : WB_NONE,
        wb_recommendation_name(v->recommendation),
    };
    put_cells(out, verdict, sizeof verdict / sizeof verdict[0]);
    code(out, v->status);
    next(out);
    number(out, v->reply_code);
    next(out);
    const struct wb_slice proof[] = {
        wb_stage_name(v->stage), v->diagnostic,          failure ? v->rule : WB_NONE,
        wb_report_provider(r),   wb_report_dialect(r),   ex->reporting_mta,
        r->evidence->remote_mta, r->evidence->remote_ip, wb_report_blocklist(r),
        v->facts.client_ip,
    };
    put_cells(out, proof, sizeof proof / sizeof proof[0]);
    date(out, ex->arrival);
    next(out);
    const struct wb_slice original[] = {ex->original.message_id, ex->original.from, ex->original.to,
                                        ex->original.subject};
    put_cells(out, original, sizeof original / sizeof original[0]);
    hash(out, r->report_id);
    next(out);
    hash(out, r->failure_key);
    if (r->scheme != WB_NO_INDEX) {
        next(out);
        wb_buf_cell(out, wb_report_class(r));
    }
    for (uint32_t i = 0; i < r->kept; i++) {
        next(out);
        wb_buf_cell(out, r->kept_values[i]);
    }
    wb_buf_lit(out, "\r\n");
}

static void csv_head(const struct wb_slice *kept_names, uint32_t kept, bool classes,
                     struct wb_buf *out)
{
    wb_buf_lit(out, "source,index,kind,recipient,cause,detail,confidence,permanence,fault,"
                    "responsible,recommendation,status,reply_code,stage,diagnostic,rule,provider,"
                    "dialect,reporting_mta,remote_mta,remote_ip,blocklist,client_ip,arrival_date,"
                    "message_id,from,to,subject,report_id,failure_key");
    if (classes)
        wb_buf_lit(out, ",class");
    for (uint32_t i = 0; i < kept; i++) {
        next(out);
        wb_buf_cell(out, kept_names[i]);
    }
    wb_buf_lit(out, "\r\n");
}

static void csv_page(const struct wb_page *page, struct wb_buf *out)
{
    for (size_t i = 0; i < page->n; i++)
        csv_row(&page->reports[i], out);
}

const struct wb_renderer wb_renderer_csv = {"csv", csv_head, csv_page};
