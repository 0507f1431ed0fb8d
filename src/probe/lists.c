/* SPDX-License-Identifier: BSD-2-Clause */
/* Is an address, or a domain, on a blocklist? What the lists say (dnsbl.c), as findings. */
#include "dnsbl.h"
#include "find.h"
#include "probe.h"
#include "limit_check.h"

struct work {
    const struct wb_probe *probe;
    struct wb_findings *findings;
    struct wb_slice address; /* or a domain, as people write it */
    struct wb_slice named;
    enum wb_finding_state untold; /* when no list could be asked */
};

/* The list's page, with the address in its place. */
static struct wb_slice page_of(const struct work *w, const struct wb_dnsbl *list)
{
    struct wb_slice page = wb_slice_str(list->page), mark = WB_S("{ip}");
    size_t at = wb_slice_find(page, mark);
    if (at == page.n)
        return page;
    struct wb_text out = wb_text_open(w->probe->arena, WB_MAX_FINDING_BYTES);
    wb_text_put(&out, wb_slice_head(page, at));
    wb_text_put(&out, w->address);
    wb_text_put(&out, wb_slice_from(page, at + mark.n));
    return wb_text_close(&out);
}

static struct wb_slice name_of(const struct wb_dnsbl *list)
{
    return wb_slice_str(list->name ? list->name : list->id);
}

/* A list that could not be asked is `unsure`: of many it is but a note. */
static enum wb_finding_state tell(struct work *w, const struct wb_dnsbl_fact *fact,
                                  enum wb_finding_state unsure)
{
    static const char *const ids[] = {[WB_DNSBL_CLEAN] = "blocklist.not-listed",
                                      [WB_DNSBL_LISTED] = "blocklist.listed",
                                      [WB_DNSBL_NO_ANSWER] = "blocklist.no-answer",
                                      [WB_DNSBL_REFUSED] = "blocklist.refuses",
                                      [WB_DNSBL_REWRITTEN] = "blocklist.made-up",
                                      [WB_DNSBL_EVERYTHING] = "blocklist.lists-all",
                                      [WB_DNSBL_DEAD] = "blocklist.dead"};
    const struct wb_dnsbl *list = fact->list;
    struct wb_slice name = name_of(list);
    bool listed = fact->result == WB_DNSBL_LISTED;
    enum wb_finding_state state = listed                           ? WB_FINDING_TROUBLE
                                  : fact->result == WB_DNSBL_CLEAN ? WB_FINDING_OK
                                                                   : unsure;
    wb_found(w->findings, state, ids[fact->result], w->address, name,
             listed || !fact->meaning ? WB_NONE : wb_slice_str(fact->meaning));
    if (listed && fact->meaning)
        wb_found(w->findings, WB_FINDING_NOTE, "blocklist.reason", w->address, name,
                 wb_slice_str(fact->meaning));
    if (listed && list->page[0])
        wb_found(w->findings, WB_FINDING_NOTE, "blocklist.page", w->address, page_of(w, list),
                 WB_NONE);
    return state;
}

/* Those that are silent in one line: behind some resolvers they are many. */
static void tell_silent(struct work *w, const struct wb_dnsbl_fact *facts, size_t n)
{
    struct wb_text names = wb_text_open(w->probe->arena, WB_MAX_FINDING_BYTES);
    for (size_t i = 0; i < n; i++) {
        if (facts[i].result != WB_DNSBL_NO_ANSWER)
            continue;
        wb_text_put(&names, names.n ? WB_S(", ") : WB_NONE);
        wb_text_put(&names, name_of(facts[i].list));
    }
    struct wb_slice all = wb_text_close(&names);
    if (all.n)
        wb_found(w->findings, WB_FINDING_NOTE, "blocklist.no-answer", w->address, all, WB_NONE);
}

