/* SPDX-License-Identifier: BSD-2-Clause */
#include "mta_sts.h"

#include <pthread.h>

#include "https.h"
#include "sts.h"
#include "limit_check.h"

enum {
    ARENA_BYTES = 512 << 10,
    LONGEST_NAME = 256 + 16,
    MARGIN = 300 /* milliseconds that remain to a check when the time for the policy is over */
};

/* The thread writes into it until it is joined; nobody else does. */
struct wb_mta_sts {
    const struct wb_probe *probe;
    struct wb_slice domain;
    pthread_t thread;
    struct wb_arena arena;
    wb_limit_set limits;
    struct wb_dns *dns;
    int64_t deadline;
    /* what was found */
    bool answered; /* DNS told whether there is a record */
    enum wb_sts_record record;
    bool has_address;
    struct wb_https get;
};

/* ---- getting it ---- */

static void add_addresses(struct wb_https *get, const struct wb_dns_question *q)
{
    for (size_t i = 0; i < q->n && get->n < WB_HTTPS_ADDRESSES; i++)
        get->n += wb_ip_of_record(q->records[i].data, &get->ip[get->n]);
}

static struct wb_slice joined(struct wb_arena *arena, struct wb_slice a, struct wb_slice b)
{
    struct wb_text text = wb_text_open(arena, LONGEST_NAME);
    wb_text_put(&text, a);
    wb_text_put(&text, b);
    return wb_text_close(&text);
}

static void *find(void *argument)
{
    struct wb_mta_sts *p = argument;
    struct wb_probe own = {.arena = &p->arena, .dns = p->dns, .deadline = p->deadline};
    const char *host = wb_probe_name(&own, joined(&p->arena, WB_S("mta-sts."), p->domain));
    struct wb_dns_question q[] = {
        {wb_probe_name(&own, joined(&p->arena, WB_S("_mta-sts."), p->domain)), .type = WB_DNS_TXT},
        {host, .type = WB_DNS_A},
        {host, .type = WB_DNS_AAAA}};
    wb_dns_ask(p->dns, q, 3, wb_probe_dns_deadline(&own));
    p->answered = !wb_dns_silent(&q[0]);
    p->record = wb_sts_record_read(q[0].records, q[0].n);
    p->has_address = q[1].n + q[2].n > 0;
    if (p->record != WB_STS_ONE || !p->has_address)
        return NULL;
    p->get = (struct wb_https){.host = host,
                               .path = "/.well-known/mta-sts.txt",
                               .port = p->probe->options->https_port,
                               .private_too = p->probe->options->private_too};
    if (p->probe->options->dns.asking)
        p->probe->options->dns.asking("HTTPS", wb_slice_str(host), 0);
    add_addresses(&p->get, &q[1]);
    add_addresses(&p->get, &q[2]);
    wb_https_get(&p->get, &p->arena, p->deadline);
    return NULL;
}

static void give_back(struct wb_mta_sts *p)
{
    wb_dns_close(p->dns);
    wb_arena_close(&p->arena);
}

struct wb_mta_sts *wb_mta_sts_begin(const struct wb_probe *probe, struct wb_slice domain)
{
    struct wb_status status;
    struct wb_mta_sts *p = wb_arena_alloc(probe->arena, sizeof *p);
    if (!p || !wb_arena_open(&p->arena, ARENA_BYTES, &p->limits))
        return NULL;
    int64_t by = wb_now() + WB_MAX_GUARD_TIME, last = probe->deadline - MARGIN;
    p->probe = probe;
    p->domain = domain;
    p->deadline = by < last ? by : last;
    p->dns = wb_dns_open(&probe->options->dns, &p->arena, &status);
    if (p->dns && pthread_create(&p->thread, NULL, find, p) == 0)
        return p;
    give_back(p);
    return NULL;
}

/* ---- why there is none ---- */

static void found(struct wb_mta_sts *p, struct wb_findings *f, const char *id,
                  struct wb_slice value)
{
    wb_found(f, WB_FINDING_NOTE, id, p->domain, value, WB_NONE);
}

