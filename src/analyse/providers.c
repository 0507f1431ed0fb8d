/* SPDX-License-Identifier: BSD-2-Clause */
/* The providers of the catalogue, for a page that lists them. */
#include "whybounce.h"

#include "analyse.h"

static void put_domains(struct wb_session *s, uint16_t provider)
{
    uint32_t n;
    const struct wb_domain *domains = wb_cat_domains(s->cat, &n);
    bool first = true;
    for (uint32_t i = 0; i < n; i++) {
        if (!domains[i].name || domains[i].provider != provider ||
            !(domains[i].uses & WB_DOMAIN_RECIPIENT))
            continue;
        if (!first)
            wb_buf_byte(&s->out, ',');
        first = false;
        wb_json_string(&s->out, wb_cat_str(s->cat, domains[i].name));
    }
}

struct wb_string wb_describe_providers(struct wb_session *session)
{
    uint32_t count;
    struct wb_session *s = session;
    const struct wb_provider *providers = wb_cat_providers(s->cat, &count);
    wb_buf_clear(&s->out);
    for (uint32_t i = 0; i < count; i++) {
        wb_buf_lit(&s->out, "{\"provider\":");
        wb_json_string(&s->out, wb_cat_str(s->cat, providers[i].id));
        wb_buf_lit(&s->out, ",\"name\":");
        wb_json_string(&s->out, wb_cat_str(s->cat, providers[i].name[s->style.language]));
        wb_buf_lit(&s->out, ",\"page\":");
        wb_json_string(&s->out, wb_cat_str(s->cat, providers[i].page));
        wb_buf_lit(&s->out, ",\"domains\":[");
        put_domains(s, (uint16_t)i);
        wb_buf_lit(&s->out, "]}\n");
    }
    return (struct wb_string){s->out.n ? s->out.p : "", s->out.n};
}
