/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce-live: reads reports (the JSON of whybounce parse, a line each) and says of each whether
 * its trouble still stands; with --from it looks at the sender's side of a domain. Run by
 * "whybounce explain --live", it needs a network and the core does not.
 *
 * Exit status: 0 mended or healthy, 1 trouble, 2 could not check.
 */
#include <getopt.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "dnsbl.h"
#include "limits.h"
#include "live.h"
#include "sender.h"

enum { ARENA_BYTES = 8 << 20, MOST_PORT = 65535, USAGE = 3, LONGEST_REPORT = 1 << 20 };

struct settings {
    struct wb_dns_options dns;
    const char *language; /* "en", "zh" */
    const char *from, *ip, *helo, *selector;
    unsigned port, ns_port;
    bool allow_private, json, lists;
};

struct run {
    const struct settings *s;
    struct wb_arena arena;
    struct wb_buf out;
    enum wb_found worst;
    int64_t deadline;
};

/* ---- output ---- */

static void put_words(struct run *run, const char *words, struct wb_slice a, struct wb_slice b)
{
    for (; *words; words++) {
        bool place = words[0] == '{' && (words[1] == 'a' || words[1] == 'b') && words[2] == '}';
        if (!place) {
            wb_buf_byte(&run->out, *words);
            continue;
        }
        struct wb_slice value = words[1] == 'a' ? a : b;
        wb_buf_safe(&run->out, wb_slice_head(value, WB_MAX_FINDING_BYTES));
        words += 2;
    }
}

/* A removal page names the address: "https://…/{ip}". */
static struct wb_slice filled_page(struct run *run, struct wb_slice page, struct wb_slice ip)
{
    size_t at = wb_slice_find(page, WB_S("{ip}"));
    struct wb_text text = wb_text_open(&run->arena, WB_MAX_FINDING_BYTES);
    wb_text_put(&text, wb_slice_head(page, at));
    if (at < page.n) {
        wb_text_put(&text, ip);
        wb_text_put(&text, wb_slice_from(page, at + 4));
    }
    return wb_text_close(&text);
}

static void put_finding(struct run *run, const struct wb_finding *f)
{
    static const char *const marks[] = {
        [WB_FOUND_OK] = "✓", [WB_FOUND_TROUBLE] = "✗", [WB_FOUND_UNKNOWN] = "?"};
    const char *words = wb_live_words(wb_slice_str(f->key), run->s->language);
    struct wb_slice b = strcmp(f->key, "list.page") == 0 ? filled_page(run, f->b, f->a) : f->b;
    wb_buf_printf(&run->out, "    %s ", marks[f->status]);
    put_words(run, words ? words : f->key, f->a, b);
    wb_buf_byte(&run->out, '\n');
}

static const char *const found_names[] = {
    [WB_FOUND_OK] = "ok", [WB_FOUND_TROUBLE] = "trouble", [WB_FOUND_UNKNOWN] = "unknown"};

/* The text of a value as JSON may hold it. */
static json_t *json_text(struct wb_slice s)
{
    struct wb_buf safe = {0};
    wb_buf_safe(&safe, wb_slice_head(s, WB_MAX_FINDING_BYTES));
    json_t *text = safe.n ? json_stringn(safe.p, safe.n) : json_null();
    wb_buf_free(&safe);
    return text;
}

static json_t *json_findings(const struct wb_findings *findings)
{
    json_t *list = json_array();
    for (size_t i = 0; i < findings->n; i++) {
        const struct wb_finding *f = &findings->one[i];
        json_t *one = json_object();
        json_object_set_new(one, "status", json_string(found_names[f->status]));
        json_object_set_new(one, "key", json_string(f->key));
        json_object_set_new(one, "a", json_text(f->a));
        json_object_set_new(one, "b", json_text(f->b));
        json_array_append_new(list, one);
    }
    return list;
}

static void put_json(struct run *run, const char *about, struct wb_slice name,
                     enum wb_found verdict, const struct wb_findings *findings)
{
    json_t *all = json_object();
    json_object_set_new(all, about, json_text(name));
    json_object_set_new(all, "verdict", json_string(found_names[verdict]));
    json_object_set_new(all, "findings", json_findings(findings));
    char *text = json_dumps(all, JSON_COMPACT);
    if (text)
        wb_buf_put(&run->out, wb_slice_str(text));
    wb_buf_byte(&run->out, '\n');
    free(text);
    json_decref(all);
}