/* Of the lists that no bounce names: listings, and in the end how many answered. */
static enum wb_finding_state tell_all(struct work *w, const struct wb_dnsbl_fact *facts, size_t n)
{
    size_t told = 0, listed = 0;
    for (size_t i = 0; i < n; i++) {
        told += facts[i].result <= WB_DNSBL_LISTED;
        listed += facts[i].result == WB_DNSBL_LISTED;
        if (facts[i].result != WB_DNSBL_CLEAN && facts[i].result != WB_DNSBL_NO_ANSWER)
            tell(w, &facts[i], WB_FINDING_NOTE);
    }
    tell_silent(w, facts, n);
    if (listed)
        return WB_FINDING_TROUBLE;
    if (!told)
        wb_found(w->findings, w->untold, "blocklist.none-told", w->address, WB_NONE, WB_NONE);
    else
        wb_found(w->findings, WB_FINDING_OK, "blocklist.clean", w->address,
                 wb_probe_number(w->probe, (long long)told), WB_NONE);
    return told ? WB_FINDING_OK : w->untold;
}

/* The list that the bounce names decides; of the others only listings are told. */
static enum wb_finding_state tell_named(struct work *w, const struct wb_dnsbl_fact *facts, size_t n,
                                        const struct wb_dnsbl_fact *named)
{
    enum wb_finding_state state = WB_FINDING_UNKNOWN;
    if (named)
        state = tell(w, named, WB_FINDING_UNKNOWN);
    else
        wb_found(w->findings, WB_FINDING_UNKNOWN, "blocklist.cannot-ask", w->named, WB_NONE,
                 WB_NONE);
    for (size_t i = 0; i < n; i++) {
        if (&facts[i] == named || facts[i].result != WB_DNSBL_LISTED)
            continue;
        tell(w, &facts[i], WB_FINDING_NOTE);
        if (!named)
            state = WB_FINDING_TROUBLE;
    }
    return state;
}

/* what: as a question writes it. */
static enum wb_finding_state ask(struct work *w, struct wb_slice what, enum wb_dnsbl_kind kind)
{
    const struct wb_probe *probe = w->probe;
    const struct wb_dnsbl_fact *its = NULL;
    size_t n;
    struct wb_dnsbl *lists = wb_dnsbl_lists(wb_data_blocklists, probe->arena, &n);
    for (size_t i = 0; lists && i < n; i++) /* others need a key, or mean several things */
        if (!lists[i].ask && !wb_slice_eq(w->named, wb_slice_str(lists[i].id)))
            lists[i].kinds = 0;
    struct wb_dnsbl_fact *facts = wb_dnsbl_check(probe->dns, probe->arena, lists, lists ? n : 0,
                                                 what, kind, probe->deadline, &n);
    for (size_t i = 0; i < n; i++)
        if (wb_slice_eq(w->named, wb_slice_str(facts[i].list->id)))
            its = &facts[i];
    return w->named.n ? tell_named(w, facts, n, its) : tell_all(w, facts, n);
}

enum wb_finding_state wb_probe_lists(const struct wb_probe *probe, const struct wb_ip *ip,
                                     struct wb_slice named, struct wb_findings *findings)
{
    struct work w = {probe, findings, wb_ip_text(ip, probe->arena), named, WB_FINDING_UNKNOWN};
    return ask(&w, wb_ip_backwards(ip, probe->arena),
               ip->family == AF_INET6 ? WB_DNSBL_IP6 : WB_DNSBL_IP4);
}

/* Lists of domains are few, and most refuse a resolver that many share: that is no doubt. */
enum wb_finding_state wb_probe_domain_lists(const struct wb_probe *probe, struct wb_slice domain,
                                            struct wb_slice named, struct wb_findings *findings)
{
    struct work w = {probe, findings, domain, named, WB_FINDING_NOTE};
    return ask(&w, domain, WB_DNSBL_DOMAIN);
}

bool wb_list_is_of_domains(const struct wb_probe *probe, struct wb_slice id)
{
    size_t n;
    const struct wb_dnsbl *lists = wb_dnsbl_lists(wb_data_blocklists, probe->arena, &n);
    for (size_t i = 0; lists && i < n; i++)
        if (wb_slice_eq(id, wb_slice_str(lists[i].id)))
            return lists[i].kinds == WB_DNSBL_DOMAIN;
    return false;
}
