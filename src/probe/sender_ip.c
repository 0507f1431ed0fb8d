/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address from which a server sends: does it have a name in DNS that leads back to it, and is
 * it on a blocklist?
 */
#include <stdio.h>

#include "probe.h"

enum { MOST_LISTS = 48, MOST_NAMES = 5 };

struct work {
    struct wb_probe *probe;
    struct wb_findings *findings;
    struct wb_slice subject;
    struct wb_ip ip;
};

static void found(struct work *w, enum wb_finding_state state, const char *id, struct wb_slice a,
                  struct wb_slice b)
{
    wb_found(w->findings, state, id, w->subject, a, b);
}

/* ---- its name ---- */

static bool leads_back(struct work *w, struct wb_slice name)
{
    bool v4 = w->ip.family == AF_INET;
    struct wb_dns_question q =
        wb_dns_ask_one(w->probe->dns, wb_probe_string(w->probe, name), v4 ? WB_DNS_A : WB_DNS_AAAA,
                       wb_probe_dns_deadline(w->probe));
    for (size_t i = 0; i < q.n; i++)
        if (memcmp(q.records[i].data.p, w->ip.bytes, v4 ? 4 : 16) == 0)
            return true;
    return false;
}

/* PTR, and a name of it that leads back to the address: forward-confirmed. */
static void check_name(struct work *w)
{
    struct wb_slice name = wb_backwards(
        &w->ip, w->ip.family == AF_INET ? "in-addr.arpa" : "ip6.arpa", w->probe->arena);
    struct wb_dns_question q = wb_dns_ask_one(w->probe->dns, name.n ? name.p : "", WB_DNS_PTR,
                                              wb_probe_dns_deadline(w->probe));
    if (q.status == WB_DNS_NXDOMAIN || q.status == WB_DNS_NODATA) {
        found(w, WB_FINDING_TROUBLE, "ptr.none", WB_NONE, WB_NONE);
        return;
    }
    if (!q.n) {
        found(w, WB_FINDING_UNKNOWN, "ptr.unknown", wb_dns_status_name(q.status), WB_NONE);
        return;
    }
    for (size_t i = 0; i < q.n && i < MOST_NAMES; i++)
        if (leads_back(w, q.records[i].data)) {
            found(w, WB_FINDING_OK, "ptr.confirmed", q.records[i].data, WB_NONE);
            return;
        }
    found(w, WB_FINDING_TROUBLE, "ptr.elsewhere", q.records[0].data, WB_NONE);
}

/* ---- blocklists ---- */

/* The list's page, with the address in its place. */
static struct wb_slice page_of(struct work *w, const struct wb_blocklist *list)
{
    const char *mark = strstr(list->page, "{ip}");
    if (!mark)
        return wb_slice_str(list->page);
    struct wb_text out = wb_text_open(w->probe->arena, WB_MAX_FINDING_BYTES);
    wb_text_put(&out, wb_slice_span(list->page, mark));
    wb_text_put(&out, w->subject);
    wb_text_put(&out, wb_slice_str(mark + 4));
    return wb_text_close(&out);
}

/* True when the list gave an answer to go by. */
static bool judge_list(struct work *w, const struct wb_blocklist *list,
                       const struct wb_dns_question *q)
{
    static const char *const why[] = {
        [WB_LISTING_NO_ANSWER] = "blocklist.no-answer", [WB_LISTING_REFUSES] = "blocklist.refuses",
        [WB_LISTING_DEAD] = "blocklist.dead",           [WB_LISTING_ALL] = "blocklist.lists-all",
        [WB_LISTING_MADE_UP] = "blocklist.made-up",
    };
    const char *what;
    enum wb_listing listing = wb_list_judge(list, q, &what);
    struct wb_slice name = wb_slice_str(list->name);
    if (listing == WB_LISTING_YES)
        found(w, WB_FINDING_TROUBLE, "blocklist.listed", name, page_of(w, list));
    if (listing == WB_LISTING_YES && what)
        found(w, WB_FINDING_NOTE, "blocklist.reason", name, wb_slice_str(what));
    if (listing > WB_LISTING_YES)
        found(w, WB_FINDING_NOTE, why[listing], name, wb_slice_str(what ? what : ""));
    return listing <= WB_LISTING_YES;
}

static void check_lists(struct work *w)
{
    const struct wb_blocklist *list = w->probe->options->blocklists;
    struct wb_dns_question q[MOST_LISTS * WB_LIST_QUESTIONS];
    size_t n = 0, told = 0, troubles = w->findings->n;
    for (; n < MOST_LISTS && list[n].zone; n++)
        if (!wb_list_questions(&list[n], &w->ip, w->probe->arena, &q[n * WB_LIST_QUESTIONS]))
            return;
    wb_dns_ask(w->probe->dns, q, n * WB_LIST_QUESTIONS, wb_probe_dns_deadline(w->probe));
    for (size_t i = 0; i < n; i++)
        told += judge_list(w, &list[i], &q[i * WB_LIST_QUESTIONS]);
    bool listed = false;
    for (size_t i = troubles; i < w->findings->n; i++)
        listed |= w->findings->items[i].state == WB_FINDING_TROUBLE;
    char count[24];
    snprintf(count, sizeof count, "%zu", told);
    if (!told)
        found(w, WB_FINDING_UNKNOWN, "blocklist.none-told", WB_NONE, WB_NONE);
    else if (!listed)
        found(w, WB_FINDING_OK, "blocklist.clean", wb_slice_str(count), WB_NONE);
}

void wb_probe_sender_ip(struct wb_probe *probe, struct wb_slice subject,
                        struct wb_findings *findings)
{
    struct work *w = wb_arena_alloc(probe->arena, sizeof *w);
    if (!w || !wb_ip_read(subject, &w->ip))
        return;
    w->probe = probe;
    w->findings = findings;
    w->subject = subject;
    if (wb_ip_is_private(&w->ip) && !probe->options->private_too) {
        found(w, WB_FINDING_UNKNOWN, "ip.private", WB_NONE, WB_NONE);
        return;
    }
    check_name(w);
    check_lists(w);
}
