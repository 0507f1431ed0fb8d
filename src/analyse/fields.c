/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports through the public header: single fields, and whole answers. */
#include "whybounce.h"

#include <stdio.h>

#include "analyse.h"
#include "check.h"
#include "render.h"

static struct wb_string text(struct wb_slice s)
{
    return (struct wb_string){s.n ? s.p : "", s.n};
}

struct wb_string wb_analysis_json(struct wb_session *session, const struct wb_analysis *analysis)
{
    wb_buf_clear(&session->out);
    for (uint32_t i = 0; i < analysis->count; i++)
        wb_render_json(&analysis->reports[i], &session->out);
    return text(wb_buf_slice(&session->out));
}

struct wb_string wb_mail_json(struct wb_session *session, const void *bytes, size_t length)
{
    return wb_analysis_json(session, wb_analyse_mail(session, bytes, length));
}