static void note(struct run *run, enum wb_found verdict)
{
    if (verdict == WB_FOUND_TROUBLE || run->worst == WB_FOUND_OK)
        run->worst = verdict;
}

static bool flush(struct run *run)
{
    bool ok = fwrite(run->out.p, 1, run->out.n, stdout) == run->out.n && fflush(stdout) == 0;
    wb_buf_clear(&run->out);
    return ok;
}

/* ---- a report ---- */

static struct wb_slice member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? wb_slice_str(text) : WB_NONE;
}

/* The address of "Name <a@example.org>". */
static struct wb_slice bare_address(struct wb_slice s)
{
    size_t open = wb_slice_find(s, WB_S("<"));
    if (open < s.n)
        s = wb_slice_from(s, open + 1);
    return wb_slice_trim(wb_slice_head(s, wb_slice_find(s, WB_S(">"))));
}

static struct wb_live_case case_of(const json_t *report)
{
    const json_t *facts = json_object_get(report, "facts"),
                 *original = json_object_get(report, "original");
    struct wb_live_case that = {.cause = member(report, "cause"),
                                .recipient = member(report, "recipient"),
                                .sender = bare_address(member(original, "envelope_from")),
                                .client_ip = member(facts, "client_ip"),
                                .list = member(facts, "blocklist"),
                                .remote_host = member(report, "remote_mta"),
                                .remote_ip = member(report, "remote_ip")};
    if (!that.sender.n)
        that.sender = bare_address(member(original, "from"));
    return that;
}

static struct wb_dns *open_dns(struct run *run)
{
    struct wb_status status;
    struct wb_dns *dns = wb_dns_open(&run->s->dns, &run->arena, &status);
    if (!dns)
        fprintf(stderr, "whybounce: %s\n", status.text);
    return dns;
}

static bool tell_report(struct run *run, const json_t *report)
{
    struct wb_live found;
    struct wb_live_case that = case_of(report);
    wb_arena_reset(&run->arena);
    struct wb_live_options o = {.dns = open_dns(run),
                                .arena = &run->arena,
                                .port = run->s->port,
                                .ns_port = run->s->ns_port,
                                .allow_private = run->s->allow_private,
                                .deadline = run->deadline};
    if (!o.dns)
        return false;
    wb_live_check(&o, &that, &found);
    wb_dns_close(o.dns);
    const char *label = wb_live_words(WB_S("live.label"), run->s->language);
    const char *words = wb_live_words(
        found.known ? wb_slice_str(found.words) : WB_S("live.nothing"), run->s->language);
    if (found.known)
        note(run, found.verdict);
    if (run->s->json) {
        put_json(run, "recipient", that.recipient, found.verdict, &found.findings);
        return true;
    }
    wb_buf_printf(&run->out, "\n%s  ", label ? label : "");
    wb_buf_safe(&run->out, that.recipient);
    wb_buf_printf(&run->out, "%s%s\n", that.recipient.n ? "  " : "", words ? words : "");
    for (size_t i = 0; i < found.findings.n; i++)
        put_finding(run, &found.findings.one[i]);
    return true;
}

static bool tell_reports(struct run *run)
{
    bool ok = true;
    char *line = NULL;
    size_t cap = 0;
    while (ok && getline(&line, &cap, stdin) > 0) {
        json_t *report = strlen(line) < LONGEST_REPORT ? json_loads(line, 0, NULL) : NULL;
        run->deadline = wb_now() + WB_MAX_CHECK_TIME;
        ok = report && tell_report(run, report) && flush(run);
        if (!report)
            fputs("whybounce: the input is no report\n", stderr);
        json_decref(report);
    }
    free(line);
    return ok;
}

/* ---- the sender's side ---- */

static void ask_lists(struct run *run, const struct wb_sender *sender, struct wb_findings *findings)
{
    struct wb_live_options o = {
        .dns = sender->dns, .arena = sender->arena, .deadline = run->deadline};
    if (sender->ip.n && run->s->lists)
        wb_live_lists(&o, wb_slice_str(run->s->ip), findings);
}

