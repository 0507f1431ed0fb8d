/* SPDX-License-Identifier: BSD-2-Clause */
#include "dnssec.h"
#include "limit_check.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unbound.h>
#include <unistd.h>

enum { MOST_PENDING = 96, LONGEST_LINE = 4096, LONGEST_ADDRESS = 80, CLASS_IN = 1, DNSKEY = 48 };

struct pending {
    struct wb_dnssec *dnssec;
    struct wb_dnssec_question *q;
    int id;
    bool open;
};

struct wb_dnssec {
    struct wb_arena *arena;
    struct ub_ctx *ub;
    struct pending pending[MOST_PENDING];
    size_t n, open;
    struct wb_dnssec_question anchor; /* its keys validate: signatures do come through */
    char anchor_name[WB_MAX_SUBJECT];
};

/* ---- the trust anchor ---- */

/* The name that a line "name [ttl] IN DNSKEY|DS ..." is about; false for blank lines and remarks.
 */
static bool take_owner(const char *line, char owner[WB_MAX_SUBJECT])
{
    size_t n = strcspn(line, " \t\r\n");
    if (n == 0 || n >= WB_MAX_SUBJECT || strchr(";#$", line[0]))
        return false;
    memcpy(owner, line, n);
    owner[n] = '\0';
    return true;
}

static bool read_owner(const char *path, char owner[WB_MAX_SUBJECT])
{
    char line[LONGEST_LINE];
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file))
        found = take_owner(line, owner);
    if (file)
        fclose(file);
    return found;
}

/* The file that was named; else where Debian, unbound and others keep the keys of the root. */
static const char *find_anchor(const struct wb_probe_options *o, char owner[WB_MAX_SUBJECT])
{
    static const char *const usual[] = {"/usr/share/dns/root.key", "/var/lib/unbound/root.key",
                                        "/etc/unbound/root.key", "/etc/trusted-key.key"};
    if (o->trust_anchor)
        return read_owner(o->trust_anchor, owner) ? o->trust_anchor : NULL;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (read_owner(usual[i], owner))
            return usual[i];
    return NULL;
}

/* ---- opening ---- */

/* "192.0.2.1:5300", "[2001:db8::1]:53" as libunbound writes it: "192.0.2.1@5300". */
static bool resolver_for_unbound(const char *text, char out[LONGEST_ADDRESS])
{
    const char *colon = strrchr(text, ':'), *close = strchr(text, ']');
    bool bracket = text[0] == '[' && close;
    if (bracket ? close[1] != ':' : !colon || strchr(text, ':') != colon)
        colon = NULL; /* no port, and perhaps colons of IPv6 */
    struct wb_slice host = bracket ? wb_slice_span(text + 1, close)
                           : colon ? wb_slice_span(text, colon)
                                   : wb_slice_str(text);
    int n = snprintf(out, LONGEST_ADDRESS, "%.*s%s%s", WB_F(host), colon ? "@" : "",
                     colon ? colon + 1 : "");
    return n > 0 && n < LONGEST_ADDRESS;
}

/* Settings before anything else: a question or a removed zone makes them final. */
static bool configure(struct ub_ctx *ub, const char *resolver, const char *anchor)
{
    static const struct {
        const char *name, *value;
    } options[] = {{"do-not-query-localhost:", "no"}, /* a resolver may run on this machine */
                   {"edns-buffer-size:", "1232"},
                   {"aggressive-nsec:", "no"}};
    char address[LONGEST_ADDRESS];
    ub_ctx_debugout(ub, NULL);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (ub_ctx_set_option(ub, options[i].name, options[i].value))
            return false;
    if (resolver ? !resolver_for_unbound(resolver, address) || ub_ctx_set_fwd(ub, address)
                 : ub_ctx_resolvconf(ub, NULL) != 0)
        return false;
    /* a thread, not a process; "test." is a zone of its own that answers nothing by default */
    return !ub_ctx_add_ta_file(ub, anchor) && !ub_ctx_async(ub, 1) &&
           !ub_ctx_zone_remove(ub, "test.");
}

/*
 * A context has some ten descriptors open, and one more for each question under way. libunbound's
 * event library ends the program when there are none left, so it is not let come to that.
 */
static atomic_size_t contexts;

static bool take_context(void)
{
    enum { DESCRIPTORS = 32 };
    struct rlimit files;
    size_t most = getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur / DESCRIPTORS : 0;
    if (atomic_fetch_add(&contexts, 1) < most)
        return true;
    atomic_fetch_sub(&contexts, 1);
    return false;
}

static void give_context_back(struct ub_ctx *ub)
{
    ub_ctx_delete(ub);
    atomic_fetch_sub(&contexts, 1);
}

/* libunbound sets up its log for all threads in the first context. */
static struct ub_ctx *create_context(const char *resolver, const char *anchor)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    if (!take_context())
        return NULL;
    pthread_mutex_lock(&lock);
    struct ub_ctx *ub = ub_ctx_create();
    bool good = ub && configure(ub, resolver, anchor);
    pthread_mutex_unlock(&lock);
    if (good)
        return ub;
    give_context_back(ub);
    return NULL;
}

