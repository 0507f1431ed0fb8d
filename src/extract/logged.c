/* SPDX-License-Identifier: BSD-2-Clause */
/* What a line of a log quotes of a failure, read with what the catalogue knows of the server. */
#include "extract_int.h"
#include "logged.h"
#include "match.h"
#include "reply.h"
#include "utf8.h"

static void take(const struct wb_line_pattern *pattern, const struct wb_groups *groups,
                 struct wb_evidence *r)
{
    int remote = pattern->capture[WB_CAPTURE_REMOTE], ip = pattern->capture[WB_CAPTURE_IP];
    if (pattern->stage && !r->stage)
        r->stage = (enum wb_stage)pattern->stage;
    if (remote && !r->remote_mta.n)
        r->remote_mta = wb_slice_trim(groups->group[remote]);
    if (ip && !r->remote_ip.n)
        r->remote_ip = wb_reply_ip(groups->group[ip]);
}

/* "192.0.2.25 does not like recipient." stands alone on a line, as in the server's mails. */
static void read_line(struct wb_extract *ex, struct wb_slice line, struct wb_evidence *r)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_dialect *dialect = &wb_cat_dialects(ex->cat, &n)[ex->dialect];
    const struct wb_line_pattern *patterns = wb_cat_patterns(ex->cat, &n) + dialect->first_pattern;
    for (uint32_t i = 0; i < dialect->patterns; i++) {
        const struct wb_regex *regex = wb_cat_line_regex(ex->cat, &patterns[i]);
        if (patterns[i].role == WB_ROLE_FIELD && patterns[i].stage &&
            wb_regex_may_start(regex, line) && wb_regex_find(regex, ex->matcher, line, &groups))
            take(&patterns[i], &groups, r);
    }
}

struct wb_evidence *wb_extract_logged(struct wb_extract *ex, struct wb_slice address,
                                      struct wb_slice diagnostic)
{
    struct wb_evidence *r = wb_add_recipient(ex, address);
    struct wb_slice rest, line;
    if (!r)
        return NULL;
    diagnostic = wb_utf8_head(diagnostic, WB_MAX_DIAGNOSTIC_BYTES);
    diagnostic = wb_mail_unescape(ex->mail, diagnostic);
    r->diagnostic = wb_mail_utf8(ex->mail, diagnostic, WB_NONE);
    wb_extract_stage(ex, r, WB_NONE);
    rest = r->diagnostic;
    while (ex->dialect != WB_NO_INDEX && !r->stage && wb_slice_line(&rest, &line))
        read_line(ex, line, r);
    return r;
}