static enum wb_found verdict_of(const struct wb_findings *f)
{
    enum wb_found verdict = WB_FOUND_OK;
    for (size_t i = 0; i < f->n; i++)
        if (f->one[i].status == WB_FOUND_TROUBLE || verdict == WB_FOUND_OK)
            verdict = f->one[i].status;
    return verdict;
}

static bool tell_sender(struct run *run)
{
    static void (*const checks[])(const struct wb_sender *, struct wb_findings *) = {
        wb_sender_zone, wb_sender_reverse, wb_sender_helo,
        wb_sender_spf,  wb_sender_dmarc,   wb_sender_dkim};
    const struct settings *s = run->s;
    struct wb_findings findings = {.n = 0};
    run->deadline = wb_now() + WB_MAX_CHECK_TIME;
    struct wb_sender sender = {.dns = open_dns(run),
                               .arena = &run->arena,
                               .domain = wb_slice_str(s->from),
                               .ip =
                                   wb_probe_ip_read(&run->arena, wb_slice_str(s->ip ? s->ip : "")),
                               .helo = wb_slice_str(s->helo ? s->helo : ""),
                               .selector = wb_slice_str(s->selector ? s->selector : ""),
                               .deadline = run->deadline,
                               .ns_port = s->ns_port,
                               .allow_private = s->allow_private};
    if (!sender.dns)
        return false;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        checks[i](&sender, &findings);
    ask_lists(run, &sender, &findings);
    wb_dns_close(sender.dns);
    note(run, verdict_of(&findings));
    if (s->json)
        put_json(run, "domain", sender.domain, run->worst, &findings);
    for (size_t i = 0; i < findings.n && !s->json; i++)
        put_finding(run, &findings.one[i]);
    return flush(run);
}

/* ---- the command line ---- */

static const struct option options[] = {
    {"lang", required_argument, NULL, 'l'},    {"resolver", required_argument, NULL, 'r'},
    {"port", required_argument, NULL, 'p'},    {"ns-port", required_argument, NULL, 'n'},
    {"from", required_argument, NULL, 'f'},    {"ip", required_argument, NULL, 'i'},
    {"helo", required_argument, NULL, 'e'},    {"selector", required_argument, NULL, 's'},
    {"allow-private", no_argument, NULL, 'a'}, {"blocklists", no_argument, NULL, 'b'},
    {"json", no_argument, NULL, 'j'},          {0}};

static bool read_port(const char *text, unsigned *port_out)
{
    long long n;
    bool good = wb_slice_number(wb_slice_str(text), &n) && n >= 1 && n <= MOST_PORT;
    if (good)
        *port_out = (unsigned)n;
    return good;
}

static bool take(struct settings *s, int option)
{
    switch (option) {
    case 'l': s->language = strncmp(optarg, "zh", 2) == 0 ? "zh" : "en"; return true;
    case 'r': s->dns.resolver = optarg; return true;
    case 'p': return read_port(optarg, &s->port);
    case 'n': return read_port(optarg, &s->ns_port);
    case 'f': s->from = optarg; return true;
    case 'i': s->ip = optarg; return true;
    case 'e': s->helo = optarg; return true;
    case 's': s->selector = optarg; return true;
    case 'a': return s->allow_private = true;
    case 'b': return s->lists = true;
    case 'j': return s->json = true;
    default: return false;
    }
}

int main(int argc, char **argv)
{
    static const int statuses[] = {
        [WB_FOUND_OK] = 0, [WB_FOUND_TROUBLE] = 1, [WB_FOUND_UNKNOWN] = 2};
    struct settings s = {.language = "en", .port = 25};
    wb_limit_set limits = 0;
    struct run run = {.s = &s};
    int option;
    signal(SIGPIPE, SIG_IGN);
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take(&s, option)) {
            fputs("usage: whybounce-live [--resolver IP:PORT] [--port N] [--json] < REPORTS\n"
                  "       whybounce-live --from DOMAIN [--ip A] [--helo NAME] [--selector S]\n",
                  stderr);
            return USAGE;
        }
    if (!wb_arena_open(&run.arena, ARENA_BYTES, &limits))
        return USAGE;
    bool ok = s.from ? tell_sender(&run) : tell_reports(&run);
    wb_buf_free(&run.out);
    wb_arena_close(&run.arena);
    return ok ? statuses[run.worst] : 2;
}