struct wb_dnssec *wb_dnssec_open(const struct wb_probe *probe)
{
    struct wb_dnssec *d = wb_arena_alloc(probe->arena, sizeof *d);
    const char *anchor = d ? find_anchor(probe->options, d->anchor_name) : NULL;
    if (!anchor)
        return NULL;
    d->arena = probe->arena;
    d->ub = create_context(probe->options->dns.resolver, anchor);
    if (!d->ub)
        return NULL;
    d->anchor = (struct wb_dnssec_question){.name = d->anchor_name, .type = DNSKEY};
    wb_dnssec_ask(d, &d->anchor, 1);
    return d;
}

/* ---- questions ---- */

static void copy_records(struct wb_dnssec *d, struct wb_dnssec_question *q,
                         const struct ub_result *result)
{
    size_t n = 0;
    while (result->data && result->data[n])
        n++;
    q->cut = n > WB_MAX_DNS_RECORDS;
    n = q->cut ? WB_MAX_DNS_RECORDS : n;
    q->records = wb_arena_alloc(d->arena, (n + 1) * sizeof *q->records);
    if (!q->records) {
        q->state = WB_DNSSEC_UNKNOWN;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct wb_slice data = wb_slice(result->data[i], (size_t)result->len[i]);
        q->records[q->n] = wb_arena_copy(d->arena, data);
        q->cut |= q->records[q->n].n < data.n;
        q->n += q->records[q->n].n > 0;
    }
}

/* "validation failure <example.org. MX IN>: signature expired": what stands behind the question. */
static struct wb_slice reason_in(struct wb_dnssec *d, struct wb_slice text)
{
    size_t at = wb_slice_find(text, WB_S(">: "));
    text = wb_slice_from(text, at < text.n ? at + 3 : 0);
    return wb_arena_copy(d->arena, wb_slice_head(text, WB_MAX_FINDING_BYTES));
}

static void take_result(struct wb_dnssec *d, struct wb_dnssec_question *q,
                        const struct ub_result *result)
{
    enum { NOERROR = 0, NXDOMAIN = 3 };
    q->answered = result->rcode == NOERROR || result->rcode == NXDOMAIN;
    struct wb_slice name = wb_slice_str(q->name);
    struct wb_slice end = wb_slice_str(result->canonname ? result->canonname : "");
    if (end.n && end.p[end.n - 1] == '.')
        end.n--;
    if (end.n && !wb_slice_eqi(end, name))
        q->cname = wb_arena_lower(d->arena, end);
    if (result->bogus && result->why_bogus)
        q->reason = reason_in(d, wb_slice_str(result->why_bogus));
    q->state = result->bogus    ? WB_DNSSEC_BOGUS
               : result->secure ? WB_DNSSEC_SECURE
               : q->answered    ? WB_DNSSEC_UNSIGNED
                                : WB_DNSSEC_UNKNOWN;
    copy_records(d, q, result);
}

static void answered(void *setting, int error, struct ub_result *result)
{
    struct pending *p = setting;
    p->open = false;
    p->dnssec->open--;
    if (!error && result)
        take_result(p->dnssec, p->q, result);
    ub_resolve_free(result);
}

void wb_dnssec_ask(struct wb_dnssec *d, struct wb_dnssec_question *questions, size_t n)
{
    for (size_t i = 0; i < n && d->n < MOST_PENDING; i++) {
        struct pending *p = &d->pending[d->n++];
        *p = (struct pending){.dnssec = d, .q = &questions[i], .open = true};
        d->open++;
        if (ub_resolve_async(d->ub, questions[i].name, questions[i].type, CLASS_IN, p, answered,
                             &p->id) == 0)
            continue;
        p->open = false;
        d->open--;
    }
}

/* What is bogus where even the anchor does not validate says nothing. */
static void doubt(struct wb_dnssec *d)
{
    for (size_t i = 0; i < d->n && d->anchor.state != WB_DNSSEC_SECURE; i++)
        d->pending[i].q->state = WB_DNSSEC_UNKNOWN;
}

void wb_dnssec_wait(struct wb_dnssec *d, int64_t deadline)
{
    int64_t left = deadline - wb_now();
    while (d->open) { /* what has come already is taken also when the time is over */
        struct pollfd fd = {.fd = ub_fd(d->ub), .events = POLLIN};
        int ready = poll(&fd, 1, left > 0 ? (int)left : 0);
        if (ready > 0 ? ub_process(d->ub) != 0 : left <= 0)
            break;
        left = deadline - wb_now();
    }
    for (size_t i = 0; i < d->n; i++)
        if (d->pending[i].open) {
            ub_cancel(d->ub, d->pending[i].id);
            d->pending[i].open = false;
            d->open--;
        }
    doubt(d);
}

void wb_dnssec_close(struct wb_dnssec *d)
{
    if (d)
        give_context_back(d->ub);
}

struct wb_dnssec_question wb_dnssec_ask_one(const struct wb_probe *probe, struct wb_slice name,
                                            uint16_t type)
{
    struct wb_dnssec_question q = {.name = wb_probe_name(probe, name), .type = type};
    struct wb_dnssec *d = wb_dnssec_open(probe);
    if (!d)
        return q;
    wb_dnssec_ask(d, &q, 1);
    wb_dnssec_wait(d, wb_probe_dns_deadline(probe));
    wb_dnssec_close(d);
    return q;
}
