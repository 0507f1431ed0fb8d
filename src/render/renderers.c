/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of renderers, and what several of them need to know of a report. The names come from
 * src/meson.build: WB_RENDERERS is X(json)X(csv)...
 */
#include "render.h"

#include "address.h"

#define X(name) extern const struct wb_renderer wb_renderer_##name;
WB_RENDERERS
#undef X

static const struct wb_renderer *const renderers[] = {
#define X(name) &wb_renderer_##name,
    WB_RENDERERS
#undef X
};

const struct wb_renderer *wb_renderer_at(size_t i)
{
    return i < sizeof renderers / sizeof renderers[0] ? renderers[i] : NULL;
}

const struct wb_renderer *wb_renderer_named(struct wb_slice name)
{
    const struct wb_renderer *r;
    for (size_t i = 0; (r = wb_renderer_at(i)); i++)
        if (wb_slice_eq(name, wb_slice_str(r->name)))
            return r;
    return NULL;
}

bool wb_report_is_failure(const struct wb_report *r)
{
    return r->kind == WB_KIND_BOUNCE || r->kind == WB_KIND_DELAY;
}

struct wb_slice wb_report_cause(const struct wb_report *r)
{
    uint32_t n;
    if (!wb_report_is_failure(r))
        return WB_NONE;
    return wb_cat_str(r->cat, wb_cat_causes(r->cat, &n)[r->verdict.cause].id);
}

struct wb_slice wb_report_class(const struct wb_report *r)
{
    return r->scheme == WB_NO_INDEX ? WB_NONE : wb_advise_class(r, r->scheme);
}

struct wb_slice wb_report_provider(const struct wb_report *r)
{
    uint32_t n;
    uint16_t i = r->verdict.provider;
    return i == WB_NO_INDEX ? WB_NONE : wb_cat_str(r->cat, wb_cat_providers(r->cat, &n)[i].id);
}

struct wb_slice wb_report_dialect(const struct wb_report *r)
{
    uint32_t n;
    uint16_t i = r->extract->dialect;
    return i == WB_NO_INDEX ? WB_NONE : wb_cat_str(r->cat, wb_cat_dialects(r->cat, &n)[i].id);
}

struct wb_slice wb_report_blocklist(const struct wb_report *r)
{
    uint32_t n;
    const struct wb_facts *f = &r->verdict.facts;
    return f->blocklist == WB_NO_INDEX
               ? f->blocklist_name
               : wb_cat_str(r->cat, wb_cat_blocklists(r->cat, &n)[f->blocklist].id);
}

struct wb_slice wb_report_never_sent(const struct wb_adviser *a, const struct wb_report *r)
{
    return r->kind == WB_KIND_BOUNCE && !r->extract->bare ? wb_advise_never_sent(a, r) : WB_NONE;
}

static bool says_the_same(const struct wb_report *a, const struct wb_report *b)
{
    const struct wb_verdict *x = &a->verdict, *y = &b->verdict;
    return a->kind == b->kind && x->cause == y->cause && wb_slice_eq(x->detail, y->detail) &&
           wb_slice_eq(x->rule, y->rule) && x->permanence == y->permanence &&
           x->provider == y->provider && x->own_server == y->own_server &&
           wb_slice_eqi(wb_address_domain(a->evidence->address),
                        wb_address_domain(b->evidence->address));
}

size_t wb_page_group(const struct wb_page *page, size_t first)
{
    size_t n = 1;
    while (first + n < page->n && says_the_same(&page->reports[first], &page->reports[first + n]))
        n++;
    return n;
}