/* What became of the record and the fetch, where that is the end of it. */
static bool judge_fetch(struct wb_mta_sts *p, struct wb_findings *f)
{
    static const char *const ends[] = {
        [WB_HTTPS_UNREACHABLE] = "sts.unreachable", [WB_HTTPS_FORBIDDEN] = "sts.private",
        [WB_HTTPS_CERTIFICATE] = "sts.certificate", [WB_HTTPS_NO_TLS] = "sts.no-tls",
        [WB_HTTPS_SILENT] = "sts.silent",           [WB_HTTPS_BROKEN] = "sts.no-http",
        [WB_HTTPS_TOO_LARGE] = "sts.too-large"};
    if (!p->answered || p->record == WB_STS_ABSENT) {
        if (p->probe->options->details)
            found(p, f, p->answered ? "sts.absent" : "sts.unknown", WB_NONE);
    } else if (p->record != WB_STS_ONE) {
        found(p, f, p->record == WB_STS_SEVERAL ? "sts.several-records" : "sts.record-broken",
              WB_NONE);
    } else if (!p->has_address) {
        found(p, f, "sts.no-host", WB_NONE);
    } else if (p->get.end != WB_HTTPS_ANSWERED) {
        found(p, f, ends[p->get.end], p->get.reason);
    } else {
        return true;
    }
    return false;
}

/* RFC 8461 3.3: 200 alone counts, and the text has to be plain. */
static bool judge_answer(struct wb_mta_sts *p, struct wb_findings *f)
{
    struct wb_slice rest = p->get.http.type, type = wb_slice_trim(wb_slice_cut(&rest, ';'));
    if (p->get.http.status != 200)
        found(p, f, "sts.status", wb_probe_number(p->probe, p->get.http.status));
    else if (!wb_slice_eqi(type, WB_S("text/plain")))
        found(p, f, "sts.type", type.n ? type : WB_S("-"));
    else
        return true;
    return false;
}

/* ---- the servers ---- */

enum fit { UNTESTED, FITS, NO_FIT };

/* Whether a server's encryption is what a sender asks for that honours the policy (4.2). */
static enum fit encryption_of(struct wb_slice host, const struct wb_talk *talks, size_t n)
{
    enum fit fit = UNTESTED;
    for (size_t i = 0; i < n; i++) {
        const struct wb_talk *t = &talks[i];
        if (t->end != WB_TALK_WELL || !wb_slice_eq(t->host, host) || t->tls == WB_TLS_SILENT)
            continue;
        if (t->tls != WB_TLS_WELL)
            return NO_FIT;
        fit = FITS;
    }
    return fit;
}

static void judge_servers(struct wb_mta_sts *p, const struct wb_sts_policy *policy,
                          const struct wb_servers *servers, const struct wb_talk *talks, size_t n,
                          struct wb_findings *f)
{
    bool enforce = policy->mode == WB_STS_ENFORCE;
    enum wb_finding_state bad = enforce ? WB_FINDING_TROUBLE : WB_FINDING_NOTE;
    size_t good = 0, wrong = 0;
    for (size_t i = 0; i < servers->n; i++) {
        struct wb_slice host = servers->of[i].name;
        bool listed = wb_sts_lists(policy, host);
        enum fit fit = encryption_of(host, talks, n);
        good += fit == FITS && listed;
        wrong += fit == NO_FIT || !listed;
        if (!listed)
            wb_found(f, bad, enforce ? "sts.not-listed" : "sts.not-listed-testing", host, p->domain,
                     WB_NONE);
        else if (fit == NO_FIT)
            wb_found(f, bad, enforce ? "sts.bad-tls" : "sts.bad-tls-testing", host, p->domain,
                     WB_NONE);
    }
    struct wb_slice mode = enforce ? WB_S("enforce") : WB_S("testing");
    if (!wrong)
        wb_found(f, good ? WB_FINDING_OK : WB_FINDING_NOTE, good ? "sts.well" : "sts.untested",
                 p->domain, mode, WB_NONE);
}

void wb_mta_sts_end(struct wb_mta_sts *p, const struct wb_servers *servers,
                    const struct wb_talk *talks, size_t n, struct wb_findings *findings)
{
    struct wb_sts_policy policy;
    struct wb_slice wrong;
    if (!p)
        return;
    pthread_join(p->thread, NULL);
    if (judge_fetch(p, findings) && judge_answer(p, findings)) {
        if (!wb_sts_policy_read(p->get.http.body, &policy, &wrong))
            found(p, findings, "sts.policy-broken", wrong);
        else if (policy.mode == WB_STS_NONE)
            found(p, findings, "sts.mode-none", WB_NONE);
        else
            judge_servers(p, &policy, servers, talks, n, findings);
    }
    give_back(p);
}
